"""Accounts: granted, and their passwords.

Nothing here opens data: what an account may see is computed from its kind, roles, unit and confirmation.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import desc, select
from sqlalchemy.orm import Session

from app.models import Account, PastPassword, Unit
from app.models.account import ADMIN, KINDS, MANAGER, USER
from app.operations.accounts.allocation import check_allocation
from app.operations.refusal import Refused
from app.operations.rights import demand, demand_own
from app.security import audit, browsers, passwords, scope, sessions
from app.security.policies import TOKEN_ONLY, policy_of
from app.security.roles import ROLES
from app.security.tokens import holder_key
from app.settings import setting

LONGEST = 120  # characters of a holder's name or a paper's number
PASSWORD_PROBLEMS = {
    "control": "mật khẩu có ký tự điều khiển; chỉ dùng ký tự gõ được",
    "length": "mật khẩu phải có ít nhất {length} ký tự",
    "classes": "mật khẩu phải có chữ thường, chữ hoa, chữ số và ký tự khác",
    "common": "mật khẩu chứa cụm từ quá phổ biến; chọn cụm từ khác",
    "identifier": "mật khẩu không được chứa tên tài khoản",
    "personal": "mật khẩu không được chứa họ tên người giữ hoặc mã đơn vị",
}


def find_account(session: Session, identifier: str) -> Account:
    """The account of that identifier. Raises Refused."""
    account = session.scalars(select(Account).where(Account.username == identifier)).first()
    if account is None:
        raise Refused(f"không có tài khoản “{identifier}”", "identifier")
    return account


def check_identifier(session: Session, identifier: str) -> None:
    """Nothing, when the identifier keeps the deployment's grammar and was never given. Raises Refused."""
    grammar = setting("IDENTIFIER_GRAMMAR")
    if not re.fullmatch(grammar, identifier) or len(identifier) > 64:
        sentence = "gồm 3–64 ký tự A–Z, 0–9, dấu chấm, gạch ngang, gạch dưới; bắt đầu bằng chữ hoặc số"
        raise Refused(
            f"tên tài khoản {sentence if '{2,63}' in grammar else f'phải đúng mẫu của nơi triển khai: {grammar}'}",
            "identifier",
        )
    if session.scalars(select(Account.id).where(Account.username == identifier)).first() is not None:
        raise Refused(
            f"tên tài khoản “{identifier}” đã được cấp; mỗi tên chỉ cấp một lần, kể cả khi đã đóng", "identifier"
        )


@dataclass(frozen=True)
class NewAccount:
    """What an account is asked for: its identifier, kind and unit; names of roles, identifiers of the accounts it
    manages; its holder, the paper that grants it, the holder's identity number.
    """

    identifier: str
    kind: str
    unit: Unit
    roles: Iterable[str] = ()
    manages: Iterable[str] = ()
    holder: str = ""
    paper: str | None = None
    id_number: str = ""


def add_account(session: Session, asked: NewAccount, confirmed_by: str | None = None) -> tuple[Account, str, list[str]]:
    """A new account, its initial password, which must be changed before anything opens, and what the allocation rules
    advise. Raises Refused.
    """
    demand(session, "can_write", "Accounts")
    check_identifier(session, asked.identifier)
    _check_granted(asked)
    advice: list[str] = []
    if asked.kind != ADMIN:
        advice = check_allocation(session, asked.unit, asked.kind, asked.holder, asked.paper)
    moment = datetime.now(UTC)
    confirmed = {"confirmed_by": confirmed_by, "confirmed_at": moment if confirmed_by else None}
    reviewed = {"reviewed_by": confirmed_by, "reviewed_at": moment if confirmed_by else None}
    granted = {"act": "grant", "acted_by": scope.current(session).name, "acted_at": moment}
    named = {"username": asked.identifier, "email": f"{asked.identifier.lower()}@account.invalid", "first_name": ""}
    key = holder_key(asked.id_number) if asked.id_number.strip() else None
    held = {"holder": asked.holder, "last_name": asked.holder, "holder_key": key}
    placed = {"kind": asked.kind, "unit": asked.unit, "paper": asked.paper, "active": True}
    account = Account(**placed, **named, **held, **granted, **confirmed, **reviewed)
    account.roles = _roles(session, asked.roles, asked.kind)
    account.manages = [find_account(session, identifier) for identifier in asked.manages]
    check_managed(asked.kind, account.manages)
    password = give_initial_password(session, account)
    if not confirmed_by:
        account.unconfirmed = [{"act": "grant", "by": account.acted_by or "", "at": moment.isoformat()}]
    session.add(account)
    session.flush()
    audit.record(session, "account.granted", detail={"of": asked.identifier}, reason=asked.paper or None)
    return account, password, advice


def _check_granted(asked: NewAccount) -> None:
    for name, value in (("holder", asked.holder), ("paper", asked.paper or "")):
        if len(value) > LONGEST:
            raise Refused(f"dài {len(value)} ký tự, tối đa {LONGEST}", name)
    if asked.kind not in KINDS:
        raise Refused(f"loại tài khoản phải là một trong {', '.join(KINDS)}", "kind")


def _roles(session: Session, names: Iterable[str], kind: str) -> list[Role]:
    wanted = set(names) | ({"administrator"} if kind == ADMIN else set())
    found = {role.name: role for role in session.scalars(select(Role))}
    for name in wanted:
        if name not in found:
            raise Refused(
                f"không có vai trò “{name}”; các vai trò: {', '.join(sorted(found.keys() | ROLES.keys()))}", "roles"
            )
    roles = [found[name] for name in sorted(wanted)]
    check_roles(kind, roles)
    return roles


def check_roles(kind: str, roles: Iterable[Role]) -> None:
    """Nothing, when an account of that kind may hold these roles. Raises Refused."""
    given = {role.name for role in roles}
    if kind == ADMIN and given - {"administrator"}:
        raise Refused("tài khoản quản trị không được giữ vai trò xem dữ liệu; chỉ chọn “Quản trị tài khoản”", "roles")
    if kind != ADMIN and "administrator" in given:
        raise Refused("vai trò “Quản trị tài khoản” chỉ dành cho tài khoản quản trị", "roles")


def check_managed(kind: str, managed: Iterable[Account]) -> None:
    """Nothing, when an account of that kind may manage these. Raises Refused."""
    managed = list(managed)
    if managed and kind != MANAGER:
        raise Refused("chỉ tài khoản quản lý mới quản lý người dùng khác", "manages")
    for account in managed:
        if account.kind != USER:
            raise Refused(
                f"“{account.username}” không phải tài khoản người dùng nên không thuộc tài khoản quản lý", "manages"
            )


def give_initial_password(session: Session, account: Account) -> str:
    """The account has an initial password, which its holder must change: random; or, in the party profile where a token
    is required, the common one.
    """
    common = setting("COMMON_INITIAL_PASSWORD")
    account.initial_until = None
    if common and policy_of(account) == TOKEN_ONLY:
        account.initial_until = datetime.now(UTC) + timedelta(hours=setting("COMMON_INITIAL_HOURS"))
    password: str = common if account.initial_until else passwords.initial_password()
    if account.id is not None:
        session.add(PastPassword(account_id=account.id, password=account.password))
    account.password = passwords.hash_password(password)
    account.must_change_password = True
    account.changed_password_at = datetime.now(UTC)
    return password


def set_password(session: Session, account: Account, password: str, by_holder: bool) -> None:
    """The account has this password and no session; by its holder it counts as changed.

    Raises Refused for a weak one, or one it had before.
    """
    two = bool(account.open_factors)
    demand_own(session, account.username)
    problem = passwords.problem(
        password, account.username, (account.holder, account.unit.code if account.unit else ""), two
    )
    if problem:
        length = passwords.LENGTH_WITH_FACTOR if two else passwords.LENGTH
        raise Refused(PASSWORD_PROBLEMS[problem].format(length=length), "password")
    if passwords.matches(account.password, password):
        raise Refused("mật khẩu mới phải khác mật khẩu đang dùng", "password")
    past = (
        select(PastPassword.password)
        .where(PastPassword.account_id == account.id)
        .order_by(desc(PastPassword.id))
        .limit(passwords.REMEMBERED)
    )
    if any(passwords.matches(stored, password) for stored in session.scalars(past)):
        raise Refused(
            f"mật khẩu này nằm trong {passwords.REMEMBERED} mật khẩu gần nhất; chọn mật khẩu chưa dùng", "password"
        )
    session.add(PastPassword(account_id=account.id, password=account.password))
    account.password = passwords.hash_password(password)
    account.must_change_password = not by_holder
    account.initial_until = None
    account.changed_password_at = datetime.now(UTC)
    sessions.end_all(session, account, "password")
    audit.record(session, "account.password_changed", account=account.username)
    session.flush()


def unlock(session: Session, account: Account) -> None:
    """The password path of the account is open again."""
    demand(session, "can_write", "Accounts")
    account.wrong_passwords = 0
    account.locks = 0
    account.locked_until = None
    browsers.unlock(session, account.id)
    audit.record(session, "account.unlocked", detail={"of": account.username})
    session.flush()
