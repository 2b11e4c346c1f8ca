"""A case that should not be there is merged into another or withdrawn, and comes back as it was."""

from datetime import date

import pytest
from sqlalchemy import select

from app.law.holidays import SEED
from app.models import Case, Petition, Step, Unit
from app.operations.act import Act
from app.operations.content import denouncers_of
from app.operations.corrections import correct, undo
from app.operations.exchange.file_out import record_of
from app.operations.petitions import cases, merging, petitions
from app.operations.refusal import Refused
from app.operations.stepping import next_steps, opens
from app.reporting import case_list
from app.reporting.filling import fill
from app.reporting.paging import Spot
from tests.conftest import Browser, case_record, create_account, pages_of, petition_record, take_in

TODAY = date(2026, 11, 20)
DONE = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}
WHO = {"name": "Mai Thị Sen", "address": "Thôn 9, xã Đồng Tâm"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    records = [
        {"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"},
        {"type": "unit", "code": "Q", "name": "Sở Q", "level": "department", "parent": "P"},
        *(case_record(f"V/{place}", "P") for place in (1, 2)),
        case_record("V/TC1", "P", kind="denunciation"),
        case_record("V/TC2", "P", kind="denunciation"),
        case_record("V/Q", "Q"),
        case_record("V/L2", "P", instance=2),
        *(petition_record(f"{place}", "P", processed=DONE, case=f"V/{place}") for place in (1, 2)),
        petition_record("1b", "P", processed=DONE, case="V/1"),
        petition_record("Q1", "Q", processed=DONE, case="V/Q"),
        petition_record(
            "TC1", "P", kind="denunciation", processed=DONE, case="V/TC1", handlers=["KHAC"], petitioners=[WHO]
        ),
        petition_record("TC2", "P", kind="denunciation", processed=DONE, case="V/TC2", handlers=["CANBO"]),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("office"), records)
        unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
        for name, role in (("CANBO", "officer"), ("LANHDAO", "leader")):
            create_account(session, name, unit, role)
        session.commit()
    return installation


@pytest.fixture
def session(office):
    with office.session() as opened:
        yield opened
        opened.rollback()


def act(note="cùng một việc", on=TODAY):
    return Act(on=on, by="LANHDAO", today=TODAY, calendar=SEED, note=note)


def case_of(session, number):
    return session.scalars(select(Case).where(Case.number == number)).one()


def petition_of(session, number):
    return session.scalars(select(Petition).where(Petition.number == number)).one()


def matters(session):
    """Matters of the year within competence (02/XLD, column 5) and of complaints (03/GQKN, column 2)."""
    unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
    period = (date(2026, 1, 1), date(2026, 12, 31))
    return fill(session, "02/XLD", unit, *period).rows["P"]["5"], fill(session, "03/GQKN", unit, *period).rows["P"]["2"]


def listed(session, **filters):
    page = case_list.cases(session, case_list.CaseFilters(**filters), Spot(), 50, 1000)
    return {row.number for row in page.rows}


def stand(session):
    session.flush()
    session.expire_all()
    rows = session.scalars(select(Petition).where(Petition.unit.has(code="P")))
    return {row.number: (record_of(row), row.state, row.due_on) for row in rows}, matters(session), listed(session)


def test_merged_cases_are_one_matter_and_apart_again_when_that_is_taken_back(session):
    before = stand(session)
    first = case_of(session, "V/1")
    second = case_of(session, "V/2")
    assert merging.merge(session, first, act(), " V/2 ") is second
    session.flush()
    session.expire_all()
    assert {petition.number for petition in second.petitions} == {"1", "1b", "2"} and first.petitions == []
    assert matters(session) == tuple(count - 1 for count in before[1])
    assert listed(session) == before[2] - {"V/1"} and listed(session, state="removed") == {"V/1"}
    assert next_steps(first) == []
    undo.undo(session, first, act("nhập nhầm"))
    assert stand(session) == before


def test_what_was_done_to_the_merged_case_keeps_it_together(session):
    first = case_of(session, "V/1")
    second = case_of(session, "V/2")
    merging.merge(session, first, act(), "V/2")
    cases.accept(session, second, act(), {})
    with pytest.raises(Refused, match="số V/1 đã nhập vào vụ việc khác"):
        petition = petition_of(session, "1")
        session.add(step_of(petition, "attach", "V/1"))
        session.flush()
        undo.undo(session, petition, act("gắn nhầm"))
    values = {"number": "9/QĐ", "outcome": "justified"}
    cases.decide(session, second, act(), values)
    with pytest.raises(Refused, match="V/2 đã có kết quả"):
        undo.undo(session, first, act("nhập nhầm"))


def step_of(petition, key, paper):
    return Step(unit=petition.unit, petition=petition, step=key, taken_on=TODAY, taken_by="LANHDAO", paper=paper)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("V/1", "không nhập vào chính nó"),
        ("V/Q", "không có vụ việc số"),
        ("không", "không có vụ việc số"),
        ("V/TC1", "chọn vụ việc cùng loại"),
        ("V/L2", "chọn vụ việc cùng loại"),
    ],
)
def test_only_cases_of_one_unit_kind_and_instance_are_merged(session, number, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        merging.merge(session, case_of(session, "V/1"), act(), number)
    assert refused.value.field == "number"


def test_an_accepted_case_is_not_merged_but_its_acceptance_is_taken_back_first(session):
    first = case_of(session, "V/1")
    cases.accept(session, first, act(), {})
    with pytest.raises(Refused, match="Đang giải quyết"):
        merging.merge(session, first, act(), "V/2")


def test_a_case_that_should_not_be_there_is_withdrawn_with_a_reason_and_its_petitions_wait(session):
    before = stand(session)
    first = case_of(session, "V/1")
    with pytest.raises(Refused, match="ghi lý do") as refused:
        merging.remove(session, first, act(" "))
    assert refused.value.field == "note"
    cases.accept(session, first, act(), {})
    merging.remove(session, first, act("lập nhầm"))
    session.flush()
    session.expire_all()
    assert petition_of(session, "1").case is None and first.state == "removed"
    assert [rule.key for rule in next_steps(petition_of(session, "1"))][:2] == ["assign", "attach"]
    with pytest.raises(Refused, match="rút khỏi sổ"):
        correct.correct_case(session, first, act("gõ nhầm ngày"), {"remote": True})
    elsewhere = petitions.attach(session, petition_of(session, "1b"), act(), "V/2")
    with pytest.raises(Refused, match="1b nay thuộc vụ việc khác"):
        undo.undo(session, first, act("rút nhầm"))
    undo.undo(session, petition_of(session, "1b"), act("gắn nhầm"))
    assert elsewhere.number == "V/2"
    undo.undo(session, first, act("rút nhầm"))
    undo.undo(session, first, act("thụ lý nhầm"))
    assert stand(session) == before


def test_who_denounced_stays_covered_in_the_history_of_a_case_they_left(office):
    with office.session() as session:
        first = case_of(session, "V/TC1")
        undo.annotate(session, first, act("bà Mai Thị Sen đã gọi điện"))
        merging.merge(session, first, act(), "V/TC2")
        session.flush()
        session.expire_all()
        assert [person["name"] for person in denouncers_of(session, [first])[first.id]] == ["Mai Thị Sen"]
        assert opens(first), "its leaders go on reading what was written there"
        key = first.id
        session.commit()
    page = page_for(office, "LANHDAO", key)
    assert "đã gọi điện" in page and "Mai Thị Sen" not in page and "rút khỏi sổ" in page
    page = page_for(office, "CANBO", key)
    assert "Mai Thị Sen" not in page and "đã gọi điện" not in page


def page_for(office, who, key):
    browser = Browser(office.app)
    browser.sign_in(who)
    return pages_of(browser.get(f"/cases/{key}").get_data(as_text=True))


def test_a_petition_taken_out_of_a_case_leaves_its_sender_covered_there(session):
    second = case_of(session, "V/TC2")
    petition = petition_of(session, "TC1")
    assert petition.case is second
    petition.case = None
    session.flush()
    session.expire(second, ["petitions"])
    petitions.attach(session, petition, act(), "V/TC2")
    undo.annotate(session, second, act("bà Mai Thị Sen đã gọi điện"))
    undo.undo(session, petition, act("gắn nhầm"))
    session.flush()
    session.expire_all()
    assert "Mai Thị Sen" in [person["name"] for person in denouncers_of(session, [second])[second.id]]


def test_the_screen_asks_for_the_other_number_and_leads_to_the_case_that_stays(office):
    leader = Browser(office.app)
    leader.sign_in("LANHDAO")
    with office.session() as session:
        key = case_of(session, "V/1").id
    page = pages_of(leader.get(f"/cases/{key}").get_data(as_text=True))
    assert "Nhập vào vụ việc khác" in page
    form = leader.get(f"/cases/{key}/step/merge").get_data(as_text=True)
    assert "tính là một vụ việc" in pages_of(form)
    wrong = leader.post(f"/cases/{key}/step/merge", {"on": "20/11/2026", "number": "V/9", "note": "cùng một việc"})
    assert wrong.status_code == 200 and "không có vụ việc số “V/9”" in wrong.get_data(as_text=True)
    done = leader.post(f"/cases/{key}/step/merge", {"on": "20/11/2026", "number": "V/2", "note": "cùng một việc"})
    assert done.status_code == 302
    with office.session() as session:
        assert {petition.number for petition in case_of(session, "V/2").petitions} == {"1", "1b", "2"}
        assert done.location.endswith(str(case_of(session, "V/2").id))
