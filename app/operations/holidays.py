"""The calendar in the database: seeded once, edited by administrators, read as `law.calendar.Calendar`."""

from datetime import date
from functools import lru_cache

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
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
    """The calendar as the administrators keep it, as it stands now; made once for as long as it stands so."""
    day = func.concat_ws(" ", func.to_char(Holiday.day, "YYYY-MM-DD"), Holiday.kind, Holiday.doubtful)
    year = func.concat_ws(" ", HolidayYear.year, HolidayYear.official)
    days = select(func.string_agg(day, aggregate_order_by(literal(";"), Holiday.day))).scalar_subquery()
    years = select(func.string_agg(year, aggregate_order_by(literal(";"), HolidayYear.year))).scalar_subquery()
    stamps = session.execute(select(days, years)).one()
    return _made(stamps[0] or "", stamps[1] or "")


@lru_cache(maxsize=4)
def _made(days: str, years: str) -> Calendar:
    """The calendar of rows written as text: what was read is its own version."""
    rows = [entry.split(" ") for entry in days.split(";") if entry]
    official = [entry.split(" ") for entry in years.split(";") if entry]
    return calendar_of(
        [(date.fromisoformat(day), kind, doubtful == "t") for day, kind, doubtful in rows],
        {int(year): known == "t" for year, known in official},
    )
