"""The filters of the list of petitions, as a form and as an address."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from wtforms import BooleanField, StringField

from app.clock import today
from app.reporting.case_list import CaseFilters
from app.reporting.lists import Filters, Page, days_of_phase
from app.reporting.reception_list import ReceptionFilters
from app.views.fields import DayField, Form, TermField, UnitField, WordsField, ever, reported
from app.views.labels import choices, language, say
from app.views.paging import turned_of

FILTERS = (
    *("text", "kind", "state", "field", "source", "received_from", "received_to", "due_before", "phase", "handler"),
    *("unit", "subtree"),
)
PHASES = ("overdue", "due_soon", "in_time", "before_use")
# What a filter narrows, where that is more than what is called as it is.
NARROWS = {"phase": ("due_from", "due_before", "before_use"), "unit": ("unit", "subtree")}


class ListForm(Form):
    """Filters of a list; they stand in the address, so there is nothing to protect against forging."""

    NAMES: tuple[str, ...] = ()

    text = WordsField(
        lazy_gettext("Tìm trong đơn"), render_kw={"class": "form-control", "type": "search", "autocomplete": "off"}
    )
    kind = TermField(lazy_gettext("Loại đơn"), default="")
    state = TermField(lazy_gettext("Trạng thái"), default="")
    handler = StringField(
        lazy_gettext("Người xử lý"),
        render_kw={"class": "form-control", "autocomplete": "off", "placeholder": lazy_gettext("tên tài khoản")},
    )
    unit = UnitField(lazy_gettext("Đơn vị"), name="unit")
    subtree = BooleanField(lazy_gettext("cả đơn vị cấp dưới"))

    def chips(self) -> dict[str, str]:
        """Each filter that narrows the list, in words."""
        found = {}
        for name, field in self._fields.items():
            if name == "subtree" or field.data in (None, "", False):
                continue
            if name == "text":
                said = field.data
            elif name == "unit":
                said = field.data.name + (f" ({self.subtree.label.text})" if self.subtree.data else "")
            else:
                said = dict(field.choices).get(field.data, "") if hasattr(field, "choices") else field._value()
            found[name] = f"{field.label.text}: {said}"
        return found

    def chips_of(self, endpoint: str, kept: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        """Each filter that narrows the list, in words, and the address of the list without it."""
        found = {}
        for name, said in self.chips().items():
            gone = {name, *NARROWS.get(name, ())}
            left = {key: value for key, value in kept.items() if key not in gone}
            found[name] = (said, url_for(endpoint, **left))
        return found

    @classmethod
    def kept(cls, given: Mapping[str, str]) -> dict[str, Any]:
        """The filters among these, and nothing else somebody put into an address."""
        return {name: given[name] for name in cls.NAMES if given.get(name)}

    @classmethod
    def address_of(cls, typed: Mapping[str, str]) -> dict[str, Any]:
        """What stands in the address for filters as they were typed, with how the list was turned."""
        return cls.kept({**typed, "text": WordsField.sealed(typed.get("text", ""))}) | turned_of(typed)


class FilterForm(ListForm):
    """The filters of the list of petitions."""

    NAMES = FILTERS

    field = TermField(lazy_gettext("Lĩnh vực"), default="")
    source = TermField(lazy_gettext("Nguồn đơn"), default="")
    received_from = DayField(lazy_gettext("Nhận từ ngày"), latest=reported)
    received_to = DayField(lazy_gettext("đến ngày"), latest=reported)
    due_before = DayField(lazy_gettext("Hạn trước ngày"), latest=ever)
    phase = TermField(lazy_gettext("Thời hạn"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = gettext("Tất cả")
        for name in ("kind", "field", "source"):
            self[name].choices = choices(name, every)
        self.phase.choices = [("", every), *((name, say("phase", name)) for name in PHASES)]
        of_cases = [choice for choice in choices("case_state") if choice[0] != "closed"]
        self.state.choices = [("", every), *choices("petition_state"), *of_cases]

    def filters(self) -> Filters | None:
        """What the address narrows the list to; None where part of it cannot be read, with its error beside it."""
        given = {name: field.data for name, field in self._fields.items() if field.data not in (None, "")}
        return Filters(**within_phase(given)) if self.validate() else None

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
        for item in (self.kind, self.state, self.field, self.source, self.phase):
            if item.data:
                parts.append(f"{item.label.text}: {dict(item.choices).get(item.data, '')}")
        parts += [
            f"{item.label.text} {item._value()}"
            for item in (self.received_from, self.received_to, self.due_before, self.handler)
            if item.data
        ]
        return "; ".join(parts)


def within_phase(given: dict[str, Any]) -> dict[str, Any]:
    """The filters with the days that a phase means today."""
    found = dict(given)
    phase = found.pop("phase", None)
    if phase is None:
        return found
    first, end = days_of_phase(phase, today(), current_app.config["DUE_SOON_DAYS"])
    ends = [day for day in (end, found.get("due_before")) if day is not None]
    old = {"overdue": False, "before_use": True}.get(phase)
    return found | {"due_from": first, "due_before": min(ends, default=None), "before_use": old}


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


MOST_LOOSER = 1_000  # petitions that fewer filters would bring are counted so far


def narrowed(
    form: ListForm | None, endpoint: str, filters: Any, page: Page, count: Callable[[Any], int]
) -> dict[str, Any]:
    """`chips`: each filter in words with the address without it; `looser`, where nothing was found: the same with how
    many there would be, as `count` tells for filters, where there are any.
    """
    if form is None or filters is None:
        return {"chips": [], "looser": []}
    chips = form.chips_of(endpoint, form.kept(request.args))
    if page.rows or page.count:
        return {"chips": list(chips.values()), "looser": []}
    usual = type(filters)()
    counts = {
        name: count(replace(filters, **{part: getattr(usual, part) for part in NARROWS.get(name, (name,))}))
        for name in chips
    }
    return {"chips": list(chips.values()), "looser": [(*chips[name], found) for name, found in counts.items() if found]}


class CaseFilterForm(ListForm):
    """The filters of the list of cases."""

    NAMES = ("text", "kind", "state", "phase", "handler", "unit", "subtree")

    phase = TermField(lazy_gettext("Thời hạn"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = gettext("Tất cả")
        self.kind.choices = choices("kind", every)
        self.phase.choices = [("", every), *((name, say("phase", name)) for name in PHASES)]
        self.state.choices = [("", every), *choices("case_state")]

    def filters(self) -> CaseFilters | None:
        """What the address narrows the list to; None where part of it cannot be read, with its error beside it."""
        given = {name: field.data for name, field in self._fields.items() if field.data not in (None, "")}
        return CaseFilters(**within_phase(given)) if self.validate() else None


class ReceptionFilterForm(ListForm):
    """The filters of the reception register."""

    NAMES = ("text", "kind", "about", "linked", "state", "held_from", "held_to", "unit", "subtree")

    about = TermField(lazy_gettext("Nội dung thuộc loại"), default="")
    linked = TermField(lazy_gettext("Đơn"), default="")
    held_from = DayField(lazy_gettext("Tiếp từ ngày"), latest=reported)
    held_to = DayField(lazy_gettext("đến ngày"), latest=reported)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = gettext("Tất cả")
        self.text.label.text = gettext("Tìm trong sổ")
        self.kind.label.text = gettext("Hình thức tiếp")
        self.kind.choices = choices("reception_kind", every)
        self.about.choices = choices("kind", every)
        self.linked.choices = [("", every), ("yes", gettext("đã vào sổ đơn")), ("no", gettext("chưa có đơn"))]
        self.state.choices = [("", gettext("đang trong sổ")), ("removed", say("petition_state", "removed"))]
        del self.handler

    def filters(self) -> ReceptionFilters | None:
        """What the address narrows the list to; None where part of it cannot be read, with its error beside it."""
        given = {name: field.data for name, field in self._fields.items() if field.data not in (None, "")}
        return ReceptionFilters(**given) if self.validate() else None
