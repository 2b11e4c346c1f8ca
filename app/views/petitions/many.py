"""What is done with several petitions chosen in the list: a step for each, their slips, a workbook."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.clock import today
from app.extensions import db, limiter
from app.jobs.kinds import list_name
from app.law.steps import BY_KEY, PETITION, step_label
from app.models import Petition
from app.operations.act import Act
from app.operations.petitions import closing, duplicates, many, petitions
from app.operations.petitions.many import Outcome
from app.operations.refusal import Refused
from app.reporting.list_book import Wanted, write_petitions
from app.reporting.lists import Filters, export_count
from app.security import audit
from app.security.manager import permissions
from app.text.typed import uuid_of
from app.views.acts import act_of
from app.views.base import Screen, has_access
from app.views.exporting import exported, workbook
from app.views.gates import account_key
from app.views.keeping import expose, submitted
from app.views.labels import language
from app.views.petitions import forms
from app.views.petitions.case_forms import CloseForm
from app.views.petitions.papers import slip_of
from app.views.secrecy.secrets import list_mark

STEPS: dict[str, Any] = {
    "assign": forms.AssignManyForm,
    "attach": forms.AttachManyForm,
    "duplicate": forms.DuplicateManyForm,
    "close": CloseForm,
}


def steps_for_many() -> list[tuple[str, str]]:
    """The steps that the account may take for several petitions at once, with their names."""
    allowed = permissions()
    return [
        (key, step_label(key, language(), "complaint"))
        for key in STEPS
        if (BY_KEY[(PETITION, key)].permission, "Petitions") in allowed
        and (key != "close" or (g.user.unit is not None and g.user.unit.uses_from is not None))
    ]


def papers_for_many() -> list[tuple[str, str]]:
    """The papers that the account may make of several petitions at once: address and name."""
    allowed = permissions()
    found = []
    if {("can_register", "Petitions"), ("can_process", "Petitions")} & allowed:
        found.append((url_for("ManyView.slips"), gettext("In phiếu tiếp nhận")))
    if ("can_export", "Petitions") in allowed:
        found.append((url_for("ManyView.export", what="export"), gettext("Xuất Excel")))
        found.append((url_for("ManyView.export", what="register"), gettext("Sổ theo dõi đơn")))
    return found


def _nothing_chosen() -> Any:
    flash(gettext("Chưa chọn đơn nào; đánh dấu vào ô đầu dòng của từng đơn"), "warning")
    return redirect(url_for("PetitionView.petitions"))


def _chosen() -> list[Petition]:
    """The petitions that were ticked, as far as the account sees them, in the order of the list."""
    keys: list[uuid.UUID] = [key for text in request.form.getlist("chosen") if (key := uuid_of(text)) is not None]
    query = select(Petition).where(Petition.id.in_(keys[: many.MOST])).options(joinedload(Petition.unit))
    if "sent" in request.form:  # two people at one petition: the second waits, then meets the new state
        db.session.scalars(query.with_for_update(of=Petition)).all()
    found = {row.id: row for row in db.session.scalars(query)}
    return [found[key] for key in dict.fromkeys(keys) if key in found]


class ManyView(Screen):
    """Steps and papers for several petitions."""

    route_base = "/petitions/many"
    class_permission_name = "Petitions"

    @expose("/<any(assign, attach, duplicate, close):step>", methods=["POST"])
    @has_access
    @permission_name("read")
    def step(self, step: str) -> Any:
        """The step's form for what was ticked; sent, each petition takes the step or says why not."""
        if (BY_KEY[(PETITION, step)].permission, "Petitions") not in permissions():
            abort(403)
        rows = _chosen()
        if not rows:
            return _nothing_chosen()
        form = STEPS[step](request.form if "sent" in request.form else None)
        if hasattr(form, "fit"):
            form.fit(g.user.unit_id, rows)
        outcome: list[Outcome] = []
        if "sent" in request.form and submitted(form, lambda: outcome.append(_run(step, rows, form))):
            return self._tell(outcome[0])
        audit.record(db.session(), "petition.listed", row_ids=[row.id for row in rows])
        title = step_label(step, language(), "complaint")
        return self.render("petitions/many.html", form=form, rows=rows, step=step, title=title, mark=list_mark(rows))

    @expose("/slips", methods=["POST"])
    @has_access
    @permission_name("read")
    def slips(self) -> Any:
        """The citizens' slips of what was ticked, one a page; of what the account may not read none."""
        rows = _chosen()
        slips = []
        for row in rows:
            try:
                slips.append(slip_of(row))
            except Refused as refused:
                flash(f"{row.number}: {refused.message}", "warning")
        if not slips:
            return _nothing_chosen() if not rows else redirect(url_for("PetitionView.petitions"))
        return self.render("petitions/slip.html", slips=slips, back=url_for("PetitionView.petitions"))

    @expose("/<any(export, register):what>", methods=["POST"])
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("export")
    def export(self, what: str) -> Any:
        """What was ticked as .xlsx: its facts, or as an office's register; what is secret stays out."""
        rows = _chosen()
        if not rows:
            return _nothing_chosen()
        about: tuple[str, ...] = (
            gettext("%(count)s đơn đã chọn", count=len(rows)),
            exported(),
        )
        filters = Filters(chosen=tuple(row.id for row in rows))
        if secret := len(rows) - export_count(db.session(), filters, today(), many.MOST):
            about += (gettext("Không gồm %(count)s đơn được bảo vệ", count=secret),)
        wanted = Wanted(filters, today(), language(), what == "register", "", about)
        return workbook(list_name(), lambda target, temporary: write_petitions(db.session(), wanted, target, temporary))

    @staticmethod
    def _tell(outcome: Outcome) -> Any:
        if outcome.done:
            count = len(outcome.done)
            flash(ngettext("Đã ghi cho %(num)s đơn", "Đã ghi cho %(num)s đơn", count), "success")
        for petition, refused in outcome.refused:
            flash(f"{petition.number}: {refused.message}", "danger")
        return redirect(url_for("PetitionView.petitions"))


def _run(step: str, rows: list[Petition], form: Any) -> Outcome:
    """The petitions that took the step, and the others with why. Raises Refused where none did."""
    session = db.session()
    act: Act = act_of(form)
    each: dict[str, Callable[[Petition], object]] = {
        "assign": lambda petition: petitions.assign(session, petition, act, form.chosen(petition)),
        "attach": lambda petition: petitions.attach(session, petition, act, form.case_number.data),
        "duplicate": lambda petition: duplicates.mark(session, petition, act, form.number.data),
        "close": lambda petition: closing.close(session, petition, act),
    }
    if step == "duplicate" and not (rows := [row for row in rows if row.number != form.number.data]):
        raise Refused("chọn thêm các đơn trùng với đơn này", "number")
    outcome = many.for_each(session, rows, each[step])
    if not outcome.done:  # nothing came of it: what was typed is still there
        raise Refused("; ".join(f"{petition.number}: {refused.message}" for petition, refused in outcome.refused))
    return outcome
