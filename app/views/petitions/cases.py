"""Cases on screen: one page per case, its steps as forms."""

import uuid
from collections.abc import Callable
from typing import Any

from flask_appbuilder.security.decorators import permission_name
from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.extensions import db
from app.law.steps import outcomes
from app.models import Case
from app.operations.act import Act
from app.operations.content import without
from app.operations.holidays import load_calendar
from app.operations.petitions import case_orders as orders
from app.operations.petitions import cases
from app.operations.records import DECIDED_AMOUNTS, DECIDED_COUNTS, EXECUTED_COUNTS
from app.operations.stepping import next_steps, state_of
from app.security import audit
from app.views.acts import values_of
from app.views.base import Screen, expose, has_access
from app.views.documents.documents import dossier, hidden_of
from app.views.fields import AmountField, CountField, DayField, FlaskForm, TermField
from app.views.finding import find_case
from app.views.labels import criteria, say
from app.views.petitions import case_forms as forms
from app.views.petitions.history import cited_by, clocks_told, history_of
from app.views.petitions.steps import StepScreen, take_step

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


def _counts(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: CountField(AMOUNT_LABELS[name], [Optional()]) for name in names}


def _amounts() -> dict[str, Any]:
    return {name: AmountField(AMOUNT_LABELS[name], [Optional()]) for name in DECIDED_AMOUNTS}


class _Decide(FlaskForm):
    on = DayField(lazy_gettext("Ngày ban hành"), [InputRequired()], start_today=True)
    number = StringField(
        lazy_gettext("Số quyết định, kết luận"), [InputRequired(), Length(max=80)], render_kw={"class": "form-control"}
    )
    outcome = TermField(lazy_gettext("Kết quả"))

    def fit(self, case: Case) -> None:
        """The outcomes of the kind and instance."""
        self.outcome.choices = [(code, say("outcome", code)) for code in outcomes(case.kind, case.instance)]


class _Execute(FlaskForm):
    on = DayField(lazy_gettext("Ngày thi hành, thực hiện"), [InputRequired()], start_today=True)
    document = StringField(
        lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw={"class": "form-control"}
    )
    note = TextAreaField(
        lazy_gettext("Lý do (khi vượt số kiến nghị, hoặc trước ngày quyết định có hiệu lực)"),
        [Optional(), Length(max=2000)],
        render_kw=forms.AREA,
    )


DecideForm = type("DecideForm", (_Decide,), _amounts() | _counts(DECIDED_COUNTS))
ExecuteForm = type("ExecuteForm", (_Execute,), _amounts() | _counts(EXECUTED_COUNTS))


def _with(verb: Callable[..., list[str]]) -> Callable[[Case, Act, Any], list[str]]:
    """The verb, with what was typed as its values."""
    return lambda case, act, form: verb(db.session(), case, act, values_of(form))


# A step is added in one row here and one in law/steps.py.
SCREENS = {
    "accept": StepScreen(forms.AcceptForm, _with(cases.accept)),
    "refuse": StepScreen(forms.StepForm, _with(cases.refuse)),
    "extend": StepScreen(forms.ExtendForm, _with(orders.extend)),
    "suspend": StepScreen(forms.SuspendForm, _with(orders.suspend)),
    "resume": StepScreen(forms.OrderForm, _with(orders.resume)),
    "tell": StepScreen(forms.TellForm, _with(orders.tell)),
    "withdraw_part": StepScreen(forms.PartForm, _with(orders.withdraw_part)),
    "withdraw": StepScreen(forms.WithdrawForm, _with(orders.withdraw)),
    "discontinue": StepScreen(forms.DiscontinueForm, _with(orders.discontinue)),
    "decide": StepScreen(DecideForm, _with(cases.decide)),
    "send": StepScreen(forms.StepForm, _with(cases.send)),
    "execute": StepScreen(ExecuteForm, _with(cases.execute)),
    "finish": StepScreen(forms.StepForm, _with(cases.finish)),
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
        hidden = hidden_of(case)
        effective = cases.effective_on(case, load_calendar(db.session())) if case.decision else None
        audit.record(db.session(), "case.read", table_name="cases", row_ids=[case.id])
        answer = self.render(
            "petitions/case.html",
            **dossier(case),
            case=case,
            state=state_of(case),
            steps=next_steps(case),
            clocks=clocks_told(case),
            events=history_of(case),
            amounts=AMOUNT_LABELS,
            criteria=dict(criteria()),
            effective=effective,
            cited_decisions=cited_by(case, hidden),
            cover=lambda text: without(text or "", hidden),
        )
        db.session.commit()
        return answer

    @expose("/<uuid:key>/step/<step>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def step(self, key: uuid.UUID, step: str) -> Any:
        """A step's form, where the law's table and the account's role allow the step."""
        return take_step(self, find_case(key), step, SCREENS)
