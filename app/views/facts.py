"""Facts on screen: the fields of forms, the lines of pages, the columns of Excel, as `law/facts.py` describes them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import LazyString, gettext
from wtforms import BooleanField, Field, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.law.facts import Fact
from app.law.terms import codes
from app.views.fields import AmountField, CountField, DayField, TermField
from app.views.labels import choices, day, language, number, say


def heading(fact: Fact) -> LazyString:
    """What the fact is called, in the language of whoever reads it."""
    return LazyString(lambda: fact.heading(language()))


def hint(fact: Fact) -> str:
    """What the form says beside the field."""
    return fact.hint[1 if language() == "en" else 0]


def fields_of(facts: Iterable[Fact]) -> dict[str, Any]:
    """The fields of a form that asks for these facts, in their order."""
    return {fact.name: _field(fact) for fact in facts}


def _field(fact: Fact) -> Any:
    label = heading(fact)
    needed = [InputRequired() if fact.required else Optional()]
    if fact.sort == "day":
        return DayField(label, needed, start_today=fact.fresh == "today")
    if fact.sort == "count":
        fresh = int(fact.fresh) if fact.fresh else None
        return CountField(label, needed, default=fresh, least=fact.least, most=fact.most)
    if fact.sort == "amount":
        return AmountField(label, needed)
    if fact.sort == "flag":
        return BooleanField(label)
    if fact.sort == "line":
        return StringField(label, [*needed, Length(max=fact.length)], render_kw={"class": "form-control"})
    return TermField(label, default=fact.fresh or (None if fact.required else ""))


def fit(form: Any, facts: Iterable[Fact]) -> None:
    """The form's choices are the glossary's, in the reader's language."""
    for fact in facts:
        if fact.group and fact.name in form:
            form[fact.name].choices = choices(fact.group, None if fact.required else gettext("Không"))


def typed(form: Any, facts: Iterable[Fact]) -> dict[str, Any]:
    """What was typed of these facts, as a record says it."""
    return {fact.name: _meant(fact, form[fact.name]) for fact in facts if fact.name in form}


def _meant(fact: Fact, field: Field) -> Any:
    return int(field.data) if fact.sort == "choice" and field.data in codes(fact.group) else field.data


def text_of(fact: Fact, value: Any) -> str:
    """The value as a page shows it; nothing for what is empty."""
    if value in (None, "") or (value == fact.empty and fact.sort != "count"):
        return ""
    if fact.sort in ("code", "choice"):
        return say(fact.group, str(value))
    if isinstance(value, date):
        return day(value)
    if fact.sort == "flag":
        return str(gettext("Có") if value else gettext("Không"))
    return str(number(value) if fact.sort in ("count", "amount") else value)


def lines(facts: Iterable[Fact], row: Any, besides: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Heading and text of each fact that the row has something to say of, but those named in `besides`."""
    left_out = set(besides)
    found = [(fact, text_of(fact, getattr(row, fact.stored))) for fact in facts if fact.name not in left_out]
    return [(fact.heading(language()), text) for fact, text in found if text]
