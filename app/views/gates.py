"""Before each request: what has to be done first.

A forged header goes no further; then the password, the second factor, the confirmation.
"""

from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, logout_user
from limits import parse

from app.extensions import db, limiter
from app.security import audit, sessions
from app.security.entrance import presented
from app.security.policies import SECOND_FACTOR, TOKEN_ONLY, in_force, password_expired
from app.security.sessions import PASSWORD, TOKEN
from app.views.entering import here
from app.views.keeping import keep

OPEN_TO_ALL = ("SignInView.logout", "SignInView.refused", "static", "appbuilder.static", "LocaleView.index")
STATIC = ("static", "appbuilder.static")
OWN = (
    "OwnAccountView.password",
    "OwnAccountView.again",
    "OwnAccountView.sessions",
    "OwnAccountView.end_session",
    "OwnAccountView.end_others",
)
FACTORS = ("FactorView.factors", "FactorView.key", "FactorView.codes")
FORM_MINUTES = 15  # a form that was opened in time may be filled in for so long


def refuse_forged() -> None:
    """A certificate's header that nginx did not send is written down and refused."""
    if presented().forged:
        if worth_an_entry("forged"):
            audit.record_apart(db.session(), "token.header_forged", detail={"path": request.path[:200]})
        abort(400)


def needs_the_database() -> None:
    """A page that could not be sent is not shown as if all were well: the database answers before it is drawn."""
    if request.endpoint not in STATIC:
        db.session.connection()


def worth_an_entry(kind: str) -> bool:
    """True while an address has not filled the trail, which nobody can empty, with more of these in a minute than
    anybody needs to read.
    """
    return not limiter.enabled or limiter.limiter.hit(parse("60 per minute"), kind, request.remote_addr or "-")


def first_things_first() -> Any:
    """Where an account has to go before it goes anywhere: to change its password, to enrol a second factor, to wait for
    its confirmation.
    """
    if not g.user.is_authenticated or request.endpoint in OPEN_TO_ALL:
        return None
    account = g.user
    method = g.sign_in_session.method
    policy = in_force(g.sign_in_session.policy)
    if (policy == TOKEN_ONLY and method != TOKEN) or (
        policy == SECOND_FACTOR and method == PASSWORD and account.open_factors
    ):
        return _weaker_than_required()
    if account.must_change_password or (method != TOKEN and password_expired(account)):
        return None if request.endpoint == "OwnAccountView.password" else redirect(url_for("OwnAccountView.password"))
    if policy == SECOND_FACTOR and method == PASSWORD:
        return None if request.endpoint in OWN + FACTORS else redirect(url_for("FactorView.factors"))
    if not account.opens_data:
        return (
            None
            if request.endpoint in (*OWN, *FACTORS, "OwnAccountView.waiting")
            else redirect(url_for("OwnAccountView.waiting"))
        )
    return None


def _weaker_than_required() -> Any:
    """The unit requires more than this session showed when it began: it is over, and begins anew."""
    sessions.end(db.session(), g.sign_in_session.id, "policy")
    keep()
    logout_user()
    session.clear()
    flash(gettext("Đơn vị yêu cầu cách đăng nhập mạnh hơn; đăng nhập lại."), "warning")
    return redirect(url_for("SignInView.login"))


def is_fresh() -> bool:
    """True when the holder has shown who they are just now; whoever signed in with a token shows it with every
    request.
    """
    row = g.sign_in_session
    minutes = current_app.config["FRESH_MINUTES"] + (FORM_MINUTES if request.method == "POST" else 0)
    return bool(row.method == TOKEN or row.proved_at > datetime.now(UTC) - timedelta(minutes=minutes))


def ask_again() -> Any:
    """On to the page that asks who one is, and back to where one was."""
    return redirect(url_for("OwnAccountView.again", next=here()))


def fresh(view: Any) -> Any:
    """Before a sensitive act the holder shows again who they are, where that was too long ago.

    Stands outside `has_access`'s decision: after it.
    """

    @wraps(view)
    def shown(*arguments: Any, **named: Any) -> Any:
        return view(*arguments, **named) if is_fresh() else ask_again()

    return shown


def account_key() -> str:
    """Whom a limit counts: the account, or the address where nobody is signed in."""
    return f"account:{current_user.username}" if current_user.is_authenticated else request.remote_addr or "-"
