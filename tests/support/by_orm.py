"""The import's rows made by the ORM, one by one, with its hooks: what `operations/exchange/rows.py` has to equal."""

from sqlalchemy import select

from app.clock import today
from app.law.clocks import case_state
from app.models import (
    Case,
    Decision,
    Ending,
    ExecutionEntry,
    Extension,
    Petition,
    Reception,
    ReceptionDay,
    Suspension,
    TypedForm,
)
from app.operations.content import write_content
from app.operations.deadlines import facts_of, refresh_case, refresh_petition
from app.operations.reception_text import write_reception
from app.operations.record_values import plain
from app.operations.records import RECEPTION_PARTS
from app.operations.refusal import Refused
from app.operations.secrecy.conflicts import find_conflicts
from app.operations.secrecy.levels import guard
from app.security.tokens import matter_key

FACTS = ("kind", "source", "received_on", "dated_on", "forwarded_on", "signatories", "people", "field", "instance")


def add_cases(run, records):
    """New cases with suspensions, decision, execution and deadlines; `previous` is linked once all cases are there."""
    _warn_of_numbers(run, records)
    for _, record in records:
        case = _case(run.units[record["unit"]], record)
        _add_parts(case, record)
        case.state = case_state(facts_of(case), today())
        run.session.add(case)
        refresh_case(run.session, case, run.calendar, keep_done=False)


def _case(unit, record):
    return Case(
        unit=unit,
        number=record["case"],
        kind=record["kind"],
        instance=record["instance"],
        remote=record["remote"],
        complexity=record["complexity"],
        criteria_in_full="extensions" not in record,
        accepted_on=record.get("accepted_on"),
        refused_on=record.get("refused_on"),
        withdrawn_on=record.get("withdrawn_on"),
        discontinued_on=record.get("discontinued_on"),
        closed_on=record.get("closed", {}).get("on"),
        closed_source=record.get("closed", {}).get("source"),
    )


def _add_parts(case, record):
    for item in record.get("suspensions", ()):
        case.suspensions.append(_suspension(case, item))
    for item in record.get("extensions", ()):
        values = {name: value for name, value in item.items() if name != "on"}
        case.extensions.append(Extension(unit=case.unit, decided_on=item["on"], **values))
    if record.get("ending"):
        case.ending = Ending(
            unit=case.unit,
            **{"sent_on": case.withdrawn_on or case.discontinued_on, **record["ending"]},
        )
    if record.get("decision"):
        # What a file says nothing of is taken as sent on its day, so that no false deadline runs.
        values = {
            "sent_on": record["decision"]["on"],
            **{name: value for name, value in record["decision"].items() if name != "on"},
        }
        case.decision = Decision(
            unit=case.unit, kind=case.kind, instance=case.instance, decided_on=record["decision"]["on"], **values
        )
        case.decision.finished_on = record.get("execution", {}).get("finished_on")
    for entry in record.get("execution", {}).get("entries", ()):
        values = {name: value for name, value in entry.items() if name != "on"}
        case.entries.append(ExecutionEntry(unit=case.unit, executed_on=entry["on"], **values))


def _suspension(case, item):
    named = {name: value for name, value in item.items() if name not in ("from", "to")}
    sent = {"sent_on": item["from"], "resumed_sent_on": item.get("to")}
    return Suspension(unit=case.unit, start_on=item["from"], end_on=item.get("to"), **{**sent, **named})


def _warn_of_numbers(run, records):
    decided = [(line, record, record["decision"]) for line, record in records if record.get("decision")]
    units = {run.units[record["unit"]].id for _, record, _ in decided}
    numbers = {decision["number"] for _, _, decision in decided}
    columns = (Decision.unit_id, Decision.kind, Decision.decided_on, Decision.number)
    rows = run.session.execute(select(*columns).where(Decision.unit_id.in_(units), Decision.number.in_(numbers)))
    taken = {(unit, kind, on.year, number) for unit, kind, on, number in rows}
    for line, record, decision in decided:
        key = (run.units[record["unit"]].id, record["kind"], decision["on"].year, decision["number"])
        if key in taken:
            told = f"số “{decision['number']}” đã dùng cho văn bản khác cùng loại của đơn vị"
            run.report.warn(line, f"{told} trong năm {decision['on'].year}")
        taken.add(key)


def add_petitions(run, records, by=None):
    """New petitions with sealed content and deadlines, registered by that account.

    Raises Refused where a case is unknown or of another kind, instance or unit.
    """
    numbers = {record["case"] for _, record in records if record.get("case")}
    found = run.session.scalars(select(Case).where(Case.number.in_(numbers))) if numbers else ()
    cases = {case.number: case for case in found}
    holders = {}
    added = []
    with run.session.no_autoflush:
        for line, record in records:
            case = _case_of(line, record, cases)
            done = record.get("processed", {})
            if case is not None and case.accepted_on and done and case.accepted_on < done["on"]:
                run.report.warn(line, f"vụ việc “{case.number}” thụ lý trước ngày xử lý đơn")
            petition = _petition(run, record, case, by)
            guard(petition, today())
            body = {"summary": record["summary"], "reason": done.get("reason")}
            body |= {"previous_decision": plain(record.get("previous_decision"))}
            write_content(petition, body, record["petitioners"], record["respondents"], former=record.get("former", ()))
            run.session.add(petition)
            added.append(petition)
            find_conflicts(run.session, petition, holders)
            refresh_petition(run.session, petition, run.calendar, keep_done=False)
    # What a case is about is said by its petitions, which come after it.
    if about_discipline := {petition.case for petition in added if petition.discipline and petition.case is not None}:
        run.session.flush()
        for case in about_discipline:
            refresh_case(run.session, case, run.calendar)


def _petition(run, record, case, by):
    done = record.get("processed", {})
    return Petition(
        unit=run.units[record["unit"]],
        number=record["id"],
        case=case,
        processed_on=done.get("on"),
        eligible=done.get("eligible"),
        competent=done.get("competent"),
        direction=done.get("direction"),
        sent_to=run.units.get(done.get("to", "")),
        handlers=record.get("handlers") or None,
        state="closed" if "closed" in record else "processed" if done else "received",
        closed_on=record.get("closed", {}).get("on"),
        closed_source=record.get("closed", {}).get("source"),
        kept_closed=record.get("kept_closed", False),
        registered_by=by,
        many_places=record.get("many_places", False),
        discipline=record.get("discipline"),
        **{name: record.get(name) for name in FACTS},
    )


def _case_of(line, record, cases):
    if not record.get("case"):
        return None
    case = cases.get(record["case"])
    if case is None:
        raise Refused(f"dòng {line}, trường case: không có vụ việc “{record['case']}”", "case")
    if case.kind != record["kind"] or case.instance != record["instance"] or case.unit.code != record["unit"]:
        raise Refused(
            f"dòng {line}, trường case: vụ việc “{case.number}” khác loại đơn, khác lần giải quyết hoặc của đơn vị"
            " khác",
            "case",
        )
    return case


def add_receptions(run, records):
    """New receptions with sealed content. Raises Refused for an unknown petition."""
    numbers = {record["petition"] for _, record in records if record.get("petition")}
    petitions = (
        {row.number: row for row in run.session.scalars(select(Petition).where(Petition.number.in_(numbers)))}
        if numbers
        else {}
    )
    for line, record in records:
        if record.get("petition") and record["petition"] not in petitions:
            raise Refused(f"dòng {line}, trường petition: không có đơn “{record['petition']}”", "petition")
        with run.session.no_autoflush:
            _add_reception(run, record, petitions)


def _add_reception(run, record, petitions):
    reception = Reception(
        unit=run.units[record["unit"]],
        number=record["id"],
        held_on=record["on"],
        kind=record["kind"],
        people=record["people"],
        matter_key=matter_key(record["matter"]) if record.get("matter") else None,
        petition=petitions.get(record.get("petition", "")),
        about=record.get("about"),
    )
    former = {"former": record["former"]} if record.get("former") else {}
    write_reception(reception, {name: record.get(name) for name in RECEPTION_PARTS} | former, None)
    run.session.add(reception)
    find_conflicts(run.session, reception.petition if reception.petition is not None else reception)


def add_reception_days(run, records):
    """New announced days."""
    for _, record in records:
        run.session.add(
            ReceptionDay(
                unit=run.units[record["unit"]], number=record["id"], held_on=record["on"], holder=record["holder"]
            )
        )


def add_typed_forms(run, records):
    """New typed forms."""
    for _, record in records:
        values = {name: float(value) for name, value in record["values"].items()}
        run.session.add(
            TypedForm(
                unit=run.units[record["unit"]],
                form=record["form"],
                start_on=record["from"],
                end_on=record["to"],
                values=values,
            )
        )


def _flushed(make):
    def made(run, records):
        make(run, records)
        run.session.flush()

    return made


MAKERS = {
    "case": _flushed(add_cases),
    "petition": _flushed(add_petitions),
    "reception": _flushed(add_receptions),
    "reception_day": _flushed(add_reception_days),
    "typed_form": _flushed(add_typed_forms),
}
