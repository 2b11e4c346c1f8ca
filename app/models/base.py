"""What every table of ours has: a UUID of version 7 made before the row is written."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Date, Index, Numeric, SmallInteger, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.security.ids import uuid7

AMOUNT = Numeric(15, 3)  # million VND, or m²: three decimals


def now() -> datetime:
    """This moment, with its zone.

    A default made here needs no RETURNING, which row security would check against what the account may read.
    """
    return datetime.now(UTC)


class Row(Model):
    """A table of ours."""

    __abstract__ = True
    __allow_unmapped__ = True  # plain Column definitions, as Flask-AppBuilder's own models
    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=uuid7)

    def __init__(self, **values: Any) -> None:
        """The row knows its identity at once: sealing binds to it."""
        values.setdefault("id", uuid7())
        super().__init__(**values)


class Classified:
    """What carries a level of state secrecy (`law/secrecy.py`), its last day, and its number in the register of
    secrets.
    """

    secrecy: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    secrecy_until: Mapped[date | None] = mapped_column(Date)
    secrecy_number: Mapped[str | None] = mapped_column(String(80))


def scope_indexes(table: str, *order: Any, carried: tuple[str, ...] = ()) -> tuple[Index, ...]:
    """The indexes that answer scope in the order a list shows: one per ancestor level and one per unit; `carried`: what
    else a count asks of a row, which then need not be looked at.
    """
    levels = (
        Index(f"{table}_level_{level}", f"level_{level}", *order, postgresql_include=["path", "unit_id", *carried])
        for level in range(4)
    )
    return (*levels, Index(f"{table}_unit", "unit_id", *order, postgresql_include=["path", *carried]))
