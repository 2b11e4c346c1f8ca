"""The calendar in the database: seeded once, edited by administrators, read as `law.calendar.Calendar`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law.calendar import OFF, WORKED, Calendar, calendar_of
from app.law.holidays import SEED
from app.models.holiday import Holiday, HolidayYear


def seed_holidays(session: Session) -> None:
    """Every year of the seed that the table does not know is there; a year an administrator has touched is left
    alone.
    """
    known = set(session.scalars(select(HolidayYear.year)))
    for number, year in SEED.years.items():
        if number not in known:
            session.add(HolidayYear(year=number, official=year.official))
            session.add_all(Holiday(day=day, kind=OFF, doubtful=day in year.doubtful) for day in sorted(year.days_off))
            session.add_all(Holiday(day=day, kind=WORKED) for day in sorted(year.days_worked))
    session.flush()


def load_calendar(session: Session) -> Calendar:
    """The calendar as the administrators keep it."""
    days = session.execute(select(Holiday.day, Holiday.kind, Holiday.doubtful)).tuples()
    return calendar_of(days, dict(session.execute(select(HolidayYear.year, HolidayYear.official)).tuples().all()))
