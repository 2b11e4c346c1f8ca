"""Requests for accounts, from the unit that asks to the administrator who decides."""

import uuid
from datetime import datetime

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Row, now


class AccountRequest(Row):
    """A unit's request for accounts, on its way up: at the unit that has to act next, or, `at_unit` empty, with the
    administrators.
    """

    __tablename__ = "account_requests"
    unit_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("units.id"), nullable=False, index=True)
    at_unit_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("units.id"), index=True)
    number: Mapped[str] = mapped_column(String(80), nullable=False, unique=True)
    state: Mapped[str] = mapped_column(String(12), nullable=False, default="sent")
    made_by: Mapped[str] = mapped_column(String(64), nullable=False)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)

    unit = relationship("Unit", foreign_keys=[unit_id], lazy="joined")
    at_unit = relationship("Unit", foreign_keys=[at_unit_id], lazy="joined")
    lines = relationship("AccountRequestLine", back_populates="request", order_by="AccountRequestLine.place")
    moves = relationship("AccountRequestMove", back_populates="request", order_by="AccountRequestMove.made_at")


class AccountRequestLine(Row):
    """One account that is asked for, and what was decided on it."""

    __tablename__ = "account_request_lines"
    request_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("account_requests.id"), nullable=False, index=True)
    place: Mapped[int] = mapped_column(Integer, nullable=False)
    identifier: Mapped[str] = mapped_column(String(64), nullable=False)
    kind: Mapped[str] = mapped_column(String(10), nullable=False)
    holder: Mapped[str] = mapped_column(String(120), nullable=False)
    roles: Mapped[str] = mapped_column(String(250), nullable=False, default="")
    granted: Mapped[bool | None] = mapped_column(Boolean)
    reason: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id"))

    request = relationship("AccountRequest", back_populates="lines")


class AccountRequestMove(Row):
    """A step of a request: sent, forwarded, returned, decided; by whom, for which unit, with which paper."""

    __tablename__ = "account_request_moves"
    request_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("account_requests.id"), nullable=False, index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("units.id"), nullable=False)
    step: Mapped[str] = mapped_column(String(12), nullable=False)
    made_by: Mapped[str] = mapped_column(String(64), nullable=False)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    paper: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Text)

    request = relationship("AccountRequest", back_populates="moves")
    unit = relationship("Unit")
