"""The calendar an administrator keeps: years with or without an official table, days off and working Saturdays."""

from sqlalchemy import Boolean, Column, Date, Integer, String

from app.models.base import Row

OFF, WORKED = "off", "worked"


class HolidayYear(Row):
    """A year whose table is official or still estimated."""

    __tablename__ = "holiday_years"
    year = Column(Integer, nullable=False, unique=True)
    official = Column(Boolean, nullable=False, default=False)
    document = Column(String(120))

    def __repr__(self) -> str:
        return str(self.year)


class Holiday(Row):
    """A day off on a weekday, or a weekend day that is worked in exchange; `doubtful`: its legal ground is not yet confirmed."""

    __tablename__ = "holidays"
    day = Column(Date, nullable=False, unique=True)
    kind = Column(String(6), nullable=False, default=OFF)
    doubtful = Column(Boolean, nullable=False, default=False)
    name = Column(String(120))

    def __repr__(self) -> str:
        return f"{self.day:%d/%m/%Y}"
