"""What the law asks for besides the next step is a task with the law's limit, from the day it runs."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.law.calendar import Calendar
from app.law.duties import ACCEPTED, DECIDED, DUTIES, REGISTERED, duties
from app.law.holidays import SEED
from app.law.limits import LIMITS
from app.models import Account, Case, Deadline, Petition, Task, Unit
from app.operations.act import Act
from app.operations.corrections import correct, undo
from app.operations.deadlines import recompute_open
from app.operations.petitions import cases, petitions
from app.operations.tasks import taking
from app.operations.tasks.written import read
from tests.conftest import Browser, case_record, create_account, pages_of, petition_record, take_in

TODAY = date(2026, 11, 20)
DONE = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    records = [
        {"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"},
        case_record("TC", "P", kind="denunciation"),
        case_record("KN2", "P", instance=2),
        case_record("KN", "P"),
        case_record("CU", "P", kind="denunciation", accepted_on="2026-10-09"),
        petition_record("TC", "P", kind="denunciation", processed=DONE, case="TC", handlers=["CANBO"]),
        petition_record("KN2", "P", instance=2, processed=DONE, case="KN2"),
        petition_record("KN", "P", processed=DONE, case="KN", source="forwarded"),
        petition_record("CU", "P", kind="denunciation", processed=DONE, case="CU"),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("office"), records)
        unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
        for name, role in (("CANBO", "officer"), ("KHAC", "officer"), ("LANHDAO", "leader")):
            create_account(session, name, unit, role)
        session.commit()
    return installation


@pytest.fixture
def session(office):
    with office.session() as opened:
        yield opened
        opened.rollback()


def act(on=TODAY, note="", by="LANHDAO", calendar=SEED):
    return Act(on=on, by=by, today=TODAY, calendar=calendar, note=note)


def case_of(session, number):
    return session.scalars(select(Case).where(Case.number == number)).one()


def open_ones(session, **of):
    (name, key) = next(iter(of.items()))
    query = select(Task).where(getattr(Task, name) == key, Task.state == "given")
    return {task.rule: task for task in session.scalars(query)}


DAYS = {REGISTERED: date(2026, 10, 5), ACCEPTED: date(2026, 10, 9), DECIDED: date(2026, 11, 2)}


@pytest.mark.parametrize(
    ("kind", "instance", "forwarded", "rules"),
    [
        ("complaint", 1, False, set()),
        ("complaint", 1, True, {"forwarded.result"}),
        ("complaint", 2, False, {"complaint.publish.second"}),
        ("reflection", 1, True, {"forwarded.result"}),
        ("denunciation", 1, False, {"denunciation.notify", "denunciation.act", "denunciation.publish"}),
        (
            "denunciation",
            1,
            True,
            {
                *("denunciation.reply", "denunciation.notify", "denunciation.act", "denunciation.publish"),
                "forwarded.result",
            },
        ),
    ],
)
def test_each_kind_has_the_duties_of_its_law_from_their_day(kind, instance, forwarded, rules):
    found = {duty.rule: day for duty, day in duties(kind, instance, DAYS, forwarded)}
    assert found.keys() == rules
    begins = {duty.rule: DAYS[duty.begins] for duty in DUTIES}
    assert all(day == begins[rule] for rule, day in found.items())
    assert list(duties(kind, instance, {}, forwarded)) == []


def test_every_duty_has_its_limit_in_the_law():
    assert {duty.rule for duty in DUTIES} <= {rule.key for rule in LIMITS}


def test_acceptance_of_a_denunciation_asks_for_its_notices_within_five_working_days(session):
    case = case_of(session, "TC")
    cases.accept(session, case, act(date(2026, 11, 2)), {})
    tasks = open_ones(session, case_id=case.id)
    assert tasks.keys() == {"denunciation.notify"}
    task = tasks["denunciation.notify"]
    assert (task.started_on, task.due_on) == (date(2026, 11, 2), date(2026, 11, 9))
    assert task.compartment and task.handlers == ["CANBO"]
    clock = session.scalars(select(Deadline).where(Deadline.task_id == task.id)).one()
    assert (clock.due_on, clock.done_on, clock.handlers) == (date(2026, 11, 9), None, ["CANBO"])
    taking.take(session, task, "answer", act(note="đã gửi thông báo 12/TB", by="CANBO"), {})
    assert task.state == "closed" and task.done_on == clock.done_on == TODAY
    assert open_ones(session, case_id=case.id) == {}


def test_a_conclusion_and_a_second_decision_ask_for_what_follows_them(session):
    case = case_of(session, "TC")
    cases.accept(session, case, act(date(2026, 11, 2)), {})
    cases.decide(
        session, case, act(date(2026, 11, 12)), {"number": "1/KL", "outcome": "true", "people_to_discipline": 1}
    )
    found = open_ones(session, case_id=case.id)
    assert {rule: task.due_on for rule, task in found.items() if rule != "denunciation.notify"} == {
        "denunciation.act": date(2026, 11, 23),
        "denunciation.publish": date(2026, 11, 23),
    }
    second = case_of(session, "KN2")
    cases.accept(session, second, act(date(2026, 11, 2)), {})
    cases.decide(session, second, act(date(2026, 11, 12)), {"number": "2/QĐ", "outcome": "upheld"})
    found = open_ones(session, case_id=second.id)
    assert {rule: task.due_on for rule, task in found.items()} == {"complaint.publish.second": date(2026, 11, 27)}


def test_who_forwarded_the_petition_is_told_the_result(session):
    case = case_of(session, "KN")
    cases.accept(session, case, act(date(2026, 11, 2)), {})
    cases.decide(session, case, act(date(2026, 11, 12)), {"number": "3/QĐ", "outcome": "unjustified"})
    task = open_ones(session, case_id=case.id)["forwarded.result"]
    assert task.due_on == date(2026, 11, 23) and "cơ quan đã chuyển đơn" in read(task)["what"]
    values = {"kind": "denunciation", "received_on": date(2026, 11, 2), "source": "forwarded", "signatories": "one"}
    values |= {"people": 1, "petitioners": [{"name": "Người Gửi"}], "summary": "Tố cáo thu tiền", "field": "land"}
    unit = session.scalars(select(Unit)).one()
    petition = petitions.register(session, unit, act(), values | {"instance": 1})
    tasks = open_ones(session, petition_id=petition.id)
    assert {rule: row.due_on for rule, row in tasks.items()} == {"denunciation.reply": date(2026, 11, 23)}  # a Sunday


def test_a_step_taken_back_withdraws_its_duties_and_a_corrected_day_moves_them(session):
    case = case_of(session, "TC")
    cases.accept(session, case, act(date(2026, 11, 2)), {})
    task = open_ones(session, case_id=case.id)["denunciation.notify"]
    correct.correct_case(session, case, act(note="ghi nhầm ngày"), {"accepted_on": date(2026, 11, 5)})
    assert (task.started_on, task.due_on) == (date(2026, 11, 5), date(2026, 11, 12))
    undo.undo(session, case, act(note="thụ lý nhầm"))
    assert task.state == "withdrawn" and task.done_on == TODAY
    clock = session.scalars(select(Deadline).where(Deadline.task_id == task.id)).one()
    assert clock.done_on == TODAY
    cases.accept(session, case, act(date(2026, 11, 3)), {})
    again = open_ones(session, case_id=case.id)["denunciation.notify"]
    assert again is not task and again.due_on == date(2026, 11, 10)


def test_a_changed_holiday_moves_what_the_law_set_and_not_what_somebody_set(session):
    case = case_of(session, "TC")
    cases.accept(session, case, act(date(2026, 11, 2)), {})
    task = open_ones(session, case_id=case.id)["denunciation.notify"]
    year = SEED.years[2026]
    longer = replace(year, days_off=year.days_off | {date(2026, 11, 9)})
    changed = Calendar({**SEED.years, 2026: longer})
    recompute_open(session, changed)
    clock = session.scalars(select(Deadline).where(Deadline.task_id == task.id)).one()
    assert task.due_on == clock.due_on == date(2026, 11, 10)


def test_who_is_named_later_has_the_duties_too(session):
    case = case_of(session, "TC")
    cases.accept(session, case, act(date(2026, 11, 2)), {})
    task = open_ones(session, case_id=case.id)["denunciation.notify"]
    other = session.scalars(select(Account).where(Account.username == "KHAC")).unique().one()
    petitions.assign(session, case.petitions[0], act(), [other])
    assert task.handlers == ["KHAC"] and task.verifiers == ["KHAC"]


def test_what_comes_from_files_begins_no_duty_and_its_page_tells_the_period(office):
    with office.session() as session:
        assert session.scalars(select(Task)).all() == []
        key = case_of(session, "CU").id
    leader = Browser(office.app)
    leader.sign_in("LANHDAO")
    assert "Thông báo thụ lý" in pages_of(leader.get(f"/cases/{key}").get_data(as_text=True))


def test_on_the_screen_the_duty_stands_in_the_work_and_once_on_the_page(office):
    leader = Browser(office.app)
    leader.sign_in("LANHDAO")
    with office.session() as session:
        key = case_of(session, "TC").id
    sent = leader.post(f"/cases/{key}/step/accept", {"on": "2/11/2026", "paper": "5/QĐ"})
    assert sent.status_code == 302
    page = pages_of(leader.get(f"/cases/{key}").get_data(as_text=True))
    assert page.count("Thông báo việc thụ lý cho người tố cáo") == 1
    work = pages_of(leader.get("/inbox/?size=100").get_data(as_text=True))
    assert "Thông báo việc thụ lý cho người tố cáo" in work
    other = Browser(office.app)
    other.sign_in("KHAC")
    assert "Thông báo việc thụ lý cho người tố cáo" not in pages_of(
        other.get("/inbox/?size=100").get_data(as_text=True)
    )
    with office.session() as session:
        assert session.scalars(select(Petition).where(Petition.number == "TC")).one().case_id == key
