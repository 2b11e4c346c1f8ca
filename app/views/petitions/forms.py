"""The forms of petitions."""

from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Select, select
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.extensions import db
from app.law.classify import Proposal
from app.law.facts import PETITION
from app.models import Account, Petition
from app.operations.petitions.petitions import Finding
from app.views.facts import fields_of, fit, typed
from app.views.fields import DayField, FlaskForm, Form, TermField, UnitField
from app.views.labels import choices

TEXT = {"class": "form-control"}
AREA = {"class": "form-control", "rows": 5}
NO_AUTOCOMPLETE = {"class": "form-control", "autocomplete": "off"}


class PetitionerForm(Form):
    """One petitioner; a line left empty is not stored."""

    name = StringField(lazy_gettext("Họ tên"), [Optional(), Length(max=200)], render_kw=NO_AUTOCOMPLETE)
    address = StringField(lazy_gettext("Địa chỉ"), [Optional(), Length(max=300)], render_kw=NO_AUTOCOMPLETE)
    id_number = StringField(lazy_gettext("Số căn cước"), [Optional(), Length(max=40)], render_kw=NO_AUTOCOMPLETE)
    phone = StringField(lazy_gettext("Điện thoại"), [Optional(), Length(max=40)], render_kw=NO_AUTOCOMPLETE)


class RespondentForm(Form):
    """One respondent; a line left empty is not stored."""

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


class _Register(FlaskForm):
    """What is asked of a new petition besides its facts."""

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
        FormField(PetitionerForm), min_entries=3, max_entries=50, label=lazy_gettext("Người gửi đơn")
    )
    respondents = FieldList(
        FormField(RespondentForm), min_entries=2, max_entries=50, label=lazy_gettext("Người bị khiếu nại, tố cáo")
    )
    summary = TextAreaField(lazy_gettext("Tóm tắt nội dung"), [DataRequired(), Length(max=20_000)], render_kw=AREA)
    attachments = TextAreaField(
        lazy_gettext("Tài liệu kèm theo"),
        [Optional(), Length(max=2_000)],
        render_kw={"class": "form-control", "rows": 2},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit(self, PETITION)

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
            "petitioners": filled(self.petitioners.data),
            "respondents": filled(self.respondents.data),
        }


# Everything about a new petition, on one page.
RegisterForm = type("RegisterForm", (_Register,), fields_of(PETITION))


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
        found = db.session.scalars(self._officers(petition))
        self.handlers.choices = [(account.username, str(account)) for account in found]
        if request.method == "GET":
            self.handlers.data = petition.handlers or []

    def chosen(self, petition: Petition) -> list[Account]:
        """The accounts that were chosen."""
        return list(db.session.scalars(self._officers(petition).where(Account.username.in_(self.handlers.data or []))))

    @staticmethod
    def _officers(petition: Petition) -> Select[Any]:
        working = (Account.kind == "user", Account.active.is_(True))
        return select(Account).where(Account.unit_id == petition.unit_id, *working).order_by(Account.username)


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
