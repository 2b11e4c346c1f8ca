"""Petitions that may be the same: beside a petition, and while one is typed."""

import uuid
from typing import Any

from flask import current_app, g, request
from flask_appbuilder.security.decorators import permission_name
from flask_babel import lazy_gettext

from app.extensions import db, limiter
from app.operations.petitions import suggestions
from app.text import likeness
from app.views.base import Screen, has_access
from app.views.finding import find_petition
from app.views.gates import account_key
from app.views.keeping import expose
from app.views.petitions.forms import RegisterForm
from app.views.secrecy.secrets import list_mark

WHY = {
    likeness.PERSON: lazy_gettext("cùng họ tên"),
    likeness.NUMBER: lazy_gettext("cùng số căn cước"),
    likeness.PHONE: lazy_gettext("cùng số điện thoại"),
    likeness.ADDRESS: lazy_gettext("cùng địa chỉ"),
    likeness.RESPONDENT: lazy_gettext("cùng người bị khiếu nại, tố cáo"),
    likeness.CONTENT: lazy_gettext("nội dung giống nhau"),
}


class SimilarView(Screen):
    """What may be a petition handed in again."""

    route_base = "/petitions"
    class_permission_name = "Petitions"

    @expose("/<uuid:key>/similar")
    @limiter.limit(lambda: current_app.config["SIMILAR_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("read")
    def similar(self, key: uuid.UUID) -> Any:
        """The part of a petition's page that tells of the like; empty where nothing is."""
        petition = find_petition(key)
        return self._part(suggestions.about(db.session(), petition), petition)

    @expose("/similar", methods=["POST"])
    @limiter.limit(lambda: current_app.config["SIMILAR_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("register")
    def typed(self) -> Any:
        """The same for the petition as far as it is typed."""
        form = RegisterForm(request.form)
        people = {name: form[name].data if name in form else [] for name in ("petitioners", "respondents")}
        values = {"summary": form.summary.data or "", **{name: _named(lines) for name, lines in people.items()}}
        return self._part(suggestions.about_typed(db.session(), g.user.unit_id, values), None)

    def _part(self, found: suggestions.Suggestions, petition: Any) -> Any:
        rows = [row for row, _ in found.here]
        return self.render(
            "petitions/similar.html", found=found, petition=petition, why=WHY, mark=list_mark(rows) if rows else ""
        )


def _named(lines: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The persons of whom something was typed."""
    texts = [{name: value for name, value in line.items() if isinstance(value, str) and value} for line in lines]
    return [line for line in texts if line.get("name") or line.get("id_number")]
