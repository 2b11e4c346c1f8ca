"""Accounts: made, unlocked, given a password. Nothing here opens data: what an account may see is computed from its kind, roles and unit."""

from collections.abc import Iterable
from datetime import UTC, datetime

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, Unit
from app.models.account import ADMIN, KINDS, MANAGER, USER
from app.operations.refusal import Refused
from app.security import audit, passwords
from app.security.roles import IDENTIFIER, ROLES

LONGEST = 120  # characters of a holder's name or a document's number
PASSWORD_PROBLEMS = {
    "control": "mật khẩu có ký tự điều khiển; chỉ dùng ký tự gõ được",
    "length": f"mật khẩu phải có ít nhất {passwords.LENGTH} ký tự",
    "classes": "mật khẩu phải có chữ thường, chữ hoa, chữ số và ký tự khác",
    "common": "mật khẩu chứa cụm từ quá phổ biến; chọn cụm từ khác",
    "identifier": "mật khẩu không được chứa tên tài khoản",
}


def find_account(session: Session, identifier: str) -> Account:
    """The account of that identifier. Raises Refused."""
    account = session.scalars(select(Account).where(Account.username == identifier)).first()
    if account is None:
        raise Refused(f"không có tài khoản “{identifier}”", "identifier")
    return account


def add_account(
    session: Session, identifier: str, kind: str, unit: Unit, roles: Iterable[str] = (), manages: Iterable[str] = (), holder: str = "",
    document: str | None = None, confirmed_by: str | None = None,
) -> tuple[Account, str]:  # fmt: skip
    """A new account and its initial password, which must be changed before anything opens. Raises Refused."""
    if not IDENTIFIER.fullmatch(identifier):
        raise Refused("tên tài khoản gồm 3–64 ký tự A–Z, 0–9, dấu chấm, gạch ngang, gạch dưới; bắt đầu bằng chữ hoặc số", "identifier")
    for name, value in (("holder", holder), ("document", document or "")):
        if len(value) > LONGEST:
            raise Refused(f"dài {len(value)} ký tự, tối đa {LONGEST}", name)
    if kind not in KINDS:
        raise Refused(f"loại tài khoản phải là một trong {', '.join(KINDS)}", "kind")
    if session.scalars(select(Account.id).where(Account.username == identifier)).first() is not None:
        raise Refused(f"tên tài khoản “{identifier}” đã được cấp; mỗi tên chỉ cấp một lần", "identifier")
    password = passwords.initial_password()
    account = Account(
        username=identifier, kind=kind, unit=unit, holder=holder, first_name="", last_name=holder, document=document, active=True,
        email=f"{identifier.lower()}@account.invalid", password=passwords.hash_password(password), must_change_password=True, confirmed_by=confirmed_by,
    )  # fmt: skip
    account.roles = _roles(session, roles, kind)
    account.manages = _managed(session, list(manages), kind)
    session.add(account)
    session.flush()
    return account, password


def _roles(session: Session, names: Iterable[str], kind: str) -> list[Role]:
    wanted = set(names) | ({"administrator"} if kind == ADMIN else set())
    found = {role.name: role for role in session.scalars(select(Role))}
    for name in wanted:
        if name not in found:
            raise Refused(f"không có vai trò “{name}”; các vai trò: {', '.join(sorted(found.keys() | ROLES.keys()))}", "roles")
    return [found[name] for name in sorted(wanted)]


def _managed(session: Session, identifiers: list[str], kind: str) -> list[Account]:
    if identifiers and kind != MANAGER:
        raise Refused("chỉ tài khoản quản lý mới quản lý người dùng khác", "manages")
    found = [find_account(session, identifier) for identifier in identifiers]
    for account in found:
        if account.kind != USER:
            raise Refused(f"“{account.username}” không phải tài khoản người dùng nên không thuộc tài khoản quản lý", "manages")
    return found


def set_password(session: Session, account: Account, password: str, by_holder: bool) -> None:
    """The account has this password; by its holder it counts as changed. Raises Refused for a weak one, or the same again."""
    problem = passwords.problem(password, account.username)
    if problem:
        raise Refused(PASSWORD_PROBLEMS[problem], "password")
    if passwords.matches(account.password, password):
        raise Refused("mật khẩu mới phải khác mật khẩu đang dùng", "password")
    account.password = passwords.hash_password(password)
    account.must_change_password = not by_holder
    account.changed_password_at = datetime.now(UTC)
    end_sessions(account)
    audit.record(session, "account.password_changed", account=account.username)
    session.flush()


def reset_password(session: Session, account: Account) -> str:
    """A new random initial password; the holder must change it."""
    password = passwords.initial_password()
    account.password, account.must_change_password = passwords.hash_password(password), True
    account.changed_password_at = datetime.now(UTC)
    end_sessions(account)
    unlock(session, account)
    audit.record(session, "account.password_reset", detail={"of": account.username})
    return password


def end_sessions(account: Account) -> None:
    """Every session of the account ends at its next request."""
    account.session_epoch = (account.session_epoch or 0) + 1


def unlock(session: Session, account: Account) -> None:
    """The password path of the account is open again."""
    account.wrong_passwords, account.locks, account.locked_until = 0, 0, None
    audit.record(session, "account.unlocked", detail={"of": account.username})
    session.flush()
