"""The calendar in the database: seeded once, edited by administrators, read as `law.calendar.Calendar`."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law.calendar import Calendar, Year
from app.law.holidays import SEED
from app.models.holiday import OFF, WORKED, Holiday, HolidayYear


def seed_holidays(session: Session) -> None:
    """Every year of the seed that the table does not know is there; a year an administrator has touched is left alone."""
    known = set(session.scalars(select(HolidayYear.year)))
    for number, year in SEED.years.items():
        if number not in known:
            session.add(HolidayYear(year=number, official=year.official))
            session.add_all(Holiday(day=day, kind=OFF, doubtful=day in year.doubtful) for day in sorted(year.days_off))
            session.add_all(Holiday(day=day, kind=WORKED) for day in sorted(year.days_worked))
    session.flush()


def load_calendar(session: Session) -> Calendar:
    """The calendar as the administrators keep it."""
    days: dict[int, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for holiday in session.scalars(select(Holiday)):
        days[holiday.day.year][holiday.kind].add(holiday.day)
        if holiday.doubtful:
            days[holiday.day.year]["doubtful"].add(holiday.day)
    official = dict(session.execute(select(HolidayYear.year, HolidayYear.official)).tuples().all())
    return Calendar(
        {
            number: Year(
                official=official.get(number, False),
                days_off=frozenset(days[number][OFF]),
                days_worked=frozenset(days[number][WORKED]),
                doubtful=frozenset(days[number]["doubtful"]),
            )
            for number in days.keys() | official.keys()
        }
    )
