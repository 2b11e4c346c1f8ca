"""The list of cases: filtered, keyset-paged, counted up to a cap, within the session's scope."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import Case, Petition, Unit
from app.operations.search import MOST, search
from app.reporting.before_use import due_within
from app.reporting.lists import Page
from app.reporting.paging import Order, Spot, neighbours, turned

NEWEST = Order("", None, Case.id)
# The orders the list may be shown in; by deadline: what has none has no place in it.
ORDERS = {
    order.name: order
    for order in (
        NEWEST,
        Order("oldest", None, Case.id, descending=False),
        Order("due", Case.due_on, Case.id, descending=False),
        Order("due_last", Case.due_on, Case.id),
    )
}


@dataclass(frozen=True)
class CaseFilters:
    """What narrows the list; each also stands in the address."""

    text: str = ""
    kind: str = ""
    state: str = ""
    handler: str = ""
    unit: Unit | None = None
    subtree: bool = False
    due_before: date | None = None
    due_from: date | None = None
    before_use: bool | None = None


def cases(session: Session, filters: CaseFilters, spot: Spot, size: int, cap: int, order: Order = NEWEST) -> Page:
    """A page of cases in that order, each with its petitions. Raises ValueError for a cursor that is none."""
    narrowed = _narrow(session, filters)
    if order.day is not None:
        narrowed = narrowed.where(order.day.is_not(None))
    query = narrowed.order_by(*order.sorted(spot.backwards)).limit(size + 1)
    if spot.cursor:
        query = query.where(order.beyond(spot.backwards))
    query = query.options(joinedload(Case.unit), selectinload(Case.petitions))
    found = list(session.scalars(query, spot.parameters(order)).unique())
    page = turned(spot, found, size, order.key_of)
    if spot.before and page.previous is None:  # whoever turned back to the beginning sees the first page whole
        return cases(session, filters, Spot(), size, cap, order)
    counted = narrowed.with_only_columns(Case.id).limit(cap + 1).subquery()
    count = session.scalar(select(func.count()).select_from(counted)) or 0
    return Page(page.rows, page.next, page.previous, count=count, cap=cap)


def beside(session: Session, filters: CaseFilters, order: Order, case: Case) -> tuple[Any, Any]:
    """The identities of the cases before and after this one in such a list; None at either end, and for both in the
    hits of a search.
    """
    if filters.text.strip():
        return None, None
    return neighbours(session, _narrow(session, filters).with_only_columns(Case.id), order, case)


def all_of(session: Session, filters: CaseFilters, batch: int = 200) -> Iterator[list[Case]]:
    """Every case the filters and the scope let through, oldest first, in batches, with what a register tells of it;
    each batch is forgotten before the next one comes.
    """
    of_petitions = selectinload(Case.petitions)
    texts = (of_petitions.joinedload(Petition.text), of_petitions.selectinload(Petition.persons))
    base = _narrow(session, filters).order_by(Case.id).limit(batch)
    base = base.options(joinedload(Case.unit), joinedload(Case.decision), *texts)
    last: uuid.UUID | None = None
    while True:
        rows = list(session.scalars(base if last is None else base.where(Case.id > last)).unique())
        last = rows[-1].id if rows else None
        yield rows
        for row in rows:
            session.expunge(row)
        if len(rows) < batch:
            return


def how_many(session: Session, filters: CaseFilters, cap: int) -> int:
    """How many `all_of` gives, counted up to one more than the cap."""
    counted = _narrow(session, filters).with_only_columns(Case.id).limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def _narrow(session: Session, filters: CaseFilters) -> Any:
    removed = Case.removed_at
    query = select(Case).where(removed.is_not(None) if filters.state == "removed" else removed.is_(None))
    for column, value in ((Case.kind, filters.kind), (Case.state, filters.state)):
        if value:
            query = query.where(column == value)
    if filters.unit is not None:
        at_level = getattr(Case, f"level_{filters.unit.depth}")
        query = query.where(at_level == filters.unit.id if filters.subtree else Case.unit_id == filters.unit.id)
    query = due_within(query, Case, filters)
    if filters.handler:
        handled = select(Petition.case_id).where(Petition.handlers.contains([filters.handler]))
        query = query.where(Case.id.in_(handled))
    if text := filters.text.strip():
        # By what its petitions say, or by its own number.
        hits = {petition.case_id for petition in search(session, text, MOST).petitions} - {None}
        query = query.where(Case.id.in_(hits) | (Case.number == text))
    return query
