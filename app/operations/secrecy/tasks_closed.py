"""Tasks about a petition or a case are closed as it is, in whatever unit they stand."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law import secrecy
from app.models import Case, Petition, Task
from app.operations.content import shut_out_of
from app.security.keys import DENUNCIATION
from app.security.scope import current, system_scope, within
from app.security.sealed import seal, unseal


def align_tasks(session: Session, subject: Petition | Case) -> None:
    """Its tasks are not there for those it is shut out for, and within a compartment where its content is closed. As
    the system: some stand in units that the session does not write.
    """
    if current(session).system:
        _align(session, subject)
        return
    session.flush()
    with within(session, system_scope("conflicts")) as apart:
        whole: Any = apart.get_one(type(subject), subject.id)
        _align(apart, whole)
    for row in session.identity_map.values():
        if isinstance(row, Task):
            session.expire(row)


def _align(session: Session, subject: Petition | Case) -> None:
    column: Any = Task.petition_id if isinstance(subject, Petition) else Task.case_id
    shut = shut_out_of(subject)
    with session.no_autoflush:  # what is being written of the subject is written once, whole
        tasks = session.scalars(select(Task).where(column == subject.id)).all()
    for task in tasks:
        for row in (task, *task.deadlines, *task.documents):
            row.shut_out = shut
        if secrecy.content_closed(subject) and not task.compartment:
            _close(task)


def _close(task: Task) -> None:
    body = unseal(task, "body")
    task.compartment = True
    task.handlers = task.handlers or []
    task.body = seal(task, "body", body, DENUNCIATION)
