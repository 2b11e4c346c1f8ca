"""Cases: the matter that petitions are about, its suspensions, decision and execution."""

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Integer, SmallInteger, String, Uuid, desc
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import relationship

from app.models.base import AMOUNT, Row, now, scope_indexes
from app.security.scope import Content, Scoped
from app.security.sealed import Sealed


class Case(Scoped, Row):
    """A matter that is accepted, verified, decided, executed. `state` follows from its dates (`law/steps.py`)."""

    __tablename__ = "cases"
    number = Column(String(80), nullable=False, unique=True)
    kind = Column(String(20), nullable=False)
    instance = Column(SmallInteger, nullable=False)
    previous_id = Column(Uuid, ForeignKey("cases.id"))
    remote = Column(Boolean, nullable=False)
    complexity = Column(ARRAY(SmallInteger), nullable=False)
    accepted_on = Column(Date)
    refused_on = Column(Date)
    withdrawn_on = Column(Date)
    discontinued_on = Column(Date)
    state = Column(String(12), nullable=False)
    due_on = Column(Date)
    opened_at = Column(DateTime(timezone=True), nullable=False, default=now)

    previous = relationship("Case", remote_side="Case.id")
    petitions = relationship("Petition", back_populates="case", order_by="Petition.received_on")
    suspensions = relationship("Suspension", back_populates="case", order_by="Suspension.start_on")
    decision = relationship("Decision", back_populates="case", uselist=False)
    entries = relationship("ExecutionEntry", back_populates="case", order_by=lambda: (ExecutionEntry.executed_on, ExecutionEntry.id))
    __table_args__: Any = (
        CheckConstraint("num_nonnulls(refused_on, withdrawn_on, discontinued_on) <= 1", name="cases_one_end"),
        *scope_indexes("cases", desc("id")),
    )


class Suspension(Scoped, Row):
    """Days that do not count: from `start_on` to the day before `end_on`."""

    __tablename__ = "suspensions"
    case_id = Column(Uuid, ForeignKey("cases.id"), nullable=False, index=True)
    start_on = Column(Date, nullable=False)
    end_on = Column(Date)
    case = relationship("Case", back_populates="suspensions")
    __table_args__: Any = (CheckConstraint("end_on >= start_on", name="suspensions_order"),)


class Decision(Scoped, Row):
    """How a case ended: a decision (complaint), a conclusion (denunciation) or an answer, and what it recommends."""

    __tablename__ = "decisions"
    case_id = Column(Uuid, ForeignKey("cases.id"), nullable=False, unique=True)
    kind = Column(String(20), nullable=False)
    instance = Column(SmallInteger, nullable=False)
    decided_on = Column(Date, nullable=False)
    number = Column(String(80), nullable=False)
    outcome = Column(String(12), nullable=False)
    state_money = Column(AMOUNT, nullable=False, default=0)
    state_land = Column(AMOUNT, nullable=False, default=0)
    returned_money = Column(AMOUNT, nullable=False, default=0)
    returned_land = Column(AMOUNT, nullable=False, default=0)
    organisations_restored = Column(Integer, nullable=False, default=0)
    individuals_restored = Column(Integer, nullable=False, default=0)
    organisations_to_discipline = Column(Integer, nullable=False, default=0)
    people_to_discipline = Column(Integer, nullable=False, default=0)
    officials_to_discipline = Column(Integer, nullable=False, default=0)
    investigations = Column(Integer, nullable=False, default=0)
    people_to_investigate = Column(Integer, nullable=False, default=0)
    officials_to_investigate = Column(Integer, nullable=False, default=0)
    sent_on = Column(Date)
    finished_on = Column(Date)
    case = relationship("Case", back_populates="decision")
    __table_args__: Any = (Index("decisions_reported", "path", "kind", "decided_on"),)


class ExecutionEntry(Scoped, Row):
    """What was executed on one day."""

    __tablename__ = "execution_entries"
    case_id = Column(Uuid, ForeignKey("cases.id"), nullable=False, index=True)
    executed_on = Column(Date, nullable=False)
    state_money = Column(AMOUNT, nullable=False, default=0)
    state_land = Column(AMOUNT, nullable=False, default=0)
    returned_money = Column(AMOUNT, nullable=False, default=0)
    returned_land = Column(AMOUNT, nullable=False, default=0)
    organisations_disciplined = Column(Integer, nullable=False, default=0)
    people_disciplined = Column(Integer, nullable=False, default=0)
    officials_disciplined = Column(Integer, nullable=False, default=0)
    prosecutions = Column(Integer, nullable=False, default=0)
    people_prosecuted = Column(Integer, nullable=False, default=0)
    officials_prosecuted = Column(Integer, nullable=False, default=0)
    case = relationship("Case", back_populates="entries")


class Step(Scoped, Row):
    """One transition of a petition or a case, kept for ever: who, when, with which document, on what legal basis."""

    __tablename__ = "steps"
    petition_id = Column(Uuid, ForeignKey("petitions.id"), index=True)
    case_id = Column(Uuid, ForeignKey("cases.id"), index=True)
    step = Column(String(30), nullable=False)
    taken_on = Column(Date, nullable=False)
    recorded_at = Column(DateTime(timezone=True), nullable=False, default=now)
    taken_by = Column(String(80), nullable=False)
    document = Column(String(120))
    basis = Column(String(250))
    note = relationship("StepNote", back_populates="step", uselist=False)


class StepNote(Content, Row):
    """What the person wrote when taking a step: content, sealed."""

    __tablename__ = "step_notes"
    step_id = Column(Uuid, ForeignKey("steps.id"), nullable=False, unique=True)
    body = Column(Sealed, nullable=False)
    step = relationship("Step", back_populates="note")


class Deadline(Scoped, Row):
    """A clock that runs, or ran until `done_on`. Overdue and due soon are computed, never stored."""

    __tablename__ = "deadlines"
    petition_id = Column(Uuid, ForeignKey("petitions.id"), index=True)
    case_id = Column(Uuid, ForeignKey("cases.id"), index=True)
    rule = Column(String(40), nullable=False)
    started_on = Column(Date, nullable=False)
    due_on = Column(Date)
    tentative = Column(Boolean, nullable=False)
    done_on = Column(Date)
    handlers = Column(ARRAY(String(64)))
    petition = relationship("Petition", foreign_keys=[petition_id])
    case = relationship("Case", foreign_keys=[case_id])
    __table_args__: Any = (
        Index("deadlines_open_unit", "unit_id", "due_on", "id", postgresql_where="done_on is null"),
        *(Index(f"deadlines_open_{level}", f"level_{level}", "due_on", "id", postgresql_where="done_on is null") for level in range(4)),
    )
