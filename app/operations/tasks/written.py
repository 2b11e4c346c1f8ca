"""What stands in a task: what is to be done and what was written since, sealed; its clock; the session that writes it.

A task stands in the unit that has to do it. Who gave it from another unit, and those it is assigned to, see it because
it names them; they see no more of that unit for it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Case, Deadline, Petition, Task
from app.operations.act import Act
from app.operations.content import denouncers_of, without
from app.security.keys import DENUNCIATION, TEXT
from app.security.scope import current, system_scope, within
from app.security.sealed import seal, unseal

Subject = Petition | Case
CLOCK = "task"


@contextmanager
def writing(session: Session, unit_id: Any) -> Iterator[Session]:
    """The session, where it may write rows of that unit; else one in the same transaction that may."""
    if current(session).may_write(unit_id):
        yield session
        return
    with within(session, system_scope("task")) as apart:
        yield apart


def line_of(key: str, act: Act, due_on: date | None) -> dict[str, Any]:
    """A line of the task's history, as it is sealed."""
    line = {"key": key, "on": act.on.isoformat(), "by": act.by, "note": act.note.strip(), "paper": act.paper.strip()}
    return {name: value for name, value in line.items() if value} | ({"due": due_on.isoformat()} if due_on else {})


def write(task: Task, body: dict[str, Any]) -> None:
    """That stands in the task, sealed under the keys its compartment asks for."""
    task.body = seal(task, "body", body, DENUNCIATION if task.compartment else TEXT)


def read(task: Task) -> dict[str, Any]:
    """What is to be done, and every line that was written since. Raises CannotOpen."""
    found: dict[str, Any] = unseal(task, "body")
    return found


def keep_clock(session: Session, task: Task, tentative: bool = False) -> None:
    """The task's clock stands beside those of petitions and cases; answered, it stands still. `tentative`: as far as is
    known of the holidays.
    """
    clock = session.scalars(select(Deadline).where(Deadline.task_id == task.id)).first()
    if clock is None:
        if task.due_on is None:
            return
        clock = Deadline(unit=task.unit, task_id=task.id, rule=CLOCK)
        session.add(clock)
    clock.started_on = task.given_on
    clock.due_on = task.due_on
    clock.tentative = tentative
    clock.done_on = task.answered_on or task.done_on
    clock.handlers = task.handlers or None
    clock.shut_out = task.shut_out
    session.flush()


def hidden_of(session: Session, tasks: Sequence[Task]) -> dict[Any, list[dict[str, Any]]]:
    """For each task about a denunciation, whom nothing shown of it may tell of; found whatever the session may read."""
    closed = [task for task in tasks if task.compartment]
    if not closed:
        return {}
    with within(session, system_scope("covering")) as apart:
        subjects: dict[Any, Subject] = {}
        for model, name in ((Petition, "petition_id"), (Case, "case_id")):
            keys = {getattr(task, name) for task in closed} - {None}
            rows: Any = apart.scalars(select(model).where(model.id.in_(keys))) if keys else ()
            subjects |= {row.id: row for row in rows}
        found = denouncers_of(apart, list(subjects.values()))
    keys_of = {task.id: task.petition_id or task.case_id for task in closed}
    return {key: found.get(subject, []) if subject is not None else [] for key, subject in keys_of.items()}


@dataclass(frozen=True)
class Line:
    """A line of a task's history, as it may be shown."""

    key: str
    on: date
    by: str
    note: str = ""
    paper: str = ""
    due: date | None = None
    accounts: tuple[str, ...] = field(default=())


def shown(task: Task, hidden: list[dict[str, Any]]) -> tuple[str, list[Line]]:
    """What is to be done and what was written since, with whoever denounced covered. Raises CannotOpen."""
    body = read(task)
    lines = [
        Line(
            line["key"],
            date.fromisoformat(line["on"]),
            line["by"],
            without(line.get("note", ""), hidden),
            without(line.get("paper", ""), hidden),
            date.fromisoformat(line["due"]) if line.get("due") else None,
            tuple(line.get("accounts", ())),
        )
        for line in body["lines"]
    ]
    return without(body["what"], hidden), lines


def of_subject(session: Session, subject: Subject) -> list[Task]:
    """The tasks about a petition or a case that the session sees, those that are open first."""
    column: Any = Task.petition_id if isinstance(subject, Petition) else Task.case_id
    query = select(Task).where(column == subject.id).options(joinedload(Task.unit))
    return list(session.scalars(query.order_by(Task.done_on.is_not(None), Task.due_on.nulls_last(), Task.id)))
