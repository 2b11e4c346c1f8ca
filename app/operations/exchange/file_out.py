"""Export to exchange files: the exact inverse of the import, streamed; what the format does not carry is counted and
named.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import singledispatch
from typing import Any, TextIO

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.law import facts
from app.law.secrecy import NORMAL, default_level
from app.models import (
    Case,
    Conflict,
    Decision,
    Document,
    Ending,
    ExecutionEntry,
    Petition,
    Reception,
    ReceptionDay,
    Step,
    Suspension,
    Task,
    TypedForm,
    Unit,
)
from app.operations.content import FORMER, PETITIONER, RESPONDENT, read_body, read_people
from app.operations.exchange import rows
from app.operations.reception_text import read_reception
from app.operations.record_values import Record
from app.operations.records import RECEPTION_PARTS
from app.operations.rights import demand_operator
from app.operations.units import units_below
from app.security import audit

BATCH = 500
ATTACHMENTS = "attachments"  # what came with the paper, in words: no field of the format


@singledispatch
def record_of(row: Any) -> Record:
    """The row as an exchange record; the session must be able to see all its content."""
    raise TypeError(type(row).__name__)


@record_of.register
def _(unit: Unit) -> Record:
    return _full(
        type="unit",
        code=unit.code,
        name=unit.name,
        level=unit.level,
        parent=_code(unit.parent),
        oversees=_code(unit.oversees),
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        uses_from=unit.uses_from,
        into=_code(unit.into),
    )


@record_of.register
def _(petition: Petition) -> Record:
    body = read_body(petition.text)
    processed = None
    if petition.processed_on:
        done = facts.said(facts.PROCESSED, petition)
        processed = _full(**done, reason=body.get("reason"), to=_code(petition.sent_to))
    return _full(
        type="petition",
        id=petition.number,
        unit=petition.unit.code,
        **facts.said(facts.PETITION, petition),
        petitioners=read_people(petition, PETITIONER),
        respondents=read_people(petition, RESPONDENT),
        summary=body.get("summary", ""),
        handlers=petition.handlers,
        processed=processed,
        closed=_closed(petition),
        case=petition.case.number if petition.case else None,
        kept_closed=petition.kept_closed or None,
        same_as=petition.same_as.number if petition.same_as else None,
        former=read_people(petition, FORMER) or None,
        previous_decision=body.get("previous_decision"),
    )


@record_of.register
def _(case: Case) -> Record:
    entries = sorted(
        (_entry(entry) for entry in case.entries), key=lambda entry: json.dumps(entry, default=_plain, sort_keys=True)
    )
    extensions = [
        _full(
            on=item.decided_on,
            number=item.number,
            days=item.days,
            criteria=list(item.criteria),
        )
        for item in case.extensions
    ]
    decision = case.decision
    execution = None
    if decision and (case.entries or decision.finished_on):
        execution = _full(entries=entries or None, finished_on=decision.finished_on)
    return _full(
        type="case",
        case=case.number,
        unit=case.unit.code,
        **facts.said(facts.CASE, case),
        complexity=list(case.complexity),
        previous=case.previous.number if case.previous else None,
        suspensions=[_suspension(item) for item in case.suspensions] or None,
        extensions=None if case.criteria_in_full else extensions,
        ending=_ending(case.ending) if case.ending else None,
        closed=_closed(case),
        decision=_decision(decision) if decision else None,
        execution=execution,
    )


def _closed(row: Petition | Case) -> Record | None:
    return facts.said(facts.CLOSED, row) if row.closed_on else None


@record_of.register
def _(reception: Reception) -> Record:
    body = read_reception(reception.text)
    return _full(
        type="reception",
        id=reception.number,
        unit=reception.unit.code,
        **facts.said(facts.RECEPTION, reception),
        **{name: body.get(name) for name in RECEPTION_PARTS},
        former=body.get("former") or None,
        petition=reception.petition.number if reception.petition else None,
    )


@record_of.register
def _(day: ReceptionDay) -> Record:
    return _full(type="reception_day", id=day.number, unit=day.unit.code, on=day.held_on, holder=day.holder)


@record_of.register
def _(form: TypedForm) -> Record:
    values = {number: Decimal(str(value)) for number, value in form.values.items()}
    return _full(
        **{
            "type": "typed_form",
            "form": form.form,
            "unit": form.unit.code,
            "from": form.start_on,
            "to": form.end_on,
            "values": values,
        }
    )


def _suspension(item: Suspension) -> Record:
    begun = _sent(item.sent_on, item.start_on)
    ended = _sent(item.resumed_sent_on, item.end_on)
    named = {
        "ground": item.ground,
        "number": item.number,
        "sent_on": begun,
        "resumed_number": item.resumed_number,
        "resumed_sent_on": ended,
    }
    return _full(**{"from": item.start_on, "to": item.end_on}, **named)


def _ending(ending: Ending) -> Record:
    sent = _sent(ending.sent_on, ending.case.withdrawn_on or ending.case.discontinued_on)
    return _full(
        ground=ending.ground,
        number=ending.number,
        sent_on=sent,
        paper=ending.paper,
        paper_number=ending.paper_number,
        paper_on=ending.paper_on,
    )


def _sent(on: date | None, issued_on: date | None) -> date | None:
    # What is not said in a file counts as sent on the day it was issued.
    return on if on != issued_on else None


def _decision(decision: Decision) -> Record:
    sent = _sent(decision.sent_on, decision.decided_on)
    return _full(**{**facts.said(facts.DECISION, decision), "sent_on": sent})


def _entry(entry: ExecutionEntry) -> Record:
    return facts.said(facts.ENTRY, entry)


def _full(**values: Any) -> Record:
    return {name: value for name, value in values.items() if value is not None}


def _code(unit: Unit | None) -> str | None:
    return unit.code if unit else None


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    raise TypeError(type(value).__name__)


def export_unit(session: Session, unit: Unit, file: TextIO) -> tuple[Counter[str], list[str]]:
    """All that the unit and those below it hold is in the file, one record a line; counts by type, and sentences on
    what the format does not carry.
    """
    demand_operator(session)
    written: Counter[str] = Counter()
    units = units_below(session, unit)
    inside = {item.id for item in units}
    dropped: Counter[str] = Counter()
    for record in _records(session, unit, units, inside, dropped):
        file.write(json.dumps(record, ensure_ascii=False, default=_plain) + "\n")
        written[record["type"]] += 1
    audit.record(session, "exchange.exported", detail={"unit": unit.code, "written": dict(written)})
    noted = dropped.pop(ATTACHMENTS, 0)
    outside = [f"bỏ tham chiếu ra ngoài phạm vi xuất: {number} {name}" for name, number in dropped.items()]
    outside += [f"định dạng không mang theo: {noted} ghi chú tài liệu kèm theo"] if noted else []
    return written, outside + _not_carried(session, unit)


def _records(
    session: Session, top: Unit, units: list[Unit], inside: set[Any], dropped: Counter[str]
) -> Iterator[Record]:
    for unit in units:
        record = record_of(unit)
        for name, other in (("parent", unit.parent_id), ("oversees", unit.oversees_id), ("into", unit.into_id)):
            if other not in inside and record.pop(name, None) is not None:  # the file must stand on its own
                dropped[name] += 1
        yield record
    codes = {unit.code for unit in units}
    for kind in ("case", "petition", "reception", "reception_day", "typed_form"):
        for row in _keyset(session, top, kind):
            record = record_of(row)
            if kind == "petition" and record.get("processed", {}).get("to", top.code) not in codes:
                del record["processed"]["to"]
                dropped["processed.to"] += 1
            if kind == "petition" and read_body(row.text).get(ATTACHMENTS):
                dropped[ATTACHMENTS] += 1
            if kind == "petition" and row.same_as is not None and row.same_as.removed_at is not None:
                del record["same_as"]
                dropped["same_as"] += 1
            if kind == "case" and row.previous is not None and not _is_told(row.previous, inside):
                del record["previous"]
                dropped["previous"] += 1
            if (
                kind == "reception"
                and row.petition is not None
                and (row.petition.unit_id not in inside or row.petition.removed_at is not None)
            ):
                del record["petition"]
                dropped["petition"] += 1
            yield record


def _is_told(case: Case, inside: set[Any]) -> bool:
    """True when the file has that case."""
    return case.unit_id in inside and case.removed_at is None


def _keyset(session: Session, top: Unit, kind: str) -> Iterator[Any]:
    model = rows.MODELS[kind]
    reach = top.subtree()
    last = None
    key = model.id if kind == "typed_form" else model.number  # by number, so that the same content gives the same file
    while True:
        query = (
            select(model)
            .where(model.path >= reach.low, model.path < reach.high)
            .options(*rows.CONTENT[kind])
            .order_by(key)
            .limit(BATCH)
        )
        if kind in ("case", "petition", "reception"):
            query = query.where(model.removed_at.is_(None))
        found = list(session.scalars(query.where(key > last) if last is not None else query))
        yield from found
        if len(found) < BATCH:
            return
        last = getattr(found[-1], key.key)
        for row in found:
            session.expunge(row)


def _unsent_orders(count: Any) -> int:
    begun = count(Suspension, Suspension.number.is_not(None), Suspension.sent_on.is_(None))
    resumed = count(
        Suspension,
        Suspension.resumed_number.is_not(None),
        Suspension.resumed_sent_on.is_(None),
        Suspension.case.has(Case.kind == "complaint"),
    )
    return int(begun + resumed + count(Ending, Ending.number.is_not(None), Ending.sent_on.is_(None)))


def _determined() -> Any:
    """The condition that a petition's level is another than the one it gets when it is read
    (`operations/secrecy/levels.py:guard`).
    """
    guarded = and_(Petition.kind == "denunciation", Petition.signatories != "none")
    at_first = case((guarded, default_level("denunciation", True)), else_=NORMAL)
    return or_(Petition.secrecy != at_first, Petition.secrecy_number.is_not(None))


def _not_carried(session: Session, unit: Unit) -> list[str]:
    reach = unit.subtree()

    def count(model: Any, *conditions: Any) -> int:
        return (
            session.scalar(
                select(func.count())
                .select_from(model)
                .where(model.path >= reach.low, model.path < reach.high, *conditions)
            )
            or 0
        )

    left_out = [
        (count(Petition, Petition.removed_at.is_not(None)), "đơn đã rút khỏi sổ"),
        (count(Case, Case.removed_at.is_not(None)), "vụ việc đã rút khỏi sổ"),
        (count(Reception, Reception.removed_at.is_not(None)), "lượt tiếp đã rút khỏi sổ"),
        (count(Step), "dòng lịch sử xử lý"),
        (count(Document), "tài liệu"),
        (count(Task), "nhiệm vụ"),
        (count(Petition, _determined()) + count(Case, Case.secrecy != 0), "độ mật của đơn, vụ việc"),
        (count(Conflict), "xác định xung đột lợi ích"),
        (count(Decision, Decision.sent_on.is_(None)), "kết quả giải quyết chưa gửi (khi nhập lại coi như đã gửi)"),
        (_unsent_orders(count), "quyết định tạm đình chỉ, tiếp tục, đình chỉ chưa gửi (khi nhập lại coi như đã gửi)"),
    ]
    return [f"định dạng không mang theo: {number} {what}" for number, what in left_out if number]
