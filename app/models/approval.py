"""What a second person allows, and whom a petition is closed to."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKey, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Row, now
from app.security.scope import Content, Scoped


class Approval(Scoped, Row):
    """One act that an account asked for and a second person granted or refused: used once, within its time.

    `unit` is the asker's.

    `act` is reveal, print, download or export; `subject` names what it is about: a petition's, case's or document's id,
    or an export's filters.
    """

    __tablename__ = "approvals"
    scope_own = True
    act: Mapped[str] = mapped_column(String(10), nullable=False)
    subject: Mapped[str] = mapped_column(String(400), nullable=False)
    number: Mapped[str] = mapped_column(String(120), nullable=False)
    secrecy: Mapped[int] = mapped_column(nullable=False, default=0)
    reason: Mapped[str] = mapped_column(Text, nullable=False)
    asked_by: Mapped[str] = mapped_column(String(64), nullable=False, index=True)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    granted: Mapped[bool | None] = mapped_column(Boolean)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Conflict(Content, Row):
    """An account that may have an interest in a petition, or in a reception that has none.

    Until `stays_out` is decided as False it is shut out.

    `why` is number (of identity: for good), name, near (a name written otherwise) or marked. Content that only the
    unit's leaders open.
    """

    __tablename__ = "conflicts"
    petition_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("petitions.id"), index=True)
    reception_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("receptions.id"), index=True)
    account: Mapped[str] = mapped_column(String(64), nullable=False)
    why: Mapped[str] = mapped_column(String(10), nullable=False)
    stays_out: Mapped[bool | None] = mapped_column(Boolean)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    petition = relationship("Petition", back_populates="conflicts")
    reception = relationship("Reception", back_populates="conflicts")
    __table_args__: Any = (
        CheckConstraint("num_nonnulls(petition_id, reception_id) = 1", name="conflicts_one_subject"),
    )
