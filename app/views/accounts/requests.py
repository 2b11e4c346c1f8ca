"""Requests for accounts: asked by a unit, forwarded by its superior, decided by an administrator."""

import uuid
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from wtforms import FieldList, FormField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.extensions import db
from app.models import AccountRequest
from app.models.account import ADMIN, MANAGER
from app.operations.accounts import requests as account_requests
from app.security.manager import permissions
from app.security.roles import ROLES
from app.views.accounts.accounts import role_name
from app.views.accounts.own_account import me
from app.views.base import Screen, has_access, or_404
from app.views.fields import FlaskForm, Form, TermField
from app.views.gates import fresh
from app.views.keeping import carry_out, expose, submitted
from app.views.labels import say

TEXT = {"class": "form-control", "autocomplete": "off"}


class LineForm(Form):
    """One account that is asked for."""

    identifier = StringField(lazy_gettext("Tên tài khoản"), [Optional(), Length(max=64)], render_kw=TEXT)
    holder = StringField(lazy_gettext("Người giữ (họ tên)"), [Optional(), Length(max=120)], render_kw=TEXT)
    kind = TermField(lazy_gettext("Loại"))
    roles = TermField(lazy_gettext("Vai trò"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.kind.choices = [(code, say("account_kind", code)) for code in ("user", "manager")]
        self.roles.choices = [("", "–")] + [(name, role_name(name)) for name in ROLES if name != "administrator"]


class RequestForm(FlaskForm):
    """The accounts a unit asks for, with its paper."""

    paper = StringField(lazy_gettext("Số văn bản đề nghị"), [InputRequired(), Length(max=120)], render_kw=TEXT)
    lines = FieldList(FormField(LineForm), label=lazy_gettext("Tài khoản cần cấp"), min_entries=1, max_entries=100)
    note = TextAreaField(
        lazy_gettext("Ghi chú"), [Optional(), Length(max=1000)], render_kw={"class": "form-control", "rows": 2}
    )


class AccountRequestView(Screen):
    """Requests on their way up."""

    route_base = "/account-requests"
    class_permission_name = "Accounts"

    @staticmethod
    def _units() -> frozenset[uuid.UUID]:
        """The units this account speaks for: its own; a manager's, those of its users."""
        account = me()
        members = account.manages if account.kind == MANAGER else [account]
        return frozenset(member.unit_id for member in [*members, account] if member.unit_id is not None)

    def _visible(self) -> list[AccountRequest]:
        return account_requests.visible_to(db.session(), self._units(), g.user.kind == ADMIN)

    def _find(self, key: uuid.UUID) -> AccountRequest:
        found: AccountRequest = or_404(next((one for one in self._visible() if one.id == key), None))
        return found

    @expose("/")
    @has_access
    @permission_name("ask")
    def requests(self) -> Any:
        """Requests this unit made, has to forward, or took part in."""
        return self._list()

    @expose("/decisions")
    @has_access
    @permission_name("write")
    def decisions(self) -> Any:
        """Requests that reached the administrators."""
        return self._list()

    def _list(self) -> Any:
        rows = self._visible()
        mine = [row for row in rows if row.at_unit_id is not None and row.at_unit_id == g.user.unit_id]
        return self.render(
            "accounts/requests.html", rows=rows, mine=mine, may_ask=("can_ask", "Accounts") in permissions()
        )

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("ask")
    def new(self) -> Any:
        """The unit asks for accounts."""
        form = RequestForm()

        def send() -> AccountRequest:
            typed = [{name: value or "" for name, value in line.data.items()} for line in form.lines]
            lines = [line for line in typed if line["identifier"].strip() or line["holder"].strip()]
            return account_requests.ask(
                db.session(), me().unit, lines, form.paper.data, form.note.data or "", me().username
            )

        if made := submitted(form, send):
            flash(gettext("Đã gửi đề nghị %(number)s", number=made.number), "success")
            return redirect(url_for("AccountRequestView.requests"))
        return self.render("accounts/request_new.html", form=form)

    @expose("/forward", methods=["POST"])
    @has_access
    @permission_name("ask")
    def forward(self) -> Any:
        """The ticked requests go on with this unit's paper."""
        wanted = set(request.form.getlist("request"))
        chosen = [row for row in self._visible() if str(row.id) in wanted]
        paper = request.form.get("paper", "")[:120]
        note = request.form.get("note", "")[:1000]
        carry_out(
            lambda: account_requests.forward(db.session(), chosen, me().unit, paper, note, me().username),
            gettext("Đã chuyển lên"),
        )
        return redirect(url_for("AccountRequestView.requests"))

    @expose("/<uuid:key>/return", methods=["POST"])
    @has_access
    @permission_name("ask")
    def send_back(self, key: uuid.UUID) -> Any:
        """The request goes back with a reason."""
        found = self._find(key)
        note = request.form.get("note", "")[:1000]
        carry_out(
            lambda: account_requests.send_back(db.session(), found, me().unit, note, me().username),
            gettext("Đã trả lại"),
        )
        return redirect(url_for("AccountRequestView.requests"))

    @expose("/<uuid:key>/lines/<uuid:line_key>", methods=["POST"])
    @has_access
    @fresh
    @permission_name("write")
    def decide(self, key: uuid.UUID, line_key: uuid.UUID) -> Any:
        """One line is granted, its initial password shown once, or refused."""
        line = or_404(next((one for one in self._find(key).lines if one.id == line_key), None))
        granted = request.form.get("granted") == "1"
        paper = request.form.get("paper", "")[:120]
        reason = request.form.get("note", "")[:1000]
        decided: list[Any] = []
        carry_out(
            lambda: decided.append(account_requests.decide(db.session(), line, granted, paper, reason, me())),
            gettext("Đã ghi quyết định"),
        )
        if decided and decided[0][0] is not None:
            account = account_requests.granted_account(db.session(), line)
            return self.render(
                "accounts/granted.html",
                account=account,
                password=decided[0][0],
                minutes=account_requests.record_of(db.session(), account),
                advice=decided[0][1],
            )
        return redirect(url_for("AccountRequestView.decisions"))
