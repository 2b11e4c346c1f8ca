"""What an account signs in with besides a password: a certificate on a token, or a second factor."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Row, now
from app.security.sealed import Sealed, Secret

WEBAUTHN = "webauthn"
TOTP = "totp"


class Certificate(Row):
    """A certificate bound to an account at enrolment: found by its fingerprint, issuer and serial, never by a name in
    it.
    """

    __tablename__ = "certificates"
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id"), nullable=False, index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), nullable=False)
    issuer: Mapped[str] = mapped_column(String(500), nullable=False)
    serial: Mapped[str] = mapped_column(String(50), nullable=False)
    subject: Mapped[str] = mapped_column(String(500), nullable=False)
    valid_to: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False)
    bound_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    bound_by: Mapped[str] = mapped_column(String(80), nullable=False)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_why: Mapped[str | None] = mapped_column(String(16))

    account = relationship("Account", back_populates="certificates")
    # One certificate, one account, for ever; one account, one certificate at a time.
    __table_args__: Any = (
        Index("certificates_fingerprint", "fingerprint", unique=True),
        Index("certificates_bound", "account_id", unique=True, postgresql_where="ended_at is null"),
    )


class SecondFactor(Row):
    """A security key (WebAuthn) or, as the last resort, a code generator (TOTP, its secret sealed)."""

    __tablename__ = "second_factors"
    account_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id"), nullable=False, index=True)
    kind: Mapped[str] = mapped_column(String(10), nullable=False)
    name: Mapped[str] = mapped_column(String(60), nullable=False)
    rp_id: Mapped[str | None] = mapped_column(String(253))
    credential: Mapped[bytes | None] = mapped_column()
    public_key: Mapped[bytes | None] = mapped_column()
    counter: Mapped[int] = mapped_column(BigInteger, nullable=False, default=0)
    secret: Mapped[Secret | None] = mapped_column(Sealed)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False, default=now)
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    account = relationship("Account", back_populates="factors")
    __table_args__: Any = (
        Index("second_factors_credential", "credential", unique=True, postgresql_where="ended_at is null"),
    )
