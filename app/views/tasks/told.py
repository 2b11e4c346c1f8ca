"""What of tasks may be shown: with whoever denounced covered."""

from collections.abc import Sequence
from typing import Any

from app.extensions import db
from app.models import Case, Petition, Task
from app.operations.tasks.written import Line, hidden_of, of_subject, shown
from app.views.opening import broken_sentence, opened


def told(tasks: Sequence[Task]) -> dict[Any, str]:
    """What is to be done, by task; opened in one batch."""
    hidden = hidden_of(db.session(), tasks)
    return {task.id: opened_task(task, hidden)[0] for task in tasks}


def tasks_of(subject: Petition | Case) -> list[tuple[Task, str]]:
    """The tasks about a petition or a case that the account sees, each with what is to be done; open ones first."""
    rows = of_subject(db.session(), subject)
    said = told(rows)
    return [(task, said[task.id]) for task in rows]


def opened_task(task: Task, hidden: dict[Any, list[dict[str, Any]]]) -> tuple[str, list[Line]]:
    """What is to be done, and the lines written since; a sentence where it does not open."""
    nothing: tuple[str, list[Line]] = (broken_sentence(), [])
    return opened(shown, task, hidden.get(task.id, []), otherwise=lambda: nothing) or nothing
