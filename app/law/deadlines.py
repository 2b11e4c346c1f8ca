"""The last day of a statutory limit, with every day that was skipped and why.

Bộ luật Dân sự 2015, Điều 147: the day of the event is not counted. Điều 148: a period counted in calendar days that
ends on a day off ends on the next working day. The special laws have no rule of their own. Suspension (Luật Khiếu nại,
Điều 11a; Luật Tố cáo, Điều 34): days from the suspension to the day before work resumes are not counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.law.calendar import Calendar
from app.law.limits import LIMITS
from app.law.rule import WORKING, Rule

ONE_DAY = timedelta(days=1)
LONGEST = 20 * 366  # days walked before giving up: twenty years; no statutory limit comes near
LAST_YEAR = 2200


class NoSuchRule(LookupError):
    """No row of the table applies: the key is unknown, or the date lies before the rule existed."""


@dataclass(frozen=True)
class Suspension:
    """A suspension: days from `start` to the day before `end` are not counted; no `end` means it is still running."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """True when that day is not counted."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Skipped:
    """A day that did not count, or that the end was moved over. Reason: holiday, weekend, suspended."""

    day: date
    reason: str


@dataclass(frozen=True)
class Due:
    """The last day of a limit and how it was derived. `day` is None while the clock stands still."""

    rule: Rule
    start: date
    day: date | None
    tentative: bool
    skipped: tuple[Skipped, ...]
    counted: int
    more_days: int = 0  # days that decisions added to the rule's own

    @property
    def limit(self) -> int:
        """How many days the limit has in all."""
        return self.rule.limit + self.more_days

    @property
    def text(self) -> str:
        """`YYYY-MM-DD`, with `?` after it when the date is tentative; `-` while suspended."""
        return "-" if self.day is None else self.day.isoformat() + ("?" if self.tentative else "")


def keys() -> list[str]:
    """Every rule key, sorted."""
    return sorted({rule.key for rule in LIMITS})


def find_rule(key: str, start: date, flags: Iterable[str] = ()) -> Rule:
    """The row that applies to an event of that day under these conditions: most conditions first, on a tie the longer
    limit.
    """
    flags = frozenset(flags)
    rows = [rule for rule in LIMITS if rule.key == key]
    if not rows:
        raise NoSuchRule(f"không có quy tắc thời hạn “{key}”; các quy tắc: {', '.join(keys())}")
    in_force = [rule for rule in rows if rule.in_force(start)]
    if not in_force:
        first = min(rule.since for rule in rows)
        raise NoSuchRule(f"quy tắc “{key}” chỉ có từ ngày {first:%d/%m/%Y}; ngày {start:%d/%m/%Y} chưa được quy định")
    return max((rule for rule in in_force if rule.when <= flags), key=lambda rule: (len(rule.when), rule.limit))


def due(
    key: str,
    start: date,
    calendar: Calendar,
    flags: Iterable[str] = (),
    suspensions: Iterable[Suspension] = (),
    *,
    more_days: int = 0,
) -> Due:
    """The last day of the limit `key` for an event of `start`; `more_days`: added by decisions. Raises NoSuchRule."""
    rule = find_rule(key, start, flags)
    if start.year >= LAST_YEAR:
        raise NoSuchRule(f"năm {start.year} quá xa; nhập ngày trước năm {LAST_YEAR}")
    pauses = tuple(suspensions)
    if rule.unit == WORKING:
        return _working(rule, start, calendar, pauses)
    # A period's end is moved off a day off once, at the very end, after days added by decisions (Bộ luật Dân sự,
    # Điều 148).
    longer = replace(rule, limit=rule.limit + more_days)
    return replace(_calendar(longer, start, calendar, pauses), rule=rule, more_days=more_days)


def _working(rule: Rule, start: date, calendar: Calendar, pauses: tuple[Suspension, ...]) -> Due:
    skipped: list[Skipped] = []
    day = start
    counted = 0
    tentative = False
    for _ in range(LONGEST):
        if counted == rule.limit:
            return Due(rule, start, day, tentative, tuple(skipped), counted)
        day += ONE_DAY
        tentative = tentative or calendar.is_tentative(day)
        if any(pause.covers(day) for pause in pauses):
            if _stopped(day, pauses):
                break
            skipped.append(Skipped(day, "suspended"))
        elif reason := calendar.reason_off(day):
            skipped.append(Skipped(day, reason))
        else:
            counted += 1
    return Due(rule, start, None, False, tuple(skipped), counted)


def _calendar(rule: Rule, start: date, calendar: Calendar, pauses: tuple[Suspension, ...]) -> Due:
    skipped: list[Skipped] = []
    day = start
    counted = 0
    while counted < rule.limit:
        if day.year >= LAST_YEAR:
            raise NoSuchRule(f"thời gian tạm đình chỉ kéo dài quá năm {LAST_YEAR}; kiểm tra lại ngày")
        day += ONE_DAY
        if not any(pause.covers(day) for pause in pauses):
            counted += 1
        elif _stopped(day, pauses):
            return Due(rule, start, None, False, tuple(skipped), counted)
        else:
            skipped.append(Skipped(day, "suspended"))
    tentative = calendar.is_tentative(day)
    while reason := calendar.reason_off(day):
        skipped.append(Skipped(day, reason))
        day += ONE_DAY
        tentative = tentative or calendar.is_tentative(day)
    return Due(rule, start, day, tentative, tuple(skipped), counted)


def _stopped(day: date, pauses: tuple[Suspension, ...]) -> bool:
    return any(pause.end is None and pause.covers(day) for pause in pauses)
