"""Exchange records as rows: what is already known, what is made new, what a record may not refer to."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, String, any_, literal, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import today
from app.law import facts, secrecy
from app.law.clocks import DUTY, Clock, case_state
from app.models import (
    Case,
    Deadline,
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
from app.operations.content import write_content
from app.operations.deadlines import clocks_of_case, clocks_of_petition, facts_of
from app.operations.exchange.apart import add_apart, add_receptions_apart, apart_from
from app.operations.exchange.values import body_of, petition_values, reception_body, reception_values
from app.operations.progress import told_along
from app.operations.reception_text import write_reception
from app.operations.record_values import Record
from app.operations.refusal import Refused
from app.operations.secrecy.levels import guard
from app.security.bare_rows import BareRows

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
        joinedload(Petition.same_as),
    ),
    "reception": (joinedload(Reception.text), joinedload(Reception.petition), joinedload(Reception.unit)),
    "reception_day": (joinedload(ReceptionDay.unit),),
    "typed_form": (joinedload(TypedForm.unit),),
}
# What a petition or a reception asks of the row it points at.
_OF_CASE: tuple[Any, ...] = (Case.id, Case.number, Case.kind, Case.instance, Case.unit_id, Case.shut_out, Case.due_on)
_OF_CASE += (Case.accepted_on, Case.refused_on, Case.withdrawn_on, Case.discontinued_on, Case.closed_on)
_OF_PETITION: tuple[Any, ...] = (Petition.id, Petition.number, Petition.kind, Petition.handlers, Petition.shut_out)
_OF_PETITION += (Petition.kept_closed,)
MODELS: dict[str, Any] = {
    "case": Case,
    "petition": Petition,
    "reception": Reception,
    "reception_day": ReceptionDay,
    "typed_form": TypedForm,
}


def among(column: Any, values: Iterable[str]) -> Any:
    """The condition that the column is one of the values: one parameter, whatever their number."""
    return column == any_(literal(list(values), ARRAY(String)))


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
        for row in session.scalars(select(model).where(among(model.number, numbers)).options(*CONTENT[kind]))
    }


def add_cases(run: Any, records: Numbered) -> None:
    """New cases with suspensions, decision, execution and deadlines; `previous` is linked once all cases are there."""
    _warn_of_numbers(run, records)
    made = BareRows()
    for _, record in records:
        case = _case(made, run.units[record["unit"]], record)
        case.state = case_state(facts_of(case), today())
        case.due_on = _start(run, made, clocks_of_case(case), case=case, unit=case.unit)
    made.write(run.session)


def _case(made: BareRows, unit: Unit, record: Record) -> Any:
    case: Any = made.make(
        Case,
        unit=unit,
        number=record["case"],
        complexity=record["complexity"],
        criteria_in_full="extensions" not in record,
        **facts.stored(facts.CASE, record),
        **facts.stored(facts.CLOSED, record.get("closed", {})),
    )
    case.suspensions = [_suspension(made, case, item) for item in record.get("suspensions", ())]
    case.extensions = [
        made.make(Extension, case=case, unit=unit, decided_on=item["on"], **_but(item, "on"))
        for item in record.get("extensions", ())
    ]
    if record.get("ending"):
        sent = {"sent_on": case.withdrawn_on or case.discontinued_on}
        case.ending = made.make(Ending, case=case, unit=unit, **sent | record["ending"])
    if record.get("decision"):
        case.decision = _decision(made, case, record)
    for entry in record.get("execution", {}).get("entries", ()):
        made.make(ExecutionEntry, case=case, unit=unit, **facts.stored(facts.ENTRY, entry))
    return case


def _decision(made: BareRows, case: Any, record: Record) -> Any:
    decided = record["decision"]
    # What a file says nothing of is taken as sent on its day, so that no false deadline runs.
    values = facts.stored(facts.DECISION, {"sent_on": decided["on"], **decided})
    finished = record.get("execution", {}).get("finished_on")
    whose = {"case": case, "unit": case.unit, "kind": case.kind, "instance": case.instance}
    return made.make(Decision, finished_on=finished, **whose, **values)


def _suspension(made: BareRows, case: Any, item: Record) -> Any:
    sent = {"sent_on": item["from"], "resumed_sent_on": item.get("to")}
    values = sent | _but(item, "from", "to")
    return made.make(Suspension, case=case, unit=case.unit, start_on=item["from"], end_on=item.get("to"), **values)


def _but(values: Record, *names: str) -> Record:
    return {name: value for name, value in values.items() if name not in names}


def _start(run: Any, made: BareRows, clocks: Iterable[Clock], **whose: Any) -> date | None:
    """The duties that are not done run, for what is new; the day of the first."""
    days = []
    for clock in clocks:
        if clock.sort != DUTY or clock.done is not None or (found := run.derive(clock)) is None:
            continue
        made.make(
            Deadline, rule=clock.rule, started_on=clock.start, due_on=found.day, tentative=found.tentative, **whose
        )
        days += [found.day] if found.day is not None else []
    return min(days, default=None)


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
            sentence = f"số “{decision['number']}” đã dùng cho văn bản khác cùng loại của đơn vị"
            run.report.warn(line, f"{sentence} trong năm {decision['on'].year}")
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


def link_same(run: Any, records: Numbered) -> None:
    """Each petition that repeats another is marked so. Raises Refused for one that is nowhere, of another unit, kind or
    instance, or repeats one itself.
    """
    numbers = {name for _, record in records for name in (record["id"], record["same_as"])}
    found = {row.number: row for row in run.session.scalars(select(Petition).where(Petition.number.in_(numbers)))}
    marked = {record["id"] for _, record in records}
    repeated = select(Petition.same_as_id).where(Petition.same_as_id.in_([row.id for row in found.values()]))
    firsts = set(run.session.scalars(repeated))
    for line, record in records:
        petition = found[record["id"]]
        first = found.get(record["same_as"])
        if first is None:
            raise Refused(f"dòng {line}, trường same_as: không có đơn “{record['same_as']}”", "same_as")
        alike = (first.unit_id, first.kind, first.instance) == (petition.unit_id, petition.kind, petition.instance)
        alike = alike and not secrecy.closed(petition.kind)
        chained = first.same_as_id is not None or first.number in marked or petition.id in firsts
        chained = chained or first.removed_at is not None
        if not alike or chained or petition.same_as_id not in (None, first.id):
            raise Refused(
                f"dòng {line}, trường same_as: đơn “{first.number}” khác loại, khác lần giải quyết, của đơn vị khác,"
                " cũng trùng với đơn khác, hoặc không phải đơn đã ghi là trùng",
                "same_as",
            )
        petition.same_as = first


def add_petitions(run: Any, records: Numbered, by: str | None = None) -> None:
    """New petitions with sealed content and deadlines, registered by that account.

    Raises Refused where a case is unknown or of another kind, instance or unit.
    """
    numbers = {record["case"] for _, record in records if record.get("case")}
    found = run.session.execute(select(*_OF_CASE).where(among(Case.number, numbers))) if numbers else ()
    cases = {case.number: case for case in found}
    into: list[tuple[Record, Any]] = []
    for line, record in records:
        case = _case_of(run, line, record, cases)
        done = record.get("processed", {})
        if case is not None and case.accepted_on and done and case.accepted_on < done["on"]:
            run.report.warn(line, f"vụ việc “{case.number}” thụ lý trước ngày xử lý đơn")
        into.append((record, case))
    apart = apart_from(run, into, by)
    made = BareRows()
    for place, (record, case) in enumerate(told_along(run.session, into, len(into))):
        if place not in apart:
            _petition(run, made, record, case, by)
    made.write(run.session)
    add_apart(run, [into[place][0] for place in sorted(apart)], by)


def _petition(run: Any, made: BareRows, record: Record, case: Any, by: str | None) -> None:
    petition: Any = made.make(Petition, case=case, **petition_values(run, record, by))
    guard(petition, today())
    people = (record["petitioners"], record["respondents"])
    write_content(petition, body_of(record), *people, made.make, record.get("former", ()))
    whose = {"petition": petition, "unit": petition.unit, "handlers": petition.handlers}
    petition.due_on = _start(run, made, clocks_of_petition(petition), **whose)
    if petition.due_on is None and case is not None:
        petition.due_on = case.due_on


def _case_of(run: Any, line: int, record: Record, cases: dict[str, Any]) -> Any:
    if not record.get("case"):
        return None
    case = cases.get(record["case"])
    if case is None:
        raise Refused(f"dòng {line}, trường case: không có vụ việc “{record['case']}”", "case")
    unit = run.units[record["unit"]].id
    if (case.kind, case.instance, case.unit_id) != (record["kind"], record["instance"], unit):
        raise Refused(
            f"dòng {line}, trường case: vụ việc “{case.number}” khác loại đơn, khác lần giải quyết hoặc của đơn vị"
            " khác",
            "case",
        )
    return case


def add_receptions(run: Any, records: Numbered) -> None:
    """New receptions with sealed content. Raises Refused for an unknown petition."""
    numbers = {record["petition"] for _, record in records if record.get("petition")}
    found = run.session.execute(select(*_OF_PETITION).where(among(Petition.number, numbers))) if numbers else ()
    petitions = {row.number: row for row in found}
    made = BareRows()
    apart: list[Record] = []
    for line, record in records:
        number = record.get("petition")
        if number and number not in petitions:
            raise Refused(f"dòng {line}, trường petition: không có đơn “{number}”", "petition")
        petition = petitions.get(number) if number else None
        if secrecy.content_closed(petition) if petition is not None else secrecy.closed(record.get("about")):
            apart.append(record)
            continue
        reception = made.make(Reception, petition=petition, **reception_values(run, record))
        write_reception(reception, reception_body(record), None, made.make)
    made.write(run.session)
    add_receptions_apart(run, apart)


def add_reception_days(run: Any, records: Numbered) -> None:
    """New announced days."""
    made = BareRows()
    for _, record in records:
        whose = {"unit": run.units[record["unit"]], "number": record["id"]}
        made.make(ReceptionDay, held_on=record["on"], holder=record["holder"], **whose)
    made.write(run.session)


def add_typed_forms(run: Any, records: Numbered) -> None:
    """New typed forms."""
    made = BareRows()
    for _, record in records:
        values = {name: float(value) for name, value in record["values"].items()}
        days = {"start_on": record["from"], "end_on": record["to"]}
        made.make(TypedForm, unit=run.units[record["unit"]], form=record["form"], values=values, **days)
    made.write(run.session)


MAKERS = {
    "case": add_cases,
    "petition": add_petitions,
    "reception": add_receptions,
    "reception_day": add_reception_days,
    "typed_form": add_typed_forms,
}
