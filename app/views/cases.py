"""Cases on screen: one page per case, its steps as forms."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.clock import today
from app.extensions import db
from app.law.calendar import Calendar
from app.law.steps import outcomes, step_label
from app.models import Case
from app.operations import cases
from app.operations.holidays import load_calendar
from app.operations.records import DECIDED_AMOUNTS, DECIDED_COUNTS, EXECUTED_COUNTS
from app.operations.refusal import Refused
from app.operations.stepping import check, next_steps
from app.security import audit
from app.security.scope import current
from app.views.base import Screen, expose, has_access, submitted
from app.views.documents import dossier
from app.views.fields import AmountField, CountField, DayField, FlaskForm, TermField, TickField
from app.views.finding import find_case
from app.views.history import clocks_told, history_of
from app.views.labels import criteria, language, say
from app.views.secrets import about, page_of

AMOUNT_LABELS = {
    "state_money": lazy_gettext("Thu hồi cho Nhà nước: tiền (triệu đồng)"),
    "state_land": lazy_gettext("Thu hồi cho Nhà nước: đất (m²)"),
    "returned_money": lazy_gettext("Trả lại tổ chức, cá nhân: tiền (triệu đồng)"),
    "returned_land": lazy_gettext("Trả lại tổ chức, cá nhân: đất (m²)"),
    "organisations_restored": lazy_gettext("Số tổ chức được trả lại quyền lợi"),
    "individuals_restored": lazy_gettext("Số cá nhân được trả lại quyền lợi"),
    "organisations_to_discipline": lazy_gettext("Kiến nghị xử lý hành chính: số tổ chức"),
    "people_to_discipline": lazy_gettext("Kiến nghị xử lý hành chính: tổng số người"),
    "officials_to_discipline": lazy_gettext("– trong đó cán bộ, công chức, viên chức"),
    "investigations": lazy_gettext("Chuyển cơ quan điều tra: số vụ"),
    "people_to_investigate": lazy_gettext("Chuyển cơ quan điều tra: tổng số người"),
    "officials_to_investigate": lazy_gettext("– trong đó cán bộ, công chức, viên chức"),
    "organisations_disciplined": lazy_gettext("Đã xử lý hành chính: số tổ chức"),
    "people_disciplined": lazy_gettext("Đã xử lý hành chính: tổng số người"),
    "officials_disciplined": lazy_gettext("– trong đó cán bộ, công chức, viên chức"),
    "prosecutions": lazy_gettext("Đã khởi tố: số vụ"),
    "people_prosecuted": lazy_gettext("Đã khởi tố: số người"),
    "officials_prosecuted": lazy_gettext("– trong đó cán bộ, công chức, viên chức"),
}


class StepForm(FlaskForm):
    """A day, a document, a note."""

    on = DayField(lazy_gettext("Ngày"), [InputRequired()], start_today=True)
    document = StringField(lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw={"class": "form-control"})
    note = TextAreaField(lazy_gettext("Nội dung, lý do"), [Optional(), Length(max=2000)], render_kw={"class": "form-control", "rows": 3})


class AcceptForm(FlaskForm):
    """Acceptance."""

    on = DayField(lazy_gettext("Ngày thụ lý"), [InputRequired()], start_today=True)
    document = StringField(lazy_gettext("Số thông báo, quyết định thụ lý"), [Optional(), Length(max=120)], render_kw={"class": "form-control"})
    remote = BooleanField(lazy_gettext("Vùng sâu, vùng xa, đi lại khó khăn"))


class ExtendForm(FlaskForm):
    """The criteria of a complex case, with the document that establishes them."""

    on = DayField(lazy_gettext("Ngày"), [InputRequired()], start_today=True)
    criteria = TickField(lazy_gettext("Tiêu chí vụ việc phức tạp"), coerce=int)
    document = StringField(
        lazy_gettext("Số, ngày văn bản xác định hoặc quyết định gia hạn"), [Optional(), Length(max=120)], render_kw={"class": "form-control"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria.choices = criteria()


def _counts(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: CountField(AMOUNT_LABELS[name], [Optional()]) for name in names}


def _amounts() -> dict[str, Any]:
    return {name: AmountField(AMOUNT_LABELS[name], [Optional()]) for name in DECIDED_AMOUNTS}


class _Decide(FlaskForm):
    on = DayField(lazy_gettext("Ngày ban hành"), [InputRequired()], start_today=True)
    number = StringField(lazy_gettext("Số quyết định, kết luận"), [InputRequired(), Length(max=80)], render_kw={"class": "form-control"})
    outcome = TermField(lazy_gettext("Kết quả"))


class _Execute(FlaskForm):
    on = DayField(lazy_gettext("Ngày thi hành"), [InputRequired()], start_today=True)
    document = StringField(lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw={"class": "form-control"})


DecideForm = type("DecideForm", (_Decide,), _amounts() | _counts(DECIDED_COUNTS))
ExecuteForm = type("ExecuteForm", (_Execute,), _amounts() | _counts(EXECUTED_COUNTS))


def _plain_step(operation: Callable[..., None]) -> Callable[[Case, Any, str, Calendar], None]:
    def run(case: Case, form: Any, by: str, calendar: Calendar) -> None:
        extra = {"note": form.note.data or ""} if "note" in operation.__annotations__ else {}
        operation(db.session(), case, form.on.data, by, today(), calendar, form.document.data or "", **extra)

    return run


def _accept(case: Case, form: Any, by: str, calendar: Calendar) -> None:
    cases.accept(db.session(), case, form.on.data, by, today(), calendar, form.document.data or "", bool(form.remote.data))


def _extend(case: Case, form: Any, by: str, calendar: Calendar) -> None:
    cases.extend(db.session(), case, form.criteria.data or [], form.on.data, by, today(), calendar, form.document.data or "")


def _decide(case: Case, form: Any, by: str, calendar: Calendar) -> None:
    values = {name: form[name].data for name in ("on", "number", "outcome", *DECIDED_AMOUNTS, *DECIDED_COUNTS)}
    cases.decide(db.session(), case, values, by, today(), calendar)


def _execute(case: Case, form: Any, by: str, calendar: Calendar) -> None:
    values = {name: form[name].data for name in ("on", *DECIDED_AMOUNTS, *EXECUTED_COUNTS)}
    cases.execute(db.session(), case, values, by, today(), calendar, form.document.data or "")


# Step → its form and what it does; a step is added in one row here and one in law/steps.py.
SCREENS: dict[str, tuple[type[FlaskForm], Callable[[Case, Any, str, Calendar], None]]] = {
    "accept": (AcceptForm, _accept),
    "refuse": (StepForm, _plain_step(cases.refuse)),
    "extend": (ExtendForm, _extend),
    "suspend": (StepForm, _plain_step(cases.suspend)),
    "resume": (StepForm, _plain_step(cases.resume)),
    "withdraw_part": (StepForm, _plain_step(cases.withdraw_part)),
    "withdraw": (StepForm, _plain_step(cases.withdraw)),
    "discontinue": (StepForm, _plain_step(cases.discontinue)),
    "decide": (DecideForm, _decide),
    "send": (StepForm, _plain_step(cases.send)),
    "execute": (ExecuteForm, _execute),
    "finish": (StepForm, _plain_step(cases.finish)),
}


class CaseView(Screen):
    """Cases: the matter that petitions are about."""

    route_base = "/cases"
    class_permission_name = "Petitions"

    @expose("/<uuid:key>")
    @has_access
    @permission_name("read")
    def case(self, key: uuid.UUID) -> Any:
        """One page: facts, petitions, deadlines with their derivation, decision, execution, history, next steps."""
        case = find_case(key)
        audit.record(db.session(), "case.read", table_name="cases", row_ids=[case.id])
        answer = self.render(
            "case.html", **dossier(case), case=case, steps=next_steps(case), clocks=clocks_told(case), events=history_of(case), amounts=AMOUNT_LABELS,
            ticked=[text for number, text in criteria() if number in case.complexity],
        )  # fmt: skip
        db.session.commit()
        return answer

    @expose("/<uuid:key>/step/<step>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def step(self, key: uuid.UUID, step: str) -> Any:
        """A step's form, where the law's table and the account's role allow the step."""
        if step not in SCREENS:
            abort(404)
        case = find_case(key)
        try:
            rule = check(case, step)
        except Refused as refused:
            flash(refused.message, "danger")
            return redirect(url_for("CaseView.case", key=key))
        if not current(db.session()).may_write(case.unit_id):
            abort(403)
        form_class, run = SCREENS[step]
        form = form_class()
        if step == "decide":
            form.outcome.choices = [(code, say("outcome", code)) for code in outcomes(case.kind, case.instance)]
        if step == "extend" and request.method == "GET":
            form.criteria.data = list(case.complexity)
        if submitted(form, lambda: run(case, form, g.user.username, load_calendar(db.session()))):
            flash(gettext("Đã ghi"), "success")
            return redirect(page_of(case))
        return self.render("form.html", form=form, title=step_label(step, language()), basis=rule.basis_for(case.kind), **about(case))
