"""Sessions on the server: the cookie holds a random token and nothing else that counts; what it may do stands in
`account_sessions`.

Idle 15 minutes, eight hours at most (QCVN 12:2026: at most 15 minutes idle for business software with important data).
A session made with a certificate ends with the first request that does not carry that certificate. A token that was
ended is never good again.
"""

import hashlib
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import current_app, has_request_context, request
from sqlalchemy import Row, Select, and_, bindparam, func, insert, select, update
from sqlalchemy.orm import Session, aliased, contains_eager

from app.security import audit, browsers
from app.security.entrance import presented
from app.security.ids import uuid7
from app.security.policies import nearest
from app.security.roles import rights_of
from app.security.sign_in import check_trusted
from app.security.tables import account_sessions as table
from app.security.trust import NotTrusted

PASSWORD = "password"
SECOND_FACTOR = "factor"
TOKEN = "token"
PENDING_MINUTES = 5  # to give the second factor
TOUCH_SECONDS = 30  # a session's last use is written down this often


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(session: Session, account: Any, method: str, pending: bool = False) -> str:
    """A new session; its token goes into the cookie and stands nowhere else."""
    token = secrets.token_urlsafe(32)
    certificate = presented().fingerprint if method == TOKEN else None
    agent = (request.headers.get("User-Agent", "") if has_request_context() else "").replace("\x00", "")[:200]
    session.execute(
        insert(table).values(
            id=uuid7(),
            token=_hash(token),
            account_id=account.id,
            method=method,
            pending=pending,
            certificate=certificate,
            address=request.remote_addr if has_request_context() else None,
            agent=agent,
        )
    )
    return token


@lru_cache
def _asking(model: Any, pending: bool) -> Select[Any]:
    """The session of a token; of a model of accounts besides the account with its unit, its roles' `rights` and the
    unit's `policy`: all that a request rests on, in one statement and of one moment.
    """
    query: Any = select(table)
    if model is not None:
        unit = aliased(model.unit.property.mapper.class_)
        query = select(table, model, rights_of(model.id).label("rights"), nearest(unit).label("policy"))
        query = query.join(model, model.id == table.c.account_id).outerjoin(unit, unit.id == model.unit_id)
        query = query.options(contains_eager(model.unit.of_type(unit)))
    asked: Select[Any] = query.where(
        table.c.token == bindparam("token"), table.c.pending.is_(pending), table.c.ended_at.is_(None)
    )
    return asked


def find(session: Session, token: str | None, pending: bool = False, model: Any = None) -> Row[Any] | None:
    """The open session of that token, ended here when it ran out or came without its certificate; None where there is
    none. With a model of accounts the row tells more: see `_asking`.
    """
    if not token:
        return None
    row = session.execute(_asking(model, pending), {"token": _hash(token)}).first()
    if row is None:
        return None
    why = _run_out(row)
    if why:
        end(session, row.id, why)
        session.commit()
        return None
    if datetime.now(UTC) - row.seen_at > timedelta(seconds=TOUCH_SECONDS):
        session.execute(update(table).where(table.c.id == row.id).values(seen_at=func.clock_timestamp()))
        session.commit()
    return row


def ended_of(session: Session, token: str | None, model: Any) -> str | None:
    """The name of the account whose session that was; None where there was none, or longer ago than a session lasts."""
    if not token:
        return None
    since = datetime.now(UTC) - timedelta(hours=current_app.config["SESSION_HOURS"])
    asked = select(model.username).join(table, table.c.account_id == model.id).where(table.c.token == _hash(token))
    name: str | None = session.scalar(asked.where(table.c.pending.is_(False), table.c.made_at > since))
    return name


def _run_out(row: Row[Any]) -> str | None:
    moment = datetime.now(UTC)
    config = current_app.config
    if row.pending and moment - row.made_at > timedelta(minutes=PENDING_MINUTES):
        return "idle"
    if moment - row.seen_at > timedelta(minutes=config["SESSION_IDLE_MINUTES"]):
        return "idle"
    if moment - row.made_at > timedelta(hours=config["SESSION_HOURS"]):
        return "too_long"
    if row.certificate is not None:
        shown = presented()
        if shown.fingerprint is None:
            return "no_certificate"
        if shown.fingerprint != row.certificate:
            return "other_certificate"
        try:
            # what was revoked since signing in ends here; OCSP is asked at signing in
            check_trusted(shown.certificate, ask_ocsp=False)
        except NotTrusted as refused:
            return f"cert_{refused.why}"
    return None


def end(session: Session, key: uuid.UUID, why: str) -> None:
    """The session is over, and the trail says why."""
    ended = session.execute(
        update(table)
        .where(table.c.id == key, table.c.ended_at.is_(None))
        .values(ended_at=func.clock_timestamp(), ended_why=why)
        .returning(table.c.account_id)
    ).first()
    if ended is not None:
        audit.record(session, "session.ended", detail={"session": str(key), "account": ended.account_id, "why": why})


def end_all(session: Session, account: Any, why: str, but: uuid.UUID | None = None) -> None:
    """Every session of the account but that one is over at its next request, its browsers but that one's strangers'."""
    browsers.end_all(session, account.id, why, but_this=but is not None)
    conditions = [table.c.account_id == account.id, table.c.ended_at.is_(None)]
    if but is not None:
        conditions.append(table.c.id != but)
    ended = session.execute(
        update(table).where(*conditions).values(ended_at=func.clock_timestamp(), ended_why=why).returning(table.c.id)
    ).all()
    if ended:
        audit.record(session, "session.ended", detail={"account": account.id, "why": why, "sessions": len(ended)})


def prove(session: Session, key: uuid.UUID) -> None:
    """The holder has just shown again who they are."""
    session.execute(update(table).where(table.c.id == key).values(proved_at=func.clock_timestamp()))


def strengthen(session: Session, key: uuid.UUID) -> None:
    """From here on the session counts as one whose holder showed a second factor."""
    session.execute(
        update(table).where(table.c.id == key).values(method=SECOND_FACTOR, proved_at=func.clock_timestamp())
    )


def challenge(session: Session, key: uuid.UUID, value: bytes | None) -> None:
    """The challenge the session's browser must answer next; each is good once."""
    session.execute(update(table).where(table.c.id == key).values(challenge=value))


def take_challenge(session: Session, key: uuid.UUID) -> bytes | None:
    """The challenge, gone as it is read: a second answer to it meets none."""
    previous = select(table.c.id, table.c.challenge).where(table.c.id == key).with_for_update().cte("previous")
    taken = session.execute(
        update(table)
        .where(and_(table.c.id == previous.c.id, previous.c.challenge.is_not(None)))
        .values(challenge=None)
        .returning(previous.c.challenge)
    ).scalar_one_or_none()
    session.commit()
    return bytes(taken) if taken is not None else None


def count_try(session: Session, key: uuid.UUID) -> int:
    """How often this session's second factor was wrong, this time included."""
    tries: int = session.execute(
        update(table).where(table.c.id == key).values(tries=table.c.tries + 1).returning(table.c.tries)
    ).scalar_one()
    return tries


def open_of(session: Session, account: Any) -> list[Row[Any]]:
    """The account's open sessions, the newest first."""
    idle = datetime.now(UTC) - timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])
    conditions = (
        table.c.account_id == account.id,
        table.c.ended_at.is_(None),
        table.c.pending.is_(False),
        table.c.seen_at > idle,
    )
    return list(session.execute(select(table).where(*conditions).order_by(table.c.made_at.desc())))


def end_run_out(session: Session) -> int:
    """Sessions that ran out without another request are marked as over; how many."""
    moment = datetime.now(UTC)
    config = current_app.config
    idle = moment - timedelta(minutes=config["SESSION_IDLE_MINUTES"])
    old = moment - timedelta(hours=config["SESSION_HOURS"])
    statement = update(table).where(table.c.ended_at.is_(None), (table.c.seen_at < idle) | (table.c.made_at < old))
    return len(
        session.execute(statement.values(ended_at=func.clock_timestamp(), ended_why="idle").returning(table.c.id)).all()
    )
