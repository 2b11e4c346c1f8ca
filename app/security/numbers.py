"""Numbers are unique in the whole installation: asking whether one is taken tells yes or no and nothing else, also of
rows the scope hides.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def is_taken(session: Session, number: str) -> bool:
    """True when a petition, case, reception or announced day somewhere has that number (a function of the database's
    owner, migration 0003).
    """
    return bool(session.scalar(select(func.number_taken(number))))
