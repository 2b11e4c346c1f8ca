"""What slows an address that tries many accounts: how many were tried from it in vain and not rightly since.

Counted in PostgreSQL, for all workers. An office behind one address mistypes, and signs in: what was right again does
not count. Somebody who goes through a list of accounts does not come to that.
"""

import hmac
from collections.abc import Iterator
from datetime import timedelta

from flask import current_app, request
from limits import RateLimitItem, parse_many
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.security.keys import BROWSERS
from app.security.sealed import ring
from app.security.tables import wrong_tries as table


def _limits() -> Iterator[RateLimitItem]:
    return iter(parse_many(current_app.config["WRONG_LIMIT"]))


def _address() -> str:
    return (request.remote_addr or "-")[:64]


def _hash(name: str) -> bytes:
    return hmac.digest(ring().newest(BROWSERS).key, b"name|" + name.encode(errors="replace"), "sha256")


def wait(session: Session) -> float:
    """Seconds this request's address has to wait before another try; 0 where it need not."""
    if not current_app.config["RATELIMIT_ENABLED"]:
        return 0
    longest = 0.0
    for limit in _limits():
        period = timedelta(seconds=limit.get_expiry())
        recent = select(table.c.at).where(
            table.c.address == _address(), table.c.at > func.now() - period, table.c.at <= func.now()
        )
        full = recent.order_by(table.c.at.desc()).offset(limit.amount - 1).limit(1).scalar_subquery()
        left = session.scalar(select(full + period - func.now()))
        longest = max(longest, left.total_seconds() if left is not None else 0.0)
    return longest


def count(session: Session, name: str, right: bool) -> None:
    """That account was tried from this request's address, rightly or not."""
    if right:
        session.execute(delete(table).where(table.c.address == _address(), table.c.name == _hash(name)))
        return
    tried = insert(table).values(address=_address(), name=_hash(name))
    session.execute(
        tried.on_conflict_do_update(index_elements=["address", "name"], set_={"at": func.clock_timestamp()})
    )


def forget(session: Session) -> None:
    """What no limit counts any more is gone."""
    longest = max(limit.get_expiry() for limit in _limits())
    session.execute(delete(table).where(table.c.at < func.now() - timedelta(seconds=longest)))
