"""A filled form: a row for the unit and each unit below it that existed in the period, and their sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.law.counting import Broken, check_cross, check_form
from app.law.forms import Form
from app.law.forms.registry import TYPED, NoSuchForm, circular_on, find_form
from app.law.profiles import PROFILES
from app.models import Unit
from app.operations.units import units_below
from app.reporting import facts
from app.security import audit
from app.settings import setting

TOTAL = "total"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Filled:
    """A form's figures: {unit code or "total": {column: number}}, the rules broken, and units that typed nothing where
    a form is typed.
    """

    form: Form
    unit: Unit
    start: date
    end: date
    units: tuple[Unit, ...]
    rows: dict[str, dict[str, Decimal]]
    broken: tuple[Broken, ...] = ()
    missing: tuple[Unit, ...] = ()

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
    profile = PROFILES[setting("PROFILE")]
    if profile.forms is None:
        raise NoSuchForm(f"hồ sơ “{profile.name}” chưa có biểu thống kê; còn thiếu: {'; '.join(profile.unknown)}")
    form = find_form(key, end, circular)
    filled = _count(session, form, unit, start, end)
    others = {name.split("#")[0] for rule in form.cross for name in (rule.left, rule.right)} | _pointing_at(key, end)
    forms = {key: (form, filled.rows)}
    for other in sorted(others - {key}):
        forms[other] = (find_form(other, end), _count(session, find_form(other, end), unit, start, end).rows)
    broken = [*check_form(form, filled.rows), *check_cross(forms)]
    audit.record(
        session,
        "form.computed",
        detail={"form": key, "unit": unit.code, "from": start.isoformat(), "to": end.isoformat()},
    )
    return Filled(form, unit, start, end, filled.units, filled.rows, tuple(broken), filled.missing)


def _pointing_at(key: str, end: date) -> set[str]:
    return {
        form.key
        for form in circular_on(end).forms
        for rule in form.cross
        if key in (rule.left.split("#")[0], rule.right.split("#")[0])
    }


def _count(session: Session, form: Form, unit: Unit, start: date, end: date) -> Filled:
    units = tuple(item for item in units_below(session, unit) if item.exists_in(start, end))
    reach = unit.subtree()
    period = {"low": reach.low, "high": reach.high, "a": start, "b": end}
    missing: tuple[Unit, ...] = ()
    if form.key == TYPED:
        found = {
            row.unit_id: _typed(form, row.values)
            for row in session.execute(text(facts.TYPED), period | {"form": form.key})
        }
        missing = tuple(item for item in units if item.id not in found)
    else:
        statement = text(facts.STATEMENTS[form.key])
        found = {row.unit_id: _counted(form, row._mapping) for row in session.execute(statement, period)}
    rows = {item.code: found.get(item.id) or dict.fromkeys(form.numbers, ZERO) for item in units}
    rows[TOTAL] = {number: sum((row[number] for row in rows.values()), ZERO) for number in form.numbers}
    return Filled(form, unit, start, end, units, rows, missing=missing)


def _counted(form: Form, row: Mapping[Any, Any]) -> dict[str, Decimal]:
    return {number: Decimal(row[f"c{number}"]) for number in form.numbers}


def _typed(form: Form, values: Mapping[str, Any]) -> dict[str, Decimal]:
    return {number: Decimal(str(values.get(number, 0))) for number in form.numbers}


def plain(number: Decimal) -> int | float:
    """The figure as JSON and Excel write it: whole where it is whole."""
    return int(number) if number == int(number) else float(number)
