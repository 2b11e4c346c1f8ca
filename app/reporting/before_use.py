"""What ran out before a unit began to use the software: told apart, so that years brought in do not count as its
lateness.
"""

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.models import Unit


def before_use(model: Any) -> Any:
    """The condition that a row's `due_on` lies before the day from which its unit uses the software."""
    return exists().where(Unit.id == model.unit_id, Unit.uses_from > model.due_on)


def any_began(session: Session) -> bool:
    """True where some unit says from when it uses the software."""
    return session.scalars(select(Unit.id).where(Unit.uses_from.is_not(None)).limit(1)).first() is not None


def due_within(query: Any, model: Any, filters: Any) -> Any:
    """The rows whose deadline lies within the days of the filters: `due_from`, `due_before`, `before_use`."""
    if filters.due_before:
        query = query.where(model.due_on < filters.due_before)
    if filters.due_from:
        query = query.where(model.due_on >= filters.due_from)
    if filters.before_use is not None:
        old = before_use(model)
        query = query.where(old if filters.before_use else ~old)
    return query
