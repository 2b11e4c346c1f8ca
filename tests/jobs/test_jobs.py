"""Jobs: asked for with what they belong to, run as who asked, done once, fetched once, nobody else's."""

import io
import re
import uuid
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import openpyxl
import pytest
from sqlalchemy import func, select, update

from app.checks import examine
from app.extensions import db
from app.jobs import asking, kinds, running
from app.jobs.asking import EXPORT, MOST_OPEN, REGISTER
from app.models import Account, Job, JobProgress, Petition
from app.operations.exchange.register_in import import_register
from app.operations.refusal import Refused
from app.reporting.lists import Filters
from app.security import sealed_files
from app.security.account_scope import permissions_and_scope
from app.security.keys import DOCUMENT
from app.security.scope import enter
from app.security.sealed import unseal
from tests.conftest import Browser, pages_of
from tests.support.jobs import run_waiting

HEADINGS = ["Ngày đến", "Phân loại đơn", "Họ và tên", "Nơi ở", "Trích yếu", "Lĩnh vực"]
SECRET_WORD = "đòilạivườnxưa"


def register(*summaries, day="05/10/2026"):
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    for summary in summaries:
        book.active.append([day, "Khiếu nại", "Nguyễn Văn Mẫu", "Thôn 1", summary, "Đất đai"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture
def small(world):
    """The world where everything long is a job."""
    installation, keys = world
    installation.app.config.update(EXPORT_AT_ONCE=0, FORM_AT_ONCE=0, IMPORT_AT_ONCE=0)
    return installation, keys


def person(installation, identifier):
    browser = Browser(installation.app)
    assert browser.sign_in(identifier).status_code == 302
    return browser


def key_of(answer):
    return re.search(r"/jobs/([0-9a-f-]{36})", answer.headers["Location"]).group(1)


def send(browser, data, **fields):
    form = {"file": (io.BytesIO(data), "so.xlsx"), "import": "1", **fields}
    return browser.post("/registers/", form, content_type="multipart/form-data")


def job_of(installation, key):
    with installation.session() as session:
        job = session.scalars(select(Job).where(Job.id == key)).one()
        return job.state, unseal(job, "told") or {}, job.attempts


def audited(installation):
    with installation.owner() as connection:
        query = "select action, account, detail->>'kind' from audit_entries where action like 'job.%%' order by at, id"
        return connection.execute(query).fetchall()


def files_of(installation, key):
    folder = installation.app.config["FILES_DIR"]
    return {part for found, part, _ in sealed_files.everything(folder) if str(found) == key}


def numbers(data):
    firsts = [row[0] for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]
    return set(firsts[firsts.index("Số đơn") + 1 :])


def test_a_long_list_is_made_apart_within_the_scope_of_who_asked_and_fetched_once(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    key = key_of(officer.get("/petitions/export?kind=complaint"))
    page = officer.get(f"/jobs/{key}").get_data(as_text=True)
    assert "Đang chờ" in page and "data-going" in page and "Tải kết quả" not in page
    assert "Việc chạy nền" in officer.get("/petitions/").get_data(as_text=True), "the menu leads there"
    run_waiting(installation)
    page = officer.get(f"/jobs/{key}").get_data(as_text=True)
    assert "Tải kết quả" in page and "data-going" not in page
    answer = officer.post(f"/jobs/{key}/result")
    assert "danh-sach-don-" in answer.headers["Content-Disposition"]
    assert numbers(answer.data) == {"A-complaint-thường", "A-complaint-cho-thường"}
    assert files_of(installation, key) == set()
    again = pages_of(officer.post(f"/jobs/{key}/result", follow_redirects=True).get_data(as_text=True))
    assert "đã tải hoặc đã hết hạn" in again and job_of(installation, key)[0] == "fetched"
    told = [(action, kind) for action, _, kind in audited(installation)]
    assert told == [("job.asked", "export"), ("job.done", "export"), ("job.fetched", "export")]
    assert {account for _, account, _ in audited(installation)} == {"OFFICER"}


def test_a_strangers_job_is_not_there(small):
    installation, keys = small
    key = key_of(person(installation, "OFFICER").get("/petitions/export"))
    run_waiting(installation)
    for identifier in ("LEADER", "MANAGER", "ADMIN", "BINH"):
        browser = person(installation, identifier)
        assert browser.get(f"/jobs/{key}").status_code == 404
        assert browser.post(f"/jobs/{key}/result").status_code == 404
        assert key not in browser.get("/jobs/").get_data(as_text=True)
    assert job_of(installation, key)[0] == "done"
    with installation.app.app_context():
        session = asking_session(installation, "LEADER")
        assert session.scalars(select(Job)).all() == [] and session.scalars(select(JobProgress)).all() == []


def asking_session(installation, identifier):
    session = db.session()
    account = session.scalars(select(Account).where(Account.username == identifier)).unique().one()
    enter(session, permissions_and_scope(session, account)[1])
    return session


def test_administrators_see_kinds_states_and_times_and_nobody_else_sees_the_queue(small):
    installation, _ = small
    person(installation, "OFFICER").get("/petitions/export")
    page = pages_of(person(installation, "ADMIN").get("/jobs/queue").get_data(as_text=True))
    assert "OFFICER Xuất danh sách đơn Đang chờ 0" in page
    assert person(installation, "LEADER").get("/jobs/queue").status_code == 403


def test_a_register_is_imported_once_though_its_job_is_run_twice(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    key = key_of(send(officer, register("Đơn một", "Đơn hai")))
    assert files_of(installation, key) == {"input"}
    run_waiting(installation)
    with installation.session("job") as session:
        running.run(session, uuid.UUID(key))
    state, told, attempts = job_of(installation, key)
    assert (state, told["number"], attempts) == ("done", 2, 1) and files_of(installation, key) == set()
    # Killed between its commit and the removal of what it was given: the next run removes it.
    folder = installation.app.config["FILES_DIR"]
    with installation.app.app_context():
        sealed_files.write(folder, uuid.UUID(key), sealed_files.INPUT, b"register", DOCUMENT)
    with installation.session("job") as session:
        running.run(session, uuid.UUID(key))
    assert files_of(installation, key) == set()
    assert count(installation) == 2
    assert "Đã nhập 2 đơn" in officer.get(f"/jobs/{key}").get_data(as_text=True)
    refused = send(officer, register("Đơn một", "Đơn hai")).get_data(as_text=True)
    assert refused and count(installation) == 2


def count(installation):
    with installation.session() as session:
        query = select(func.count()).select_from(Petition).where(Petition.registered_by == "OFFICER")
        return session.scalar(query)


def test_the_same_file_again_is_refused_when_asking_unless_it_is_meant(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    data = register("Đơn một")
    send(officer, data)
    run_waiting(installation)
    page = send(officer, data).get_data(as_text=True)
    assert "hai lần trong sổ" in page
    held = re.search(r'name="held"[^>]*value="([^"]*)"', page).group(1)
    again = officer.post("/registers/", {"held": held, "again": "1", "import": "1"})
    run_waiting(installation)
    assert job_of(installation, key_of(again))[0] == "done" and count(installation) == 2


def test_a_register_with_problems_stores_nothing_and_its_page_lists_every_problem(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    key = key_of(send(officer, register("Đơn một", day="hôm qua")))
    run_waiting(installation)
    page = pages_of(officer.get(f"/jobs/{key}").get_data(as_text=True))
    assert "chưa nhập dòng nào" in page and "không phải ngày" in page and "Không làm được" in page
    assert count(installation) == 0 and files_of(installation, key) == set()


@pytest.mark.parametrize("lost", ["locked", "unconfirmed", "role"])
def test_an_account_that_lost_its_right_meanwhile_gets_a_sentence_and_nothing_else(small, lost):
    installation, _ = small
    key = key_of(person(installation, "OFFICER").get("/petitions/export"))
    with installation.owner() as connection:
        connection.execute(
            {
                "locked": "update ab_user set active = false where username = 'OFFICER'",
                "unconfirmed": "update ab_user set confirmed_at = null where username = 'OFFICER'",
                "role": "delete from ab_user_role where user_id = (select id from ab_user where username = 'OFFICER')",
            }[lost]
        )
    run_waiting(installation)
    state, told, _ = job_of(installation, key)
    assert state == "failed" and "tài khoản" in told["said"] and files_of(installation, key) == set()
    assert audited(installation)[-1][0] == "job.failed"


def test_a_right_that_went_after_the_job_was_done_closes_its_result(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    key = key_of(officer.get("/petitions/export"))
    run_waiting(installation)
    with installation.owner() as connection:
        connection.execute(
            "delete from ab_user_role where user_id = (select id from ab_user where username = 'OFFICER')"
        )
    assert officer.post(f"/jobs/{key}/result").status_code == 302
    assert job_of(installation, key)[0] == "done"


def test_what_was_cut_off_is_run_again_and_given_up_after_three_attempts(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    key = key_of(send(officer, register("Đơn một")))

    class Killed(BaseException):
        pass

    def cut_off(*arguments):
        kinds._register(*arguments)
        raise Killed

    for attempt in (1, 2, 3):
        with mock.patch.dict(running.RUN, {REGISTER: cut_off}), pytest.raises(Killed):
            run_waiting(installation)
        assert job_of(installation, key)[::2] == ("running", attempt) and count(installation) == 0
        assert files_of(installation, key) == {"input"}
    run_waiting(installation)
    state, told, _ = job_of(installation, key)
    assert state == "failed" and "3 lần" in told["said"] and files_of(installation, key) == set()


def test_time_and_memory_that_run_out_are_told_of(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    for trouble, said in ((running.TooLong, "quá thời gian"), (MemoryError, "bộ nhớ"), (sealed_files.NoRoom, "ổ đĩa")):
        key = key_of(officer.get("/petitions/export"))
        with mock.patch.dict(running.RUN, {EXPORT: mock.Mock(side_effect=trouble)}):
            run_waiting(installation)
        state, told, _ = job_of(installation, key)
        assert state == "failed" and said in told["said"]


def test_nothing_waits_of_a_transaction_that_was_rolled_back_and_nobody_floods_the_queue(small):
    installation, _ = small
    with installation.app.app_context():
        session = asking_session(installation, "OFFICER")
        account = session.scalars(select(Account).where(Account.username == "OFFICER")).unique().one()
        asking.ask(session, account, EXPORT, {"language": "vi"})
        session.rollback()
    with installation.owner() as connection:
        query = "select (select count(*) from procrastinate.procrastinate_jobs), (select count(*) from jobs)"
        assert connection.execute(query).fetchone() == (0, 1)  # Chi's own, of the world
    officer = person(installation, "OFFICER")
    for _ in range(MOST_OPEN):
        key_of(officer.get("/petitions/export"))
    told = pages_of(officer.get("/petitions/export", follow_redirects=True).get_data(as_text=True))
    assert f"đang có {MOST_OPEN} việc chạy nền chưa xong" in told


def test_the_queue_holds_ids_only_and_the_row_nothing_in_clear(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    address = officer.post("/petitions/search", {"text": SECRET_WORD}).headers["Location"]
    officer.get(address.replace("/petitions/?", "/petitions/export?"))
    send(officer, register(f"Đơn {SECRET_WORD}"))
    with installation.owner() as connection:
        held = str(connection.execute("select * from procrastinate.procrastinate_jobs").fetchall())
        held += str(connection.execute("select jobs::text from jobs").fetchall())
    run_waiting(installation)
    with installation.owner() as connection:
        held += str(connection.execute("select jobs::text from jobs").fetchall())
        arguments = connection.execute("select args from procrastinate.procrastinate_jobs").fetchall()
    assert SECRET_WORD not in held and SECRET_WORD.encode().hex() not in held
    assert all(set(found) == {"job"} for (found,) in arguments)


def test_a_result_nobody_fetched_is_gone_after_a_day_and_the_job_after_a_month(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    key = key_of(officer.get("/petitions/export"))
    run_waiting(installation)
    with installation.session("daily") as session:
        assert list(asking.sweep(session, datetime.now(UTC))) == []
        (line,) = asking.sweep(session, datetime.now(UTC) + timedelta(days=1, minutes=1))
        assert "1 kết quả" in line
    assert job_of(installation, key)[0] == "expired" and files_of(installation, key) == set()
    assert officer.post(f"/jobs/{key}/result").status_code == 302
    with installation.session("daily") as session:
        list(asking.sweep(session, datetime.now(UTC) + timedelta(days=31)))
        assert session.scalars(select(Job).where(Job.id == key)).all() == []


def test_only_the_operator_runs_and_sweeps(small):
    installation, keys = small
    with installation.app.app_context():
        session = asking_session(installation, "OFFICER")
        with pytest.raises(Refused):
            running.run(session, keys["job"])
        with pytest.raises(Refused):
            list(asking.sweep(session, datetime.now(UTC)))
        with pytest.raises(Refused):
            asking.everybodys(session)
        with pytest.raises(Refused):
            asking.mine(session, "CHI")


def test_a_form_of_many_units_is_the_same_workbook(small):
    installation, _ = small
    leader = person(installation, "LEADER")
    address = "/forms/export?form=02/XLD&unit=A&start=15/06/2026&end=14/10/2026"
    key = key_of(leader.get(address))
    run_waiting(installation)
    given = leader.post(f"/jobs/{key}/result")
    installation.app.config["FORM_AT_ONCE"] = 1000
    at_once = leader.get(address)
    rows = [
        list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
        for answer in (given, at_once)
    ]
    assert rows[0] == rows[1] and given.headers["Content-Disposition"] == at_once.headers["Content-Disposition"]


def test_a_changed_calendar_is_recounted_once_for_all_that_waits(small):
    installation, _ = small
    admin = person(installation, "ADMIN")
    for day in ("15/06/2027", "16/06/2027"):
        page = admin.post("/holidays/add", {"day": day, "kind": "off", "name": "Nghỉ thử"}, follow_redirects=True)
        assert "Đang tính lại" in page.get_data(as_text=True)
    (key,) = run_waiting(installation)
    assert job_of(installation, key)[1]["number"] >= 0
    page = admin.post("/holidays/add", {"day": "16/06/2027", "kind": "off", "name": "Hai lần"}, follow_redirects=True)
    assert "đã có" in page.get_data(as_text=True) and run_waiting(installation) == []


def test_progress_is_seen_while_the_job_runs(small):
    installation, _ = small
    officer = person(installation, "OFFICER")
    key = key_of(send(officer, register(*(f"Đơn {number}" for number in range(6)))))
    seen = []

    def told():
        seen.append(pages_of(officer.get(f"/jobs/{key}").get_data(as_text=True)))

    with mock.patch.object(running, "BETWEEN_TELLS", 0.0), mock.patch.object(kinds, "import_register", watched(told)):
        run_waiting(installation)
    assert any("trong 6" in page for page in seen)


def watched(told):
    def imported(*arguments, **named):
        report = import_register(*arguments, **named)
        told()
        return report

    return imported


def test_fresh_progress_never_waits_for_the_row_that_is_locked(small):
    installation, _ = small
    key = key_of(person(installation, "OFFICER").get("/petitions/export"))
    with installation.session("job") as session:
        session.scalars(select(Job).where(Job.id == key).with_for_update()).one()
        with installation.owner() as connection:
            connection.execute("set lock_timeout = '2s'")
            connection.execute("update job_progress set done = 1 where id = %s", [key])
        session.execute(update(JobProgress).where(JobProgress.id == key).values(done=2))
        session.rollback()


def test_a_job_that_waits_long_is_told_of_by_check(small):
    installation, _ = small
    key = key_of(person(installation, "OFFICER").get("/petitions/export"))
    with installation.owner() as connection:
        connection.execute("update jobs set asked_at = now() - interval '2 hours' where id = %s", [key])
    state, sentence = examine(installation.environ)["queue"]
    assert state == "warn" and "1 việc dài đang chờ" in sentence and "run.py jobs" in sentence


@pytest.mark.parametrize("before_use", [None, False, True])
def test_a_job_is_asked_exactly_what_the_page_was(before_use):
    filters = Filters(kind="complaint", due_before=date(2026, 11, 1), before_use=before_use)
    assert kinds._filters(None, kinds.filters_told(filters)) == filters
