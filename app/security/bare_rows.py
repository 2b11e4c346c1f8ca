"""Rows written many at a time: made without the ORM, and with all that its hooks give a row.

They are copied, model by model, into a temporary table and inserted from there in one statement: PostgreSQL refuses
COPY into tables with row security, while an INSERT of the application's role is held to WITH CHECK, constraints and
triggers as any other. What a row is given follows from its mapped table: columns, defaults, the columns of scope,
normal text, types. A column added to a model is carried.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from psycopg import sql
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    String,
    Text,
    Uuid,
    cast,
    column,
    insert,
    inspect,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import MANYTOONE, Session

from app.security import audit
from app.security.ids import uuid7
from app.security.scope import OutOfScope, Scoped, close_with, current, placed
from app.text.tcvn6909 import normalize, normalize_line

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Bare(SimpleNamespace):
    """A row that the ORM does not know. What it was not given reads as None."""

    __tablename__: str
    model: Any


class BareRows:
    """Bare rows that belong together, until they are written."""

    def __init__(self) -> None:
        self._rows: dict[Any, list[Bare]] = {}

    def make(self, model: Any, **values: Any) -> Bare:
        """A bare row of that model, with an id of its own, to be written with the others."""
        row = _kind_of(model)(**values)
        row.id = uuid7()
        self._rows.setdefault(model, []).append(row)
        return row

    def write(self, session: Session) -> None:
        """The rows are in the session's transaction, and in the trail; what was pending in the session before them.

        Raises OutOfScope for one outside the write range.
        """
        session.flush()
        _place(session, self._rows)
        for model in sorted(self._rows, key=_order_of):
            rows = self._rows[model]
            _write(session, model, rows)
            listed = "{" + ",".join(str(row.id) for row in rows) + "}"  # as text: the driver takes ids one by one
            ids = cast(literal(listed, String), ARRAY(Uuid))
            audit.record(session, "row.added", table_name=model.__tablename__, row_ids=ids)


def _place(session: Session, by_model: dict[Any, list[Bare]]) -> None:
    scope = current(session)
    places: dict[Any, dict[str, Any]] = {}
    for model, rows in by_model.items():
        for row in rows if issubclass(model, Scoped) else ():
            key = row.unit.id
            if key not in places:
                # As text: the driver would write these ids anew for every row.
                places[key] = {name: value and str(value) for name, value in placed(row.unit).items()}
                if not scope.may_write(key):
                    raise OutOfScope(f"{scope.name} may not write {model.__name__} of unit {key}")
            row.__dict__.update(places[key])
            close_with(row)


def _write(session: Session, model: Any, rows: list[Bare]) -> None:
    plan = _plan_of(model)
    incoming = f"incoming_{model.__tablename__}"
    into = sql.SQL("copy {} from stdin").format(sql.Identifier("pg_temp", incoming))
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute(_making(model.__tablename__, incoming, plan.names))
        with cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(plan.values_of(row.__dict__))
    source = table(incoming, *map(column, plan.names), schema="pg_temp")
    connection.execute(insert(model.__table__).from_select(plan.names, select(source), include_defaults=False))
    with driver.cursor() as cursor:
        cursor.execute(sql.SQL("truncate {}").format(sql.Identifier("pg_temp", incoming)))


def _making(name: str, incoming: str, names: list[str]) -> Any:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL("create temporary table if not exists {} on commit drop as select {} from {} with no data").format(
        sql.Identifier(incoming), columns, sql.Identifier(name)
    )


@cache
def _kind_of(model: Any) -> type[Bare]:
    mapper = inspect(model)
    blank: dict[str, Any] = dict.fromkeys(mapper.columns.keys())
    blank |= {relation.key: () if relation.uselist else None for relation in mapper.relationships}
    return type(
        f"Bare{model.__name__}",
        (Bare,),
        {
            **blank,
            "__tablename__": model.__tablename__,
            "model": model,
            "closed_with": getattr(model, "closed_with", None),
        },
    )


@cache
def _order_of(model: Any) -> int:
    found: int = model.metadata.sorted_tables.index(model.__table__)
    return found


@dataclass(frozen=True)
class _Plan:
    """How rows of a model become lines of a COPY: for their columns, in order, what their values are."""

    names: list[str]
    blank: dict[str, Any]
    links: list[tuple[str, str]]  # a foreign key, and the relationship that tells it
    defaults: list[tuple[str, Callable[[], Any]]]
    cleaners: list[tuple[str, Callable[[Any], Any]]]
    ordered: Callable[[dict[str, Any]], tuple[Any, ...]]

    def values_of(self, given: dict[str, Any]) -> tuple[Any, ...]:
        """The values as the driver takes them."""
        values = {**self.blank, **given}
        for key, link in self.links:
            if values[key] is None and values[link] is not None:
                values[key] = values[link].id
        for key, default in self.defaults:
            if values[key] is None:
                values[key] = default()
        for key, clean in self.cleaners:
            if values[key] is not None:
                values[key] = clean(values[key])
        return self.ordered(values)


@cache
def _plan_of(model: Any) -> _Plan:
    mapper = inspect(model)
    keys = {
        item: mapper.get_property_by_column(item).key
        for item in model.__table__.columns
        if item.default is not None or item.server_default is None  # else the database gives it
    }
    several = [one for one in mapper.relationships if one.direction is MANYTOONE and one.key != "unit"]
    defaults = [(key, _default_of(item)) for item, key in keys.items()]
    cleaners = [(key, _clean_of(item)) for item, key in keys.items()]
    return _Plan(
        [item.name for item in keys],
        dict.fromkeys([*keys.values(), *(one.key for one in several)]),
        [(keys[item], one.key) for one in several for item in one.local_columns],
        [(key, default) for key, default in defaults if default is not None],
        [(key, clean) for key, clean in cleaners if clean is not None],
        itemgetter(*keys.values()),
    )


def _default_of(item: Column[Any]) -> Callable[[], Any] | None:
    default: Any = item.default
    if default is None:
        return None
    made = default.arg
    return (lambda: made(None)) if default.is_callable else (lambda: made)


def _clean_of(item: Column[Any]) -> Callable[[Any], Any] | None:
    if isinstance(item.type, String):
        return normalize if isinstance(item.type, Text) else _line
    if isinstance(item.type, ARRAY) and isinstance(item.type.item_type, BigInteger):
        return _whole_numbers
    bind: Callable[[Any], Any] | None = item.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return bind


@lru_cache(maxsize=4096)  # kinds, states, paths: few values, many rows
def _line(value: str) -> str:
    return normalize_line(value)


def _whole_numbers(values: list[int]) -> str:
    """As PostgreSQL writes an array; the driver takes sixty numbers one by one."""
    return "{" + ",".join(map(str, values)) + "}"
