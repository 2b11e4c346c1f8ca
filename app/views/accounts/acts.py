"""What an administrator does to an account: reset, hand over, lock, close, tokens; its records; its sessions; the
reports on rights.
"""

import io
import uuid
from typing import Any

from flask import abort, current_app, flash, redirect, send_file, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.clock import today
from app.extensions import db, limiter
from app.law.minutes import FACTS, TITLES
from app.models import Account, Minutes
from app.operations.accounts import acts as account_acts
from app.operations.accounts.accounts import unlock
from app.operations.accounts.minutes import newest_minutes, replace_template, template_of
from app.operations.accounts.reviews import rights
from app.security import audit, sessions
from app.views.accounts.accounts import crl_alarms
from app.views.base import Screen, has_access, or_404
from app.views.fields import FlaskForm
from app.views.gates import account_key, fresh
from app.views.keeping import expose, submitted
from app.views.labels import say

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = {"class": "form-control", "autocomplete": "off"}
# Which fields each act asks for besides the reason.
ACTS: dict[str, tuple[str, ...]] = {
    "reset": ("paper",),
    "factors": ("paper",),
    "hand_over": ("holder", "id_number", "paper"),
    "suspend": ("paper",),
    "restore": ("paper",),
    "close": ("paper",),
    "bind": ("file", "paper"),
    "revoke": ("paper",),
    "lost": ("paper",),
}


class ActForm(FlaskForm):
    """What an act needs; fields it does not need are taken off."""

    holder = StringField(lazy_gettext("Người nhận (họ tên)"), [Optional(), Length(max=120)], render_kw=TEXT)
    id_number = StringField(
        lazy_gettext("Số định danh cá nhân của người nhận"),
        [Optional(), Length(max=40)],
        render_kw={"class": "form-control", "autocomplete": "off"},
    )
    file = FileField(
        lazy_gettext("Chứng thư của thiết bị (.cer, .crt, .pem)"),
        render_kw={"class": "form-control", "accept": ".cer,.crt,.pem,.der"},
    )
    paper = StringField(lazy_gettext("Số văn bản"), [Optional(), Length(max=120)], render_kw=TEXT)
    note = TextAreaField(
        lazy_gettext("Lý do"), [Optional(), Length(max=1000)], render_kw={"class": "form-control", "rows": 3}
    )


class TemplateForm(FlaskForm):
    """A template in place of the application's own."""

    file = FileField(lazy_gettext("Mẫu mới (.docx)"), render_kw={"class": "form-control", "accept": ".docx"})


def available(account: Account) -> list[str]:
    """The acts that make sense for the account as it stands."""
    if account.closed_at is not None:
        return []
    bound = account.certificate is not None
    factors = bool(account.open_factors)
    fits = {
        "restore": not account.active,
        "suspend": account.active,
        "revoke": bound,
        "lost": bound,
        "factors": factors,
    }
    fits["bind"] = current_app.config["TRUST"] is not None
    return [act for act in ACTS if fits.get(act, True)]


class AccountActionView(Screen):
    """What an administrator does to an account's sign-in."""

    route_base = "/accounts"
    class_permission_name = "Accounts"

    @expose("/<int:key>/unlock", methods=["POST"])
    @limiter.limit(lambda: current_app.config["RESET_LIMIT"], key_func=account_key)
    @has_access
    @fresh
    @permission_name("write")
    def unlock(self, key: int) -> Any:
        """The password path is open again."""
        account = or_404(db.session.get(Account, key))
        unlock(db.session(), account)
        flash(gettext("Đã mở khóa mật khẩu của %(name)s", name=account.username), "success")
        return redirect(url_for("AccountView.show", pk=key))

    @expose("/<int:key>/act/<string:act>", methods=["GET", "POST"])
    @limiter.limit(lambda: current_app.config["RESET_LIMIT"], methods=["POST"], key_func=account_key)
    @has_access
    @fresh
    @permission_name("write")
    def act(self, key: int, act: str) -> Any:
        """The form of the act; done, its record and, where there is one, the initial password, shown once."""
        account = or_404(db.session.get(Account, key))
        if act not in ACTS:
            abort(404)
        form = ActForm()
        for name in ("holder", "id_number", "file", "paper"):
            if name not in ACTS[act]:
                delattr(form, name)
        if done := submitted(form, lambda: self._do(account, act, form)):
            password, minutes = done
            return self.render("accounts/granted.html", account=account, password=password, minutes=minutes, advice=[])
        title = say("account_act", act)
        return self.render(
            "accounts/act.html",
            form=form,
            account=account,
            title=title,
            back=url_for("AccountView.show", pk=key),
            act=act,
        )

    @staticmethod
    def _do(account: Account, act: str, form: ActForm) -> tuple[str | None, Minutes]:
        session = db.session()
        reason = form.note.data or ""
        paper = form.paper.data or ""
        if act == "reset":
            return account_acts.reset_password(session, account, paper, reason)
        if act == "hand_over":
            return account_acts.hand_over(
                session, account, form.holder.data or "", paper, reason, form.id_number.data or ""
            )
        if act == "bind":
            data = form.file.data.read(100_000) if form.file.data else b""
            return None, account_acts.bind(session, account, data, paper, reason)
        if act in ("revoke", "lost"):
            return None, account_acts.unbind(session, account, act, paper, reason)
        simple = {
            "factors": account_acts.reset_factors,
            "suspend": account_acts.suspend,
            "restore": account_acts.restore,
            "close": account_acts.close,
        }
        return None, simple[act](session, account, paper, reason)

    @expose("/<int:key>/sessions")
    @has_access
    @permission_name("read")
    def sessions(self, key: int) -> Any:
        """Where that account is signed in."""
        account = or_404(db.session.get(Account, key))
        return self.render(
            "accounts/sessions.html",
            rows=sessions.open_of(db.session(), account),
            account=account,
            mine=None,
            own=False,
        )

    @expose("/<int:key>/sessions/<uuid:session_key>/end", methods=["POST"])
    @has_access
    @fresh
    @permission_name("write")
    def end_session(self, key: int, session_key: uuid.UUID) -> Any:
        """That session of that account is over."""
        account = or_404(db.session.get(Account, key))
        or_404(next((row for row in sessions.open_of(db.session(), account) if row.id == session_key), None))
        sessions.end(db.session(), session_key, "ended_by_admin")
        flash(gettext("Đã chấm dứt phiên làm việc"), "success")
        return redirect(url_for("AccountActionView.sessions", key=key))

    @expose("/reports")
    @has_access
    @permission_name("read")
    def reports(self) -> Any:
        """Who can see what, who has not signed in, who still has the initial password, whose rights nobody has looked
        at.
        """
        lines = rights(db.session(), today())
        return self.render("accounts/reports.html", lines=lines, crl_alarms=crl_alarms())


class MinutesView(Screen):
    """Records of acts on accounts, and their templates."""

    route_base = "/minutes"
    class_permission_name = "Accounts"

    @expose("/")
    @has_access
    @permission_name("read")
    def minutes(self) -> Any:
        """The newest records, and the templates that may be replaced."""
        return self.render("accounts/minutes.html", rows=newest_minutes(db.session()), titles=TITLES)

    @expose("/<uuid:key>.docx")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("read")
    def document(self, key: uuid.UUID) -> Any:
        """The record as it was made."""
        found: Minutes = or_404(db.session.get(Minutes, key))
        audit.record(db.session(), "minutes.read", detail={"number": found.number})
        data = found.document
        name = f"{found.number.replace('/', '-')}.docx"
        return send_file(io.BytesIO(data), mimetype=DOCX, as_attachment=True, download_name=name)

    @expose("/templates/<string:kind>.docx")
    @has_access
    @permission_name("read")
    def template(self, kind: str) -> Any:
        """The template in use."""
        if kind not in TITLES:
            abort(404)
        return send_file(
            io.BytesIO(template_of(db.session(), kind)),
            mimetype=DOCX,
            as_attachment=True,
            download_name=f"mau-{kind}.docx",
        )

    @expose("/templates/<string:kind>", methods=["GET", "POST"])
    @has_access
    @fresh
    @permission_name("write")
    def replace(self, kind: str) -> Any:
        """Another template takes the place of the one in use."""
        if kind not in TITLES:
            abort(404)
        form = TemplateForm()
        if submitted(
            form, lambda: replace_template(db.session(), kind, form.file.data.read() if form.file.data else b"")
        ):
            flash(gettext("Đã thay mẫu"), "success")
            return redirect(url_for("MinutesView.minutes"))
        return self.render("accounts/template.html", form=form, kind=kind, title=TITLES[kind], facts=FACTS)
