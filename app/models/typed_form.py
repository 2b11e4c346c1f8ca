"""Forms whose columns each unit types in (06/QLKNTC)."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Row
from app.security.scope import Scoped


class TypedForm(Scoped, Row):
    """What one unit typed for one form and period: {column: number}."""

    __tablename__ = "typed_forms"
    form: Mapped[str] = mapped_column(String(20), nullable=False)
    start_on: Mapped[date] = mapped_column(Date, nullable=False)
    end_on: Mapped[date] = mapped_column(Date, nullable=False)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    __table_args__: Any = (Index("typed_forms_one", "unit_id", "form", "start_on", "end_on", unique=True),)
