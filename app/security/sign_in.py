"""Signing in: by password, five wrong ones lock that path for a time, counted in PostgreSQL so that it holds across
workers; by certificate, always open.

Tries from a browser known to the account are counted with that browser, all others with the account (`browsers.py`).
Every refusal has its own entry in the trail; what the person sees is one sentence, whatever the reason.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from app.security import audit, browsers, passwords, trust, wrong_tries
from app.security.entrance import TOKEN, presented
from app.security.policies import TOKEN_ONLY, policy_of
from app.security.tables import account_browsers
from app.security.trust import NotTrusted


def authenticate(session: Session, model: Any, identifier: str, password: str) -> Any | None:
    """The account, or None: unknown, closed, locked, wrong and token-only look and take the same.

    Commits the counters.
    """
    account = _authenticate(session, model, identifier, password)
    wrong_tries.count(session, identifier, right=account is not None)
    session.commit()
    return account


def must_wait(session: Session, model: Any, identifier: str) -> float:
    """Seconds before this request's address may try that account; others' tries do not hold up a known browser."""
    seconds = wrong_tries.wait(session)
    return 0 if seconds and known_browser(session, model, identifier) is not None else seconds


def known_browser(session: Session, model: Any, identifier: str) -> Any:
    """The browser of this request, where the account of that name has signed in from it before; None otherwise."""
    key = session.scalar(select(model.id).where(model.username == identifier))
    return None if key is None else browsers.find(session, key)


def _authenticate(session: Session, model: Any, identifier: str, password: str) -> Any | None:
    account = session.scalars(select(model).where(model.username == identifier)).first()
    right = passwords.matches(account.password if account else None, password)
    if account is None:
        known = re.fullmatch(current_app.config["IDENTIFIER_GRAMMAR"], identifier)
        audit.record(session, "account.refused", detail={"identifier": identifier if known else "?"})
        session.commit()
        return None
    if why := closed(session, account):
        audit.record(session, "account.refused", **_whose(account), detail={"why": why})
        session.commit()
        return None
    if not right:
        count_wrong(session, model, account)
        return None
    # Who has a second factor has not signed in yet: the counter goes back to nothing only after it, or codes could be
    # guessed for ever.
    if not still_open(session, model, account, reset=not account.open_factors):
        audit.record(session, "account.refused", **_whose(account), detail={"why": "locked"})
        session.commit()
        return None
    session.commit()
    return account


def locked(session: Session, account: Any) -> bool:
    """True while wrong tries keep the password path closed: to this browser where it is known, else to strangers."""
    browser = browsers.find(session, account.id)
    if browser is None:
        found: bool = account.is_locked
        return found
    return browser.locked_until is not None and browser.locked_until > datetime.now(UTC)


def closed(session: Session, account: Any) -> str | None:
    """Why the account's password path is closed; None where it is open."""
    if not account.active:
        return "inactive"
    if locked(session, account):
        return "locked"
    if policy_of(account) == TOKEN_ONLY:
        return "token_only"
    # The common initial password of the party profile is worth nothing without the bound token (Quy định, Điều 2.8 and
    # 3.1).
    return "common_initial" if account.initial_until is not None else None


def by_certificate(session: Session, bound_model: Any) -> Any:
    """The account bound to the certificate this request presented.

    Raises NotTrusted, after writing down why. Commits.
    """
    shown = presented()
    certificate = shown.certificate
    account = None
    try:
        if shown.entrance != TOKEN or certificate is None:
            raise NotTrusted("unreadable" if shown.unreadable else "none")
        if shown.verdict != "SUCCESS":
            raise NotTrusted("foreign", shown.verdict)
        check_trusted(certificate)
        bound = session.scalars(
            select(bound_model).where(bound_model.fingerprint == shown.fingerprint, bound_model.ended_at.is_(None))
        ).first()
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
    files: trust.TrustFiles | None = current_app.config["TRUST"]
    if files is None:
        raise NotTrusted("foreign", "no authorities are configured")
    trust.check(certificate, files.current(), datetime.now(UTC), ask_ocsp)


def refuse_certificate(session: Session, refused: NotTrusted, account: Any | None = None) -> None:
    """The refusal stands in the trail, with the certificate it was about, where there was one."""
    certificate = presented().certificate
    detail: dict[str, Any] = {"why": refused.why}
    if refused.detail:
        detail["detail"] = refused.detail[:200]
    if certificate is not None:
        detail |= {
            "serial": format(certificate.serial_number, "x"),
            "issuer": certificate.issuer.rfc4514_string()[:200],
            "subject": certificate.subject.rfc4514_string()[:200],
        }
    audit.record(session, "token.refused", **(_whose(account) if account else {}), detail=detail)
    wrong_tries.count(session, f"certificate|{presented().fingerprint}", right=False)
    session.commit()


def record_sign_in(session: Session, account: Any, method: str) -> None:
    """The account has signed in, and the trail says how it came; once, and not a second time as a change of the
    account's row.
    """
    kind = type(account)
    seen = {
        "signed_in_at": datetime.now(UTC),
        "last_login": datetime.now(),
        "login_count": func.coalesce(kind.login_count, 0) + 1,
    }
    session.execute(
        update(kind).where(kind.id == account.id).values(seen), execution_options={"synchronize_session": False}
    )
    known = browsers.find(session, account.id) is not None
    browsers.remember(session, account.id)
    detail = {"method": method, "browser": "known" if known else "new"}
    audit.record(session, "account.signed_in", **_whose(account), detail=detail)
    session.commit()


def _whose(account: Any) -> dict[str, str]:
    return {"account": account.username, "path": account.unit.path if account.unit else ""}


def _counters(session: Session, model: Any, account: Any) -> tuple[Any, Any, bool]:
    """Table and key of the row where tries from this browser are counted, and whether it is a known browser's."""
    browser = browsers.find(session, account.id)
    return (model.__table__, account.id, False) if browser is None else (account_browsers, browser.id, True)


def still_open(session: Session, model: Any, account: Any, reset: bool) -> bool:
    """True when nobody locked the way while it was looked at; in one statement with resetting its counters."""
    table, key, _ = _counters(session, model, account)
    clean = (
        {"wrong_passwords": 0, "locks": 0, "locked_until": None}
        if reset
        else {"wrong_passwords": table.c.wrong_passwords}
    )
    statement = update(table).where(
        table.c.id == key, or_(table.c.locked_until.is_(None), table.c.locked_until <= func.now())
    )
    found = session.execute(statement.values(clean).returning(table.c.id)).first()
    session.expire(account, ["wrong_passwords", "locks", "locked_until"])
    return found is not None


def count_wrong(session: Session, model: Any, account: Any, action: str = "account.wrong_password") -> None:
    """One more wrong try; the fifth locks the way it came. Commits."""
    allowed = current_app.config["WRONG_PASSWORDS"]
    hours = current_app.config["LOCK_HOURS"]
    table, key, known = _counters(session, model, account)
    full = table.c.wrong_passwords + 1 >= allowed
    until = literal(datetime.now(UTC) + timedelta(hours=hours))
    # One statement, so that two workers cannot count the same try.
    row = session.execute(
        update(table)
        .where(table.c.id == key, or_(table.c.locked_until.is_(None), table.c.locked_until <= func.now()))
        .values(
            wrong_passwords=case((full, 0), else_=table.c.wrong_passwords + 1),
            locks=table.c.locks + case((full, 1), else_=0),
            locked_until=case((full, until), else_=table.c.locked_until),
        )
        .returning(table.c.locks, table.c.locked_until)
    ).one_or_none()
    whose = _whose(account)
    if row is None:  # another try locked it while this one was checked
        audit.record(session, "account.refused", **whose, detail={"why": "locked"})
        session.commit()
        return
    detail = {"browser": "known" if known else "unknown"}
    audit.record(session, action, **whose, detail=detail)
    if row.locked_until is not None and row.locked_until > datetime.now(UTC):
        audit.record(session, "account.locked", **whose, detail={"locks": row.locks} | detail)
        if row.locks >= current_app.config["LOCKS_ALARM"]:
            audit.record(session, "account.locks_repeated", **whose, detail={"locks": row.locks} | detail)
    session.commit()
