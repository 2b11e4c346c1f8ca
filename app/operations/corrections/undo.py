"""The last step is taken back: an event of its own, with state, clocks and figures as they were before.

By who took it on the same day, later by a leader, always with a reason. What the step brought goes from the facts and
stands, sealed, in the event's note.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import desc, select
from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.law.clocks import case_state
from app.law.facts import DECISION, ENTRY, PROCESSED, Fact, said
from app.law.steps import BY_KEY, CASE, PETITION, step_label
from app.law.undoing import BESIDE, why_not
from app.models import Case, Petition, Step
from app.operations.act import Act
from app.operations.content import AS_REGISTERED, align_notes, read_body, rewrite_body
from app.operations.corrections.correct import SHORTEST_REASON, leads
from app.operations.corrections.wording import changes
from app.operations.deadlines import facts_of, refresh_case, refresh_petition
from app.operations.documents.documents import may_add
from app.operations.petitions.closing import reopen
from app.operations.petitions.merging import bring_back
from app.operations.refusal import Refused
from app.operations.secrecy.conflicts import look_into_all
from app.operations.stepping import record_leaving, record_step
from app.operations.tasks.duties import align_duties
from app.security.scope import current


def noun_of(subject: Petition | Case) -> str:
    """How the law's table calls it."""
    return PETITION if isinstance(subject, Petition) else CASE


def last_step(session: Session, subject: Petition | Case) -> Step | None:
    """The newest step that was not taken back, but for what stands beside the law's steps."""
    column = Step.petition_id if isinstance(subject, Petition) else Step.case_id
    taken_back = select(Step.undoes_id).where(column == subject.id, Step.undoes_id.is_not(None))
    query = select(Step).where(column == subject.id, Step.step.not_in(BESIDE), Step.id.not_in(taken_back))
    return session.scalars(query.order_by(desc(Step.recorded_at), desc(Step.id)).limit(1)).first()


def hindrance(session: Session, subject: Petition | Case, step: Step | None, today: date) -> str | None:
    """Why that last step cannot be taken back by this session today; None where it can."""
    scope = current(session)
    if not may_add(session, subject):
        return "vai trò của tài khoản không được hủy bước của hồ sơ này"
    if step is None:
        return "chưa có bước nào để hủy"
    why = why_not(noun_of(subject), step.step)
    if why != "":
        return why or "bước này không hủy được"
    rule = BY_KEY.get((noun_of(subject), step.step))
    fresh = step.recorded_at.astimezone(VIETNAM).date() == today
    own = step.taken_by == scope.name and fresh and (rule is None or scope.may(rule.permission, subject.unit_id))
    if not own and not leads(session, subject):
        return "chỉ người thực hiện được hủy bước trong ngày; sau đó do lãnh đạo đơn vị hủy"
    return _built_upon(subject, step)


def _built_upon(subject: Petition | Case, step: Step) -> str | None:
    key = step.step
    if isinstance(subject, Petition):
        if key == "attach" and (subject.case is None or subject.case.number != step.paper):
            return f"vụ việc số {step.paper} đã nhập vào vụ việc khác hoặc rút khỏi sổ; hủy bước đó trước"
        if key == "attach" and subject.case is not None and subject.case.state != "reviewing":
            return "vụ việc đã có bước tiếp theo; hủy các bước của vụ việc trước"
        return None
    if key == "decide" and subject.decision is not None and subject.decision.sent_on is not None:
        return "quyết định, kết luận đã gửi đi; cần sửa thì ra văn bản đính chính và ghi thành bước mới"
    return None


def undo(session: Session, subject: Petition | Case, act: Act) -> str:
    """The last step is taken back; what it is called. Raises Refused without a reason."""
    step = last_step(session, subject)
    why = hindrance(session, subject, step, act.today)
    if why is not None or step is None:
        raise Refused(why or "")
    if len(act.note.strip()) < SHORTEST_REASON:
        raise Refused(f"ghi lý do hủy bước, ít nhất {SHORTEST_REASON} ký tự", "note")
    label = step_label(step.step, kind=subject.kind)
    if isinstance(subject, Petition):
        lost = OF_PETITIONS[step.step](session, subject, act)
    else:
        lost = bring_back(subject, step, act) if step.step in WITHDRAWN else OF_CASES[step.step](subject)
        subject.state = case_state(facts_of(subject), act.today)
    lines = ". ".join([f"{label} ngày {step.taken_on:%d/%m/%Y}", *lost, f"Lý do: {act.note.strip()}"])
    event = record_step(session, subject, "undo", replace(act, on=act.today, paper="", note=lines))
    event.undoes_id = step.id
    session.flush()
    if isinstance(subject, Petition):
        refresh_petition(session, subject, act.calendar)
    else:
        refresh_case(session, subject, act.calendar)
    session.flush()
    align_duties(session, subject, act)
    look_into_all(session, subject, act.by)
    return label


def _lost(facts: tuple[Fact, ...], row: Any) -> list[str]:
    """What the row said, each told as gone."""
    stood = said(facts, row)
    return changes([fact for fact in facts if fact.name in stood], stood, dict.fromkeys(stood))


def _process(_session: Session, petition: Petition, _act: Act) -> list[str]:
    lost = _lost(PROCESSED, petition)
    petition.processed_on = petition.eligible = petition.competent = petition.direction = None
    petition.sent_to = None
    petition.state = "received"
    for name, value in (read_body(petition.text).get(AS_REGISTERED) or {}).items():
        setattr(petition, name, value)
    rewrite_body(petition, **{"reason": None, AS_REGISTERED: None})
    return lost


def _attach(session: Session, petition: Petition, act: Act) -> list[str]:
    case: Case = petition.case
    record_leaving(session, petition, case, act)
    petition.case = None
    session.flush()
    session.expire(case, ["petitions", "former"])
    align_notes(case)
    refresh_case(session, case, act.calendar)
    return [f"Vụ việc: {case.number}"]


def _remove(_session: Session, petition: Petition, _act: Act) -> list[str]:
    petition.removed_at = None
    petition.state = "received" if petition.processed_on is None else "processed"
    return []


def _duplicate(session: Session, petition: Petition, _act: Act) -> list[str]:
    lost = [f"Trùng với đơn: {petition.same_as.number}"] if petition.same_as is not None else []
    petition.same_as_id = None  # whether or not the session sees the other one
    session.flush()
    session.expire(petition, ["same_as"])
    return lost


OF_PETITIONS: Mapping[str, Callable[[Session, Petition, Act], list[str]]] = {
    "process": _process,
    "attach": _attach,
    "remove": _remove,
    "close": lambda _session, petition, _act: reopen(petition),
    "duplicate": _duplicate,
}


def _accept(case: Case) -> list[str]:
    case.accepted_on = None
    case.remote = False
    return []


def _refuse(case: Case) -> list[str]:
    case.refused_on = None
    return []


def _extend(case: Case) -> list[str]:
    if not case.extensions:
        case.complexity = []
        return []
    newest = case.extensions[-1]
    case.extensions.remove(newest)
    case.complexity = sorted({number for item in case.extensions for number in item.criteria})
    return [f"Số {newest.number}, thêm {newest.days} ngày"]


def _suspend(case: Case) -> list[str]:
    newest = case.suspensions[-1]
    case.suspensions.remove(newest)
    return [f"Số {newest.number or '–'}"]


def _resume(case: Case) -> list[str]:
    newest = case.suspensions[-1]
    lost = [f"Số {newest.resumed_number or '–'}"]
    newest.end_on = newest.resumed_number = newest.resumed_sent_on = None
    return lost


def _end(case: Case) -> list[str]:
    ending = case.ending
    case.withdrawn_on = case.discontinued_on = None
    case.ending = None
    return [f"Số {ending.number or '–'}"] if ending is not None else []


def _decide(case: Case) -> list[str]:
    lost = _lost(DECISION, case.decision)
    case.decision = None
    return lost


def _execute(case: Case) -> list[str]:
    newest = max(case.entries, key=lambda entry: entry.id)
    lost = _lost(ENTRY, newest)
    case.entries.remove(newest)
    return lost


def _finish(case: Case) -> list[str]:
    case.decision.finished_on = None
    return []


def _nothing(_case: Case) -> list[str]:
    return []


WITHDRAWN = frozenset({"merge", "remove"})
OF_CASES: Mapping[str, Callable[[Case], list[str]]] = {
    "accept": _accept,
    "refuse": _refuse,
    "extend": _extend,
    "suspend": _suspend,
    "resume": _resume,
    "withdraw_part": _nothing,
    "keep": _nothing,
    "withdraw": _end,
    "discontinue": _end,
    "decide": _decide,
    "execute": _execute,
    "finish": _finish,
    "close": reopen,
}


def annotate(session: Session, subject: Petition | Case, act: Act) -> None:
    """A remark stands in the history, sealed, with its day and writer. Raises Refused for an empty one."""
    if not may_add(session, subject):
        raise Refused("vai trò của tài khoản không được ghi vào hồ sơ này")
    if not act.note.strip():
        raise Refused("nhập nội dung ghi chú", "note")
    record_step(session, subject, "note", replace(act, on=act.today, paper=""))
    session.flush()
    look_into_all(session, subject, act.by)
