"""Signing in by password: five wrong ones lock that path of the account for a time, counted in PostgreSQL so that it holds across workers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from app.security import audit, passwords
from app.security.roles import IDENTIFIER


def authenticate(session: Session, model: Any, identifier: str, password: str) -> Any | None:
    """The account, or None: unknown, closed, locked and wrong look and take the same. Commits the counters."""
    account = session.scalars(select(model).where(model.username == identifier)).first()
    right = passwords.matches(account.password if account else None, password)
    if account is None:
        audit.record(session, "account.refused", detail={"identifier": identifier if IDENTIFIER.fullmatch(identifier) else "?"})
        session.commit()
        return None
    if account.is_locked or not account.active:
        whose = {"account": account.username, "path": account.unit.path if account.unit else ""}
        audit.record(session, "account.refused", **whose, detail={"locked": account.is_locked, "active": bool(account.active)})
        session.commit()
        return None
    if not right:
        _count_wrong(session, model, account)
        return None
    if not _still_open(session, model, account):
        audit.record(session, "account.refused", account=account.username, detail={"locked": True})
        session.commit()
        return None
    account.last_login, account.login_count = datetime.now(), (account.login_count or 0) + 1
    audit.record(session, "account.signed_in", account=account.username, path=account.unit.path if account.unit else "")
    session.commit()
    return account


def _still_open(session: Session, model: Any, account: Any) -> bool:
    """The counters are back to nothing, in one statement with the check that nobody locked the account while the password was compared."""
    statement = update(model).where(model.id == account.id, or_(model.locked_until.is_(None), model.locked_until <= func.now()))
    found = session.execute(
        statement.values(wrong_passwords=0, locks=0, locked_until=None).returning(model.id), execution_options={"synchronize_session": "fetch"}
    )
    return found.first() is not None


def _count_wrong(session: Session, model: Any, account: Any) -> None:
    allowed, hours = current_app.config["WRONG_PASSWORDS"], current_app.config["LOCK_HOURS"]
    full = model.wrong_passwords + 1 >= allowed
    until = literal(datetime.now(UTC) + timedelta(hours=hours))
    # One statement, so that two workers cannot count the same try.
    row = session.execute(
        update(model)
        .where(model.id == account.id, or_(model.locked_until.is_(None), model.locked_until <= func.now()))
        .values(
            wrong_passwords=case((full, 0), else_=model.wrong_passwords + 1),
            locks=model.locks + case((full, 1), else_=0),
            locked_until=case((full, until), else_=model.locked_until),
        )
        .returning(model.locks, model.locked_until),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    whose = {"account": account.username, "path": account.unit.path if account.unit else ""}
    if row is None:  # another try locked it while this one was checked
        audit.record(session, "account.refused", **whose, detail={"locked": True})
        session.commit()
        return
    audit.record(session, "account.wrong_password", **whose)
    if row.locked_until is not None and row.locked_until > datetime.now(UTC):
        audit.record(session, "account.locked", **whose, detail={"locks": row.locks})
        if row.locks >= current_app.config["LOCKS_ALARM"]:
            audit.record(session, "account.locks_repeated", **whose, detail={"locks": row.locks})
    session.commit()
