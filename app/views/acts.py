"""What the signed-in account does with a form: the act and its values."""

from typing import Any

from flask import g

from app.clock import today
from app.extensions import db
from app.operations.act import Act
from app.operations.holidays import load_calendar


def act_of(form: Any) -> Act:
    """What the signed-in account does now: on the form's day (today where it asks for none), by its paper, its note."""
    typed = {name: form[name].data if name in form else None for name in ("on", "paper", "note")}
    day = today()
    return Act(
        on=typed["on"] or day,
        by=g.user.username,
        today=day,
        calendar=load_calendar(db.session()),
        paper=(typed["paper"] or "").strip(),
        note=typed["note"] or "",
    )


def values_of(form: Any) -> dict[str, Any]:
    """What was typed, by field."""
    return {name: field.data for name, field in form._fields.items() if field.type != "CSRFTokenField"}
