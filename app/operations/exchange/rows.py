"""Exchange records as rows: what is already known, what is made new, what a record may not refer to."""

from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import today
from app.law import facts
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
    Unit,
)
from app.operations.content import write_content, write_reception
from app.operations.deadlines import facts_of, refresh_case, refresh_petition
from app.operations.progress import told_along
from app.operations.record_values import Record, plain
from app.operations.records import RECEPTION_PARTS
from app.operations.refusal import Refused
from app.operations.secrecy.conflicts import find_conflicts
from app.operations.secrecy.evidence import Holders
from app.operations.secrecy.levels import guard
from app.security.tokens import matter_key

Numbered = list[tuple[int, Record]]
CONTENT = {
    "case": (
        joinedload(Case.decision),
        joinedload(Case.ending),
        joinedload(Case.previous),
        joinedload(Case.unit),
        selectinload(Case.suspensions),
        selectinload(Case.extensions),
        selectinload(Case.entries),
    ),
    "petition": (
        joinedload(Petition.text),
        selectinload(Petition.persons),
        joinedload(Petition.unit),
        joinedload(Petition.sent_to),
        joinedload(Petition.case),
    ),
    "reception": (joinedload(Reception.text), joinedload(Reception.petition), joinedload(Reception.unit)),
    "reception_day": (joinedload(ReceptionDay.unit),),
    "typed_form": (joinedload(TypedForm.unit),),
}
MODELS: dict[str, Any] = {
    "case": Case,
    "petition": Petition,
    "reception": Reception,
    "reception_day": ReceptionDay,
    "typed_form": TypedForm,
}


def known(session: Session, kind: str, records: list[Record]) -> dict[Any, Any]:
    """The rows these records' keys already have, with their content."""
    model = MODELS[kind]
    if kind == "typed_form":
        keys = [(record["unit"], record["form"], record["from"], record["to"]) for record in records]
        query = (
            select(TypedForm)
            .join(Unit, Unit.id == TypedForm.unit_id)
            .where(tuple_(Unit.code, TypedForm.form, TypedForm.start_on, TypedForm.end_on).in_(keys))
        )
        return {
            (row.unit.code, row.form, row.start_on, row.end_on): row
            for row in session.scalars(query.options(*CONTENT[kind]))
        }
    numbers = [record["case" if kind == "case" else "id"] for record in records]
    return {
        row.number: row
        for row in session.scalars(select(model).where(model.number.in_(numbers)).options(*CONTENT[kind]))
    }


def add_cases(run: Any, records: Numbered) -> None:
    """New cases with suspensions, decision, execution and deadlines; `previous` is linked once all cases are there."""
    _warn_of_numbers(run, records)
    for _, record in records:
        case = _case(run.units[record["unit"]], record)
        _add_parts(case, record)
        case.state = case_state(facts_of(case), today())
        run.session.add(case)
        refresh_case(run.session, case, run.calendar, keep_done=False)


def _case(unit: Unit, record: Record) -> Case:
    return Case(
        unit=unit,
        number=record["case"],
        complexity=record["complexity"],
        criteria_in_full="extensions" not in record,
        **facts.stored(facts.CASE, record),
    )


def _add_parts(case: Case, record: Record) -> None:
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
    if decided := record.get("decision"):
        # What a file says nothing of is taken as sent on its day, so that no false deadline runs.
        values = facts.stored(facts.DECISION, {"sent_on": decided["on"], **decided})
        case.decision = Decision(unit=case.unit, kind=case.kind, instance=case.instance, **values)
        case.decision.finished_on = record.get("execution", {}).get("finished_on")
    for entry in record.get("execution", {}).get("entries", ()):
        case.entries.append(ExecutionEntry(unit=case.unit, **facts.stored(facts.ENTRY, entry)))


def _suspension(case: Case, item: Record) -> Suspension:
    named = {name: value for name, value in item.items() if name not in ("from", "to")}
    sent = {"sent_on": item["from"], "resumed_sent_on": item.get("to")}
    return Suspension(unit=case.unit, start_on=item["from"], end_on=item.get("to"), **{**sent, **named})


def _warn_of_numbers(run: Any, records: Numbered) -> None:
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


def link_previous(run: Any, records: Numbered) -> None:
    """Each case points at its case of the first instance. Raises Refused for one that is nowhere."""
    numbers = {name for _, record in records for name in (record["case"], record["previous"])}
    found = {case.number: case for case in run.session.scalars(select(Case).where(Case.number.in_(numbers)))}
    for line, record in records:
        if record["previous"] not in found:
            raise Refused(f"dòng {line}, trường previous: không có vụ việc “{record['previous']}”", "previous")
        case = found[record["case"]]
        previous = found[record["previous"]]
        if case is previous or case.previous_id not in (None, previous.id):
            raise Refused(
                f"dòng {line}, trường previous: vụ việc lần đầu không thể là chính nó, hoặc khác với vụ việc đã ghi",
                "previous",
            )
        case.previous = previous


def add_petitions(run: Any, records: Numbered, by: str | None = None) -> None:
    """New petitions with sealed content and deadlines, registered by that account.

    Raises Refused where a case is unknown or of another kind, instance or unit.
    """
    numbers = {record["case"] for _, record in records if record.get("case")}
    found = run.session.scalars(select(Case).where(Case.number.in_(numbers))) if numbers else ()
    cases = {case.number: case for case in found}
    holders: Holders = {}
    added: list[Petition] = []
    with run.session.no_autoflush:
        for line, record in told_along(run.session, records, len(records)):
            case = _case_of(line, record, cases)
            done = record.get("processed", {})
            if case is not None and case.accepted_on and done and case.accepted_on < done["on"]:
                run.report.warn(line, f"vụ việc “{case.number}” thụ lý trước ngày xử lý đơn")
            petition = _petition(run, record, case, by)
            guard(petition, today())
            body = {"summary": record["summary"], "reason": done.get("reason")}
            body |= {"previous_decision": plain(record.get("previous_decision"))}
            write_content(petition, body, record["petitioners"], record["respondents"])
            run.session.add(petition)
            added.append(petition)
            find_conflicts(run.session, petition, holders)
            refresh_petition(run.session, petition, run.calendar, keep_done=False)
    # What a case is about is said by its petitions, which come after it.
    if about_discipline := {petition.case for petition in added if petition.discipline and petition.case is not None}:
        run.session.flush()
        for case in about_discipline:
            refresh_case(run.session, case, run.calendar)


def _petition(run: Any, record: Record, case: Case | None, by: str | None) -> Petition:
    done = record.get("processed", {})
    return Petition(
        unit=run.units[record["unit"]],
        number=record["id"],
        case=case,
        sent_to=run.units.get(done.get("to", "")),
        handlers=record.get("handlers") or None,
        state="processed" if done else "received",
        registered_by=by,
        **facts.stored(facts.PETITION, record),
        **(facts.stored(facts.PROCESSED, done) if done else {}),
    )


def _case_of(line: int, record: Record, cases: dict[str, Case]) -> Case | None:
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


def add_receptions(run: Any, records: Numbered) -> None:
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


def _add_reception(run: Any, record: Record, petitions: dict[str, Petition]) -> None:
    reception = Reception(
        unit=run.units[record["unit"]],
        number=record["id"],
        **facts.stored(facts.RECEPTION, record),
        matter_key=matter_key(record["matter"]) if record.get("matter") else None,
        petition=petitions.get(record.get("petition", "")),
    )
    write_reception(reception, {name: record.get(name) for name in RECEPTION_PARTS}, None)
    run.session.add(reception)
    find_conflicts(run.session, reception.petition if reception.petition is not None else reception)


def add_reception_days(run: Any, records: Numbered) -> None:
    """New announced days."""
    for _, record in records:
        run.session.add(
            ReceptionDay(
                unit=run.units[record["unit"]], number=record["id"], held_on=record["on"], holder=record["holder"]
            )
        )


def add_typed_forms(run: Any, records: Numbered) -> None:
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


MAKERS = {
    "case": add_cases,
    "petition": add_petitions,
    "reception": add_receptions,
    "reception_day": add_reception_days,
    "typed_form": add_typed_forms,
}
