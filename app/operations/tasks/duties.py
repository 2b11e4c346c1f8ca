"""Duties of the law as tasks: given when the day comes from which they run, and kept as the facts say afterwards."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law import secrecy
from app.law.calendar import Calendar
from app.law.clocks import Clock
from app.law.deadlines import Due
from app.law.duties import ACCEPTED, BY_RULE, DECIDED, REGISTERED, Duty, duties
from app.law.tasks import BY_LAW, GIVEN, OPEN, WITHDRAWN
from app.models import Case, Petition, Task
from app.operations.act import Act
from app.operations.content import handlers_of, shut_out_of
from app.operations.deadlines import derive
from app.operations.tasks.giving import SYSTEM, number_for
from app.operations.tasks.written import Subject, keep_clock, read, write
from app.security import audit

FORWARDED = "forwarded"


def give_duties(session: Session, subject: Subject, begins: str, act: Act) -> None:
    """What the law asks for from that day on is a task of the unit, once; whoever took the step gave it no order."""
    known = {task.rule for task in _of_law(session, subject) if task.state != WITHDRAWN}
    for duty, day in _duties(subject):
        if duty.begins == begins and duty.rule not in known:
            due = _due(duty.rule, day, act.calendar)
            if due is not None and due.day is not None:
                _give(session, subject, duty, due, act)


def align_duties(session: Session, subject: Subject, act: Act) -> None:
    """Open duties run from the day that the facts now say, with the people that handle it now; those whose day is gone
    are withdrawn.
    """
    days = {duty.rule: day for duty, day in _duties(subject)}
    for task in _of_law(session, subject):
        if task.state not in OPEN or task.rule is None:
            continue
        day = days.get(task.rule)
        if day is None:
            tentative = False
            task.state = WITHDRAWN
            task.done_on = act.today
            body = read(task)
            line = {"key": "withdraw", "on": act.today.isoformat(), "by": SYSTEM}
            write(task, body | {"lines": [*body["lines"], line]})
        else:
            task.started_on = day
            due = _due(task.rule, day, act.calendar)
            task.due_on = due.day if due is not None else None
            tentative = due is not None and due.tentative
            task.handlers = handlers_of(subject)
            task.verifiers = task.handlers
        keep_clock(session, task, tentative)


def _duties(subject: Subject) -> list[tuple[Duty, date]]:
    days: dict[str, date | None]
    if isinstance(subject, Petition):
        days = {REGISTERED: None if subject.removed_at else subject.received_on}
        forwarded = subject.source == FORWARDED
    else:
        decided = subject.decision.decided_on if subject.decision is not None else None
        days = {} if subject.removed_at else {ACCEPTED: subject.accepted_on, DECIDED: decided}
        forwarded = any(petition.source == FORWARDED for petition in subject.petitions)
    return list(duties(subject.kind, subject.instance, days, forwarded))


def _of_law(session: Session, subject: Subject) -> list[Task]:
    column = Task.petition_id if isinstance(subject, Petition) else Task.case_id
    query = select(Task).where(column == subject.id, Task.rule.in_(BY_RULE), Task.unit_id == subject.unit_id)
    return list(session.scalars(query))


def _due(rule: str, day: date, calendar: Calendar) -> Due | None:
    return derive(Clock(rule, day, None), calendar)


def _give(session: Session, subject: Subject, duty: Duty, due: Due, act: Act) -> None:
    handlers = handlers_of(subject)
    task = Task(
        unit=subject.unit,
        number=number_for(session, subject.unit, act.today.year),
        origin=BY_LAW,
        state=GIVEN,
        given_by=SYSTEM,
        giver_id=subject.unit_id,
        given_on=due.start,
        rule=duty.rule,
        started_on=due.start,
        due_on=due.day,
        petition_id=subject.id if isinstance(subject, Petition) else None,
        case_id=subject.id if isinstance(subject, Case) else None,
        compartment=secrecy.content_closed(subject),
        handlers=handlers,
        verifiers=handlers,
        shut_out=shut_out_of(subject),
    )
    line = {"key": "give", "on": due.start.isoformat(), "by": SYSTEM, "due": f"{due.day}"}
    write(task, {"what": duty.what, "lines": [line]})
    session.add(task)
    session.flush()
    keep_clock(session, task, due.tentative)
    audit.record(session, "task.given", table_name="tasks", row_ids=[task.id], detail={"origin": BY_LAW})
