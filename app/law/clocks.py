"""The clocks that run for a petition or a case, and the state a case is in, from the dates of its facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.law.codes import CaseState
from app.law.complexity import flags
from app.law.deadlines import Suspension


@dataclass(frozen=True)
class Issued:
    """A decision to suspend, resume or discontinue that has to be sent: when it was issued, when it was sent."""

    on: date
    sent_on: date | None = None


@dataclass(frozen=True)
class CaseFacts:
    """What a case's state follows from."""

    accepted_on: date | None = None
    refused_on: date | None = None
    withdrawn_on: date | None = None
    discontinued_on: date | None = None
    decided_on: date | None = None
    finished_on: date | None = None
    closed_on: date | None = None  # finished before the unit used the software
    removed: bool = False  # a record that should not be there
    suspended: bool = False
    extended_by: int | None = None  # days that decisions added (denunciations); None: criteria count as decided in full
    to_tell: tuple[Issued, ...] = ()


def case_state(facts: CaseFacts, on: date | None = None) -> CaseState:
    """The state of a case on that day: an end closes it whatever else is true; then a decision, then a suspension.

    Only execution may be finished on a day still to come (a decision with nothing to execute, on the day it takes
    effect).
    """
    if facts.removed:
        return "removed"
    if facts.closed_on:
        return "closed"
    if facts.withdrawn_on:
        return "withdrawn"
    if facts.discontinued_on:
        return "discontinued"
    if facts.refused_on:
        return "refused"
    if facts.decided_on:
        return "finished" if facts.finished_on and (on is None or facts.finished_on <= on) else "decided"
    if facts.accepted_on:
        return "suspended" if facts.suspended else "accepted"
    return "reviewing"


DUTY = "duty"  # somebody's work: kept, on lists until it is done
OUTER = "outer"  # the same work's last limit: told on the page; lists show the nearer one
PERIOD = "period"  # runs out by itself, or its end is not recorded: told on the page, never overdue


@dataclass(frozen=True)
class Clock:
    """A statutory limit that runs for a petition or a case from `start` until `done`, if that has come."""

    rule: str
    start: date
    done: date | None
    flags: frozenset[str] = frozenset()
    suspensions: tuple[Suspension, ...] = ()
    sort: str = DUTY
    more_days: int = 0


@dataclass(frozen=True)
class PetitionFacts:
    """What a petition's clocks follow from.

    `done_on`: when it was processed or, to be accepted, when its case was taken up or refused.
    """

    kind: str
    instance: int
    received_on: date
    processed_on: date | None = None
    done_on: date | None = None
    passed_on: bool = False  # found not competent, forwarded or guided
    many_places: bool = False
    discipline: str | None = None


def petition_clocks(facts: PetitionFacts) -> list[Clock]:
    """The limit for processing a petition (of a complaint, for acceptance), and the one after which it is neglect."""
    neglected = Clock("petition.neglected", facts.received_on, facts.processed_on, sort=OUTER)
    flag = frozenset({"many_places"}) if facts.many_places else frozenset()
    return [Clock(_first_rule(facts), facts.received_on, facts.done_on, flag), neglected]


def _first_rule(facts: PetitionFacts) -> str:
    if facts.kind == "complaint":
        if facts.discipline:
            return "discipline.accept"
        return "complaint.accept.second" if facts.instance == 2 else "complaint.accept"
    if facts.kind == "denunciation" and facts.passed_on:
        return "denunciation.forward"
    if facts.kind == "denunciation" and facts.instance == 2:
        return "denunciation.review"
    return f"{facts.kind}.process"


@dataclass(frozen=True)
class Settling:
    """What lengthens the settlement of a case, and when its result was sent: the numbers of the criteria, whether it
    is in a remote place, its suspensions.
    """

    complexity: Sequence[int] = ()
    remote: bool = False
    suspensions: Sequence[Suspension] = ()
    sent_on: date | None = None


def case_clocks(kind: str, instance: int, facts: CaseFacts, settling: Settling) -> list[Clock]:
    """The limits of a case: settlement from acceptance, sending from the decision and from each on suspension.

    Reflections have no limit for settlement (domain.md 1.4). A denunciation is extended by decisions, never by
    criteria alone (Luật Tố cáo 2018, Điều 30).
    """
    return [
        replace(clock, done=clock.done or facts.closed_on) for clock in _case_clocks(kind, instance, facts, settling)
    ]


def _case_clocks(kind: str, instance: int, facts: CaseFacts, settling: Settling) -> list[Clock]:
    clocks: list[Clock] = []
    if kind == "reflection":
        return clocks
    level = "second" if instance == 2 else "first"
    if facts.accepted_on and not facts.refused_on:
        rule = f"complaint.settle.{level}" if kind == "complaint" else "denunciation.settle"
        done = facts.decided_on or facts.withdrawn_on or facts.discontinued_on
        decided = kind == "denunciation" and facts.extended_by is not None
        met = flags(kind, () if decided else settling.complexity, settling.remote)
        more_days = (facts.extended_by or 0) if decided else 0
        clocks.append(Clock(rule, facts.accepted_on, done, met, tuple(settling.suspensions), more_days=more_days))
    if facts.decided_on:
        rule = f"complaint.send.{level}" if kind == "complaint" else "denunciation.send"
        clocks.append(Clock(rule, facts.decided_on, settling.sent_on))
    to_tell = sorted(facts.to_tell, key=lambda item: item.on)
    return clocks + [Clock(f"{kind}.suspend.send", item.on, item.sent_on) for item in to_tell]


def about_discipline(clocks: Iterable[Clock]) -> list[Clock]:
    """The limits of a case about the discipline of an official: settled as the first time at either instance.

    Luật Khiếu nại, Điều 50.
    """
    settling = "complaint.settle."
    return [replace(clock, rule="discipline.settle") if clock.rule.startswith(settling) else clock for clock in clocks]


def case_periods(
    kind: str, instance: int, facts: CaseFacts, remote: bool, discipline: bool, expired_on: date | None
) -> list[Clock]:  # fmt: skip
    """Periods of a case that only its page tells.

    `expired_on`: the day the first settlement period ran out with nothing decided, if it did. An appeal's other start,
    the day the decision was received, is not recorded here.
    """
    decided = facts.decided_on
    finished = facts.finished_on
    # On discipline it is 30 days everywhere (Luật Khiếu nại, Điều 57).
    far = frozenset({"remote"}) if remote and not discipline else frozenset()
    found: list[Clock] = []
    if kind == "complaint":
        if instance == 1 and expired_on and not discipline:
            found.append(Clock("complaint.appeal", expired_on, None, far, sort=PERIOD))
        if decided:
            found.append(Clock("complaint.effect", decided, None, far, sort=PERIOD))
        if decided and instance == 2:
            found.append(Clock("complaint.publish.second", decided, finished, sort=PERIOD))
    if kind == "denunciation" and facts.accepted_on and not facts.refused_on:
        ended = decided or facts.withdrawn_on or facts.discontinued_on
        found.append(Clock("denunciation.notify", facts.accepted_on, ended, sort=PERIOD))
    if kind == "denunciation" and decided:
        found += [Clock(rule, decided, finished, sort=PERIOD) for rule in ("denunciation.act", "denunciation.publish")]
    return found
