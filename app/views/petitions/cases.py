"""Cases on screen: one page per case, its steps as forms."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.clock import today
from app.extensions import db, limiter
from app.law.facts import AMOUNTS, DECISION, ENTRY, EXECUTED, RECOMMENDED, Fact
from app.law.secrecy import NORMAL
from app.law.steps import outcomes
from app.models import Case
from app.operations.act import Act
from app.operations.content import handlers_of, without
from app.operations.documents import derivatives
from app.operations.holidays import load_calendar
from app.operations.petitions import case_orders as orders
from app.operations.petitions import cases, closing, merging
from app.operations.secrecy import approvals
from app.operations.stepping import next_steps, state_of
from app.reporting import case_list
from app.reporting.case_book import write_cases
from app.reporting.list_book import NAMES_COST
from app.reporting.lists import Page
from app.security import audit
from app.views import columns, in_list
from app.views.acts import values_of
from app.views.base import Screen, has_access
from app.views.documents.documents import dossier, hidden_of
from app.views.exporting import exported, workbook
from app.views.facts import fields_of, lines
from app.views.fields import FlaskForm
from app.views.filters import MOST_LOOSER, CaseFilterForm, narrowed
from app.views.finding import find_case
from app.views.gates import account_key
from app.views.keeping import expose
from app.views.labels import criteria, number, say
from app.views.paging import asked
from app.views.petitions import case_forms as forms
from app.views.petitions.corrections import possible
from app.views.petitions.history import cited_by, clocks_told, considered, history_of, matters_of
from app.views.petitions.inbox import summaries
from app.views.petitions.steps import StepScreen, take_step
from app.views.secrecy.secrets import list_mark, released

# What a decision is asked for on a screen: the day it was sent is a step of its own.
DECIDED = tuple(fact for fact in DECISION if fact.name != "sent_on")


class _Decide(FlaskForm):
    def fit(self, case: Case) -> None:
        """The outcomes of the kind and instance."""
        self["outcome"].choices = [(code, say("outcome", code)) for code in outcomes(case.kind, case.instance)]


DecideForm = type("DecideForm", (_Decide,), fields_of(DECIDED))
ExecuteForm = type(
    "ExecuteForm",
    (FlaskForm,),
    fields_of(ENTRY[:1])
    | {
        "paper": StringField(
            lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw={"class": "form-control"}
        ),
        "note": TextAreaField(
            lazy_gettext("Lý do (khi vượt số kiến nghị, hoặc trước ngày quyết định có hiệu lực)"),
            [Optional(), Length(max=2000)],
            render_kw=forms.AREA,
        ),
    }
    | fields_of(ENTRY[1:]),
)


def _with(verb: Callable[..., list[str]]) -> Callable[[Case, Act, Any], list[str]]:
    """The verb, with what was typed as its values."""
    return lambda case, act, form: verb(db.session(), case, act, values_of(form))


def _verify(case: Case, act: Act, form: forms.VerifyForm) -> None:
    chosen = [form.ready[key] for key in form.documents.data or ()]
    derivatives.hand_over(db.session(), case, act, chosen, [form.people[name] for name in form.accounts.data or ()])


def _merge(case: Case, act: Act, form: forms.MergeForm) -> None:
    merging.merge(db.session(), case, act, form.number.data or "")


# A step is added in one row here and one in law/steps.py.
SCREENS = {
    "merge": StepScreen(forms.MergeForm, _merge),
    "remove": StepScreen(forms.StepForm, lambda case, act, _form: merging.remove(db.session(), case, act)),
    "accept": StepScreen(forms.AcceptForm, _with(cases.accept)),
    "refuse": StepScreen(forms.StepForm, _with(cases.refuse)),
    "extend": StepScreen(forms.ExtendForm, _with(orders.extend)),
    "suspend": StepScreen(forms.SuspendForm, _with(orders.suspend)),
    "resume": StepScreen(forms.OrderForm, _with(orders.resume)),
    "verify": StepScreen(forms.VerifyForm, _verify),
    "tell": StepScreen(forms.TellForm, _with(orders.tell)),
    "withdraw_part": StepScreen(forms.PartForm, _with(orders.withdraw_part)),
    "withdraw": StepScreen(forms.WithdrawForm, _with(orders.withdraw)),
    "discontinue": StepScreen(forms.DiscontinueForm, _with(orders.discontinue)),
    "decide": StepScreen(DecideForm, _with(cases.decide)),
    "send": StepScreen(forms.StepForm, _with(cases.send)),
    "execute": StepScreen(ExecuteForm, _with(cases.execute)),
    "close": StepScreen(forms.CloseForm, lambda case, act, _form: closing.close(db.session(), case, act)),
    "finish": StepScreen(forms.StepForm, _with(cases.finish)),
}


def _amounts(counts: tuple[Fact, ...], row: Any) -> list[tuple[str, str]]:
    """Heading and figure of what is not nothing."""
    facts = (*AMOUNTS, *counts)
    return lines([fact for fact in facts if getattr(row, fact.name)], row) if row is not None else []


def _told(case: Case) -> dict[str, Any]:
    """What the page and its print say of the case."""
    hidden = hidden_of(case)
    return dossier(case) | {
        "case": case,
        "state": state_of(case),
        "clocks": clocks_told(case) or considered(case),
        "matters": matters_of(case, hidden),
        "handlers": handlers_of(case) or [],
        "events": history_of(case),
        "decided": _amounts(RECOMMENDED, case.decision),
        "executed": [(entry, _amounts(EXECUTED, entry)) for entry in case.entries],
        "criteria": dict(criteria()),
        "effective": cases.effective_on(case, load_calendar(db.session())) if case.decision else None,
        "cited_decisions": cited_by(case, hidden),
        "cover": lambda text: without(text or "", hidden),
    }


def _how_many(filters: case_list.CaseFilters) -> int:
    return case_list.how_many(db.session(), filters, MOST_LOOSER)


class CaseView(Screen):
    """Cases: the matter that petitions are about."""

    route_base = "/cases"
    class_permission_name = "Petitions"

    @expose("/")
    @limiter.limit(
        lambda: current_app.config["SEARCH_LIMIT"],
        key_func=account_key,
        exempt_when=lambda: not request.args.get("text"),
    )
    @has_access
    @permission_name("read")
    def cases(self) -> Any:
        """A page of the list under the filters of the address."""
        form = CaseFilterForm(request.args)
        filters = form.filters()
        how = asked(case_list.ORDERS, columns.CASES)
        kept = CaseFilterForm.kept(request.args)
        page = Page([])
        if filters is not None:
            try:
                cap = current_app.config["COUNT_CAP"]
                page = case_list.cases(db.session(), filters, how.spot, how.size, cap, how.order)
            except ValueError:
                abort(400)
        audit.record(db.session(), "case.listed", table_name="cases", row_ids=[row.id for row in page.rows] or None)
        petitions = [petition for row in page.rows for petition in row.petitions[:1]]
        return self.render(
            "petitions/cases.html",
            page=page,
            form=form,
            kept=kept | how.kept(),
            here=kept | how.kept() | how.page(),
            how=how,
            columns=columns.CASES,
            **narrowed(form, "CaseView.cases", filters, page, _how_many),
            lines=summaries(petitions),
            mark=list_mark(petitions),
        )

    @expose("/search", methods=["POST"])
    @has_access
    @permission_name("read")
    def search(self) -> Any:
        """Filters as they were typed become an address, in which searched words stand sealed."""
        return redirect(url_for("CaseView.cases", **CaseFilterForm.address_of(request.form)))

    @expose("/export")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("export")
    def export(self) -> Any:
        """The filtered register of cases as .xlsx, with what the account may read; what is secret stays out."""
        form = CaseFilterForm(request.args)
        filters = form.filters()
        if filters is None:
            abort(400)
        session = db.session()
        most = current_app.config["EXPORT_AT_ONCE"] // NAMES_COST
        if case_list.how_many(session, filters, most) > most:
            sentence = gettext("Sổ có hơn %(most)s vụ việc; lọc thêm rồi xuất từng phần.", most=number(most))
            flash(sentence, "warning")
            return redirect(url_for("CaseView.cases", **CaseFilterForm.kept(request.args)))
        about = (
            "; ".join(said for name, said in form.chips().items() if name != "text"),
            exported(),
        )
        batches = case_list.all_of(session, filters)
        return workbook(
            f"so-thu-ly-{today():%Y%m%d}.xlsx",
            lambda target, temporary: write_cases(session, batches, target, temporary, about),
        )

    @expose("/<uuid:key>")
    @has_access
    @permission_name("read")
    def case(self, key: uuid.UUID) -> Any:
        """One page: facts, petitions, deadlines with their derivation, decision, execution, history, next steps."""
        case = find_case(key)
        audit.record(db.session(), "case.read", table_name="cases", row_ids=[case.id])
        around = in_list.CASES.around(case)
        return self.render("petitions/case.html", **_told(case), steps=next_steps(case), **possible(case), **around)

    @expose("/<uuid:key>/print")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("read")
    def print(self, key: uuid.UUID) -> Any:
        """The case for paper, never with who denounced; what is secret after a second person has allowed it, with the
        mark.
        """
        case = find_case(key)
        content = _told(case) | {"may_add": False, "may_correct": False, "documents": []}
        asking = url_for("ApprovalView.ask", act=approvals.PRINT, noun="case", key=key)
        if (
            content["secrecy"].level != NORMAL
            and (elsewhere := released(approvals.PRINT, f"case:{key}", asking)) is not None
        ):
            return elsewhere
        audit.record(db.session(), "dossier.printed", table_name="cases", row_ids=[case.id])
        return self.render("petitions/case_print.html", **content)

    @expose("/<uuid:key>/step/<step>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def step(self, key: uuid.UUID, step: str) -> Any:
        """A step's form, where the law's table and the account's role allow the step."""
        return take_step(self, find_case(key), step, SCREENS)
