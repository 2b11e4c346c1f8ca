"""Accounts: Flask-AppBuilder's user table with kind, unit and lock; the sign-in name is an identifier given once."""

import uuid
from datetime import UTC, datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, String, Table, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

ADMIN, MANAGER, USER = "admin", "manager", "user"
KINDS = (ADMIN, MANAGER, USER)

account_manages = Table(
    "account_manages",
    Model.metadata,
    Column("manager_id", Integer, ForeignKey("ab_user.id"), primary_key=True),
    Column("user_id", Integer, ForeignKey("ab_user.id"), primary_key=True),
)


class Account(User):
    """An account. `username` is its identifier and never changes; `kind` sets a ceiling no role can widen."""

    __tablename__ = "ab_user"
    kind: Mapped[str] = mapped_column(String(10), nullable=False, default=USER)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("units.id"))
    holder: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    document: Mapped[str | None] = mapped_column(String(120))
    must_change_password: Mapped[bool] = mapped_column(Boolean, nullable=False, default=True)
    wrong_passwords: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    locks: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    session_epoch: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    changed_password_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    confirmed_by: Mapped[str | None] = mapped_column(String(64))

    unit = relationship("Unit", lazy="joined")
    manages = relationship(
        "Account",
        secondary=account_manages,
        primaryjoin=lambda: Account.id == account_manages.c.manager_id,
        secondaryjoin=lambda: Account.id == account_manages.c.user_id,
        lazy="select",
    )

    @validates("username")
    def _once(self, _key: str, value: str) -> str:
        if self.username is not None and self.username != value:
            raise ValueError("an account's identifier never changes")
        return value

    @property
    def is_locked(self) -> bool:
        """True while the password path is closed."""
        return self.locked_until is not None and self.locked_until > datetime.now(UTC)

    def __repr__(self) -> str:
        return f"{self.username} {self.holder}".strip()
