"""What was finished before the unit used the software is closed, with where that is told: no decision is made up for
it, and no clock runs on.
"""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.law.clocks import case_state
from app.models import Case, Petition
from app.operations.act import Act
from app.operations.deadlines import facts_of, refresh_case, refresh_petition
from app.operations.refusal import Refused
from app.operations.secrecy.conflicts import look_into_all
from app.operations.stepping import begun_on, check, record_step


def close(session: Session, subject: Petition | Case, act: Act) -> None:
    """The petition, or the case, is closed as of `act.on`, a day before the unit used the software; `act.paper`: where
    its end is told. Raises Refused with the field.
    """
    check(subject, "close")
    last = subject.unit.uses_from - timedelta(days=1)
    if not begun_on(subject) <= act.on <= last:
        raise Refused(
            f"ngày kết thúc phải từ {begun_on(subject):%d/%m/%Y} đến {last:%d/%m/%Y}, trước ngày đơn vị dùng phần mềm",
            "on",
        )
    if not act.paper.strip():
        raise Refused("ghi nơi có kết quả: sổ, hồ sơ hoặc phần mềm cũ, kèm số", "paper")
    subject.closed_on = act.on
    subject.closed_source = act.paper.strip()
    record_step(session, subject, "close", act)
    if isinstance(subject, Petition):
        subject.state = "closed"
        refresh_petition(session, subject, act.calendar)
    else:
        _end(subject, act.today)
        refresh_case(session, subject, act.calendar)
    session.flush()
    look_into_all(session, subject, act.by)


def _end(case: Case, today: date) -> None:
    case.state = case_state(facts_of(case), today)
    if case.decision is not None and case.decision.finished_on is None:
        case.decision.finished_on = case.closed_on


def reopen(subject: Petition | Case) -> list[str]:
    """It is open again as before; what is lost by it, in words."""
    lost = [f"Nơi có kết quả: {subject.closed_source}"]
    if isinstance(subject, Petition):
        subject.state = "received" if subject.processed_on is None else "processed"
    elif subject.decision is not None and subject.decision.finished_on == subject.closed_on:
        subject.decision.finished_on = None
    subject.closed_on = subject.closed_source = None
    return lost
