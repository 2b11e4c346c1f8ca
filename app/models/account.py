"""Accounts: Flask-AppBuilder's user table with kind, unit, lock and confirmation; the sign-in name is an identifier
given once.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, String, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship, validates

from app.models.base import Row, now
from app.security import browsers

ADMIN = "admin"
MANAGER = "manager"
USER = "user"
KINDS = (ADMIN, MANAGER, USER)

account_manages = Table(
    "account_manages",
    Model.metadata,
    Column("manager_id", Integer, ForeignKey("ab_user.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("ab_user.id"), primary_key=True),
)


class Account(User):
    """An account. `username` is its identifier and never changes; `kind` sets a ceiling no role can widen.

    `act`, `acted_by`, `acted_at`: what an administrator last did that could make the account somebody else's; until
    `confirmed_at` it opens no data.
    `unconfirmed`: every such act since the last confirmation, so that a harmless one cannot hide another.
    """

    __tablename__ = "ab_user"
    kind: Mapped[str] = mapped_column(String(10), nullable=False, default=USER)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("units.id"))
    holder: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    # keyed hash of the holder's identity number, never the number
    holder_key: Mapped[str | None] = mapped_column(String(20))
    paper: Mapped[str | None] = mapped_column(String(120))
    must_change_password: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    initial_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    wrong_passwords: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    locks: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    changed_password_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    signed_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    act: Mapped[str] = mapped_column(String(16), nullable=False, default="grant")
    unconfirmed: Mapped[list[dict[str, str]]] = mapped_column(JSONB, nullable=False, default=list)
    acted_by: Mapped[str | None] = mapped_column(String(80))
    acted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    disabled_why: Mapped[str | None] = mapped_column(String(16))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    reviewed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    unit = relationship("Unit", lazy="joined")
    manages = relationship(
        "Account",
        secondary=account_manages,
        primaryjoin=lambda: Account.id == account_manages.c.manager_id,
        secondaryjoin=lambda: Account.id == account_manages.c.user_id,
        lazy="select",
    )
    certificates = relationship("Certificate", back_populates="account", order_by="Certificate.bound_at")
    factors = relationship("SecondFactor", back_populates="account", order_by="SecondFactor.made_at")

    @validates("username")
    def _once(self, _key: str, value: str) -> str:
        if self.username is not None and self.username != value:
            raise ValueError("an account's identifier never changes")
        return value

    id_number = ""  # what a form hands over; only `holder_key` is stored

    @property
    def holder_known(self) -> bool:
        """True when the holder's identity number is known, as a hash."""
        return self.holder_key is not None

    @property
    def is_locked(self) -> bool:
        """True while the password path is closed to browsers the account has not signed in from before."""
        return self.locked_until is not None and self.locked_until > datetime.now(UTC)

    @property
    def is_locked_somewhere(self) -> bool:
        """True while the password path is closed to strangers, or to a browser known to the account."""
        session = object_session(self)
        return self.is_locked or (session is not None and browsers.any_locked(session, self.id))

    @property
    def opens_data(self) -> bool:
        """True when the account is in use and, unless it can never hold data, somebody other than the administrator who
        acted has confirmed it.
        """
        return bool(self.active) and (self.kind == ADMIN or self.confirmed_at is not None)

    @property
    def state(self) -> str:
        """closed, idle, suspended, unconfirmed or in_use."""
        if self.closed_at is not None:
            return "closed"
        if not self.active:
            return "idle" if self.disabled_why == "idle" else "suspended"
        return "in_use" if self.opens_data else "unconfirmed"

    @property
    def confirmation(self) -> tuple[Any, ...]:
        """What was last done to the account, by whom and when; who confirmed it and when."""
        return (self.act, self.acted_by, self.acted_at, self.confirmed_by, self.confirmed_at)

    @property
    def certificate(self) -> Any:
        """The certificate the account is bound to now, or None."""
        return next((bound for bound in self.certificates if bound.ended_at is None), None)

    @property
    def open_factors(self) -> list[Any]:
        """The second factors in use."""
        return [factor for factor in self.factors if factor.ended_at is None]

    def __repr__(self) -> str:
        return f"{self.username} {self.holder}".strip()


class PastPassword(Row):
    """The hash of a password an account once had."""

    __tablename__ = "past_passwords"
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id"), nullable=False)
    password: Mapped[str] = mapped_column(String(256), nullable=False)
    __table_args__: Any = (Index("past_passwords_account", "account_id", "id"),)


class RoleChange(Row):
    """A permission over data that an administrator wants a role to have, or (`removal`) no longer to have; it counts
    once somebody who leads confirms it.
    """

    __tablename__ = "role_changes"
    role_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_role.id", ondelete="CASCADE"), nullable=False)
    permission: Mapped[str] = mapped_column(String(60), nullable=False)
    subject: Mapped[str] = mapped_column(String(60), nullable=False)
    removal: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    asked_by: Mapped[str] = mapped_column(String(80), nullable=False)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    granted: Mapped[bool | None] = mapped_column(Boolean)

    role = relationship("Role")


class PolicyChange(Row):
    """A weaker way to sign in that an administrator wants a unit to have (None: that of the unit above); it counts once
    somebody who leads confirms it.
    """

    __tablename__ = "policy_changes"
    unit_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("units.id"), nullable=False)
    policy: Mapped[str | None] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(80), nullable=False)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    granted: Mapped[bool | None] = mapped_column(Boolean)

    unit = relationship("Unit")
