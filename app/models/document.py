"""Documents: scans and files of a petition, a case or a task, and the derivatives made from them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Classified, Row, now
from app.security.scope import Content
from app.security.sealed import Sealed, Secret


class Document(Classified, Content, Row):
    """A file as it came, sealed beside the database with its SHA-256, its working copy, and what was read in it.

    `told` seals name, SHA-256 and remarks; `recipe`, of a derivative, what was to be covered. `state` is that of
    `law/documents.py`. A derivative has
    `derived_from_id`; `checked_by` looked at it; `verifiers` are the accounts it was handed to.
    `unscanned`: it is used before a scanner has looked at it, or was made from one that is, and does not leave.
    """

    __tablename__ = "documents"
    petition_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("petitions.id"), index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"), index=True)
    task_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("tasks.id"), index=True)
    derived_from_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("documents.id"), index=True)
    media: Mapped[str] = mapped_column(String(10), nullable=False)
    size: Mapped[int] = mapped_column(BigInteger, nullable=False)
    state: Mapped[str] = mapped_column(String(10), nullable=False)
    why: Mapped[str | None] = mapped_column(String(300))
    tries: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    next_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    unscanned: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False, server_default=false())
    pages: Mapped[int | None] = mapped_column(Integer)
    told: Mapped[Secret] = mapped_column(Sealed, nullable=False)
    recipe: Mapped[Secret | None] = mapped_column(Sealed)
    read_text: Mapped[Secret | None] = mapped_column(Sealed)
    tokens: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), nullable=False, default=list, deferred=True)
    uploaded_by: Mapped[str] = mapped_column(String(80), nullable=False)
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    checked_by: Mapped[str | None] = mapped_column(String(80))
    verifiers: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))

    petition = relationship("Petition", back_populates="documents")
    case = relationship("Case", back_populates="documents")
    task = relationship("Task", back_populates="documents")
    derived_from = relationship("Document", remote_side="Document.id")

    @property
    def subject(self) -> Any:
        """The petition, case or task it is of, as far as the session sees it."""
        return self.petition or self.case or self.task

    __table_args__: Any = (
        CheckConstraint("num_nonnulls(petition_id, case_id, task_id) = 1", name="documents_one_subject"),
        Index("documents_tokens", "tokens", postgresql_using="gin"),
        Index("documents_unscanned", "next_at", postgresql_where="unscanned"),
        Index("documents_at_work", "next_at", postgresql_where="state in ('held', 'waiting', 'ready')"),
    )
