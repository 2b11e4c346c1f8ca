"""Rows that an address names: found within the account's scope, or a page that says they are not there; out of scope
looks the same.
"""

import uuid
from typing import Any

from flask import abort, request
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from app.extensions import db
from app.models import Case, Document, Petition, Reception, Task
from app.views.base import or_404

NOUNS: dict[str, Any] = {"petition": Petition, "case": Case, "document": Document, "reception": Reception}


def _found(query: Select[Any], kind: Any) -> Any:
    if request.method == "POST":  # two people pressing one button: the second waits, then meets the new state
        query = query.with_for_update(of=kind)
    return or_404(db.session.scalars(query).first())


def find_petition(key: uuid.UUID) -> Petition:
    """The petition, with what its page shows."""
    query = (
        select(Petition)
        .where(Petition.id == key)
        .options(
            joinedload(Petition.text),
            selectinload(Petition.persons),
            joinedload(Petition.case),
            joinedload(Petition.unit),
            joinedload(Petition.sent_to),
        )
    )
    found: Petition = _found(query, Petition)
    return found


def find_case(key: uuid.UUID) -> Case:
    """The case, with what its page shows."""
    query = (
        select(Case)
        .where(Case.id == key)
        .options(
            joinedload(Case.decision),
            selectinload(Case.suspensions),
            selectinload(Case.entries),
            joinedload(Case.unit),
            joinedload(Case.previous),
            selectinload(Case.petitions).joinedload(Petition.text),
        )
    )
    found: Case = _found(query, Case)
    return found


def find_task(key: uuid.UUID) -> Task:
    """The task, with what its page shows. Who gave it to another unit may not lock it here: its steps do."""
    along = (joinedload(Task.unit), joinedload(Task.giver), joinedload(Task.petition), joinedload(Task.case))
    found: Task = or_404(db.session.scalars(select(Task).where(Task.id == key).options(*along)).first())
    return found


def find(noun: str, key: uuid.UUID) -> Any:
    """The petition, case, document or reception."""
    if noun not in NOUNS:
        abort(404)
    return _found(select(NOUNS[noun]).where(NOUNS[noun].id == key), NOUNS[noun])
