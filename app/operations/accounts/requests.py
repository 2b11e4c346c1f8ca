"""Requests for accounts: a unit asks, its superior checks and forwards with a paper, an administrator grants or
refuses each line.

Quy định UBKTTW, Điều 6.1: lists from below are collected by the superior level and reach the administrators with its
paper. A request climbs from unit to parent until it stands at a unit where administrators are, or at the top; from
there it goes to the administrators.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.clock import today
from app.models import Account, AccountRequest, AccountRequestLine, AccountRequestMove, Minutes, Unit
from app.models.account import ADMIN, KINDS
from app.operations.accounts.accounts import LONGEST, NewAccount, add_account, check_identifier
from app.operations.accounts.minutes import make_minutes
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.operations.stepping import next_number
from app.security import audit
from app.security.roles import ROLES

SENT = "sent"
WITH_ADMIN = "with_admin"
RETURNED = "returned"
DECIDED = "decided"


def ask(
    session: Session, unit: Unit, lines: Sequence[Mapping[str, str]], paper: str, note: str, by: str
) -> AccountRequest:
    """The unit's request is on its way to its superior. Raises Refused, naming the line."""
    demand(session, "can_ask", "Accounts", unit.id)
    if not paper.strip():
        raise Refused("nhập số văn bản đề nghị cấp tài khoản", "paper")
    if not lines:
        raise Refused("nhập ít nhất một tài khoản cần cấp", "lines")
    seen: set[str] = set()
    for place, line in enumerate(lines, 1):
        _check_line(session, line, place, seen)
    number = f"{unit.code}-TK-{today().year}-{next_number(session, unit, today().year, 'account_request'):03d}"
    request = AccountRequest(unit=unit, number=number, made_by=by)
    for place, line in enumerate(lines):
        request.lines.append(
            AccountRequestLine(
                place=place,
                **{name: " ".join(line[name].split()) for name in ("identifier", "kind", "holder", "roles")},
            )
        )
    session.add(request)
    _move(request, unit, SENT, by, paper, note)
    _climb(session, request, unit)
    audit.record(session, "account.requested", detail={"number": number, "lines": len(lines)})
    session.flush()
    return request


def _check_line(session: Session, line: Mapping[str, str], place: int, seen: set[str]) -> None:
    try:
        check_identifier(session, line["identifier"])
    except Refused as refused:
        raise Refused(f"dòng {place}: {refused.message}", "lines") from None
    if line["identifier"] in seen:
        raise Refused(f"dòng {place}: tên tài khoản “{line['identifier']}” lặp lại trong đề nghị", "lines")
    seen.add(line["identifier"])
    if line["kind"] not in KINDS or line["kind"] == ADMIN:
        raise Refused(f"dòng {place}: chỉ đề nghị tài khoản người dùng hoặc quản lý người dùng", "lines")
    if not line["holder"].strip() or len(line["holder"]) > LONGEST:
        raise Refused(f"dòng {place}: nhập họ tên người giữ, tối đa {LONGEST} ký tự", "lines")
    unknown = [name for name in line["roles"].split() if name not in ROLES or name == "administrator"]
    if unknown:
        raise Refused(f"dòng {place}: không có vai trò “{unknown[0]}”", "lines")


def _move(request: AccountRequest, unit: Unit, step: str, by: str, paper: str | None, note: str | None) -> None:
    request.moves.append(AccountRequestMove(unit=unit, step=step, made_by=by, paper=paper or None, note=note or None))


def _climb(session: Session, request: AccountRequest, unit: Unit) -> None:
    """From that unit on to the next that has to act."""
    admins_here = session.scalars(
        select(Account.id).where(Account.unit_id == unit.id, Account.kind == ADMIN, Account.active.is_(True)).limit(1)
    ).first()
    if admins_here is not None or unit.parent is None:
        request.at_unit = None
        request.state = WITH_ADMIN
    else:
        request.at_unit = unit.parent
        request.state = SENT


def visible_to(session: Session, units: frozenset[uuid.UUID], is_admin: bool) -> list[AccountRequest]:
    """The requests these units made, have to act on, or took part in; administrators see those that reached them.

    The newest first.
    """
    took_part = select(AccountRequestMove.request_id).where(AccountRequestMove.unit_id.in_(units))
    if is_admin:
        seen: Any = AccountRequest.state.in_((WITH_ADMIN, DECIDED))
    else:
        seen = or_(
            AccountRequest.unit_id.in_(units), AccountRequest.at_unit_id.in_(units), AccountRequest.id.in_(took_part)
        )
    query = select(AccountRequest).where(seen).order_by(AccountRequest.made_at.desc()).limit(500)
    return list(
        session.scalars(query.options(selectinload(AccountRequest.lines), selectinload(AccountRequest.moves))).unique()
    )


def forward(session: Session, requests: Sequence[AccountRequest], unit: Unit, paper: str, note: str, by: str) -> None:
    """These requests, collected and checked by the unit, go on with its paper. Raises Refused."""
    demand(session, "can_ask", "Accounts", unit.id)
    if not paper.strip():
        raise Refused("nhập số văn bản tổng hợp chuyển lên", "paper")
    if not requests:
        raise Refused("chọn ít nhất một đề nghị để chuyển lên", "requests")
    for request in requests:
        _here(request, unit)
        _move(request, unit, "forwarded", by, paper, note)
        _climb(session, request, unit)
        audit.record(session, "account.requested", detail={"number": request.number, "step": "forwarded"}, reason=paper)
    session.flush()


def send_back(session: Session, request: AccountRequest, unit: Unit, note: str, by: str) -> None:
    """The request ends here with a reason; its unit may make a new one. Raises Refused."""
    demand(session, "can_ask", "Accounts", unit.id)
    _here(request, unit)
    if len(note.strip()) < 5:
        raise Refused("ghi lý do trả lại đề nghị", "note")
    _move(request, unit, RETURNED, by, None, note)
    request.at_unit = None
    request.state = RETURNED
    audit.record(session, "account.requested", detail={"number": request.number, "step": RETURNED})
    session.flush()


def _here(request: AccountRequest, unit: Unit) -> None:
    if request.state != SENT or request.at_unit_id != unit.id:
        raise Refused(f"đề nghị {request.number} không chờ đơn vị này xử lý", "requests")


def decide(
    session: Session, line: AccountRequestLine, granted: bool, paper: str | None, reason: str, admin: Account
) -> tuple[str | None, list[str]]:
    """The line is granted, with the new account's initial password and what the rules advise, or refused with a reason.

    Raises Refused.
    """
    demand(session, "can_write", "Accounts")
    request = line.request
    if request.state != WITH_ADMIN or line.granted is not None:
        raise Refused(f"dòng này của đề nghị {request.number} không chờ quyết định")
    password: str | None = None
    advice: list[str] = []
    if granted:
        account, password, advice = add_account(
            session,
            NewAccount(line.identifier, line.kind, request.unit, line.roles.split(), holder=line.holder, paper=paper),
        )
        line.account_id = account.id
        make_minutes(session, "grant", account, paper or request.moves[-1].paper, f"Đề nghị {request.number}")
    elif len(reason.strip()) < 5:
        raise Refused("ghi lý do không cấp", "reason")
    line.granted = granted
    line.reason = reason or None
    if all(one.granted is not None for one in request.lines):
        request.state = DECIDED
        _move(request, admin.unit, DECIDED, admin.username, paper, None)
    audit.record(
        session,
        "account.requested",
        detail={"number": request.number, "identifier": line.identifier, "granted": granted},
    )
    session.flush()
    return password, advice


def granted_account(session: Session, line: AccountRequestLine) -> Account:
    """The account the line was granted as."""
    return session.scalars(select(Account).where(Account.id == line.account_id)).unique().one()


def record_of(session: Session, account: Account) -> Minutes:
    """The newest record of the account."""
    return session.scalars(
        select(Minutes).where(Minutes.account_id == account.id).order_by(Minutes.made_at.desc()).limit(1)
    ).one()
