"""Cases: the matter that petitions are about, its suspensions, decision and execution."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Uuid,
    desc,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.law.codes import CaseState, Kind
from app.models.base import AMOUNT, Classified, Row, now, scope_indexes
from app.security.scope import DEPTH, Facts

# What a step brought goes when the step is taken back; it stays, sealed, in the history of the undoing.
TAKEN_BACK = "save-update, merge, delete, delete-orphan"


class Case(Classified, Facts, Row):
    """A matter that is accepted, verified, decided, executed. `state` follows from its dates (`law/steps.py`)."""

    __tablename__ = "cases"
    number: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    kind: Mapped[Kind] = mapped_column(String(20), nullable=False)
    instance: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    previous_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"))
    remote: Mapped[bool] = mapped_column(Boolean, nullable=False)
    complexity: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), nullable=False)
    # True: nothing is known of decisions to extend, as in older files; the criteria count as decided in full.
    criteria_in_full: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    accepted_on: Mapped[date | None] = mapped_column(Date)
    refused_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    discontinued_on: Mapped[date | None] = mapped_column(Date)
    # Finished before the unit used the software: when, and where that is told.
    closed_on: Mapped[date | None] = mapped_column(Date)
    closed_source: Mapped[str | None] = mapped_column(String(120))
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state: Mapped[CaseState] = mapped_column(String(12), nullable=False)
    due_on: Mapped[date | None] = mapped_column(Date)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)

    previous = relationship("Case", remote_side="Case.id", post_update=True)
    petitions = relationship("Petition", back_populates="case", order_by="Petition.received_on")
    # Those that left it: their step tells of both.
    former = relationship(
        "Petition",
        secondary="steps",
        primaryjoin="Case.id == Step.case_id",
        secondaryjoin="Step.petition_id == Petition.id",
        order_by="Petition.received_on",
        viewonly=True,
    )
    suspensions = relationship("Suspension", back_populates="case", order_by="Suspension.start_on", cascade=TAKEN_BACK)
    extensions = relationship(
        "Extension",
        back_populates="case",
        order_by=lambda: (Extension.decided_on, Extension.id),
        cascade=TAKEN_BACK,
    )
    ending = relationship("Ending", back_populates="case", uselist=False, cascade=TAKEN_BACK)
    steps = relationship("Step", viewonly=True)
    deadlines = relationship("Deadline", viewonly=True)
    documents = relationship("Document", back_populates="case", order_by="Document.uploaded_at")
    tasks = relationship("Task", back_populates="case", order_by="Task.id")
    decision = relationship("Decision", back_populates="case", uselist=False, cascade=TAKEN_BACK)
    entries = relationship(
        "ExecutionEntry",
        back_populates="case",
        order_by=lambda: (ExecutionEntry.executed_on, ExecutionEntry.id),
        cascade=TAKEN_BACK,
    )
    __table_args__: Any = (
        CheckConstraint("num_nonnulls(refused_on, withdrawn_on, discontinued_on) <= 1", name="cases_one_end"),
        *scope_indexes("cases", desc("id")),
        # A list by deadline: only what has one stands in it.
        Index("cases_due_unit", "unit_id", "due_on", "id", postgresql_where="due_on is not null"),
        *(
            Index(f"cases_due_{level}", f"level_{level}", "due_on", "id", postgresql_where="due_on is not null")
            for level in range(DEPTH)
        ),
    )


class Suspension(Facts, Row):
    """Days that do not count: from `start_on` to the day before `end_on`; the decisions that say so."""

    __tablename__ = "suspensions"
    closed_with = "case"
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("cases.id"), nullable=False, index=True)
    start_on: Mapped[date] = mapped_column(Date, nullable=False)
    end_on: Mapped[date | None] = mapped_column(Date)
    ground: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(80))
    sent_on: Mapped[date | None] = mapped_column(Date)
    resumed_number: Mapped[str | None] = mapped_column(String(80))
    resumed_sent_on: Mapped[date | None] = mapped_column(Date)
    case = relationship("Case", back_populates="suspensions")
    __table_args__: Any = (
        CheckConstraint("end_on >= start_on", name="suspensions_order"),
        Index("suspensions_one_open", "case_id", unique=True, postgresql_where="end_on is null"),
    )


class Extension(Facts, Row):
    """A decision that adds days to the time in which a denunciation is settled."""

    __tablename__ = "extensions"
    closed_with = "case"
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("cases.id"), nullable=False, index=True)
    decided_on: Mapped[date] = mapped_column(Date, nullable=False)
    number: Mapped[str] = mapped_column(String(80), nullable=False)
    days: Mapped[int] = mapped_column(Integer, nullable=False)
    criteria: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), nullable=False)
    case = relationship("Case", back_populates="extensions")


class Ending(Facts, Row):
    """The papers of a case that ended without a result: the decision, and that by which all was withdrawn."""

    __tablename__ = "endings"
    closed_with = "case"
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("cases.id"), nullable=False, unique=True)
    ground: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(80))
    sent_on: Mapped[date | None] = mapped_column(Date)
    paper: Mapped[str | None] = mapped_column(String(20))
    paper_number: Mapped[str | None] = mapped_column(String(120))
    paper_on: Mapped[date | None] = mapped_column(Date)
    case = relationship("Case", back_populates="ending")


class Decision(Facts, Row):
    """How a case ended: a decision (complaint), a conclusion (denunciation) or an answer, and what it recommends."""

    __tablename__ = "decisions"
    closed_with = "case"
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("cases.id"), nullable=False, unique=True)
    kind: Mapped[Kind] = mapped_column(String(20), nullable=False)
    instance: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    decided_on: Mapped[date] = mapped_column(Date, nullable=False)
    number: Mapped[str] = mapped_column(String(80), nullable=False)
    outcome: Mapped[str] = mapped_column(String(12), nullable=False)
    state_money: Mapped[Decimal] = mapped_column(AMOUNT, nullable=False, default=0)
    state_land: Mapped[Decimal] = mapped_column(AMOUNT, nullable=False, default=0)
    returned_money: Mapped[Decimal] = mapped_column(AMOUNT, nullable=False, default=0)
    returned_land: Mapped[Decimal] = mapped_column(AMOUNT, nullable=False, default=0)
    organisations_restored: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    individuals_restored: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    organisations_to_discipline: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    people_to_discipline: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    officials_to_discipline: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    investigations: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    people_to_investigate: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    officials_to_investigate: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    sent_on: Mapped[date | None] = mapped_column(Date)
    finished_on: Mapped[date | None] = mapped_column(Date)
    case = relationship("Case", back_populates="decision")
    __table_args__: Any = (
        *(Index(f"decisions_level_{level}", f"level_{level}", "decided_on") for level in range(DEPTH)),
        Index("decisions_numbered", "unit_id", "number"),
    )


class ExecutionEntry(Facts, Row):
    """What was executed on one day."""

    __tablename__ = "execution_entries"
    closed_with = "case"
    case_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("cases.id"), nullable=False, index=True)
    executed_on: Mapped[date] = mapped_column(Date, nullable=False)
    state_money: Mapped[Decimal] = mapped_column(AMOUNT, nullable=False, default=0)
    state_land: Mapped[Decimal] = mapped_column(AMOUNT, nullable=False, default=0)
    returned_money: Mapped[Decimal] = mapped_column(AMOUNT, nullable=False, default=0)
    returned_land: Mapped[Decimal] = mapped_column(AMOUNT, nullable=False, default=0)
    organisations_disciplined: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    people_disciplined: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    officials_disciplined: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    prosecutions: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    people_prosecuted: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    officials_prosecuted: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    case = relationship("Case", back_populates="entries")
