"""The filters of the list of petitions, as a form and as an address."""

import json
from collections.abc import Mapping
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from wtforms import BooleanField, StringField

from app.reporting.lists import Filters
from app.views.fields import DayField, Form, TermField, UnitField, WordsField, ever, reported
from app.views.labels import choices, language

FILTERS = ("text", "kind", "state", "field", "source", "received_from", "received_to", "due_before", "unit", "subtree")


class FilterForm(Form):
    """The filters of the list; they stand in the address, so there is nothing to protect against forging."""

    text = WordsField(
        lazy_gettext("Tìm trong đơn"), render_kw={"class": "form-control", "type": "search", "autocomplete": "off"}
    )
    kind = TermField(lazy_gettext("Loại đơn"), default="")
    state = TermField(lazy_gettext("Trạng thái"), default="")
    field = TermField(lazy_gettext("Lĩnh vực"), default="")
    source = TermField(lazy_gettext("Nguồn đơn"), default="")
    received_from = DayField(lazy_gettext("Nhận từ ngày"), latest=reported)
    received_to = DayField(lazy_gettext("đến ngày"), latest=reported)
    due_before = DayField(lazy_gettext("Hạn trước ngày"), latest=ever)
    unit = UnitField(lazy_gettext("Đơn vị"), name="unit")
    subtree = BooleanField(lazy_gettext("cả đơn vị cấp dưới"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = gettext("Tất cả")
        for name in ("kind", "field", "source"):
            self[name].choices = choices(name, every)
        self.state.choices = [("", every), *choices("petition_state"), *choices("case_state")]

    def filters(self) -> Filters | None:
        """What the address narrows the list to; None where part of it cannot be read, with its error beside it."""
        given = {name: field.data for name, field in self._fields.items() if field.data not in (None, "")}
        return Filters(**given) if self.validate() else None

    @staticmethod
    def kept(given: Mapping[str, str]) -> dict[str, Any]:
        """The filters among these, and nothing else somebody put into an address."""
        return {name: given[name] for name in FILTERS if given.get(name)}

    @classmethod
    def address_of(cls, typed: Mapping[str, str]) -> dict[str, Any]:
        """What stands in the address for filters as they were typed."""
        return cls.kept({**typed, "text": WordsField.sealed(typed.get("text", ""))})

    def key(self) -> str:
        """The same for the same filters, and for no others."""
        return json.dumps(
            {
                name: field._value() if isinstance(field, StringField) else field.data
                for name, field in sorted(self._fields.items())
            }
        )

    def in_words(self) -> str:
        """The filters that narrow the list, in words; what somebody searched for is only told as being there."""
        parts = []
        if self.unit.data:  # first, with what widens it: what follows may be cut
            below = f" ({self.subtree.label.text})" if self.subtree.data else ""
            parts.append(f"{self.unit.label.text}{below}: {self.unit.data.name}")
        parts += [gettext("có từ tìm kiếm")] if self.text.data else []
        for item in (self.kind, self.state, self.field, self.source):
            if item.data:
                parts.append(f"{item.label.text}: {dict(item.choices).get(item.data, '')}")
        parts += [
            f"{item.label.text} {item._value()}"
            for item in (self.received_from, self.received_to, self.due_before)
            if item.data
        ]
        return "; ".join(parts)


_empty: dict[tuple[str, str], Markup] = {}


def drawn(form: FilterForm | None) -> Markup:
    """The fields of the form; those of an empty one, which are the same for everybody, are drawn once a language and
    profile.
    """
    if form is not None:
        return Markup(render_template("petitions/filters.html", form=form))  # noqa: S704  a template's, escaped there
    key = (language(), current_app.config["PROFILE"])
    if key not in _empty:
        _empty[key] = drawn(FilterForm())
    return _empty[key]
