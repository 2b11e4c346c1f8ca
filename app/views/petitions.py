"""Petitions on screen: the list, registering, one page per petition, its steps."""

import io
import uuid
from datetime import date
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, send_file, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from sqlalchemy import select

from app.clock import today
from app.extensions import db, limiter
from app.files import memory
from app.law.classify import Proposal, walk
from app.law.secrecy import SECRET, Secrecy
from app.law.steps import step_label
from app.models import Account, Petition
from app.operations import approvals, cases, identity, petitions
from app.operations.holidays import load_calendar
from app.operations.persons import beside_names, shown_body, strings_in
from app.operations.refusal import Refused
from app.operations.search import CHECKED, MOST
from app.operations.stepping import check, next_steps
from app.reporting import lists
from app.reporting.workbook import write_list
from app.security import audit
from app.security.manager import permissions
from app.security.scope import current
from app.views import petition_forms as forms
from app.views.base import Screen, expose, has_access, remark, submitted, typed_texts, warn_of_identity
from app.views.documents import hidden_of
from app.views.finding import find_petition
from app.views.gates import account_key
from app.views.history import clocks_told, history_of
from app.views.home import summaries
from app.views.labels import language, say
from app.views.opening import broken_body, opened
from app.views.papers import content_of_page
from app.views.secrets import about, list_mark, list_subject, mark_of, page_of, released, watermark

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PetitionView(Screen):
    """The register of petitions."""

    route_base = "/petitions"
    class_permission_name = "Petitions"

    @expose("/")
    @limiter.limit(lambda: current_app.config["SEARCH_LIMIT"], key_func=account_key, exempt_when=lambda: not request.args.get("text"))
    @has_access
    @permission_name("read")
    def petitions(self) -> Any:
        """A page of the list under the filters of the address."""
        form = forms.FilterForm(request.args)
        filters, config = form.filters(), current_app.config
        try:
            after, size = request.args.get("after"), config["PAGE_SIZE"]
            page = lists.petitions(db.session(), filters, after, size, config["COUNT_CAP"]) if filters is not None else lists.Page([])
        except ValueError:
            abort(400)
        audit.record(db.session(), "petition.listed", row_ids=[row.id for row in page.rows] or None)
        lines = summaries(page.rows)
        kept = forms.FilterForm.kept(request.args)
        answer = self.render(
            "petitions.html", page=page, form=form, lines=lines, kept=kept, may=permissions(), mark=list_mark(page.rows), most=MOST, checked=CHECKED
        )  # fmt: skip
        db.session.commit()
        return answer

    @expose("/search", methods=["POST"])
    @has_access
    @permission_name("read")
    def search(self) -> Any:
        """Filters as they were typed become an address, in which searched words stand sealed."""
        return redirect(url_for("PetitionView.petitions", **forms.FilterForm.address_of(request.form)))

    @expose("/export")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("export")
    def export(self) -> Any:
        """The facts of the filtered list as .xlsx: no names, no text; secret petitions only after a second person has allowed it, and marked."""
        filters = forms.FilterForm(request.args).filters()
        if filters is None:
            abort(400)
        wanted, day = request.args.get("secret") == "1", today()
        mark = ""
        if wanted:
            asking = url_for("ApprovalView.ask_export") + "?" + request.query_string.decode("ascii", "replace")
            if (elsewhere := released(approvals.EXPORT, list_subject(), asking)) is not None:
                return elsewhere
            mark = watermark(Secrecy(max(SECRET, lists.secrecy_of_list(db.session(), filters))), gettext("danh sách đơn"))
        headings = [
            "Số đơn",
            "Loại đơn",
            "Nguồn đơn",
            "Ngày nhận",
            "Ngày ghi trên đơn",
            "Người đứng tên",
            "Số người",
            "Lĩnh vực",
            "Đơn lần đầu, tiếp theo",
            "Trạng thái",
        ]
        headings += ["Ngày xử lý", "Đủ điều kiện", "Thuộc thẩm quyền", "Hướng xử lý", "Hạn", "Mã đơn vị", "Đơn vị"]
        target = io.BytesIO()
        rows = (_shown(row) for row in lists.export_rows(db.session(), filters, None if wanted else day))
        count = write_list(headings, rows, target, "Danh sách đơn", memory.check(current_app.config["MEMORY_DIR"]), mark)
        audit.record(db.session(), "register.exported", detail={"rows": count, "secret": wanted})
        db.session.commit()
        target.seek(0)
        return send_file(target, XLSX, as_attachment=True, download_name=f"danh-sach-don-{today():%Y%m%d}.xlsx")

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("register")
    def new(self) -> Any:
        """Registering on one page; what was typed survives an error."""
        form = forms.RegisterForm()

        def register() -> tuple[uuid.UUID, str]:
            made = petitions.register(db.session(), g.user.unit, form.values(), g.user.username, today(), load_calendar(db.session()))
            return made.id, made.number

        if given := submitted(form, register):
            flash(gettext("Đã vào sổ đơn số %(number)s", number=given[1]), "success")
            values = form.values()
            if values["kind"] == "denunciation":
                typed = [values["summary"], values["attachments"], values.get("previous_decision")]
                warn_of_identity(strings_in(typed) + beside_names(values["respondents"]), values["petitioners"])
            return redirect(url_for("PetitionView.new") if "again" in request.form else self._after(given[0]))
        return self.render("petition_new.html", form=form)

    @staticmethod
    def _after(key: uuid.UUID) -> str:
        """Where one goes after registering: on to the petition; to the list, where it turned out to be closed to whoever registered it."""
        there = db.session.scalars(select(Petition.id).where(Petition.id == key)).first()
        return url_for("PetitionView.petition", key=key) if there is not None else url_for("PetitionView.petitions")

    @expose("/<uuid:key>")
    @has_access
    @permission_name("read")
    def petition(self, key: uuid.UUID) -> Any:
        """One page: facts, text where it may be read, deadlines with their derivation, history, next steps."""
        return self._page(find_petition(key))

    def _page(self, petition: Petition, revealed: list[dict[str, Any]] | None = None) -> Any:
        audit.record(db.session(), "petition.read", table_name="petitions", row_ids=[petition.id], detail={"text": petition.text is not None})
        scope, closed = current(db.session()), petition.kind == "denunciation" and petition.text is not None
        answer = self.render(
            "petition.html", **content_of_page(petition, revealed), steps=next_steps(petition), clocks=clocks_told(petition), events=history_of(petition),
            revealed=revealed is not None, may_reveal=closed and petition.signatories != "none" and scope.may("can_reveal", petition.unit_id),
            reason=forms.ReasonForm(), approval=current_app.config["REVEAL_APPROVAL"], may_decide=closed and scope.may("can_assign", petition.unit_id),
        )  # fmt: skip
        db.session.commit()
        return answer

    @expose("/<uuid:key>/reveal", methods=["POST"])
    @has_access
    @permission_name("read")
    def reveal(self, key: uuid.UUID) -> Any:
        """A denouncer's identity for this one page, with a reason written down first."""
        if ("can_reveal", "Identities") not in permissions():
            abort(403)
        petition, form = find_petition(key), forms.ReasonForm()
        try:
            return self._page(petition, identity.reveal(db.session(), g.user, petition, form.note.data or ""))
        except Refused as refused:
            flash(refused.message, "danger")
            return redirect(page_of(petition))

    @expose("/<uuid:key>/process", methods=["GET", "POST"])
    @has_access
    @permission_name("process")
    def process(self, key: uuid.UUID) -> Any:
        """Classification one question at a time; the law's proposal; the officer's finding, which may differ with a reason."""
        petition = find_petition(key)
        try:
            check(petition, "process")
        except Refused as refused:
            flash(refused.message, "danger")
            return redirect(page_of(petition))
        answers = {name[2:]: value == "yes" for name, value in request.args.items() if name.startswith("q_")}
        asked, step = walk(
            petition.kind,
            petition.signatories,
            answers,
            petition.received_on,
            petition.source,
            petition.instance,
        )
        form = forms.ProcessForm()
        form.narrow(petition, request.method == "GET")
        if isinstance(step, Proposal) and request.method == "GET":
            form.eligible.data, form.competent.data = str(int(step.eligible)), str(int(step.competent))
            form.direction.data, form.reason.data = step.direction, step.reason
        if submitted(form, lambda: self._process(petition, form, step if isinstance(step, Proposal) else None)):
            flash(gettext("Đã xử lý đơn"), "success")
            warn_of_identity([form.reason.data, form.difference.data, form.document.data], hidden_of(petition))
            return redirect(page_of(petition))
        audit.record(db.session(), "petition.read", table_name="petitions", row_ids=[petition.id], detail={"text": petition.text is not None})
        answer = self.render(
            "process.html",
            petition=petition,
            asked=asked,
            answers=answers,
            step=step,
            proposal=isinstance(step, Proposal),
            form=form,
            body=opened(shown_body, petition, hidden_of(petition), otherwise=broken_body),
            mark=mark_of(petition),
        )
        db.session.commit()
        return answer

    @staticmethod
    def _process(petition: Petition, form: forms.ProcessForm, proposal: Proposal | None) -> None:
        proposed = (proposal.eligible, proposal.competent, proposal.direction) if proposal else None
        petitions.process(
            db.session(), petition, on=form.on.data, eligible=form.eligible.data == "1", competent=form.competent.data == "1",
            direction=form.direction.data, by=g.user.username, today=today(), calendar=load_calendar(db.session()), sent_to=form.sent_to.data,
            reason=form.reason.data or "", document=form.document.data or "", proposed=proposed, difference=form.difference.data or "",
            **form.said(),
        )  # fmt: skip

    @expose("/<uuid:key>/assign", methods=["GET", "POST"])
    @has_access
    @permission_name("assign")
    def assign(self, key: uuid.UUID) -> Any:
        """Naming the handlers."""
        petition, form = find_petition(key), forms.AssignForm()
        officers = select(Account).where(Account.unit_id == petition.unit_id, Account.kind == "user", Account.active.is_(True)).order_by(Account.username)
        form.handlers.choices = [(account.username, str(account)) for account in db.session.scalars(officers)]
        if request.method == "GET":
            form.handlers.data = petition.handlers or []

        def do() -> None:
            chosen = list(db.session.scalars(officers.where(Account.username.in_(form.handlers.data or []))))
            petitions.assign(db.session(), petition, chosen, form.on.data, g.user.username, today(), load_calendar(db.session()))

        return self._step(petition, form, "assign", do)

    @expose("/<uuid:key>/attach", methods=["GET", "POST"])
    @has_access
    @permission_name("settle")
    def attach(self, key: uuid.UUID) -> Any:
        """Into a new or an existing case, accepted at once where that is ticked."""
        petition, form = find_petition(key), forms.AttachForm()

        def do() -> None:
            calendar, by, number = load_calendar(db.session()), g.user.username, form.case_number.data
            case = petitions.attach(db.session(), petition, number, form.on.data, by, today(), calendar)
            if form.accept.data and case.state == "reviewing":
                remark(
                    cases.accept(
                        db.session(),
                        case,
                        form.on.data,
                        by,
                        today(),
                        calendar,
                        form.document.data or "",
                        bool(form.remote.data),
                    )
                )

        return self._step(petition, form, "attach", do)

    @expose("/<uuid:key>/remove", methods=["GET", "POST"])
    @has_access
    @permission_name("remove")
    def remove(self, key: uuid.UUID) -> Any:
        """Withdrawing the record from the register, with a reason."""
        petition, form = find_petition(key), forms.ReasonForm()

        def do() -> None:
            petitions.remove(db.session(), petition, form.note.data, today(), g.user.username, load_calendar(db.session()))

        return self._step(petition, form, "remove", do)

    def _step(self, petition: Petition, form: Any, step: str, do: Any) -> Any:
        title = step_label(step, language(), petition.kind)
        try:
            rule = check(petition, step)
        except Refused as refused:
            flash(refused.message, "danger")
            return redirect(page_of(petition))
        if submitted(form, do):
            flash(gettext("Đã ghi: %(step)s", step=title), "success")
            warn_of_identity(typed_texts(form), hidden_of(petition))
            return redirect(page_of(petition))
        basis = rule.basis_for(petition.kind, petition.received_on)
        return self.render("form.html", form=form, title=title, basis=basis, **about(petition))


def _shown(row: Any) -> tuple[Any, ...]:
    def yes(flag: bool | None) -> str | None:
        return None if flag is None else "Có" if flag else "Không"

    due: date | None = row.due_on
    return (
        row.number, say("kind", row.kind), say("source", row.source), row.received_on, row.dated_on, say("signatories", row.signatories), row.people,
        say("field", row.field), say("matter", f"{row.kind}.{row.instance}"), say("petition_state", row.state),
        row.processed_on, yes(row.eligible), yes(row.competent),
        say("direction", row.direction), due, row.code, row.name,
    )  # fmt: skip
