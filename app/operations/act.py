"""Who does something to a petition or a case, for which day, by which paper."""

from dataclasses import dataclass
from datetime import date

from app.law.calendar import Calendar


@dataclass(frozen=True)
class Act:
    """An act as it will stand in the history.

    `on`: its day, or that of its paper; `today`: the day it is entered. `by`: the account's identifier. `paper`: the
    number of the paper. `note`: what was written about it.
    """

    on: date
    by: str
    today: date
    calendar: Calendar
    paper: str = ""
    note: str = ""
