"""Long work that goes on after the request that asked for it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, DateTime, ForeignKey, Index, Integer, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Row, now
from app.security.sealed import Sealed, Secret

WAITING = "waiting"
RUNNING = "running"
DONE = "done"
FAILED = "failed"
FETCHED = "fetched"  # its file was given out, once
EXPIRED = "expired"  # nobody came for its file in time


class Job(Row):
    """What an account asked for; the account's own, and nobody else's.

    `arguments` (what was asked) and `told` (what came of it) are sealed. While it runs its row is locked: a second run
    waits, and then finds nothing to do.
    """

    __tablename__ = "jobs"
    account: Mapped[str] = mapped_column(String(64), nullable=False)
    kind: Mapped[str] = mapped_column(String(20), nullable=False)
    state: Mapped[str] = mapped_column(String(10), nullable=False, default=WAITING)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    arguments: Mapped[Secret | None] = mapped_column(Sealed)
    told: Mapped[Secret | None] = mapped_column(Sealed)
    has_file: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    __table_args__: Any = (Index("jobs_account", "account", "asked_at"), Index("jobs_asked", "asked_at"))


class JobProgress(Row):
    """How far a job is: a row beside the job's own, which is locked while it runs."""

    __tablename__ = "job_progress"
    id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    done: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    total: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
