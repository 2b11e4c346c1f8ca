"""Registers that were imported, and files that wait between preview and import."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Row, now
from app.security.scope import Scoped
from app.security.sealed import Sealed, Secret


class ImportedFile(Scoped, Row):
    """A register whose rows came into the unit.

    A keyed hash of its bytes, how many rows, when and by whom (None: by the operator).
    """

    __tablename__ = "imported_files"
    scope_own = True
    digest: Mapped[str] = mapped_column(String(16), nullable=False)
    rows: Mapped[int] = mapped_column(Integer, nullable=False)
    imported_by: Mapped[str | None] = mapped_column(String(64))
    imported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    __table_args__: Any = (Index("imported_files_digest", "digest", "unit_id"),)


class NamedHeading(Scoped, Row):
    """What a heading of the unit's registers means, where it is none that everybody uses: a column's key; empty where
    the column is passed over.
    """

    __tablename__ = "named_headings"
    scope_own = True
    heading: Mapped[str] = mapped_column(String(200), nullable=False)  # as compared: folded words
    column: Mapped[str] = mapped_column(String(40), nullable=False)
    __table_args__: Any = (Index("named_headings_one", "unit_id", "heading", unique=True),)


class HeldFile(Row):
    """A file between its preview and its import.

    Sealed, for the account that sent it, found by a token of which only the hash is kept.
    """

    __tablename__ = "held_files"
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id"), nullable=False, index=True)
    token: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    name: Mapped[Secret] = mapped_column(Sealed, nullable=False)
    data: Mapped[Secret] = mapped_column(Sealed, nullable=False)
    held_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
