"""What an administrator does to an account after granting it: each act ends what has to end, leaves its record, and
asks for confirmation where it could make the account somebody else's.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.models import Account, Certificate, Minutes, Unit
from app.models.account import ADMIN
from app.models.base import now
from app.operations.accounts.accounts import LONGEST, give_initial_password, unlock
from app.operations.accounts.minutes import make_minutes
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.security import audit, scope, sessions
from app.security.sign_in import check_trusted
from app.security.tokens import holder_key
from app.security.trust import NotTrusted

CERTIFICATE_PROBLEMS = {
    "expired": "chứng thư đã hết hạn",
    "not_yet_valid": "chứng thư chưa đến ngày có hiệu lực",
    "revoked": "chứng thư đã bị thu hồi",
    "foreign": "chứng thư không do tổ chức được tin cậy cấp",
    "usage": "chứng thư không dùng để đăng nhập (thiếu mục đích chữ ký số hoặc xác thực người dùng)",
    "weak_key": "khóa của chứng thư quá yếu (RSA từ 2048 bit hoặc đường cong từ 256 bit)",
    "crl_expired": "danh sách thu hồi của tổ chức cấp đã hết hạn; cập nhật danh sách trước",
    "crl_missing": "chưa có danh sách thu hồi của tổ chức cấp; cập nhật danh sách trước",
    "ocsp": "không hỏi được tổ chức cấp về tình trạng chứng thư",
}


def asks_confirmation(session: Session, account: Account, act: str) -> None:
    """The account opens no data until somebody other than the administrator confirms it; its holder sees who did
    what.
    """
    moment = datetime.now(UTC)
    by = scope.current(session).name
    # The row is locked and the confirmation written away whatever was loaded: a confirmation that commits meanwhile was
    # not of this act.
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    away = update(Account).where(Account.id == account.id).values(confirmed_by=None, confirmed_at=None)
    session.execute(away, execution_options={"synchronize_session": False})
    account.confirmed_by = account.confirmed_at = None
    account.act = act
    account.acted_by = by
    account.acted_at = moment
    account.unconfirmed = [*(account.unconfirmed or []), {"act": act, "by": by, "at": moment.isoformat()}]


def _open(session: Session, account: Account) -> None:
    demand(session, "can_write", "Accounts")
    if account.closed_at is not None:
        raise Refused(f"tài khoản {account.username} đã đóng, không dùng lại được; cấp tài khoản mới nếu cần")


def reset_password(session: Session, account: Account, paper: str | None, reason: str) -> tuple[str, Minutes]:
    """A new initial password; every session ended; the holder must change it and somebody must confirm.

    Raises Refused.
    """
    _open(session, account)
    password = give_initial_password(session, account)
    sessions.end_all(session, account, "reset")
    unlock(session, account)
    asks_confirmation(session, account, "reset")
    audit.record(session, "account.password_reset", reason=reason, detail={"of": account.username})
    return password, make_minutes(session, "reset", account, paper, reason)


def reset_factors(session: Session, account: Account, paper: str | None, reason: str) -> Minutes:
    """The account's second factors are gone; its holder enrols anew, and somebody must confirm. Raises Refused."""
    _open(session, account)
    _end_factors(session, account)
    account.must_change_password = True  # it may be one that was long enough only with a second factor
    sessions.end_all(session, account, "factors")
    asks_confirmation(session, account, "factors")
    return make_minutes(session, "factors", account, paper, reason)


def hand_over(
    session: Session, account: Account, holder: str, paper: str, reason: str, id_number: str = ""
) -> tuple[str, Minutes]:
    """The account has a new holder, who starts from an initial password; nothing of the old holder's opens anything any
    more. Raises Refused.
    """
    _open(session, account)
    holder = " ".join(holder.split())
    if not holder or len(holder) > LONGEST:
        raise Refused(f"nhập họ tên người nhận, tối đa {LONGEST} ký tự", "holder")
    if not paper.strip():
        raise Refused("bàn giao phải có văn bản; nhập số văn bản", "paper")
    old = account.holder
    _end_certificate(session, account, "hand_over")
    _end_factors(session, account)
    sessions.end_all(session, account, "hand_over")
    account.holder = account.last_name = holder
    account.holder_key = holder_key(id_number) if id_number.strip() else None
    account.paper = paper
    password = give_initial_password(session, account)
    unlock(session, account)
    asks_confirmation(session, account, "hand_over")
    audit.record(session, "account.handed_over", reason=paper, detail={"of": account.username})
    return password, make_minutes(session, "hand_over", account, paper, reason, old_holder=old or "………")


def suspend(session: Session, account: Account, paper: str | None, reason: str) -> Minutes:
    """The account signs in no more, by password or token, until it is restored. Raises Refused."""
    _open(session, account)
    if account.username == scope.current(session).name:
        raise Refused("không tự khóa tài khoản của mình")
    account.active = False
    account.disabled_why = "admin"
    sessions.end_all(session, account, "suspended")
    audit.record(session, "account.suspended", reason=reason, detail={"of": account.username})
    return make_minutes(session, "suspend", account, paper, reason)


def restore(session: Session, account: Account, paper: str | None, reason: str) -> Minutes:
    """The account signs in again. Raises Refused."""
    _open(session, account)
    # idle days count from here
    account.active = True
    account.disabled_why = None
    account.acted_at = now()
    audit.record(session, "account.restored", reason=reason, detail={"of": account.username})
    return make_minutes(session, "restore", account, paper, reason)


def close(session: Session, account: Account, paper: str, reason: str) -> Minutes:
    """The account is over for ever; its identifier is never given again. Raises Refused."""
    _open(session, account)
    if account.username == scope.current(session).name:
        raise Refused("không tự đóng tài khoản của mình")
    if not paper.strip():
        raise Refused("đóng tài khoản phải có văn bản; nhập số văn bản", "paper")
    _end_certificate(session, account, "closed")
    _end_factors(session, account)
    sessions.end_all(session, account, "closed")
    account.active = False
    account.disabled_why = "closed"
    account.closed_at = now()
    audit.record(session, "account.closed", reason=reason, detail={"of": account.username})
    return make_minutes(session, "close", account, paper, reason)


def bind(session: Session, account: Account, data: bytes, paper: str | None, reason: str) -> Minutes:
    """The account signs in with this certificate, and with none before it.

    Raises Refused for one that would not sign anybody in.
    """
    _open(session, account)
    certificate = _read_certificate(data)
    try:
        check_trusted(certificate)
    except NotTrusted as refused:
        raise Refused(CERTIFICATE_PROBLEMS[refused.why], "file") from None
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    if session.scalars(select(Certificate.id).where(Certificate.fingerprint == fingerprint)).first() is not None:
        raise Refused("chứng thư này đã từng gắn với một tài khoản; dùng chứng thư khác", "file")
    old = account.certificate
    _end_certificate(session, account, "replaced")
    bound = Certificate(
        account=account,
        fingerprint=fingerprint,
        issuer=certificate.issuer.rfc4514_string()[:500],
        serial=format(certificate.serial_number, "x"),
        subject=certificate.subject.rfc4514_string()[:500],
        valid_to=certificate.not_valid_after_utc,
        bound_by=scope.current(session).name,
    )
    session.add(bound)
    sessions.end_all(session, account, "bound")
    asks_confirmation(session, account, "bind")
    audit.record(
        session,
        "token.bound",
        reason=reason,
        detail={"of": account.username, "serial": bound.serial, "issuer": bound.issuer},
    )
    of_new: dict[str, str] = {"serial": bound.serial, "issuer": bound.issuer, "valid_to": f"{bound.valid_to:%d/%m/%Y}"}
    return make_minutes(
        session, "replace" if old else "bind", account, paper, reason, **of_new, old_serial=old.serial if old else ""
    )


def _read_certificate(data: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)
    except ValueError:
        raise Refused(
            "tệp không phải chứng thư (.cer, .crt, .pem); xuất lại chứng thư từ thiết bị lưu khóa", "file"
        ) from None


def unbind(session: Session, account: Account, why: str, paper: str | None, reason: str) -> Minutes:
    """The account's certificate signs it in no more: `revoke`, taken back, or `lost`.

    Raises Refused where there is none.
    """
    _open(session, account)
    bound = account.certificate
    if bound is None:
        raise Refused("tài khoản chưa gắn thiết bị lưu khóa")
    _end_certificate(session, account, why)
    sessions.end_all(session, account, why)
    return make_minutes(session, why, account, paper, reason, serial=bound.serial)


def _end_certificate(session: Session, account: Account, why: str) -> None:
    bound = account.certificate
    if bound is not None:
        bound.ended_at = now()
        bound.ended_why = why
        audit.record(session, "token.ended", detail={"of": account.username, "serial": bound.serial, "why": why})
        session.flush()


def _end_factors(session: Session, account: Account) -> None:
    for factor in account.open_factors:
        factor.ended_at = now()
        audit.record(session, "factor.ended", detail={"of": account.username, "kind": factor.kind})


def changed_holder(session: Session, account: Account, id_number: str) -> bool:
    """The account's holder is known by this identity number; True where it is another than before, which somebody must
    confirm.

    What the old number shut the account out of stays closed to it (`conflicts`).
    """
    demand(session, "can_write", "Accounts")
    key = holder_key(id_number)
    if key == account.holder_key:
        return False
    account.holder_key = key
    if account.kind != ADMIN:
        asks_confirmation(session, account, "identity")
    audit.record(session, "account.identity", detail={"of": account.username})
    return account.kind != ADMIN


def widened_by_unit(session: Session, unit: Unit) -> None:
    """The unit oversees more than before: its accounts reach more, and so do those that manage them; they wait for
    confirmation.
    """
    reaching = or_(Account.unit_id == unit.id, Account.manages.any(Account.unit_id == unit.id))
    widened(session, session.scalars(select(Account).where(reaching)).unique().all())


def widened(session: Session, accounts: Iterable[Any]) -> None:
    """These accounts reach more than before by an administrator's hand: they open no data until somebody who leads
    confirms it.
    """
    demand(session, "can_write", "Accounts")
    for account in accounts:
        if account.kind != ADMIN:
            asks_confirmation(session, account, "widen")
