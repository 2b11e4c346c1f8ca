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
