"""Forms of tasks: giving one, and its steps."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext
from wtforms import FieldList, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.law.tasks import ORIGINS
from app.models import Account, Task, Unit
from app.views.fields import DayField, FlaskForm, TermField, UnitField, ever
from app.views.filters import ListForm, within_phase
from app.views.handlers import named, offer
from app.views.labels import choices, origin_name, say

TEXT = {"class": "form-control"}
AREA = {"class": "form-control", "rows": 4}
MOST_UNITS = 6
PHASES = ("overdue", "due_soon", "in_time")


class GiveForm(FlaskForm):
    """What is to be done, by whom, by when; and the paper that gives it."""

    origin = TermField(lazy_gettext("Nguồn nhiệm vụ"), [InputRequired()])
    what = TextAreaField(lazy_gettext("Việc phải làm"), [InputRequired(), Length(max=5000)], render_kw=AREA)
    due_on = DayField(lazy_gettext("Hạn thực hiện"), [Optional()], latest=ever)
    units = FieldList(
        UnitField(lazy_gettext("Đơn vị thực hiện"), [Optional()]),
        lazy_gettext("Đơn vị thực hiện"),
        min_entries=MOST_UNITS,
    )
    handlers = SelectMultipleField(
        lazy_gettext("Người thực hiện (khi giao trong đơn vị)"), render_kw={"class": "form-control", "size": 6}
    )
    paper = StringField(lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw=TEXT)
    paper_on = DayField(lazy_gettext("Ngày văn bản"), [Optional()])
    signer = StringField(lazy_gettext("Người ký, chức vụ"), [Optional(), Length(max=120)], render_kw=TEXT)

    def fit(self, giver: Unit) -> None:
        """The origins that somebody gives, the unit's own accounts, and the unit itself to begin with."""
        self.origin.choices = [(row.key, origin_name(row.key)) for row in ORIGINS.values() if row.asked]
        offer(self.handlers, giver.id)
        if request.method == "GET":
            self.units[0].data = giver

    def chosen_units(self) -> list[Unit]:
        """The units that were named, each once."""
        return list(dict.fromkeys(line.data for line in self.units if line.data is not None))

    def chosen(self, giver: Unit) -> list[Account]:
        """The accounts that were chosen."""
        return named(self.handlers, giver.id)


class StepForm(FlaskForm):
    """A day, a paper, a note."""

    on = DayField(lazy_gettext("Ngày"), [InputRequired()], start_today=True)
    paper = StringField(lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw=TEXT)
    note = TextAreaField(lazy_gettext("Nội dung"), [Optional(), Length(max=5000)], render_kw=AREA)

    def values(self, task: Task) -> dict[str, Any]:
        """What the step needs besides."""
        return {}


class ExtendForm(StepForm):
    """A later day."""

    due_on = DayField(lazy_gettext("Hạn mới"), [InputRequired()], latest=ever)

    def values(self, task: Task) -> dict[str, Any]:
        """The day."""
        return {"due_on": self.due_on.data}


class AssignForm(FlaskForm):
    """Who does it."""

    on = DayField(lazy_gettext("Ngày phân công"), [InputRequired()], start_today=True)
    handlers = SelectMultipleField(lazy_gettext("Người thực hiện"), render_kw={"class": "form-control", "size": 8})

    def fit(self, task: Task) -> None:
        """The accounts of the unit that has to do it, those named already chosen."""
        offer(self.handlers, task.unit_id)
        if request.method == "GET":
            self.handlers.data = task.handlers or []

    def values(self, task: Task) -> dict[str, Any]:
        """The accounts."""
        return {"accounts": named(self.handlers, task.unit_id)}


FORMS: dict[str, type] = {"extend": ExtendForm, "assign": AssignForm}


class TaskFilterForm(ListForm):
    """The filters of the list of tasks."""

    NAMES = ("whose", "origin", "state", "phase", "handler", "signer", "unit", "subtree")

    whose = TermField(lazy_gettext("Nhiệm vụ"), default="")
    origin = TermField(lazy_gettext("Nguồn nhiệm vụ"), default="")
    phase = TermField(lazy_gettext("Thời hạn"), default="")
    signer = StringField(lazy_gettext("Người ký văn bản chỉ đạo"), render_kw=TEXT | {"autocomplete": "off"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.text, self.kind
        every = str(lazy_gettext("Tất cả"))
        self.whose.choices = [
            ("", every),
            ("mine", str(lazy_gettext("giao cho tôi"))),
            ("ours", str(lazy_gettext("đơn vị phải làm"))),
            ("gave", str(lazy_gettext("đơn vị đã giao"))),
        ]
        self.origin.choices = [("", every), *((key, origin_name(key)) for key in ORIGINS)]
        self.state.choices = [("", str(lazy_gettext("chưa kết thúc"))), *choices("task_state")]
        self.phase.choices = [("", every), *((name, say("phase", name)) for name in PHASES)]
        self.handler.label.text = str(lazy_gettext("Người thực hiện"))

    def narrowing(self) -> dict[str, Any] | None:
        """What the address narrows the list to; None where part of it cannot be read, with its error beside it."""
        given = {name: field.data for name, field in self._fields.items() if field.data not in (None, "")}
        return within_phase(given) if self.validate() else None
