"""Work by deadline, as the first page shows it: within the session's scope."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Uuid, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from app.models import Case, Deadline, Petition, Task
from app.reporting.before_use import any_began, before_use
from app.reporting.lists import Page
from app.reporting.paging import Order, Spot, read_cursor, turned

SOONEST = Order("", Deadline.due_on, Deadline.id, descending=False)
ORDERS = {order.name: order for order in (SOONEST, Order("latest", Deadline.due_on, Deadline.id))}


@dataclass(frozen=True)
class Whose:
    """Whose work: of these units, or all the scope shows; of one handler where `handler` is given. `before_use`: what
    ran out before its unit used the software, which otherwise is left out.
    """

    units: frozenset[uuid.UUID] | None = None
    handler: str | None = None
    before_use: bool = False


def waiting(session: Session, whose: Whose, today: date, most: int) -> tuple[int, int]:
    """How many deadlines are open, and how many of them ran out before today; of each up to one more than `most`."""
    query = select(Deadline.due_on).where(Deadline.done_on.is_(None), Deadline.unit_id.in_(whose.units or ()))
    soonest = query.where(~before_use(Deadline)).order_by(Deadline.due_on).limit(most + 1).subquery()
    counted = select(func.count(), func.count().filter(soonest.c.due_on < today)).select_from(soonest)
    open_ones, overdue = session.execute(counted).one()
    return open_ones, overdue


def inbox(session: Session, whose: Whose, order: Order, spot: Spot, size: int, cap: int) -> Page:
    """A page of open deadlines; soonest first, clocks that stand still are last; the other way round in the other
    order. Raises ValueError for a cursor that is none.
    """
    narrowed = select(Deadline).where(Deadline.done_on.is_(None))
    if whose.units is not None:
        narrowed = narrowed.where(Deadline.unit_id.in_(whose.units))
    if whose.handler is not None:
        narrowed = narrowed.where(Deadline.handlers.contains([whose.handler]))
    if whose.before_use:
        narrowed = narrowed.where(before_use(Deadline))
    elif any_began(session):
        narrowed = narrowed.where(~before_use(Deadline))
    falling = order.descending is not spot.backwards
    query = narrowed.order_by(*_sorted(falling)).limit(size + 1)
    if spot.cursor:
        query = query.where(_beyond(*read_cursor(spot.cursor), falling))
    query = query.options(
        joinedload(Deadline.petition).joinedload(Petition.case),
        joinedload(Deadline.case).selectinload(Case.petitions),
        joinedload(Deadline.task).joinedload(Task.petition).joinedload(Petition.case),
        joinedload(Deadline.task).joinedload(Task.case),
        joinedload(Deadline.unit),
    )
    rows = list(session.scalars(query).unique())
    shown = turned(spot, rows, size, lambda row: (row.due_on, row.id))
    if spot.before and shown.previous is None:  # whoever turned back to the beginning sees the first page whole
        return inbox(session, whose, order, Spot(), size, cap)
    page = Page(shown.rows, cap=cap, previous=shown.previous, next=shown.next)
    counted = narrowed.with_only_columns(Deadline.id).order_by(None).limit(cap + 1)
    page.count = session.scalar(select(func.count()).select_from(counted.subquery())) or 0
    return page


def _sorted(falling: bool) -> tuple[Any, Any]:
    if falling:
        return Deadline.due_on.desc().nulls_first(), Deadline.id.desc()
    return Deadline.due_on.asc().nulls_last(), Deadline.id.asc()


def _beyond(due: date | None, key: uuid.UUID, falling: bool) -> Any:
    """The condition on what stands behind that deadline, latest first or soonest first; one without a day is latest."""
    at_rest = Deadline.due_on.is_(None)
    if due is None:
        return or_(~at_rest, Deadline.id < key) if falling else and_(at_rest, Deadline.id > key)
    here = tuple_(Deadline.due_on, Deadline.id)
    there = tuple_(literal(due, Date), literal(key, Uuid))
    return here < there if falling else or_(here > there, at_rest)
