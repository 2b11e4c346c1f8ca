"""Reading the audit trail, in keyset pages; row security shows an auditor its own subtree."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, desc, func, not_, select, tuple_
from sqlalchemy.orm import Session

from app.operations.secrecy.conflicts import closed_ids
from app.reporting.paging import Spot, Turned, turned
from app.security import scope
from app.security.tables import audit_entries, audit_heads


def entries(session: Session, account: str, action: str, spot: Spot, size: int) -> Turned:
    """A page of entries, newest first. Raises ValueError for a cursor that is none."""
    table = audit_entries
    mine = scope.current(session).name
    # Nobody learns from the trail that something was closed to them, is asked about them, or what was done to it.
    about_me = and_(table.c.action.like("conflict.%"), table.c.detail["account"].as_string() == mine)
    closed = closed_ids(session)
    query = select(table).where(not_(func.coalesce(about_me, False)))
    if closed:
        query = query.where(not_(func.coalesce(table.c.row_ids.overlap(closed), False)))
    if account:
        query = query.where(table.c.account == account)
    if action:
        query = query.where(table.c.action == action)
    here = tuple_(table.c.at, table.c.id)
    if spot.cursor:
        there = _read_cursor(spot.cursor)
        query = query.where(here > there if spot.backwards else here < there)
    order = (table.c.at, table.c.id) if spot.backwards else (desc(table.c.at), desc(table.c.id))
    found = list(session.execute(query.order_by(*order).limit(size + 1)))
    return turned(spot, found, size, lambda row: (row.at, row.id))


def _read_cursor(text: str) -> tuple[datetime, uuid.UUID]:
    moment, _, key = text.partition("_")
    return datetime.fromisoformat(moment), uuid.UUID(key)


def heads(session: Session, most: int = 400) -> list[Any]:
    """Signed heads of the chain, newest first: place, hash, moment and signature."""
    return list(session.execute(select(audit_heads).order_by(desc(audit_heads.c.signed_at)).limit(most)))
