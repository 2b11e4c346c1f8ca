"""The calendar an administrator keeps: years with or without an official table, days off and working Saturdays."""

from datetime import date

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.law.calendar import OFF
from app.models.base import Row


class HolidayYear(Row):
    """A year whose table is official or still estimated."""

    __tablename__ = "holiday_years"
    year: Mapped[int] = mapped_column(Integer, nullable=False, unique=True)
    official: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    paper: Mapped[str | None] = mapped_column(String(120))

    def __repr__(self) -> str:
        return str(self.year)


class Holiday(Row):
    """A day off on a weekday, or a weekend day that is worked in exchange; `doubtful`: its legal ground is not yet
    confirmed.
    """

    __tablename__ = "holidays"
    day: Mapped[date] = mapped_column(Date, nullable=False, unique=True)
    kind: Mapped[str] = mapped_column(String(6), nullable=False, default=OFF)
    doubtful: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    name: Mapped[str | None] = mapped_column(String(120))

    def __repr__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
