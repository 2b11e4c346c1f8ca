"""Exchange records: their fields and every rule that can be checked on one record alone (contract: exchange format)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from app.law import levels, terms
from app.law.forms.registry import CURRENT, TYPED
from app.law.processing import NAMELESS_DENUNCIATION, misplaced, objection
from app.law.steps import directions, outcomes
from app.operations.record_values import (
    BadRecord,
    Field,
    Record,
    _all,
    _code,
    _flag,
    _line,
    _list,
    _object,
    _one_of,
    _some,
    _text,
    _whole,
    amount,
    day,
)
from app.text.tcvn6909 import normalize_line

_COUNT = _whole()
_CRITERION = _one_of(*range(1, 8))
DECIDED_AMOUNTS = ("state_money", "state_land", "returned_money", "returned_land")
DECIDED_COUNTS = (
    "organisations_restored",
    "individuals_restored",
    "organisations_to_discipline",
    "people_to_discipline",
    "officials_to_discipline",
    "investigations",
    "people_to_investigate",
    "officials_to_investigate",
)
EXECUTED_COUNTS = (
    "organisations_disciplined",
    "people_disciplined",
    "officials_disciplined",
    "prosecutions",
    "people_prosecuted",
    "officials_prosecuted",
)
_PETITIONER = _all(name=_line(200)) | _some(
    address=_line(1000), id_number=_line(40), phone=_line(40), gender=_line(20), ethnicity=_line(40)
)
_RESPONDENT = _all(name=_line(200)) | _some(position=_line(200), organisation=_line(250), id_number=_line(40))
_PROCESSED = _all(on=day, eligible=_flag, competent=_flag, direction=_code("direction")) | _some(
    reason=_text, to=_line(80)
)
_PREVIOUS = _some(number=_line(80), body=_line(250), on=day)
_DECISION = (
    _all(on=day, number=_line(80), outcome=_code("outcome"))
    | _some(sent_on=day)
    | _some(**dict.fromkeys(DECIDED_AMOUNTS, amount))
    | _some(**dict.fromkeys(DECIDED_COUNTS, _COUNT))
)
_ENTRY = (
    _all(on=day) | _some(**dict.fromkeys(DECIDED_AMOUNTS, amount)) | _some(**dict.fromkeys(EXECUTED_COUNTS, _COUNT))
)
_SUSPENSION = {"from": Field(day)} | _some(
    to=day,
    ground=_code("suspension_ground"),
    number=_line(80),
    sent_on=day,
    resumed_number=_line(80),
    resumed_sent_on=day,
)
_EXTENSION = _all(on=day, number=_line(80), days=_COUNT, criteria=_list(_CRITERION))
_ENDING = _some(
    ground=_code("discontinuation_ground"),
    number=_line(80),
    sent_on=day,
    paper=_code("withdrawal_paper"),
    paper_number=_line(120),
    paper_on=day,
)
_EXECUTION = _some(entries=_list(_object(_ENTRY)), finished_on=day)
_INSTANCE = _one_of(1, 2)


def _typed_values(value: Any) -> dict[str, Decimal]:
    form = next(form for form in CURRENT.forms if form.key == TYPED)
    return dict(_object({number: Field(amount, optional=True) for number in form.numbers})(value))


RECEPTION_PARTS = ("matter", "petitioners", "respondents", "summary", "result")  # of a reception's sealed text
TYPES: dict[str, dict[str, Field]] = {
    "unit": (
        _all(code=_line(80), name=_line(250), level=_one_of(*levels.KEYS))
        | _some(parent=_line(80), oversees=_line(80), valid_from=day, valid_to=day, into=_line(80))
    ),
    "petition": (
        _all(
            id=_line(80),
            unit=_line(80),
            kind=_code("kind"),
            source=_code("source"),
            received_on=day,
            signatories=_code("signatories"),
            people=_COUNT,
            petitioners=_list(_object(_PETITIONER)),
            respondents=_list(_object(_RESPONDENT)),
            summary=_text,
            field=_code("field"),
            instance=_INSTANCE,
        )
        | _some(
            dated_on=day,
            handlers=_list(_line(64)),
            processed=_object(_PROCESSED),
            case=_line(80),
            many_places=_flag,
            discipline=_code("discipline"),
            previous_decision=_object(_PREVIOUS),
        )
    ),
    "case": (
        _all(
            case=_line(80),
            unit=_line(80),
            kind=_code("kind"),
            instance=_INSTANCE,
            remote=_flag,
            complexity=_list(_CRITERION),
        )
        | _some(
            previous=_line(80),
            accepted_on=day,
            refused_on=day,
            withdrawn_on=day,
            discontinued_on=day,
            suspensions=_list(_object(_SUSPENSION)),
            extensions=_list(_object(_EXTENSION)),
            ending=_object(_ENDING),
            decision=_object(_DECISION),
            execution=_object(_EXECUTION),
        )
    ),
    "reception": (
        _all(id=_line(80), unit=_line(80), on=day, kind=_code("reception_kind"), people=_COUNT)
        | _some(
            matter=_text,
            petitioners=_list(_object(_PETITIONER)),
            respondents=_list(_object(_RESPONDENT)),
            summary=_text,
            result=_text,
            petition=_line(80),
            about=_code("kind"),
        )
    ),
    "reception_day": _all(id=_line(80), unit=_line(80), on=day, holder=_one_of("head", "authorised")),
    "typed_form": (
        _all(form=_one_of(TYPED), unit=_line(80), values=_typed_values) | {"from": Field(day), "to": Field(day)}
    ),
}


def read_record(raw: Any) -> Record:
    """The record with checked, normalised values and dates as dates, `type` included.

    Raises BadRecord with the field.
    """
    if not isinstance(raw, dict):
        raise BadRecord("mỗi dòng phải là một đối tượng JSON")
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise BadRecord(f"không có loại bản ghi “{str(kind)[:60]}”", "type")
    record = _object(TYPES[kind])({name: value for name, value in raw.items() if name != "type"})
    for rule in _RULES.get(kind, ()):
        rule(record)
    return {"type": kind, **record}


def _petition_processing(record: Record) -> None:
    done = record.get("processed")
    if not done:
        return
    if done["on"] < record["received_on"]:
        raise BadRecord("ngày xử lý trước ngày nhận đơn", "processed.on")
    if done["competent"] and not done["eligible"]:
        raise BadRecord("đơn không đủ điều kiện thì không thể thuộc thẩm quyền", "processed.competent")
    known = directions(done["eligible"], done["competent"])
    if done["eligible"] and done["direction"] not in known:  # what is not eligible may have gone any way
        what = "đơn thuộc thẩm quyền" if done["competent"] else "đơn đủ điều kiện, không thuộc thẩm quyền"
        named = " hoặc ".join(f"“{terms.term('direction', code)}”" for code in known)
        raise BadRecord(f"{what} thì chỉ {named}", "processed.direction")
    if record["kind"] == "denunciation" and record["signatories"] == "none" and done["competent"]:
        raise BadRecord(NAMELESS_DENUNCIATION, "processed.competent")


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


_RULES: dict[str, tuple[Callable[[Record], None], ...]] = {
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
        if record.get("dated_on") and record["dated_on"] > record["received_on"]:
            odd.append("ngày ghi trên đơn sau ngày nhận đơn")
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
        counts = {*DECIDED_AMOUNTS, *DECIDED_COUNTS, *EXECUTED_COUNTS}
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
