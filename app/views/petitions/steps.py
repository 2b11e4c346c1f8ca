"""Steps of petitions and cases: one screen for all of them, what each asks for and what it does described in a row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext

from app.extensions import db
from app.law.steps import step_label
from app.models import Case, Petition
from app.operations.act import Act
from app.operations.meanwhile import changed_since
from app.operations.refusal import Refused
from app.operations.stepping import check
from app.views.acts import act_of
from app.views.base import Screen, remark, typed_texts, warn_of_identity
from app.views.documents.documents import hidden_of
from app.views.keeping import concerning, submitted
from app.views.labels import language
from app.views.secrecy.secrets import about, page_of

Subject = Petition | Case
# What will happen, said before what ends a matter is recorded.
ENDINGS = {
    "remove": lazy_gettext(
        "Bản ghi sẽ không còn trong sổ và không tính vào biểu; lãnh đạo khôi phục bằng “Hủy bước” trên trang của đơn."
    ),
    "merge": lazy_gettext(
        "Các đơn của vụ việc này sẽ thuộc vụ việc kia và tính là một vụ việc; vụ việc này được rút khỏi sổ."
    ),
    "close": lazy_gettext(
        "Hồ sơ sẽ được đóng vì đã giải quyết xong trước khi dùng phần mềm; thời hạn dừng lại và không tính là quá hạn."
    ),
    "refuse": lazy_gettext("Vụ việc sẽ kết thúc ở trạng thái không thụ lý; các thời hạn đang chạy dừng lại."),
    "withdraw": lazy_gettext("Vụ việc sẽ kết thúc vì rút toàn bộ, nếu mọi người đứng tên cùng rút; thời hạn dừng lại."),
    "discontinue": lazy_gettext("Vụ việc sẽ kết thúc vì đình chỉ; các thời hạn đang chạy dừng lại."),
}


@dataclass(frozen=True)
class StepScreen:
    """The form of a step and what is done with it, which gives remarks.

    A form with `fit` is fitted to its subject.
    """

    form: type
    run: Callable[[Any, Act, Any], list[str] | None]


def address_of_step(subject: Subject, key: str) -> str:
    """Where the step's screen is."""
    if isinstance(subject, Case):
        return url_for("CaseView.step", key=subject.id, step=key)
    if key == "process":
        return url_for("PetitionView.process", key=subject.id)
    return url_for("PetitionView.step", key=subject.id, step=key)


def turn_away(subject: Subject, refused: Refused) -> Any:
    """Back to the subject's page, with why; and with who was quicker, where the form was open when it still held."""
    flash(refused.message, "danger")
    if (version := request.form.get("seen")) and (since := changed_since(db.session(), subject, version)):
        flash(since[:1].upper() + since[1:], "warning")
    return redirect(page_of(subject))


def _leads_to(subject: Subject, key: str) -> Subject:
    """Where the matter goes on: at the case into which the step put it, else where it was."""
    if isinstance(subject, Petition):
        return subject.case if key == "attach" else subject
    moved = subject.former if key == "merge" else []
    return moved[0].case if moved else subject


def take_step(view: Screen, subject: Subject, key: str, screens: dict[str, StepScreen]) -> Any:
    """The step's form; sent, the step is taken, where the law's table and the account's role allow it."""
    if key not in screens:
        abort(404)
    try:
        rule = check(subject, key)
    except Refused as refused:
        return turn_away(subject, refused)
    form = concerning(screens[key].form(), subject)
    if hasattr(form, "fit"):
        form.fit(subject)
    title = step_label(key, language(), subject.kind)
    remarks: list[str] = []
    if submitted(form, lambda: remarks.extend(screens[key].run(subject, act_of(form), form) or ())):
        flash(gettext("Đã ghi: %(step)s", step=title), "success")
        remark(remarks)
        warn_of_identity(typed_texts(form), hidden_of(subject))
        return redirect(page_of(_leads_to(subject, key)))
    day = subject.received_on if isinstance(subject, Petition) else date.max
    basis = rule.basis_for(subject.kind, day)
    return view.render("form.html", form=form, title=title, basis=basis, ending=ENDINGS.get(key), **about(subject))
