"""Forms that a unit types in."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law.counting import check_form
from app.law.forms.registry import find_form
from app.models import TypedForm, Unit
from app.operations.record_values import amount
from app.operations.refusal import Refused
from app.operations.rights import demand


def type_in(
    session: Session, unit: Unit, key: str, start: date, end: date, values: Mapping[str, Decimal | None]
) -> TypedForm:
    """The unit's figures for the form and period stand as typed, in place of earlier ones.

    Raises Refused naming the column.
    """
    demand(session, "can_type", "Forms", unit.id)
    form = find_form(key, end)
    clean = {}
    for column in form.columns:
        number = str(column.number)
        try:
            clean[number] = amount(values.get(number) or 0)
        except Refused as bad:
            raise Refused(bad.message, f"c{number}") from None
        if not column.decimals and clean[number] != int(clean[number]):
            raise Refused("cột này đếm số lượng nên chỉ nhận số nguyên", f"c{number}")
    broken = check_form(form, {unit.code: clean})
    if broken:
        raise Refused(f"sai quy tắc của biểu: {broken[0].rule}", f"c{broken[0].columns[0]}")
    query = select(TypedForm).where(
        TypedForm.unit_id == unit.id, TypedForm.form == key, TypedForm.start_on == start, TypedForm.end_on == end
    )
    row = session.scalars(query).first()
    if row is None:
        row = TypedForm(unit=unit, form=key, start_on=start, end_on=end)
        session.add(row)
    row.values = {number: float(value) for number, value in clean.items() if value}
    session.flush()
    return row
