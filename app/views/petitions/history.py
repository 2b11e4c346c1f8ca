"""What a page tells of the past and the clock: steps taken, dates that came in by file, deadlines with their
derivation.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.clock import today
from app.explain import derivation
from app.extensions import db
from app.law import secrecy
from app.law.clocks import Clock
from app.law.deadlines import Due
from app.models import Case, Petition, Step
from app.operations.content import (
    PETITIONER,
    RESPONDENT,
    denouncers_of,
    read_people,
    shown_body,
    shown_note,
    shown_respondents,
    without,
)
from app.operations.deadlines import clocks_of_case, clocks_of_petition, derive, periods_of_case
from app.operations.holidays import load_calendar
from app.operations.tasks.written import of_subject
from app.views.opening import broken_body, broken_people, broken_sentence, opened


@dataclass(frozen=True)
class Event:
    """One line of the history."""

    on: date
    key: str
    by: str = ""
    paper: str = ""
    basis: str = ""
    note: str = ""


@dataclass(frozen=True)
class Told:
    """A clock with its last day and the derivation in words."""

    clock: Clock
    due: Due
    lines: list[str]


def clocks_told(subject: Petition | Case) -> list[Told]:
    """The clocks of a petition, or of a case."""
    calendar = load_calendar(db.session())
    if isinstance(subject, Petition):
        clocks = clocks_of_petition(subject)
    else:
        given = {task.rule for task in of_subject(db.session(), subject)}  # told there, with what was done
        periods = periods_of_case(subject, calendar, today())
        clocks = clocks_of_case(subject) + [clock for clock in periods if clock.rule not in given]
    found = [(clock, derive(clock, calendar)) for clock in clocks]
    return [Told(clock, due, derivation(due)) for clock, due in found if due is not None]


def considered(case: Case) -> list[Told]:
    """The clocks that run while it is considered whether the case is accepted: those of its petitions."""
    if case.state != "reviewing":
        return []
    return [told for petition in case.petitions for told in clocks_told(petition) if told.clock.done is None]


@dataclass(frozen=True)
class Matter:
    """What a petition of a case is about, as far as the session may read."""

    petition: Petition
    senders: str
    summary: str
    respondents: str


def matters_of(case: Case, people: list[dict[str, Any]]) -> list[Matter]:
    """What the case is about, petition by petition; nothing of those whose text the session does not read. `people`:
    its denouncers.
    """
    found = []
    for petition in case.petitions:
        if petition.text is None:
            continue
        body = opened(shown_body, petition, people, otherwise=broken_body) or {}
        senders = [] if secrecy.content_closed(petition) else _people(petition, PETITIONER)
        against = shown_respondents(_people(petition, RESPONDENT), people)
        found.append(Matter(petition, _named(senders), body.get("summary") or "", _named(against)))
    return found


def _people(petition: Petition, role: str) -> list[dict[str, Any]]:
    return opened(read_people, petition, role, otherwise=broken_people) or []


def _named(people: list[dict[str, Any]]) -> str:
    return "; ".join(person["name"] for person in people if person.get("name"))


def cited_by(case: Case, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The earlier decisions that the case's petitions cite and the session may read, each once; `people`: its
    denouncers.
    """
    bodies = [opened(shown_body, petition, people, otherwise=broken_body) for petition in case.petitions]
    cited = [body["previous_decision"] for body in bodies if body and body.get("previous_decision")]
    return [item for place, item in enumerate(cited) if item not in cited[:place]]


def history_of(subject: Petition | Case) -> list[Event]:
    """Every step in order; for dates that came by file and have no step, the date itself."""
    column: Any = Step.petition_id if isinstance(subject, Petition) else Step.case_id
    steps = db.session.scalars(select(Step).where(column == subject.id).options(joinedload(Step.note)))
    hidden = denouncers_of(db.session(), [subject]).get(subject.id, [])
    events = []
    for step in steps:
        note = opened(shown_note, step, hidden, otherwise=broken_sentence) or ""
        paper = without(step.paper or "", hidden)
        events.append(Event(step.taken_on, step.step, step.taken_by, paper, step.basis or "", note))
    known = {event.key for event in events}
    events += [Event(on, key) for key, on in _dates_of(subject).items() if on is not None and key not in known]
    return sorted(events, key=lambda event: event.on)


def _dates_of(subject: Petition | Case) -> dict[str, date | None]:
    if isinstance(subject, Petition):
        return {"register": subject.received_on, "process": subject.processed_on, "close": subject.closed_on}
    decision = subject.decision
    return {
        "accept": subject.accepted_on,
        "refuse": subject.refused_on,
        "withdraw": subject.withdrawn_on,
        "discontinue": subject.discontinued_on,
        "close": subject.closed_on,
        "extend": subject.extensions[0].decided_on if subject.extensions else None,
        "suspend": subject.suspensions[0].start_on if subject.suspensions else None,
        "decide": decision.decided_on if decision else None,
        "finish": decision.finished_on if decision else None,
    }
