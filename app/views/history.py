"""What a page tells of the past and the clock: steps taken, dates that came in by file, deadlines with their derivation."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.explain import derivation
from app.extensions import db
from app.law.deadlines import Due
from app.law.steps import Clock
from app.models import Case, Petition, Step
from app.operations.deadlines import clocks_of_case, clocks_of_petition, derive
from app.operations.holidays import load_calendar
from app.operations.persons import read_note
from app.views.opening import broken_sentence, opened


@dataclass(frozen=True)
class Event:
    """One line of the history."""

    on: date
    key: str
    by: str = ""
    document: str = ""
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
    clocks = clocks_of_petition(subject) if isinstance(subject, Petition) else clocks_of_case(subject)
    found = [(clock, derive(clock, calendar)) for clock in clocks]
    return [Told(clock, due, derivation(due)) for clock, due in found if due is not None]


def history_of(subject: Petition | Case) -> list[Event]:
    """Every step in order; for dates that came by file and have no step, the date itself."""
    column: Any = Step.petition_id if isinstance(subject, Petition) else Step.case_id
    steps = db.session.scalars(select(Step).where(column == subject.id).options(joinedload(Step.note)))
    events = [
        Event(step.taken_on, step.step, step.taken_by, step.document or "", step.basis or "", opened(read_note, step, otherwise=broken_sentence) or "")
        for step in steps
    ]
    known = {event.key for event in events}
    events += [Event(on, key) for key, on in _dates_of(subject).items() if on is not None and key not in known]
    return sorted(events, key=lambda event: event.on)


def _dates_of(subject: Petition | Case) -> dict[str, date | None]:
    if isinstance(subject, Petition):
        return {"register": subject.received_on, "process": subject.processed_on}
    decision = subject.decision
    return {
        "accept": subject.accepted_on,
        "refuse": subject.refused_on,
        "withdraw": subject.withdrawn_on,
        "discontinue": subject.discontinued_on,
        "extend": subject.extensions[0].decided_on if subject.extensions else None,
        "suspend": subject.suspensions[0].start_on if subject.suspensions else None,
        "decide": decision.decided_on if decision else None,
        "finish": decision.finished_on if decision else None,
    }
