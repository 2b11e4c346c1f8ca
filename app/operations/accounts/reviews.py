"""Rights looked at again: every six months each manager confirms its users, and leaders the accounts that no manager
has (TCVN 14423:2026, level 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.models import Account
from app.models.account import ADMIN, MANAGER, USER, account_manages
from app.operations.accounts.confirmations import Confirmers
from app.operations.refusal import Refused
from app.operations.rights import demand_operator
from app.security import audit
from app.security.roles import permissions_of
from app.settings import setting


def overdue_since(on: date) -> datetime:
    """Who was last looked at before this moment is due again."""
    start = on - relativedelta(months=setting("REVIEW_MONTHS"))
    return datetime(start.year, start.month, start.day, tzinfo=UTC)


def to_review(session: Session, reviewer: Account) -> list[Account]:
    """The accounts this one has to look at: a manager's users; of a unit's other accounts, those it may confirm."""
    if reviewer.kind == MANAGER:
        return [account for account in reviewer.manages if account.closed_at is None]
    if reviewer.id not in {one.id for one in Confirmers(session).of(reviewer.unit)}:
        return []
    managed = select(account_manages.c.user_id)
    query = select(Account).where(
        Account.unit_id == reviewer.unit_id,
        Account.kind != ADMIN,
        Account.closed_at.is_(None),
        Account.id != reviewer.id,
        Account.id.not_in(managed),
    )
    return list(session.scalars(query.order_by(Account.username)).unique())


def review(session: Session, reviewer: Account, accounts: Sequence[Account]) -> None:
    """The reviewer has looked at these accounts: holder, roles and need are right.

    Raises Refused for one that is not the reviewer's.
    """
    mine = {account.id for account in to_review(session, reviewer)}
    for account in accounts:
        if account.id not in mine:
            raise Refused(f"tài khoản {account.username} không thuộc diện rà soát của tài khoản này")
        account.reviewed_by = reviewer.username
        account.reviewed_at = datetime.now(UTC)
        audit.record(session, "account.reviewed", detail={"of": account.username})
    session.flush()


def unreviewed(session: Session, on: date) -> int:
    """How many accounts' rights nobody has looked at since they came due."""
    looked = func.coalesce(Account.reviewed_at, Account.confirmed_at, Account.made_at)
    query = (
        select(func.count())
        .select_from(Account)
        .where(Account.closed_at.is_(None), Account.kind != ADMIN, looked < overdue_since(on))
    )
    return session.scalar(query) or 0


@dataclass(frozen=True)
class RightsLine:
    """One account in the reports: who holds it, what its roles reach, when it was used, what is overdue."""

    account: Account
    roles: list[str]
    reaches: list[str]
    unreviewed: bool
    never_signed_in: bool
    initial_password: bool


def reaches_of(session: Session, accounts: Sequence[Account]) -> dict[int, list[str]]:
    """What each account's roles reach; a manager's: what its users' do."""
    members = {account.id: list(account.manages) if account.kind == MANAGER else [account] for account in accounts}
    pairs: dict[int, Any] = {}
    for kind in (ADMIN, USER):
        pairs |= permissions_of(
            session, [one.id for found in members.values() for one in found if one.kind == kind], kind
        )
    return {
        key: sorted(
            {subject for one in found for permission, subject in pairs.get(one.id, ()) if permission == "can_reach"}
        )
        for key, found in members.items()
    }


def rights(session: Session, on: date) -> list[RightsLine]:
    """Every account that is not closed, with what it reaches: subjects and permissions only, no figure and no text of
    any petition.
    """
    query = (
        select(Account)
        .where(Account.closed_at.is_(None))
        .order_by(Account.username)
        .options(selectinload(Account.roles), selectinload(Account.manages))
    )
    accounts = list(session.scalars(query).unique())
    limit = overdue_since(on)
    reaching = reaches_of(session, accounts)
    found = []
    for account in accounts:
        members = account.manages if account.kind == MANAGER else [account]
        looked = account.reviewed_at or account.confirmed_at or account.made_at
        found.append(
            RightsLine(
                account,
                sorted(role.name for member in members for role in member.roles),
                reaching[account.id],
                account.kind != ADMIN and looked < limit,
                account.signed_in_at is None,
                account.must_change_password,
            )
        )
    return found


def disable_idle(session: Session, moment: datetime) -> list[str]:
    """Accounts nobody has used for 45 days are disabled (QCVN 12:2026); their identifiers."""
    demand_operator(session)
    limit = moment - timedelta(days=setting("IDLE_DAYS"))
    query = select(Account).where(
        Account.active.is_(True), func.greatest(Account.signed_in_at, Account.acted_at, Account.made_at) < limit
    )
    found = []
    for account in session.scalars(query).unique():
        account.active = False
        account.disabled_why = "idle"
        audit.record(session, "account.disabled_idle", detail={"of": account.username})
        found.append(account.username)
    session.flush()
    return found
