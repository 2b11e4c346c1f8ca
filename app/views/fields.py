"""Forms and their fields: a day typed as dd/mm/yyyy, a unit by its code, counts, amounts, choices from the glossary."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, request
from flask_babel import get_translations, gettext, lazy_gettext
from flask_wtf import FlaskForm as StockForm
from markupsafe import Markup
from wtforms import Form as StockPart
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import DataRequired, Length, StopValidation, ValidationError

from app.clock import today
from app.extensions import db
from app.law.periods import periods_of, reporting_year
from app.models import Unit
from app.operations.refusal import Refused
from app.operations.units import find_unit
from app.security.sealed import CannotOpen, open_from_address, seal_for_address
from app.text import typed
from app.views.labels import choices

LONGEST_SEARCH = 300


class Translations:
    """What WTForms says, from our catalogues: translated before values are put into it, never after."""

    @staticmethod
    def gettext(sentence: str) -> str:
        """The sentence in the reader's language, its places still to be filled."""
        return str(get_translations().ugettext(sentence))

    @staticmethod
    def ngettext(one: str, many: str, number: int) -> str:
        """The sentence for that number."""
        return str(get_translations().ungettext(one, many, number))


class VietnameseMeta:
    """For every form: its messages are in the reader's language."""

    def get_translations(self, _form: Any) -> Any:
        """Our catalogues."""
        return Translations


_HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')


class Marked:
    """A form that tells itself from the same one sent again, and what its record was like when it was opened."""

    seen = ""

    def validate(self, *arguments: Any, **named: Any) -> bool:
        """Whether it holds; where it does not, the page tells what is wrong in one place (`problems.py`)."""
        stock: Any = super()
        holds = bool(stock.validate(*arguments, **named))
        if not holds:
            g.sent_form = self
        return holds

    def hidden_tag(self, *fields: Any) -> Markup:
        """The hidden fields."""
        once = _HIDDEN.format("once", request.form.get("once") or str(uuid.uuid4()))
        seen = _HIDDEN.format("seen", self.seen) if self.seen else ""
        stock: Any = super()
        return Markup("{}{}{}").format(stock.hidden_tag(*fields), once, seen)


class FlaskForm(Marked, StockForm):
    """A form that is sent, guarded against forging."""

    class Meta(VietnameseMeta, StockForm.Meta):
        """As Flask-WTF's, but what was sent without any field is an empty form, not one that was never sent."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent; None where nothing was."""
            sent = super().wrap_formdata(form, formdata)
            return request.form if sent is None and formdata is not None and request.method == "POST" else sent


class Form(StockPart):
    """A part of a form, or one that stands in an address."""

    class Meta(VietnameseMeta):
        """As WTForms'."""


class TypedField(StringField):
    """Text that means something: shown again as it was typed; `data` is what it means, None where nothing was typed."""

    typed = ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The meaning of the typed text. Raises ValueError with a sentence in the reader's language."""
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not self.typed:
            self.raw_data: list[Any] = []  # spaces are nothing: a field that is required says so
            return
        try:
            self.data = self.read(self.typed)
        except typed.Unreadable as trouble:
            raise ValueError(gettext(trouble.sentence, **trouble.values)) from None

    def pre_validate(self, form: Any) -> None:
        """What could not be read is said once."""
        if self.process_errors:
            raise StopValidation()

    def read(self, text: str) -> Any:
        """The meaning. Raises Unreadable or ValueError."""
        return text


def ever() -> date:
    """The last day of what the law sets for later: a holiday, a validity, a term."""
    return typed.LATEST


def reported() -> date:
    """The last day of the reporting year, or of this year: a period or a filter may end there."""
    return max(periods_of(reporting_year(today()))[-1].end, date(today().year, 12, 31))


class DayField(TypedField):
    """A day; 05/10/2026 as typed, a date as data. `latest` tells the last day it may be (today)."""

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        start_today: bool = False,
        latest: Callable[[], date] = today,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, default=today if start_today else None, **kwargs)
        self.render_kw = {
            "placeholder": "dd/mm/yyyy",
            "inputmode": "numeric",
            "autocomplete": "off",
            "class": "form-control day",
        }
        self.latest = latest

    def _value(self) -> str:
        if self.typed:
            return self.typed
        return f"{self.data:%d/%m/%Y}" if isinstance(self.data, date) else ""

    def read(self, text: str) -> date:
        """The date."""
        return typed.short_day(text, today(), self.latest())


class UnitField(TypedField):
    """A unit by its code; data is the unit.

    A list of thousands is never sent to the browser: names come from /units/suggest.
    """

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.render_kw = {
            "class": "form-control",
            "autocomplete": "off",
            "data-suggest": "/units/suggest",
        }

    def _value(self) -> str:
        return self.typed or (self.data.code if isinstance(self.data, Unit) else "")

    def read(self, text: str) -> Unit:
        """The unit whose code comes first: what is suggested is code and name."""
        try:
            return find_unit(db.session(), text.split(" ")[0])
        except Refused as refused:
            raise ValueError(refused.message) from None


class WordsField(StringField):
    """What is searched for. In an address it stands sealed for the account (`sealed`); what was typed comes by POST."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The clear words; an empty value is empty."""
        self.data = ""
        if valuelist and valuelist[0]:
            try:
                self.data = open_from_address(g.user.id, valuelist[0])
            except CannotOpen:
                raise ValueError(
                    gettext("Không mở được từ tìm kiếm của địa chỉ này; gõ lại từ cần tìm rồi bấm Lọc")
                ) from None

    @staticmethod
    def sealed(typed: str) -> str:
        """The address's value for typed words; empty for none."""
        return seal_for_address(g.user.id, typed.strip()[:LONGEST_SEARCH]) if typed.strip() else ""


class NumberField(TypedField):
    """A figure in Vietnamese notation, shown as it would be typed."""

    inputmode = "numeric"

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        look = {"class": "form-control amount", "inputmode": self.inputmode, "autocomplete": "off"}
        self.render_kw = look | (kwargs.get("render_kw") or {})

    def _value(self) -> str:
        return self.typed or ("" if self.data is None else typed.shown(self.data))


class CountField(NumberField):
    """A whole number from `least` to `most`: 1500 or 1.500; data is an int."""

    def __init__(
        self, label: Any = None, validators: Any = None, least: int = 0, most: int = typed.LARGEST_COUNT, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.least = least
        self.most = most

    def read(self, text: str) -> int:
        """The whole number."""
        return typed.whole(text, self.least, self.most)


class YearField(CountField):
    """A year, shown without a dot."""

    def _value(self) -> str:
        return self.typed or str(self.data or "")


class AmountField(NumberField):
    """An amount with at most three decimals: 1.234,5; data is a Decimal."""

    inputmode = "decimal"

    def read(self, text: str) -> Decimal:
        """The amount."""
        return typed.amount(text)


class TermField(SelectField):
    """One code of a glossary group; choices are set when the form is made, in the reader's language."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=[], render_kw={"class": "form-control"}, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Only a code of the list."""
        if self.data not in [code for code, _ in self.choices or ()]:
            raise ValidationError(gettext("Chọn một giá trị trong danh sách"))


class GlossaryField(TermField):
    """One code of a glossary group, for forms that Flask-AppBuilder makes once for all requests: the choices are read
    when they are needed.
    """

    def __init__(
        self, label: Any = None, validators: Any = None, group: str = "", empty: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.group = group
        self.empty = empty

    def iter_choices(self) -> Any:
        """The group's terms in the reader's language."""
        self.choices = choices(self.group, self.empty)
        return super().iter_choices()

    def pre_validate(self, form: Any) -> None:
        """Only a code of the group."""
        self.choices = choices(self.group, self.empty)
        super().pre_validate(form)


class TickField(SelectMultipleField):
    """Several numbered choices as tick boxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class ReasonForm(FlaskForm):
    """A reason, required."""

    note = TextAreaField(
        lazy_gettext("Lý do"), [DataRequired(), Length(max=2000)], render_kw={"class": "form-control", "rows": 3}
    )
