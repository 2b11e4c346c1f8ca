"""What was entered wrong is corrected: who may, what follows, what the history tells; the last step taken back."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.law.facts import DECISION, ENTRY, PETITION
from app.law.holidays import SEED
from app.law.steps import RECORDED, STEPS
from app.law.undoing import BESIDE, UNDONE
from app.models import Case, Deadline, Petition, Step
from app.operations.act import Act
from app.operations.content import FORMER, PETITIONER, read_note, read_people
from app.operations.corrections import correct, undo
from app.operations.exchange.file_in import import_file
from app.operations.exchange.file_out import record_of
from app.operations.petitions import case_orders, cases, closing, merging, petitions
from app.operations.refusal import Refused
from tests.conftest import Browser, case_record, create_account, pages_of, petition_record

TODAY = date(2026, 11, 20)
LEADER = "LANHDAO"
DECIDED = {"on": "2026-10-01", "number": "9/QĐ", "outcome": "justified", "state_money": 5, "sent_on": "2026-10-02"}
EXECUTED = {"entries": [{"on": "2026-11-10", "state_money": 2, "people_disciplined": 3, "people_prosecuted": 2}]}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    lines = [
        {"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"},
        petition_record("Đ/1", "P", received_on="2026-10-05", handlers=["CANBO"]),
        petition_record("Đ/2", "P", received_on="2026-10-05"),
        petition_record("Đ/TC", "P", kind="denunciation", received_on="2026-10-06", summary="Tố cáo nhận tiền"),
        petition_record("Đ/KN", "P", kind="reflection", received_on="2026-10-06"),
        case_record("V/1", "P", accepted_on="2026-09-01", decision=DECIDED, execution=EXECUTED),
    ]
    path = tmp_path_factory.mktemp("office") / "file.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with installation.session() as session:
        import_file(session, path)
        unit = session.scalars(select(Petition)).first().unit
        create_account(session, LEADER, unit, "leader")
        create_account(session, "CANBO", unit, "officer")
        create_account(session, "KHAC", unit, "officer")
        session.commit()
    return installation


@pytest.fixture
def session(office):
    with office.session() as opened:
        yield opened
        opened.rollback()


def act(note="gõ nhầm khi vào sổ", on=TODAY, paper=""):
    return Act(on=on, by=LEADER, today=TODAY, calendar=SEED, note=note, paper=paper)


def petition_of(session, number):
    return session.scalars(select(Petition).where(Petition.number == number)).one()


def case_of(session):
    return session.scalars(select(Case).where(Case.number == "V/1")).one()


def open_days(session, subject):
    column = Deadline.petition_id if isinstance(subject, Petition) else Deadline.case_id
    rows = session.scalars(select(Deadline).where(column == subject.id, Deadline.done_on.is_(None)))
    return sorted((row.rule, row.started_on, row.due_on) for row in rows)


def newest_note(session, subject):
    column = Step.petition_id if isinstance(subject, Petition) else Step.case_id
    steps = session.scalars(select(Step).where(column == subject.id).order_by(Step.recorded_at))
    return [(step.step, read_note(step)) for step in steps][-1]


def test_a_corrected_day_moves_the_deadline_and_the_history_tells_both(session):
    petition = petition_of(session, "Đ/1")
    before = open_days(session, petition)
    correct.correct_petition(session, petition, act(), {"received_on": date(2026, 10, 2), "field": "policy"})
    assert petition.number == "Đ/1" and petition.text.received_on == date(2026, 10, 2)
    assert before == [("complaint.accept", date(2026, 10, 5), date(2026, 10, 14))]
    assert open_days(session, petition) == [("complaint.accept", date(2026, 10, 2), date(2026, 10, 13))]
    key, told = newest_note(session, petition)
    assert key == "correct" and "Ngày nhận: 05/10/2026 → 02/10/2026" in told and "Lý do: gõ nhầm khi vào sổ" in told


def test_corrected_words_and_names_are_found_and_the_old_are_not(office):
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    with office.session() as opened:
        petition = petition_of(opened, "Đ/2")
        values = {"summary": "Tranh chấp giếng nước", "petitioners": [{"name": "Mai Thị Sen", "address": "Thôn 9"}]}
        correct.correct_petition(opened, petition, act(), values)
        key = petition.id
        opened.commit()
    assert "Đ/2" in browser.search("giếng nước").get_data(as_text=True)
    assert "Đ/2" in browser.search("mai thi sen").get_data(as_text=True)
    assert "Đ/2" not in browser.search("giá bồi thường").get_data(as_text=True)
    page = pages_of(browser.get(f"/petitions/{key}").get_data(as_text=True))
    assert "Mai Thị Sen" in page and "Tóm tắt nội dung: Khiếu nại về giá bồi thường → Tranh chấp giếng nước" in page


def test_a_petition_that_turns_out_to_be_a_denunciation_is_closed_at_once(session):
    petition = petition_of(session, "Đ/KN")
    undo.annotate(session, petition, act("đã gọi điện hỏi thêm"))
    correct.correct_petition(session, petition, act(), {"kind": "denunciation"})
    session.flush()
    session.expire_all()
    assert petition.text.compartment and all(person.compartment for person in petition.persons)
    assert all(step.note.compartment for step in petition.steps if step.note is not None)
    assert [rule for rule, *_ in open_days(session, petition)] == ["denunciation.process"]


@pytest.mark.parametrize(
    ("number", "values", "note", "sentence"),
    [
        ("Đ/1", {"received_on": date(2026, 11, 21)}, "gõ nhầm", "ở tương lai"),
        ("Đ/1", {"forwarded_on": date(2026, 10, 6)}, "gõ nhầm", "ngày văn bản chuyển đến sau ngày nhận"),
        ("Đ/1", {"signatories": "none"}, "gõ nhầm", "nặc danh thì không ghi người gửi"),
        ("Đ/1", {"petitioners": []}, "gõ nhầm", "nhập họ tên người gửi"),
        ("Đ/1", {"summary": " "}, "gõ nhầm", "nhập tóm tắt"),
        ("Đ/1", {"people": 0}, "gõ nhầm", "số người ít hơn"),
        ("Đ/1", {"many_places": True}, "gõ nhầm", "tố cáo"),
        ("Đ/1", {"field": "policy"}, "vì", "ghi lý do sửa"),
        ("Đ/1", {"field": "land"}, "gõ nhầm", "chưa có gì khác"),
        ("Đ/TC", {"kind": "complaint"}, "gõ nhầm", "cần người thứ hai"),
    ],
)
def test_a_correction_that_breaks_a_rule_says_which_and_changes_nothing(session, number, values, note, sentence):
    petition = petition_of(session, number)
    before = record_of(petition)
    with pytest.raises(Refused, match=sentence):
        correct.correct_petition(session, petition, act(note), values)
    session.rollback()
    assert record_of(petition_of(session, number)) == before


def test_only_the_officer_concerned_and_only_until_it_is_processed(office):
    with office.session() as opened:
        key = petition_of(opened, "Đ/1").id
    assert may_open(office, "CANBO", key) and may_open(office, LEADER, key) and not may_open(office, "KHAC", key)
    with office.session() as opened:
        petition = petition_of(opened, "Đ/1")
        petitions.process(opened, petition, act(on=date(2026, 10, 7)), petitions.Finding(True, True, "accept"))
        opened.commit()
    assert not may_open(office, "CANBO", key) and may_open(office, LEADER, key)
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    answer = browser.post(f"/corrections/petition/{key}", {"note": "gõ nhầm", "field": "policy"}, follow_redirects=True)
    assert "đề nghị lãnh đạo đơn vị sửa" in answer.get_data(as_text=True)
    with office.session() as opened:
        undo.undo(opened, petition_of(opened, "Đ/1"), act("xử lý nhầm đơn"))
        opened.commit()


def may_open(office, name, key):
    browser = Browser(office.app)
    browser.sign_in(name)
    return browser.get(f"/corrections/petition/{key}").status_code == 200


OTHER = {
    "kind": "reflection",
    "received_on": date(2026, 10, 1),
    "dated_on": date(2026, 9, 30),
    "source": "forwarded",
    "forwarded_on": date(2026, 10, 2),
    "signatories": "many",
    "people": 4,
    "field": "policy",
    "instance": 2,
    "discipline": "discipline",
}
IMPOSSIBLE = {"many_places": "tố cáo"}  # of a complaint


@pytest.mark.parametrize("fact", PETITION, ids=lambda fact: fact.name)
def test_every_fact_of_a_petition_is_corrected_or_says_why_not(session, fact):
    petition = petition_of(session, "Đ/1")
    if fact.name in IMPOSSIBLE:
        with pytest.raises(Refused, match=IMPOSSIBLE[fact.name]):
            correct.correct_petition(session, petition, act(), {fact.name: True})
        return
    more = {"people": 2, "petitioners": [{"name": "Lê Văn Một"}, {"name": "Lê Văn Hai"}]}
    correct.correct_petition(
        session, petition, act(), (more if fact.name == "signatories" else {}) | {fact.name: OTHER[fact.name]}
    )
    session.flush()
    session.expire_all()
    assert record_of(petition)[fact.name] == OTHER[fact.name]


OF_DECISION = {"on": date(2026, 9, 30), "number": "12/QĐ", "outcome": "partly", "sent_on": date(2026, 10, 3)}
NOT_WITHOUT = {"officials_to_discipline": "people_to_discipline", "officials_to_investigate": "people_to_investigate"}
NOT_WITHOUT |= {"officials_disciplined": "people_disciplined", "officials_prosecuted": "people_prosecuted"}


@pytest.mark.parametrize("fact", DECISION, ids=lambda fact: fact.name)
def test_every_fact_of_a_decision_is_corrected(session, fact):
    case = case_of(session)
    value = OF_DECISION.get(fact.name, 3)
    more = {NOT_WITHOUT[fact.name]: 4} if fact.name in NOT_WITHOUT else {}
    correct.correct_decision(session, case, act(), more | {fact.name: value})
    session.flush()
    session.expire_all()
    assert getattr(case.decision, fact.stored) == value
    assert case.decision.sent_on == (value if fact.name == "sent_on" else date(2026, 10, 2))


@pytest.mark.parametrize("fact", ENTRY, ids=lambda fact: fact.name)
def test_every_fact_of_an_entry_is_corrected(session, fact):
    entry = case_of(session).entries[0]
    value = date(2026, 11, 9) if fact.name == "on" else 1
    correct.correct_entry(session, entry, act(), {fact.name: value})
    session.flush()
    session.expire_all()
    assert getattr(entry, fact.stored) == value


@pytest.mark.parametrize(
    ("change", "values", "sentence"),
    [
        (correct.correct_decision, {"on": date(2026, 8, 31)}, "trước ngày thụ lý"),
        (correct.correct_decision, {"on": date(2026, 11, 11)}, "trước ngày quyết định"),
        (correct.correct_decision, {"outcome": "upheld"}, "không dùng cho"),
        (correct.correct_decision, {"outcome": "unjustified"}, "khiếu nại sai"),
        (correct.correct_decision, {"officials_to_discipline": 1}, "lớn hơn tổng số người"),
        (correct.correct_case, {"accepted_on": date(2026, 10, 2)}, "trước ngày thụ lý"),
        (correct.correct_case, {"refused_on": date(2026, 10, 2)}, "do một bước đặt ra"),
        (correct.correct_case, {"accepted_on": None}, "do một bước đặt ra"),
    ],
)
def test_what_a_file_may_not_say_a_correction_may_not_make(session, change, values, sentence):
    with pytest.raises(Refused, match=sentence):
        change(session, case_of(session), act(), values)


def test_a_case_accepted_on_another_day_has_another_limit(session):
    case = case_of(session)
    case.decision = None
    case.entries = []
    session.flush()
    correct.correct_case(session, case, act(), {"accepted_on": date(2026, 9, 3), "remote": True})
    assert open_days(session, case) == [("complaint.settle.first", date(2026, 9, 3), date(2026, 10, 19))]


def test_the_table_says_of_every_step_whether_it_can_be_taken_back():
    recorded = {("case", key) for key in RECORDED.keys() - BESIDE}
    assert UNDONE.keys() == {(rule.subject, rule.key) for rule in STEPS} | recorded


def begun(session):
    """A case of Đ/2 that is accepted."""
    petition = petition_of(session, "Đ/2")
    petitions.process(session, petition, act(on=date(2026, 10, 7)), petitions.Finding(True, True, "accept"))
    return petitions.attach(session, petition, act(on=date(2026, 10, 8)), None)


def accepted(session):
    case = begun(session)
    cases.accept(session, case, act(on=date(2026, 10, 9)), {"remote": True})
    return case


def other(session):
    """A second case of the same kind, of Đ/1."""
    petition = petition_of(session, "Đ/1")
    if petition.case is not None:
        return petition.case
    petitions.process(session, petition, act(on=date(2026, 10, 7)), petitions.Finding(True, True, "accept"))
    return petitions.attach(session, petition, act(on=date(2026, 10, 8)), None)


def suspended(session):
    case = accepted(session)
    case_orders.suspend(session, case, act(on=date(2026, 10, 12), paper="2/QĐ"), {"ground": "obstacle"})
    return case


def decided(session):
    case = accepted(session)
    values = {"number": "77/QĐ", "outcome": "justified", "state_money": 9}
    cases.decide(session, case, act(on=date(2026, 10, 20)), values)
    return case


def executed(session):
    case = decided(session)
    cases.execute(session, case, act(on=date(2026, 11, 19)), {"state_money": 2})
    return case


def begun_before(session):
    """A case whose decision was issued before the unit used the software."""
    case = decided(session)
    case.unit.uses_from = date(2026, 11, 1)
    return case


WITHDRAWN = {"paper_kind": "application", "number": "3/QĐ", "everyone": "yes"}
TAKEN = {
    "merge": (begun, lambda s, c: merging.merge(s, c, act(on=TODAY), other(s).number)),
    "remove": (accepted, lambda s, c: merging.remove(s, c, act("lập nhầm", on=TODAY))),
    "accept": (begun, lambda s, c: cases.accept(s, c, act(on=date(2026, 10, 9)), {"remote": True})),
    "refuse": (begun, lambda s, c: cases.refuse(s, c, act("hết thời hiệu", on=date(2026, 10, 9)), {})),
    "extend": (
        accepted,
        lambda s, c: case_orders.extend(s, c, act(on=date(2026, 10, 12), paper="1/QĐ"), {"criteria": [3]}),
    ),
    "suspend": (
        accepted,
        lambda s, c: case_orders.suspend(s, c, act(on=date(2026, 10, 12), paper="2/QĐ"), {"ground": "obstacle"}),
    ),
    "resume": (suspended, lambda s, c: case_orders.resume(s, c, act(on=date(2026, 10, 15), paper="4/QĐ"), {})),
    "withdraw_part": (
        accepted,
        lambda s, c: case_orders.withdraw_part(s, c, act("rút một phần", on=date(2026, 10, 12), paper="5/BB"), {}),
    ),
    "withdraw": (
        accepted,
        lambda s, c: case_orders.withdraw(s, c, act(on=date(2026, 10, 12), paper="6/ĐR"), WITHDRAWN),
    ),
    "discontinue": (
        accepted,
        lambda s, c: case_orders.discontinue(s, c, act(on=date(2026, 10, 12), paper="7/QĐ"), {"ground": "object_gone"}),
    ),
    "decide": (
        accepted,
        lambda s, c: cases.decide(
            s, c, act(on=date(2026, 10, 20)), {"number": "78/QĐ", "outcome": "justified", "state_money": 1}
        ),
    ),
    "execute": (decided, lambda s, c: cases.execute(s, c, act(on=date(2026, 11, 19)), {"state_money": 2})),
    "close": (begun_before, lambda s, c: closing.close(s, c, act(on=date(2026, 10, 30), paper="Sổ 2026, số 5"))),
    "finish": (executed, lambda s, c: cases.finish(s, c, act("còn lại không thu được", on=TODAY), {})),
}


@pytest.mark.parametrize("key", [key for (subject, key), why in UNDONE.items() if subject == "case" and not why])
def test_a_step_of_a_case_taken_back_leaves_what_was_before(session, key):
    if key == "keep":
        assert undo.OF_CASES["keep"] is undo.OF_CASES["withdraw_part"]  # as that: nothing of the case changed
        return
    prepare, take = TAKEN[key]
    case = prepare(session)
    session.flush()
    session.expire_all()
    before = (record_of(case), case.state, case.due_on, open_days(session, case))
    take(session, case)
    session.flush()
    session.expire_all()
    assert key == "withdraw_part" or (record_of(case), case.state) != before[:2]
    undo.undo(session, case, act("ghi nhầm vụ việc"))
    session.flush()
    session.expire_all()
    assert (record_of(case), case.state, case.due_on, open_days(session, case)) == before
    key_of_event, told = newest_note(session, case)
    assert key_of_event == "undo" and "Lý do: ghi nhầm vụ việc" in told


def test_steps_of_a_petition_are_taken_back_one_by_one(session):
    petition = petition_of(session, "Đ/2")
    stages = []
    for take in (
        lambda: petitions.process(
            session, petition, act(on=date(2026, 10, 7)), petitions.Finding(True, True, "accept", "rõ ràng")
        ),
        lambda: petitions.attach(session, petition, act(on=date(2026, 10, 8)), None),
    ):
        stages.append((record_of(petition), petition.state, petition.due_on, open_days(session, petition)))
        take()
        session.flush()
    while stages:
        undo.undo(session, petition, act("làm nhầm đơn"))
        session.flush()
        session.expire_all()
        assert (record_of(petition), petition.state, petition.due_on, open_days(session, petition)) == stages.pop()
    with pytest.raises(Refused, match="chưa có bước nào"):
        undo.undo(session, petition, act("làm nhầm đơn"))


def test_what_processing_found_out_goes_with_it(session):
    petition = petition_of(session, "Đ/2")
    petition.discipline = "discipline"
    finding = petitions.Finding(True, True, "accept", "rõ", discipline="dismissal")
    petitions.process(session, petition, act(on=date(2026, 10, 7)), finding)
    assert petition.discipline == "dismissal"
    undo.undo(session, petition, act("xử lý nhầm đơn"))
    session.flush()
    session.expire_all()
    assert petition.discipline == "discipline"
    petitions.process(session, petition, act(on=date(2026, 10, 7)), petitions.Finding(True, True, "accept", "rõ"))
    undo.undo(session, petition, act("xử lý nhầm đơn"))
    assert petition.discipline == "discipline", "nothing was found out, and nothing is lost"


def test_a_record_withdrawn_from_the_register_comes_back_the_same_way(session):
    petition = petition_of(session, "Đ/2")
    before = (record_of(petition), petition.state, open_days(session, petition))
    petitions.remove(session, petition, act("vào sổ hai lần"))
    session.flush()
    assert petition.removed_at is not None and open_days(session, petition) == []
    with pytest.raises(Refused, match="đã rút khỏi sổ"):
        correct.correct_petition(session, petition, act(), {"field": "policy"})
    undo.undo(session, petition, act("rút nhầm"))
    assert petition.removed_at is None
    assert (record_of(petition), petition.state, open_days(session, petition)) == before


@pytest.mark.parametrize(("subject", "key"), [pair for pair, why in UNDONE.items() if why])
def test_what_cannot_be_taken_back_says_why(session, subject, key):
    row = case_of(session) if subject == "case" else petition_of(session, "Đ/2")
    whose = {"case": row} if subject == "case" else {"petition": row}
    session.add(Step(unit=row.unit, step=key, taken_on=TODAY, taken_by=LEADER, **whose))
    session.flush()
    with pytest.raises(Refused, match=UNDONE[(subject, key)][:20]):
        undo.undo(session, row, act("ghi nhầm"))


def test_what_others_built_upon_or_left_the_house_is_not_taken_back(session):
    case = decided(session)
    (petition,) = case.petitions
    with pytest.raises(Refused, match="hủy các bước của vụ việc trước"):
        undo.undo(session, petition, act("làm nhầm"))
    cases.send(session, case, act(on=date(2026, 10, 21)), {})
    with pytest.raises(Refused, match="đính chính"):
        undo.undo(session, case, act("làm nhầm"))


def test_who_took_the_step_takes_it_back_the_same_day_later_a_leader(office):
    with office.session() as opened:
        petition = petition_of(opened, "Đ/2")
        finding = petitions.Finding(True, True, "accept")
        petitions.process(opened, petition, replace(act(on=date(2026, 10, 7)), by="CANBO"), finding)
        key = petition.id
        opened.commit()
    offers = {
        name: f"/corrections/undo/petition/{key}" in page_of(office, name, key) for name in ("CANBO", "KHAC", LEADER)
    }
    assert offers == {"CANBO": True, "KHAC": False, LEADER: True}
    with office.owner() as connection:
        connection.execute(
            "update steps set recorded_at = recorded_at - interval '1 day' where petition_id = %s", [key]
        )
    assert f"/corrections/undo/petition/{key}" not in page_of(office, "CANBO", key)
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    answer = browser.post(f"/corrections/undo/petition/{key}", {"note": "làm nhầm"}, follow_redirects=True)
    assert "sau đó do lãnh đạo đơn vị hủy" in answer.get_data(as_text=True)
    browser = Browser(office.app)
    browser.sign_in(LEADER)
    answer = browser.post(f"/corrections/undo/petition/{key}", {"note": "xử lý nhầm"}, follow_redirects=True)
    page = pages_of(answer.get_data(as_text=True))
    assert "Đã hủy bước “Xử lý đơn”" in page and "Chờ xử lý" in page and "Lý do: xử lý nhầm" in page


def page_of(office, name, key):
    browser = Browser(office.app)
    browser.sign_in(name)
    return browser.get(f"/petitions/{key}").get_data(as_text=True)


def test_a_denunciation_shows_its_sender_to_who_corrects_it_only_after_a_reason(office):
    with office.session() as opened:
        petition = petition_of(opened, "Đ/TC")
        key = petition.id
        (sender,) = [person["name"] for person in record_of(petition)["petitioners"]]
    browser = Browser(office.app)
    browser.sign_in(LEADER)
    address = f"/corrections/petition/{key}"
    closed = browser.get(address).get_data(as_text=True)
    assert sender not in closed and "Tố cáo nhận tiền" not in closed
    refused = browser.post(address, {"reveal": "1", "reason": ""}).get_data(as_text=True)
    assert sender not in refused
    tricked = browser.post(address, {"reveal": "1", "reason": "", "summary": "x"}).get_data(as_text=True)
    assert sender not in tricked and "Tố cáo nhận tiền" not in tricked, "a field sent along reveals nothing"
    opened_page = browser.post(address, {"reveal": "1", "reason": "sửa địa chỉ gõ nhầm"}).get_data(as_text=True)
    assert sender in opened_page and "Tố cáo nhận tiền" in opened_page
    with office.owner() as connection:
        found = connection.execute(
            "select account, reason from audit_entries where action = 'identity.revealed' and %s = any(row_ids)", [key]
        )
        assert found.fetchall() == [(LEADER, "sửa địa chỉ gõ nhầm")]


def test_who_was_named_as_denouncer_before_a_correction_stays_covered_in_the_history(office):
    with office.session() as opened:
        petition = petition_of(opened, "Đ/TC")
        key = petition.id
        wrong = {"name": "Kiều Thị Trước", "address": "Ngõ Cũ Sông Đào"}
        correct.correct_petition(opened, petition, act(), {"petitioners": [wrong]})
        right = [{"name": "Kiều Thị Sau", "address": "Ngõ Mới"}, {"name": "Kiều Văn Thêm"}]
        more = {"petitioners": right, "signatories": "many", "people": 2}
        correct.correct_petition(opened, petition, act("ghi nhầm người"), more)
        assert "Người gửi đơn: đã sửa" in newest_note(opened, petition)[1]
        assert "Kiều Thị Trước" in [one["name"] for one in read_people(petition, FORMER)]
        undo.annotate(opened, petition, act("Kiều Thị Trước đã gọi điện"))
        opened.commit()
        opened.expire_all()
        assert read_people(petition, PETITIONER) == right
    page = page_of(office, LEADER, key)
    assert "Lý do: ghi nhầm người" in page and "đã gọi điện" in page
    assert "Kiều Thị Trước" not in page and "Ngõ Cũ Sông Đào" not in page and "Kiều Thị Sau" not in page


def test_a_form_sent_keeps_what_was_typed_beside_the_sentence(office):
    with office.session() as opened:
        key = petition_of(opened, "Đ/1").id
    browser = Browser(office.app)
    browser.sign_in(LEADER)
    typed = {"received_on": "30/11/2026", "summary": "Chữ đang gõ dở", "note": "gõ nhầm ngày"}
    page = browser.post(f"/corrections/petition/{key}", typed).get_data(as_text=True)
    assert "Chữ đang gõ dở" in page and "gõ nhầm ngày" in page
    remark = browser.post(
        f"/corrections/note/petition/{key}", {"note": "đã hẹn làm việc thứ sáu"}, follow_redirects=True
    )
    assert "đã hẹn làm việc thứ sáu" in remark.get_data(as_text=True)


def test_amounts_are_told_as_people_write_them(session):
    told = correct.correct_decision(session, case_of(session), act(), {"state_money": Decimal("7.25")})
    assert told == ["Thu hồi cho Nhà nước: tiền (triệu đồng): 5 → 7,25"]


def test_a_leader_allows_somebody_to_correct_what_was_processed_once(office):
    with office.session() as opened:
        petition = petition_of(opened, "Đ/2")
        if petition.state == "received":
            petitions.process(opened, petition, act(on=date(2026, 10, 7)), petitions.Finding(True, True, "accept"))
        key = petition.id
        opened.commit()
    officer = Browser(office.app)
    officer.sign_in("KHAC")
    leader = Browser(office.app)
    leader.sign_in(LEADER)
    address = f"/corrections/petition/{key}"
    ask = f"/approvals/ask/correct/petition/{key}"
    assert ask in officer.get(f"/petitions/{key}").get_data(as_text=True)
    assert ask not in leader.get(f"/petitions/{key}").get_data(as_text=True)
    assert officer.get(address).status_code == 302, "not yet"
    assert officer.post(ask, {"reason": "ghi sai lĩnh vực khi vào sổ"}).status_code == 302
    waiting = leader.get("/approvals/open").get_data(as_text=True)
    assert "Sửa hồ sơ đã xử lý" in waiting and "ghi sai lĩnh vực" in waiting
    decide = re.search(r"/approvals/[0-9a-f-]+/decide", waiting).group(0)
    assert leader.post(decide, {"granted": "1"}).status_code == 302
    mine = officer.get("/approvals/").get_data(as_text=True)
    assert f'href="{address}"' in mine
    form = officer.get(address).get_data(as_text=True)
    sent = dict(re.findall(r'<input[^>]*name="([a-z_0-9-]+)"[^>]*value="([^"]*)"', form))
    sent |= {
        name: re.search(rf'name="{name}".*?<option selected value="([^"]*)"', form, re.DOTALL).group(1)
        for name in ("kind", "source", "signatories", "instance")
    }
    sent |= {"field": "civil_service", "summary": "Tranh chấp giếng nước", "note": "ghi sai lĩnh vực"}
    del sent["many_places"]  # a box that is not ticked
    answer = officer.post(address, sent)
    assert answer.status_code == 302, pages_of(answer.get_data(as_text=True))
    with office.session() as opened:
        assert petition_of(opened, "Đ/2").field == "civil_service"
    assert officer.get(address).location.endswith(f"/petitions/{key}"), "once"


def test_who_keeps_secrets_but_leads_nobody_allows_no_correction(office):
    with office.session() as opened:
        unit = petition_of(opened, "Đ/1").unit
        create_account(opened, "GIUMAT", unit, "custodian")
        key = petition_of(opened, "Đ/1").id
        opened.commit()
    officer = Browser(office.app)
    officer.sign_in("KHAC")
    officer.post(f"/approvals/ask/correct/petition/{key}", {"reason": "ghi sai ngày nhận đơn"})
    custodian = Browser(office.app)
    custodian.sign_in("GIUMAT")
    assert "ghi sai ngày nhận đơn" not in custodian.get("/approvals/open").get_data(as_text=True)
    with office.owner() as connection:
        (asked,) = connection.execute("select id from approvals where granted is null and act = 'correct'").fetchone()
    answer = custodian.post(f"/approvals/{asked}/decide", {"granted": "1"}, follow_redirects=True)
    assert "hỉ lãnh đạo đơn vị cho phép sửa" in answer.get_data(as_text=True)
