"""A filled form: a row for the unit and each unit below it that existed in the period, and their sum.

For the screen it comes folded: a row for the unit alone, and one for each unit directly below with all under it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law.counting import Broken, check_cross, check_form
from app.law.forms import Form
from app.law.forms.registry import TYPED, NoSuchForm, find_form
from app.law.profiles import PROFILES
from app.models import Unit
from app.operations.units import units_below
from app.reporting import facts
from app.security import audit
from app.settings import setting

TOTAL = "total"
ZERO = Decimal(0)

Rows = dict[str, dict[str, Decimal]]


@dataclass(frozen=True)
class Filled:
    """A form's figures: {unit code or "total": {column: number}}, the rules broken, and units that typed nothing where
    a form is typed.

    `folded`: codes of the units whose row holds those under them too; `missing_in`: how many units of a row typed
    nothing, where that row is folded.
    """

    form: Form
    unit: Unit
    start: date
    end: date
    units: tuple[Unit, ...]
    rows: Rows
    broken: tuple[Broken, ...] = ()
    missing: tuple[Unit, ...] = ()
    folded: frozenset[str] = frozenset()
    missing_in: Mapping[str, int] = field(default_factory=dict)

    def broken_in(self, row: str, column: str) -> list[str]:
        """The rules a cell takes part in breaking."""
        return [
            item.rule
            for item in self.broken
            if item.form == self.form.key and item.row == row and column in item.columns
        ]


def fill(session: Session, key: str, unit: Unit, start: date, end: date, circular: str | None = None) -> Filled:
    """The form filled and checked with its sums and bounds, and against the other forms it must agree with.

    Raises NoSuchForm.
    """
    form = _shape(key, end, circular)
    units = tuple(item for item in units_below(session, unit) if item.exists_in(start, end))
    statement = facts.BY_UNIT[form.key, unit.depth]
    found = {row.unit_id: row._mapping for row in session.execute(statement, _asked(unit, start, end))}
    figures = {item.code: _figures(form, found.get(item.id)) for item in units}
    missing = tuple(item for item in units if item.id not in found) if form.key == TYPED else ()
    return _checked(session, Filled(form, unit, start, end, units, figures, missing=missing))


def fill_folded(session: Session, key: str, unit: Unit, start: date, end: date) -> Filled:
    """The same, with one row for the unit alone and one for each unit directly below, summed over all under it.

    Raises NoSuchForm.
    """
    form = _shape(key, end)
    statement = facts.BY_PART[form.key, unit.depth]
    found = {row.part or unit.id: row for row in session.execute(statement, _asked(unit, start, end))}
    units = tuple(session.scalars(select(Unit).where(Unit.id.in_(found)).order_by(Unit.depth, Unit.code)))
    figures = {item.code: _figures(form, found[item.id]._mapping) for item in units}
    folded = {item.code: found[item.id] for item in units if found[item.id].below}
    filled = Filled(form, unit, start, end, units, figures, folded=frozenset(folded))
    if form.key == TYPED:
        filled = replace(
            filled,
            missing=tuple(item for item in units if found[item.id].missing),
            missing_in={code: row.missing for code, row in folded.items()},
        )
    return _checked(session, filled)


def _shape(key: str, end: date, circular: str | None = None) -> Form:
    profile = PROFILES[setting("PROFILE")]
    if profile.forms is None:
        raise NoSuchForm(f"hồ sơ “{profile.name}” chưa có biểu thống kê; còn thiếu: {'; '.join(profile.unknown)}")
    return find_form(key, end, circular)


def _asked(unit: Unit, start: date, end: date) -> dict[str, Any]:
    reach = unit.subtree()
    return {"root": unit.id, "low": reach.low, "high": reach.high, "a": start, "b": end}


def _figures(form: Form, row: Mapping[Any, Any] | None) -> dict[str, Decimal]:
    """The form's columns, then what the rules between forms ask of others; all nothing where there is no row."""
    names = {number: f"c{number}" for number in form.numbers} | {name: name for name in facts.BESIDE[form.key]}
    return {number: Decimal(row[name]) if row else ZERO for number, name in names.items()}


def _checked(session: Session, filled: Filled) -> Filled:
    """The form with its total and the rules broken, without the columns of others; the audit tells of it."""
    form = filled.form
    figures = filled.rows
    beside = facts.BESIDE[form.key]
    total = {name: sum((row[name] for row in figures.values()), ZERO) for name in (*form.numbers, *beside)}
    figures = {**figures, TOTAL: total}
    rows = {key: {number: row[number] for number in form.numbers} for key, row in figures.items()}
    forms = {form.key: (form, rows)}
    for other, names in groupby(beside, lambda name: name.split("#")[0]):
        columns = {name: name.split("#")[1] for name in names}
        of_other = {key: {column: row[name] for name, column in columns.items()} for key, row in figures.items()}
        forms[other] = (find_form(other, filled.end), of_other)
    broken = (*check_form(form, rows), *check_cross(forms))
    audit.record(
        session,
        "form.computed",
        detail={
            "form": form.key,
            "unit": filled.unit.code,
            "from": filled.start.isoformat(),
            "to": filled.end.isoformat(),
        },
    )
    return replace(filled, rows=rows, broken=broken)


def plain(number: Decimal) -> int | float:
    """The figure as JSON and Excel write it: whole where it is whole."""
    return int(number) if number == int(number) else float(number)
