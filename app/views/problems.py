"""What is wrong with a form that was sent, told in one place at the top of its page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import g, request
from wtforms import FieldList, FormField


@dataclass(frozen=True)
class Problem:
    """A field by its id and label, and the sentence that says what is wrong there and what to do."""

    at: str
    label: str
    sentence: str


def of_sent_form() -> list[Problem]:
    """Every problem of the form that this request sent, in the order of its fields; none where it holds."""
    form = g.get("sent_form") if request.method == "POST" else None
    return [] if form is None else [problem for field in form for problem in _of(field)]


def _of(field: Any, beside: str = "") -> Iterator[Problem]:
    label = f"{beside}{field.label.text}"
    if isinstance(field, FieldList):
        for number, line in enumerate(field.entries, start=1):
            inner = line.form if isinstance(line, FormField) else [line]
            for part in inner:
                yield from _of(part, f"{label} {number} – ")
        of_list = [error for error in field.errors if isinstance(error, str)]
        yield from (Problem(_first(field), label, error) for error in of_list)
    else:
        yield from (Problem(_first(field), label, str(error)) for error in field.errors)


def _first(field: Any) -> str:
    """The id of what takes the focus: the field, its first choice, the first field of its first line."""
    if isinstance(field, FieldList):
        return _first(field.entries[0]) if field.entries else str(field.id)
    if isinstance(field, FormField):
        return _first(next(iter(field.form)))
    return f"{field.id}-0" if field.type in ("RadioField", "TickField") else str(field.id)
