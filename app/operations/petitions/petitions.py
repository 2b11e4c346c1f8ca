"""Petitions: registered, processed, assigned, put into a case, withdrawn from the register."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law.codes import Direction
from app.law.duties import REGISTERED
from app.law.facts import PETITION, out_of_order, stored
from app.law.processing import misplaced, objection
from app.law.steps import OPEN_CASE
from app.law.terms import matter
from app.models import Account, Case, Decision, Petition, Unit
from app.models.base import now
from app.operations.act import Act
from app.operations.content import AS_REGISTERED, align_notes, name_handlers, read_body, rewrite_body, write_content
from app.operations.deadlines import refresh_case, refresh_petition
from app.operations.handlers import demand_handlers
from app.operations.petitions.cases import open_case
from app.operations.record_values import plain
from app.operations.records import read_record
from app.operations.refusal import Refused, refuse
from app.operations.rights import demand
from app.operations.secrecy.conflicts import closes_together, find_conflicts, look_into
from app.operations.secrecy.levels import guard
from app.operations.stepping import check, check_day, free_number, opens, record_step
from app.operations.tasks.duties import align_duties, give_duties

Proposed = tuple[bool, bool, Direction]  # eligible, competent, direction


@dataclass(frozen=True)
class Finding:
    """What processing found of a petition, and where it goes.

    `reason`: the ground. `many_places`, `discipline`: what is now known of it ("" for discipline: none); None leaves
    what was registered.
    """

    eligible: bool
    competent: bool
    direction: Direction
    reason: str = ""
    sent_to: Unit | None = None
    many_places: bool | None = None
    discipline: str | None = None

    @property
    def proposed(self) -> Proposed:
        """What of it the law's questions propose."""
        return self.eligible, self.competent, self.direction


def register(session: Session, unit: Unit, act: Act, values: Mapping[str, Any]) -> Petition:
    """A new petition stands in the unit's register with its content sealed and its clock running.

    Raises Refused with the field.

    `values` are those of an exchange record without id and unit, plus `attachments` (free text naming what came with
    the paper).
    """
    demand(session, "can_register", "Petitions", unit.id)
    raw = {name: value for name, value in values.items() if name != "attachments" and value not in (None, "")}
    raw = {name: value.isoformat() if isinstance(value, date) else value for name, value in raw.items()}
    raw |= {"previous_decision": plain(raw.get("previous_decision"))}
    checked = read_record(
        {"petitioners": [], "respondents": [], "summary": "", **raw, "type": "petition", "id": "?", "unit": unit.code}
    )
    check_day(checked["received_on"], act.today, field="received_on")
    refuse(troubles(checked))
    number = free_number(session, unit, checked["received_on"].year, "petition")
    petition = Petition(unit=unit, number=number, state="received", registered_by=act.by, **stored(PETITION, checked))
    guard(petition, act.today)
    body = {"summary": checked["summary"], "attachments": values.get("attachments")}
    body |= {"previous_decision": plain(checked.get("previous_decision"))}
    with session.no_autoflush:
        write_content(petition, body, checked["petitioners"], checked["respondents"])
        session.add(petition)
        find_conflicts(session, petition)  # first: what is made from here on is closed to the same
        refresh_petition(session, petition, act.calendar, keep_done=False)
        record_step(session, petition, "register", replace(act, on=checked["received_on"]))
    session.flush()
    give_duties(session, petition, REGISTERED, act)
    return petition


def _check(found: tuple[str, str] | None) -> None:
    if found is not None:
        raise Refused(*found)


def troubles(values: Mapping[str, Any]) -> Iterator[Refused]:
    """Everything that is wrong in a petition, days, people and kind, each with its field; `values` as `register` takes
    them, without what was not typed.
    """
    for sentence, name in out_of_order(PETITION, values):
        yield Refused(f"{sentence}; kiểm tra lại ngày", name)
    yield from _people_troubles(values)
    if not (values.get("summary") or "").strip():
        yield Refused("nhập tóm tắt nội dung đơn", "summary")
    if (wrong := misplaced(values)) is not None:
        yield Refused(*wrong)


def _people_troubles(values: Mapping[str, Any]) -> Iterator[Refused]:
    """Where the people named do not fit who stands behind the petition. Who was authorised stands behind none."""
    signatories = values.get("signatories")
    names = sum(person.get("part") != "authorised" for person in values["petitioners"])
    if signatories == "none" and values["petitioners"]:
        yield Refused("đơn nặc danh thì không ghi người gửi; bỏ tên hoặc chọn lại “Người đứng tên”", "signatories")
    if signatories != "none" and not names:
        yield Refused("nhập họ tên người gửi, hoặc chọn “Không có họ tên (nặc danh)”", "petitioners")
    if signatories == "one" and names > 1:
        yield Refused("đơn có nhiều người gửi; chọn “Nhiều người đứng tên”", "signatories")
    if values.get("people") is not None and values["people"] < max(names, 1):
        yield Refused("số người ít hơn số người gửi đã nhập", "people")


def process(session: Session, petition: Petition, act: Act, finding: Finding, proposed: Proposed | None = None) -> None:
    """The petition is processed with its direction. Raises Refused.

    `proposed`: what the law's questions lead to; a finding that differs needs a reason, `act.note`.
    """
    check(petition, "process")
    check_day(act.on, act.today, petition.received_on, "ngày nhận đơn")
    _check(objection(petition.kind, petition.signatories, petition.source, *finding.proposed))
    if proposed is not None and proposed != finding.proposed and not act.note.strip():
        raise Refused("chọn khác đề xuất thì phải ghi lý do", "difference")
    if finding.direction == "forward" and finding.sent_to is not None and finding.sent_to.id == petition.unit_id:
        raise Refused("không chuyển đơn cho chính đơn vị mình", "sent_to")
    registered = {"many_places": petition.many_places, "discipline": petition.discipline}
    _know(petition, finding)
    petition.processed_on = act.on
    petition.eligible = finding.eligible
    petition.competent = finding.competent
    petition.direction = finding.direction
    petition.sent_to = finding.sent_to if finding.direction in ("forward", "guide", "urge") else None
    petition.state = "processed"
    rewrite_body(petition, **{"reason": finding.reason.strip() or None, AS_REGISTERED: registered})
    record_step(session, petition, "process", act)
    refresh_petition(session, petition, act.calendar)
    session.flush()
    look_into(session, petition, act.by)


def _know(petition: Petition, finding: Finding) -> None:
    """What processing found out about the petition stands in it. Raises Refused where its kind has no such thing."""
    if finding.many_places is not None:
        petition.many_places = finding.many_places
    if finding.discipline is not None:
        petition.discipline = finding.discipline or None
    known = {name: getattr(petition, name) for name in ("kind", "instance", "received_on", "many_places", "discipline")}
    _check(misplaced(known))


def assign(session: Session, petition: Petition, act: Act, accounts: Sequence[Account]) -> None:
    """These accounts handle the petition; a denunciation's content is closed to all others but the leaders.

    Raises Refused.
    """
    check(petition, "assign")
    check_day(act.on, act.today, petition.received_on, "ngày nhận đơn")
    demand_handlers(session, petition.unit_id, accounts)
    name_handlers(petition, sorted(account.username for account in accounts) or None)
    note = ", ".join(str(account) for account in accounts)
    record_step(session, petition, "assign", replace(act, note=note))
    refresh_petition(session, petition, act.calendar)
    align_notes(petition)
    align_duties(session, petition, act)
    if petition.case is not None:
        align_notes(petition.case)
        refresh_case(session, petition.case, act.calendar)
        align_duties(session, petition.case, act)
    session.flush()


def attach(session: Session, petition: Petition, act: Act, case_number: str | None) -> Case:
    """The petition belongs to a new case, or to an existing one of the same unit, kind and instance. Raises Refused."""
    check(petition, "attach")
    check_day(act.on, act.today, petition.received_on, "ngày nhận đơn")
    if case_number:
        case = case_for(session, petition, case_number, "case_number")
    else:
        case = open_case(session, petition, act)
        case.previous = _previous_case(session, petition)
    petition.case = case
    record_step(session, petition, "attach", replace(act, paper=case.number))
    session.flush()
    closes_together(session, petition)
    align_notes(case)
    refresh_case(session, case, act.calendar)
    session.flush()
    return case


def case_for(session: Session, subject: Petition | Case, number: str, field: str) -> Case:
    """The open case of that number into which a petition, or those of another case, may go. Raises Refused with the
    field.
    """
    case = session.scalars(select(Case).where(Case.number == number.strip())).first()
    if case is None or case.unit_id != subject.unit_id or not opens(case):
        raise Refused(f"đơn vị không có vụ việc số “{number.strip()[:80]}”", field)
    if case.kind != subject.kind or case.instance != subject.instance:
        theirs = matter(case.kind, case.instance)
        ours = matter(subject.kind, subject.instance)
        what = "đơn" if isinstance(subject, Petition) else "vụ việc này"
        raise Refused(f"vụ việc là “{theirs}”, {what} là “{ours}”; chọn vụ việc cùng loại", field)
    if case.state not in OPEN_CASE:
        raise Refused("vụ việc đã kết thúc; lập vụ việc mới", field)
    return case


def _previous_case(session: Session, petition: Petition) -> Case | None:
    """The case that the cited decision ended, where the session may see it and there is one such case only."""
    cited = read_body(petition.text).get("previous_decision") or {}
    if petition.instance != 2 or not cited.get("number") or not cited.get("on"):
        return None
    query = select(Case).join(Decision, Decision.case_id == Case.id).where(Case.kind == petition.kind)
    query = query.where(Decision.number == cited["number"], Decision.decided_on == date.fromisoformat(cited["on"]))
    found = list(session.scalars(query.limit(2)))
    return found[0] if len(found) == 1 else None


def remove(session: Session, petition: Petition, act: Act) -> None:
    """The record is withdrawn from the register, never deleted; lists and forms no longer count it.

    Raises Refused without a reason.
    """
    check(petition, "remove")
    if not act.note.strip():
        raise Refused("ghi lý do rút bản ghi khỏi sổ", "note")
    petition.removed_at = now()
    petition.state = "removed"
    record_step(session, petition, "remove", act)
    refresh_petition(session, petition, act.calendar)
    align_duties(session, petition, act)
    session.flush()
    look_into(session, petition, act.by)
