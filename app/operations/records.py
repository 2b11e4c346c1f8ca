"""Exchange records: their fields and every rule that can be checked on one record alone (contract: exchange format)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from app.law import facts, levels, terms
from app.law.forms.registry import CURRENT, TYPED
from app.law.processing import impossible, misplaced, objection
from app.law.steps import outcomes
from app.operations.record_values import (
    BadRecord,
    Field,
    Record,
    all_of,
    amount,
    code,
    day,
    flag,
    line,
    list_of,
    object_of,
    of_facts,
    one_of,
    prose,
    some,
    whole,
)
from app.text.tcvn6909 import normalize_line

_COUNT = whole()
_CRITERION = one_of(*range(1, 8))
_PETITIONER = all_of(name=line(200)) | some(
    address=line(1000),
    id_number=line(40),
    phone=line(40),
    gender=line(20),
    ethnicity=line(40),
    sort=code("person_sort"),
    part=code("person_part"),
    paper=line(120),
)
_RESPONDENT = all_of(name=line(200)) | some(
    position=line(200), organisation=line(250), id_number=line(40), sort=code("person_sort")
)
_PROCESSED = of_facts(facts.PROCESSED) | some(reason=prose, to=line(80))
_PREVIOUS = some(number=line(80), body=line(250), on=day)
_SUSPENSION = {"from": Field(day)} | some(
    to=day,
    ground=code("suspension_ground"),
    number=line(80),
    sent_on=day,
    resumed_number=line(80),
    resumed_sent_on=day,
)
_EXTENSION = all_of(on=day, number=line(80), days=_COUNT, criteria=list_of(_CRITERION))
_ENDING = some(
    ground=code("discontinuation_ground"),
    number=line(80),
    sent_on=day,
    paper=code("withdrawal_paper"),
    paper_number=line(120),
    paper_on=day,
)
_EXECUTION = some(entries=list_of(object_of(of_facts(facts.ENTRY))), finished_on=day)


def _typed_values(value: Any) -> dict[str, Decimal]:
    form = next(form for form in CURRENT.forms if form.key == TYPED)
    return dict(object_of({number: Field(amount, optional=True) for number in form.numbers})(value))


RECEPTION_PARTS = ("matter", "petitioners", "respondents", "summary", "result")  # of a reception's sealed prose
TYPES: dict[str, dict[str, Field]] = {
    "unit": (
        all_of(code=line(80), name=line(250), level=one_of(*levels.KEYS))
        | some(parent=line(80), oversees=line(80), valid_from=day, valid_to=day, uses_from=day, into=line(80))
    ),
    "petition": (
        all_of(id=line(80), unit=line(80))
        | of_facts(facts.PETITION)
        | all_of(
            petitioners=list_of(object_of(_PETITIONER)),
            respondents=list_of(object_of(_RESPONDENT)),
            summary=prose,
        )
        | some(
            handlers=list_of(line(64)),
            processed=object_of(_PROCESSED),
            closed=object_of(of_facts(facts.CLOSED)),
            case=line(80),
            kept_closed=flag,
            same_as=line(80),
            former=list_of(object_of(_PETITIONER)),
            previous_decision=object_of(_PREVIOUS),
        )
    ),
    "case": (
        all_of(case=line(80), unit=line(80))
        | of_facts(facts.CASE)
        | all_of(complexity=list_of(_CRITERION))
        | some(
            previous=line(80),
            suspensions=list_of(object_of(_SUSPENSION)),
            extensions=list_of(object_of(_EXTENSION)),
            ending=object_of(_ENDING),
            closed=object_of(of_facts(facts.CLOSED)),
            decision=object_of(of_facts(facts.DECISION)),
            execution=object_of(_EXECUTION),
        )
    ),
    "reception": (
        all_of(id=line(80), unit=line(80))
        | of_facts(facts.RECEPTION)
        | some(
            matter=prose,
            petitioners=list_of(object_of(_PETITIONER)),
            respondents=list_of(object_of(_RESPONDENT)),
            summary=prose,
            result=prose,
            former=list_of(object_of(_PETITIONER)),
            petition=line(80),
        )
    ),
    "reception_day": all_of(id=line(80), unit=line(80), on=day, holder=one_of("head", "authorised")),
    "typed_form": (
        all_of(form=one_of(TYPED), unit=line(80), values=_typed_values) | {"from": Field(day), "to": Field(day)}
    ),
}
_CHECKS = {kind: object_of(fields) for kind, fields in TYPES.items()}


def read_record(raw: Any) -> Record:
    """The record with checked, normalised values and dates as dates, `type` included.

    Raises BadRecord with the field.
    """
    if not isinstance(raw, dict):
        raise BadRecord("mỗi dòng phải là một đối tượng JSON")
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise BadRecord(f"không có loại bản ghi “{str(kind)[:60]}”", "type")
    record = _CHECKS[kind]({name: value for name, value in raw.items() if name != "type"})
    for rule in _ACROSS.get(kind, ()):
        rule(record)
    return {"type": kind, **record}


def _petition_processing(record: Record) -> None:
    if "closed" in record and record["closed"]["on"] < record["received_on"]:
        raise BadRecord("ngày kết thúc trước ngày nhận đơn", "closed.on")
    done = record.get("processed")
    if not done:
        return
    if done["on"] < record["received_on"]:
        raise BadRecord("ngày xử lý trước ngày nhận đơn", "processed.on")
    finding = (done["eligible"], done["competent"], done["direction"])
    found = impossible(record["kind"], record["signatories"], *finding)
    if found is not None:
        raise BadRecord(found[0], f"processed.{found[1]}")


def _case_ends(record: Record) -> None:
    ends = [name for name in ("refused_on", "withdrawn_on", "discontinued_on") if name in record]
    if len(ends) > 1:
        raise BadRecord(f"chỉ được có một trong {', '.join(ends)}", ends[1])
    for suspension in record.get("suspensions", ()):
        if "to" in suspension and suspension["to"] < suspension["from"]:
            raise BadRecord("ngày tiếp tục trước ngày tạm đình chỉ", "suspensions.to")


def _case_sent(record: Record) -> None:
    """What was sent on the day it was issued need not say so: two files that differ only in that are one."""
    ended = record.get("withdrawn_on") or record.get("discontinued_on")
    for part, name, issued in (
        (record.get("decision", {}), "sent_on", record.get("decision", {}).get("on")),
        (record.get("ending", {}), "sent_on", ended),
        *((item, "sent_on", item["from"]) for item in record.get("suspensions", ())),
        *((item, "resumed_sent_on", item.get("to")) for item in record.get("suspensions", ())),
    ):
        if issued and part.get(name) == issued:
            del part[name]


def _case_decision(record: Record) -> None:
    decision = record.get("decision")
    if not decision:
        return
    if "accepted_on" not in record:
        raise BadRecord("có quyết định mà không có ngày thụ lý", "decision.on")
    if decision["on"] < record["accepted_on"]:
        raise BadRecord("quyết định trước ngày thụ lý", "decision.on")
    if decision["outcome"] not in outcomes(record["kind"], record["instance"]):
        what = terms.matter(record["kind"], record["instance"]).lower()
        raise BadRecord(
            f"kết quả “{terms.term('outcome', decision['outcome'])}” không dùng cho {what}", "decision.outcome"
        )
    _officials(decision, "decision", ("discipline", "investigate"), "{0}_to_{1}")


def _case_execution(record: Record) -> None:
    execution = record.get("execution")
    if not execution or not (execution.get("entries") or execution.get("finished_on")):
        record.pop("execution", None)
        return
    decision = record.get("decision")
    finished = execution.get("finished_on")
    if not decision:
        raise BadRecord("có thi hành mà không có quyết định", "execution")
    for entry in execution.get("entries", ()):
        if entry["on"] < decision["on"]:
            raise BadRecord("thi hành trước ngày quyết định", "execution.entries.on")
        if finished and entry["on"] > finished:
            raise BadRecord("thi hành sau ngày thi hành xong", "execution.entries.on")
        _officials(entry, "execution.entries", ("disciplined", "prosecuted"), "{0}_{1}")


def _officials(values: Record, where: str, verbs: tuple[str, ...], pattern: str) -> None:
    for verb in verbs:
        officials = pattern.format("officials", verb)
        people = pattern.format("people", verb)
        if values.get(officials, 0) > values.get(people, 0):
            raise BadRecord("số cán bộ, công chức, viên chức lớn hơn tổng số người", f"{where}.{officials}")


def _typed_period(record: Record) -> None:
    if record["to"] < record["from"]:
        raise BadRecord("ngày cuối kỳ trước ngày đầu kỳ", "to")


def _unit_validity(record: Record) -> None:
    if "valid_from" in record and "valid_to" in record and record["valid_to"] < record["valid_from"]:
        raise BadRecord("ngày hết hiệu lực trước ngày có hiệu lực", "valid_to")


_ACROSS: dict[str, tuple[Callable[[Record], None], ...]] = {
    "petition": (_petition_processing,),
    "case": (_case_ends, _case_sent, _case_decision, _case_execution),
    "typed_form": (_typed_period,),
    "unit": (_unit_validity,),
}


def oddities(record: Record) -> list[str]:
    """What looks odd in a record that is nevertheless taken; of cases see `case_oddities.py`."""
    odd = []
    if record["type"] == "petition":
        done = record.get("processed")
        odd += [said for said, _ in facts.out_of_order(facts.PETITION, record)]
        odd += [said for said, _ in facts.oddly_ordered(facts.PETITION, record)]
        if record["people"] == 0 or (record["signatories"] == "many" and record["people"] < 2):
            odd.append("số người không khớp với số người đứng tên")
        finding = (done["eligible"], done["competent"], done["direction"]) if done else None
        found = objection(record["kind"], record["signatories"], record["source"], *finding) if finding else None
        odd += [said for said, _ in filter(None, (found, misplaced(record)))]
    return odd


_UNORDERED = {"suspensions", "entries", "extensions"}  # lists whose order says nothing: each part carries its date


_SAID_EMPTY = {"extensions"}  # no decision to extend is something else than no word on it


def canonical(value: Any) -> Any:
    """A value in the form in which two records of the same content are equal.

    Nulls, false, zero amounts and empty parts are dropped, text stands on one line.
    """
    if isinstance(value, dict):
        parts = {name: canonical(item) for name, item in value.items()}
        for name in _UNORDERED & parts.keys():
            parts[name] = sorted(parts[name], key=str)
        if "values" in parts:
            parts["values"] = {column: number for column, number in (parts["values"] or {}).items() if number}
        counts = {fact.name for fact in (*facts.AMOUNTS, *facts.RECOMMENDED, *facts.EXECUTED)}
        empty: tuple[Any, ...] = (None, {}, [], "")
        said = {name: item for name, item in parts.items() if item not in empty and item is not False}
        kept = {name: item for name, item in said.items() if not (name in counts and item == 0)}
        return kept | {name: [] for name in _SAID_EMPTY & parts.keys() if parts[name] == []}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return normalize_line(value)
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(value) if isinstance(value, int | float | Decimal) else value
