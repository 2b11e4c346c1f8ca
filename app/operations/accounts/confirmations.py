"""Confirming that an account is its holder's: by the unit's leader or manager, where it has none by the nearest unit
above that has one; never by an admin.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.models import Account, PolicyChange, RoleChange, Unit
from app.models.account import ADMIN, MANAGER, USER
from app.operations.refusal import Refused
from app.operations.rights import demand, demand_operator
from app.operations.secrecy.conflicts import look_for
from app.security import audit
from app.security.roles import permission_row, permissions_of

CONFIRM = ("can_confirm", "Holders")


class Confirmers:
    """Who may confirm in which unit, read once per unit."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._of: dict[uuid.UUID, list[Account]] = {}

    def of(self, unit: Unit) -> list[Account]:
        """The confirmed leaders and managers of exactly that unit."""
        if unit.id not in self._of:
            self._of[unit.id] = self._among(Account.unit_id == unit.id)
        return self._of[unit.id]

    def _among(self, condition: Any) -> list[Account]:
        query = select(Account).where(
            condition, Account.active.is_(True), Account.confirmed_at.is_not(None), Account.kind != ADMIN
        )
        accounts = list(self.session.scalars(query).unique())
        allowed = permissions_of(self.session, [account.id for account in accounts], USER)
        return [account for account in accounts if account.kind == MANAGER or CONFIRM in allowed[account.id]]

    def for_account(self, account: Account) -> list[Account]:
        """Who may confirm this account: those of the first unit, from its own upward, that has anybody but itself who
        reaches as far; beside each unit stand those of a unit that oversees it, as a provincial inspectorate does
        its province.
        """
        unit = account.unit
        while unit is not None:
            found = [
                one
                for one in [*self.of(unit), *self._overseeing(unit)]
                if one.id != account.id and one.username != account.acted_by and covers(one.unit, account)
            ]
            if found:
                return found
            unit = unit.parent
        return []

    def _overseeing(self, unit: Unit) -> list[Account]:
        query = select(Unit).where(Unit.oversees_id == unit.id).order_by(Unit.code)
        return [one for overseeing in self.session.scalars(query) for one in self.of(overseeing)]

    def at_the_top(self) -> list[Account]:
        """Who may confirm what concerns every unit: those of the highest units that ever had a confirmed account. Where
        none of these is left to confirm, only the operator can: the top cannot be moved downwards by emptying a role
        or closing accounts.
        """
        ever = select(func.min(Unit.depth)).join(Account, Account.unit_id == Unit.id)
        depth = self.session.scalar(ever.where(Account.kind != ADMIN, Account.reviewed_at.is_not(None)))
        return self._among(Account.unit_id.in_(select(Unit.id).where(Unit.depth == depth))) if depth is not None else []

    def for_unit(self, unit: Unit | None) -> list[Account]:
        """Who may confirm what concerns a unit and those below it: those of the first unit, from it upward, that has
        anybody.
        """
        while unit is not None:
            if found := [*self.of(unit), *self._overseeing(unit)]:
                return found
            unit = unit.parent
        return []


def covers(unit: Unit, account: Account) -> bool:
    """True when all that the account may reach, itself or through those it manages, lies within what that unit's may:
    nobody lets others reach further.
    """
    mine = [each.path for each in (unit, unit.oversees) if each is not None]
    units = [one.unit for one in (account, *account.manages) if one.unit is not None]
    theirs = {each.path for one in units for each in (one, one.oversees) if each is not None}
    return all(any(path.startswith(reach) for reach in mine) for path in theirs)


def waiting_for(session: Session, confirmer: Account) -> list[Account]:
    """The accounts that wait for this one's confirmation, the longest waiting first."""
    if confirmer.unit is None:
        return []
    reaches = [unit.subtree() for unit in (confirmer.unit, confirmer.unit.oversees) if unit is not None]
    within = or_(*(and_(Unit.path >= reach.low, Unit.path < reach.high) for reach in reaches))
    query = (
        select(Account)
        .join(Unit, Unit.id == Account.unit_id)
        .where(within, Account.kind != ADMIN, Account.confirmed_at.is_(None), Account.active.is_(True))
        .order_by(Account.acted_at)
    )
    confirmers = Confirmers(session)
    return [
        account
        for account in session.scalars(query).unique()
        if confirmer.id in {one.id for one in confirmers.for_account(account)}
    ]


def confirm(session: Session, account: Account, confirmer: Account, seen: str) -> None:
    """The account opens what its roles reach.

    `seen`: the moment of the last act the confirmer was shown, as ISO 8601. Raises Refused.
    """
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    session.refresh(account, ["acted_at", "confirmed_at", "must_change_password"])
    if account.kind == ADMIN or account.confirmed_at is not None:
        raise Refused("tài khoản này không chờ xác nhận")
    if account.acted_at is None or account.acted_at.isoformat() != seen:
        raise Refused("quản trị vừa làm thêm việc khác với tài khoản này; xem lại rồi mới xác nhận")
    if account.must_change_password:
        # Until then the administrator knows the password as well as the holder does.
        raise Refused("người giữ chưa đổi mật khẩu ban đầu; xác nhận sau khi họ đã đổi")
    if confirmer.id not in {one.id for one in Confirmers(session).for_account(account)}:
        raise Refused(
            "chỉ lãnh đạo hoặc người quản lý của đơn vị (nếu không có thì của đơn vị cấp trên) được xác nhận; không tự"
            " xác nhận cho mình"
        )
    account.confirmed_by = confirmer.username
    account.confirmed_at = datetime.now(UTC)
    account.reviewed_by = confirmer.username
    account.reviewed_at = account.confirmed_at
    account.unconfirmed = []
    look_for(session, account)  # before it opens anything
    audit.record(
        session, "account.confirmed", detail={"of": account.username, "act": account.act, "acted_by": account.acted_by}
    )
    session.flush()


def confirm_by_operator(session: Session, account: Account) -> None:
    """The account is confirmed by whoever runs the machine; for when nobody above it is left."""
    demand_operator(session)
    account.confirmed_by = "operator"
    account.confirmed_at = datetime.now(UTC)
    account.unconfirmed = []
    account.reviewed_by = account.confirmed_by
    account.reviewed_at = account.confirmed_at
    look_for(session, account)
    audit.record(
        session, "account.confirmed", detail={"of": account.username, "act": account.act, "acted_by": account.acted_by}
    )
    session.flush()


def ask_role_change(session: Session, role: Any, permission: str, subject: str, removal: bool, by: str) -> None:
    """The permission is added to the role, or taken off it, once somebody who leads at the top has said so; an open
    question is asked once.
    """
    demand(session, "can_write", "Roles")
    open_ones = select(RoleChange.id).where(
        RoleChange.role_id == role.id, RoleChange.removal.is_(removal), RoleChange.granted.is_(None)
    )
    same = open_ones.where(RoleChange.permission == permission, RoleChange.subject == subject)
    if role.id is not None and session.scalars(same).first() is not None:
        return
    session.add(RoleChange(role=role, permission=permission, subject=subject, removal=removal, asked_by=by))
    audit.record(
        session, "role.asked", detail={"role": role.name, "what": f"{permission} {subject}", "removal": removal}
    )


def changes_for(session: Session, confirmer: Account) -> list[RoleChange]:
    """The changes of roles that wait, where this account may decide on them."""
    if confirmer.id not in {one.id for one in Confirmers(session).at_the_top()}:
        return []
    return list(session.scalars(select(RoleChange).where(RoleChange.granted.is_(None)).order_by(RoleChange.asked_at)))


def decide_change(session: Session, change: RoleChange, confirmer: Account, granted: bool) -> None:
    """The role is changed, or the change was refused. Raises Refused where this is not for the confirmer to say."""
    if change.granted is not None or change not in changes_for(session, confirmer):
        raise Refused("thay đổi này không chờ tài khoản này quyết định")
    change.granted = granted
    change.decided_by = confirmer.username
    change.decided_at = datetime.now(UTC)
    permission = permission_row(session, change.permission, change.subject)
    if granted and change.removal and permission in change.role.permissions:
        change.role.permissions.remove(permission)
    if granted and not change.removal and permission not in change.role.permissions:
        change.role.permissions.append(permission)
    detail = {
        "role": change.role.name,
        "what": f"{change.permission} {change.subject}",
        "removal": change.removal,
        "asked_by": change.asked_by,
    }
    audit.record(session, "role.decided", detail=detail | {"granted": granted})
    session.flush()


def ask_policy(session: Session, unit: Unit, policy: str | None, by: str) -> None:
    """The unit's accounts may sign in by weaker means once somebody who leads it has said so; a later question takes
    the place of an open one.
    """
    demand(session, "can_write", "Units")
    for older in session.scalars(
        select(PolicyChange).where(PolicyChange.unit_id == unit.id, PolicyChange.granted.is_(None))
    ):
        older.granted = False
        older.decided_by = by
        older.decided_at = datetime.now(UTC)
    session.add(PolicyChange(unit=unit, policy=policy, asked_by=by))
    audit.record(session, "unit.policy_asked", detail={"unit": unit.code, "policy": policy})


def policies_for(session: Session, confirmer: Account) -> list[PolicyChange]:
    """The weaker ways to sign in that wait, where this account may decide on them."""
    waiting = session.scalars(
        select(PolicyChange).where(PolicyChange.granted.is_(None)).order_by(PolicyChange.asked_at)
    )
    confirmers = Confirmers(session)
    return [change for change in waiting if confirmer.id in {one.id for one in confirmers.for_unit(change.unit)}]


def decide_policy(session: Session, change: PolicyChange, confirmer: Account, granted: bool) -> None:
    """The unit has that way to sign in, or keeps its own. Raises Refused where this is not for the confirmer to say."""
    if change.granted is not None or change not in policies_for(session, confirmer):
        raise Refused("thay đổi này không chờ tài khoản này quyết định")
    change.granted = granted
    change.decided_by = confirmer.username
    change.decided_at = datetime.now(UTC)
    if granted:
        change.unit.sign_in_policy = change.policy
    detail = {"unit": change.unit.code, "policy": change.policy, "granted": granted, "asked_by": change.asked_by}
    audit.record(session, "unit.policy", detail=detail)
    session.flush()
