"""Numbers are unique in the whole installation: asking whether one is taken tells yes or no and nothing else, also of
rows the scope hides.
"""

from collections.abc import Iterable

from sqlalchemy import ARRAY, String, bindparam, func, select
from sqlalchemy.orm import Session


def is_taken(session: Session, number: str) -> bool:
    """True when a petition, case, reception or announced day somewhere has that number (a function of the database's
    owner, migration 0003).
    """
    return bool(session.scalar(select(func.number_taken(number))))


def taken_of(session: Session, numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that something somewhere has; asked in one statement."""
    asked = bindparam("numbers", sorted(set(numbers)), ARRAY(String))
    number = func.unnest(asked).column_valued("number")
    return set(session.scalars(select(number).where(func.number_taken(number))))
