"""Places as addresses name them."""

from sqlalchemy import Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Row


class Place(Row):
    """A province or commune, of today or (`past`) from before 1/7/2025, with all that it lies in; `became`: what it is
    part of today, a line each.
    """

    __tablename__ = "places"
    name: Mapped[str] = mapped_column(String(200), nullable=False)
    past: Mapped[bool] = mapped_column(Boolean, nullable=False)
    became: Mapped[str] = mapped_column(Text, nullable=False, default="")
    folded: Mapped[str] = mapped_column(String(220), nullable=False)  # words without diacritics, a space before each
