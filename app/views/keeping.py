"""One request, one transaction: what succeeds is kept, what is refused is not, and both are told."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import (
    Response,
    abort,
    flash,
    g,
    make_response,
    redirect,
    request,
    session,
)
from flask_appbuilder import expose as stock_expose
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.operations import drafts
from app.operations.meanwhile import changed_since, version_of
from app.operations.refusal import Refused
from app.security import typed_twice
from app.text.typed import uuid_of


def expose(url: str = "/", methods: tuple[str, ...] | list[str] = ("GET",)) -> Callable[[Any], Any]:
    """The view answers that address, in one transaction: an answer that succeeds is committed with all that was done
    and recorded, one that does not is rolled back.
    """

    def mark(view: Any) -> Any:
        @wraps(view)
        def answered(*arguments: Any, **named: Any) -> Response:
            answer = make_response(view(*arguments, **named))
            if answer.status_code < 400:
                if "once" in g:
                    typed_twice.led_to(db.session(), g.pop("once"), answer.location)
                keep()
            else:
                db.session.rollback()
            return answer

        return stock_expose(url, methods)(answered)

    return mark


def keep() -> None:
    """What was done so far stands, whatever follows; then comes what waited for it (`once_kept`)."""
    try:
        db.session.commit()
    except DBAPIError:
        session.pop("_flashes", None)  # nothing that was told of came about
        raise
    for what in g.pop("once_kept", ()):
        what()


def once_kept(what: Callable[[], None]) -> None:
    """That happens when what was done so far stands, and not where it comes to nothing."""
    g.setdefault("once_kept", []).append(what)


def add_error(form: Any, refused: Refused) -> None:
    """The refusal stands beside its field, or above the form where it has none; so do the others it brings."""
    for other in (refused, *refused.others):
        _add_one(form, other)


def _add_one(form: Any, refused: Refused) -> None:
    name = (refused.field or "").split(".")[0]
    if name in form:
        form[name].errors = [*form[name].errors, refused.message]
        g.sent_form = form
    else:
        flash(refused.message[:1].upper() + refused.message[1:], "danger")


def submitted(form: Any, change: Any) -> Any:
    """What the change gave (True where it gives nothing), where the form was sent and holds; None otherwise,
    a refusal beside its field.
    """
    return attempted(form, change) if form.validate_on_submit() else None


def attempted(form: Any, change: Any) -> Any:
    """As `submitted`, of a form that was found to hold. The same form sent twice is stored once: the second time leads
    where the first did.
    """
    refuse_again()
    try:
        refuse_stale(form)
        given = change()
        db.session.flush()
        if g.user.is_authenticated:
            drafts.drop(db.session(), g.user.username, request.path)
    except Refused as refused:
        db.session.rollback()
        add_error(form, refused)
        return None
    return True if given is None else given


def concerning(form: Any, row: Any, *names: str) -> Any:
    """The form, which changes that row (those of its attributes): what the row was like goes along."""
    form.changes = (row, names)
    form.seen = version_of(db.session(), row, names)
    return form


def refuse_stale(form: Any) -> None:
    """Nothing, where the form's row is as it was when the form was opened. Raises Refused, which says who did what; the
    next try then knows of it.
    """
    if "seen" not in request.form or not hasattr(form, "changes"):
        return
    row, names = form.changes
    sentence = changed_since(db.session(), row, request.form["seen"], names)
    if sentence is not None:
        form.seen = version_of(db.session(), row, names)
        raise Refused(sentence)


def refuse_again() -> None:
    """Leads to where the same form led when it was sent before; nothing, where it was not."""
    token = uuid_of(request.form.get("once", ""))
    if token is None or not g.user.is_authenticated:
        return
    there = typed_twice.sent_before(db.session(), g.user.username, token)
    if there is not None:
        db.session.rollback()
        flash(gettext("Biểu mẫu này đã được ghi ở lần bấm trước; phần mềm không ghi lần hai."), "info")
        abort(redirect(there or request.path))
    g.once = token


def carry_out(change: Any, said: str) -> None:
    """The change is made and told of; refused, it is rolled back and the reason told."""
    try:
        change()
        db.session.flush()
        flash(said, "success")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message[:1].upper() + refused.message[1:], "danger")
