"""Pages by key, in both directions: the rows after one, before one, the first, the last; whatever lies between costs
nothing.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Uuid, bindparam, tuple_
from sqlalchemy.orm import Session

Key = tuple[date | None, uuid.UUID]


@dataclass(frozen=True)
class Order:
    """Rows by a day that none of them is without, then by identity; by identity alone where `day` is None."""

    name: str
    day: Any
    identity: Any
    descending: bool = True

    @property
    def columns(self) -> tuple[Any, ...]:
        """What decides."""
        return (self.identity,) if self.day is None else (self.day, self.identity)

    def key_of(self, row: Any) -> Key:
        """Where a row stands."""
        return None if self.day is None else getattr(row, self.day.key), row.id

    def sorted(self, backwards: bool = False) -> tuple[Any, ...]:
        """What to order by; `backwards`: from the end."""
        return tuple(one.desc() if self.descending is not backwards else one.asc() for one in self.columns)

    def beyond(self, backwards: bool = False) -> Any:
        """The condition on the rows that follow the row of the parameters `day` and `key`."""
        key = bindparam("key", type_=Uuid)
        here = tuple_(*self.columns)
        there = tuple_(key) if self.day is None else tuple_(bindparam("day", type_=Date), key)
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

    def parameters(self, order: Order) -> dict[str, Any]:
        """The row it is beside, for a statement in that order. Raises ValueError for what is none."""
        if not self.cursor:
            return {}
        day, key = read_cursor(self.cursor)
        if (day is None) is not (order.day is None):
            raise ValueError("a row of a list in another order")
        return {"key": key} if day is None else {"day": day, "key": key}


@dataclass
class Turned:
    """The rows of a page in the order of the list, and where the pages beside it are, where there are any."""

    rows: list[Any]
    previous: str | None
    next: str | None
    has_end: bool = True


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


def neighbours(session: Session, narrowed: Any, order: Order, row: Any) -> tuple[Any, Any]:
    """The identities before and after that row in the list that selects them; None at either end, and for both where
    the row has no place in this order.
    """
    day, key = order.key_of(row)
    if order.day is not None and day is None:
        return None, None
    there = {"key": key} if order.day is None else {"day": day, "key": key}
    found = []
    for backwards in (True, False):
        query = narrowed.order_by(None).order_by(*order.sorted(backwards)).limit(1)
        found.append(session.scalar(query.where(order.beyond(backwards)), there))
    return found[0], found[1]


def cursor(day: date | None, key: uuid.UUID) -> str:
    """A row, as an address tells it."""
    return f"{day.isoformat() if day else ''}_{key}"


def read_cursor(text: str) -> Key:
    """The row that an address tells. Raises ValueError for what is none."""
    day, _, key = text.partition("_")
    return date.fromisoformat(day) if day else None, uuid.UUID(key)
