"""Lists of petitions and deadlines: filtered, keyset-paged, counted up to a cap.

The scope is the session's; filters only narrow it.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    Uuid,
    and_,
    any_,
    bindparam,
    desc,
    func,
    inspect,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app.law.facts import PETITION, PROCESSED
from app.law.secrecy import NORMAL
from app.models import Case, Person, Petition, PetitionText, Unit
from app.operations.search import MOST, search, texts_holding
from app.reporting.before_use import due_within
from app.reporting.paging import Order, Spot, neighbours, turned
from app.text.query import parse

TEXT_CAP = 1_000  # more hits than these are not told in number


@dataclass(frozen=True)
class Filters:
    """What narrows a list; each also stands in the address, so that a filtered list can be kept and sent.

    `before_use`: whether only, or nothing, whose deadline ended before its unit used the software. `chosen`: these
    petitions only, which were ticked in a list.
    """

    text: str = ""
    kind: str = ""
    state: str = ""
    field: str = ""
    source: str = ""
    unit: Unit | None = None
    subtree: bool = False
    received_from: date | None = None
    received_to: date | None = None
    due_before: date | None = None
    due_from: date | None = None
    before_use: bool | None = None
    handler: str = ""
    chosen: tuple[uuid.UUID, ...] = ()


@dataclass
class Page:
    """One page of a list: its rows, the cursors of the pages beside it, and the count up to the cap."""

    rows: list[Any]
    next: str | None = None
    previous: str | None = None
    has_end: bool = True  # False for hits of a search, whose last page nobody knows
    count: int = 0
    cap: int = 0
    stopped: bool = False  # a phrase was looked for in the newest hits only
    near: int = 0  # so many of all hits, the last, hold the searched words nearly
    meant: str = ""  # the searched words as they stand there, where nothing holds them as typed

    @property
    def capped(self) -> bool:
        """True when there are more than were counted."""
        return self.count > self.cap


def _narrow(query: Any, filters: Filters) -> Any:
    query = query.where(
        Petition.removed_at.is_not(None) if filters.state == "removed" else Petition.removed_at.is_(None)
    )
    for column, value in (
        (Petition.kind, filters.kind),
        (Petition.field, filters.field),
        (Petition.source, filters.source),
    ):
        if value:
            query = query.where(column == value)
    if filters.state in ("received", "processed"):
        query = query.where(Petition.state == filters.state)
    elif filters.state == "closed":  # itself, or with its case
        ended = Petition.case_id.in_(select(Case.id).where(Case.state == "closed"))
        query = query.where(or_(Petition.state == "closed", ended))
    elif filters.state and filters.state != "removed":
        query = query.join(Case, Case.id == Petition.case_id).where(Case.state == filters.state)
    if filters.unit is not None:
        at_level = getattr(Petition, f"level_{filters.unit.depth}")
        query = query.where(at_level == filters.unit.id if filters.subtree else Petition.unit_id == filters.unit.id)
    if filters.received_from:
        query = query.where(Petition.received_on >= filters.received_from)
    if filters.received_to:
        query = query.where(Petition.received_on <= filters.received_to)
    query = due_within(query, Petition, filters)
    if filters.chosen:
        query = query.where(Petition.id.in_(filters.chosen))
    if filters.handler:
        query = query.where(Petition.handlers.contains([filters.handler]))
    return query


def days_of_phase(phase: str, today: date, soon: int) -> tuple[date | None, date | None]:
    """The first deadline in that phase, and the first after it; `soon`: days until which a deadline is soon."""
    later = today + timedelta(days=soon + 1)
    return {
        "overdue": (None, today),
        "due_soon": (today, later),
        "in_time": (later, None),
        "before_use": (None, today),
    }[phase]


NEWEST = Order("", Petition.received_on, Petition.id)
# The orders a list may be shown in; each has its index. By deadline: what has none has no place in it.
ORDERS = {
    order.name: order
    for order in (
        NEWEST,
        Order("oldest", Petition.received_on, Petition.id, descending=False),
        Order("due", Petition.due_on, Petition.id, descending=False),
        Order("due_last", Petition.due_on, Petition.id),
    )
}


def petitions(
    session: Session, filters: Filters, spot: Spot | None, size: int, cap: int, order: Order = NEWEST
) -> Page:
    """A page of petitions in that order, or the best hits of a search first.

    Raises ValueError for a cursor that is none.
    """
    spot = spot or Spot()
    if filters.text.strip():
        return _searched(session, filters, int(spot.after or spot.before or 0), size, cap)
    page = _listed(session, filters, spot, size, cap, order)
    # Whoever turned back to the beginning sees the first page whole.
    return _listed(session, filters, Spot(), size, cap, order) if spot.before and page.previous is None else page


def _searched(session: Session, filters: Filters, start: int, size: int, cap: int) -> Page:
    if not 0 <= start < MOST:
        raise ValueError("no such page of a search")
    narrowed = replace(filters, text="") != Filters()
    end = start + size
    found = search(session, filters.text, end + 1, (lambda query: _narrow(query, filters)) if narrowed else None)
    hits = found.petitions
    page = Page(hits[start:end], count=len(hits), cap=min(cap, TEXT_CAP), stopped=found.stopped, has_end=False)
    page.near = found.near
    page.meant = found.meant
    if end < min(len(hits), MOST):
        page.next = str(end)
    page.previous = str(max(start - size, 0)) if start else None
    if len(hits) > end:  # there are more than were fetched
        known = max(found.count, len(hits))
        page.count = known if found.whole else known + 1
        page.cap = page.cap if found.whole else known
    return page


def _listed(session: Session, filters: Filters, spot: Spot, size: int, cap: int, order: Order) -> Page:
    shape = (bool(spot.cursor), spot.backwards, cap, order)
    query = _page(*shape) if filters == Filters() else _page.__wrapped__(*shape, filters)
    found = session.execute(query, {"size": size + 1} | spot.parameters(order)).all()
    page = turned(spot, [row for row, _ in found], size, order.key_of)
    count = found[0][1] if found else 0
    if not found and spot.cursor:  # nothing follows: what there is before is still told
        count = _listed(session, filters, Spot(), 0, cap, order).count
    return Page(page.rows, page.next, page.previous, count=count, cap=cap)


def beside(session: Session, filters: Filters, order: Order, petition: Petition) -> tuple[Any, Any]:
    """The identities of the petitions before and after this one in such a list; None at either end, and for both in the
    hits of a search.
    """
    if filters.text.strip():
        return None, None
    return neighbours(session, _narrow(select(Petition.id), filters), order, petition)


@lru_cache(maxsize=32)
def _page(beside: bool, backwards: bool, cap: int, order: Order, filters: Filters = Filters()) -> Any:
    """Petitions with how many there are, up to the cap; counted in the order of the page, which the same index gives
    without a look at the rows.
    """
    narrowed = _narrow(select(Petition), filters)
    if order.day is Petition.due_on:
        narrowed = narrowed.where(Petition.due_on.is_not(None))
    ordered = order.sorted(backwards)
    counted = narrowed.with_only_columns(Petition.id).order_by(*ordered).limit(cap + 1).subquery()
    count = select(func.count()).select_from(counted).scalar_subquery()
    query = narrowed.add_columns(count).order_by(*ordered).limit(bindparam("size", type_=Integer))
    query = query.options(
        joinedload(Petition.unit).load_only(Unit.code, Unit.name, Unit.uses_from),
        joinedload(Petition.case).load_only(Case.kind, Case.state, Case.number, Case.secrecy, Case.secrecy_until),
    )
    return query.where(order.beyond(backwards)) if beside else query


def how_many(session: Session, filters: Filters, cap: int) -> int:
    """How many petitions the filters let through, up to one more than the cap."""
    counted = _narrow(select(Petition.id), filters).limit(cap + 1)
    if filters.text.strip():
        counted = _exported(filters, None, Petition.id).limit(cap + 1)
    return session.scalar(select(func.count()).select_from(counted.subquery())) or 0


def texts_of(session: Session, rows: list[Petition]) -> Mapping[uuid.UUID, PetitionText]:
    """The texts of a page's petitions that the session may read, each with its petition and the petition's persons; of
    those not yet loaded, in one statement.
    """
    missing = {row.id: row for row in rows if {"text", "persons"} & inspect(row).unloaded}
    found = {row.id: row.text for row in rows if row.id not in missing}
    persons: dict[uuid.UUID, list[Person]] = {key: [] for key in missing}
    if missing:
        for text, person in session.execute(_texts(), {"keys": list(missing)}):
            found[text.petition_id] = text
            persons[text.petition_id] += [person] if person is not None else []
    for key, row in missing.items():
        set_committed_value(row, "text", found.get(key))
        set_committed_value(row, "persons", persons[key])
    texts = {key: text for key, text in found.items() if text is not None}
    for row in rows:
        if row.id in texts:
            set_committed_value(texts[row.id], "petition", row)
    return texts


@lru_cache(maxsize=1)
def _texts() -> Any:
    query = select(PetitionText, Person).outerjoin(Person, Person.petition_id == PetitionText.petition_id)
    asked = bindparam("keys", type_=ARRAY(Uuid))
    return query.where(PetitionText.petition_id == any_(asked)).order_by(PetitionText.petition_id, Person.place)


def open_work(session: Session, identifier: str) -> list[Petition]:
    """The open petitions that account handles, or registered and nobody has processed yet; the newest five hundred,
    within the session's scope.
    """
    mine = or_(
        Petition.handlers.contains([identifier]),
        and_(Petition.registered_by == identifier, Petition.state == "received"),
    )
    query = select(Petition).outerjoin(Case, Case.id == Petition.case_id)
    open_ones = or_(Petition.state == "received", Case.state.in_(("reviewing", "accepted", "suspended", "decided")))
    query = (
        query.where(mine, open_ones, Petition.removed_at.is_(None))
        .order_by(desc(Petition.received_on), desc(Petition.id))
        .limit(500)
    )
    return list(session.scalars(query.options(joinedload(Petition.unit), joinedload(Petition.case))))


def secrecy_of_list(session: Session, filters: Filters) -> int:
    """The highest level among the petitions the filters and the scope let through."""
    own = session.scalar(_narrow(select(func.max(Petition.secrecy)), filters)) or NORMAL
    cases = (
        session.scalar(select(func.max(Case.secrecy)).where(Case.id.in_(_narrow(select(Petition.case_id), filters))))
        or NORMAL
    )
    return max(own, cases)


EXPORT_COLUMNS = (
    Petition.number,
    *(getattr(Petition, fact.stored) for fact in (*PETITION, *PROCESSED)),
    Petition.state,
    Petition.due_on,
)


def export_rows(
    session: Session, filters: Filters, without_secret_on: date | None = None, batch: int = 2000
) -> Iterator[Any]:
    """The facts of every petition the filters and the scope let through, newest first, in keyset batches of constant
    memory.

    `without_secret_on`: leaves out what is secret on that day.
    """
    base = _exported(filters, without_secret_on, *EXPORT_COLUMNS, Unit.code, Unit.name, Petition.id)
    base = base.order_by(desc(Petition.received_on), desc(Petition.id)).limit(batch)
    last: tuple[date, uuid.UUID] | None = None
    while True:
        following = base if last is None else base.where(tuple_(Petition.received_on, Petition.id) < last)
        rows = session.execute(following).all()
        yield from rows
        if len(rows) < batch:
            return
        last = (rows[-1].received_on, rows[-1].id)


def export_petitions(
    session: Session, filters: Filters, without_secret_on: date | None = None, batch: int = 500
) -> Iterator[list[Petition]]:
    """The same petitions with unit, receiver, case and decision, in batches that are forgotten after each."""
    base = _exported(filters, without_secret_on, Petition).order_by(desc(Petition.received_on), desc(Petition.id))
    base = base.limit(batch).options(
        joinedload(Petition.unit), joinedload(Petition.sent_to), joinedload(Petition.case).joinedload(Case.decision)
    )
    last: tuple[date, uuid.UUID] | None = None
    while True:
        following = base if last is None else base.where(tuple_(Petition.received_on, Petition.id) < last)
        rows = list(session.scalars(following).unique())
        last = (rows[-1].received_on, rows[-1].id) if rows else None
        yield rows
        for row in rows:
            session.expunge(row)
        if len(rows) < batch:
            return


def export_count(session: Session, filters: Filters, without_secret_on: date | None, cap: int) -> int:
    """How many rows `export_rows` gives, counted up to one more than the cap."""
    counted = _exported(filters, without_secret_on, Petition.id).limit(cap + 1)
    return session.scalar(select(func.count()).select_from(counted.subquery())) or 0


def _exported(filters: Filters, without_secret_on: date | None, *columns: Any) -> Any:
    base = _narrow(select(*columns).join(Unit, Unit.id == Petition.unit_id), filters)
    if without_secret_on is not None:
        base = base.where(or_(Petition.secrecy == NORMAL, Petition.secrecy_until < without_secret_on))
        secret = select(Case.id).where(
            Case.secrecy != NORMAL, or_(Case.secrecy_until.is_(None), Case.secrecy_until >= without_secret_on)
        )
        base = base.where(or_(Petition.case_id.is_(None), Petition.case_id.not_in(secret)))
    if query := parse(filters.text):  # words only: a phrase is checked after opening, and a list of facts opens nothing
        base = base.where(or_(texts_holding(query.words), Petition.number == filters.text.strip()))
    return base
