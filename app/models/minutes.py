"""The records (biên bản) of acts on accounts, and the templates they are made from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Row, now


class Minutes(Row):
    """The record (biên bản) of an act on an account, numbered per year, as it was generated; never changed."""

    __tablename__ = "minutes"
    number: Mapped[str] = mapped_column(String(80), nullable=False)
    kind: Mapped[str] = mapped_column(String(16), nullable=False)
    made_on: Mapped[date] = mapped_column(nullable=False)
    made_by: Mapped[str] = mapped_column(String(80), nullable=False)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id"), nullable=False, index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    document: Mapped[bytes] = mapped_column(nullable=False)

    account = relationship("Account")
    __table_args__: Any = (Index("minutes_number", "number", unique=True),)


class MinutesTemplate(Row):
    """The .docx template an administrator put in place of the application's own; the newest of its kind counts."""

    __tablename__ = "minutes_templates"
    kind: Mapped[str] = mapped_column(String(16), nullable=False, index=True)
    made_by: Mapped[str] = mapped_column(String(80), nullable=False)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    document: Mapped[bytes] = mapped_column(nullable=False)
