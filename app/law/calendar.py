"""Days off, working Saturdays and years whose official table is not yet known.

Bộ luật Lao động 2019, Điều 111-112: weekends and public holidays are days off; a Saturday worked in exchange is a
working day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

SATURDAY = 5
OFF = "off"
WORKED = "worked"
DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Year:
    """The days off (weekends not listed) and working weekend days of one year; not `official` means estimated."""

    official: bool
    days_off: frozenset[date] = field(default_factory=frozenset)
    days_worked: frozenset[date] = field(default_factory=frozenset)
    doubtful: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Calendar:
    """The years an administrator has entered; a year that is absent has weekends only and is not official."""

    years: Mapping[int, Year]

    def reason_off(self, day: date) -> str | None:
        """Why nobody works on that day: `holiday`, `weekend`, or None for a working day."""
        year = self.years.get(day.year)
        if year and day in year.days_off:
            return "holiday"
        if day.weekday() >= SATURDAY and not (year and day in year.days_worked):
            return "weekend"
        return None

    def is_working(self, day: date) -> bool:
        """True when civil servants work on that day."""
        return self.reason_off(day) is None

    def is_tentative(self, day: date) -> bool:
        """True when what is known of that day may still change: no official table, or a doubtful day off."""
        year = self.years.get(day.year)
        return year is None or not year.official or day in year.doubtful


def calendar_of(days: Iterable[tuple[date, str, bool]], official: Mapping[int, bool]) -> Calendar:
    """The calendar of these rows: day, off or worked, doubtful; and of each year whether its table is official."""
    kinds: dict[int, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for day, kind, doubtful in days:
        kinds[day.year][kind].add(day)
        if doubtful:
            kinds[day.year][DOUBTFUL].add(day)
    return Calendar(
        {
            number: Year(
                official=official.get(number, False),
                days_off=frozenset(kinds[number][OFF]),
                days_worked=frozenset(kinds[number][WORKED]),
                doubtful=frozenset(kinds[number][DOUBTFUL]),
            )
            for number in kinds.keys() | official.keys()
        }
    )
