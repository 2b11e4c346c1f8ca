"""Receptions of citizens, and the days announced for them."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Integer, String, Uuid, desc
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.law.codes import Kind
from app.models.base import Row, scope_indexes
from app.security.scope import RECEPTIONS, Content, Facts, Scoped
from app.security.sealed import Sealed, Secret


class Reception(Facts, Row):
    """A meeting with citizens.

    `matter_key` tells matters apart without naming them; None: its own matter. `about`: what it was about, where it was
    said.
    """

    __tablename__ = "receptions"
    scope_family = RECEPTIONS
    number: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    held_on: Mapped[date] = mapped_column(Date, nullable=False)
    kind: Mapped[str] = mapped_column(String(12), nullable=False)
    people: Mapped[int] = mapped_column(Integer, nullable=False)
    about: Mapped[Kind | None] = mapped_column(String(20))
    matter_key: Mapped[int | None] = mapped_column(BigInteger)
    petition_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("petitions.id"), index=True)
    # When it was last corrected, withdrawn or put back; what stood before is told in its text.
    changed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    petition = relationship("Petition", back_populates="receptions")
    text = relationship("ReceptionText", back_populates="reception", uselist=False)
    conflicts = relationship("Conflict", back_populates="reception", order_by="Conflict.account")
    __table_args__: Any = scope_indexes("receptions", desc("held_on"), desc("id"))


class ReceptionText(Content, Row):
    """What the meeting was about, sealed: matter, summary, result, and who came."""

    __tablename__ = "reception_texts"
    scope_family = RECEPTIONS
    reception_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("receptions.id"), nullable=False, unique=True)
    body: Mapped[Secret | None] = mapped_column(Sealed)
    reception = relationship("Reception", back_populates="text")


class ReceptionDay(Scoped, Row):
    """A day publicly announced for the head, or a person the head authorised, to receive citizens."""

    __tablename__ = "reception_days"
    scope_family = RECEPTIONS
    number: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    held_on: Mapped[date] = mapped_column(Date, nullable=False)
    holder: Mapped[str] = mapped_column(String(12), nullable=False)
    __table_args__: Any = scope_indexes("reception_days", desc("held_on"), desc("id"))
