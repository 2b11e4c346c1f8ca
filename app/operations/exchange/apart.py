"""Records whose rows change others, or are changed by them: they go through the ORM.

A denunciation that may be about whoever could read it is closed to them with its whole case; a petition about the
discipline of an official changes the deadlines of its case; a reception adds to what its denunciation tells. All other
rows of a file stand by themselves.
"""

from typing import Any

from sqlalchemy import select

from app.clock import today
from app.law import secrecy
from app.models import Case, Petition, Reception, Step
from app.operations.content import strings_in, write_content
from app.operations.deadlines import refresh_case, refresh_petition
from app.operations.exchange.values import body_of, petition_values, reception_body, reception_values
from app.operations.reception_text import write_reception
from app.operations.record_values import Record
from app.operations.secrecy.conflicts import find_conflicts, holders_at, look_into
from app.operations.secrecy.evidence import Evidence
from app.operations.secrecy.levels import guard
from app.security.account_scope import Standing
from app.security.scope import current


def apart_from(run: Any, records: list[tuple[Record, Any]], by: str | None) -> set[int]:
    """The places of those petitions that go through the ORM, with all that go into a case with one of them.

    Each record comes with what is known of its case.
    """
    with_history = _cases_with_history(run, records)
    places: set[int] = set()
    cases: set[Any] = set()
    for place, (record, case) in enumerate(records):
        closed = _keeps_closed(record)
        if case is not None and (record.get("discipline") or (closed and (case.shut_out or case.id in with_history))):
            cases.add(case.id)
        elif closed and _concerns(run, record, by):
            places.add(place)
            cases |= {case.id} if case is not None else set()
    return places | {place for place, (_, case) in enumerate(records) if case is not None and case.id in cases}


def _keeps_closed(record: Record) -> bool:
    return secrecy.closed(record["kind"]) or bool(record.get("kept_closed"))


def _cases_with_history(run: Any, records: list[tuple[Record, Any]]) -> set[Any]:
    """Cases of denunciations whose steps may name somebody."""
    cases = {case.id for record, case in records if case is not None and _keeps_closed(record)}
    return set(run.session.scalars(select(Step.case_id).where(Step.case_id.in_(cases)).distinct())) if cases else set()


def _concerns(run: Any, record: Record, by: str | None) -> bool:
    evidence = Evidence(record["respondents"], strings_in(body_of(record)))
    named = frozenset(name for name in (by, *(record.get("handlers") or ())) if name)
    readers = holders_at(run.session, Standing(run.units[record["unit"]], named), run.holders)
    return bool(evidence.keys) or any(evidence.about(holder) is not None for holder in readers)


def add_apart(run: Any, records: list[Record], by: str | None) -> None:
    """These petitions are there, closed to whom they have to be, their cases with the deadlines that follow."""
    if not records:
        return
    numbers = {record["case"] for record in records if record.get("case")}
    cases = {case.number: case for case in run.session.scalars(select(Case).where(Case.number.in_(numbers)))}
    added: list[Petition] = []
    with run.session.no_autoflush:
        for record in records:
            petition = Petition(case=cases.get(record.get("case", "")), **petition_values(run, record, by))
            guard(petition, today())
            people = (record["petitioners"], record["respondents"])
            write_content(petition, body_of(record), *people, former=record.get("former", ()))
            run.session.add(petition)
            added.append(petition)
            find_conflicts(run.session, petition, run.holders)
            refresh_petition(run.session, petition, run.calendar, keep_done=False)
    run.session.flush()
    # What a case is about is said by its petitions, which come after it.
    for case in {petition.case for petition in added if petition.discipline and petition.case is not None}:
        refresh_case(run.session, case, run.calendar)
    run.session.flush()


def add_receptions_apart(run: Any, records: list[Record]) -> None:
    """These receptions about denunciations are there, and closed to whom they have to be."""
    if not records:
        return
    numbers = {record["petition"] for record in records if record.get("petition")}
    found = run.session.scalars(select(Petition).where(Petition.number.in_(numbers)))
    petitions = {petition.number: petition for petition in found}
    scope = current(run.session)
    mine = None if scope.system else scope.name
    joined: list[Petition] = []
    for record in records:
        with run.session.no_autoflush:
            petition = petitions.get(record.get("petition", ""))
            reception = Reception(petition=petition, **reception_values(run, record))
            write_reception(reception, reception_body(record), None)
            run.session.add(reception)
            if mine is None:
                find_conflicts(run.session, petition if petition is not None else reception, run.holders)
            elif petition is None:
                find_conflicts(run.session, reception, run.holders, writer=mine)
            else:
                joined.append(petition)
    run.session.flush()
    for petition in dict.fromkeys(joined):  # whoever imports does not see the leaders' conflicts
        look_into(run.session, petition, mine or "")
