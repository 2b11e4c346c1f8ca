"""Tasks: what somebody has to do by a day."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, ForeignKey, Index, String, Uuid, desc
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Row, now, scope_indexes
from app.security.scope import Content
from app.security.sealed import Sealed, Secret


class Task(Content, Row):
    """What the unit, or its `handlers`, have to do; of a petition, of a case, or of neither.

    `origin` and `state` are those of `law/tasks.py`; `rule`: the limit of the law that set the day, from `started_on`.
    `paper`, `paper_on` and `signer` are of the directive or whatever else gave it. `body` seals what is to be done and
    everything that was written since. `verifiers`: accounts that see it wherever they are.
    """

    __tablename__ = "tasks"
    number: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    origin: Mapped[str] = mapped_column(String(20), nullable=False)
    state: Mapped[str] = mapped_column(String(10), nullable=False)
    given_by: Mapped[str] = mapped_column(String(64), nullable=False)
    giver_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("units.id"), nullable=False)
    given_on: Mapped[date] = mapped_column(Date, nullable=False)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    rule: Mapped[str | None] = mapped_column(String(40))
    started_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    answered_on: Mapped[date | None] = mapped_column(Date)
    urged_on: Mapped[date | None] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    paper: Mapped[str | None] = mapped_column(String(120))
    paper_on: Mapped[date | None] = mapped_column(Date)
    signer: Mapped[str | None] = mapped_column(String(120))
    petition_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("petitions.id"), index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"), index=True)
    verifiers: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))
    body: Mapped[Secret] = mapped_column(Sealed, nullable=False)

    giver = relationship("Unit", foreign_keys=[giver_id])
    petition = relationship("Petition", back_populates="tasks")
    case = relationship("Case", back_populates="tasks")
    deadlines = relationship("Deadline", back_populates="task")
    documents = relationship("Document", back_populates="task", order_by="Document.uploaded_at")
    __table_args__: Any = (
        Index("tasks_giver", "giver_id", desc("id")),
        Index("tasks_verifiers", "verifiers", postgresql_using="gin"),
        Index("tasks_due_unit", "unit_id", "due_on", "id", postgresql_where="due_on is not null"),
        *(
            Index(f"tasks_due_{level}", f"level_{level}", "due_on", "id", postgresql_where="due_on is not null")
            for level in range(4)
        ),
        *scope_indexes("tasks", desc("id")),
    )
