"""Reading the audit trail, in keyset pages; row security shows an auditor its own subtree."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, desc, func, not_, select, tuple_
from sqlalchemy.orm import Session

from app.operations.secrecy.conflicts import closed_ids
from app.security import scope
from app.security.tables import audit_entries, audit_heads

PAGE = 50


def entries(
    session: Session, account: str, action: str, after: tuple[datetime, uuid.UUID] | None
) -> tuple[list[Any], str | None]:
    """A page of entries, newest first, and the cursor of the next."""
    table = audit_entries
    mine = scope.current(session).name
    # Nobody learns from the trail that something was closed to them, is asked about them, or what was done to it.
    about_me = and_(table.c.action.like("conflict.%"), table.c.detail["account"].as_string() == mine)
    closed = closed_ids(session)
    query = select(table).where(not_(func.coalesce(about_me, False)))
    if closed:
        query = query.where(not_(func.coalesce(table.c.row_ids.overlap(closed), False)))
    query = query.order_by(desc(table.c.at), desc(table.c.id)).limit(PAGE + 1)
    if account:
        query = query.where(table.c.account == account)
    if action:
        query = query.where(table.c.action == action)
    if after:
        query = query.where(tuple_(table.c.at, table.c.id) < after)
    rows = list(session.execute(query))
    following = f"{rows[PAGE - 1].at.isoformat()}_{rows[PAGE - 1].id}" if len(rows) > PAGE else None
    return rows[:PAGE], following


def heads(session: Session, most: int = 400) -> list[Any]:
    """Signed heads of the chain, newest first: place, hash, moment and signature."""
    return list(session.execute(select(audit_heads).order_by(desc(audit_heads.c.signed_at)).limit(most)))
