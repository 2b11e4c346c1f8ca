"""Forms whose columns each unit types in (06/QLKNTC)."""

from typing import Any

from sqlalchemy import Column, Date, Index, String
from sqlalchemy.dialects.postgresql import JSONB

from app.models.base import Row
from app.security.scope import Scoped


class TypedForm(Scoped, Row):
    """What one unit typed for one form and period: {column: number}."""

    __tablename__ = "typed_forms"
    form = Column(String(20), nullable=False)
    start_on = Column(Date, nullable=False)
    end_on = Column(Date, nullable=False)
    values = Column(JSONB, nullable=False)
    __table_args__: Any = (Index("typed_forms_one", "unit_id", "form", "start_on", "end_on", unique=True),)
