"""Cases: opened, accepted or refused, extended, suspended, resumed, withdrawn, discontinued, decided, sent, executed, finished."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.law.calendar import Calendar
from app.law.steps import case_state, outcomes
from app.models import Case, Decision, ExecutionEntry, Petition, Suspension
from app.operations.deadlines import facts_of, refresh_case
from app.operations.records import DECIDED_AMOUNTS, EXECUTED_COUNTS, read_record
from app.operations.refusal import Refused
from app.operations.stepping import check, check_day, free_number, record_step


def open_case(session: Session, petition: Petition, on: date, by: str) -> Case:
    """A new case for the petition, not yet accepted."""
    number = free_number(session, petition.unit, on.year, "case", "{unit}/{year}/{number}")
    case = Case(unit=petition.unit, number=number, kind=petition.kind, instance=petition.instance, remote=False, complexity=[], state="reviewing")
    session.add(case)
    session.flush()
    record_step(session, case, "open", on, by, petition.number)
    return case


def _settle(session: Session, case: Case, key: str, on: date, by: str, calendar: Calendar, document: str = "", note: str = "") -> None:
    case.state = case_state(facts_of(case))
    record_step(session, case, key, on, by, document, note.strip() or None)
    session.flush()
    refresh_case(session, case, calendar)
    session.flush()


def _start(case: Case, key: str, on: date, today: date) -> None:
    rule = check(case, key)
    if not rule.in_force(case.kind, on):
        raise Refused(f"“{rule.label}” chỉ có trong luật từ ngày {rule.since[case.kind]:%d/%m/%Y} ({rule.basis_for(case.kind)})", "on")
    received = min((petition.received_on for petition in case.petitions), default=None)
    check_day(on, today, case.accepted_on or received, "ngày thụ lý" if case.accepted_on else "ngày nhận đơn")


def accept(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "", remote: bool = False) -> None:
    """The case is accepted; its settlement clock runs. Raises Refused."""
    _start(case, "accept", on, today)
    case.accepted_on, case.remote = on, remote
    _settle(session, case, "accept", on, by, calendar, document)


def refuse(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "", note: str = "") -> None:
    """The case is not accepted, with the reason. Raises Refused."""
    _start(case, "refuse", on, today)
    if not note.strip():
        raise Refused("ghi lý do không thụ lý", "note")
    case.refused_on = on
    _settle(session, case, "refuse", on, by, calendar, document, note)


def extend(session: Session, case: Case, criteria: Sequence[int], on: date, by: str, today: date, calendar: Calendar, document: str = "") -> None:
    """The case is complex by these criteria, by a document; its limit follows. Raises Refused without criteria or document."""
    _start(case, "extend", on, today)
    if not criteria:
        raise Refused("đánh dấu ít nhất một tiêu chí phức tạp", "criteria")
    if not document.strip():
        raise Refused("ghi số, ngày văn bản xác định vụ việc phức tạp hoặc quyết định gia hạn", "document")
    case.complexity = sorted(set(criteria))
    _settle(session, case, "extend", on, by, calendar, document)


def suspend(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "", note: str = "") -> None:
    """The clock stops from that day. Raises Refused."""
    _start(case, "suspend", on, today)
    if case.suspensions and case.suspensions[-1].end_on and on < case.suspensions[-1].end_on:
        raise Refused("ngày tạm đình chỉ trước ngày tiếp tục lần trước", "on")
    case.suspensions.append(Suspension(unit=case.unit, start_on=on))
    _settle(session, case, "suspend", on, by, calendar, document, note)


def resume(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "", note: str = "") -> None:
    """The clock runs again from that day, which counts. Raises Refused."""
    _start(case, "resume", on, today)
    current = next(suspension for suspension in case.suspensions if suspension.end_on is None)
    check_day(on, today, current.start_on, "ngày tạm đình chỉ")
    current.end_on = on
    _settle(session, case, "resume", on, by, calendar, document, note)


def withdraw_part(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "", note: str = "") -> None:
    """Part of the content is withdrawn; the case goes on. Raises Refused without saying which part."""
    _start(case, "withdraw_part", on, today)
    if not note.strip():
        raise Refused("ghi nội dung được rút", "note")
    _settle(session, case, "withdraw_part", on, by, calendar, document, note)


def withdraw(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "", note: str = "") -> None:
    """The whole content is withdrawn; the case ends. Raises Refused."""
    _start(case, "withdraw", on, today)
    _close_suspension(case, on)
    case.withdrawn_on = on
    _settle(session, case, "withdraw", on, by, calendar, document, note)


def discontinue(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "", note: str = "") -> None:
    """Settlement is discontinued, with the ground. Raises Refused."""
    _start(case, "discontinue", on, today)
    if not note.strip():
        raise Refused("ghi căn cứ đình chỉ", "note")
    _close_suspension(case, on)
    case.discontinued_on = on
    _settle(session, case, "discontinue", on, by, calendar, document, note)


def _close_suspension(case: Case, on: date) -> None:
    for suspension in case.suspensions:
        suspension.end_on = suspension.end_on or max(on, suspension.start_on)


def decide(session: Session, case: Case, values: Mapping[str, Any], by: str, today: date, calendar: Calendar) -> None:
    """The case is decided with outcome and recommended amounts. `values` as in the exchange format's decision, `on` a date. Raises Refused."""
    _start(case, "decide", values["on"], today)
    decision = _checked(case, {"decision": _plain(values)})["decision"]
    if decision["outcome"] not in outcomes(case.kind, case.instance):
        raise Refused("kết quả không dùng cho loại đơn này", "outcome")
    named = {name: value for name, value in decision.items() if name != "on"}
    case.decision = Decision(unit=case.unit, kind=case.kind, instance=case.instance, decided_on=decision["on"], **named)
    _settle(session, case, "decide", decision["on"], by, calendar, decision["number"])


def send(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "") -> None:
    """The result was sent on that day. Raises Refused."""
    check(case, "send")
    check_day(on, today, case.decision.decided_on, "ngày ban hành")
    case.decision.sent_on = on
    _settle(session, case, "send", on, by, calendar, document)


def execute(session: Session, case: Case, values: Mapping[str, Any], by: str, today: date, calendar: Calendar, document: str = "") -> None:
    """What was executed on one day is recorded. Raises Refused."""
    check(case, "execute")
    check_day(values["on"], today, case.decision.decided_on, "ngày ban hành")
    execution = {"entries": [_plain(values)]}
    decision = {"on": case.decision.decided_on.isoformat(), "number": case.decision.number, "outcome": case.decision.outcome}
    entry = _checked(case, {"decision": decision, "execution": execution})["execution"]["entries"][0]
    if not any(entry.get(name) for name in (*DECIDED_AMOUNTS, *EXECUTED_COUNTS)):
        raise Refused("nhập ít nhất một số liệu đã thi hành", "state_money")
    named = {name: value for name, value in entry.items() if name != "on"}
    case.entries.append(ExecutionEntry(unit=case.unit, executed_on=entry["on"], **named))
    _settle(session, case, "execute", entry["on"], by, calendar, document)


def finish(session: Session, case: Case, on: date, by: str, today: date, calendar: Calendar, document: str = "") -> None:
    """Execution is finished. Raises Refused."""
    check(case, "finish")
    latest = max([entry.executed_on for entry in case.entries] + [case.decision.decided_on])
    check_day(on, today, latest, "lần thi hành sau cùng")
    case.decision.finished_on = on
    _settle(session, case, "finish", on, by, calendar, document)


def _checked(case: Case, parts: dict[str, Any]) -> dict[str, Any]:
    """The parts checked by the same rules as a file's; a field is named without its path, as the form shows it."""
    accepted = case.accepted_on.isoformat() if case.accepted_on else None
    whole = {"type": "case", "case": case.number, "unit": case.unit.code, "kind": case.kind, "instance": case.instance, "remote": case.remote}
    try:
        return read_record({**whole, "complexity": list(case.complexity), "accepted_on": accepted, **parts})
    except Refused as bad:
        raise Refused(bad.message, (bad.field or "").rsplit(".", 1)[-1] or None) from None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items() if value not in (None, "")}
