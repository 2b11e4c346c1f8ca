"""Checks of a filled form: sums, bounds, and rules between forms (Thông tư 06/2025/TT-TTCP, dòng MS và hướng dẫn ghi
biểu).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.law.forms import Form

Row = Mapping[str, Decimal]
Filled = Mapping[str, Row]


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold: where (a unit code or "total"), which columns, and the rule as the form writes it."""

    form: str
    row: str
    columns: tuple[str, ...]
    rule: str


def check_form(form: Form, filled: Filled) -> list[Broken]:
    """Every sum and bound of the form that does not hold in some row; empty for a sound form."""
    broken = []
    for key, row in filled.items():
        for rule in form.sums:
            if row[str(rule.total)] != sum(row[str(part)] for part in rule.parts):
                text = f"cột {rule.total} = " + " + ".join(str(part) for part in rule.parts)
                broken.append(Broken(form.key, key, (str(rule.total), *map(str, rule.parts)), text))
        for bound in form.bounds:
            if row[str(bound.column)] > row[str(bound.limit)]:
                columns = (str(bound.column), str(bound.limit))
                broken.append(Broken(form.key, key, columns, f"cột {bound.column} ≤ cột {bound.limit}"))
    return broken


def check_cross(forms: Mapping[str, tuple[Form, Filled]]) -> list[Broken]:
    """Every rule between two of these forms that does not hold; a rule whose other form is absent is not looked at."""
    broken = []
    for form, filled in forms.values():
        for rule in form.cross:
            right_form, right_column = rule.right.split("#")
            if right_form not in forms:
                continue
            left_column = rule.left.split("#")[1]
            other = forms[right_form][1]
            for key in filled:
                left = filled[key][left_column]
                right = other[key][right_column]
                if not (left == right if rule.operator == "==" else left >= right):
                    sign = "=" if rule.operator == "==" else "≥"
                    text = f"Biểu {form.key} cột {left_column} {sign} Biểu {right_form} cột {right_column}"
                    broken.append(Broken(form.key, key, (left_column,), text))
    return broken
