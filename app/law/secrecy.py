"""Levels of state secrecy, how long each protects, and which level a file of several takes.

Luật Bảo vệ bí mật nhà nước 29/2018/QH14, Điều 8 (degrees), Điều 19 (terms: Tối mật 20 years, Mật 10), Điều 22 (the term's end declassifies). Tuyệt mật is no level
of this field on the State's side. QĐ 774/QĐ-TTg (2020): a denouncer's name and address are Mật. Numbers in Luật 117/2025/QH15: not verified.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

BASIS = "Luật Bảo vệ bí mật nhà nước 2018, Điều 8, 19; Quyết định 774/QĐ-TTg"
NORMAL, SECRET, TOP_SECRET = 0, 1, 2
LEVELS = (NORMAL, SECRET, TOP_SECRET)
YEARS = {SECRET: 10, TOP_SECRET: 20}


@dataclass(frozen=True)
class Secrecy:
    """A level with its last day and its number in the register of secrets."""

    level: int = NORMAL
    until: date | None = None
    number: str | None = None

    def on(self, day: date) -> int:
        """The level that holds on that day: none once the term is over."""
        return NORMAL if self.until is not None and day > self.until else self.level


def last_day(level: int, determined_on: date) -> date | None:
    """The last day of the longest term of the level, counted from the day it was determined; None for what is not secret."""
    if level == NORMAL:
        return None
    year = determined_on.year + YEARS[level]
    try:
        return determined_on.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 2, 28)


def highest(items: Iterable[Secrecy], day: date) -> Secrecy:
    """What a file of these takes on that day: the highest level, with the longest term among those of that level."""
    found = [item for item in items if item.on(day) != NORMAL]
    return max(found, key=lambda item: (item.on(day), item.until or date.max), default=Secrecy())


def default_level(kind: str, named: bool) -> int:
    """The level an original has until somebody determines another: of a denunciation whose sender is named, Mật."""
    return SECRET if kind == "denunciation" and named else NORMAL
