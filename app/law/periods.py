"""Reporting periods: the year runs from 15/12 to 14/12 (Thông tư 06/2025/TT-TTCP, Điều 4), and a report is due by the
17th (Điều 7).
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Period:
    """A named reporting period, both days included."""

    key: str
    name: str
    start: date
    end: date


def periods_of(year: int) -> tuple[Period, ...]:
    """The seven periods of the reporting year that ends on 14/12 of `year`."""
    start = date(year - 1, 12, 15)
    return (
        Period("q1", f"Quý I/{year}", start, date(year, 3, 14)),
        Period("q2", f"Quý II/{year}", date(year, 3, 15), date(year, 6, 14)),
        Period("q3", f"Quý III/{year}", date(year, 6, 15), date(year, 9, 14)),
        Period("q4", f"Quý IV/{year}", date(year, 9, 15), date(year, 12, 14)),
        Period("m6", f"6 tháng đầu năm {year}", start, date(year, 6, 14)),
        Period("m9", f"9 tháng đầu năm {year}", start, date(year, 9, 14)),
        Period("year", f"Năm {year}", start, date(year, 12, 14)),
    )


def reporting_year(day: date) -> int:
    """The reporting year a day belongs to."""
    return day.year + 1 if (day.month, day.day) >= (12, 15) else day.year


def current_quarter(day: date) -> Period:
    """The quarter a day lies in."""
    return next(period for period in periods_of(reporting_year(day))[:4] if period.start <= day <= period.end)
