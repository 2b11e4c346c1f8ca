"""Jobs on a machine where things die: real processes, killed without a warning in the midst of each kind of job."""

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import psutil
import psycopg
import pytest
from sqlalchemy import select

from app.database import application_address, owner_address, sqlalchemy_url
from app.models import Unit
from app.operations.exchange.file_in import import_file
from app.security import sealed_files
from tests.conftest import Browser, copied, create_account, petition_record

ROOT = Path(__file__).parents[2]
ROWS = 40
HEADINGS = ["Ngày đến", "Phân loại đơn", "Họ và tên", "Nơi ở", "Trích yếu", "Lĩnh vực"]
# What holds a job up in its midst: a lock on a table that it reads or writes there, and not before.
READS = "access exclusive"
WRITES = "share"
MIDST = {
    "export": ("petitions", READS),
    "form": ("petitions", READS),
    "register": ("imported_files", WRITES),
    "recount": ("deadlines", READS),
}


def eventually(what, seconds=90):
    for _ in range(seconds * 10):
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it never came about")


class Shop:
    """An installation with petitions, whose worker can be started and killed."""

    def __init__(self, installation):
        self.installation = installation
        installation.app.config.update(EXPORT_AT_ONCE=0, FORM_AT_ONCE=0, IMPORT_AT_ONCE=0)
        address = application_address(owner_address(installation.environ), installation.environ)
        self.environ = installation.environ | {
            "APP_DATABASE_URL": sqlalchemy_url(address),
            "HOME": os.environ.get("HOME", "/root"),
        }
        self.worker = None

    def start(self):
        command = [sys.executable, "run.py", "jobs"]
        self.worker = psutil.Popen(command, cwd=ROOT, env=self.environ, stderr=subprocess.PIPE, start_new_session=True)

    def stop(self):
        if self.worker is not None and self.worker.is_running():
            self.worker.terminate()
            self.worker.wait(60)

    def children(self):
        return [child for child in self.worker.children() if "job" in child.cmdline()]

    def row(self, statement, *values):
        with self.installation.owner() as connection:
            return connection.execute(statement, values).fetchone()

    def state(self, key):
        return self.row("select state, attempts from jobs where id = %s", key)

    def waits(self):
        """True when a process of the application waits for a lock."""
        query = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        return self.row(query)[0]


@pytest.fixture(scope="module")
def stocked(cluster, tmp_path_factory):
    with copied(cluster) as installation:
        lines = [
            {"type": "unit", "code": "P", "name": "P", "level": "province"},
            {"type": "unit", "code": "A", "name": "A", "level": "department", "parent": "P"},
            *(petition_record(f"D-{number}", "A") for number in range(ROWS)),
        ]
        file = tmp_path_factory.mktemp("stock") / "file.jsonl"
        file.write_text("\n".join(map(json.dumps, lines)))
        with installation.session() as session:
            import_file(session, file)
            unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
            create_account(session, "CANBO", unit, "officer", "leader")
            create_account(session, "QUANTRI", unit, kind="admin")
            session.commit()
        yield installation


@pytest.fixture
def shop(stocked):
    made = Shop(stocked)
    yield made
    made.stop()


def person(shop, identifier):
    browser = Browser(shop.installation.app)
    assert browser.sign_in(identifier).status_code == 302
    return browser


def register(mark):
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    for number in range(ROWS):
        book.active.append(["05/10/2026", "Khiếu nại", "Nguyễn Văn Mẫu", "Thôn 1", f"Đơn {mark} {number}", "Đất đai"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def asked(shop, kind, mark="lần đầu"):
    """A job of the kind waits; its key, and the browser of who asked."""
    browser = person(shop, "QUANTRI" if kind == "recount" else "CANBO")
    if kind == "recount":
        browser.post("/holidays/add", {"day": "15/06/2027", "kind": "off", "name": "Nghỉ thử"})
        return str(shop.row("select id from jobs where kind = 'recount' order by asked_at desc")[0]), browser
    answer = {
        "export": lambda: browser.get("/petitions/export"),
        "form": lambda: browser.get("/forms/export?form=02/XLD&unit=A&start=15/06/2026&end=14/10/2026"),
        "register": lambda: browser.post(
            "/registers/",
            {"file": (io.BytesIO(register(mark)), "so.xlsx"), "import": "1"},
            content_type="multipart/form-data",
        ),
    }[kind]()
    return re.search(r"/jobs/([0-9a-f-]{36})", answer.headers["Location"]).group(1), browser


@pytest.mark.parametrize("kind", MIDST)
def test_a_worker_killed_in_the_midst_of_a_job_loses_nothing_and_doubles_nothing(shop, kind):
    key, browser = asked(shop, kind)
    before = shop.row("select count(*) from petitions")[0]
    with psycopg.connect(shop.environ["DATABASE_URL"]) as holding:
        begun(shop, holding, *MIDST[kind])
        (process,) = shop.children()
        shop.worker.kill()
        eventually(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
        holding.rollback()
    assert shop.state(key) == ("running", 1) and shop.row("select count(*) from petitions")[0] == before
    shop.start()
    eventually(lambda: shop.state(key)[0] not in ("waiting", "running"))
    assert shop.state(key) == ("done", 2)
    added = ROWS if kind == "register" else 0
    assert shop.row("select count(*) from petitions")[0] == before + added
    done = "select count(*) from audit_entries where action = 'job.done' and %s = any(row_ids)"
    assert shop.row(done.replace("%s", "%s::uuid"), key) == (1,)
    if kind in ("export", "form"):
        assert browser.post(f"/jobs/{key}/result").data[:2] == b"PK"
    folder = shop.installation.app.config["FILES_DIR"]
    # What it was given is removed after the commit that the state tells of.
    eventually(lambda: [part for found, part, _ in sealed_files.everything(folder) if str(found) == key] == [])
    assert not list(Path(shop.installation.app.config["MEMORY_DIR"]).glob(f"donthu-job-{key}*"))
    left = "select count(*) from procrastinate.procrastinate_jobs where args->>'job' = %s"
    eventually(lambda: shop.row(left, key) == (0,))


def begun(shop, holding, table, mode):
    """The job runs and is held up at that table; the one thing that was committed is that it was begun."""
    holding.execute(f"lock table {table} in {mode} mode")
    shop.start()
    eventually(shop.waits)


def test_the_process_of_a_job_alone_is_killed_and_the_job_is_run_again(shop):
    key, _ = asked(shop, "register", "thêm")
    before = shop.row("select count(*) from petitions")[0]
    with psycopg.connect(shop.environ["DATABASE_URL"]) as holding:
        begun(shop, holding, *MIDST["register"])
        shop.children()[0].kill()
        holding.rollback()
    eventually(lambda: shop.state(key)[0] == "done")
    assert shop.state(key) == ("done", 2) and shop.row("select count(*) from petitions")[0] == before + ROWS


def test_a_worker_told_to_stop_leaves_its_job_to_the_next(shop):
    key, _ = asked(shop, "export")
    with psycopg.connect(shop.environ["DATABASE_URL"]) as holding:
        begun(shop, holding, *MIDST["export"])
        shop.worker.terminate()
        assert shop.worker.wait(60) == 0
        assert shop.state(key) == ("running", 1)
        holding.rollback()
    shop.start()
    eventually(lambda: shop.state(key) == ("done", 2))


def test_a_job_that_takes_too_long_says_so(shop):
    key, browser = asked(shop, "form")
    with psycopg.connect(shop.environ["DATABASE_URL"]) as holding:
        holding.execute("lock table petitions in access exclusive mode")
        command = [sys.executable, "run.py", "job", key]
        done = subprocess.run(
            command, cwd=ROOT, env=shop.environ | {"JOB_SECONDS": "1"}, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 0 and done.stderr == "", done.stderr[-2000:]
    assert shop.state(key) == ("failed", 1)
    assert "quá thời gian" in browser.get(f"/jobs/{key}").get_data(as_text=True)


def test_a_job_that_takes_too_much_memory_ends_as_one_and_the_limit_with_it():
    code = (
        "from app.commands.jobs import limited\n"
        "try:\n    with limited(60, 200 << 20):\n        bytearray(300 << 20)\n"
        "except MemoryError:\n    print(len(bytearray(300 << 20)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == f"{300 << 20}\n", done.stderr
