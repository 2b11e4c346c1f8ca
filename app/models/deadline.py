"""Clocks that run for petitions, cases and tasks."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    String,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Row
from app.security.scope import Facts


class Deadline(Facts, Row):
    """A clock that runs, or ran until `done_on`. Overdue and due soon are computed, never stored."""

    __tablename__ = "deadlines"
    petition_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("petitions.id"), index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("cases.id"), index=True)
    task_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("tasks.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40), nullable=False)
    started_on: Mapped[date] = mapped_column(Date, nullable=False)
    due_on: Mapped[date | None] = mapped_column(Date)
    tentative: Mapped[bool] = mapped_column(Boolean, nullable=False)
    done_on: Mapped[date | None] = mapped_column(Date)
    handlers: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))
    petition = relationship("Petition", foreign_keys=[petition_id])
    case = relationship("Case", foreign_keys=[case_id])
    task = relationship("Task", back_populates="deadlines")
    __table_args__: Any = (
        Index("deadlines_open_unit", "unit_id", "due_on", "id", postgresql_where="done_on is null"),
        *(
            Index(f"deadlines_open_{level}", f"level_{level}", "due_on", "id", postgresql_where="done_on is null")
            for level in range(4)
        ),
    )
