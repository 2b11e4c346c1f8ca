"""Petitions: facts in one table, content in others."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Integer, SmallInteger, String, Uuid, desc
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import relationship

from app.models.base import Row, now, scope_indexes
from app.security.scope import Content, Scoped
from app.security.sealed import Sealed


class Petition(Scoped, Row):
    """A paper or statement received. `number` is its id in exchange files and keeps its meaning for ever."""

    __tablename__ = "petitions"
    number = Column(String(80), nullable=False, unique=True)
    kind = Column(String(20), nullable=False)
    source = Column(String(20), nullable=False)
    received_on = Column(Date, nullable=False)
    dated_on = Column(Date)
    signatories = Column(String(10), nullable=False)
    people = Column(Integer, nullable=False)
    field = Column(String(20), nullable=False)
    instance = Column(SmallInteger, nullable=False)
    processed_on = Column(Date)
    eligible = Column(Boolean)
    competent = Column(Boolean)
    direction = Column(String(10))
    sent_to_id = Column(Uuid, ForeignKey("units.id"))
    case_id = Column(Uuid, ForeignKey("cases.id"), index=True)
    state = Column(String(12), nullable=False)
    due_on = Column(Date)
    handlers = Column(ARRAY(String(64)))
    registered_by = Column(String(64))
    registered_at = Column(DateTime(timezone=True), nullable=False, default=now)
    removed_at = Column(DateTime(timezone=True))

    sent_to = relationship("Unit", foreign_keys=[sent_to_id])
    case = relationship("Case", back_populates="petitions")
    text = relationship("PetitionText", back_populates="petition", uselist=False)
    persons = relationship("Person", back_populates="petition", order_by="Person.place")
    __table_args__: Any = (
        CheckConstraint("processed_on >= received_on", name="petitions_processed_after_received"),
        Index("petitions_registrar", "registered_by", postgresql_where="registered_by is not null"),
        Index("petitions_open", "unit_id", "received_on", postgresql_where="processed_on is null"),
        *scope_indexes("petitions", desc("received_on"), desc("id")),
    )


class PetitionText(Content, Row):
    """A petition's sealed text, with the tokens that find it and its persons."""

    __tablename__ = "petition_texts"
    petition_id = Column(Uuid, ForeignKey("petitions.id"), nullable=False, unique=True)
    received_on = Column(Date, nullable=False)
    body = Column(Sealed)
    tokens = Column(ARRAY(BigInteger), nullable=False)

    petition = relationship("Petition", back_populates="text")
    __table_args__: Any = (
        Index("petition_texts_tokens", "tokens", postgresql_using="gin"),
        *scope_indexes("petition_texts", desc("received_on"), desc("petition_id")),
    )


class Person(Content, Row):
    """A petitioner or a respondent; everything that names them is sealed together."""

    __tablename__ = "persons"
    petition_id = Column(Uuid, ForeignKey("petitions.id"), nullable=False, index=True)
    role = Column(String(12), nullable=False)
    place = Column(SmallInteger, nullable=False)
    identity = Column(Sealed, nullable=False)

    petition = relationship("Petition", back_populates="persons")


class Counter(Row):
    """The last number given in a series of a unit and year."""

    __tablename__ = "counters"
    unit_id = Column(Uuid, ForeignKey("units.id"), nullable=False)
    year = Column(Integer, nullable=False)
    series = Column(String(20), nullable=False)
    value = Column(Integer, nullable=False)
    __table_args__: Any = (Index("counters_one", "unit_id", "year", "series", unique=True),)
