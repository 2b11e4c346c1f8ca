"""The audit trail: who, from where, what, which rows, which columns, why. Append-only, by privilege and by trigger.

Entries of changes are written by the session itself, in the same transaction, one per table and kind of change in a
flush. A sealer gives each its place in a table beside this one: `audit_chain.py`.
"""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from flask import has_request_context, request
from sqlalchemy import event, false, func, insert, inspect, or_, select
from sqlalchemy.orm import Session

from app.security import scope
from app.security.ids import uuid7
from app.security.tables import audit_entries
from app.text.tcvn6909 import normalize

# What may be recorded, and the keys its detail may have; each action is source.event. A detail holds facts of the act,
# never what was written in a petition: who reads the trail may not read those.
ACTIONS = {
    action: frozenset(keys.split())
    for action, keys in {
        "row.added": "keys",
        "row.changed": "keys",
        "row.deleted": "keys",
        "petition.read": "text slip",
        "case.read": "",
        "case.listed": "",
        "reception.read": "",
        "petition.listed": "",
        "petition.searched": "tokens found",
        "petition.compared": "here elsewhere leaders",
        "reception.searched": "tokens found",
        "task.read": "",
        "task.listed": "",
        "task.given": "origin",
        "task.stepped": "step",
        "identity.revealed": "",
        "form.computed": "form unit from to",
        "form.exported": "form unit",
        "register.exported": "rows secret names",
        "reception.exported": "rows",
        "case.exported": "rows",
        "register.imported": "rows",
        "exchange.imported": "added same",
        "exchange.exported": "unit written",
        "account.signed_in": "method browser",
        "account.wrong_password": "browser",
        "account.wrong_factor": "browser",
        "account.locked": "locks browser",
        "account.locks_repeated": "locks browser",
        "account.signed_out": "",
        "account.unlocked": "of",
        "account.password_changed": "",
        "account.password_reset": "of",
        "account.granted": "of",
        "account.handed_over": "of",
        "account.suspended": "of",
        "account.restored": "of",
        "account.closed": "of",
        "account.confirmed": "of act acted_by",
        "account.reviewed": "of",
        "account.disabled_idle": "of",
        "account.refused": "path identifier why",
        "account.proved": "",
        "account.requested": "number lines step identifier granted",
        "factor.added": "kind",
        "factor.ended": "of kind",
        "session.ended": "session account why sessions",
        "token.bound": "of serial issuer",
        "token.ended": "of serial why",
        "token.refused": "why detail serial issuer subject",
        "token.header_forged": "path",
        "token.crl_expiring": "authority ends",
        "role.asked": "role what removal",
        "unit.policy": "unit policy granted asked_by",
        "unit.policy_asked": "unit policy",
        "account.identity": "of",
        "role.decided": "role what removal asked_by granted",
        "minutes.read": "number",
        "minutes.template": "kind",
        "rule.overridden": "rules unit",
        "holiday.recomputed": "changed",
        "job.asked": "kind",
        "job.done": "kind",
        "job.failed": "kind",
        "job.fetched": "kind",
        "job.expired": "kind",
        "command.run": "command of job removed remove file dry_run form unit as_account petition petitions seed need"
        " renew sweep",
        "seal.broken": "",
        "keys.reencrypted": "values",
        "document.added": "kind size",
        "document.refused": "",
        "document.read": "page",
        "document.downloaded": "part",
        "document.derived": "",
        "document.handed": "to",
        "dossier.printed": "",
        "approval.asked": "act number",
        "approval.decided": "act number granted for",
        "secrecy.changed": "from to",
        "conflict.found": "account why",
        "conflict.decided": "account stays_out",
        "audit.retired": "place before",
        "audit.keyed": "place late",
        "audit.moved": "place late",
        "audit.key_replaced": "old new signature",
        "clock.went_back": "entry_at sealed_at from to",
        "audit.read": "account action heads",
    }.items()
}


def record(session: Session, action: str, **entry: Any) -> None:
    """An entry stands in this transaction. Raises ValueError for an action, or a key of its detail, nobody declared."""
    session.connection().execute(insert(audit_entries).values(**_entry(session, action, entry)))


def record_apart(session: Session, action: str, **entry: Any) -> None:
    """An entry is committed at once in a transaction of its own: refused acts and reveals."""
    values = _entry(session, action, entry)
    engine: Any = session.get_bind()
    with engine.begin() as connection:
        connection.execute(insert(audit_entries).values(**values))


def last_change(session: Session, table: str, key: Any) -> tuple[str, datetime] | None:
    """Who changed the row last, and when; None where nobody did within a day."""
    entries = audit_entries.c
    asked = select(entries.account, entries.at).where(
        entries.at > func.now() - timedelta(days=1),
        entries.action == "row.changed",
        entries.table_name == table,
        or_(
            entries.row_ids.any(key) if isinstance(key, uuid.UUID) else false(),
            entries.detail["keys"].contains([str(key)]),
        ),
    )
    found = session.execute(asked.order_by(entries.at.desc()).limit(1)).first()
    return (found.account, found.at) if found else None


def _entry(session: Session, action: str, entry: dict[str, Any]) -> dict[str, Any]:
    if action not in ACTIONS:
        raise ValueError(f"unknown audit action {action}")
    if unknown := (entry.get("detail") or {}).keys() - ACTIONS[action]:
        raise ValueError(f"undeclared in the detail of {action}: {', '.join(sorted(unknown))}")
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
