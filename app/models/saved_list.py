"""Lists that were saved."""

import uuid
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Row
from app.security.sealed import Sealed, Secret


class SavedList(Row):
    """An account's own, or shared in its unit; who opens it sees its own scope. Name and filters are sealed: they may
    tell of people.
    """

    __tablename__ = "saved_lists"
    account: Mapped[str] = mapped_column(String(64), nullable=False)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, ForeignKey("units.id"))
    endpoint: Mapped[str] = mapped_column(String(40), nullable=False)
    shared: Mapped[bool] = mapped_column(Boolean, nullable=False)
    start: Mapped[bool] = mapped_column(Boolean, nullable=False)
    body: Mapped[Secret] = mapped_column(Sealed, nullable=False)
    __table_args__: Any = (
        Index("saved_lists_account", "account"),
        Index("saved_lists_shared", "unit_id", postgresql_where="shared"),
        Index("saved_lists_start", "account", unique=True, postgresql_where="start"),
    )
