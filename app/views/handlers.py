"""Who may be named to handle work of a unit, as a field offers them."""

from typing import Any

from flask_babel import gettext
from wtforms import SelectMultipleField

from app.extensions import db
from app.models import Account
from app.operations.handlers import offered


def offer(field: SelectMultipleField, unit_id: Any) -> None:
    """The accounts that may be named in the unit, each with the work it has."""
    field.choices = [
        (one.account.username, gettext("%(name)s – đang có %(count)s việc", name=str(one.account), count=one.work))
        for one in offered(db.session(), unit_id)
    ]


def named(field: SelectMultipleField, unit_id: Any) -> list[Account]:
    """The accounts of the unit that were chosen."""
    chosen = set(field.data or [])
    return [one.account for one in offered(db.session(), unit_id) if one.account.username in chosen]
