"""The list of tasks: filtered, keyset-paged, counted up to a cap, within the session's scope."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.law.tasks import OPEN
from app.models import Petition, Task, Unit
from app.reporting.before_use import due_within
from app.reporting.lists import Page
from app.reporting.paging import Order, Spot, turned

NEWEST = Order("newest", None, Task.id)
# The orders the list may be shown in; by deadline: what has none has no place in it.
ORDERS = {
    order.name: order
    for order in (
        NEWEST,
        Order("oldest", None, Task.id, descending=False),
        Order("due", Task.due_on, Task.id, descending=False),
        Order("due_last", Task.due_on, Task.id),
    )
}
MINE = "mine"  # those assigned to the account
OURS = "ours"  # those its unit has to do
GAVE = "gave"  # those its unit gave


@dataclass(frozen=True)
class Reader:
    """Who looks: the account, and the units it works for."""

    account: str
    units: frozenset[uuid.UUID]


NOBODY = Reader("", frozenset())


@dataclass(frozen=True)
class TaskFilters:
    """What narrows the list; each also stands in the address. `state`: open where nothing is said."""

    whose: str = ""
    origin: str = ""
    state: str = ""
    handler: str = ""
    signer: str = ""
    unit: Unit | None = None
    subtree: bool = False
    due_before: date | None = None
    due_from: date | None = None
    before_use: bool | None = None
    reader: Reader = NOBODY


def tasks(session: Session, filters: TaskFilters, spot: Spot, size: int, cap: int, order: Order = NEWEST) -> Page:
    """A page of tasks in that order. Raises ValueError for a cursor that is none."""
    narrowed = _narrow(filters)
    if order.day is not None:
        narrowed = narrowed.where(order.day.is_not(None))
    query = narrowed.order_by(*order.sorted(spot.backwards)).limit(size + 1)
    if spot.cursor:
        query = query.where(order.beyond(spot.backwards))
    along = (Task.unit, Task.giver, Task.case)
    query = query.options(*map(joinedload, along), joinedload(Task.petition).joinedload(Petition.case))
    page = turned(spot, list(session.scalars(query, spot.parameters(order)).unique()), size, order.key_of)
    if spot.before and page.previous is None:  # whoever turned back to the beginning sees the first page whole
        return tasks(session, filters, Spot(), size, cap, order)
    count = how_many(session, filters, cap)
    return Page(page.rows, page.next, page.previous, count=count, cap=cap)


def how_many(session: Session, filters: TaskFilters, cap: int) -> int:
    """How many tasks there are, counted up to one more than the cap."""
    counted = _narrow(filters).with_only_columns(Task.id).limit(cap + 1).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def _narrow(filters: TaskFilters) -> Any:
    query = select(Task)
    if filters.whose == MINE:
        query = query.where(Task.handlers.contains([filters.reader.account]))
    elif filters.whose == OURS:
        query = query.where(Task.unit_id.in_(filters.reader.units))
    elif filters.whose == GAVE:
        query = query.where(Task.giver_id.in_(filters.reader.units))
    query = query.where(Task.state == filters.state if filters.state else Task.state.in_(OPEN))
    if filters.origin:
        query = query.where(Task.origin == filters.origin)
    if filters.handler:
        query = query.where(Task.handlers.contains([filters.handler]))
    if filters.signer:
        query = query.where(Task.signer == filters.signer)
    if filters.unit is not None:
        at_level = getattr(Task, f"level_{filters.unit.depth}")
        query = query.where(at_level == filters.unit.id if filters.subtree else Task.unit_id == filters.unit.id)
    return due_within(query, Task, filters)
