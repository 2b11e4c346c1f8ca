"""A case that should not be there: merged into another about the same matter, or withdrawn from the register.

Its petitions leave it: for the other case, or to be put into one again. Both are taken back the same way.
"""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from app.law.steps import OPEN_CASE
from app.models import Case, Petition, Step
from app.models.base import now
from app.operations.act import Act
from app.operations.content import align_notes
from app.operations.deadlines import refresh_case, refresh_petition
from app.operations.petitions.petitions import case_for
from app.operations.refusal import Refused
from app.operations.secrecy.conflicts import closes_together, look_into
from app.operations.stepping import begun_on, check, check_day, record_leaving, record_step
from app.operations.tasks.duties import align_duties


def merge(session: Session, case: Case, act: Act, number: str) -> Case:
    """The petitions of the case belong to the one of that number, of the same unit, kind and instance; which one that
    is. Raises Refused with the field.
    """
    check(case, "merge")
    check_day(act.on, act.today, begun_on(case), "ngày nhận đơn")
    if number.strip() == case.number:
        raise Refused("một vụ việc không nhập vào chính nó; nhập số vụ việc kia", "number")
    into = case_for(session, case, number, "number")
    _withdraw(session, case, "merge", replace(act, paper=into.number), into)
    refresh_case(session, into, act.calendar)
    session.flush()
    return into


def remove(session: Session, case: Case, act: Act) -> None:
    """The case is withdrawn from the register, never deleted; its petitions wait to be put into one. Raises Refused
    without a reason.
    """
    check(case, "remove")
    if not act.note.strip():
        raise Refused("ghi lý do rút bản ghi khỏi sổ", "note")
    _withdraw(session, case, "remove", act, None)


def _withdraw(session: Session, case: Case, key: str, act: Act, into: Case | None) -> None:
    record_step(session, case, key, act)
    session.flush()
    leaving = list(case.petitions)
    for petition in leaving:
        record_leaving(session, petition, case, act)
        petition.case = into
    case.removed_at = now()
    case.state = "removed"
    session.flush()
    session.expire(case, ["petitions", "former"])
    for petition in leaving:
        if into is not None:
            closes_together(session, petition)
        refresh_petition(session, petition, act.calendar)
    if into is not None:
        align_notes(into)
    refresh_case(session, case, act.calendar)
    session.flush()
    align_duties(session, case, act)
    for petition in leaving:
        look_into(session, petition, act.by)


def bring_back(case: Case, step: Step, act: Act) -> list[str]:
    """The case that the step withdrew is in the register again, with the petitions that left it; where they were since,
    in words. Raises Refused where one of them is elsewhere by now, or the other case has been ended.
    """
    session = object_session(case)
    if session is None:
        raise RuntimeError("a case outside a session")
    into = session.scalars(select(Case).where(Case.number == step.paper)).first() if step.step == "merge" else None
    if into is not None and into.state not in OPEN_CASE:
        raise Refused(f"vụ việc số {into.number} đã có kết quả chung cho các đơn này; hủy bước đó trước")
    returning = _left(session, case, step)
    for petition in returning:
        if petition.case_id != (into.id if into is not None else None):
            raise Refused(f"đơn số {petition.number} nay thuộc vụ việc khác; hủy bước đó trước")
    case.removed_at = None
    for petition in returning:
        petition.case = case
    session.flush()
    session.expire(case, ["petitions", "former"])
    for petition in returning:
        closes_together(session, petition)
    align_notes(case)
    if into is not None:
        session.expire(into, ["petitions"])
        refresh_case(session, into, act.calendar)
    return [f"Đã nhập vào vụ việc: {into.number}"] if into is not None else []


def _left(session: Session, case: Case, step: Step) -> list[Petition]:
    """The petitions that left the case with that step."""
    leaving = Step.step == "leave", Step.case_id == case.id, Step.recorded_at >= step.recorded_at
    of_them = select(Step.petition_id).where(*leaving)
    return list(session.scalars(select(Petition).where(Petition.id.in_(of_them)).order_by(Petition.received_on)))
