"""The calendar in the database, for commands that load no models."""

import psycopg

from app.law.calendar import Calendar, calendar_of


def read_calendar(connection: "psycopg.Connection") -> Calendar:
    """The calendar as the administrators keep it; the same as `operations.holidays.load_calendar`."""
    days = connection.execute("select day, kind, doubtful from holidays").fetchall()
    return calendar_of(days, dict(connection.execute("select year, official from holiday_years").fetchall()))
