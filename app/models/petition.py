"""Petitions: facts in one table, content in others."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
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

from app.law.codes import Direction, Kind, PetitionState
from app.models.base import Classified, Row, now, scope_indexes
from app.security.scope import Content, Facts
from app.security.sealed import Sealed, Secret
from app.security.tokens import INDEX

DUE = "due_on is not null and removed_at is null"


class Petition(Classified, Facts, Row):
    """A paper or statement received. `number` is its id in exchange files and keeps its meaning for ever."""

    __tablename__ = "petitions"
    number: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    kind: Mapped[Kind] = mapped_column(String(20), nullable=False)
    source: Mapped[str] = mapped_column(String(20), nullable=False)
    received_on: Mapped[date] = mapped_column(Date, nullable=False)
    dated_on: Mapped[date | None] = mapped_column(Date)
    forwarded_on: Mapped[date | None] = mapped_column(Date)
    signatories: Mapped[str] = mapped_column(String(10), nullable=False)
    people: Mapped[int] = mapped_column(Integer, nullable=False)
    field: Mapped[str] = mapped_column(String(20), nullable=False)
    instance: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    # A denunciation that has to be verified in several places (Luật Tố cáo 2018, Điều 24.1).
    many_places: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    # A denunciation by registration whose kind was corrected: its content stays closed as it was.
    kept_closed: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    # A complaint about the discipline of an official: discipline, dismissal.
    discipline: Mapped[str | None] = mapped_column(String(10))
    processed_on: Mapped[date | None] = mapped_column(Date)
    eligible: Mapped[bool | None] = mapped_column(Boolean)
    competent: Mapped[bool | None] = mapped_column(Boolean)
    direction: Mapped[Direction | None] = mapped_column(String(10))
    # Finished before the unit used the software: when, and where that is told.
    closed_on: Mapped[date | None] = mapped_column(Date)
    closed_source: Mapped[str | None] = mapped_column(String(120))
    sent_to_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("units.id"))
    case_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"), index=True)
    # The petition of the same unit that this one repeats; never one that repeats another itself.
    same_as_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("petitions.id"))
    state: Mapped[PetitionState] = mapped_column(String(12), nullable=False)
    due_on: Mapped[date | None] = mapped_column(Date)
    handlers: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))
    registered_by: Mapped[str | None] = mapped_column(String(64))
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    sent_to = relationship("Unit", foreign_keys=[sent_to_id])
    case = relationship("Case", back_populates="petitions")
    same_as = relationship("Petition", remote_side="Petition.id", post_update=True)
    text = relationship("PetitionText", back_populates="petition", uselist=False)
    persons = relationship(
        "Person",
        back_populates="petition",
        order_by="Person.place",
        cascade="save-update, merge, delete, delete-orphan",
    )
    steps = relationship("Step", viewonly=True)
    deadlines = relationship("Deadline", viewonly=True)
    receptions = relationship("Reception", back_populates="petition")
    documents = relationship("Document", back_populates="petition", order_by="Document.uploaded_at")
    conflicts = relationship("Conflict", back_populates="petition", order_by="Conflict.account")
    tasks = relationship("Task", back_populates="petition", order_by="Task.id")
    __table_args__: Any = (
        CheckConstraint("processed_on >= received_on", name="petitions_processed_after_received"),
        Index("petitions_registrar", "registered_by", postgresql_where="registered_by is not null"),
        Index("petitions_open", "unit_id", "received_on", postgresql_where="processed_on is null"),
        # A list by deadline: only what has one stands in it.
        *(
            Index(f"petitions_due_{level}", f"level_{level}", "due_on", "id", postgresql_where=DUE)
            for level in range(4)
        ),
        Index("petitions_due_unit", "unit_id", "due_on", "id", postgresql_where=DUE),
        Index("petitions_same_as", "same_as_id", postgresql_where="same_as_id is not null"),
        Index("petitions_removed", "id", postgresql_where="removed_at is not null"),
        # What row security asks of a fact, and that it was not withdrawn: a list is counted without a look at its rows.
        *scope_indexes(
            "petitions", desc("received_on"), desc("id"), carried=("removed_at", "shut_out", "registered_by")
        ),
    )


class PetitionText(Content, Row):
    """A petition's sealed text, with the tokens that find it and its persons."""

    __tablename__ = "petition_texts"
    petition_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("petitions.id"), nullable=False, unique=True)
    received_on: Mapped[date] = mapped_column(Date, nullable=False)
    body: Mapped[Secret | None] = mapped_column(Sealed)
    tokens: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), nullable=False, deferred=True)
    # The version of the index that the tokens are of; what was there before has 0 until it is indexed anew.
    indexed: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=INDEX, server_default="0")
    # The code on the slip the citizen took home, and the keyed hash it is found by.
    receipt: Mapped[Secret | None] = mapped_column(Sealed, deferred=True)
    receipt_key: Mapped[int | None] = mapped_column(BigInteger, deferred=True)

    petition = relationship("Petition", back_populates="text")
    __table_args__: Any = (
        Index("petition_texts_old_index", "id", postgresql_where="indexed < 1"),
        Index("petition_texts_tokens", "tokens", postgresql_using="gin"),
        Index("petition_texts_receipt", "receipt_key", unique=True, postgresql_where="receipt_key is not null"),
        *scope_indexes("petition_texts", desc("received_on"), desc("petition_id")),
    )


class Person(Content, Row):
    """A petitioner or a respondent; everything that names them is sealed together."""

    __tablename__ = "persons"
    petition_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("petitions.id"), nullable=False, index=True)
    role: Mapped[str] = mapped_column(String(12), nullable=False)
    place: Mapped[int] = mapped_column(SmallInteger, nullable=False)
    identity: Mapped[Secret] = mapped_column(Sealed, nullable=False)

    petition = relationship("Petition", back_populates="persons")


class Counter(Row):
    """The last number given in a series of a unit and year."""

    __tablename__ = "counters"
    unit_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("units.id"), nullable=False)
    year: Mapped[int] = mapped_column(Integer, nullable=False)
    series: Mapped[str] = mapped_column(String(20), nullable=False)
    value: Mapped[int] = mapped_column(Integer, nullable=False)
    __table_args__: Any = (Index("counters_one", "unit_id", "year", "series", unique=True),)
