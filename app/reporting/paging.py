"""Pages by key, in both directions: the rows after one, before one, the first, the last; whatever lies between costs
nothing.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Uuid, bindparam, tuple_

Key = tuple[date, uuid.UUID]


@dataclass(frozen=True)
class Order:
    """Rows by a day that none of them is without, then by identity."""

    name: str
    day: Any
    identity: Any
    descending: bool = True

    def sorted(self, backwards: bool = False) -> tuple[Any, Any]:
        """What to order by; `backwards`: from the end."""
        columns = (self.day, self.identity)
        if self.descending is not backwards:
            return columns[0].desc(), columns[1].desc()
        return columns[0].asc(), columns[1].asc()

    def beyond(self, backwards: bool = False) -> Any:
        """The condition on the rows that follow the row of the parameters `day` and `key`."""
        here = tuple_(self.day, self.identity)
        there = tuple_(bindparam("day", type_=Date), bindparam("key", type_=Uuid))
        return here < there if self.descending is not backwards else here > there


@dataclass(frozen=True)
class Spot:
    """Where in a list a page is: after a row, before one, at the end; none of these: at the beginning."""

    after: str = ""
    before: str = ""
    last: bool = False

    @property
    def backwards(self) -> bool:
        """True when its rows are fetched from the end."""
        return self.last or bool(self.before)

    @property
    def cursor(self) -> str:
        """The row it is beside; empty at either end."""
        return "" if self.last else self.before or self.after

    def parameters(self) -> dict[str, Any]:
        """The row it is beside, for a statement. Raises ValueError for what is none."""
        if not self.cursor:
            return {}
        day, key = read_cursor(self.cursor)
        return {"day": day, "key": key}


@dataclass
class Turned:
    """The rows of a page in the order of the list, and where the pages beside it are, where there are any."""

    rows: list[Any]
    previous: str | None
    next: str | None


def turned(spot: Spot, found: list[Any], size: int, key_of: Callable[[Any], Key]) -> Turned:
    """The page, of one row more than it shows where there are more."""
    more = len(found) > size
    rows = found[:size]
    if spot.backwards:
        rows.reverse()
    if not rows:
        return Turned([], None, None)
    earlier = more if spot.backwards else bool(spot.after)
    later = bool(spot.before) if spot.backwards else more
    return Turned(
        rows,
        cursor(*key_of(rows[0])) if earlier else None,
        cursor(*key_of(rows[-1])) if later else None,
    )


def cursor(day: date, key: uuid.UUID) -> str:
    """A row, as an address tells it."""
    return f"{day.isoformat()}_{key}"


def read_cursor(text: str) -> Key:
    """The row that an address tells. Raises ValueError for what is none."""
    day, _, key = text.partition("_")
    return date.fromisoformat(day), uuid.UUID(key)
