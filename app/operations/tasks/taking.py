"""The steps of a task: assigned, answered, urged, extended, sent back, closed, withdrawn; each by whom `law/tasks.py`
says.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.law.tasks import BY_LAW, CLOSED, DOER, GIVER, LEADER, STEPS, WITHDRAWN, TaskStep, steps_in
from app.models import Account, Task
from app.operations.act import Act
from app.operations.handlers import demand_handlers
from app.operations.refusal import Refused
from app.operations.tasks.written import hidden_of, keep_clock, line_of, read, write, writing
from app.security import audit
from app.security.scope import current
from app.text.identities import tells_of

WORKS = ("can_register", "can_process", "can_settle", "can_approve")


def next_steps(session: Session, task: Task) -> list[TaskStep]:
    """The steps that the session may take now, in the order of the law's table."""
    found = steps_in(task.state, task.rule is not None)
    return [step for step in found if _may(session, task, step)]


def _may(session: Session, task: Task, step: TaskStep) -> bool:
    scope = current(session)
    leads = scope.may("can_assign", task.unit_id) and scope.may_write(task.unit_id)
    if step.by == LEADER:
        return leads
    if step.by == GIVER:
        gave = task.given_by in scope.accounts or scope.name == task.given_by
        return gave or (scope.may("can_assign", task.giver_id) and scope.may_write(task.giver_id))
    works = scope.may_write(task.unit_id) and any(scope.may(one, task.unit_id) for one in WORKS)
    mine = not task.handlers or scope.name in task.handlers or bool(scope.accounts & {*task.handlers})
    return leads or (works and mine)


def take(session: Session, task: Task, key: str, act: Act, values: Mapping[str, Any]) -> None:
    """The step stands in the task's history; state, people and clock follow. `values`: `accounts` of those it is
    assigned to, `due_on` of an extension. Raises Refused with the field.
    """
    step = check(session, task, key)
    for name, sentence in step.needs.items():
        if not getattr(act, name).strip():
            raise Refused(sentence, name)
    if act.on < task.given_on:
        raise Refused(f"ngày {act.on:%d/%m/%Y} trước ngày giao {task.given_on:%d/%m/%Y}; kiểm tra lại ngày", "on")
    if act.on > act.today:
        raise Refused(f"ngày {act.on:%d/%m/%Y} ở tương lai; nhập ngày đã diễn ra", "on")
    if task.giver_id != task.unit_id:
        _refuse_names(session, task, act)
    due_on = _new_day(task, values.get("due_on")) if key == "extend" else None
    accounts: Sequence[Account] = values.get("accounts") or ()
    if key == "assign":
        demand_handlers(session, task.unit_id, accounts)
    with writing(session, task.unit_id) as apart:
        row = apart.get_one(Task, task.id, with_for_update=True, populate_existing=True)
        if step not in steps_in(row.state, row.rule is not None):  # somebody was quicker
            raise Refused(f"nhiệm vụ đã sang bước khác nên không “{step.label}”; tải lại trang để xem bước tiếp theo")
        _apply(row, step, act, due_on, accounts)
        keep_clock(apart, row)
        apart.flush()
    if apart is not session:
        session.expire(task)
    audit.record(session, "task.stepped", table_name="tasks", row_ids=[task.id], detail={"step": key})


def check(session: Session, task: Task, key: str) -> TaskStep:
    """The step, where the task's state and the session allow it. Raises Refused."""
    step = STEPS[key]
    if step not in steps_in(task.state, task.rule is not None):
        why = "thời hạn này do luật định" if key == "extend" and task.rule else "nhiệm vụ đã sang bước khác"
        raise Refused(f"{why} nên không “{step.label}”; tải lại trang để xem bước tiếp theo")
    if not _may(session, task, step):
        whom = {
            DOER: "người được phân công hoặc lãnh đạo đơn vị thực hiện",
            LEADER: "lãnh đạo đơn vị thực hiện",
            GIVER: "người giao hoặc lãnh đạo đơn vị giao",
        }[step.by]
        raise Refused(f"chỉ {whom} được “{step.label}”")
    return step


def _new_day(task: Task, wanted: date | None) -> date:
    if wanted is None:
        raise Refused("nhập hạn mới", "due_on")
    if wanted <= (task.due_on or task.given_on):
        raise Refused(f"hạn mới phải sau {task.due_on or task.given_on:%d/%m/%Y}", "due_on")
    return wanted


def _refuse_names(session: Session, task: Task, act: Act) -> None:
    people = hidden_of(session, [task]).get(task.id, [])
    for name in ("note", "paper"):
        if tells_of(getattr(act, name), people):
            raise Refused("phần này có họ tên, số hoặc địa chỉ của người tố cáo, đơn vị khác sẽ đọc; bỏ đi", name)


def _apply(task: Task, step: TaskStep, act: Act, due_on: date | None, accounts: Sequence[Account]) -> None:
    task.state = step.becomes or task.state
    if step.key == "answer" and task.origin == BY_LAW:
        task.state = CLOSED  # nobody gave it who would have to agree
    if step.key == "assign":
        names = sorted(account.username for account in accounts)
        givers = {*(task.verifiers or ())} - {*(task.handlers or ())} | {task.given_by}
        task.handlers = names or ([] if task.compartment else None)
        task.verifiers = sorted(givers | set(names))
        for document in task.documents:
            document.handlers = task.handlers
            document.verifiers = task.verifiers
    elif step.key == "extend":
        task.due_on = due_on
    elif step.key == "urge":
        task.urged_on = act.on
    task.answered_on = act.on if step.key == "answer" else None if step.key == "back" else task.answered_on
    task.done_on = (task.answered_on or act.on) if task.state in (CLOSED, WITHDRAWN) else None
    line = line_of(step.key, act, due_on) | {"accounts": [str(account) for account in accounts]}
    body = read(task)
    write(task, body | {"lines": [*body["lines"], {name: value for name, value in line.items() if value}]})
