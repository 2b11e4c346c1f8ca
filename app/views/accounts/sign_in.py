"""Signing in: by password, with a second factor where there is one, or by the certificate on a token; and out."""

import math
from datetime import datetime
from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.views import AuthView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext, lazy_gettext
from flask_limiter.util import get_remote_address
from flask_login import login_user, logout_user
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Optional

from app.clock import VIETNAM
from app.extensions import csrf, db, limiter
from app.models import Account, Certificate
from app.models.sign_in import TOTP
from app.operations.accounts import second_factors
from app.security import audit, sessions, wrong_tries
from app.security.entrance import TOKEN, presented, why_refused
from app.security.manager import enter_scope_of_request
from app.security.sign_in import (
    authenticate,
    by_certificate,
    closed,
    count_wrong,
    known_browser,
    must_wait,
    record_sign_in,
    refuse_certificate,
    still_open,
)
from app.security.trust import NotTrusted
from app.views.errors import waiting_time
from app.views.fields import FlaskForm
from app.views.gates import worth_an_entry
from app.views.keeping import expose

FACTOR_TRIES = 5
NOT_SIGNED_IN = lazy_gettext(
    "Không đăng nhập được: tên tài khoản hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa. Sai nhiều lần thì phải"
    " chờ hoặc gặp quản trị."
)


class SignInForm(FlaskForm):
    """Identifier and password."""

    username = StringField(
        lazy_gettext("Tên tài khoản"),
        [DataRequired()],
        render_kw={"class": "form-control", "autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        lazy_gettext("Mật khẩu"),
        [DataRequired()],
        render_kw={"class": "form-control", "autocomplete": "current-password"},
    )


class FactorForm(FlaskForm):
    """A code, or what a security key answered."""

    code = StringField(
        lazy_gettext("Mã 6 chữ số trên ứng dụng tạo mã"),
        [Optional()],
        render_kw={"class": "form-control", "inputmode": "numeric", "autocomplete": "one-time-code"},
    )
    credential = HiddenField()


class TokenForm(FlaskForm):
    """Nothing but the CSRF field: the certificate came with the connection."""


def _whence() -> str:
    """Whom the limit of all tries counts: the browser where the account knows it, else the address."""
    known = known_browser(db.session(), Account, request.form.get("username", "").strip())
    return f"browser:{known.id}" if known is not None else get_remote_address()


def _must_wait(identifier: str) -> Any:
    """The page that says how long, where too many accounts were tried in vain from this address; None otherwise."""
    seconds = must_wait(db.session(), Account, identifier)
    if not seconds:
        return None
    facts = {"status": 429, "sentence": waiting_time(seconds), "appbuilder": current_app.extensions["appbuilder"]}
    page = render_template("error.html", **facts)
    return page, 429, {"Retry-After": str(max(1, math.ceil(seconds)))}


class SignInView(AuthView):
    """Unknown, wrong, closed, locked and token-only accounts get one answer; refused certificates get one page."""

    @expose("/login/", methods=["GET", "POST"])
    @limiter.limit(lambda: current_app.config["SIGN_IN_LIMIT"], methods=["POST"], key_func=_whence)
    @no_cache
    def login(self) -> Any:
        """The form; signed in, on to where one was going."""
        if g.user.is_authenticated:
            return redirect(self._get_safe_next_url())
        return self._by_token() if presented().entrance == TOKEN else self._by_password()

    def _by_password(self) -> Any:
        form = SignInForm()
        if form.validate_on_submit():
            identifier = form.username.data.strip()
            if wait := _must_wait(identifier):
                return wait
            account = authenticate(db.session(), Account, identifier, form.password.data)
            if account is not None and account.open_factors:
                session["pending"] = sessions.start(db.session(), account, sessions.PASSWORD, pending=True)
                return redirect(url_for("SignInView.second", next=request.args.get("next")))
            if account is not None:
                return self._signed_in(account, sessions.PASSWORD)
            flash(str(NOT_SIGNED_IN), "danger")
        return self.render_template("accounts/sign_in.html", form=form, appbuilder=self.appbuilder)

    def _by_token(self) -> Any:
        form = TokenForm()
        if form.validate_on_submit():
            if wait := _must_wait(""):
                return wait
            try:
                account = by_certificate(db.session(), Certificate)
            except NotTrusted:
                return self._refused_page()
            return self._signed_in(account, sessions.TOKEN)
        return self.render_template("accounts/sign_in_token.html", form=form, appbuilder=self.appbuilder)

    def _signed_in(self, account: Account, method: str) -> Any:
        chosen = session.get("locale")
        session.clear()  # no session made before signing in lives on, but for the language
        session["locale"] = chosen or current_app.config["BABEL_DEFAULT_LOCALE"]
        session["sid"] = sessions.start(db.session(), account, method)
        record_sign_in(db.session(), account, method)
        g.sign_in_session = sessions.find(db.session(), session["sid"])
        login_user(account, remember=False)
        session.permanent = True
        enter_scope_of_request()
        return redirect(get_safe_redirect(request.args.get("next", "")))

    @expose("/login/second", methods=["GET", "POST"])
    @limiter.limit(lambda: current_app.config["SIGN_IN_LIMIT"], methods=["POST"])
    @no_cache
    def second(self) -> Any:
        """The second factor of somebody whose password was right, for five minutes and five tries."""
        row = sessions.find(db.session(), session.get("pending"), pending=True)
        account = db.session.get(Account, row.account_id) if row is not None else None
        if row is None or account is None or closed(db.session(), account) is not None:
            flash(gettext("Hết thời gian hoặc nhập sai quá nhiều lần; đăng nhập lại từ đầu."), "warning")
            return redirect(url_for("SignInView.login"))
        form = FactorForm()
        if form.validate_on_submit():
            if wait := _must_wait(account.username):
                return wait
            if self._factor_is_right(row, account, form):
                sessions.end(db.session(), row.id, "signed_in")
                wrong_tries.count(db.session(), account.username, right=True)
                return self._signed_in(account, sessions.SECOND_FACTOR)
            if sessions.count_try(db.session(), row.id) >= FACTOR_TRIES:
                sessions.end(db.session(), row.id, "tries")
            wrong_tries.count(db.session(), account.username, right=False)
            count_wrong(db.session(), Account, account, "account.wrong_factor")
            flash(gettext("Mã hoặc khóa bảo mật không đúng; thử lại."), "danger")
        options = second_factors.sign_in_options(account, rp_id())
        sessions.challenge(db.session(), row.id, options[1] if options else None)
        has_codes = any(factor.kind == TOTP for factor in account.open_factors)
        return self.render_template(
            "accounts/sign_in_second.html",
            form=form,
            options=options and options[0],
            has_codes=has_codes,
            appbuilder=self.appbuilder,
        )

    def _factor_is_right(self, row: Any, account: Account, form: FactorForm) -> bool:
        challenge = sessions.take_challenge(db.session(), row.id)
        if form.credential.data:
            right = second_factors.check_key(db.session(), account, form.credential.data, challenge, origin())
        else:
            right = second_factors.check_codes(db.session(), account, form.code.data or "")
        return right and still_open(db.session(), Account, account, reset=True)

    @expose("/login/refused", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    def refused(self) -> Any:
        """Where nginx sends whoever brings no certificate, or one it refuses: the reason goes into the trail, the page
        tells only whom to call.
        """
        shown = presented()
        if shown.entrance == TOKEN:
            why = why_refused(shown.verdict)
            if why != "none" and worth_an_entry("refused"):
                refuse_certificate(db.session(), NotTrusted(why, shown.verdict))
        return self._refused_page()

    def _refused_page(self) -> Any:
        facts = {
            "contact": current_app.config["SUPPORT_CONTACT"],
            "moment": f"{datetime.now(VIETNAM):%H:%M:%S %d/%m/%Y}",
        }
        return self.render_template("accounts/token_refused.html", appbuilder=self.appbuilder, **facts), 403

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Any:
        """Signed out; the session is over on the server, and the cookie is empty."""
        if g.user.is_authenticated:
            audit.record(db.session(), "account.signed_out")
            sessions.end(db.session(), g.sign_in_session.id, "signed_out")
        logout_user()
        session.clear()
        return redirect(url_for("SignInView.login"))


# nginx sends requests of every method here; the page changes nothing.
csrf.exempt("app.views.accounts.sign_in.refused")


def rp_id() -> str:
    """The host name security keys are bound to."""
    return request.host.rsplit(":", 1)[0]


def origin() -> str:
    """The address security keys sign."""
    return request.host_url.rstrip("/")
