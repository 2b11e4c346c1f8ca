"""Steps of petitions and cases, kept for ever, with what was written about them."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    Date,
    DateTime,
    ForeignKey,
    String,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Row, now
from app.security.scope import Content, Facts
from app.security.sealed import Sealed, Secret


class Step(Facts, Row):
    """One transition of a petition or a case, kept for ever: who, when, with which paper, on what legal basis."""

    __tablename__ = "steps"
    petition_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("petitions.id"), index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"), index=True)
    step: Mapped[str] = mapped_column(String(30), nullable=False)
    taken_on: Mapped[date] = mapped_column(Date, nullable=False)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    taken_by: Mapped[str] = mapped_column(String(80), nullable=False)
    paper: Mapped[str | None] = mapped_column(String(120))
    basis: Mapped[str | None] = mapped_column(String(250))
    # Of an undoing: the step that it took back.
    undoes_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("steps.id"), unique=True)
    petition = relationship("Petition")
    case = relationship("Case")
    undoes = relationship("Step", remote_side="Step.id")
    note = relationship("StepNote", back_populates="step", uselist=False)


class StepNote(Content, Row):
    """What the person wrote when taking a step: content, sealed."""

    __tablename__ = "step_notes"
    step_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("steps.id"), nullable=False, unique=True)
    body: Mapped[Secret] = mapped_column(Sealed, nullable=False)
    step = relationship("Step", back_populates="note")
