"""The audit trail: who, from where, what, which rows, which columns, why. Append-only, by privilege and by trigger.

Entries of changes are written by the session itself, in the same transaction, one per table and kind of change in a
flush. A sealer gives each its place in a table beside this one: `audit_chain.py`.
"""

import uuid
from collections import defaultdict
from typing import Any

from flask import has_request_context, request
from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session

from app.security import scope
from app.security.ids import uuid7
from app.security.tables import audit_entries
from app.text.tcvn6909 import normalize

# What may be recorded; each action is source.event.
ACTIONS = frozenset(
    [
        "row.added",
        "row.changed",
        "row.deleted",
        "petition.read",
        "case.read",
        "reception.read",
        "petition.listed",
        "petition.searched",
        "identity.revealed",
        "form.computed",
        "form.exported",
        "register.exported",
        "register.imported",
        "exchange.imported",
        "exchange.exported",
        "account.signed_in",
        "account.wrong_password",
        "account.wrong_factor",
        "account.locked",
        "account.locks_repeated",
        "account.signed_out",
        "account.unlocked",
        "account.password_changed",
        "account.password_reset",
        "account.granted",
        "account.handed_over",
        "account.suspended",
        "account.restored",
        "account.closed",
        "account.confirmed",
        "account.reviewed",
        "account.disabled_idle",
        "account.refused",
        "account.proved",
        "account.requested",
        "factor.added",
        "factor.ended",
        "session.ended",
        "token.bound",
        "token.ended",
        "token.refused",
        "token.header_forged",
        "token.crl_expiring",
        "role.asked",
        "unit.policy",
        "unit.policy_asked",
        "account.identity",
        "role.decided",
        "minutes.read",
        "minutes.template",
        "rule.overridden",
        "holiday.recomputed",
        "job.asked",
        "job.done",
        "job.failed",
        "job.fetched",
        "job.expired",
        "command.run",
        "seal.broken",
        "keys.reencrypted",
        "document.added",
        "document.refused",
        "document.read",
        "document.downloaded",
        "document.derived",
        "document.handed",
        "dossier.printed",
        "approval.asked",
        "approval.decided",
        "secrecy.changed",
        "conflict.found",
        "conflict.decided",
        "audit.retired",
        "audit.keyed",
        "audit.moved",
        "audit.key_replaced",
        "clock.went_back",
        "audit.read",
    ]
)


def record(session: Session, action: str, **entry: Any) -> None:
    """An entry stands in this transaction. Raises ValueError for an action nobody declared."""
    session.connection().execute(insert(audit_entries).values(**_entry(session, action, entry)))


def record_apart(session: Session, action: str, **entry: Any) -> None:
    """An entry is committed at once in a transaction of its own: refused acts and reveals."""
    values = _entry(session, action, entry)
    engine: Any = session.get_bind()
    with engine.begin() as connection:
        connection.execute(insert(audit_entries).values(**values))


def _entry(session: Session, action: str, entry: dict[str, Any]) -> dict[str, Any]:
    if action not in ACTIONS:
        raise ValueError(f"unknown audit action {action}")
    values = {
        "id": uuid7(),
        "action": action,
        "account": scope.current(session).name,
        "path": session.info.get("audit_path", ""),
    }
    if has_request_context():
        values["address"] = request.remote_addr
    values |= entry
    if values.get("reason"):
        values["reason"] = normalize(values["reason"])
    return values


def _after_flush(session: Session, _context: Any) -> None:
    changes: dict[tuple[str, str, tuple[str, ...]], list[Any]] = defaultdict(list)
    for action, rows in (("row.added", session.new), ("row.changed", session.dirty), ("row.deleted", session.deleted)):
        for row in rows:
            columns = _changed(row) if action == "row.changed" else _given(row)
            if action != "row.changed" or columns:
                changes[(action, row.__tablename__, columns)].append(row)
    if not changes:
        return
    entries = []
    for (action, table, columns), changed in changes.items():
        ids = [row.id for row in changed if isinstance(getattr(row, "id", None), uuid.UUID)]
        detail = (
            None
            if ids
            else {"keys": [",".join(map(str, inspect(row).identity or [getattr(row, "id", "")])) for row in changed]}
        )
        more = {"table_name": table, "row_ids": ids or None, "columns": list(columns) or None, "detail": detail}
        entries.append({"address": None, **_entry(session, action, more)})
    session.connection().execute(insert(audit_entries), entries)


def _given(row: Any) -> tuple[str, ...]:
    """What a new row was given in tables between two; its other columns are all new."""
    return tuple(name for name in _changed(row) if "+" in name)


def _changed(row: Any) -> tuple[str, ...]:
    """Changed columns, and lists kept in a table between two (roles of an account, permissions of a role) as
    `name+added-removed`.
    """
    state = inspect(row)
    names = [column.key for column in state.mapper.column_attrs if state.attrs[column.key].history.has_changes()]
    for relation in state.mapper.relationships:
        if relation.secondary is not None and not relation.viewonly:
            history = state.attrs[relation.key].history
            names += [
                f"{relation.key}{sign}{getattr(other, 'username', None) or str(other)[:40]}"
                for sign, others in (("+", history.added), ("-", history.deleted))
                for other in others or ()
            ]
    return tuple(sorted(names))


def install() -> None:
    """Every flush of the process writes its audit entries; safe to repeat."""
    if not event.contains(Session, "after_flush", _after_flush):
        event.listen(Session, "after_flush", _after_flush)
