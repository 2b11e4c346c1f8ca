"""Forms after corrections are those of the corrected data, as the plain counting counts them."""

import json
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.law import terms
from app.law.holidays import SEED
from app.models import Case, Petition, Reception
from app.operations.act import Act
from app.operations.corrections import correct, of_receptions
from app.operations.exchange.file_in import import_file
from app.operations.refusal import Refused
from app.operations.units import find_unit
from app.reporting.filling import fill
from tests.conftest import copied
from tests.reporting.test_forms import COUNTED, records_for
from tests.support.plain_counting import count

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def database(cluster):
    with copied(cluster) as installation:
        yield installation


def plain(value):
    return value.isoformat() if isinstance(value, date) else value


def correct_some(session, random, records):
    """Random corrections, each made in the database and in the record; how many were."""
    act = Act(on=TODAY, by="X", today=TODAY, calendar=SEED, note="gõ nhầm khi nhập")
    made = 0
    for record in records:
        if random.random() < 0.5:
            continue
        try:
            if record["type"] == "petition":
                moved = date.fromisoformat(record["received_on"]) - timedelta(days=random.randint(0, 40))
                values = {"received_on": moved, "field": random.choice(terms.codes("field")), "dated_on": None}
                row = session.scalars(select(Petition).where(Petition.number == record["id"])).one()
                correct.correct_petition(session, row, act, values)
                record.pop("dated_on", None)
                record |= {name: plain(value) for name, value in values.items() if value is not None}
            elif record["type"] == "case" and "decision" in record:
                case = session.scalars(select(Case).where(Case.number == record["case"])).one()
                values = {"state_money": random.randint(1, 50), "returned_land": random.randint(1, 50)}
                correct.correct_decision(session, case, act, values)
                record["decision"] |= values
                if case.decision.finished_on is None:  # with something to execute it is not over by itself any more
                    record.get("execution", {}).pop("finished_on", None)
            elif record["type"] == "reception":
                correct_reception(session, random, record, act)
            else:
                continue
            made += 1
        except Refused:
            continue
    records[:] = [record for record in records if not record.pop("withdrawn", False)]
    return made


def correct_reception(session, random, record, act):
    """Another day, number of people and matter; or it is withdrawn from its register."""
    row = session.scalars(select(Reception).where(Reception.number == record["id"])).one()
    if random.random() < 0.3:
        of_receptions.withdraw(session, row, act)
        record["withdrawn"] = True
        return
    moved = date.fromisoformat(record["on"]) - timedelta(days=random.randint(0, 40))
    values = {"on": moved, "people": random.randint(1, 12), "matter": f"việc {random.randint(1, 3)}"}
    of_receptions.correct_reception(session, row, act, values)
    record |= {name: plain(value) for name, value in values.items()}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), start=st.integers(0, 380), length=st.integers(30, 380))
def test_forms_after_corrections_count_the_corrected_data(database, tmp_path_factory, seed, start, length):
    records = list(records_for(seed))
    path = tmp_path_factory.mktemp("corrected") / "file.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    a = date(2025, 9, 30) + timedelta(days=start)
    b = a + timedelta(days=length)
    with database.session() as session:
        import_file(session, path)
        assert correct_some(session, Random(seed), records) > 5
        session.flush()
        unit = find_unit(session, "H42")
        for form in COUNTED:
            filled = fill(session, form, unit, a, b)
            for code in ("H42", "H42.01", "H42.02"):
                theirs = {str(column): value for column, value in count(form, records, code, a, b).items()}
                assert {name: float(value) for name, value in filled.rows[code].items()} == {
                    name: float(value) for name, value in theirs.items()
                }, (form, code)
        session.rollback()
