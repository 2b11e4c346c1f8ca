"""One's own account: password, sessions, second factors; showing again who one is; waiting for confirmation."""

import uuid
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flask import current_app, flash, g, redirect, request, session, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, Optional

from app.extensions import db, limiter
from app.models import Account, SecondFactor
from app.operations.accounts import second_factors
from app.operations.accounts.accounts import set_password
from app.operations.accounts.confirmations import Confirmers
from app.operations.refusal import Refused
from app.security import audit, browsers, passwords, sessions
from app.security.keys import CREDENTIAL
from app.security.policies import SECOND_FACTOR, password_expired, policy_of
from app.security.sealed import CannotOpen, Secret, seal, unseal
from app.security.sign_in import count_wrong, locked
from app.views.accounts.sign_in import origin, rp_id
from app.views.base import Screen, has_access, or_404
from app.views.fields import FlaskForm
from app.views.gates import account_key, fresh
from app.views.keeping import add_error, attempted, expose, keep

CURRENT = {"class": "form-control", "autocomplete": "current-password"}
NEW = {"class": "form-control", "autocomplete": "new-password"}
TEXT = {"class": "form-control", "autocomplete": "off"}


class PasswordForm(FlaskForm):
    """The old password and the new one, twice."""

    current = PasswordField(lazy_gettext("Mật khẩu đang dùng"), [DataRequired()], render_kw=CURRENT)
    password = PasswordField(lazy_gettext("Mật khẩu mới"), [DataRequired()], render_kw=NEW)
    again = PasswordField(lazy_gettext("Gõ lại mật khẩu mới"), [DataRequired()], render_kw=NEW)


class AgainForm(FlaskForm):
    """The password once more."""

    password = PasswordField(lazy_gettext("Mật khẩu"), [DataRequired()], render_kw=CURRENT | {"autofocus": True})


class KeyForm(FlaskForm):
    """A new security key."""

    name = StringField(lazy_gettext("Đặt tên cho khóa"), [DataRequired(), Length(max=60)], render_kw=TEXT)
    credential = HiddenField()


class CodesForm(FlaskForm):
    """A new code generator."""

    name = StringField(lazy_gettext("Đặt tên cho thiết bị"), [Optional(), Length(max=60)], render_kw=TEXT)
    code = StringField(
        lazy_gettext("Mã 6 chữ số đang hiện"),
        [DataRequired()],
        render_kw=TEXT | {"inputmode": "numeric", "autocomplete": "one-time-code"},
    )


class EndForm(FlaskForm):
    """Nothing but the CSRF field."""


def me() -> Account:
    """The account of this request."""
    account: Account = g.user._get_current_object()
    return account


class OwnAccountView(Screen):
    """Password, sessions, and what an account has to do before it opens anything."""

    route_base = "/account"
    class_permission_name = "OwnAccount"
    default_view = "password"

    @expose("/password", methods=["GET", "POST"])
    @limiter.limit(lambda: current_app.config["RESET_LIMIT"], methods=["POST"], key_func=account_key)
    @has_access
    @permission_name("use")
    def password(self) -> Any:
        """The form that changes it; forced while the password is an initial one, or an administrator's too old."""
        form = PasswordForm()
        account = me()
        if form.validate_on_submit() and self._change(form, account):
            flash(gettext("Đã đổi mật khẩu"), "success")
            return redirect(url_for("HomeView.index"))
        length = passwords.LENGTH_WITH_FACTOR if account.open_factors else passwords.LENGTH
        return self.render(
            "accounts/password.html",
            form=form,
            forced=account.must_change_password,
            expired=password_expired(account),
            length=length,
        )

    def _change(self, form: PasswordForm, account: Account) -> bool:
        method = g.sign_in_session.method
        try:
            if account.initial_until is not None and account.initial_until < datetime.now(UTC):
                raise Refused(gettext("Mật khẩu ban đầu đã hết hạn; đề nghị quản trị đặt lại"), "current")
            # The lock is the password path's: whoever holds the token goes on, whatever others guess.
            if (locked(db.session(), account) and method != sessions.TOKEN) or not passwords.matches(
                account.password, form.current.data
            ):
                self._wrong(account)
                raise Refused(gettext("Mật khẩu đang dùng không đúng"), "current")
            if form.password.data != form.again.data:
                raise Refused(gettext("Hai lần gõ mật khẩu mới không giống nhau"), "again")
            set_password(db.session(), account, form.password.data, by_holder=True)
            # a new id: the old one is over with all the others
            session["sid"] = sessions.start(db.session(), account, method)
            browsers.remember(db.session(), account.id)
        except Refused as refused:
            db.session.rollback()
            add_error(form, refused)
            return False
        return True

    @expose("/again", methods=["GET", "POST"])
    @limiter.limit(lambda: current_app.config["RESET_LIMIT"], methods=["POST"], key_func=account_key)
    @has_access
    @permission_name("use")
    def again(self) -> Any:
        """The password once more, before a sensitive act; then back to it."""
        form = AgainForm()
        account = me()
        if form.validate_on_submit():
            if not locked(db.session(), account) and passwords.matches(account.password, form.password.data):
                sessions.prove(db.session(), g.sign_in_session.id)
                audit.record(db.session(), "account.proved")
                return redirect(get_safe_redirect(request.args.get("next", "")))
            self._wrong(account)
            if locked(db.session(), account):
                return redirect(url_for("SignInView.login"))
            form.password.errors = [gettext("Mật khẩu không đúng")]
        return self.render("accounts/again.html", form=form)

    @staticmethod
    def _wrong(account: Account) -> None:
        """One more wrong password; where it locks the account, whoever sits here does not know it, and the session is
        over.
        """
        count_wrong(db.session(), Account, account)
        db.session.refresh(account)
        if locked(db.session(), account) and g.sign_in_session.method != sessions.TOKEN:
            sessions.end(db.session(), g.sign_in_session.id, "tries")
            keep()

    @expose("/sessions")
    @has_access
    @permission_name("use")
    def sessions(self) -> Any:
        """Where this account is signed in, and who last acted on it."""
        return self.render(
            "accounts/sessions.html",
            rows=sessions.open_of(db.session(), me()),
            account=me(),
            mine=g.sign_in_session.id,
            own=True,
        )

    @expose("/sessions/<uuid:key>/end", methods=["POST"])
    @has_access
    @permission_name("use")
    def end_session(self, key: uuid.UUID) -> Any:
        """That session of one's own is over."""
        or_404(next((row for row in sessions.open_of(db.session(), me()) if row.id == key), None))
        sessions.end(db.session(), key, "ended")
        flash(gettext("Đã chấm dứt phiên làm việc"), "success")
        return redirect(url_for("OwnAccountView.sessions"))

    @expose("/sessions/end-others", methods=["POST"])
    @has_access
    @permission_name("use")
    def end_others(self) -> Any:
        """Every session of one's own but this one is over."""
        others = [row for row in sessions.open_of(db.session(), me()) if row.id != g.sign_in_session.id]
        for row in others:
            sessions.end(db.session(), row.id, "ended")
        flash(gettext("Đã chấm dứt %(number)s phiên khác", number=len(others)), "success")
        return redirect(url_for("OwnAccountView.sessions"))

    @expose("/waiting")
    @has_access
    @permission_name("use")
    def waiting(self) -> Any:
        """Who did what to the account, and who has to confirm it."""
        if me().opens_data:
            return redirect(url_for("HomeView.index"))
        return self.render("accounts/waiting.html", account=me(), confirmers=Confirmers(db.session()).for_account(me()))


class FactorView(Screen):
    """One's own second factors."""

    route_base = "/account/factors"
    class_permission_name = "OwnAccount"

    @expose("/")
    @has_access
    @permission_name("use")
    def factors(self) -> Any:
        """What this account signs in with besides its password."""
        account = me()
        needed = policy_of(account) == SECOND_FACTOR
        return self.render("accounts/factors.html", account=account, needed=needed, form=EndForm())

    @expose("/key", methods=["GET", "POST"])
    @limiter.limit(lambda: current_app.config["RESET_LIMIT"], methods=["POST"], key_func=account_key)
    @has_access
    @fresh
    @permission_name("use")
    def key(self) -> Any:
        """A security key is enrolled: the browser asks it to sign this page's challenge."""
        form = KeyForm()
        account = me()
        row = g.sign_in_session
        if form.validate_on_submit():
            challenge = sessions.take_challenge(db.session(), row.id)
            address = second_factors.Address(rp_id(), origin())
            if attempted(
                form,
                lambda: self._enrolled(
                    second_factors.add_key(
                        db.session(), account, form.credential.data or "", challenge, address, form.name.data
                    )
                ),
            ):
                flash(gettext("Đã đăng ký khóa bảo mật"), "success")
                return redirect(url_for("FactorView.factors"))
        options, challenge = second_factors.key_options(account, rp_id())
        sessions.challenge(db.session(), row.id, challenge)
        return self.render("accounts/factor_key.html", form=form, options=options)

    @expose("/codes", methods=["GET", "POST"])
    @limiter.limit(lambda: current_app.config["RESET_LIMIT"], methods=["POST"], key_func=account_key)
    @has_access
    @fresh
    @permission_name("use")
    def codes(self) -> Any:
        """A code generator is enrolled, as the last resort: its secret is shown once, here."""
        form = CodesForm()
        account = me()
        # Between the picture and the first code the secret lies sealed in the session's row: never in the cookie, never
        # twice the same.
        held = SimpleNamespace(__tablename__="account_sessions", id=g.sign_in_session.id, challenge=None)
        kept = sessions.take_challenge(db.session(), held.id) if request.method == "POST" else None
        held.challenge = Secret(kept) if kept else None
        try:
            secret = unseal(held, "challenge") or second_factors.new_secret()
        except CannotOpen:  # it is a security key's challenge: that page was opened in between
            kept = None
            secret = second_factors.new_secret()
        if kept and form.validate_on_submit():
            name = form.name.data or gettext("Ứng dụng tạo mã")
            if attempted(
                form,
                lambda: self._enrolled(second_factors.add_codes(db.session(), account, secret, form.code.data, name)),
            ):
                flash(gettext("Đã đăng ký ứng dụng tạo mã"), "success")
                return redirect(url_for("FactorView.factors"))
        sessions.challenge(db.session(), held.id, seal(held, "challenge", secret, CREDENTIAL).blob)
        address, picture = second_factors.secret_picture(account, secret)
        return self.render("accounts/factor_codes.html", form=form, secret=secret, address=address, picture=picture)

    @expose("/<uuid:key>/end", methods=["POST"])
    @has_access
    @fresh
    @permission_name("use")
    def end(self, key: uuid.UUID) -> Any:
        """That factor signs nobody in any more."""
        account = me()
        factor = or_404(next((factor for factor in account.open_factors if factor.id == key), None))
        try:
            second_factors.end_factor(db.session(), account, factor, policy_of(account) == SECOND_FACTOR)
            flash(gettext("Đã gỡ yếu tố xác thực"), "success")
        except Refused as refused:
            db.session.rollback()
            flash(refused.message[:1].upper() + refused.message[1:], "danger")
        return redirect(url_for("FactorView.factors"))

    @staticmethod
    def _enrolled(_factor: SecondFactor) -> None:
        """Whoever has the factor goes on; sessions that knew only the password are over."""
        sessions.end_all(db.session(), me(), "factor", but=g.sign_in_session.id)
        sessions.strengthen(db.session(), g.sign_in_session.id)
