"""Browsers an account has signed in from before: a random mark in a cookie, its keyed hash beside the account, and
wrong tries counted for each apart.

So a stranger who types five wrong passwords closes the way for strangers only; whoever sits at a known browser has
five of their own. Nothing a page says tells which of the two counted. Whatever ends every session of an account
makes its browsers strangers again.
"""

import hmac
import re
import secrets
from datetime import timedelta
from typing import Any

from flask import Response, current_app, g, has_request_context, request
from sqlalchemy import Row, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.security.ids import uuid7
from app.security.keys import BROWSERS
from app.security.sealed import ring
from app.security.tables import account_browsers as table

KNOWN_DAYS = 400  # browsers keep no cookie longer (RFC 6265bis, 5.5); each sign-in begins them anew


def _cookie() -> str:
    name = f"{current_app.config['SESSION_COOKIE_NAME']}_browser"
    return f"__Host-{name}" if request.is_secure else name


def _shown() -> str | None:
    """The mark this request's browser shows; the accounts that sign in there share it, their hashes do not tell."""
    shown = request.cookies.get(_cookie(), "") if has_request_context() else ""
    return shown if re.fullmatch(r"[\w-]{43}", shown, re.ASCII) else None


def _hash(mark: str, account_id: int) -> bytes:
    return hmac.digest(ring().newest(BROWSERS).key, f"browser|{account_id}|{mark}".encode(), "sha256")


def find(session: Session, account_id: int) -> Row[Any] | None:
    """The browser of this request, where that account has signed in from it before; None for a stranger's."""
    mark = _shown()
    if mark is None:
        return None
    known = (table.c.account_id == account_id, table.c.mark == _hash(mark, account_id), table.c.ended_at.is_(None))
    return session.execute(
        select(table).where(*known, table.c.seen_at > func.now() - timedelta(days=KNOWN_DAYS))
    ).first()


def remember(session: Session, account_id: int) -> None:
    """The account has signed in from this request's browser, which shows its mark from now on."""
    mark = _shown() or secrets.token_urlsafe(32)
    begun = insert(table).values(id=uuid7(), account_id=account_id, mark=_hash(mark, account_id))
    over = table.c.ended_at.is_not(None)  # what was counted before it ended is over too
    kept = {
        "seen_at": func.clock_timestamp(),
        "ended_at": None,
        "ended_why": None,
        "wrong_passwords": case((over, 0), else_=table.c.wrong_passwords),
        "locked_until": case((over, None), else_=table.c.locked_until),
    }
    session.execute(begun.on_conflict_do_update(index_elements=["account_id", "mark"], set_=kept))
    g.browser_mark = mark


def end_all(session: Session, account_id: int, why: str, but_this: bool = False) -> None:
    """Every browser of the account is a stranger's again, but for this request's where that is asked for."""
    this = find(session, account_id) if but_this else None
    others = [table.c.id != this.id] if this is not None else []
    ended = {"ended_at": func.clock_timestamp(), "ended_why": why}
    session.execute(
        update(table).where(table.c.account_id == account_id, table.c.ended_at.is_(None), *others).values(ended)
    )


def unlock(session: Session, account_id: int) -> None:
    """No browser of the account is locked any more."""
    counted = or_(table.c.wrong_passwords > 0, table.c.locks > 0, table.c.locked_until.is_not(None))
    session.execute(
        update(table)
        .where(table.c.account_id == account_id, counted)
        .values(wrong_passwords=0, locks=0, locked_until=None)
    )


def any_locked(session: Session, account_id: int) -> bool:
    """True where one of the account's known browsers is locked."""
    locked = (table.c.account_id == account_id, table.c.ended_at.is_(None), table.c.locked_until > func.now())
    return session.execute(select(table.c.id).where(*locked).limit(1)).first() is not None


def mark_browser(response: Response) -> None:
    """The answer to a sign-in carries the mark: for no script, for this host alone where the request came over TLS."""
    if mark := g.pop("browser_mark", None):
        age = timedelta(days=KNOWN_DAYS)
        response.set_cookie(
            _cookie(), mark, max_age=age, secure=request.is_secure, httponly=True, samesite="Lax", path="/"
        )
