"""Reading the audit trail, in keyset pages; row security shows an auditor its own subtree."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, desc, func, not_, select, tuple_
from sqlalchemy.orm import Session

from app.operations.secrecy.conflicts import closed_ids
from app.reporting.paging import Order, Spot, Turned, turned
from app.security import scope
from app.security.tables import audit_entries, audit_heads

NEWEST = Order("", audit_entries.c.at, audit_entries.c.id)
ORDERS = {
    order.name: order for order in (NEWEST, Order("oldest", audit_entries.c.at, audit_entries.c.id, descending=False))
}


def entries(session: Session, account: str, action: str, order: Order, spot: Spot, size: int) -> Turned:
    """A page of entries in that order. Raises ValueError for a cursor that is none."""
    table = audit_entries
    query = select(table).where(*_shown(session, account, action))
    here = tuple_(table.c.at, table.c.id)
    if spot.cursor:
        there = _read_cursor(spot.cursor)
        query = query.where(here < there if order.descending is not spot.backwards else here > there)
    found = list(session.execute(query.order_by(*order.sorted(spot.backwards)).limit(size + 1)))
    page = turned(spot, found, size, lambda row: (row.at, row.id))
    if spot.before and page.previous is None:  # whoever turned back to the beginning sees the first page whole
        return entries(session, account, action, order, Spot(), size)
    return page


def how_many(session: Session, account: str, action: str, cap: int) -> int:
    """How many entries there are, up to one more than the cap."""
    counted = select(audit_entries.c.id).where(*_shown(session, account, action)).limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def _shown(session: Session, account: str, action: str) -> list[Any]:
    table = audit_entries
    mine = scope.current(session).name
    # Nobody learns from the trail that something was closed to them, is asked about them, or what was done to it.
    about_me = and_(table.c.action.like("conflict.%"), table.c.detail["account"].as_string() == mine)
    found: list[Any] = [not_(func.coalesce(about_me, False))]
    if closed := closed_ids(session):
        found.append(not_(func.coalesce(table.c.row_ids.overlap(closed), False)))
    if account:
        found.append(table.c.account == account)
    if action:
        found.append(table.c.action == action)
    return found


def _read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    moment, _, key = text.partition("_")
    return datetime.fromisoformat(moment), uuid.UUID(key)


def heads(session: Session, most: int = 400) -> list[Any]:
    """Signed heads of the chain, newest first: place, hash, moment and signature."""
    return list(session.execute(select(audit_heads).order_by(desc(audit_heads.c.signed_at)).limit(most)))
