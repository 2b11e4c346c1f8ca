"""A petition as its page and its papers show it: the print for the dossier, the slip for the citizen."""

import uuid
from dataclasses import dataclass
from typing import Any

import segno
from flask import abort, current_app, flash, redirect, url_for
from flask_appbuilder.security.decorators import permission_name

from app.extensions import db, limiter
from app.law import secrecy
from app.law.facts import CLOSED, PETITION
from app.law.secrecy import NORMAL
from app.models import Petition
from app.operations.content import (
    PETITIONER,
    RESPONDENT,
    read_body,
    read_people,
    shown_body,
    shown_respondents,
    without,
)
from app.operations.petitions import receipts
from app.operations.refusal import Refused
from app.operations.secrecy import approvals
from app.security import audit
from app.views.base import Screen, has_access
from app.views.documents.documents import dossier, hidden_of
from app.views.facts import lines
from app.views.finding import find_petition
from app.views.gates import account_key
from app.views.keeping import expose
from app.views.opening import broken_body, broken_people, opened
from app.views.petitions.history import clocks_told, history_of
from app.views.secrecy.secrets import released, secrecy_of


def content_of_page(petition: Petition, revealed: list[dict[str, Any]] | None) -> dict[str, Any]:
    """What the page and its print say of the petition; a value that does not open is told of in its place."""
    people = (
        revealed
        if secrecy.content_closed(petition)
        else opened(read_people, petition, PETITIONER, otherwise=broken_people)
    )
    hidden = [person for person in hidden_of(petition) if person not in (revealed or [])]
    return dossier(petition) | {
        "petition": petition,
        "facts": lines(PETITION, petition, besides=("kind", "instance"))
        + [(heading, without(text, hidden)) for heading, text in lines(CLOSED, petition)],
        "body": opened(shown_body, petition, hidden, otherwise=broken_body),
        "people": people or [],
        "respondents": shown_respondents(
            opened(read_people, petition, RESPONDENT, otherwise=broken_people) or [], hidden
        ),
    }


class PaperView(Screen):
    """Papers of a petition."""

    route_base = "/petitions"
    class_permission_name = "Petitions"

    @expose("/<uuid:key>/print")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("read")
    def print(self, key: uuid.UUID) -> Any:
        """The petition for paper, never with a denouncer's identity; what is secret after a second person has allowed
        it, with the mark.
        """
        petition = find_petition(key)
        content = content_of_page(petition, None)
        asking = url_for("ApprovalView.ask", act=approvals.PRINT, noun="petition", key=key)
        if (
            content["secrecy"].level != NORMAL
            and (elsewhere := released(approvals.PRINT, f"petition:{key}", asking)) is not None
        ):
            return elsewhere
        audit.record(db.session(), "dossier.printed", table_name="petitions", row_ids=[petition.id])
        return self.render("print.html", **content, clocks=clocks_told(petition), events=history_of(petition))

    @expose("/<uuid:key>/slip")
    @has_access
    @permission_name("read")
    def slip(self, key: uuid.UUID) -> Any:
        """What the citizen takes home: number, code, day and unit, when to expect an answer; neither name nor kind, so
        nobody has to allow it.
        """
        petition = find_petition(key)
        if petition.text is None:
            abort(404)
        try:
            slip = slip_of(petition)
        except Refused as refused:
            flash(refused.message[:1].upper() + refused.message[1:], "warning")
            return redirect(url_for("PetitionView.petition", key=key))
        return self.render("petitions/slip.html", slips=[slip], back=url_for("PetitionView.petition", key=petition.id))


@dataclass(frozen=True)
class Slip:
    """What stands on a citizen's slip: the code also as a picture, what was handed in where that is nobody's secret."""

    petition: Petition
    code: str
    picture: str
    handed_in: str | None


def slip_of(petition: Petition) -> Slip:
    """The slip of the petition; that it was printed stands in the trail. Raises Refused."""
    audit.record(db.session(), "petition.read", table_name="petitions", row_ids=[petition.id], detail={"slip": True})
    code = receipts.receipt_of(db.session(), petition)
    open_one = not secrecy.content_closed(petition) and secrecy_of(petition).level == NORMAL
    handed_in = read_body(petition.text).get("attachments") if open_one else None
    return Slip(petition, code, segno.make(code, error="m").svg_data_uri(scale=4, border=2), handed_in)
