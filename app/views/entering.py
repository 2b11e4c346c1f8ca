"""Who may open a view; and whose session is over, how they come back to it."""

from functools import wraps
from typing import Any

from flask import flash, g, redirect, request, session, url_for
from flask_appbuilder.security.decorators import has_access as stock_has_access
from flask_babel import gettext

from app.views.kept import keep_what_was_sent


def has_access(view: Any) -> Any:
    """Only who may opens the view; who is signed in no more signs in again and comes back to it."""
    guarded = stock_has_access(view)

    @wraps(guarded)
    def asked(*arguments: Any, **named: Any) -> Any:
        return guarded(*arguments, **named) if g.user.is_authenticated else _sign_in_again()

    return asked


def _sign_in_again() -> Any:
    kept = keep_what_was_sent()
    if session.pop("_user_id", None) is not None:
        if kept or request.method == "GET":
            flash(gettext("Phiên làm việc đã hết, phần đang gõ đã được giữ; đăng nhập để làm tiếp."), "warning")
        else:
            flash(gettext("Phiên làm việc đã hết; đăng nhập rồi gửi lại biểu mẫu vừa gửi."), "warning")
    return redirect(url_for("SignInView.login", next=here()))


def here() -> str:
    """The address to come back to: of a form that was sent, the page it was sent from."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return (request.referrer or "/").split(request.host, 1)[-1]
