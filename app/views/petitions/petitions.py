"""Petitions on screen: the list, registering, one page per petition, its steps."""

import uuid
from dataclasses import replace
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext

from app.clock import today
from app.extensions import db, limiter
from app.jobs.asking import EXPORT
from app.jobs.kinds import filters_told, list_name
from app.law import secrecy
from app.law.classify import Proposal, walk
from app.law.secrecy import SECRET, Secrecy
from app.law.steps import BY_KEY, PETITION
from app.models import Petition
from app.operations.act import Act
from app.operations.content import shown_body
from app.operations.petitions import cases, closing, duplicates, petitions
from app.operations.refusal import Refused
from app.operations.search import CHECKED, MOST
from app.operations.secrecy import approvals, identity
from app.operations.stepping import check, next_steps
from app.reporting import lists
from app.reporting.list_book import NAMES_COST, Wanted, write_petitions
from app.reporting.lists import Filters
from app.security import audit
from app.security.manager import permissions
from app.security.scope import current
from app.views import columns, in_list
from app.views.acts import act_of, values_of
from app.views.base import Screen, has_access, warn_of_identity
from app.views.documents.documents import hidden_of
from app.views.exporting import exported, workbook
from app.views.fields import ReasonForm
from app.views.filters import MOST_LOOSER, FilterForm, drawn, narrowed
from app.views.finding import find_petition
from app.views.gates import account_key
from app.views.jobs.asked import ask
from app.views.keeping import concerning, expose, submitted
from app.views.labels import language
from app.views.opening import broken_body, opened
from app.views.paging import asked
from app.views.petitions import forms
from app.views.petitions.case_forms import CloseForm
from app.views.petitions.corrections import possible
from app.views.petitions.history import clocks_told, history_of
from app.views.petitions.inbox import summaries
from app.views.petitions.papers import content_of_page
from app.views.petitions.registering import register_page
from app.views.petitions.steps import StepScreen, take_step, turn_away
from app.views.secrecy.secrets import list_mark, list_subject, mark_of, page_of, released, watermark


def _assign(petition: Petition, act: Act, form: forms.AssignForm) -> None:
    petitions.assign(db.session(), petition, act, form.chosen(petition))


def _attach(petition: Petition, act: Act, form: forms.AttachForm) -> list[str]:
    """Into a new or an existing case, accepted at once where that is ticked."""
    case = petitions.attach(db.session(), petition, act, form.case_number.data)
    if form.accept.data and case.state == "reviewing":
        return cases.accept(db.session(), case, act, values_of(form))
    return []


def _duplicate(petition: Petition, act: Act, form: forms.DuplicateForm) -> None:
    duplicates.mark(db.session(), petition, act, form.number.data or "")


def _remove(petition: Petition, act: Act, _form: ReasonForm) -> None:
    petitions.remove(db.session(), petition, act)


def _record_reading(petition: Petition) -> None:
    detail = {"text": petition.text is not None}
    audit.record(db.session(), "petition.read", table_name="petitions", row_ids=[petition.id], detail=detail)


# A step is added in one row here and one in law/steps.py.
SCREENS = {
    "assign": StepScreen(forms.AssignForm, _assign),
    "attach": StepScreen(forms.AttachForm, _attach),
    "duplicate": StepScreen(forms.DuplicateForm, _duplicate),
    "close": StepScreen(CloseForm, lambda petition, act, _form: closing.close(db.session(), petition, act)),
    "remove": StepScreen(ReasonForm, _remove),
}


def _how_many(filters: Filters) -> int:
    return lists.how_many(db.session(), filters, MOST_LOOSER)


class PetitionView(Screen):
    """The register of petitions."""

    route_base = "/petitions"
    class_permission_name = "Petitions"

    @expose("/")
    @limiter.limit(
        lambda: current_app.config["SEARCH_LIMIT"],
        key_func=account_key,
        exempt_when=lambda: not request.args.get("text"),
    )
    @has_access
    @permission_name("read")
    def petitions(self) -> Any:
        """A page of the list under the filters of the address."""
        kept = FilterForm.kept(request.args)
        form = FilterForm(request.args) if kept else None
        filters = form.filters() if form is not None else Filters()
        how = asked(lists.ORDERS, columns.PETITIONS)
        page = lists.Page([])
        if filters is not None:
            try:
                cap = current_app.config["COUNT_CAP"]
                page = lists.petitions(db.session(), filters, how.spot, how.size, cap, how.order)
            except ValueError:
                abort(400)
        audit.record(db.session(), "petition.listed", row_ids=[row.id for row in page.rows] or None)
        lines = summaries(page.rows)
        return self.render(
            "petitions/petitions.html",
            page=page,
            fields=drawn(form),
            searched=filters is not None and bool(filters.text),
            meant=url_for("PetitionView.petitions", **kept | FilterForm.address_of({"text": page.meant})),
            lines=lines,
            kept=kept | how.kept(),
            here=kept | how.kept() | how.page(),
            how=how,
            columns=columns.PETITIONS,
            **narrowed(form, "PetitionView.petitions", filters, page, _how_many),
            may=permissions(),
            mark=list_mark(page.rows),
            most=MOST,
            checked=CHECKED,
        )

    @expose("/search", methods=["POST"])
    @has_access
    @permission_name("read")
    def search(self) -> Any:
        """Filters as they were typed become an address, in which searched words stand sealed."""
        return redirect(url_for("PetitionView.petitions", **FilterForm.address_of(request.form)))

    @expose("/export")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("export")
    def export(self) -> Any:
        """The filtered list as .xlsx: its facts, or with `names` the register as an office keeps it, with what the
        account may read; secret petitions only after a second person has allowed it, and marked.
        """
        form = FilterForm(request.args)
        filters = form.filters()
        if filters is None:
            abort(400)
        secret = request.args.get("secret") == "1"
        mark = ""
        if secret:
            asking = url_for("ApprovalView.ask_export") + "?" + request.query_string.decode("ascii", "replace")
            if (elsewhere := released(approvals.EXPORT, list_subject(), asking)) is not None:
                return elsewhere
            level = max(SECRET, lists.secrecy_of_list(db.session(), filters))
            mark = watermark(Secrecy(level), gettext("danh sách đơn"))
        about = (
            form.in_words(),
            exported(),
        )
        names = request.args.get("names") == "1"
        return self._export(Wanted(filters, None if secret else today(), language(), names, mark, about))

    @staticmethod
    def _export(wanted: Wanted) -> Any:
        """The workbook at once where it is short; otherwise a job that makes it."""
        session = db.session()
        most = current_app.config["EXPORT_AT_ONCE"] // (NAMES_COST if wanted.names else 1)
        if lists.export_count(session, wanted.filters, wanted.without_secret_on, most) > most:
            arguments = {
                "filters": filters_told(wanted.filters),
                "secret": wanted.without_secret_on is None,
                "mark": wanted.mark,
                "language": wanted.language,
                "names": wanted.names,
                "about": list(wanted.about),
            }
            try:
                return ask(EXPORT, arguments)
            except Refused as refused:
                session.rollback()
                flash(refused.message[:1].upper() + refused.message[1:], "warning")
                return redirect(url_for("JobView.jobs"))
        return workbook(list_name(), lambda target, temporary: write_petitions(session, wanted, target, temporary))

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def new(self) -> Any:
        """Registering on one page; what was typed survives an error."""
        return register_page(self)

    @expose("/<uuid:key>")
    @has_access
    @permission_name("read")
    def petition(self, key: uuid.UUID) -> Any:
        """One page: facts, text where it may be read, deadlines with their derivation, history, next steps."""
        return self._page(find_petition(key))

    def _page(self, petition: Petition, revealed: list[dict[str, Any]] | None = None) -> Any:
        _record_reading(petition)
        scope = current(db.session())
        closed = secrecy.content_closed(petition) and petition.text is not None
        return self.render(
            "petitions/petition.html",
            **content_of_page(petition, revealed),
            steps=next_steps(petition),
            **possible(petition),
            clocks=clocks_told(petition),
            events=history_of(petition),
            repeated_by=duplicates.same_as(db.session(), petition),
            revealed=revealed is not None,
            may_reveal=closed and petition.signatories != "none" and scope.may("can_reveal", petition.unit_id),
            reason=ReasonForm(),
            **in_list.PETITIONS.around(petition),
            approval=current_app.config["REVEAL_APPROVAL"],
            may_decide=closed and scope.may("can_assign", petition.unit_id),
        )

    @expose("/<uuid:key>/reveal", methods=["POST"])
    @has_access
    @permission_name("read")
    def reveal(self, key: uuid.UUID) -> Any:
        """A denouncer's identity for this one page, with a reason written down first."""
        if ("can_reveal", "Identities") not in permissions():
            abort(403)
        petition = find_petition(key)
        form = ReasonForm()
        try:
            return self._page(petition, identity.reveal(db.session(), g.user, petition, form.note.data or ""))
        except Refused as refused:
            flash(refused.message, "danger")
            return redirect(page_of(petition))

    @expose("/<uuid:key>/process", methods=["GET", "POST"])
    @has_access
    @permission_name("process")
    def process(self, key: uuid.UUID) -> Any:
        """Classification one question at a time; the law's proposal; the officer's finding, which may differ with a
        reason.
        """
        petition = find_petition(key)
        try:
            check(petition, "process")
        except Refused as refused:
            return turn_away(petition, refused)
        answers = {name[2:]: value == "yes" for name, value in request.args.items() if name.startswith("q_")}
        facts = (petition.received_on, petition.source, petition.instance)
        asked, step = walk(petition.kind, petition.signatories, answers, *facts)
        proposal = step if isinstance(step, Proposal) else None
        form = concerning(forms.ProcessForm(), petition)
        form.narrow(petition, request.method == "GET")
        if proposal is not None and request.method == "GET":
            form.take(proposal)
        if submitted(form, lambda: self._process(petition, form, proposal)):
            flash(gettext("Đã xử lý đơn"), "success")
            warn_of_identity([form.reason.data, form.difference.data, form.paper.data], hidden_of(petition))
            return redirect(page_of(petition))
        _record_reading(petition)
        return self.render(
            "petitions/process.html",
            petition=petition,
            asked=asked,
            answers=answers,
            step=step,
            proposal=proposal is not None,
            form=form,
            body=opened(shown_body, petition, hidden_of(petition), otherwise=broken_body),
            mark=mark_of(petition),
        )

    @staticmethod
    def _process(petition: Petition, form: forms.ProcessForm, proposal: Proposal | None) -> None:
        proposed = (proposal.eligible, proposal.competent, proposal.direction) if proposal else None
        act = replace(act_of(form), note=form.difference.data or "")
        petitions.process(db.session(), petition, act, form.finding(), proposed)

    @expose("/<uuid:key>/<any(assign, attach, duplicate, close, remove):step>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def step(self, key: uuid.UUID, step: str) -> Any:
        """A step's form, where the law's table and the account's role allow the step."""
        if (BY_KEY[(PETITION, step)].permission, "Petitions") not in permissions():
            abort(403)
        return take_step(self, find_petition(key), step, SCREENS)
