"""The reception register as a list: filtered, keyset-paged, counted up to a cap, within the session's scope."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from app.models import Reception, Unit
from app.reporting.lists import Page
from app.reporting.paging import Order, Spot, neighbours, turned
from app.text.fold import folded_words

LOOKED_AT = 1_000  # receptions that are opened to look for words: their texts have no index
NEWEST = Order("", Reception.held_on, Reception.id)
ORDERS = {order.name: order for order in (NEWEST, Order("oldest", Reception.held_on, Reception.id, descending=False))}
Says = Callable[[list[Reception]], dict[uuid.UUID, str]]


@dataclass(frozen=True)
class ReceptionFilters:
    """What narrows the list; each also stands in the address. `linked`: yes or no, whether it has a petition. `state`:
    removed, for what was withdrawn from the register; otherwise what stands in it.
    """

    text: str = ""
    kind: str = ""
    about: str = ""
    linked: str = ""
    state: str = ""
    held_from: date | None = None
    held_to: date | None = None
    unit: Unit | None = None
    subtree: bool = False


def receptions(
    session: Session, filters: ReceptionFilters, spot: Spot, size: int, cap: int, order: Order = NEWEST
) -> Page:
    """A page of receptions in that order. Raises ValueError for a cursor that is none."""
    narrowed = _narrow(filters)
    query = narrowed.order_by(*order.sorted(spot.backwards)).limit(size + 1).options(*_ALONG)
    if spot.cursor:
        query = query.where(order.beyond(spot.backwards))
    page = turned(spot, list(session.scalars(query, spot.parameters(order))), size, order.key_of)
    if spot.before and page.previous is None:  # whoever turned back to the beginning sees the first page whole
        return receptions(session, filters, Spot(), size, cap, order)
    counted = narrowed.with_only_columns(Reception.id).limit(cap + 1).subquery()
    count = session.scalar(select(func.count()).select_from(counted)) or 0
    return Page(page.rows, page.next, page.previous, count=count, cap=cap)


def holding(session: Session, filters: ReceptionFilters, says: Says, most: int) -> Page:
    """The newest receptions in whose words (`says`: what the account may see of each) all that is searched for stands,
    spelling aside; `stopped` where only the newest thousand were looked at.
    """
    wanted = folded_words(filters.text)
    query = _narrow(filters).order_by(*NEWEST.sorted()).limit(LOOKED_AT + 1).options(*_ALONG)
    rows = list(session.scalars(query))
    said = says(rows[:LOOKED_AT])
    found = [row for row in rows[:LOOKED_AT] if wanted <= folded_words(f"{row.number} {said[row.id]}")]
    return Page(found[:most], count=len(found), cap=LOOKED_AT, stopped=len(rows) > LOOKED_AT, has_end=False)


def beside(session: Session, filters: ReceptionFilters, order: Order, reception: Reception) -> tuple[Any, Any]:
    """The identities of the receptions before and after this one in such a list; None at either end, and for both in
    the hits of a search.
    """
    if filters.text.strip():
        return None, None
    return neighbours(session, _narrow(filters).with_only_columns(Reception.id), order, reception)


def all_of(session: Session, filters: ReceptionFilters, batch: int = 500) -> Iterator[Reception]:
    """Every reception the filters and the scope let through, oldest first, as a register is kept; each batch is
    forgotten after the next one came. The searched words do not narrow it.
    """
    base = _narrow(filters).order_by(Reception.held_on, Reception.id).limit(batch).options(*_ALONG)
    last: tuple[date, uuid.UUID] | None = None
    while True:
        following = base if last is None else base.where(tuple_(Reception.held_on, Reception.id) > last)
        rows = list(session.scalars(following).unique())
        last = (rows[-1].held_on, rows[-1].id) if rows else None
        yield from rows
        for row in rows:
            session.expunge(row)
        if len(rows) < batch:
            return


def how_many(session: Session, filters: ReceptionFilters, cap: int) -> int:
    """How many `all_of` gives, counted up to one more than the cap."""
    counted = _narrow(filters).with_only_columns(Reception.id).limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


_ALONG = (joinedload(Reception.text), joinedload(Reception.unit), joinedload(Reception.petition))


def _narrow(filters: ReceptionFilters) -> Any:
    removed = Reception.removed_at
    query = select(Reception).where(removed.is_not(None) if filters.state == "removed" else removed.is_(None))
    for column, value in ((Reception.kind, filters.kind), (Reception.about, filters.about)):
        if value:
            query = query.where(column == value)
    if filters.linked:
        there = Reception.petition_id.is_not(None)
        query = query.where(there if filters.linked == "yes" else ~there)
    if filters.held_from:
        query = query.where(Reception.held_on >= filters.held_from)
    if filters.held_to:
        query = query.where(Reception.held_on <= filters.held_to)
    if filters.unit is not None:
        at_level = getattr(Reception, f"level_{filters.unit.depth}")
        query = query.where(at_level == filters.unit.id if filters.subtree else Reception.unit_id == filters.unit.id)
    return query
