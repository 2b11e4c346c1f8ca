"""Forms of the steps of a case: each asks for number, day and ground as the law does for the kind (`fit`)."""

from typing import ClassVar

from flask import request
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import BooleanField, Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.extensions import db
from app.law import grounds
from app.law.extensions import LONGEST
from app.models import Account, Case
from app.operations.content import without
from app.operations.documents.documents import of_subject
from app.operations.petitions.case_orders import several, untold
from app.views.documents.documents import hidden_of, shown
from app.views.fields import CountField, DayField, FlaskForm, TermField, TickField
from app.views.labels import choices, criteria, day, say

TEXT = {"class": "form-control"}
AREA = {"class": "form-control", "rows": 3}


class Asked:
    """A field that the operation asks for, in words of its own; the form shows its star."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Nothing is refused here."""


YES_NO = [("no", lazy_gettext("Không")), ("yes", lazy_gettext("Có"))]


class StepForm(FlaskForm):
    """A day, a paper, a note."""

    on = DayField(lazy_gettext("Ngày"), [InputRequired()], start_today=True)
    paper = StringField(lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw=TEXT)
    note = TextAreaField(lazy_gettext("Nội dung, lý do"), [Optional(), Length(max=2000)], render_kw=AREA)


class CloseForm(FlaskForm):
    """What was finished before the software was used: when, and where that is told; of one, or of several chosen."""

    on = DayField(lazy_gettext("Ngày kết thúc"), [InputRequired()])
    paper = StringField(
        lazy_gettext("Nơi có kết quả (sổ, hồ sơ, phần mềm cũ; số)"), [Asked(), Length(max=120)], render_kw=TEXT
    )
    note = TextAreaField(lazy_gettext("Nội dung, lý do"), [Optional(), Length(max=2000)], render_kw=AREA)


class MergeForm(FlaskForm):
    """The case into which the petitions of this one go."""

    on = DayField(lazy_gettext("Ngày"), [InputRequired()], start_today=True)
    number = StringField(lazy_gettext("Nhập vào vụ việc số"), [Asked(), Length(max=80)], render_kw=TEXT)
    note = TextAreaField(lazy_gettext("Nội dung, lý do"), [Optional(), Length(max=2000)], render_kw=AREA)


class AcceptForm(FlaskForm):
    """Acceptance."""

    on = DayField(lazy_gettext("Ngày thụ lý"), [InputRequired()], start_today=True)
    paper = StringField(
        lazy_gettext("Số thông báo, quyết định thụ lý"),
        [Optional(), Length(max=120)],
        render_kw=TEXT,
    )
    remote = BooleanField(lazy_gettext("Vùng sâu, vùng xa, đi lại khó khăn"))


class ExtendForm(FlaskForm):
    """The criteria of a complex case with the paper that says so; of a denunciation also the days it adds."""

    on = DayField(lazy_gettext("Ngày văn bản"), [InputRequired()], start_today=True)
    paper = StringField(
        lazy_gettext("Số văn bản xác định hoặc quyết định gia hạn"),
        [Asked(), Length(max=80)],
        render_kw=TEXT,
    )
    days = CountField(lazy_gettext("Số ngày gia hạn"), [Optional()], default=LONGEST)
    criteria = TickField(lazy_gettext("Tiêu chí vụ việc phức tạp"), coerce=int)

    def fit(self, case: Case) -> None:
        """The criteria in the reader's language, those already found ticked; days for denunciations only."""
        self.criteria.choices = criteria()
        if request.method == "GET":
            self.criteria.data = list(case.complexity)
        if case.kind != "denunciation":
            del self.days


class VerifyForm(FlaskForm):
    """Who verifies with which documents."""

    on = DayField(lazy_gettext("Ngày giao"), [InputRequired()], start_today=True)
    documents = TickField(lazy_gettext("Bản che đã kiểm tra"))
    accounts = SelectMultipleField(lazy_gettext("Người xác minh"), render_kw={"class": "form-control", "size": 8})

    def fit(self, case: Case) -> None:
        """The checked derivatives of the case, and the accounts of its unit that work with petitions."""
        hidden = hidden_of(case)
        self.ready = {
            str(row.id): row
            for row in of_subject(db.session(), case)
            if row.recipe is not None and row.checked_by is not None
        }
        self.documents.choices = [(key, shown(row, hidden)["name"]) for key, row in self.ready.items()]
        officers = select(Account).where(
            Account.unit_id == case.unit_id, Account.kind == "user", Account.active.is_(True)
        )
        self.people = {row.username: row for row in db.session.scalars(officers.order_by(Account.username))}
        self.accounts.choices = [(name, str(account)) for name, account in self.people.items()]


class OrderForm(FlaskForm):
    """A decision with number and day."""

    on = DayField(lazy_gettext("Ngày quyết định"), [InputRequired()], start_today=True)
    paper = StringField(lazy_gettext("Số quyết định"), [Asked(), Length(max=80)], render_kw=TEXT)
    note = TextAreaField(lazy_gettext("Nội dung, lý do"), [Optional(), Length(max=2000)], render_kw=AREA)


class _Grounded(OrderForm):
    ground = TermField(lazy_gettext("Căn cứ"), [Asked()])
    act = ""

    def fit(self, case: Case) -> None:
        """The grounds the law gives for the kind; none where it lists none."""
        found = [ground for ground in grounds.grounds(self.act, case.kind) if ground.code != grounds.WITHDRAWN]
        group = {grounds.SUSPEND: "suspension_ground", grounds.DISCONTINUE: "discontinuation_ground"}[self.act]
        self.ground.choices = [(ground.code, f"{say(group, ground.code)} ({ground.article})") for ground in found]
        if not found:
            del self.ground


class SuspendForm(_Grounded):
    """A decision to suspend."""

    act = grounds.SUSPEND


class DiscontinueForm(_Grounded):
    """A decision to discontinue."""

    act = grounds.DISCONTINUE


class PartForm(FlaskForm):
    """A withdrawal in part, or by one of several."""

    on = DayField(lazy_gettext("Ngày rút"), [InputRequired()], start_today=True)
    paper = StringField(
        lazy_gettext("Số, ngày đơn rút hoặc biên bản ghi nhận việc rút"),
        [Asked(), Length(max=80)],
        render_kw=TEXT,
    )
    note = TextAreaField(
        lazy_gettext("Nội dung được rút, hoặc ai trong số người đứng tên rút"),
        [Optional(), Length(max=2000)],
        render_kw=AREA,
    )


class WithdrawForm(FlaskForm):
    """A withdrawal of the whole, and what has to be asked before it may end the case."""

    on = DayField(lazy_gettext("Ngày đình chỉ do rút"), [InputRequired()], start_today=True)
    paper_kind = TermField(lazy_gettext("Rút bằng"), default="application")
    paper = StringField(lazy_gettext("Số đơn rút hoặc biên bản"), [Asked(), Length(max=80)], render_kw=TEXT)
    paper_on = DayField(lazy_gettext("Ngày đơn rút hoặc biên bản (để trống: cùng ngày)"), [Optional()])
    everyone = RadioField(
        lazy_gettext("Tất cả những người đứng tên cùng rút?"),
        [Asked()],
        choices=YES_NO,
        validate_choice=False,
    )
    violation = RadioField(validators=[Asked()], choices=YES_NO, validate_choice=False)
    threat = RadioField(validators=[Asked()], choices=YES_NO, validate_choice=False)
    slander = RadioField(validators=[Asked()], choices=YES_NO, validate_choice=False)
    number = StringField(
        lazy_gettext("Số quyết định đình chỉ, văn bản thông báo"),
        [Asked(), Length(max=80)],
        render_kw=TEXT,
    )
    note = TextAreaField(lazy_gettext("Nội dung, lý do"), [Optional(), Length(max=2000)], render_kw=AREA)

    def fit(self, case: Case) -> None:
        """The questions of the kind, in the reader's language."""
        self.paper_kind.choices = choices("withdrawal_paper")
        for sign in grounds.SIGNS:
            self[sign].label.text = say("withdrawal_sign", sign)
        if case.kind != "denunciation":
            del self.violation, self.threat, self.slander
        if not several(case):
            del self.everyone
        if case.accepted_on is None or case.kind == "reflection":
            del self.number
            self.on.label.text = gettext("Ngày rút")


class TellForm(FlaskForm):
    """Which decision was sent, and when."""

    which = TermField(lazy_gettext("Quyết định"))
    on = DayField(lazy_gettext("Ngày gửi"), [InputRequired()], start_today=True)

    def fit(self, case: Case) -> None:
        """The decisions that wait, oldest first."""
        self.which.choices = [
            (
                str(place),
                f"{without(order.number, hidden_of(case))}, {day(order.on)}",
            )
            for place, order in enumerate(untold(case))
        ]
        self.which.data = self.which.data or "0"
