"""What a second person allows, levels of secrecy, and who is shut out."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from app.clock import VIETNAM, today
from app.extensions import db
from app.law.secrecy import NORMAL, SECRECY_LEVELS, SECRET, Secrecy, basis_on, closed, highest
from app.models import Account, Conflict, Document, Petition, Reception, Task
from app.operations.documents.documents import of_subject
from app.operations.refusal import Refused
from app.operations.secrecy import approvals, conflicts
from app.operations.secrecy.approvals import Question
from app.operations.secrecy.levels import determine, of_document, of_dossier, of_reception
from app.security.manager import permissions
from app.security.scope import current
from app.security.tokens import list_key
from app.views.acts import act_of
from app.views.base import Screen, has_access, or_404
from app.views.fields import DayField, FlaskForm, ever
from app.views.filters import FilterForm
from app.views.finding import find
from app.views.keeping import carry_out, concerning, expose, submitted
from app.views.labels import say

TEXT = {"class": "form-control"}


class AskForm(FlaskForm):
    """Why the second person should allow it."""

    reason = TextAreaField(
        lazy_gettext("Lý do (không ghi họ tên, địa chỉ người tố cáo)"),
        [DataRequired(), Length(max=1000)],
        render_kw={"class": "form-control", "rows": 3},
    )


class SecrecyForm(FlaskForm):
    """A level with its term and number."""

    level = SelectField(lazy_gettext("Độ mật"), render_kw=TEXT)
    until = DayField(
        lazy_gettext("Bảo vệ đến hết ngày (để trống: thời hạn dài nhất theo luật)"), [Optional()], latest=ever
    )
    number = StringField(
        lazy_gettext("Số trong sổ đăng ký bí mật nhà nước"), [Optional(), Length(max=80)], render_kw=TEXT
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = [
            (str(level), say("secrecy", str(level)))
            for level in SECRECY_LEVELS
            if level <= current_app.config["NETWORK_SECRECY"]
        ]


def page_of(row: Any) -> str:
    """The address of the row's own page."""
    if isinstance(row, Document):
        return url_for("DocumentView.document", key=row.id)
    if isinstance(row, Reception):
        return url_for("ReceptionView.reception", key=row.id)
    if isinstance(row, Task):
        return url_for("TaskView.task", key=row.id)
    return (
        url_for("PetitionView.petition", key=row.id)
        if isinstance(row, Petition)
        else url_for("CaseView.case", key=row.id)
    )


def secrecy_of(row: Any, documents: list[Document] | None = None) -> Secrecy:
    """What the dossier, or the document, is today; `documents`: those of the dossier, where they were loaded
    already.
    """
    if isinstance(row, Document):
        return of_document(row, today())
    if isinstance(row, Reception):
        return of_reception(row, today())
    if isinstance(row, Task):
        about = row.petition or row.case
        return Secrecy(NORMAL) if about is None else secrecy_of(about)
    return of_dossier(row, of_subject(db.session(), row) if documents is None else documents, today())


def number_of(row: Any) -> str:
    """The number a row is known by: its own, or its petition's or case's."""
    named: str = row.subject.number if isinstance(row, Document) else row.number
    return named


def level_name(level: int | str) -> str:
    """What a level is called here: where the network may not hold such secrets, the guards are the same and the level
    is not claimed.
    """
    claimed = int(level) <= current_app.config["NETWORK_SECRECY"]
    return say("secrecy", str(level)) if claimed else say("secrecy_unclaimed", "guarded")


def watermark(secrecy: Secrecy, number: str) -> str:
    """What stands across every page of what is secret: level, account, moment, number; empty for what is not."""
    if secrecy.level == NORMAL:
        return ""
    moment = datetime.now(VIETNAM)
    mark = f"{level_name(secrecy.level).upper()} · {g.user.username} · {moment:%d/%m/%Y %H:%M} · {number}"
    return f"{mark} · {secrecy.number}" if secrecy.number else mark


def mark_of(row: Any) -> str:
    """The watermark of a page about the row."""
    return watermark(secrecy_of(row), number_of(row))


def about(row: Any) -> dict[str, str]:
    """What every form about a row shows of it: its number, the way back, its watermark."""
    return {"number": number_of(row), "back": page_of(row), "mark": mark_of(row)}


def list_mark(rows: Iterable[Any]) -> str:
    """The watermark of a list: that of the most secret of its petitions and cases; empty where none is."""
    both = [(row, getattr(row, "case", None)) for row in rows if row is not None]
    dossiers = [item for pair in both for item in pair if item is not None]
    found = highest([Secrecy(item.secrecy, item.secrecy_until) for item in dossiers], today())
    return watermark(found, gettext("danh sách đơn"))


def list_subject() -> str:
    """What an approval to export names: exactly the filters of this address, as a keyed hash, and whether the register
    with names is meant.
    """
    names = ":names" if request.args.get("names") == "1" else ""
    return f"list:{list_key(FilterForm(request.args).key())}{names}"


def released(act: str, subject: str, asking: str) -> Any:
    """None where a second person's grant of the act was used up just now; otherwise the way to `asking`, the address
    where it is asked for.
    """
    try:
        approvals.use(db.session(), g.user, act, subject)
    except Refused as refused:
        flash(refused.message[:1].upper() + refused.message[1:], "warning")
        return redirect(asking)
    return None


class ApprovalView(Screen):
    """Acts that need a second person."""

    route_base = "/approvals"
    class_permission_name = "Petitions"

    @expose("/")
    @has_access
    @permission_name("read")
    def approvals(self) -> Any:
        """What the account asked for, and what waits for its answer."""
        session = db.session()
        may = ("can_release", "Secrets") in permissions()
        waiting = [item for item in approvals.open_questions(session) if may and item.asked_by != g.user.username]
        return self.render(
            "secrecy/approvals.html",
            waiting=waiting,
            mine=approvals.of_account(session, g.user),
            hours=current_app.config["APPROVAL_HOURS"],
        )

    @expose("/ask/<act>/<noun>/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def ask(self, act: str, noun: str, key: uuid.UUID) -> Any:
        """Asking for a second person, with a reason."""
        if act not in (approvals.PRINT, approvals.DOWNLOAD, approvals.REVEAL, *approvals.LED):
            abort(404)
        row = find(noun, key)
        if act == approvals.KIND and (noun != "petition" or not closed(row.kind)):
            abort(404)
        if act == approvals.REVEAL and not current(db.session()).may("can_reveal", row.unit_id):
            abort(403)
        page = about(row)
        question = Question(act, f"{noun}:{key}", page["number"], secrecy_of(row).level)
        return self._asked(question, page["back"], page["mark"])

    @expose("/export", methods=["GET", "POST"])
    @has_access
    @permission_name("export")
    def ask_export(self) -> Any:
        """Asking for a second person before a list with secret petitions in it is exported; the filters stand in the
        address.
        """
        narrowed = FilterForm(request.args).in_words()
        number = gettext("danh sách có đơn được bảo vệ") + (f" ({narrowed})" if narrowed else "")
        back = url_for("PetitionView.petitions", **FilterForm.kept(request.args))
        return self._asked(Question(approvals.EXPORT, list_subject(), number[:120], SECRET), back)

    def _asked(self, question: Question, back: str, mark: str = "") -> Any:
        session = db.session()
        form = AskForm()
        if submitted(form, lambda: approvals.ask(session, g.user, question, form.reason.data or "")):
            flash(gettext("Đã gửi đề nghị; khi được phê duyệt, mở lại trang này để thực hiện"), "success")
            return redirect(url_for("ApprovalView.approvals"))
        title = f"{gettext('Đề nghị phê duyệt')}: {say('approval_act', question.act)}"
        known = approvals.waiting(session, g.user, question.act, question.subject)
        context = {"number": question.number, "back": back, "mark": mark}
        return self.render("secrecy/ask.html", form=form, title=title, known=known, **context)


class ReleaseView(Screen):
    """Answering as the second person."""

    route_base = "/approvals"
    class_permission_name = "Secrets"

    @expose("/open")
    @has_access
    @permission_name("release")
    def questions(self) -> Any:
        """What waits for an answer; for whoever answers and reads no petition."""
        waiting = [item for item in approvals.open_questions(db.session()) if item.asked_by != g.user.username]
        return self.render(
            "secrecy/approvals.html", waiting=waiting, mine=None, hours=current_app.config["APPROVAL_HOURS"]
        )

    @expose("/<uuid:key>/decide", methods=["POST"])
    @has_access
    @permission_name("release")
    def decide(self, key: uuid.UUID) -> Any:
        """Granted or refused."""
        approval = or_404(approvals.find(db.session(), key))
        granted = request.form.get("granted") == "1"
        said = gettext("Đã phê duyệt") if granted else gettext("Đã từ chối")
        carry_out(lambda: approvals.decide(db.session(), approval, granted, g.user), said)
        return redirect(url_for("ReleaseView.questions"))


class SecrecyView(Screen):
    """Levels of secrecy of petitions, cases and documents, and who is shut out of a petition."""

    route_base = "/secrecy"
    class_permission_name = "Petitions"

    @expose("/<noun>/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("process")
    def determine(self, noun: str, key: uuid.UUID) -> Any:
        """A level with term and number."""
        row = find(noun, key)
        form = concerning(SecrecyForm(), row, "secrecy", "secrecy_until", "secrecy_number")
        if request.method == "GET":
            form.level.data = str(row.secrecy)
            form.until.data = row.secrecy_until
            form.number.data = row.secrecy_number

        def record() -> None:
            level = int(form.level.data)
            determine(db.session(), row, act_of(form), level, form.until.data, form.number.data or "")

        if submitted(form, record):
            flash(gettext("Đã ghi độ mật"), "success")
            return redirect(page_of(row))
        title = gettext("Xác định độ mật")
        return self.render("form.html", form=form, title=title, basis=basis_on(today()), **about(row))

    @expose("/conflicts/<noun>/<uuid:key>/mark", methods=["POST"])
    @has_access
    @permission_name("assign")
    def mark(self, noun: str, key: uuid.UUID) -> Any:
        """An account is shut out of a petition or a reception."""
        subject = find(noun, key) if noun in ("petition", "reception") else abort(404)
        named = (request.form.get("account") or "").strip()
        account = db.session.scalars(select(Account).where(Account.username == named)).first()

        def do() -> None:
            if account is None or account.username not in conflicts.could_read(db.session(), subject):
                raise Refused(
                    f"không có tài khoản “{named[:64]}” nào tiếp cận được hồ sơ này; gõ đúng tên tài khoản", "account"
                )
            conflicts.mark(db.session(), subject, account, g.user.username)

        carry_out(do, gettext("Tài khoản không còn thấy hồ sơ này"))
        return redirect(page_of(subject))

    @expose("/conflicts/<uuid:key>/decide", methods=["POST"])
    @has_access
    @permission_name("assign")
    def decide(self, key: uuid.UUID) -> Any:
        """The leader has looked: the account stays out, or was another person."""
        conflict = or_404(db.session.scalars(select(Conflict).where(Conflict.id == key)).first())
        subject = or_404(conflict.petition or conflict.reception)
        stays = request.form.get("stays_out") == "1"
        carry_out(lambda: conflicts.decide(db.session(), conflict, stays, g.user.username), gettext("Đã ghi"))
        return redirect(page_of(subject))
