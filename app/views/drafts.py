"""Drafts of what is being typed, kept and offered again by `static/drafts.js`; and the beat of who is typing."""

import json
from functools import wraps
from typing import Any

from flask import abort, current_app, g, jsonify, request
from flask_appbuilder.security.decorators import permission_name

from app.clock import VIETNAM
from app.extensions import db, limiter
from app.operations import drafts
from app.operations.refusal import Refused
from app.views.base import Screen, has_access
from app.views.gates import account_key
from app.views.keeping import expose
from app.views.kept import UNKEPT, form_at


def asked_by_script(view: Any) -> Any:
    """401 where nobody is signed in: a script that is led to the sign-in page would use up what that page says."""

    @wraps(view)
    def answered(*arguments: Any, **named: Any) -> Any:
        return view(*arguments, **named) if g.user.is_authenticated else abort(401)

    return answered


class DraftView(Screen):
    """The account's own drafts."""

    route_base = "/drafts"
    class_permission_name = "OwnAccount"

    @expose("/")
    @asked_by_script
    @has_access
    @permission_name("use")
    def draft(self) -> Any:
        """What was typed at that address and not stored."""
        address, subject = form_at(request.args.get("address", ""))
        found = drafts.find(db.session(), g.user.username, address, subject)
        if found is None:
            return "", 204
        return jsonify(kept=f"{found[0].astimezone(VIETNAM):%H:%M %d/%m/%Y}", typed=found[1])

    @expose("/keep", methods=["POST"])
    @limiter.limit(lambda: current_app.config["DRAFT_LIMIT"], key_func=account_key)
    @asked_by_script
    @has_access
    @permission_name("use")
    def keep(self) -> Any:
        """What is typed so far is kept."""
        address, subject = form_at(request.form.get("address", ""))
        try:
            drafts.keep(db.session(), g.user.username, address, _typed(request.form.get("typed", "")), subject)
        except Refused:
            abort(413)
        return "", 204

    @expose("/drop", methods=["POST"])
    @asked_by_script
    @has_access
    @permission_name("use")
    def drop(self) -> Any:
        """The draft is gone."""
        address, _ = form_at(request.form.get("address", ""))
        drafts.drop(db.session(), g.user.username, address)
        return "", 204

    @expose("/beat", methods=["POST"])
    @asked_by_script
    @has_access
    @permission_name("use")
    def beat(self) -> Any:
        """Somebody is typing: the session was used."""
        return "", 204


def _typed(text: str) -> list[list[str]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        abort(400)
    pairs = [pair for pair in found if isinstance(pair, list) and len(pair) == 2] if isinstance(found, list) else []
    if not pairs or not all(isinstance(part, str) for pair in pairs for part in pair):
        abort(400)
    return [pair for pair in pairs if pair[0] not in UNKEPT]
