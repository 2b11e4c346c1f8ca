"""Acts that need a second person: revealing a denouncer where it is so set; printing, downloading, exporting what is
Mật and above.

Asked with a reason, granted or refused by another account of the unit that may release secrets, used once within its
time.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import desc, or_, select
from sqlalchemy.orm import Session

from app.models import Account, Approval, Case, Document, Petition, Reception
from app.operations.refusal import Refused
from app.operations.rights import demand, demand_own
from app.security import audit
from app.security.scope import current, enter, system_scope
from app.settings import setting

REVEAL = "reveal"
PRINT = "print"
DOWNLOAD = "download"
EXPORT = "export"
CORRECT = "correct"  # what was processed, or stands in a case: the unit's leaders allow it to somebody, once
SHORTEST_REASON = 10
RELEASE = "can_release"
KIND = "kind"  # a petition that was registered as a denunciation is to be none; what was closed stays closed
LED = (CORRECT, KIND)  # what leaders alone allow
READ = ("can_read", "Petitions")
NEEDS = {
    REVEAL: ("can_reveal", "Identities"),
    PRINT: READ,
    DOWNLOAD: READ,
    EXPORT: ("can_export", "Petitions"),
    CORRECT: ("can_correct", "Petitions"),
    KIND: ("can_correct", "Petitions"),
}
SUBJECTS: dict[str, Any] = {"petition": Petition, "case": Case, "document": Document, "reception": Reception}


@dataclass(frozen=True)
class Question:
    """What a second person is asked to allow: the act, its subject (`noun:key`), the number and level of the record."""

    act: str
    subject: str
    number: str
    secrecy: int


def ask(session: Session, account: Account, question: Question, reason: str) -> Approval:
    """A second person is asked for; an open question for the same act is the same question. Raises Refused."""
    demand_own(session, account.username)
    _may_ask(session, question.act, question.subject)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(
            f"ghi rõ lý do (ít nhất {SHORTEST_REASON} ký tự); không ghi họ tên, địa chỉ người tố cáo vào lý do",
            "reason",
        )
    if account.unit is None:
        raise Refused("tài khoản không thuộc đơn vị nào nên không có ai phê duyệt")
    for known in _mine(session, account.username, question.act, question.subject):
        if known.granted is None and _in_time(known.asked_at):
            return known
    asked = Approval(
        unit=account.unit,
        act=question.act,
        subject=question.subject[:400],
        number=question.number,
        secrecy=question.secrecy,
        reason=reason.strip(),
        asked_by=account.username,
    )
    session.add(asked)
    audit.record(
        session,
        "approval.asked",
        table_name="approvals",
        row_ids=[asked.id],
        reason=reason,
        detail={"act": question.act, "number": question.number},
    )
    session.flush()
    return asked


def _may_ask(session: Session, act: str, subject: str) -> None:
    """What is asked for is what the session could do but for the second person, on a row it may see. Raises Refused."""
    demand(session, *NEEDS[act])
    noun, _, key = subject.partition(":")
    if noun == "list":
        return
    row = session.scalars(select(SUBJECTS[noun]).where(SUBJECTS[noun].id == uuid.UUID(key))).first()
    if row is None:
        raise Refused("không có hồ sơ này, hoặc nó nằm ngoài phạm vi của tài khoản")
    if act == REVEAL and not current(session).may(NEEDS[act][0], row.unit_id):
        raise Refused("vai trò của tài khoản không được xem danh tính người tố cáo")


def note(session: Session, account: Account, question: Question, reason: str) -> None:
    """Where no second person is needed, the account's own reason stands as given and used just now.

    `decided_by` is nobody. Raises Refused.
    """
    if account.unit is None:
        raise Refused("tài khoản không thuộc đơn vị nào nên không xem được")
    moment = datetime.now(UTC)
    values = asdict(question) | {"reason": reason.strip(), "asked_by": account.username}
    session.add(Approval(unit=account.unit, granted=True, decided_at=moment, used_at=moment, **values))
    session.flush()


def decide(session: Session, approval: Approval, granted: bool, by: Account) -> None:
    """The second person has granted or refused. Raises Refused."""
    if approval.asked_by == by.username:
        raise Refused("người đề nghị không tự phê duyệt; cần người thứ hai")
    if _shut_out(session, [approval]):
        raise Refused("tài khoản không được tiếp cận hồ sơ này nên không phê duyệt được; đề nghị người khác của đơn vị")
    if not current(session).may(RELEASE, approval.unit_id):
        raise Refused("vai trò của tài khoản không được phê duyệt việc này")
    if approval.act in LED and not _leads(session, approval):
        raise Refused("chỉ lãnh đạo đơn vị cho phép sửa hồ sơ đã xử lý, đổi loại đơn tố cáo")
    if approval.granted is not None or not _in_time(approval.asked_at):
        raise Refused("đề nghị này đã được trả lời hoặc đã quá hạn; tải lại trang")
    approval.granted = granted
    approval.decided_by = by.username
    approval.decided_at = datetime.now(UTC)
    detail = {"act": approval.act, "number": approval.number, "granted": granted, "for": approval.asked_by}
    audit.record(session, "approval.decided", table_name="approvals", row_ids=[approval.id], detail=detail)
    session.flush()


def _leads(session: Session, approval: Approval) -> bool:
    return current(session).may("can_assign", approval.unit_id)


def _shut_out(session: Session, asked: Sequence[Approval]) -> set[str]:
    """The subjects among these that the one who answers is shut out of: the respondent does not decide who learns of
    the denouncer.

    Looked up as the system: who keeps the secrets reads no petition, and would not be recognised in what is hidden from
    them.
    """
    keys = defaultdict(list)
    for item in asked:
        noun, _, key = item.subject.partition(":")
        keys[noun].append(uuid.UUID(key) if noun != "list" else key)
    mine = list(current(session).holder_keys)
    closed = {
        "reception": select(Reception.id).where(Reception.id.in_(keys["reception"]), Reception.shut_out.overlap(mine)),
        "petition": select(Petition.id).where(Petition.id.in_(keys["petition"]), Petition.shut_out.overlap(mine)),
        "document": select(Document.id).where(Document.id.in_(keys["document"]), Document.shut_out.overlap(mine)),
        "case": select(Petition.case_id).where(Petition.case_id.in_(keys["case"]), Petition.shut_out.overlap(mine)),
    }
    with Session(session.get_bind()) as apart:
        enter(apart, system_scope("approvals"))
        return {f"{noun}:{key}" for noun, query in closed.items() if keys[noun] for key in apart.scalars(query)}


def usable(session: Session, account: Account, act: str, subject: str) -> Approval | None:
    """What the account was granted for this act and has not used, while it lasts; None otherwise."""
    return granted_to(session, account.username, act, subject)


def granted_to(session: Session, username: str, act: str, subject: str) -> Approval | None:
    """As `usable`, of the account of that name."""
    return next(
        (
            item
            for item in _mine(session, username, act, subject)
            if item.granted and item.used_at is None and _in_time(item.decided_at)
        ),
        None,
    )


def waiting(session: Session, account: Account, act: str, subject: str) -> Approval | None:
    """The account's question that nobody has answered yet, while it lasts."""
    return next(
        (
            item
            for item in _mine(session, account.username, act, subject)
            if item.granted is None and _in_time(item.asked_at)
        ),
        None,
    )


def use(session: Session, account: Account, act: str, subject: str) -> Approval:
    """What was granted is used up, committed before anything leaves. Raises Refused where nothing was granted."""
    found = usable(session, account, act, subject)
    if found is None:
        raise Refused("việc này cần người thứ hai phê duyệt; gửi đề nghị kèm lý do, rồi mở lại sau khi được phê duyệt")
    locked = session.scalars(
        select(Approval).where(Approval.id == found.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if locked.used_at is not None:
        raise Refused("phê duyệt này đã dùng; gửi đề nghị mới")
    locked.used_at = datetime.now(UTC)
    session.commit()
    return locked


def open_questions(session: Session) -> list[Approval]:
    """What waits for an answer in the units the session writes, oldest first; nothing about what the one who looks is
    shut out of.
    """
    query = select(Approval).where(Approval.granted.is_(None)).order_by(Approval.asked_at).limit(200)
    asked = [item for item in session.scalars(query) if _in_time(item.asked_at)]
    asked = [item for item in asked if item.act not in LED or _leads(session, item)]
    closed = _shut_out(session, asked)
    return [item for item in asked if item.subject not in closed]


def of_account(session: Session, account: Account) -> list[Approval]:
    """What the account asked somebody for, newest first."""
    asked = or_(Approval.granted.is_(None), Approval.decided_by.is_not(None))
    return list(
        session.scalars(
            select(Approval)
            .where(Approval.asked_by == account.username, asked)
            .order_by(desc(Approval.asked_at))
            .limit(50)
        )
    )


def find(session: Session, key: uuid.UUID) -> Approval | None:
    """The approval, locked, where the session may read it."""
    return session.scalars(select(Approval).where(Approval.id == key).with_for_update()).first()


def _mine(session: Session, username: str, act: str, subject: str) -> list[Approval]:
    query = select(Approval).where(
        Approval.asked_by == username, Approval.act == act, Approval.subject == subject[:400]
    )
    return list(session.scalars(query.order_by(desc(Approval.asked_at)).limit(20)))


def _in_time(moment: datetime | None) -> bool:
    return moment is not None and moment > datetime.now(UTC) - timedelta(hours=setting("APPROVAL_HOURS"))
