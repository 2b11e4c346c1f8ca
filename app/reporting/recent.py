"""What an account opened last, as the trail tells it and its scope still shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import desc, func, select
from sqlalchemy.orm import Session, joinedload

from app.models import Case, Petition, Reception
from app.models.base import now
from app.operations.rights import demand_own
from app.security.scope import system_scope, within
from app.security.tables import audit_entries

MOST = 20
LOOKED_AT = 300  # openings: the same few are opened again and again
KEPT = timedelta(days=30)
OPENINGS: dict[str, Any] = {"petition.read": Petition, "case.read": Case, "reception.read": Reception}


@dataclass(frozen=True)
class Opened:
    """A petition, case or reception (`noun`), and when it was opened last."""

    noun: str
    row: Any
    at: datetime


def recent(session: Session, username: str) -> list[Opened]:
    """What the account opened in the last thirty days and may still see, newest first, each once. Raises Refused."""
    demand_own(session, username)
    last: dict[tuple[str, Any], datetime] = {}
    for entry in _openings(session, username):
        last.setdefault((entry.action, entry.row_ids[0]), entry.at)
    rows: dict[tuple[str, Any], Any] = {}
    for action, model in OPENINGS.items():
        keys = [key for named, key in last if named == action]
        query = select(model).where(model.id.in_(keys)).options(joinedload(model.unit))
        rows |= {(action, row.id): row for row in (session.scalars(query).unique() if keys else ())}
    seen = [(*named, at) for named, at in last.items() if named in rows][:MOST]
    return [Opened(action.split(".")[0], rows[action, key], at) for action, key, at in seen]


def _openings(session: Session, username: str) -> Iterator[Any]:
    """Of one record each: a list that was shown names many."""
    table = audit_entries
    query = select(table.c.action, table.c.row_ids, table.c.at).where(
        table.c.account == username,
        table.c.action.in_(OPENINGS),
        table.c.at > now() - KEPT,
        func.cardinality(table.c.row_ids) == 1,
    )
    with within(session, system_scope("recent")) as apart:  # whoever is no auditor reads no trail
        yield from apart.execute(query.order_by(desc(table.c.at)).limit(LOOKED_AT)).all()
