"""Registering a petition, by itself or from a reception."""

import uuid
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from app.clock import today
from app.extensions import db
from app.law import secrecy
from app.law.facts import PETITION
from app.models import Petition, Reception
from app.operations.content import beside_names, denouncers_behind, shown_reception, strings_in
from app.operations.petitions import like_elsewhere, petitions, receptions
from app.operations.petitions.oddities import petition_oddities
from app.operations.reception_text import closes
from app.operations.refusal import Refused
from app.text.typed import uuid_of
from app.views.acts import act_of
from app.views.base import Screen, or_404, remark, warn_of_identity
from app.views.facts import hint
from app.views.keeping import submitted
from app.views.petitions.forms import RegisterForm, carried, carried_on


def register_page(view: Screen) -> Any:
    """The form; sent, the petition is registered, and the reception it came from is linked to it."""
    reception = _reception()
    try:
        known = receptions.about(db.session(), reception) if reception is not None else {}
    except Refused as refused:
        flash(refused.message[:1].upper() + refused.message[1:], "danger")
        return redirect(url_for("ReceptionView.receptions"))
    form = _form(reception, known)

    def register() -> tuple[uuid.UUID, str]:
        act = act_of(form)
        made = petitions.register(db.session(), g.user.unit, act, form.values())
        like_elsewhere.tell_leaders(db.session(), made, act)
        if reception is not None:
            receptions.link(db.session(), reception, made, g.user.username)
        return made.id, made.number

    if given := submitted(form, register):
        _say(given[0], given[1], form)
        again = url_for("PetitionView.new", **carried_on(form))
        return redirect(again if "again" in request.form else _after(given[0]))
    return view.render("petitions/petition_new.html", form=form, facts=PETITION, hint=hint, reception=reception)


def _reception() -> Reception | None:
    """The reception that the petition comes from, named in the address."""
    if "reception" not in request.args:
        return None
    key = or_404(uuid_of(request.args["reception"]))
    found: Reception = or_404(db.session.scalars(select(Reception).where(Reception.id == key)).first())
    return found


def _form(reception: Reception | None, known: dict[str, Any]) -> RegisterForm:
    """The form with what the address or the reception tells. Who came about a denunciation goes along unseen."""
    closed = reception if reception is not None and closes(reception) else None
    start = known or carried(request.args)
    if closed is not None:
        seen = shown_reception(closed, denouncers_behind(db.session(), [closed]))
        start = start | {"summary": seen.get("summary") or seen.get("matter") or "", "petitioners": []}
    form = RegisterForm(data=start if request.method == "GET" else None)
    if closed is not None:
        form.keep_people(known["petitioners"])
    return form


def _say(key: uuid.UUID, number: str, form: RegisterForm) -> None:
    """The number, which leads to the petition where whoever registered it may open it; and what is odd about it."""
    shown = Markup.escape(number)
    if _is_there(key):
        shown = Markup('<a href="{}">{}</a>').format(url_for("PetitionView.petition", key=key), number)
    flash(Markup("{} {}").format(gettext("Đã vào sổ đơn số"), shown), "success")
    values = form.values()
    seen = values if "petitioners" in form else values | {"petitioners": []}  # a remark names whom it is about
    remark(list(petition_oddities(seen, today())))
    if secrecy.closed(values["kind"]):
        typed = [values["summary"], values["attachments"], values.get("previous_decision")]
        warn_of_identity(strings_in(typed) + beside_names(values["respondents"]), values["petitioners"])


def _after(key: uuid.UUID) -> str:
    """Where one goes after registering: on to the petition; to the list, where it turned out to be closed to whoever
    registered it.
    """
    return url_for("PetitionView.petition", key=key) if _is_there(key) else url_for("PetitionView.petitions")


def _is_there(key: uuid.UUID) -> bool:
    return db.session.scalars(select(Petition.id).where(Petition.id == key)).first() is not None
