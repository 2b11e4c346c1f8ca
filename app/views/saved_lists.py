"""Lists with a name: saved beside the list, opened from it or from the first page."""

import uuid
from dataclasses import replace
from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from sqlalchemy import select

from app.extensions import db
from app.models import Unit
from app.operations import saved_lists
from app.operations.refusal import Refused
from app.operations.saved_lists import Named, Saved
from app.security.manager import permissions
from app.security.scope import current
from app.views.base import Screen, has_access, or_404
from app.views.filters import CaseFilterForm, FilterForm, ListForm, ReceptionFilterForm
from app.views.keeping import expose, keep
from app.views.paging import TURNED, turned_of

# Lists that can be saved, the form of their filters, and what one needs to open them.
FORMS: dict[str, type[ListForm]] = {
    "PetitionView.petitions": FilterForm,
    "CaseView.cases": CaseFilterForm,
    "ReceptionView.receptions": ReceptionFilterForm,
}
NEEDS = dict.fromkeys(FORMS, ("can_read", "Petitions")) | {"ReceptionView.receptions": ("can_read", "Receptions")}


def first_page() -> str | None:
    """The address of the list that the account begins with; None where it chose none it may open."""
    saved = saved_lists.start_of(db.session(), g.user.username)
    if saved is None or NEEDS[saved.endpoint] not in permissions():
        return None
    return url_for("SavedListView.open", key=saved.id)


def saved_of(endpoint: str | None) -> list[Saved]:
    """The lists of this kind that the account saved, or that are shared in its unit."""
    return saved_lists.all_of(db.session(), g.user.username, endpoint) if endpoint in FORMS else []


def address_of(saved: Saved) -> str:
    """Where the list is, for whoever is signed in: what was searched for is sealed anew."""
    form = FORMS[saved.endpoint]
    return url_for(saved.endpoint, **form.address_of(saved.filters))


class SavedListView(Screen):
    """Saved lists."""

    route_base = "/lists"
    class_permission_name = "OwnAccount"

    @expose("/<uuid:key>")
    @has_access
    @permission_name("use")
    def open(self, key: uuid.UUID) -> Any:
        """On to the list."""
        saved = or_404(saved_lists.find(db.session(), g.user.username, key))
        return redirect(address_of(without_lost(saved)))

    @expose("/save", methods=["POST"])
    @has_access
    @permission_name("use")
    def save(self) -> Any:
        """The list as it stands in the address it is sent from has a name."""
        endpoint = request.args.get("list", "")
        form = FORMS[endpoint](request.args) if endpoint in FORMS else abort(400)
        filters = form.kept(request.args) | turned_of(request.args)
        if filters.get("text"):
            filters["text"] = form.text.data or ""
        sent = request.form
        try:
            wanted = Named(
                name=sent.get("name", ""),
                endpoint=endpoint,
                filters=filters,
                shared=bool(sent.get("shared")),
                start=bool(sent.get("start")),
            )
            saved_lists.save(db.session(), g.user.username, g.user.unit_id, wanted)
            flash(gettext("Đã lưu danh sách “%(name)s”", name=sent.get("name", "").strip()), "success")
        except Refused as refused:
            flash(refused.message[:1].upper() + refused.message[1:], "danger")
        kept: dict[str, Any] = {name: request.args[name] for name in (*form.NAMES, *TURNED) if name in request.args}
        return redirect(url_for(endpoint, **kept))

    @expose("/<uuid:key>/drop", methods=["POST"])
    @has_access
    @permission_name("use")
    def drop(self, key: uuid.UUID) -> Any:
        """The account's own list is gone."""
        saved = or_404(saved_lists.find(db.session(), g.user.username, key))
        if not saved_lists.drop(db.session(), g.user.username, key):
            abort(404)
        keep()
        flash(gettext("Đã xóa danh sách “%(name)s”", name=saved.name), "success")
        return redirect(url_for(saved.endpoint))


def without_lost(saved: Saved) -> Saved:
    """The list without a filter by a unit that is out of the account's reach, which is told of."""
    code = saved.filters.get("unit", "").split(" ")[0]
    if not code:
        return saved
    unit = db.session.scalars(select(Unit).where(Unit.code == code)).first()
    scope = current(db.session())
    reach = scope.receptions if saved.endpoint.startswith("Reception") else scope.facts
    if unit is not None and reach.covers(unit.path, unit.id):
        return saved
    flash(
        gettext(
            "Đơn vị %(unit)s của danh sách này không còn trong phạm vi của tài khoản; đã bỏ điều kiện đó.", unit=code
        ),
        "warning",
    )
    left = {name: value for name, value in saved.filters.items() if name not in ("unit", "subtree")}
    return replace(saved, filters=left)
