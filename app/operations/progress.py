"""How far a long operation is. It tells; whoever wants to know listens at the session."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy.orm import Session

_KEY = "progress"


def listen(session: Session, heard: Callable[[int, int], None]) -> None:
    """From here on `heard` gets what operations of this session have done, and of how much."""
    session.info[_KEY] = heard


def tell(session: Session, done: int, total: int) -> None:
    """Whoever listens has been told."""
    if (heard := session.info.get(_KEY)) is not None:
        heard(done, total)


def told_along(session: Session, items: Iterable[Any], total: int) -> Iterator[Any]:
    """The items, each told of once it was dealt with."""
    for done, item in enumerate(items, start=1):
        yield item
        tell(session, done, total)
