"""Tasks: given to one's own people or to units below, done, answered, urged, extended, sent back, closed."""

from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from app.clock import today
from app.extensions import db
from app.law.holidays import SEED
from app.law.tasks import ORIGINS, STEPS, steps_in
from app.models import Account, Case, Deadline, Document, Petition, Task, Unit
from app.operations.act import Act
from app.operations.corrections.correct import correct_petition
from app.operations.refusal import Refused
from app.operations.secrecy import conflicts
from app.operations.tasks import giving, taking
from app.operations.tasks.written import read
from app.reporting.paging import Spot
from app.reporting.task_list import ORDERS, Reader, TaskFilters
from app.reporting.task_list import tasks as tasks_of
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter
from tests.conftest import Browser, case_record, create_account, pages_of, petition_record, take_in
from tests.support.hostile import pdf

DAY = today()
DONE = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}
WHO = {"name": "Mai Thị Sen", "address": "Thôn 9, xã Đồng Tâm"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    """A province P, a department A with a commune B below it, and a department C beside."""
    records = [
        {"type": "unit", "code": "P", "name": "Tỉnh P", "level": "province"},
        {"type": "unit", "code": "A", "name": "Sở A", "level": "department", "parent": "P"},
        {"type": "unit", "code": "B", "name": "Xã B", "level": "commune", "parent": "A"},
        {"type": "unit", "code": "C", "name": "Sở C", "level": "department", "parent": "P"},
        case_record("V/1", "A"),
        petition_record("KN", "A", processed=DONE, case="V/1"),
        petition_record("TC", "A", kind="denunciation", petitioners=[WHO], handlers=["CANBO"]),
        petition_record("KN2", "A", petitioners=[WHO]),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("office"), records)
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        for name, code, *roles in (
            ("LANHDAO", "A", "leader"),
            ("CANBO", "A", "officer"),
            ("KHAC", "A", "officer"),
            ("LANHDAO.B", "B", "leader"),
            ("CANBO.B", "B", "officer"),
            ("LANHDAO.C", "C", "leader"),
            ("CANBO.C", "C", "officer"),
        ):
            create_account(session, name, units[code], *roles)
        session.commit()
    return installation


@contextmanager
def as_account(office, name):
    """A session of that account; nothing of it stays."""
    with office.app.app_context():
        session = db.session()
        with office.session() as whole:
            account = whole.scalars(select(Account).where(Account.username == name)).unique().one()
            scope = permissions_and_scope(whole, account)[1]
        enter(session, scope)
        yield session
        session.rollback()


def act(by, note="", on=DAY, paper=""):
    return Act(on=on, by=by, today=DAY, calendar=SEED, note=note, paper=paper)


def unit_of(session, code):
    return session.scalars(select(Unit).where(Unit.code == code)).one()


def account_of(session, name):
    return session.scalars(select(Account).where(Account.username == name)).unique().one()


def petition_of(session, number):
    return session.scalars(select(Petition).where(Petition.number == number)).one()


def given(session, by="LANHDAO", codes=("A",), **more):
    giver = unit_of(session, more.pop("giver", "A"))
    wanted = {"what": "Rà soát ranh giới thửa 12", "due_on": DAY + timedelta(days=10)} | more
    units = [unit_of(session, code) for code in codes]
    return giving.give(session, giver, act(by), giving.Wanted(units=units, **wanted))


def clock_of(session, task):
    return session.scalars(select(Deadline).where(Deadline.task_id == task.id)).one()


def test_a_task_goes_from_the_giver_to_whoever_does_it_and_back_until_it_is_closed(office):
    with office.session() as session:
        (task,) = given(session, accounts=[account_of(session, "CANBO")], paper="12/CT-UBND", signer="Phó Chủ tịch")
        assert (task.state, task.handlers, task.number) == ("given", ["CANBO"], f"NV-A-{DAY.year}-0001")
        clock = clock_of(session, task)
        assert (clock.due_on, clock.done_on, clock.handlers) == (DAY + timedelta(days=10), None, ["CANBO"])
        taking.take(session, task, "urge", act("LANHDAO", paper="5/CV"), {})
        taking.take(session, task, "extend", act("LANHDAO", "chờ đo đạc"), {"due_on": DAY + timedelta(days=20)})
        assert clock.due_on == task.due_on == DAY + timedelta(days=20) and task.urged_on == DAY
        taking.take(session, task, "answer", act("CANBO", "đã đo đạc", paper="7/BC"), {})
        assert task.state == "answered" and clock.done_on == task.answered_on == DAY
        taking.take(session, task, "back", act("LANHDAO", "thiếu bản vẽ"), {})
        assert task.state == "given" and clock.done_on is None and task.answered_on is None
        taking.take(session, task, "answer", act("CANBO", "đã gửi bản vẽ"), {})
        taking.take(session, task, "close", act("LANHDAO"), {})
        assert task.state == "closed" and task.done_on == clock.done_on == DAY
        lines = read(task)["lines"]
        assert [line["key"] for line in lines] == ["give", "urge", "extend", "answer", "back", "answer", "close"]
        told = {"key": "answer", "on": DAY.isoformat(), "by": "CANBO", "note": "đã đo đạc", "paper": "7/BC"}
        assert lines[3] == told
        session.rollback()


# state → the steps there are: by whoever does it, by its leader, by who gave it
GIVER = "giver"
TABLE = {
    "given": {
        "answer": "doer",
        "assign": "leader",
        **dict.fromkeys(("close", "urge", "extend", "withdraw"), GIVER),
    },
    "answered": dict.fromkeys(("close", "back", "withdraw"), GIVER),
    "closed": {},
    "withdrawn": {},
}


@pytest.mark.parametrize("state", sorted(TABLE))
def test_every_step_in_every_state_is_allowed_or_refused(office, state):
    assert {step.key: step.by for step in steps_in(state, False)} == TABLE[state]
    assert "extend" not in {step.key for step in steps_in(state, True)}, "the law sets that day"
    with office.session() as session:
        (task,) = given(session)
        task.state = state
        for key in STEPS.keys() - TABLE[state].keys():
            with pytest.raises(Refused, match="tải lại trang"):
                taking.take(session, task, key, act("LANHDAO", "x"), {})
        session.rollback()


@pytest.mark.parametrize("key", [key for key, step in STEPS.items() if step.needs])
def test_a_step_that_must_be_told_of_says_what_to_write(office, key):
    with office.session() as session:
        (task,) = given(session)
        task.state = "answered" if key == "back" else "given"
        with pytest.raises(Refused) as refused:
            taking.take(session, task, key, act("LANHDAO"), {})
        assert refused.value.field == "note" and refused.value.message.startswith("ghi ")
        session.rollback()


@pytest.mark.parametrize(
    ("change", "sentence", "field"),
    [
        ({"what": " "}, "ghi việc phải làm", "what"),
        ({"codes": ()}, "ít nhất một đơn vị", "units"),
        ({"due_on": DAY - timedelta(days=1)}, "trước ngày giao", "due_on"),
        ({"paper_on": DAY + timedelta(days=1)}, "sau ngày giao", "paper_on"),
        ({"origin": "likeness"}, "chọn nguồn", "origin"),
        ({"origin": "x"}, "chọn nguồn", "origin"),
    ],
)
def test_what_cannot_be_given_says_why_beside_its_field(office, change, sentence, field):
    with office.session() as session:
        with pytest.raises(Refused, match=sentence) as refused:
            given(session, **change)
        assert refused.value.field == field
        session.rollback()


def test_a_leader_gives_to_the_unit_and_those_below_and_to_nobody_beside_or_above(office):
    with as_account(office, "LANHDAO") as session:
        tasks = given(session, codes=("A", "B"))
        assert [task.unit.code for task in tasks] == ["A", "B"]
        for code in ("C", "P"):
            with pytest.raises(Refused, match="chỉ giao cho đơn vị mình và đơn vị cấp dưới"):
                given(session, codes=("A", code))
        with pytest.raises(Refused, match="đơn vị khác tự phân công"):
            given(session, codes=("B",), accounts=[account_of(session, "CANBO")])
        with pytest.raises(Refused, match="đang hoạt động có quyền"):
            given(session, accounts=[account_of(session, "LANHDAO.B")])
    for name in ("CANBO", "LANHDAO.C"):
        with as_account(office, name) as session, pytest.raises(Refused, match="do lãnh đạo đơn vị giao"):
            given(session, by=name)


def seen_by(office, name):
    with as_account(office, name) as session:
        return {task.number for task in session.scalars(select(Task))}


def test_the_unit_that_does_it_and_who_gave_it_see_the_task_and_nobody_else(office):
    with as_account(office, "LANHDAO") as session:
        (task,) = given(session, codes=("B",))
        number = task.number
        key = task.id
        session.commit()
    for name in ("LANHDAO", "LANHDAO.B", "CANBO.B"):
        assert number in seen_by(office, name), name
    for name in ("CANBO", "KHAC", "LANHDAO.C", "CANBO.C"):
        assert number not in seen_by(office, name), name
    with as_account(office, "CANBO.B") as session:
        task = session.get_one(Task, key)
        for step in ("close", "urge", "withdraw"):
            with pytest.raises(Refused, match="chỉ người giao"):
                taking.take(session, task, step, act("CANBO.B", "x"), {})
        taking.take(session, task, "answer", act("CANBO.B", "xã đã làm"), {})
        session.commit()
    with as_account(office, "LANHDAO") as session:
        task = session.get_one(Task, key)
        assert read(task)["lines"][-1]["note"] == "xã đã làm"
        taking.take(session, task, "back", act("LANHDAO", "làm thêm"), {})
        with pytest.raises(Refused, match="lãnh đạo đơn vị thực hiện"):
            taking.take(session, task, "assign", act("LANHDAO"), {})
        taking.take(session, task, "close", act("LANHDAO"), {})
        session.commit()
    with office.session() as session:
        task = session.get_one(Task, key)
        assert task.state == "closed" and clock_of(session, task).done_on == DAY


def test_who_gave_it_to_another_unit_goes_on_with_it_on_the_screen(office):
    with as_account(office, "LANHDAO") as session:
        (task,) = given(session, codes=("B",), what="Gửi danh sách hộ dân")
        key = task.id
        session.commit()
    browser = Browser(office.app)
    browser.sign_in("LANHDAO")
    day = {"on": f"{DAY:%d/%m/%Y}"}
    assert "Đôn đốc" in browser.get(f"/tasks/{key}").get_data(as_text=True)
    assert browser.post(f"/tasks/{key}/urge", day | {"paper": "9/CV"}).status_code == 302
    assert browser.post(f"/tasks/{key}/close", day).status_code == 302
    page = pages_of(browser.get(f"/tasks/{key}").get_data(as_text=True))
    assert "Đã kết thúc" in page and "9/CV" in page
    again = browser.post(f"/tasks/{key}/close", day, follow_redirects=True).get_data(as_text=True)
    assert "tải lại trang" in again


def test_who_is_named_does_it_and_the_others_do_not(office):
    with as_account(office, "LANHDAO") as session:
        (task,) = given(session)
        key = task.id
        taking.take(session, task, "assign", act("LANHDAO"), {"accounts": [account_of(session, "CANBO")]})
        session.commit()
    with as_account(office, "KHAC") as session:
        task = session.get_one(Task, key)
        assert taking.next_steps(session, task) == []
        with pytest.raises(Refused, match="người được phân công"):
            taking.take(session, task, "answer", act("KHAC", "xong"), {})
    with as_account(office, "CANBO") as session:
        task = session.get_one(Task, key)
        assert [step.key for step in taking.next_steps(session, task)] == ["answer"]


def test_a_task_about_a_denunciation_is_for_its_people_alone_and_tells_no_other_unit_who_denounced(office):
    with as_account(office, "LANHDAO") as session:
        subject = petition_of(session, "TC")
        (task,) = given(session, subject=subject, accounts=[account_of(session, "CANBO")])
        number = task.number
        with pytest.raises(Refused, match="đơn vị khác sẽ đọc") as refused:
            given(session, codes=("B",), subject=subject, what="Xác minh việc bà Mai Thị Sen nêu")
        assert refused.value.field == "what"
        for name in ("paper", "signer"):
            with pytest.raises(Refused, match="của người tố cáo; bỏ đi") as refused:
                given(session, subject=subject, **{name: "Mai Thi Sen"})
            assert refused.value.field == name
        (below,) = given(session, codes=("B",), subject=subject, what="Cung cấp hồ sơ thửa 12")
        key = below.id
        session.commit()
    assert number in seen_by(office, "CANBO") and number not in seen_by(office, "KHAC")
    with as_account(office, "CANBO.B") as session:
        assert session.get(Task, key) is None, "closed until its leader names somebody"
    with as_account(office, "LANHDAO.B") as session:
        task = session.get_one(Task, key)
        assert task.petition is None
        with pytest.raises(Refused, match="đơn vị khác sẽ đọc"):
            taking.take(session, task, "answer", act("LANHDAO.B", "đã hỏi bà Mai Thị Sen"), {})


def test_a_petition_that_turns_out_to_be_a_denunciation_closes_its_tasks(office):
    with office.session() as session:
        petition = petition_of(session, "KN2")
        (task,) = given(session, subject=petition, what="Gặp bà Mai Thị Sen")
        assert not task.compartment
        correct_petition(session, petition, act("LANHDAO", "vào sổ nhầm loại"), {"kind": "denunciation"})
        session.flush()
        session.expire_all()
        assert task.compartment and read(task)["what"] == "Gặp bà Mai Thị Sen"
        session.rollback()


def test_who_is_shut_out_of_the_petition_is_shut_out_of_its_tasks(office):
    with as_account(office, "LANHDAO") as session:
        subject = petition_of(session, "TC")
        (task,) = given(session, subject=subject)
        key = task.id
        conflicts.mark(session, subject, account_of(session, "CANBO"), "LANHDAO")
        session.flush()
        session.expire_all()
        assert "CANBO" in task.shut_out and "CANBO" in clock_of(session, task).shut_out
    assert key


def test_the_work_of_a_unit_has_its_tasks_beside_its_clocks(office):
    with as_account(office, "LANHDAO") as session:
        (task,) = given(session, due_on=DAY - timedelta(days=0), what="Báo cáo ngay trong ngày")
        number = task.number
        key = task.id
        session.commit()
    browser = Browser(office.app)
    browser.sign_in("CANBO")
    work = pages_of(browser.get("/inbox/").get_data(as_text=True))
    assert number in work and "Việc được giao" in work and "Báo cáo ngay trong ngày" in work
    page = pages_of(browser.get(f"/tasks/{key}").get_data(as_text=True))
    assert "Báo cáo kết quả" in page and "Kết thúc nhiệm vụ" not in page
    sent = browser.post(f"/tasks/{key}/answer", {"on": f"{DAY:%d/%m/%Y}", "note": "đã báo cáo miệng"})
    assert sent.status_code == 302
    assert number not in pages_of(browser.get("/inbox/").get_data(as_text=True))
    assert "đã báo cáo miệng" in pages_of(browser.get(f"/tasks/{key}").get_data(as_text=True))


def test_a_directive_is_given_on_the_screen_to_several_units_and_followed(office):
    browser = Browser(office.app)
    browser.sign_in("LANHDAO")
    form = {"origin": "directive", "what": "Rà soát các vụ việc tồn đọng", "units-0": "A", "units-1": "B"}
    form |= {"paper": "15/CT-UBND", "paper_on": f"{DAY:%d/%m/%Y}", "signer": "Chủ tịch UBND", "due_on": "1/1/2030"}
    wrong = browser.post("/tasks/new", form | {"units-1": "C"})
    assert wrong.status_code == 200 and "không giao được cho “Sở C”" in wrong.get_data(as_text=True)
    assert "Rà soát các vụ việc tồn đọng" in wrong.get_data(as_text=True)
    assert browser.post("/tasks/new", form).status_code == 302
    page = pages_of(browser.get("/tasks/?whose=gave&origin=directive&signer=Chủ tịch UBND").get_data(as_text=True))
    assert "2 nhiệm vụ" in page and "15/CT-UBND" in page and "Xã B" in page
    assert "0 nhiệm vụ" in pages_of(browser.get("/tasks/?whose=gave&signer=Ai đó").get_data(as_text=True))
    officer = Browser(office.app)
    officer.sign_in("CANBO")
    assert officer.get("/tasks/new").status_code == 403


def test_the_reply_is_scanned_in_by_who_does_it_and_read_by_who_gave_it(office):
    with as_account(office, "LANHDAO") as session:
        (task,) = given(session, codes=("B",), what="Gửi biên bản họp thôn")
        key = task.id
        session.commit()
    for name, file in (("CANBO.B", "bien-ban.pdf"), ("LANHDAO", "chi-thi.pdf")):
        browser = Browser(office.app)
        browser.sign_in(name)
        page = browser.get(f"/tasks/{key}").get_data(as_text=True)
        assert f"/documents/of/task/{key}" in page
        sent = {"file": (BytesIO(pdf()), file)}
        answer = browser.post(f"/documents/of/task/{key}", sent, content_type="multipart/form-data")
        assert answer.status_code == 302 and answer.location.endswith(f"/tasks/{key}#documents")
    for name, there in (("LANHDAO", True), ("LANHDAO.B", True), ("CANBO", False), ("LANHDAO.C", False)):
        with as_account(office, name) as session:
            found = session.scalars(select(Document).where(Document.task_id == key)).all()
            assert len(found) == (2 if there else 0), name
    browser = Browser(office.app)
    browser.sign_in("LANHDAO")
    page = pages_of(browser.get(f"/tasks/{key}").get_data(as_text=True))
    assert "bien-ban.pdf" in page and "chi-thi.pdf" in page
    with as_account(office, "LANHDAO") as session:
        found = session.scalars(select(Document).where(Document.task_id == key)).first()
        assert browser.get(f"/documents/{found.id}").status_code == 200
        keys = [row.id for row in session.scalars(select(Document).where(Document.task_id == key))]
        subject = petition_of(session, "TC")
        (closed,) = given(session, codes=("B",), subject=subject, what="Cung cấp hồ sơ thửa 12")
        with pytest.raises(Refused, match="không được thêm tài liệu"):
            giving.attach(session, closed, act("LANHDAO"), "don.pdf", pdf())
    for name in ("LANHDAO", "LANHDAO.B", "CANBO.B", "CANBO.C"):
        browser = Browser(office.app)
        browser.sign_in(name)
        for document in keys:
            for part in ("", "/cover", "/download", "/original", "/page/1.png"):
                assert browser.get(f"/documents/{document}{part}").status_code < 500
            assert browser.post(f"/documents/{document}/cover", {"identity": "y"}).status_code < 500
            assert browser.post(f"/documents/{document}/reveal", {"note": "lý do đủ dài"}).status_code < 500
            assert browser.post(f"/documents/{document}/checked", {}).status_code < 500
            for address in (f"/secrecy/document/{document}", f"/approvals/ask/download/document/{document}"):
                assert browser.get(address).status_code < 500
                form = {"level": "1", "number": "5", "reason": "cần tải về để gửi"}
                assert browser.post(address, form).status_code < 500


def test_a_task_about_a_case_stands_on_its_page(office):
    with office.session() as session:
        key = session.scalars(select(Case.id).where(Case.number == "V/1")).one()
    browser = Browser(office.app)
    browser.sign_in("LANHDAO")
    form = {"origin": "verification", "what": "Thu thập hồ sơ địa chính", "units-0": "A", "handlers": "CANBO"}
    assert browser.post(f"/tasks/new?case={key}", form).status_code == 302
    page = pages_of(browser.get(f"/cases/{key}").get_data(as_text=True))
    assert "Thu thập hồ sơ địa chính" in page and "Giao nhiệm vụ" in page


@pytest.mark.parametrize("size", [1, 2, 50])
@pytest.mark.parametrize("name", ["newest", "oldest", "due", "due_last"])
def test_the_list_of_tasks_turns_in_every_order(office, name, size):
    with office.session() as session:
        for place in range(5):
            given(session, due_on=DAY + timedelta(days=place % 2))
        session.flush()
        reader = Reader("CANBO", frozenset({unit_of(session, "A").id}))
        order = ORDERS[name]

        def walk(spot, turn):
            while spot:
                page = tasks_of(session, TaskFilters(reader=reader), spot, size, 100, order)
                yield [row.id for row in page.rows]
                spot = turn(page)

        forwards = sum(walk(Spot(), lambda page: page.next and Spot(after=page.next)), [])
        rows = [session.get_one(Task, key) for key in forwards]
        keys = [(row.due_on, row.id) if "due" in name else row.id for row in rows]
        assert len(keys) >= 5 and keys == sorted(keys, reverse=name in ("newest", "due_last"))
        backwards = list(walk(Spot(last=True), lambda page: page.previous and Spot(before=page.previous)))
        assert list(dict.fromkeys(sum(reversed(backwards), []))) == forwards
        session.rollback()


SAID = "Tố cáo ông trưởng thôn thu tiền làm đường của bốn mươi hộ, không lập sổ từ năm 2024"
KEEPER = {"name": "Lê Thị Kín", "address": "Thôn 7, xã mẫu", "id_number": "001185000777"}


def test_the_leaders_of_two_units_with_the_same_denunciation_are_told_and_nobody_else(office):
    said = {"kind": "denunciation", "source": "post", "field": "corruption", "instance": "1", "signatories": "one"}
    said |= {"people": "1", "summary": SAID, "received_on": f"{DAY:%d/%m/%Y}"}
    said |= {f"petitioners-0-{name}": value for name, value in KEEPER.items()}
    for name in ("CANBO", "CANBO.C", "CANBO.C"):
        browser = Browser(office.app)
        browser.sign_in(name)
        assert browser.post("/petitions/new", said).status_code == 302
    for name, other in (("LANHDAO", "Sở C"), ("LANHDAO.C", "Sở A")):
        with as_account(office, name) as session:
            told = [read(task)["what"] for task in session.scalars(select(Task).where(Task.origin == "likeness"))]
        assert told and all(other in what for what in told), (name, told)
    for name in ("CANBO", "KHAC", "CANBO.C", "LANHDAO.B"):
        with as_account(office, name) as session:
            assert not session.scalars(select(Task).where(Task.origin == "likeness")).all(), name
        browser = Browser(office.app)
        browser.sign_in(name)
        for address in ("/tasks/", "/inbox/", "/recent/"):
            assert "có thể đang ở" not in browser.get(address).get_data(as_text=True), (name, address)
    with office.owner() as connection:
        trail = "select account, action, detail::text from audit_entries where account like 'system:%'"
        assert not [row for row in connection.execute(trail).fetchall() if "likeness" in str(row)]
    leader = Browser(office.app)
    leader.sign_in("LANHDAO")
    page = pages_of(leader.get("/tasks/?origin=likeness").get_data(as_text=True))
    assert "đề nghị lãnh đạo hai đơn vị trao đổi" in page and "Lê Thị Kín" not in page
    with as_account(office, "LANHDAO") as session:
        task = session.scalars(select(Task).where(Task.origin == "likeness")).first()
        taking.take(session, task, "close", act("LANHDAO", "đã trao đổi"), {})


def test_every_origin_and_step_has_its_words():
    for row in (*ORIGINS.values(), *STEPS.values()):
        assert row.label and row.english and row.label != row.english
