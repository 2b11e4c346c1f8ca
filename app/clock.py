"""The clock: days are those of Vietnam, whatever zone the machine runs in."""

from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))


def today() -> date:
    """Today in Vietnam."""
    return datetime.now(VIETNAM).date()
