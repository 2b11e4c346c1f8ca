"""A fact that was entered wrong is changed: who may, by which rules, and what follows from it at once.

The old value stands, sealed, in the history; deadlines, search tokens and whoever is shut out follow in the same
transaction. What a file of the exchange format may not say, a correction may not make.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.law import secrecy
from app.law.clocks import case_state
from app.law.execution import WITHOUT_AMOUNTS
from app.law.facts import CASE, DECISION, ENTRY, PETITION, Fact, said, stored
from app.law.secrecy import default_level
from app.models import Approval, Case, ExecutionEntry, Petition
from app.models.base import now
from app.operations.act import Act
from app.operations.content import PETITIONER, RESPONDENT, read_body, read_people, rewrite_content
from app.operations.corrections.wording import changes, content_changes
from app.operations.deadlines import facts_of, refresh_case, refresh_petition
from app.operations.exchange.file_out import record_of
from app.operations.petitions.cases import TO_EXECUTE, effective_on, number_taken
from app.operations.petitions.duplicates import same_as
from app.operations.petitions.petitions import troubles
from app.operations.record_values import plain
from app.operations.records import read_record
from app.operations.refusal import Refused, refuse
from app.operations.secrecy import approvals
from app.operations.secrecy.conflicts import find_conflicts, look_into
from app.operations.secrecy.levels import guard
from app.operations.secrecy.tasks_closed import align_tasks
from app.operations.stepping import check_day, opens, record_step
from app.operations.tasks.duties import align_duties
from app.security.scope import current

Values = Mapping[str, Any]
SHORTEST_REASON = 5
# Of a case, kind and instance are its petitions'; the days are those of its steps.
DAYS_OF_CASE = ("accepted_on", "refused_on", "withdrawn_on", "discontinued_on")
CASE_FACTS = tuple(fact for fact in CASE if fact.name == "remote" or fact.name in DAYS_OF_CASE)
TEXTS = {"summary": "Tóm tắt nội dung", "attachments": "Tài liệu kèm theo", "previous_decision": "Quyết định trước đó"}
PEOPLE = {"petitioners": (PETITIONER, "Người gửi đơn"), "respondents": (RESPONDENT, "Người bị khiếu nại, tố cáo")}
CLOSED = "không mở ra lại điều đã đóng: rút bản ghi khỏi sổ, ghi rõ lý do, rồi vào sổ lại đúng loại"


def leads(session: Session, subject: Petition | Case) -> bool:
    """True when the session leads the subject's unit."""
    return current(session).may("can_assign", subject.unit_id)


def may_correct(session: Session, subject: Petition | Case) -> bool:
    """True for the unit's leaders; of a petition not yet processed also for who registered or handles it; of anything
    for whom a leader allowed it.

    What is processed is counted, and what a case holds stands in papers: those are the leaders' to allow.
    """
    scope = current(session)
    if not (scope.may("can_correct", subject.unit_id) and scope.may_write(subject.unit_id) and opens(subject)):
        return False
    if leads(session, subject):
        return True
    own = isinstance(subject, Petition) and (
        subject.registered_by == scope.name or scope.name in (subject.handlers or ())
    )
    if own and isinstance(subject, Petition) and subject.state == "received":
        return True
    return _allowed(session, subject) is not None


def may_ask(session: Session, subject: Petition | Case) -> bool:
    """True for who could correct it, were it theirs to, and has to ask a leader first."""
    scope = current(session)
    able = scope.may("can_correct", subject.unit_id) and scope.may_write(subject.unit_id) and opens(subject)
    return able and not may_correct(session, subject)


def may_ask_kind(session: Session, petition: Petition) -> bool:
    """True for who could correct a denunciation's kind, were a second person to allow it."""
    waits = secrecy.closed(petition.kind) and petition.state == "received"
    return waits and (may_correct(session, petition) or may_ask(session, petition))


def _allowed(session: Session, subject: Petition | Case) -> Approval | None:
    """What a leader of the unit has allowed the session's account to correct, once, while it lasts."""
    noun = "petition" if isinstance(subject, Petition) else "case"
    return approvals.granted_to(session, current(session).name, approvals.CORRECT, f"{noun}:{subject.id}")


def _demand(session: Session, subject: Petition | Case, act: Act) -> None:
    if subject.removed_at is not None:
        raise Refused("bản ghi đã rút khỏi sổ; khôi phục vào sổ rồi mới sửa")
    if not may_correct(session, subject):
        raise Refused("chỉ người vào sổ hoặc xử lý đơn được sửa khi đơn chưa xử lý; sau đó đề nghị lãnh đạo đơn vị sửa")
    if len(act.note.strip()) < SHORTEST_REASON:
        raise Refused(f"ghi lý do sửa, ít nhất {SHORTEST_REASON} ký tự", "note")
    if (allowed := _allowed(session, subject)) is not None and not leads(session, subject):
        allowed.used_at = now()


def correct_petition(session: Session, petition: Petition, act: Act, values: Values) -> list[str]:
    """The petition says what `values` say (facts, `summary`, `attachments`, `previous_decision`, `petitioners`,
    `respondents`; what they leave out stays); a sentence for each change. Raises Refused with the field.
    """
    _demand(session, petition, act)
    body = read_body(petition.text)
    before = said(PETITION, petition) | {name: body.get(name) or "" for name in TEXTS}
    before |= {name: read_people(petition, role) for name, (role, _) in PEOPLE.items()}
    after = before | dict(values)
    after["previous_decision"] = plain(after["previous_decision"] or None) or ""
    checked = _checked_petition(petition, after, act)
    found = changes(PETITION, before, checked) + _in_content(petition, before, after)
    if not found:
        raise Refused("chưa có gì khác với sổ; sửa ít nhất một ô rồi ghi")
    _check_kind(session, petition, checked)
    with session.no_autoflush:
        before_level = default_level(petition.kind, petition.signatories != "none")
        for name, value in stored(PETITION, checked).items():
            setattr(petition, name, value)
        if default_level(petition.kind, petition.signatories != "none") > max(before_level, petition.secrecy):
            guard(petition, act.today)  # a level that was set stays
        people = {role: checked[name] for name, (role, _) in PEOPLE.items()}
        rewrite_content(petition, {name: after[name] or None for name in TEXTS}, people)
        find_conflicts(session, petition)
    _note(session, petition, act, found)
    refresh_petition(session, petition, act.calendar)
    if petition.case is not None:
        refresh_case(session, petition.case, act.calendar)
    session.flush()
    align_tasks(session, petition)
    align_duties(session, petition, act)
    return found


def _checked_petition(petition: Petition, after: dict[str, Any], act: Act) -> dict[str, Any]:
    """The record that the petition would be, checked by every rule of a file and of a new petition."""
    parts = {name: value for name, value in after.items() if name != "attachments" and value not in (None, "", {})}
    whole = record_of(petition) | {name: after.get(name) for name in (fact.name for fact in PETITION)}
    whole = {name: value for name, value in whole.items() if name != "previous_decision"} | parts
    checked = _read(whole)
    check_day(checked["received_on"], act.today, field="received_on")
    if "processed" in checked and checked["received_on"] > checked["processed"]["on"]:
        raise Refused("ngày nhận sau ngày đã xử lý đơn; kiểm tra lại ngày", "received_on")
    refuse(troubles(checked))
    return checked


def _check_kind(session: Session, petition: Petition, checked: dict[str, Any]) -> None:
    """Kind and instance may change where nothing was built upon them and nothing would open. Raises Refused."""
    if petition.case is not None and (checked["kind"], checked["instance"]) != (petition.kind, petition.instance):
        raise Refused("đơn đã thuộc một vụ việc; hủy bước “Đưa vào vụ việc” rồi mới sửa loại đơn", "kind")
    if (petition.same_as_id is not None or same_as(session, petition)) and (
        (checked["kind"], checked["instance"]) != (petition.kind, petition.instance)
    ):
        raise Refused("đơn đã được đánh dấu trùng với đơn khác; hủy bước “Đánh dấu đơn trùng” rồi mới sửa", "kind")
    if checked["kind"] == petition.kind:
        return
    if petition.processed_on is not None:
        raise Refused("đơn đã xử lý theo loại này; hủy bước “Xử lý đơn” rồi mới sửa loại đơn", "kind")
    if secrecy.closed(petition.kind):
        _use_second_person(session, petition)
        petition.kept_closed = True
    elif secrecy.closed(checked["kind"]) and (petition.documents or petition.receptions):
        raise Refused(f"đơn đã có tài liệu hoặc lượt tiếp công dân; {CLOSED}", "kind")


def _use_second_person(session: Session, petition: Petition) -> None:
    """Somebody else has allowed that the petition be no denunciation any more, which is used up. Raises Refused."""
    allowed = approvals.granted_to(session, current(session).name, approvals.KIND, f"petition:{petition.id}")
    if allowed is None:
        raise Refused(
            "đơn đã vào sổ là tố cáo: đổi sang loại khác cần người thứ hai; bấm “Đề nghị đổi loại đơn” ở trang của đơn,"
            " được phê duyệt rồi sửa",
            "kind",
        )
    allowed.used_at = now()


def _in_content(petition: Petition, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    headings = TEXTS | {name: heading for name, (_, heading) in PEOPLE.items()}
    closed = secrecy.content_closed(petition) or secrecy.closed(after["kind"])
    return content_changes(headings, before, after, {"petitioners"} if closed else ())


def correct_case(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The case's days and place are as `values` say; a day that no step set is not set here. Raises Refused."""
    _demand(session, case, act)
    set_already = {name for name in DAYS_OF_CASE if getattr(case, name) is not None}
    for name in DAYS_OF_CASE:
        if name in values and (values[name] is not None) != (name in set_already):
            raise Refused("ngày này do một bước đặt ra; thực hiện hoặc hủy bước đó", name)
    before = said(CASE_FACTS, case)
    record = record_of(case) | {name: value for name, value in values.items() if name in before or name == "remote"}
    return _rewrite(session, case, act, record, partial(_take_case, case), (CASE_FACTS, before, ()))


def _take_case(case: Case, checked: dict[str, Any]) -> None:
    for name, value in stored(CASE_FACTS, checked).items():
        setattr(case, name, value)


def correct_decision(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The case's decision says what `values` say. Raises Refused with the field."""
    _demand(session, case, act)
    decision = case.decision
    if decision is None:
        raise Refused("vụ việc chưa có quyết định, kết luận để sửa")
    before = said(DECISION, decision)
    after = before | dict(values)
    recommended = [name for name in TO_EXECUTE if after.get(name)]
    if recommended and after["outcome"] in WITHOUT_AMOUNTS:
        raise Refused(
            "khiếu nại sai thì không có kiến nghị thu hồi, trả lại hoặc xử lý; bỏ số liệu này", recommended[0]
        )
    if str(after["number"]).casefold() != decision.number.casefold() and number_taken(
        session, case.unit, case.kind, after["on"].year, after["number"]
    ):
        raise Refused(f"số “{after['number']}” đã dùng cho văn bản khác cùng loại của đơn vị trong năm", "number")
    by_itself = decision.finished_on is not None and decision.finished_on == effective_on(case, act.calendar)

    def take(checked: dict[str, Any]) -> None:
        for name, value in stored(DECISION, checked["decision"]).items():
            setattr(decision, name, value)
        if by_itself:
            decision.finished_on = None if recommended else effective_on(case, act.calendar)

    record = record_of(case) | {"decision": after}
    return _rewrite(session, case, act, record, take, (DECISION, before, ("decision",)))


def correct_entry(session: Session, entry: ExecutionEntry, act: Act, values: Values) -> list[str]:
    """The entry of execution says what `values` say. Raises Refused with the field."""
    case = entry.case
    _demand(session, case, act)
    before = said(ENTRY, entry)
    others = [said(ENTRY, one) for one in case.entries if one is not entry]
    record = record_of(case)
    record["execution"] = record["execution"] | {"entries": [before | dict(values), *others]}

    def take(checked: dict[str, Any]) -> None:
        for name, value in stored(ENTRY, checked["execution"]["entries"][0]).items():
            setattr(entry, name, value)

    return _rewrite(session, case, act, record, take, (ENTRY, before, ("execution", "entries", 0)))


Part = tuple[tuple[Fact, ...], dict[str, Any], tuple[Any, ...]]  # facts, their values before, where in the record


def _rewrite(session: Session, case: Case, act: Act, record: dict[str, Any], take: Any, corrected: Part) -> list[str]:
    """The record is checked, `take` takes it over, state and clocks follow; a sentence for each change."""
    facts, before, path = corrected
    checked = _read(record)
    for day in _days(checked):
        check_day(day, act.today)
    part: Any = checked
    for name in path:
        part = part[name]
    if path == ("decision",):
        part["sent_on"] = record["decision"].get("sent_on")  # which a file leaves out on the day of the decision
    found = changes(facts, before, part)
    if not found:
        raise Refused("chưa có gì khác với sổ; sửa ít nhất một ô rồi ghi")
    take(checked)
    case.state = case_state(facts_of(case), act.today)
    _note(session, case, act, found)
    session.flush()
    refresh_case(session, case, act.calendar)
    session.flush()
    align_duties(session, case, act)
    for petition in case.petitions:
        look_into(session, petition, act.by)
    return found


def _days(checked: dict[str, Any]) -> list[date]:
    decision = checked.get("decision") or {}
    entries = (checked.get("execution") or {}).get("entries") or ()
    days = [checked.get(name) for name in DAYS_OF_CASE] + [decision.get("on"), *(entry["on"] for entry in entries)]
    return [day for day in days if day is not None]


def _read(record: dict[str, Any]) -> dict[str, Any]:
    """As a line of a file is read; a field is named without its path, as the form shows it."""
    try:
        return read_record(_plain(record))
    except Refused as bad:
        raise Refused(bad.message, (bad.field or "").rsplit(".", 1)[-1] or None) from None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item is not None and item != ""}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def _note(session: Session, subject: Petition | Case, act: Act, found: list[str]) -> None:
    note = f"{'. '.join(found)}. Lý do: {act.note.strip()}"
    record_step(session, subject, "correct", replace(act, on=act.today, paper="", note=note))
