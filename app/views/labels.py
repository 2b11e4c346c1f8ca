"""What templates need of the language: terms in the reader's language, days as dd/mm/yyyy, phases."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask, current_app
from flask_babel import get_locale, gettext

from app.clock import VIETNAM, today
from app.law.complexity import CRITERIA
from app.law.steps import step_label
from app.law.tasks import origin_label, task_step_label
from app.law.terms import codes, matter, term, term_of_kind


def language() -> str:
    """The reader's language: vi or en."""
    locale = get_locale()
    return locale.language if locale is not None else "vi"


def say(group: str, code: str | None) -> str:
    """A term in the reader's language."""
    return term(group, code, language())


def matter_name(subject: Any) -> str:
    """What a petition or case is called, in the reader's language: khiếu nại lần hai, tố cáo tiếp."""
    return matter(subject.kind, subject.instance, language())


def origin_name(key: str) -> str:
    """Where a task comes from, in the reader's language."""
    return origin_label(key, language())


def task_name(task: Any) -> str:
    """What sort of task it is: the duty of the law, or where it comes from."""
    return say("deadline", task.rule) if task.rule else origin_name(task.origin)


def case_state_name(case: Any, state: str | None = None) -> str:
    """A case's state, or the one given, in the reader's language and in the words of its kind."""
    return term_of_kind("case_state", state or case.state, case.kind, language())


def choices(group: str, empty: str | None = None) -> list[tuple[str, str]]:
    """The codes of a group with their terms, for a select."""
    return ([("", empty)] if empty is not None else []) + [(code, say(group, code)) for code in codes(group)]


def criteria() -> list[tuple[int, str]]:
    """The criteria of a complex case in the reader's language."""
    return [(number, english if language() == "en" else vietnamese) for number, vietnamese, english in CRITERIA]


def day(value: date | None) -> str:
    """A day as dd/mm/yyyy; a dash where there is none."""
    return f"{value:%d/%m/%Y}" if value else "–"


def day_of(text: str | None) -> str:
    """A day written as ISO 8601, as `day` says it."""
    return day(date.fromisoformat(text) if text else None)


def moment(value: datetime | None) -> str:
    """A moment as 08:05 21/11/2026 in Vietnam, whatever zone it comes in; a dash where there is none."""
    return f"{value.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if value else "–"


def moment_of(text: str) -> str:
    """A moment written as ISO 8601, as `moment` says it."""
    return moment(datetime.fromisoformat(text))


# What a browser calls itself, most particular first: most of them also claim to be the others.
_BROWSERS = (
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str | None) -> str:
    """The browser and system of a User-Agent, as a person would say them; the text itself where they are not known."""
    found = [next((name for part, name in names if part in (agent or "")), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name) or (agent or "–")


def number(value: Any) -> str:
    """A figure in Vietnamese notation: 1.234,5."""
    text = f"{Decimal(value):,.3f}".rstrip("0").rstrip(".")
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


def phase(due_on: date | None, running: bool = True, uses_from: date | None = None) -> str:
    """Overdue, due soon, in time: computed on the day it is shown, never stored. `uses_from`: the unit's; what ran out
    before that day is not its lateness.
    """
    if not running:
        return "done"
    if due_on is None:
        return "paused"
    left = (due_on - today()).days
    if left < 0:
        return "before_use" if uses_from is not None and due_on < uses_from else "overdue"
    return "due_soon" if left <= current_app.config["DUE_SOON_DAYS"] else "in_time"


def days_left(due_on: date | None) -> str:
    """How long until the day, or how long since, in words."""
    if due_on is None:
        return ""
    left = (due_on - today()).days
    if left == 0:
        return str(gettext("hôm nay"))
    if left > 0:
        return str(gettext("còn %(number)s ngày", number=left))
    return str(gettext("quá %(number)s ngày", number=-left))


def described(field: Any) -> dict[str, Any]:
    """Attributes that tie a field to its error for those who cannot see it."""
    return {"aria-invalid": "true", "aria-describedby": f"{field.id}-error"} if field.errors else {}


def install(app: Flask) -> None:
    """The templates know these words."""
    app.jinja_env.globals.update(
        say=say,
        choices=choices,
        day=day,
        moment=moment,
        moment_of=moment_of,
        browser_name=browser_name,
        number=number,
        phase=phase,
        days_left=days_left,
        today=today,
        timedelta=timedelta,
        step_name=lambda key, kind=None: step_label(key, language(), kind),
        task_step_name=lambda key: task_step_label(key, language()),
        task_name=task_name,
        matter_name=matter_name,
        case_state_name=case_state_name,
        day_of=day_of,
        language=language,
        described=described,
    )
