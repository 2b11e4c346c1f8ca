"""A reception that was entered wrong is corrected, withdrawn from its register, put back."""

import uuid
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext

from app.extensions import db
from app.law.crowds import CROWD
from app.law.facts import RECEPTION, said
from app.models import Reception
from app.operations.corrections import of_receptions
from app.operations.reception_text import closes, read_reception
from app.operations.secrecy import identity
from app.security import audit
from app.views.acts import act_of
from app.views.base import Screen, has_access
from app.views.facts import typed
from app.views.fields import ReasonForm
from app.views.finding import find
from app.views.keeping import concerning, expose, submitted
from app.views.petitions.corrections import NOT_TYPED, REASON, content_opened
from app.views.petitions.forms import respondents_typed
from app.views.petitions.receptions import ReceptionForm
from app.views.secrecy.secrets import about, page_of

CorrectReceptionForm = type("CorrectReceptionForm", (ReceptionForm,), {"note": REASON, "petition": None})
CONTENT = ("matter", "petitioners", "respondents", "summary", "result")
SEEN = ("changed_at", "petition")  # of a reception: another form was stored since this one was opened


class ReceptionCorrectionView(Screen):
    """Corrections of receptions."""

    route_base = "/corrections"
    class_permission_name = "Receptions"

    @expose("/reception/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def correct(self, key: uuid.UUID) -> Any:
        """Everything that was written of a reception; about a denunciation its content once who came is revealed."""
        reception: Reception = find("reception", key)
        if not of_receptions.may_correct(db.session(), reception):
            refusal = gettext(
                "Chỉ người ghi lượt tiếp được sửa khi chưa vào sổ đơn; sau đó đề nghị lãnh đạo đơn vị sửa."
            )
            flash(refusal, "danger")
            return redirect(page_of(reception))
        audit.record(db.session(), "reception.read", row_ids=[reception.id])
        whole, opening = content_opened(
            closes(reception), lambda reason: identity.reveal_reception(db.session(), g.user, reception, reason)
        )
        form = _form(reception, whole, fresh=opening or request.method == "GET")
        if not opening and submitted(form, lambda: _correct(reception, form, whole)):
            flash(gettext("Đã sửa lượt tiếp số %(number)s", number=reception.number), "success")
            return redirect(page_of(reception))
        return self.render(
            "petitions/correct_reception.html",
            form=form,
            whole=whole,
            crowd=CROWD,
            title=gettext("Sửa lượt tiếp"),
            **about(reception),
        )

    @expose("/reception/<uuid:key>/<any(withdraw, restore):what>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def keep(self, key: uuid.UUID, what: str) -> Any:
        """The reception is withdrawn from its register, or put back, with a reason."""
        reception: Reception = find("reception", key)
        form = concerning(ReasonForm(), reception, *SEEN)
        change, title, done = {
            "withdraw": (of_receptions.withdraw, gettext("Rút khỏi sổ"), gettext("Đã rút lượt tiếp khỏi sổ")),
            "restore": (of_receptions.restore, gettext("Khôi phục vào sổ"), gettext("Đã khôi phục lượt tiếp vào sổ")),
        }[what]
        if submitted(form, lambda: change(db.session(), reception, act_of(form))):
            flash(done, "success")
            return redirect(url_for("ReceptionView.reception", key=key))
        return self.render("form.html", form=form, title=title, basis="", **about(reception))


def _form(reception: Reception, whole: bool, fresh: bool) -> Any:
    stood = said(RECEPTION, reception)
    if whole:
        body = read_reception(reception.text)
        stood |= {name: body.get(name) for name in CONTENT}
        stood["respondents"] = respondents_typed(body.get("respondents") or [])
    form = CorrectReceptionForm(formdata=None, data=stood) if fresh else CorrectReceptionForm()
    concerning(form, reception, *SEEN)
    if not whole:
        for name in CONTENT:
            del form[name]
    return form


def _correct(reception: Reception, form: Any, whole: bool) -> None:
    values = form.values() if whole else typed(form, RECEPTION)
    if whole:
        known = {one.get("name"): one for one in read_reception(reception.text).get("petitioners") or ()}
        for person in values["petitioners"]:
            kept = known.get(person.get("name"), {})
            person.update({name: kept[name] for name in NOT_TYPED if name in kept})
    of_receptions.correct_reception(db.session(), reception, act_of(form), values)
