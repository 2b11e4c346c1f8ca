"""Signing in and out, and the first change of password before anything else opens."""

from typing import Any

from flask import current_app, flash, g, redirect, request, session, url_for
from flask_appbuilder.security.decorators import no_cache, permission_name
from flask_appbuilder.security.views import AuthView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext, lazy_gettext
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired

from app.extensions import db, limiter
from app.models import Account
from app.operations.accounts import set_password
from app.operations.refusal import Refused
from app.security import audit, passwords
from app.security.manager import enter_scope_of_request
from app.security.sign_in import authenticate
from app.views.base import Screen, add_error, expose, has_access


class SignInForm(FlaskForm):
    """Identifier and password."""

    username = StringField(lazy_gettext("Tên tài khoản"), [DataRequired()], render_kw={"class": "form-control", "autocomplete": "username", "autofocus": True})
    password = PasswordField(lazy_gettext("Mật khẩu"), [DataRequired()], render_kw={"class": "form-control", "autocomplete": "current-password"})


class SignInView(AuthView):
    """The password path. Unknown, wrong, closed and locked accounts get one answer."""

    @expose("/login/", methods=["GET", "POST"])
    @limiter.limit(lambda: current_app.config["SIGN_IN_LIMIT"], methods=["POST"])
    @no_cache
    def login(self) -> Any:
        """The form; signed in, on to where one was going."""
        if g.user.is_authenticated:
            return redirect(self._get_safe_next_url())
        form = SignInForm()
        if form.validate_on_submit():
            account = authenticate(db.session(), Account, form.username.data.strip(), form.password.data)
            if account is not None:
                chosen = session.get("locale")
                session.clear()  # no session made before signing in lives on, but for the language
                session["locale"] = chosen or current_app.config["BABEL_DEFAULT_LOCALE"]
                session["epoch"] = account.session_epoch
                login_user(account, remember=False)
                session.permanent = True
                enter_scope_of_request()
                return redirect(get_safe_redirect(request.args.get("next", "")))
            flash(
                gettext(
                    "Không đăng nhập được: tên tài khoản hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa. Sai nhiều lần thì phải chờ hoặc gặp quản trị."
                ),
                "danger",
            )
        return self.render_template("sign_in.html", form=form, appbuilder=self.appbuilder)

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Any:
        """Signed out; the session is empty."""
        if g.user.is_authenticated:
            audit.record(db.session(), "account.signed_out")
            db.session.commit()
        logout_user()
        session.clear()
        return redirect(url_for("SignInView.login"))


class PasswordForm(FlaskForm):
    """The old password and the new one, twice."""

    current = PasswordField(lazy_gettext("Mật khẩu đang dùng"), [DataRequired()], render_kw={"class": "form-control", "autocomplete": "current-password"})
    password = PasswordField(lazy_gettext("Mật khẩu mới"), [DataRequired()], render_kw={"class": "form-control", "autocomplete": "new-password"})
    again = PasswordField(lazy_gettext("Gõ lại mật khẩu mới"), [DataRequired()], render_kw={"class": "form-control", "autocomplete": "new-password"})


class OwnAccountView(Screen):
    """One's own password."""

    route_base = "/account"
    class_permission_name = "OwnAccount"
    default_view = "password"

    @expose("/password", methods=["GET", "POST"])
    @has_access
    @permission_name("use")
    def password(self) -> Any:
        """The form that changes it; forced while the password is an initial one."""
        form, account = PasswordForm(), g.user._get_current_object()
        if form.validate_on_submit():
            try:
                if not passwords.matches(account.password, form.current.data):
                    raise Refused(gettext("Mật khẩu đang dùng không đúng"), "current")
                if form.password.data != form.again.data:
                    raise Refused(gettext("Hai lần gõ mật khẩu mới không giống nhau"), "again")
                set_password(db.session(), account, form.password.data, by_holder=True)
                db.session.commit()
                session["epoch"] = account.session_epoch
            except Refused as refused:
                db.session.rollback()
                add_error(form, refused)
            else:
                flash(gettext("Đã đổi mật khẩu"), "success")
                return redirect(url_for("HomeView.index"))
        return self.render("password.html", form=form, forced=account.must_change_password, length=passwords.LENGTH)


def insist_on_new_password() -> Any:
    """Before each request: an account with an initial password goes nowhere but to the form that changes it."""
    open_to_all = ("SignInView.logout", "OwnAccountView.password", "static", "appbuilder.static", "LocaleView.index")
    if g.user.is_authenticated and g.user.must_change_password and request.endpoint not in open_to_all:
        return redirect(url_for("OwnAccountView.password"))
    return None
