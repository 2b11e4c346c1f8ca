"""Clocks in the database follow the law: a deadline row per running limit, recomputed whenever what it rests on
changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.law.calendar import Calendar
from app.law.clocks import (
    DUTY,
    CaseFacts,
    Clock,
    Issued,
    PetitionFacts,
    Settling,
    about_discipline,
    case_clocks,
    case_periods,
    petition_clocks,
)
from app.law.deadlines import Due, NoSuchRule, due
from app.law.deadlines import Suspension as Pause
from app.law.profiles import PROFILES
from app.models import Case, Deadline, Ending, Petition, Suspension
from app.operations.content import handlers_of, shut_out_of
from app.operations.progress import tell
from app.operations.rights import demand
from app.security import audit, scope
from app.settings import setting


def facts_of(case: Case) -> CaseFacts:
    """What a case's state follows from, as the law reads it."""
    decision = case.decision
    return CaseFacts(
        accepted_on=case.accepted_on,
        refused_on=case.refused_on,
        withdrawn_on=case.withdrawn_on,
        discontinued_on=case.discontinued_on,
        closed_on=case.closed_on,
        removed=case.removed_at is not None,
        decided_on=decision.decided_on if decision else None,
        finished_on=decision.finished_on if decision else None,
        suspended=any(suspension.end_on is None for suspension in case.suspensions),
        extended_by=None if case.criteria_in_full else sum(item.days for item in case.extensions),
        to_tell=tuple(Issued(order.on, order.sent_on) for order in orders_of(case)),
    )


@dataclass(frozen=True)
class Order:
    """A decision to suspend, resume or discontinue that has to be sent; `row.column` is where its sending is kept."""

    step: str
    number: str
    on: date
    row: Suspension | Ending
    column: str

    @property
    def sent_on(self) -> date | None:
        """When it was sent; None while it was not."""
        found: date | None = getattr(self.row, self.column)
        return found


def orders_of(case: Case) -> list[Order]:
    """The decisions the law says when to send, by day (NĐ 124/2020, Điều 28b; Luật Tố cáo 2018, Điều 34.4)."""
    found = []
    for item in case.suspensions:
        if item.number:
            found.append(Order("suspend", item.number, item.start_on, item, "sent_on"))
        if item.resumed_number and item.end_on and case.kind == "complaint":
            found.append(Order("resume", item.resumed_number, item.end_on, item, "resumed_sent_on"))
    ended_on = case.discontinued_on or case.withdrawn_on
    if case.ending and case.ending.number and ended_on:
        found.append(Order("discontinue", case.ending.number, ended_on, case.ending, "sent_on"))
    return sorted(found, key=lambda order: order.on)


def pauses_of(case: Case) -> list[Pause]:
    """The suspensions of a case, as deadlines count them."""
    return [Pause(suspension.start_on, suspension.end_on) for suspension in case.suspensions]


def clocks_of_case(case: Case) -> list[Clock]:
    """The limits that run, or ran, for a case."""
    sent = case.decision.sent_on if case.decision else None
    settling = Settling(case.complexity, case.remote, pauses_of(case), sent)
    clocks = case_clocks(case.kind, case.instance, facts_of(case), settling)
    return about_discipline(clocks) if is_about_discipline(case) else clocks


def is_about_discipline(case: Case) -> bool:
    """True for a case of complaints about the discipline of an official."""
    return case.kind == "complaint" and any(petition.discipline for petition in case.petitions)


def periods_of_case(case: Case, calendar: Calendar, today: date) -> list[Clock]:
    """The periods that the page of a case tells and no list holds."""
    settling = next((clock for clock in clocks_of_case(case) if ".settle" in clock.rule and clock.done is None), None)
    over = derive(settling, calendar) if settling is not None else None
    expired_on = over.day if over is not None and over.day is not None and over.day < today else None
    return case_periods(case.kind, case.instance, facts_of(case), case.remote, is_about_discipline(case), expired_on)


def clocks_of_petition(petition: Petition) -> list[Clock]:
    """The limits that run, or ran, for a petition itself: until processed; where it is to be accepted, until its case
    is taken up or ended.
    """
    done = petition.processed_on
    if petition.direction == "accept":
        case = petition.case
        ends = [case.accepted_on, case.refused_on, case.withdrawn_on, case.discontinued_on] if case else []
        done = next((end for end in (*ends, case.closed_on if case else None) if end), None)
    passed_on = petition.competent is False and petition.direction in ("forward", "guide")
    facts = PetitionFacts(
        petition.kind,
        petition.instance,
        petition.received_on,
        petition.processed_on or petition.closed_on,
        done or petition.closed_on,
        passed_on,
        bool(petition.many_places),
        petition.discipline,
    )
    return petition_clocks(facts)


def derive(clock: Clock, calendar: Calendar) -> Due | None:
    """The limit's last day with its derivation; None where the law had no such limit on that day, or the profile's
    limits are not known.
    """
    if not PROFILES[setting("PROFILE")].deadlines_known:
        return None
    try:
        return due(clock.rule, clock.start, calendar, clock.flags, clock.suspensions, more_days=clock.more_days)
    except NoSuchRule:
        return None


def refresh_petition(session: Session, petition: Petition, calendar: Calendar, keep_done: bool = True) -> None:
    """The petition's deadline rows and its next due day are as the law says today."""
    clocks = [] if petition.removed_at else clocks_of_petition(petition)
    next_due = _sync(session, petition, clocks, calendar, keep_done)
    if next_due is None and petition.case is not None:
        next_due = petition.case.due_on
    petition.due_on = next_due


def refresh_case(session: Session, case: Case, calendar: Calendar, keep_done: bool = True) -> None:
    """The case's deadline rows, its next due day and that of its petitions are as the law says today."""
    clocks = [] if case.removed_at else clocks_of_case(case)
    case.due_on = _sync(session, case, clocks, calendar, keep_done)
    for petition in case.petitions:
        refresh_petition(session, petition, calendar, keep_done)


def _sync(
    session: Session, subject: Petition | Case, clocks: Iterable[Clock], calendar: Calendar, keep_done: bool
) -> date | None:
    column = Deadline.petition_id if isinstance(subject, Petition) else Deadline.case_id
    known: dict[str, list[Deadline]] = {}  # several may follow one rule, as when a case is suspended twice
    if keep_done:
        rows_of = select(Deadline).where(column == subject.id)
        for kept in session.scalars(rows_of.order_by(Deadline.started_on, Deadline.id)):
            known.setdefault(kept.rule, []).append(kept)
    handlers = handlers_of(subject)
    open_days = []
    for clock in (clock for clock in clocks if clock.sort == DUTY):
        rows = known.get(clock.rule)
        found = derive(clock, calendar)
        row: Deadline | None = rows.pop(0) if rows else None
        if found is None or (row is None and clock.done is not None and not keep_done):
            continue
        if row is None:
            row = Deadline(
                unit=subject.unit, rule=clock.rule, shut_out=shut_out_of(subject), **{column.key: subject.id}
            )
            session.add(row)
        row.started_on = clock.start
        row.due_on = found.day
        row.tentative = found.tentative
        row.done_on = clock.done
        row.handlers = handlers
        if clock.done is None and found.day is not None:
            open_days.append(found.day)
    for stale in chain.from_iterable(known.values()):
        stale.done_on = stale.done_on or stale.started_on  # the clock no longer applies, as when a record is withdrawn
    return min(open_days, default=None)


def recompute_for_everybody(session: Session, calendar: Calendar) -> int:
    """As `recompute_open`, whoever changed the calendar: a job of the system, recorded under its own name, since
    administrators see no petition. Raises Refused.
    """
    demand(session, "can_write", "Holidays")
    mine = scope.current(session)
    session.flush()
    scope.enter(session, scope.system_scope("holidays"))
    try:
        changed = recompute_open(session, calendar)
        audit.record(session, "holiday.recomputed", detail={"changed": changed})
    finally:
        scope.enter(session, mine)
    return changed


def _follow(row: Deadline, calendar: Calendar) -> None:
    """The clock of a task that the law asks for is as the calendar says; another's day its giver set."""
    task = row.task
    if task.rule is not None and (found := derive(Clock(task.rule, task.started_on, None), calendar)) is not None:
        row.due_on = task.due_on = found.day
        row.tentative = found.tentative


def recompute_open(session: Session, calendar: Calendar) -> int:
    """Every open deadline follows the calendar as it is now; how many changed.

    Keyset batches, so that memory stays flat.
    """
    changed = 0
    looked = 0
    last = None
    total = session.scalar(select(func.count()).select_from(Deadline).where(Deadline.done_on.is_(None))) or 0
    while True:
        query = select(Deadline).where(Deadline.done_on.is_(None)).order_by(Deadline.id).limit(500)
        rows = list(session.scalars(query.where(Deadline.id > last) if last else query))
        if not rows:
            return changed
        last = rows[-1].id
        for row in rows:
            before = (row.due_on, row.tentative)
            subject = row.petition or row.case
            if subject is None:
                _follow(row, calendar)
            elif isinstance(subject, Petition):
                refresh_petition(session, subject, calendar)
            else:
                refresh_case(session, subject, calendar)
            changed += (row.due_on, row.tentative) != before
        session.flush()
        looked += len(rows)
        tell(session, looked, total)
