"""What was entered wrong is corrected, the last step taken back, a remark added: of petitions, cases, their parts."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, request
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.clock import today
from app.extensions import db
from app.law import secrecy
from app.law.facts import DECISION, ENTRY, PETITION, Fact, said
from app.law.steps import outcomes, step_label
from app.models import Case, ExecutionEntry, Petition
from app.operations.content import PETITIONER, RESPONDENT, read_body, read_people
from app.operations.corrections import correct, undo
from app.operations.refusal import Refused
from app.operations.secrecy import identity
from app.security import audit
from app.views.acts import act_of
from app.views.base import Screen, has_access, or_404
from app.views.facts import fields_of, fit, hint, typed
from app.views.fields import FlaskForm, ReasonForm
from app.views.finding import find_case, find_petition
from app.views.keeping import concerning, expose, submitted
from app.views.labels import language, say
from app.views.petitions.forms import RegisterForm, respondents_typed
from app.views.secrecy.secrets import about, page_of

REASON = TextAreaField(
    lazy_gettext("Lý do sửa"), [InputRequired(), Length(max=2000)], render_kw={"class": "form-control", "rows": 2}
)
CorrectPetitionForm = type("CorrectPetitionForm", (RegisterForm,), {"note": REASON})
CONTENT = (
    "previous_decision",
    "previous_body",
    "previous_on",
    "petitioners",
    "respondents",
    "summary",
    "attachments",
)
NOT_TYPED = ("gender", "ethnicity")  # of a petitioner; they came by a file, and no form asks for them


def _form_of(facts: tuple[Fact, ...]) -> type[FlaskForm]:
    made: type[FlaskForm] = type("CorrectForm", (FlaskForm,), fields_of(facts) | {"note": REASON})
    return made


CorrectCaseForm = _form_of(correct.CASE_FACTS)
CorrectDecisionForm = _form_of(DECISION)
CorrectEntryForm = _form_of(ENTRY)


def _choice_as_text(facts: tuple[Fact, ...], values: dict[str, Any]) -> dict[str, Any]:
    choices = {fact.name for fact in facts if fact.sort == "choice"}
    return {name: str(value) if name in choices else value for name, value in values.items()}


def possible(subject: Petition | Case) -> dict[str, Any]:
    """What the page of the subject offers beside the law's steps: to correct, to take back the last step."""
    session = db.session()
    step = undo.last_step(session, subject)
    free = step is not None and undo.hindrance(session, subject, step, today()) is None
    return {
        "may_correct": correct.may_correct(session, subject),
        "may_ask": correct.may_ask(session, subject),
        "may_ask_kind": isinstance(subject, Petition) and correct.may_ask_kind(session, subject),
        "last_step": step_label(step.step, language(), subject.kind) if step is not None and free else "",
    }


def content_opened(closed: bool, reveal: Callable[[str], Any]) -> tuple[bool, bool]:
    """Whether the form holds the content, and whether it was just asked for: what is closed is filled in only where
    `reveal`, given the reason, refuses nothing; a form that is sent holds what was typed in it and nothing else.
    """
    if "reveal" not in request.form:
        return not closed or "summary" in request.form, False
    try:
        reveal(request.form.get("reason", ""))
    except Refused as refused:
        flash(refused.message[:1].upper() + refused.message[1:], "danger")
        return not closed, True
    return True, True


class CorrectionView(Screen):
    """Corrections, undoing, remarks."""

    route_base = "/corrections"
    class_permission_name = "Petitions"

    @expose("/petition/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def petition(self, key: uuid.UUID) -> Any:
        """Everything that was registered of a petition; of a denunciation its content once its sender is revealed."""
        petition = find_petition(key)
        if (away := self._refused(petition)) is not None:
            return away
        audit.record(db.session(), "petition.read", table_name="petitions", row_ids=[petition.id])
        closed = secrecy.content_closed(petition) and petition.signatories != "none"
        whole, opening = content_opened(closed, lambda reason: identity.reveal(db.session(), g.user, petition, reason))
        form = self._petition_form(petition, whole, fresh=opening or request.method == "GET")
        if not opening and submitted(form, lambda: self._correct_petition(petition, form, whole)):
            flash(gettext("Đã sửa đơn số %(number)s", number=petition.number), "success")
            return redirect(page_of(petition))
        return self.render(
            "petitions/correct_petition.html",
            form=form,
            facts=PETITION,
            hint=hint,
            whole=whole,
            title=gettext("Sửa đơn"),
            reason=ReasonForm(formdata=None),
            **about(petition),
        )

    @staticmethod
    def _petition_form(petition: Petition, whole: bool, fresh: bool) -> Any:
        stood = _choice_as_text(PETITION, said(PETITION, petition))
        if whole:
            body = read_body(petition.text)
            cited = body.get("previous_decision") or {}
            stood |= {"summary": body.get("summary"), "attachments": body.get("attachments")}
            stood |= {"previous_decision": cited.get("number"), "previous_body": cited.get("body")}
            stood["petitioners"] = read_people(petition, PETITIONER)
            stood["respondents"] = respondents_typed(read_people(petition, RESPONDENT))
        form = CorrectPetitionForm(formdata=None, data=stood) if fresh else CorrectPetitionForm()
        concerning(form, petition)
        if fresh and whole and cited.get("on"):
            form["previous_on"].process_formdata([_day_typed(cited["on"])])
        if not whole:
            for name in CONTENT:
                del form[name]
        return form

    @staticmethod
    def _correct_petition(petition: Petition, form: Any, whole: bool) -> None:
        values = form.values() if whole else typed(form, PETITION)
        if whole:
            known = {one.get("name"): one for one in read_people(petition, PETITIONER)}
            for person in values["petitioners"]:
                kept = known.get(person.get("name"), {})
                person.update({name: kept[name] for name in NOT_TYPED if name in kept})
        correct.correct_petition(db.session(), petition, act_of(form), values)

    @expose("/case/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def case(self, key: uuid.UUID) -> Any:
        """The days and the place of a case."""
        case = find_case(key)
        stood = said(correct.CASE_FACTS, case)
        form = self._filled(CorrectCaseForm, stood)
        for fact in correct.CASE_FACTS:
            if fact.sort == "day" and fact.name not in stood:
                del form[fact.name]
        return self._part(case, form, gettext("Sửa vụ việc"), correct.CASE_FACTS, correct.correct_case)

    @expose("/decision/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def decision(self, key: uuid.UUID) -> Any:
        """The decision of the case of that key."""
        case = find_case(key)
        decision = or_404(case.decision)
        form = self._filled(CorrectDecisionForm, said(DECISION, decision))
        form["outcome"].choices = [(code, say("outcome", code)) for code in outcomes(case.kind, case.instance)]
        return self._part(case, form, gettext("Sửa kết quả giải quyết"), DECISION, correct.correct_decision)

    @expose("/entry/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def entry(self, key: uuid.UUID) -> Any:
        """One entry of execution."""
        found: ExecutionEntry = or_404(
            db.session.scalars(select(ExecutionEntry).where(ExecutionEntry.id == key)).first()
        )
        case = find_case(found.case_id)
        form = self._filled(CorrectEntryForm, said(ENTRY, found))

        def change(session: Any, _case: Case, act: Any, values: dict[str, Any]) -> list[str]:
            return correct.correct_entry(session, found, act, values)

        return self._part(case, form, gettext("Sửa kết quả thi hành, thực hiện"), ENTRY, change)

    @staticmethod
    def _filled(form: type[FlaskForm], stood: dict[str, Any]) -> Any:
        return form(data=stood)

    def _part(self, case: Case, form: Any, title: str, facts: tuple[Fact, ...], change: Any) -> Any:
        """The form of a part of a case; sent, the part is corrected."""
        if (away := self._refused(case)) is not None:
            return away
        audit.record(db.session(), "case.read", table_name="cases", row_ids=[case.id])
        concerning(form, case)
        fit(form, [fact for fact in facts if fact.name != "outcome"])
        if submitted(form, lambda: change(db.session(), case, act_of(form), typed(form, facts))):
            flash(gettext("Đã sửa vụ việc số %(number)s", number=case.number), "success")
            return redirect(page_of(case))
        return self.render("form.html", form=form, title=title, basis="", **about(case))

    def _refused(self, subject: Petition | Case) -> Any:
        """The way back with the reason, where the session may not correct this; None where it may."""
        if correct.may_correct(db.session(), subject):
            return None
        flash(
            gettext("Chỉ người vào sổ hoặc xử lý đơn được sửa khi đơn chưa xử lý; sau đó đề nghị lãnh đạo đơn vị sửa."),
            "danger",
        )
        return redirect(page_of(subject))

    @expose("/undo/<any(petition, case):noun>/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def undo(self, noun: str, key: uuid.UUID) -> Any:
        """The last step is taken back, with a reason."""
        subject = self._subject(noun, key)
        step = undo.last_step(db.session(), subject)
        why = undo.hindrance(db.session(), subject, step, today())
        if why is not None or step is None:
            flash(gettext("Không hủy được bước: %(why)s", why=why), "danger")
            return redirect(page_of(subject))
        form = concerning(ReasonForm(), subject)
        if taken := submitted(form, lambda: undo.undo(db.session(), subject, act_of(form))):
            flash(gettext("Đã hủy bước “%(step)s”", step=taken), "success")
            return redirect(page_of(subject))
        label = step_label(step.step, language(), subject.kind)
        title = gettext("Hủy bước “%(step)s”", step=label)
        return self.render("form.html", form=form, title=title, basis="", **about(subject))

    @expose("/note/<any(petition, case):noun>/<uuid:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def note(self, noun: str, key: uuid.UUID) -> Any:
        """A remark, for the history."""
        subject = self._subject(noun, key)
        form = RemarkForm()
        if submitted(form, lambda: undo.annotate(db.session(), subject, act_of(form))):
            flash(gettext("Đã ghi chú"), "success")
            return redirect(page_of(subject))
        return self.render("form.html", form=form, title=gettext("Ghi chú"), basis="", **about(subject))

    @staticmethod
    def _subject(noun: str, key: uuid.UUID) -> Petition | Case:
        return find_petition(key) if noun == "petition" else find_case(key)


class RemarkForm(FlaskForm):
    """What is to be remembered of a petition or case."""

    note = TextAreaField(
        lazy_gettext("Nội dung ghi chú"),
        [InputRequired(), Length(max=5000)],
        render_kw={"class": "form-control", "rows": 4},
    )


def _day_typed(text: str) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}"
