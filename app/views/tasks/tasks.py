"""Tasks on screen: the list, giving one, its page, its steps."""

import uuid
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext

from app.extensions import db
from app.law.tasks import ONWARD, STEPS, task_step_label
from app.models import Case, Petition, Task, Unit
from app.operations.documents.documents import may_add, of_subject
from app.operations.refusal import Refused
from app.operations.tasks import giving, taking
from app.operations.tasks.written import hidden_of
from app.reporting.lists import Page
from app.reporting.task_list import ORDERS, Reader, TaskFilters, how_many, tasks
from app.security import audit
from app.security.scope import current
from app.views import columns
from app.views.acts import act_of
from app.views.base import Screen, has_access, typed_texts, warn_of_identity
from app.views.documents.documents import shown as shown_document
from app.views.filters import MOST_LOOSER, narrowed
from app.views.finding import find, find_task
from app.views.keeping import concerning, expose, submitted
from app.views.labels import language
from app.views.paging import asked
from app.views.secrecy.secrets import about, list_mark, mark_of
from app.views.tasks.forms import FORMS, GiveForm, StepForm, TaskFilterForm
from app.views.tasks.told import opened_task, told

NOUNS = ("petition", "case")
VERSION = ("state", "due_on", "handlers", "urged_on", "answered_on")  # what two people must not change at once


def _reader() -> Reader:
    units = current(db.session()).write or frozenset({g.user.unit_id})
    return Reader(g.user.username, frozenset(units))


def _subject() -> Petition | Case | None:
    """What the task is to be about, as the address names it."""
    for noun in NOUNS:
        if noun in request.args:
            try:
                key = uuid.UUID(request.args[noun])
            except ValueError:
                abort(404)
            found: Petition | Case = find(noun, key)
            return found
    return None


def _how_many(filters: TaskFilters) -> int:
    return how_many(db.session(), filters, MOST_LOOSER)


class TaskView(Screen):
    """Tasks: what somebody has to do by a day."""

    route_base = "/tasks"
    class_permission_name = "Petitions"

    @expose("/")
    @has_access
    @permission_name("read")
    def tasks(self) -> Any:
        """A page of the list under the filters of the address; open ones where no state is named."""
        form = TaskFilterForm(request.args)
        narrowing = form.narrowing()
        how = asked(ORDERS | {"": ORDERS["newest"]}, columns.TASKS)
        kept = TaskFilterForm.kept(request.args)
        filters = None if narrowing is None else TaskFilters(**narrowing, reader=_reader())
        page = Page([])
        if filters is not None:
            try:
                cap = current_app.config["COUNT_CAP"]
                page = tasks(db.session(), filters, how.spot, how.size, cap, how.order)
            except ValueError:
                abort(400)
        audit.record(db.session(), "task.listed", table_name="tasks", row_ids=[row.id for row in page.rows] or None)
        return self.render(
            "tasks/tasks.html",
            page=page,
            form=form,
            kept=kept | how.kept(),
            how=how,
            columns=columns.TASKS,
            told=told(page.rows),
            mark=list_mark(row.petition or row.case for row in page.rows),
            may_give=giving.may_give(db.session(), g.user.unit),
            **narrowed(form, "TaskView.tasks", filters, page, _how_many),
        )

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def new(self) -> Any:
        """The form that gives a task, about the petition or case that the address names."""
        giver: Unit | None = g.user.unit
        if giver is None or not giving.may_give(db.session(), giver):
            abort(403)
        subject = _subject()
        form = GiveForm()
        form.fit(giver)
        given: list[Task] = []
        if submitted(form, lambda: given.extend(_give(giver, form, subject))):
            flash(gettext("Đã giao %(number)s nhiệm vụ", number=len(given)), "success")
            if len(given) == 1:
                return redirect(url_for("TaskView.task", key=given[0].id))
            return redirect(url_for("TaskView.tasks", whose="gave"))
        return self.render(
            "tasks/new.html", form=form, subject=subject, mark=mark_of(subject) if subject is not None else ""
        )

    @expose("/<uuid:key>")
    @has_access
    @permission_name("read")
    def task(self, key: uuid.UUID) -> Any:
        """One page: what is to be done, by whom, by when; what was written since; the next steps."""
        task = find_task(key)
        audit.record(db.session(), "task.read", table_name="tasks", row_ids=[task.id])
        hidden = hidden_of(db.session(), [task])
        what, lines = opened_task(task, hidden)
        documents = [shown_document(row, hidden.get(task.id, [])) for row in of_subject(db.session(), task)]
        return self.render(
            "tasks/task.html",
            task=task,
            what=what,
            lines=lines,
            steps=taking.next_steps(db.session(), task),
            onward=ONWARD,
            documents=documents,
            may_add=may_add(db.session(), task) or giving.may_attach(db.session(), task),
            mark=mark_of(task),
        )

    @expose("/<uuid:key>/<step>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def step(self, key: uuid.UUID, step: str) -> Any:
        """A step's form, where the law's table and the account allow the step."""
        if step not in STEPS:
            abort(404)
        task = find_task(key)
        try:
            taking.check(db.session(), task, step)
        except Refused as refused:
            flash(refused.message[:1].upper() + refused.message[1:], "danger")
            return redirect(url_for("TaskView.task", key=key))
        form = concerning(FORMS.get(step, StepForm)(), task, *VERSION)
        if hasattr(form, "fit"):
            form.fit(task)
        title = task_step_label(step, language())
        if submitted(form, lambda: taking.take(db.session(), task, step, act_of(form), form.values(task))):
            flash(gettext("Đã ghi: %(step)s", step=title), "success")
            warn_of_identity(typed_texts(form), hidden_of(db.session(), [task]).get(task.id, []))
            return redirect(url_for("TaskView.task", key=key))
        return self.render("form.html", form=form, title=title, **about(task))


def _give(giver: Unit, form: GiveForm, subject: Petition | Case | None) -> list[Task]:
    wanted = giving.Wanted(
        form.what.data or "",
        form.chosen_units(),
        form.origin.data,
        form.due_on.data,
        form.chosen(giver),
        subject,
        form.paper.data or "",
        form.paper_on.data,
        form.signer.data or "",
    )
    return giving.give(db.session(), giver, act_of(()), wanted)
