"""Cases: opened, accepted or refused, decided, sent, executed, finished. What comes between stands in `case_orders.py`.

Every verb gives the remarks it has: what the law leaves to the person but a superior would ask about.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law.calendar import Calendar
from app.law.clocks import Clock, case_state
from app.law.duties import ACCEPTED, DECIDED
from app.law.execution import EFFECT, WITHOUT_AMOUNTS, beyond, still_open
from app.law.facts import AMOUNTS, DECISION, ENTRY, EXECUTED, RECOMMENDED, names, stored
from app.law.steps import outcomes
from app.law.terms import term
from app.models import Case, Decision, ExecutionEntry, Petition, Unit
from app.operations.act import Act
from app.operations.deadlines import derive, facts_of, is_about_discipline, pauses_of, refresh_case
from app.operations.records import read_record
from app.operations.refusal import Refused
from app.operations.secrecy.conflicts import look_into
from app.operations.stepping import check, check_day, free_number, record_step
from app.operations.tasks.duties import give_duties

Values = Mapping[str, Any]
TO_EXECUTE = names((*AMOUNTS, *RECOMMENDED))
DONE = names((*AMOUNTS, *EXECUTED))
# Steps from which duties of the law run (`law/duties.py`).
BEGINS = {"accept": ACCEPTED, "decide": DECIDED}
# Steps by which a paper is issued: one that bears a day off is remarked upon.
ISSUED = frozenset({"accept", "refuse", "extend", "suspend", "resume", "discontinue", "withdraw", "decide"})


def open_case(session: Session, petition: Petition, act: Act) -> Case:
    """A new case for the petition, not yet accepted."""
    number = free_number(session, petition.unit, act.on.year, "case")
    facts = {name: getattr(petition, name) for name in ("unit", "kind", "instance")}
    case = Case(number=number, remote=False, complexity=[], state="reviewing", **facts)
    case.criteria_in_full = petition.kind != "denunciation"
    session.add(case)
    session.flush()
    record_step(session, case, "open", replace(act, paper=petition.number))
    return case


def settle(session: Session, case: Case, key: str, act: Act) -> list[str]:
    """The step stands in the history, state and clocks follow; remarks on the day."""
    case.state = case_state(facts_of(case), act.today)
    record_step(session, case, key, act)
    session.flush()
    refresh_case(session, case, act.calendar)
    session.flush()
    for petition in case.petitions:
        look_into(session, petition, act.by)
    if key in BEGINS:
        give_duties(session, case, BEGINS[key], act)
    off = act.calendar.reason_off(act.on) if key in ISSUED else None
    what = {"holiday": "ngày nghỉ lễ", "weekend": "ngày nghỉ hằng tuần"}
    return [f"ngày {act.on:%d/%m/%Y} là {what[off]}; kiểm tra lại ngày ghi trên văn bản"] if off else []


def start(case: Case, key: str, act: Act) -> None:
    """The step may be taken on that day. Raises Refused."""
    rule = check(case, key)
    if not rule.in_force(case.kind, act.on):
        since = rule.since[case.kind]
        raise Refused(
            f"“{rule.label_for(case.kind)}” chỉ có trong luật từ ngày {since:%d/%m/%Y}"
            f" ({rule.basis_for(case.kind, act.on)})",
            "on",
        )
    received = min((petition.received_on for petition in case.petitions), default=None)
    check_day(act.on, act.today, case.accepted_on or received, "ngày thụ lý" if case.accepted_on else "ngày nhận đơn")
    pause = next((pause for pause in pauses_of(case) if pause.end and pause.covers(act.on)), None)
    if pause and "suspended" not in rule.states:
        sentence = f"từ ngày {pause.start:%d/%m/%Y} đến trước ngày {pause.end:%d/%m/%Y} việc giải quyết tạm đình chỉ"
        raise Refused(f"{sentence} nên không ra quyết định nào; kiểm tra lại ngày", "on")


def accept(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The case is accepted; its settlement clock runs. `values`: `remote`. Raises Refused."""
    start(case, "accept", act)
    case.accepted_on = act.on
    case.remote = bool(values.get("remote"))
    processed = max((petition.processed_on for petition in case.petitions if petition.processed_on), default=None)
    remarks = settle(session, case, "accept", act)
    if processed and act.on < processed:
        sentence = f"ngày thụ lý {act.on:%d/%m/%Y} trước ngày xử lý đơn {processed:%d/%m/%Y}"
        remarks.append(f"{sentence}; kiểm tra lại ngày")
    return remarks


def refuse(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The case is not accepted; `act.note`: the reason. Raises Refused."""
    start(case, "refuse", act)
    if not act.note.strip():
        raise Refused("ghi lý do không thụ lý", "note")
    case.refused_on = act.on
    return settle(session, case, "refuse", act)


def decide(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The case is decided; with nothing to execute it is finished on the day the decision takes effect.

    `values` as in the exchange format's decision, without its day. Raises Refused.
    """
    start(case, "decide", act)
    decision = _checked(case, {"decision": _plain({**values, "on": act.on})})["decision"]
    if decision["outcome"] not in outcomes(case.kind, case.instance):
        raise Refused("kết quả không dùng cho loại đơn này", "outcome")
    recommended = [name for name in TO_EXECUTE if decision.get(name)]
    if recommended and decision["outcome"] in WITHOUT_AMOUNTS:
        sentence = "khiếu nại sai thì không có kiến nghị thu hồi, trả lại hoặc xử lý"
        raise Refused(f"{sentence}; bỏ số liệu này hoặc chọn lại kết quả", recommended[0])
    if number_taken(session, case.unit, case.kind, decision["on"].year, decision["number"]):
        sentence = f"số “{decision['number']}” đã dùng cho văn bản khác cùng loại của đơn vị"
        raise Refused(f"{sentence} trong năm {decision['on'].year}", "number")
    case.decision = Decision(unit=case.unit, kind=case.kind, instance=case.instance, **stored(DECISION, decision))
    if not recommended:
        case.decision.finished_on = effective_on(case, act.calendar)
    return settle(session, case, "decide", replace(act, paper=decision["number"]))


def number_taken(session: Session, unit: Unit, kind: str, year: int, number: str) -> bool:
    """True when a decision of that unit, kind and year bears the number, however it is written in capitals."""
    within = Decision.decided_on.between(date(year, 1, 1), date(year, 12, 31))
    rows = select(Decision.number).where(Decision.unit_id == unit.id, Decision.path == unit.path, Decision.kind == kind)
    return any(taken.casefold() == number.casefold() for taken in session.scalars(rows.where(within)))


def effective_on(case: Case, calendar: Calendar) -> date | None:
    """The day the case's decision takes effect (`law/execution.py`); None where the profile's limits are not known."""
    # On discipline it is 30 days everywhere (Luật Khiếu nại, Điều 57).
    flags = frozenset({"remote"} if case.remote and not is_about_discipline(case) else ())
    return takes_effect(case.kind, case.decision.decided_on, calendar, flags)


def takes_effect(kind: str, decided_on: date, calendar: Calendar, flags: frozenset[str] = frozenset()) -> date | None:
    """The day a decision of that day takes effect; None where the profile's limits are not known."""
    if kind not in EFFECT:
        return decided_on
    found = derive(Clock(EFFECT[kind], decided_on, None, flags), calendar)
    return found.day if found else None


def send(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """The result was sent on that day. Raises Refused."""
    check(case, "send")
    check_day(act.on, act.today, case.decision.decided_on, "ngày ban hành")
    case.decision.sent_on = act.on
    return settle(session, case, "send", act)


def execute(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """What was executed on one day is recorded; beyond what was recommended, or before its effect, with the reason.

    `values` as in an entry of the exchange format; `act.note`: the reason. Raises Refused.
    """
    check(case, "execute")
    check_day(act.on, act.today, case.decision.decided_on, "ngày ban hành")
    typed = {"on": act.on, **{name: value for name, value in values.items() if name in DONE}}
    done = term("carrying_out", case.kind)
    named = {"number": case.decision.number, "outcome": case.decision.outcome}
    decision = {"on": case.decision.decided_on.isoformat(), **named}
    entry = _checked(case, {"decision": decision, "execution": {"entries": [_plain(typed)]}})["execution"]["entries"][0]
    if not any(entry.get(name) for name in DONE):
        raise Refused(f"nhập ít nhất một số liệu đã {done}", "state_money")
    if not act.note.strip():
        too_much = [name for name in beyond(_recommended(case), [*_entries(case), entry]) if entry.get(name)]
        if too_much:
            sentence = f"cộng cả các lần trước thì đã {done} vượt số kiến nghị trong quyết định, kết luận"
            raise Refused(f"{sentence}; sửa lại số hoặc ghi lý do", too_much[0])
        _in_effect(case, act)
    case.entries.append(ExecutionEntry(unit=case.unit, **stored(ENTRY, entry)))
    return settle(session, case, "execute", act)


def finish(session: Session, case: Case, act: Act, values: Values) -> list[str]:
    """Execution is finished; with something still open, or before its effect, with the reason. Raises Refused."""
    check(case, "finish")
    latest = max([entry.executed_on for entry in case.entries] + [case.decision.decided_on])
    done = term("carrying_out", case.kind)
    check_day(act.on, act.today, latest, f"lần {done} sau cùng")
    if not act.note.strip():
        if still_open(_recommended(case), _entries(case)):
            raise Refused(f"còn nội dung kiến nghị chưa {done} hết; ghi lý do kết thúc", "note")
        _in_effect(case, act)
    case.decision.finished_on = act.on
    return settle(session, case, "finish", act)


def _in_effect(case: Case, act: Act) -> None:
    effective = effective_on(case, act.calendar)
    if effective is not None and act.on < effective:
        sentence = f"quyết định có hiệu lực từ ngày {effective:%d/%m/%Y}"
        raise Refused(f"{sentence}; thi hành trước ngày đó thì ghi lý do", "note")


def _recommended(case: Case) -> dict[str, Any]:
    return {name: getattr(case.decision, name) for name in TO_EXECUTE}


def _entries(case: Case) -> list[dict[str, Any]]:
    return [{name: getattr(entry, name) for name in DONE} for entry in case.entries]


def _checked(case: Case, parts: dict[str, Any]) -> dict[str, Any]:
    """The parts checked by the same rules as a file's; a field is named without its path, as the form shows it."""
    accepted = case.accepted_on.isoformat() if case.accepted_on else None
    facts = {name: getattr(case, name) for name in ("kind", "instance", "remote")}
    whole = {"type": "case", "case": case.number, "unit": case.unit.code, **facts, "complexity": list(case.complexity)}
    try:
        return read_record({**whole, "accepted_on": accepted, **parts})
    except Refused as bad:
        raise Refused(bad.message, (bad.field or "").rsplit(".", 1)[-1] or None) from None


def _plain(values: Values) -> dict[str, Any]:
    dated = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return {name: value for name, value in dated.items() if value not in (None, "")}
