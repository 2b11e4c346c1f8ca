"""Which forms' typing is kept, and what was sent when the session had ended."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, request, session
from werkzeug.exceptions import HTTPException

from app.extensions import db
from app.models import Account
from app.operations import drafts
from app.operations.refusal import Refused
from app.security import sessions
from app.security.scope import system_scope, within

# Forms in which somebody writes. Not among them: what proves who one is, files, catalogues, one-line questions.
KEPT = frozenset(
    {
        *("PetitionView.new", "PetitionView.process", "PetitionView.step", "CaseView.step", "ReceptionView.new"),
        *("TaskView.new", "TaskView.step"),
        *("CorrectionView.petition", "CorrectionView.case", "CorrectionView.decision", "CorrectionView.entry"),
        *(
            "ReceptionCorrectionView.correct",
            "ReceptionCorrectionView.keep",
            "CorrectionView.undo",
            "CorrectionView.note",
            "AccountRequestView.new",
            "FormView.typed",
        ),
        *("ApprovalView.ask", "ApprovalView.ask_export", "SecrecyView.determine"),
        "AccountActionView.act",
    }
)
LONGEST_ADDRESS = 200
UNKEPT = ("csrf_token", "once", "reveal")  # names of fields that say nothing somebody typed


def form_at(address: str) -> tuple[str, uuid.UUID | None]:
    """The address of a form whose typing is kept, and the key of what it is about; 404 for any other."""
    path = address.split("?")[0]
    try:
        endpoint, arguments = current_app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        abort(404)
    if endpoint not in KEPT or len(path) > LONGEST_ADDRESS:
        abort(404)
    return path, _subject(arguments)


def _subject(arguments: Mapping[str, Any]) -> uuid.UUID | None:
    """The record that a form is about; None where it is about none of those that may be closed."""
    key = arguments.get("key")
    return key if isinstance(key, uuid.UUID) else None


def keep_what_was_sent() -> bool:
    """True where this request brought a form whose session had ended, and what was typed is now its writer's draft."""
    if request.method != "POST" or request.endpoint not in KEPT:
        return False
    typed = [[name, value] for name, value in request.form.items(multi=True) if name not in UNKEPT]
    with within(db.session(), system_scope("draft")) as apart:
        account = sessions.ended_of(apart, session.get("sid"), Account)
        if account is None or not typed:
            return False
        try:
            drafts.keep(apart, account, request.path, typed, _subject(request.view_args or {}))
        except Refused:
            return False
    return True
