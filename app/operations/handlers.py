"""Who may be named to handle a unit's petitions: those of its accounts that process them, each with the work it has."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Account, Deadline
from app.operations.refusal import Refused
from app.security.roles import permissions_of

PROCESSES = ("can_process", "Petitions")
USER = "user"


@dataclass(frozen=True)
class Offered:
    """An account that may be named, and how many open deadlines it has already."""

    account: Account
    work: int


def offered(session: Session, unit_id: uuid.UUID) -> list[Offered]:
    """The accounts of the unit that may be named handlers, by name."""
    query = select(Account).where(Account.unit_id == unit_id, Account.kind == USER, Account.active.is_(True))
    accounts = session.scalars(query.order_by(Account.username)).unique().all()
    held = permissions_of(session, [account.id for account in accounts], USER)
    work = _work(session, unit_id)
    return [Offered(account, work.get(account.username, 0)) for account in accounts if PROCESSES in held[account.id]]


def demand_handlers(session: Session, unit_id: uuid.UUID, accounts: Iterable[Account]) -> None:
    """Nothing, where each of these accounts may be named. Raises Refused."""
    known = {one.account.id for one in offered(session, unit_id)}
    if any(account.id not in known for account in accounts):
        raise Refused("chỉ phân công cho tài khoản đang hoạt động có quyền xử lý đơn của đơn vị mình", "handlers")


def _work(session: Session, unit_id: uuid.UUID) -> dict[str, int]:
    named = select(func.unnest(Deadline.handlers).label("name"))
    each = named.where(Deadline.unit_id == unit_id, Deadline.done_on.is_(None)).subquery()
    counted = select(each.c.name, func.count()).group_by(each.c.name)
    return dict(session.execute(counted).tuples().all())
