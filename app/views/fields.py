"""Form fields: a day typed as dd/mm/yyyy, a unit by its code, amounts with a comma, choices from the glossary."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import g
from flask_babel import gettext
from wtforms import SelectField, SelectMultipleField, StringField, widgets
from wtforms.validators import ValidationError

from app.clock import today
from app.extensions import db
from app.models import Unit
from app.operations.refusal import Refused
from app.operations.units import find_unit
from app.security.sealed import CannotOpen, open_from_address, seal_for_address
from app.views.labels import choices

LONGEST_SEARCH = 300
DAY_FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y")


class DayField(StringField):
    """A day; 05/10/2026 as typed, a date as data."""

    def __init__(self, label: Any = None, validators: Any = None, start_today: bool = False, **kwargs: Any) -> None:
        super().__init__(label, validators, default=today if start_today else None, **kwargs)
        self.render_kw = {"placeholder": "dd/mm/yyyy", "inputmode": "numeric", "autocomplete": "off", "class": "form-control day"}
        self.typed = ""

    def _value(self) -> str:
        if self.typed:
            return self.typed
        return f"{self.data:%d/%m/%Y}" if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The typed text as a date; an empty one is None."""
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        for form in DAY_FORMATS:
            try:
                self.data = datetime.strptime(self.typed, form).date()
                return
            except ValueError:
                continue
        raise ValueError(gettext("“%(text)s” không phải ngày có thật; gõ ngày/tháng/năm, ví dụ 05/10/2026", text=self.typed))


class UnitField(StringField):
    """A unit by its code; data is the unit. A list of thousands is never sent to the browser: names come from /units/suggest."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.render_kw = {"class": "form-control", "autocomplete": "off", "data-suggest": "/units/suggest", "list": f"{kwargs.get('name', '')}-suggestions"}
        self.typed = ""

    def _value(self) -> str:
        return self.typed or (self.data.code if isinstance(self.data, Unit) else "")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The unit of the typed code; an empty one is None."""
        self.typed = str(valuelist[0]).strip().split(" ")[0] if valuelist else ""
        self.data = None
        if self.typed:
            try:
                self.data = find_unit(db.session(), self.typed)
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
                raise ValueError(gettext("Không mở được từ tìm kiếm của địa chỉ này; gõ lại từ cần tìm rồi bấm Lọc")) from None

    @staticmethod
    def sealed(typed: str) -> str:
        """The address's value for typed words; empty for none."""
        return seal_for_address(g.user.id, typed.strip()[:LONGEST_SEARCH]) if typed.strip() else ""


class AmountField(StringField):
    """An amount: 1.234,5 or 1234.5; data is a Decimal, None where empty."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.render_kw = {"class": "form-control amount", "inputmode": "decimal", "autocomplete": "off"}
        self.typed = ""

    def _value(self) -> str:
        return self.typed or ("" if self.data is None else str(self.data).replace(".", ","))

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The typed figure as a Decimal."""
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        text = self.typed.replace(" ", "")
        text = text.replace(".", "").replace(",", ".") if "," in text else text
        try:
            self.data = Decimal(text)
        except InvalidOperation:
            raise ValueError(gettext("“%(text)s” không phải số", text=self.typed)) from None


class TermField(SelectField):
    """One code of a glossary group; choices are set when the form is made, in the reader's language."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, choices=[], render_kw={"class": "form-control"}, **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Only a code of the list."""
        if self.data not in [code for code, _ in self.choices or ()]:
            raise ValidationError(gettext("Chọn một giá trị trong danh sách"))


class GlossaryField(TermField):
    """One code of a glossary group, for forms that Flask-AppBuilder makes once for all requests: the choices are read when they are needed."""

    def __init__(self, label: Any = None, validators: Any = None, group: str = "", empty: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.group, self.empty = group, empty

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
