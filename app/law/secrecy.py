"""Levels of state secrecy, how long each protects, and which level a file of several takes.

Luật Bảo vệ bí mật nhà nước 29/2018/QH14, Điều 8 (degrees), Điều 19 (terms: Tối mật 20 years, Mật 10), Điều 22 (the
term's end declassifies). Tuyệt mật is no level of this field on the State's side. QĐ 774/QĐ-TTg (2020): a denouncer's
name and address are Mật. Luật 117/2025/QH15 replaces 29/2018/QH14 from 1/3/2026; its terms and article numbers were not
readable, so the terms of before are kept and no article is named.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.law.codes import Kind
from app.law.sources import cite

ACT = "Luật Bảo vệ bí mật nhà nước 117/2025/QH15"
IDENTITY_LAW = "Luật Tố cáo, Điều 56"  # a denouncer's identity is kept secret
CLOSED_KINDS: frozenset[Kind] = frozenset({"denunciation"})

NORMAL = 0
SECRET = 1
TOP_SECRET = 2
SECRECY_LEVELS = (NORMAL, SECRET, TOP_SECRET)
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


def basis_on(day: date) -> str:
    """What a level determined on that day rests on."""
    return cite(f"{ACT}; Quyết định 774/QĐ-TTg", day)


def last_day(level: int, determined_on: date) -> date | None:
    """The last day of the longest term of the level, counted from the day it was determined; None for what is not
    secret.
    """
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


def closed(kind: Kind | None) -> bool:
    """True where names, texts and papers open to handlers and leaders only: a denunciation's (IDENTITY_LAW)."""
    return kind in CLOSED_KINDS


def content_closed(subject: Any) -> bool:
    """True where names, texts and papers of that petition or case open to handlers and leaders only: it is a
    denunciation, or one was registered as such before its kind was corrected.
    """
    if closed(subject.kind):
        return True
    petitions = getattr(subject, "petitions", None)
    return bool(subject.kept_closed) if petitions is None else any(one.kept_closed for one in petitions)
