"""The forms of petitions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.clock import today
from app.law.classify import Proposal
from app.law.facts import PETITION
from app.models import Account, Petition
from app.operations.petitions.petitions import Finding, troubles
from app.text.typed import Unreadable, day
from app.views.facts import fields_of, fit, typed
from app.views.fields import DayField, FlaskForm, Form, TermField, UnitField
from app.views.handlers import named, offer
from app.views.keeping import add_error
from app.views.labels import choices

TEXT = {"class": "form-control"}
AREA = {"class": "form-control", "rows": 5}
NO_AUTOCOMPLETE = {"class": "form-control", "autocomplete": "off"}
ADDRESS = NO_AUTOCOMPLETE | {"data-places": "/places/suggest"}


class PetitionerForm(Form):
    """One petitioner, representative or authorised person; a line left empty is not stored."""

    APART = ("sort", "part", "paper")  # fields that are seldom needed and stand folded

    @property
    def said(self) -> set[str]:
        """The names of the fields in which something stands."""
        return {name for name, value in self.data.items() if value}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sort.choices = [("", gettext("Cá nhân")), *choices("person_sort")[1:]]
        self.part.choices = [("", gettext("Người đứng đơn")), *choices("person_part")[1:]]

    name = StringField(lazy_gettext("Họ tên"), [Optional(), Length(max=200)], render_kw=NO_AUTOCOMPLETE)
    address = StringField(lazy_gettext("Địa chỉ"), [Optional(), Length(max=300)], render_kw=ADDRESS)
    id_number = StringField(lazy_gettext("Số căn cước"), [Optional(), Length(max=40)], render_kw=NO_AUTOCOMPLETE)
    phone = StringField(lazy_gettext("Điện thoại"), [Optional(), Length(max=40)], render_kw=NO_AUTOCOMPLETE)
    sort = TermField(lazy_gettext("Là"), default="")
    part = TermField(lazy_gettext("Tư cách"), default="")
    paper = StringField(
        lazy_gettext("Giấy cử đại diện, giấy ủy quyền"), [Optional(), Length(max=120)], render_kw=NO_AUTOCOMPLETE
    )


class RespondentForm(Form):
    """One respondent: a person, or an organisation, which needs no other name."""

    name = StringField(lazy_gettext("Họ tên"), [Optional(), Length(max=200)], render_kw=NO_AUTOCOMPLETE)
    position = StringField(lazy_gettext("Chức vụ"), [Optional(), Length(max=200)], render_kw=NO_AUTOCOMPLETE)
    organisation = StringField(
        lazy_gettext("Cơ quan, đơn vị"), [Optional(), Length(max=250)], render_kw=NO_AUTOCOMPLETE
    )
    id_number = StringField(
        lazy_gettext("Số định danh (nếu biết)"), [Optional(), Length(max=40)], render_kw=NO_AUTOCOMPLETE
    )


def filled(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines in which something was typed, without their empty parts."""
    clean = [
        {name: value.strip() for name, value in line.items() if isinstance(value, str) and value.strip()}
        for line in lines
    ]
    return [line for line in clean if line]


def respondents(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As `filled`; an organisation that stands by itself is the one that is meant."""
    return [
        {"name": line["organisation"], "sort": "organisation"} if set(line) == {"organisation"} else line
        for line in filled(lines)
    ]


def respondents_typed(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The other way round: respondents as the form shows them."""
    return [
        {"organisation": one["name"]} if one.get("sort") == "organisation" and "position" not in one else one
        for one in people
    ]


# The facts come first, on the page and in what is told of them.
_Facts = type("_Facts", (FlaskForm,), fields_of(PETITION))


class RegisterForm(_Facts):  # type: ignore[valid-type,misc]
    """Everything about a new petition, on one page."""

    previous_decision = StringField(
        lazy_gettext("Số quyết định, kết luận lần trước"),
        [Optional(), Length(max=80)],
        render_kw=NO_AUTOCOMPLETE,
    )
    previous_body = StringField(
        lazy_gettext("Nơi ban hành lần trước"),
        [Optional(), Length(max=250)],
        render_kw=NO_AUTOCOMPLETE,
    )
    previous_on = DayField(lazy_gettext("Ngày ban hành lần trước"), [Optional()])
    petitioners = FieldList(
        FormField(PetitionerForm), min_entries=1, max_entries=50, label=lazy_gettext("Người gửi đơn")
    )
    respondents = FieldList(
        FormField(RespondentForm), min_entries=1, max_entries=50, label=lazy_gettext("Người bị khiếu nại, tố cáo")
    )
    summary = TextAreaField(lazy_gettext("Tóm tắt nội dung"), [DataRequired(), Length(max=20_000)], render_kw=AREA)
    attachments = TextAreaField(
        lazy_gettext("Tài liệu kèm theo"),
        [Optional(), Length(max=2_000)],
        render_kw={"class": "form-control", "rows": 2},
    )

    people_kept: list[dict[str, Any]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit(self, PETITION)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Whether it holds, with every rule of a petition, so that all that is wrong is told in one round."""
        holds = bool(super().validate(*args, **kwargs))
        for trouble in troubles(self._known()) if "summary" in self else ():
            name = (trouble.field or "").partition(".")[0]
            if name not in self.errors:  # what could not even be read is told already
                add_error(self, trouble)
            holds = False
        return holds

    def keep_people(self, people: list[dict[str, Any]]) -> None:
        """Who sent it is not asked and not shown: these people."""
        del self.petitioners
        self.people_kept = people

    def _known(self) -> dict[str, Any]:
        """What was typed and could be read, as a record says it."""
        values = self.values()
        values["previous_decision"] = {name: part for name, part in values["previous_decision"].items() if part}
        return {name: value for name, value in values.items() if value not in (None, "", {})}

    def values(self) -> dict[str, Any]:
        """The values as `operations.petitions.register` takes them."""
        return typed(self, PETITION) | {
            "summary": self.summary.data,
            "attachments": self.attachments.data,
            "previous_decision": {
                "number": self.previous_decision.data,
                "body": self.previous_body.data,
                "on": self.previous_on.data,
            },
            "petitioners": filled(self.petitioners.data) if "petitioners" in self else self.people_kept,
            "respondents": respondents(self.respondents.data),
        }


CARRIED = ("kind", "source", "received_on", "field")  # facts that the next petition of a pile often shares


def carried_on(form: Any) -> dict[str, Any]:
    """What stays for the next petition, as an address tells it."""
    values = {name: form[name].data for name in CARRIED}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items() if value}


def carried(told: Mapping[str, str]) -> dict[str, Any]:
    """What a new form starts with, of what its address tells."""
    values: dict[str, Any] = {name: told[name] for name in CARRIED if name in told}
    try:
        return values | ({"received_on": day(values["received_on"], today())} if "received_on" in values else {})
    except Unreadable:  # an address that somebody changed
        del values["received_on"]
        return values


class ProcessForm(FlaskForm):
    """The officer's finding and the direction."""

    on = DayField(lazy_gettext("Ngày xử lý"), [InputRequired()], start_today=True)
    eligible = RadioField(lazy_gettext("Điều kiện xử lý"), [InputRequired()])
    competent = RadioField(lazy_gettext("Thẩm quyền"), [InputRequired()])
    direction = TermField(lazy_gettext("Hướng xử lý"))
    sent_to = UnitField(lazy_gettext("Nơi nhận (mã đơn vị)"), [Optional()], name="sent_to")
    many_places = BooleanField(lazy_gettext("Phải xác minh tại nhiều nơi"))
    discipline = TermField(lazy_gettext("Khiếu nại quyết định kỷ luật"))
    reason = TextAreaField(
        lazy_gettext("Lý do, căn cứ"), [Optional(), Length(max=2000)], render_kw={"class": "form-control", "rows": 2}
    )
    paper = StringField(lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw=TEXT)
    difference = TextAreaField(
        lazy_gettext("Lý do chọn khác đề xuất"),
        [Optional(), Length(max=2000)],
        render_kw={"class": "form-control", "rows": 2},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.eligible.choices = [("1", gettext("Đủ điều kiện")), ("0", gettext("Không đủ điều kiện"))]
        self.competent.choices = [("1", gettext("Thuộc thẩm quyền")), ("0", gettext("Không thuộc thẩm quyền"))]
        self.direction.choices = choices("direction")
        self.discipline.choices = choices("discipline", gettext("Không"))

    def narrow(self, petition: Petition, fresh: bool) -> None:
        """Only what a petition of this kind can be asked; `fresh`: with what was registered of it."""
        if petition.kind == "denunciation":
            del self.discipline
            if fresh:
                self.many_places.data = petition.many_places
        else:
            del self.many_places
            self.direction.choices = [choice for choice in self.direction.choices or () if choice[0] != "inspect"]
            if petition.kind != "complaint":
                del self.discipline
            elif fresh or self.discipline.raw_data == []:
                self.discipline.data = petition.discipline or ""

    def take(self, proposal: Proposal) -> None:
        """What the law proposes stands in the form, for the officer to keep or change."""
        self.eligible.data = str(int(proposal.eligible))
        self.competent.data = str(int(proposal.competent))
        self.direction.data = proposal.direction
        self.reason.data = proposal.reason

    def finding(self) -> Finding:
        """What the officer found, as `operations.petitions.process` takes it."""
        said = {name: self[name].data for name in ("many_places", "discipline") if name in self}
        return Finding(
            eligible=self.eligible.data == "1",
            competent=self.competent.data == "1",
            direction=self.direction.data,
            reason=self.reason.data or "",
            sent_to=self.sent_to.data,
            **said,
        )


class AssignForm(FlaskForm):
    """Who handles the petition."""

    on = DayField(lazy_gettext("Ngày phân công"), [InputRequired()], start_today=True)
    handlers = SelectMultipleField(lazy_gettext("Người xử lý"), render_kw={"class": "form-control", "size": 8})

    def fit(self, petition: Petition) -> None:
        """The officers of the unit, those named already chosen."""
        offer(self.handlers, petition.unit_id)
        if request.method == "GET":
            self.handlers.data = petition.handlers or []

    def chosen(self, petition: Petition) -> list[Account]:
        """The accounts that were chosen."""
        return named(self.handlers, petition.unit_id)


class AssignManyForm(FlaskForm):
    """Who handles the petitions that were chosen, of the account's own unit."""

    on = DayField(lazy_gettext("Ngày phân công"), [InputRequired()], start_today=True)
    handlers = SelectMultipleField(lazy_gettext("Người xử lý"), render_kw={"class": "form-control", "size": 8})

    def fit(self, unit_id: Any, _petitions: list[Petition]) -> None:
        """The accounts of the unit that may be named."""
        offer(self.handlers, unit_id)

    def chosen(self, petition: Petition) -> list[Account]:
        """The accounts that were chosen, where they are of the petition's unit."""
        return named(self.handlers, petition.unit_id)


class AttachManyForm(FlaskForm):
    """The case that the petitions that were chosen are about."""

    on = DayField(lazy_gettext("Ngày"), [InputRequired()], start_today=True)
    case_number = StringField(
        lazy_gettext("Số vụ việc đã có"), [DataRequired(), Length(max=80)], render_kw=NO_AUTOCOMPLETE
    )


class _DuplicateForm(FlaskForm):
    """What is said of petitions that repeat another."""

    on = DayField(lazy_gettext("Ngày"), [InputRequired()], start_today=True)
    number = StringField(lazy_gettext("Trùng với đơn số"), [DataRequired(), Length(max=80)], render_kw=NO_AUTOCOMPLETE)
    note = TextAreaField(
        lazy_gettext("Lý do, căn cứ"), [Optional(), Length(max=2000)], render_kw={"class": "form-control", "rows": 2}
    )


class DuplicateForm(_DuplicateForm):
    """The petition that this one repeats."""

    def fit(self, _petition: Petition) -> None:
        """The number that the address tells, to start with."""
        if request.method == "GET":
            self.number.data = request.args.get("number", "")[:80]


class DuplicateManyForm(_DuplicateForm):
    """The petition among those chosen, or another, that the chosen ones repeat."""

    def fit(self, _unit_id: Any, petitions: list[Petition]) -> None:
        """The petition that came first, to start with."""
        if self.number.raw_data is None:
            self.number.data = min(petitions, key=lambda petition: (petition.received_on, petition.id)).number


class AttachForm(FlaskForm):
    """A new case or an existing one, and acceptance at once where it is wanted."""

    on = DayField(lazy_gettext("Ngày"), [InputRequired()], start_today=True)
    case_number = StringField(
        lazy_gettext("Số vụ việc đã có (để trống: lập vụ việc mới)"),
        [Optional(), Length(max=80)],
        render_kw=NO_AUTOCOMPLETE,
    )
    accept = BooleanField(lazy_gettext("Thụ lý ngay trong ngày này"))
    remote = BooleanField(lazy_gettext("Vùng sâu, vùng xa, đi lại khó khăn"))
    paper = StringField(lazy_gettext("Số thông báo, quyết định thụ lý"), [Optional(), Length(max=120)], render_kw=TEXT)

    def fit(self, _petition: Petition) -> None:
        """The number of the case that the address tells, to start with."""
        if request.method == "GET":
            self.case_number.data = request.args.get("case_number", "")[:80]
