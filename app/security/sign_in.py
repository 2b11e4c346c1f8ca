"""Signing in: by password, five wrong ones lock that path for a time, counted in PostgreSQL so that it holds across workers; by certificate, always open.

Every refusal has its own entry in the trail; what the person sees is one sentence, whatever the reason.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from app.security import audit, passwords, trust
from app.security.entrance import TOKEN, presented
from app.security.policies import TOKEN_ONLY, policy_of
from app.security.trust import NotTrusted


def authenticate(session: Session, model: Any, identifier: str, password: str) -> Any | None:
    """The account, or None: unknown, closed, locked, wrong and token-only look and take the same. Commits the counters."""
    account = session.scalars(select(model).where(model.username == identifier)).first()
    right = passwords.matches(account.password if account else None, password)
    if account is None:
        known = re.fullmatch(current_app.config["IDENTIFIER_GRAMMAR"], identifier)
        audit.record(session, "account.refused", detail={"identifier": identifier if known else "?"})
        session.commit()
        return None
    if why := closed(account):
        audit.record(session, "account.refused", **_whose(account), detail={why: True})
        session.commit()
        return None
    if not right:
        count_wrong(session, model, account)
        return None
    # Who has a second factor has not signed in yet: the counter goes back to nothing only after it, or codes could be guessed for ever.
    if not still_open(session, model, account, reset=not account.open_factors):
        audit.record(session, "account.refused", **_whose(account), detail={"locked": True})
        session.commit()
        return None
    session.commit()
    return account


def closed(account: Any) -> str | None:
    """Why the account's password path is closed; None where it is open."""
    if not account.active:
        return "inactive"
    if account.is_locked:
        return "locked"
    if policy_of(account) == TOKEN_ONLY:
        return "token_only"
    # The common initial password of the party profile is worth nothing without the bound token (Quy định, Điều 2.8 and 3.1).
    return "common_initial" if account.initial_until is not None else None


def by_certificate(session: Session, bound_model: Any) -> Any:
    """The account bound to the certificate this request presented. Raises NotTrusted, after writing down why. Commits."""
    shown = presented()
    certificate, account = shown.certificate, None
    try:
        if shown.entrance != TOKEN or certificate is None:
            raise NotTrusted("unreadable" if shown.unreadable else "none")
        if shown.verdict != "SUCCESS":
            raise NotTrusted("foreign", shown.verdict)
        check_trusted(certificate)
        bound = session.scalars(select(bound_model).where(bound_model.fingerprint == shown.fingerprint, bound_model.ended_at.is_(None))).first()
        names = (certificate.issuer.rfc4514_string()[:500], format(certificate.serial_number, "x"))
        if bound is None or (bound.issuer, bound.serial) != names:
            raise NotTrusted("unbound")
        account = bound.account
        if not account.active:
            raise NotTrusted("locked")
    except NotTrusted as refused:
        refuse_certificate(session, refused, account)
        raise
    return account


def check_trusted(certificate: Any, ask_ocsp: bool = True) -> None:
    """Nothing, when the installation's authorities vouch for the certificate now. Raises NotTrusted."""
    files: trust.TrustFiles | None = current_app.extensions.get("trust")
    if files is None:
        raise NotTrusted("foreign", "no authorities are configured")
    trust.check(certificate, files.current(), datetime.now(UTC), ask_ocsp)


def refuse_certificate(session: Session, refused: NotTrusted, account: Any | None = None) -> None:
    """The refusal stands in the trail, with the certificate it was about, where there was one."""
    certificate = presented().certificate
    told: dict[str, Any] = {"why": refused.why}
    if refused.detail:
        told["detail"] = refused.detail[:200]
    if certificate is not None:
        told |= {
            "serial": format(certificate.serial_number, "x"),
            "issuer": certificate.issuer.rfc4514_string()[:200],
            "subject": certificate.subject.rfc4514_string()[:200],
        }
    audit.record(session, "token.refused", **(_whose(account) if account else {}), detail=told)
    session.commit()


def record_sign_in(session: Session, account: Any, method: str) -> None:
    """The account has signed in, and the trail says how it came; once, and not a second time as a change of the account's row."""
    kind = type(account)
    seen = {"signed_in_at": datetime.now(UTC), "last_login": datetime.now(), "login_count": func.coalesce(kind.login_count, 0) + 1}
    session.execute(update(kind).where(kind.id == account.id).values(seen), execution_options={"synchronize_session": False})
    audit.record(session, "account.signed_in", **_whose(account), detail={"method": method})
    session.commit()


def _whose(account: Any) -> dict[str, str]:
    return {"account": account.username, "path": account.unit.path if account.unit else ""}


def still_open(session: Session, model: Any, account: Any, reset: bool) -> bool:
    """True when nobody locked the account while it was looked at, in one statement with putting the counters back to nothing."""
    clean = {"wrong_passwords": 0, "locks": 0, "locked_until": None} if reset else {"wrong_passwords": model.wrong_passwords}
    statement = update(model).where(model.id == account.id, or_(model.locked_until.is_(None), model.locked_until <= func.now()))
    found = session.execute(statement.values(clean).returning(model.id), execution_options={"synchronize_session": "fetch"})
    return found.first() is not None


def count_wrong(session: Session, model: Any, account: Any, action: str = "account.wrong_password") -> None:
    """One more wrong try; the fifth locks the password path. Commits."""
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
    whose = _whose(account)
    if row is None:  # another try locked it while this one was checked
        audit.record(session, "account.refused", **whose, detail={"locked": True})
        session.commit()
        return
    audit.record(session, action, **whose)
    if row.locked_until is not None and row.locked_until > datetime.now(UTC):
        audit.record(session, "account.locked", **whose, detail={"locks": row.locks})
        if row.locks >= current_app.config["LOCKS_ALARM"]:
            audit.record(session, "account.locks_repeated", **whose, detail={"locks": row.locks})
    session.commit()
