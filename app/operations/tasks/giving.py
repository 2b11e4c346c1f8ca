"""Giving tasks: to accounts of one's own unit, or to units below; and what the application itself tells leaders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.law import secrecy
from app.law.profiles import PROFILES
from app.law.tasks import GIVEN, OPEN, ORIGINS
from app.models import Account, Case, Petition, Task, Unit
from app.operations.act import Act
from app.operations.content import denouncers_of, shut_out_of
from app.operations.documents.documents import add
from app.operations.handlers import demand_handlers
from app.operations.refusal import Refused
from app.operations.stepping import next_number, opens
from app.operations.tasks.written import Subject, keep_clock, line_of, write, writing
from app.security import audit
from app.security.scope import current
from app.settings import setting
from app.text.identities import tells_of

SYSTEM = "phần mềm"  # who gave what nobody did


@dataclass(frozen=True)
class Wanted:
    """What is to be done by whom: the units, or accounts of the giver's own; `subject`: what it is about; paper, its
    day and signer of what gave it.
    """

    what: str
    units: Sequence[Unit]
    origin: str = GIVEN
    due_on: date | None = None
    accounts: Sequence[Account] = ()
    subject: Subject | None = None
    paper: str = ""
    paper_on: date | None = None
    signer: str = ""


def may_give(session: Session, unit: Unit | None) -> bool:
    """True when the session may give tasks for that unit."""
    scope = current(session)
    return unit is not None and scope.may("can_assign", unit.id) and scope.may_write(unit.id)


def give(session: Session, giver: Unit, act: Act, wanted: Wanted) -> list[Task]:
    """A task for each of the units, given by that unit; in the order of the units. Raises Refused with the field."""
    _check_given(session, giver, act, wanted)
    return [_given(session, giver, act, wanted, unit) for unit in dict.fromkeys(wanted.units)]


def _check_given(session: Session, giver: Unit, act: Act, wanted: Wanted) -> None:
    if not may_give(session, giver):
        raise Refused("vai trò của tài khoản không giao nhiệm vụ được; nhiệm vụ do lãnh đạo đơn vị giao")
    if wanted.origin not in ORIGINS or not ORIGINS[wanted.origin].asked:
        raise Refused("chọn nguồn nhiệm vụ", "origin")
    if not wanted.what.strip():
        raise Refused("ghi việc phải làm", "what")
    if not wanted.units:
        raise Refused("chọn ít nhất một đơn vị thực hiện", "units")
    reach = current(session).facts
    for unit in wanted.units:
        if unit is not giver and not reach.covers(unit.path, unit.id):
            raise Refused(f"không giao được cho “{unit.name}”: chỉ giao cho đơn vị mình và đơn vị cấp dưới", "units")
    if wanted.accounts and list(wanted.units) != [giver]:
        raise Refused("chỉ chọn người thực hiện khi giao cho đơn vị mình; đơn vị khác tự phân công", "handlers")
    demand_handlers(session, giver.id, wanted.accounts)
    if wanted.due_on is not None and wanted.due_on < act.on:
        raise Refused(f"hạn {wanted.due_on:%d/%m/%Y} trước ngày giao {act.on:%d/%m/%Y}", "due_on")
    if wanted.paper_on is not None and wanted.paper_on > act.on:
        raise Refused(f"ngày văn bản {wanted.paper_on:%d/%m/%Y} sau ngày giao {act.on:%d/%m/%Y}", "paper_on")
    _check_subject(session, giver, wanted)


def _check_subject(session: Session, giver: Unit, wanted: Wanted) -> None:
    subject = wanted.subject
    if subject is None:
        return
    if subject.unit_id != giver.id or not opens(subject):
        raise Refused("chỉ giao việc về hồ sơ của đơn vị mình mà tài khoản đọc được")
    people = denouncers_of(session, [subject]).get(subject.id, [])
    for name in ("paper", "signer"):  # which stand in clear
        if tells_of(getattr(wanted, name), people):
            raise Refused("phần này có họ tên, số hoặc địa chỉ của người tố cáo; bỏ đi", name)
    if list(wanted.units) != [giver] and tells_of(wanted.what, people):
        raise Refused("phần này có họ tên, số hoặc địa chỉ của người tố cáo, đơn vị khác sẽ đọc; bỏ đi", "what")


def _given(session: Session, giver: Unit, act: Act, wanted: Wanted, unit: Unit) -> Task:
    names = sorted(account.username for account in wanted.accounts)
    subject = wanted.subject
    closed = subject is not None and secrecy.content_closed(subject)
    with writing(session, unit.id) as apart:
        task = Task(
            unit=apart.get_one(Unit, unit.id),
            number=number_for(apart, unit, act.on.year),
            origin=wanted.origin,
            state=GIVEN,
            given_by=act.by,
            giver_id=giver.id,
            given_on=act.on,
            due_on=wanted.due_on,
            paper=wanted.paper.strip() or None,
            paper_on=wanted.paper_on,
            signer=wanted.signer.strip() or None,
            petition_id=subject.id if isinstance(subject, Petition) else None,
            case_id=subject.id if isinstance(subject, Case) else None,
            compartment=closed,
            handlers=names or ([] if closed else None),
            shut_out=shut_out_of(subject) if subject is not None else None,
            verifiers=sorted({act.by, *names}),
        )
        write(task, {"what": wanted.what.strip(), "lines": [line_of("give", act, wanted.due_on)]})
        apart.add(task)
        apart.flush()
        keep_clock(apart, task)
        key = task.id
    audit.record(session, "task.given", table_name="tasks", row_ids=[key], detail={"origin": wanted.origin})
    return session.get_one(Task, key)


def may_attach(session: Session, task: Task) -> bool:
    """True where the session gave the task to another unit and may add what it handed out with it."""
    gave = task.given_by in current(session).accounts
    return gave and not task.compartment and task.state in OPEN


def attach(session: Session, task: Task, act: Act, name: str, data: bytes) -> None:
    """The file is a document of the task: of who does it, or of who gave it; never of who gave a task about a
    denunciation to another unit. Raises Refused.
    """
    if current(session).may_write(task.unit_id):
        add(session, task, act, name, data)
        return
    if not may_attach(session, task):
        raise Refused("vai trò của tài khoản không được thêm tài liệu vào nhiệm vụ này")
    with writing(session, task.unit_id) as apart:
        add(apart, apart.get_one(Task, task.id), act, name, data)


def number_for(session: Session, unit: Unit, year: int) -> str:
    """The next number of the unit's tasks in that year."""
    pattern = PROFILES[setting("PROFILE")].numbers["task"]
    return pattern.format(unit=unit.code, year=year, number=next_number(session, unit, year, "task"))
