"""What was typed in a form and not stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Row
from app.security.sealed import Sealed, Secret


class Draft(Row):
    """One per account and form (its address names form and subject); its writer's, and nobody else's.

    Sealed as a denunciation is: what it is about may not have been said yet.
    """

    __tablename__ = "drafts"
    account: Mapped[str] = mapped_column(String(64), nullable=False)
    address: Mapped[str] = mapped_column(String(200), nullable=False)
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), nullable=False)
    body: Mapped[Secret] = mapped_column(Sealed, nullable=False)
    __table_args__: Any = (Index("drafts_one", "account", "address", unique=True), Index("drafts_kept", "kept_at"))
