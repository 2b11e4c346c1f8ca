"""Who sees which rows: two belts under every statement.

Belt one, in the session: every ORM select, update and delete of a `Scoped` class gets a criterion; every flush is
checked against the write range. Belt two, in PostgreSQL: row security on the same tables, fed by settings that are
local to each transaction. No scope set means no rows.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Connection, ForeignKey, String, Uuid, and_, any_, event, not_, or_, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, relationship, with_loader_criteria

from app.security.criteria import Criteria, Shape, shape_of, told_ids, told_names, values_of, within_reach

DEPTH = 4
PETITIONS = "petitions"
RECEPTIONS = "receptions"


class OutOfScope(PermissionError):
    """A row outside the account's write range was about to be written."""


@dataclass(frozen=True)
class Range:
    """The units whose rows are meant: paths from `low` up to, not including, `high`; of these only `units` where a set
    is given.

    `level` and `root` say the same as an equality on an ancestor column, which is what the index answers.
    """

    low: str = ""
    high: str = ""
    level: int | None = None
    root: uuid.UUID | None = None
    units: frozenset[uuid.UUID] | None = None

    def __bool__(self) -> bool:
        return bool(self.high)

    @property
    def form(self) -> str | int:
        """What the first belt's condition looks like, whatever the values in it: nothing, everything, one unit, units,
        or an ancestor at this depth.
        """
        if not self:
            return "nothing"
        if self.units is not None:
            return "unit" if len(self.units) == 1 else "units"
        return "everything" if self.level is None else self.level

    def covers(self, path: str, unit_id: uuid.UUID) -> bool:
        """True when a row of that unit is meant."""
        return bool(self) and self.low <= path < self.high and (self.units is None or unit_id in self.units)


NOTHING = Range()
EVERYTHING = Range(".", "/")


@dataclass(frozen=True)
class Scope:
    """What one account, or the operator, may read and write.

    `text` and `reception_text` range over content; a denunciation's content opens besides only to `accounts` among its
    handlers, to officers of
    `officer_units` while no handler is named, and to `lead_units`. `registrars`: petitions these accounts registered
    are readable.
    `holder_keys`: what names the account's own holder; content whose `shut_out` has one of them is closed, whatever
    else opens it.
    `write`: units whose rows may be written; None means all. `grants`: which permission the account has in which unit;
    `rights`: what
    it may do at all, as pairs of permission and subject.
    """

    name: str
    facts: Range = NOTHING
    text: Range = NOTHING
    receptions: Range = NOTHING
    reception_text: Range = NOTHING
    audit: Range = NOTHING
    accounts: frozenset[str] = frozenset()
    holder_keys: frozenset[str] = frozenset()
    registrars: frozenset[str] = frozenset()
    officer_units: frozenset[uuid.UUID] = frozenset()
    lead_units: frozenset[uuid.UUID] = frozenset()
    write: frozenset[uuid.UUID] | None = frozenset()
    grants: frozenset[tuple[str, uuid.UUID]] = frozenset()
    rights: frozenset[tuple[str, str]] = frozenset()
    system: bool = False

    def may_write(self, unit_id: uuid.UUID) -> bool:
        """True when rows of that unit may be written."""
        return self.write is None or unit_id in self.write

    def can(self, permission: str, subject: str) -> bool:
        """True when the account has that permission over the subject, wherever."""
        return self.system or (permission, subject) in self.rights

    def may(self, permission: str, unit_id: uuid.UUID) -> bool:
        """True when the account has that permission over petitions of that unit; a manager has it where one of its
        users has.
        """
        return self.system or (permission, unit_id) in self.grants


NO_SCOPE = Scope("nobody")


def system_scope(purpose: str) -> Scope:
    """A scope that sees and writes everything, for jobs and the command line; the caller audits its use under
    `system:purpose`.
    """
    everything: dict[str, Any] = {
        item.name: EVERYTHING for item in fields(Scope) if item.type == Range or item.type == "Range"
    }
    return Scope(f"system:{purpose}", **everything, write=None, system=True)


class Scoped:
    """A row that belongs to a unit.

    It carries the unit's path and its ancestor at each depth, so that scope is an equality on an index.
    """

    scope_family = PETITIONS
    scope_content = False
    scope_own = False  # True: readable in the units one writes, and nowhere else

    @declared_attr
    def unit_id(cls) -> Mapped[uuid.UUID]:  # noqa: N805  a declared attribute is one of the class
        return mapped_column(Uuid, ForeignKey("units.id"), nullable=False)

    @declared_attr
    def unit(cls) -> Mapped[Any]:  # noqa: N805
        return relationship("Unit", foreign_keys=[cls.unit_id], lazy="select")  # type: ignore[list-item]

    path: Mapped[str] = mapped_column(String(400, collation="C"), nullable=False)
    level_0: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    level_1: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    level_2: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    level_3: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class Facts(Scoped):
    """A row of facts of a petition, case or reception.

    For those `shut_out` names it is not there: not in a list, a count, a figure.

    A name in `shut_out` is an account's identifier, or "#" and the keyed hash of an identity number
    (`tokens.holder_key`).
    `closed_with`: the relationship to the row whose `shut_out` a new row takes over.
    """

    closed_with: str | None = None
    shut_out: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))


class Content(Scoped):
    """A row of content: persons, texts, documents.

    Its compartment closes it to all but handlers and leaders; `shut_out` to those it names.
    """

    scope_content = True
    compartment: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)
    handlers: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))
    registered_by: Mapped[str | None] = mapped_column(String(64))
    shut_out: Mapped[list[str] | None] = mapped_column(ARRAY(String(64)))


def _criterion(entity: Any, shape: Shape) -> Any:
    if entity.scope_own:
        return entity.unit_id == any_(told_ids("write"))
    if not issubclass(entity, Content):
        reach = "facts" if entity.scope_family == PETITIONS else "receptions"
        condition = within_reach(entity, reach, getattr(shape, reach))
        return _not_shut_out(entity, _or_registered(entity, condition, shape))
    reach = "reception_text" if entity.scope_family == RECEPTIONS else "text"
    condition = within_reach(entity, reach, getattr(shape, reach))
    opened = and_(_or_registered(entity, condition, shape), _opens(entity, shape))
    if hasattr(entity, "verifiers"):
        opened = or_(opened, entity.verifiers.overlap(told_names("accounts")))
    return _not_shut_out(entity, opened)


def _not_shut_out(entity: Any, condition: Any) -> Any:
    if not hasattr(entity, "shut_out"):
        return condition
    return and_(condition, or_(entity.shut_out.is_(None), not_(entity.shut_out.overlap(told_names("holder_keys")))))


def _or_registered(entity: Any, condition: Any, shape: Shape) -> Any:
    if not shape.registrars or not hasattr(entity, "registered_by"):
        return condition
    return or_(condition, entity.registered_by == any_(told_names("registrars")))


def _opens(entity: Any, shape: Shape) -> Any:
    """A denunciation's content: its handlers, officers of the unit while none is named, leaders of the unit (Luật Tố
    cáo, Điều 56).
    """
    ways = [entity.compartment.is_(False), entity.handlers.overlap(told_names("accounts"))]
    unnamed = [entity.unit_id == any_(told_ids("officer_units"))] if shape.officer_units else []
    unnamed += [entity.registered_by == any_(told_names("registrars"))] if shape.registrars else []
    if unnamed:
        ways.append(and_(entity.handlers.is_(None), or_(*unnamed)))
    if shape.lead_units:
        ways.append(entity.unit_id == any_(told_ids("lead_units")))
    return or_(*ways)


@lru_cache(maxsize=512)
def _options(shape: Shape) -> Criteria:
    """Made once a shape: making the conditions, and looking through them for each statement, costs more than running
    it.
    """
    return Criteria(
        with_loader_criteria(entity, _criterion(entity, shape), include_aliases=True)
        for entity in _scoped_classes(Scoped)
    )


def _write_options(scope: Scope) -> list[Any]:
    if scope.write is None:
        return []
    return [
        with_loader_criteria(entity, entity.unit_id.in_(scope.write), include_aliases=True)
        for entity in _scoped_classes(Scoped)
    ]


def _scoped_classes(base: type) -> list[Any]:
    found: list[Any] = []
    child: Any
    for child in base.__subclasses__():
        if "__tablename__" in child.__dict__:
            found.append(child)
        else:
            found.extend(_scoped_classes(child))
    return found


def current(session: Session) -> Scope:
    """The scope of this session; NO_SCOPE when none was set."""
    scope: Scope = session.info.get("scope", NO_SCOPE)
    return scope


def enter(session: Session, scope: Scope) -> None:
    """From here on the session reads and writes as `scope`; what was loaded under another scope is forgotten."""
    session.info["scope"] = scope
    for row in list(session.identity_map.values()):
        if isinstance(row, Scoped):
            session.expunge(row)
    if session.in_transaction():
        _tell_database(session.connection(), scope)


@contextmanager
def within(session: Session, scope: Scope) -> Iterator[Session]:
    """Another session in the same transaction that reads and writes as `scope`; then the first one's scope holds again,
    and what it loaded stays its own.

    For what has to be done beyond the reach of whoever set it off, such as finding a respondent among those who read.
    """
    session.flush()
    connection = session.connection()
    mine = current(session)
    try:
        with Session(bind=connection, join_transaction_mode="rollback_only") as inner:
            enter(inner, scope)
            _tell_database(connection, scope)
            yield inner
            inner.commit()  # flushes; the transaction is the outer session's
    finally:
        if not connection.closed and connection.in_transaction():
            _tell_database(connection, mine)


def _ids(values: Any) -> str:
    return "{" + ",".join(sorted(str(value) for value in values)) + "}" if values else ""


_RANGES = ("facts", "text", "receptions", "reception_text", "audit")
# It goes before every transaction: one parameter, as twenty-three of them cost a millisecond to parse and plan.
_TELL = text("select count(set_config('app.' || key, value, true)) from json_each_text(cast(:told as json))")


@lru_cache(maxsize=512)
def _told(scope: Scope) -> str:
    settings = {
        "name": scope.name,
        "write": "*" if scope.write is None else _ids(scope.write),
        "system": "on" if scope.system else "",
        **{
            name: _ids(getattr(scope, name))
            for name in ("accounts", "holder_keys", "registrars", "officer_units", "lead_units")
        },
    }
    for item in _RANGES:
        reach: Range = getattr(scope, item)
        settings |= {f"{item}_low": reach.low, f"{item}_high": reach.high, f"{item}_set": _ids(reach.units)}
    return json.dumps(settings)


def _tell_database(connection: Any, scope: Scope) -> None:
    connection.execute(_TELL, {"told": _told(scope)})


def _after_begin(session: Session, _transaction: Any, connection: Any) -> None:
    scope = current(session)
    # A transaction of the session's own that was told nothing reads and writes nothing; another's was told something.
    if scope is not NO_SCOPE or isinstance(session.bind, Connection):
        _tell_database(connection, scope)


def _do_orm_execute(state: Any) -> None:
    scope = current(state.session)
    if state.is_select:
        # Told with every statement: what a row brings along for its relationships has conditions, too.
        state.parameters = {**(state.parameters or {}), **values_of(scope)}
        if not (scope.system or state.is_column_load or state.is_relationship_load):
            state.statement = state.statement.options(_options(shape_of(scope)))
    elif state.is_update or state.is_delete:
        state.statement = state.statement.options(*_write_options(scope))


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    scope = current(session)
    for row in session.deleted:
        if isinstance(row, Scoped):
            raise OutOfScope(f"{type(row).__name__} is never deleted")
    for row in session.new:
        if isinstance(row, Scoped):
            place(row)
            _refuse_outside(scope, row)
    for row in session.dirty:
        if isinstance(row, Scoped) and session.is_modified(row):
            _refuse_outside(scope, row)


def place(row: Scoped) -> None:
    """The row carries its unit's id, path and ancestors, and is closed to whom the row it belongs to is."""
    if row.unit is None:
        raise OutOfScope(f"{type(row).__name__} without a unit")
    for name, value in placed(row.unit).items():
        setattr(row, name, value)
    close_with(row)


def placed(unit: Any) -> dict[str, Any]:
    """What a row of that unit carries of it, by column."""
    levels = {f"level_{level}": getattr(unit, f"level_{level}") for level in range(DEPTH)}
    return {"unit_id": unit.id, "path": unit.path, **levels}


def close_with(row: Any) -> None:
    """A row that goes with another is closed to whom that one is."""
    name: str | None = getattr(row, "closed_with", None)
    if name is not None and (whole := getattr(row, name)) is not None:
        row.shut_out = whole.shut_out


def _refuse_outside(scope: Scope, row: Any) -> None:
    if not scope.may_write(row.unit_id):
        raise OutOfScope(f"{scope.name} may not write {type(row).__name__} of unit {row.unit_id}")
    history = row.__mapper__.class_.unit_id.impl.get_history(row.__dict__["_sa_instance_state"], row.__dict__)
    if any(not scope.may_write(old) for old in history.deleted or () if old is not None):
        raise OutOfScope(f"{scope.name} may not take {type(row).__name__} from another unit")


def install() -> None:
    """Both belts hang under every session of the process; safe to repeat."""
    for name, listener in (
        ("after_begin", _after_begin),
        ("do_orm_execute", _do_orm_execute),
        ("before_flush", _before_flush),
    ):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)
