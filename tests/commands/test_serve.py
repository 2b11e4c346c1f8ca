"""Serving on a machine where things die: each child comes back by itself, and the parent's death leaves nothing
behind.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from app import embedded
from app.database import owner_address
from app.embedded import KEEPER, Embedded, leave, lock_at_once
from tests.support.stack import free_port

ROOT = Path(__file__).parents[2]


def eventually(what, seconds=60):
    """What it gives, once that is something."""
    for _ in range(seconds * 10):
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it never came about")


def hear_signals():
    """No signal is ignored: a shell that runs the tests in the background lets them, and all they start, ignore
    some.
    """
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class Machine:
    """An installation of its own with `serve` running on it."""

    def __init__(self, folder):
        self.instance = folder / "instance"
        self.number = free_port()
        self.told = folder / "told"
        self.environ = {
            "INSTANCE_DIR": str(self.instance),
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/root"),
            "PORT": str(self.number),
        }
        self.process = None

    def run(self, *arguments, **more):
        command = [sys.executable, "run.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environ | more, capture_output=True, text=True, timeout=120)

    def start(self):
        with self.told.open("w") as told:
            command = [sys.executable, "run.py"]
            self.process = psutil.Popen(
                command, cwd=ROOT, env=self.environ, stdout=told, stderr=told, preexec_fn=hear_signals
            )
        eventually(lambda: self.status() == 200)

    def status(self, path="/login/"):
        """The answer's status; None where nobody answers."""
        try:
            return self.ask(path)[0]
        except OSError:
            return None

    def ask(self, path):
        line = http.client.HTTPConnection("127.0.0.1", self.number, timeout=20)
        try:
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            line.close()

    def all(self):
        """Every process of this installation."""
        return [process for process in psutil.process_iter(["cmdline"]) if self._ours(process)]

    def _ours(self, process):
        try:
            return process.environ().get("INSTANCE_DIR") == str(self.instance) or process.cwd() == str(
                self.instance / "pg"
            )
        except psutil.Error:
            return False

    def child(self, part):
        """The one child of `serve` whose command line has this part."""
        for child in psutil.Process(self.process.pid).children():
            try:
                if part in " ".join(child.cmdline()):
                    return child
            except psutil.Error:  # it is ending
                continue
        return None


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve")
    folder.chmod(0o755)
    made = Machine(folder)
    assert made.run("init").returncode == 0
    yield made
    assert made.all() == []


@pytest.fixture
def serving(machine):
    machine.start()
    yield machine
    if machine.process.poll() is None:
        machine.process.terminate()
    assert machine.process.wait(60) in (0, -signal.SIGKILL)


CHILDREN = {
    "gunicorn": "gunicorn",
    "background": "run.py background",
    "work": "run.py work",
    "jobs": "run.py jobs",
    "PostgreSQL": "/postgres",
}


def test_each_child_that_is_killed_comes_back_by_itself(serving):
    for name, part in CHILDREN.items():
        killed = eventually(lambda part=part: serving.child(part))
        killed.kill()
        again = eventually(
            lambda part=part, killed=killed: (found := serving.child(part)) and found.pid != killed.pid and found
        )
        assert eventually(lambda: serving.status() == 200), name
        assert again.is_running(), name
    told = serving.told.read_text()
    assert all(
        f"{name} đã dừng (bị tín hiệu 9); chạy lại sau" in told
        for name in ("gunicorn", "run.py work", "PostgreSQL đi kèm")
    )
    assert "Traceback" not in told
    eventually(lambda: serving.child("run.py background") and serving.child("run.py work"))
    serving.process.terminate()
    assert serving.process.wait(60) == 0 and serving.all() == [], "told to stop, everything goes, the database too"


def test_no_page_says_that_all_is_well_while_the_database_is_gone(serving):
    database = eventually(lambda: serving.child("/postgres"))
    gunicorn = eventually(lambda: serving.child("gunicorn"))
    before = len(serving.told.read_text())
    serving.process.suspend()  # nobody brings it back for now
    try:
        database.kill()
        eventually(lambda: not database.is_running() or database.status() == psutil.STATUS_ZOMBIE)
        for _ in range(4):  # more than workers
            gone(serving)
        for worker in gunicorn.children():  # a worker that begins now finds no database, and says so
            worker.kill()
        eventually(lambda: gone(serving))
    finally:
        serving.process.resume()
    eventually(lambda: serving.status() == 200)
    told = serving.told.read_text()[before:]
    assert "Traceback" not in told, told
    assert told.count("503 GET") >= 4, told


def gone(serving):
    """The answer while there is no database; False while nobody answers."""
    answer = answer_of(serving)
    if answer is None:
        return False
    status, headers, page = answer
    assert status == 503 and int(headers["Retry-After"]) > 0
    assert "chưa ghi gì" in page and "đừng đóng trang" in page and "<nav" not in page
    return True


def answer_of(serving):
    try:
        return serving.ask("/login/")
    except OSError:
        return None


def listening(number):
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", number))
    made.listen()
    return made


@pytest.mark.parametrize(
    "number",
    [signal.SIGKILL, signal.SIGABRT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1],
    ids=lambda number: number.name,
)
def test_when_the_parent_goes_all_go(machine, number):
    machine.start()
    for part in CHILDREN.values():
        eventually(lambda part=part: machine.child(part))
    machine.process.send_signal(number)
    machine.process.wait(60)
    eventually(lambda: machine.all() == [])
    listening(machine.number).close()
    assert Embedded(machine.instance).pid() is None


def test_a_worker_goes_with_its_gunicorn(serving):
    gunicorn = eventually(lambda: serving.child("gunicorn"))
    workers = eventually(gunicorn.children)
    gunicorn.kill()
    eventually(lambda: not any(worker.is_running() for worker in workers))
    eventually(lambda: serving.status() == 200)


def test_a_taken_port_is_told_with_the_process_that_has_it_before_anything_else(machine):
    with listening(machine.number):
        found = machine.run()
    assert found.returncode == 1 and found.stdout == "" and found.stderr.count("\n") == 1
    assert f"cổng {machine.number}" in found.stderr and f"tiến trình {os.getpid()}" in found.stderr
    assert machine.all() == []


def test_a_second_server_of_one_installation_is_told_of_the_first(serving):
    found = serving.run(PORT=str(free_port()))
    assert found.returncode == 1 and found.stderr.count("\n") == 1 and str(serving.process.pid) in found.stderr
    assert serving.status() == 200


def test_a_command_beside_serving_neither_stops_nor_starts_the_database(serving):
    database = eventually(lambda: serving.child("/postgres"))
    assert serving.run("check").returncode == 0
    assert serving.child("/postgres") == database and serving.status() == 200


def test_a_server_that_a_killed_command_left_is_stopped_by_the_next(machine):
    code = (
        "import os, signal\nfrom app.database import owner_address\nowner_address()\nos.kill(os.getpid(),"
        " signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=machine.environ, check=False)
    assert Embedded(machine.instance).pid() is not None
    assert machine.run("check").returncode == 0
    assert Embedded(machine.instance).pid() is None


def test_an_old_mark_whose_number_another_program_has_does_not_keep_the_database_from_starting(machine):
    mark = machine.instance / "pg" / "postmaster.pid"
    with subprocess.Popen(["sleep", "600"]) as other:
        try:
            mark.write_text(
                f"{other.pid}\n{machine.instance / 'pg'}\n1\n5432\n{machine.instance / 'pg'}\n\n1 1\nready\n"
            )
            assert machine.run("check").returncode == 0
        finally:
            other.kill()


def test_two_at_once_make_the_installation_once(tmp_path):
    tmp_path.chmod(0o755)
    other = Machine(tmp_path)
    command = [sys.executable, "run.py", "init"]
    both = [subprocess.Popen(command, cwd=ROOT, env=other.environ, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0] and not any("Traceback" in text for text in told)
    assert other.run("check").returncode == 0 and other.all() == []


def test_what_the_machine_has_for_a_language_does_not_matter(tmp_path):
    tmp_path.chmod(0o755)
    other = Machine(tmp_path)
    other.environ["LC_ALL"] = "vi_VN.UTF-8"
    assert other.run("init").returncode == 0 and other.run("check").returncode == 0


def broken(machine, *says, **more):
    """Serving is refused in one line that says this, and nothing is left running."""
    found = machine.run(**more)
    assert found.returncode == 1 and found.stdout == "" and "Traceback" not in found.stderr
    told = [line for line in found.stderr.splitlines() if line.startswith("run.py:")]
    assert len(told) == 1 and all(word in told[0] for word in says), found.stderr
    assert machine.all() == []


def test_serving_is_refused_for_what_will_fail_tomorrow(machine, tmp_path):
    secrets = machine.instance / "secrets.json"
    for path, remedy in (
        (machine.instance / "audit-key", "sao lưu"),
        (machine.instance / "key", "KEY_FILE"),
        (secrets, "run.py init"),
    ):
        away = path.rename(tmp_path / path.name)
        broken(machine, path.name, remedy)
        away.rename(path)
    secrets.chmod(0o644)
    broken(machine, "chmod 600")
    secrets.chmod(0o600)
    broken(machine, "MEMORY_DIR", MEMORY_DIR=str(tmp_path))
    (tmp_path / "ca.pem").write_text("không phải chứng thư")
    broken(machine, "TOKEN_CA_FILE", TOKEN_CA_FILE=str(tmp_path / "ca.pem"))


def test_a_schema_of_a_version_to_come_is_told_and_left_alone(machine):
    with psycopg.connect(**owner_address(machine.environ), autocommit=True) as connection:
        (now,) = connection.execute("select version_num from alembic_version").fetchone()
        connection.execute("update alembic_version set version_num = '9999'")
    try:
        for command in (["init"], ["check"], ["demo"]):
            found = machine.run(*command)
            assert (
                found.returncode == 1
                and "Traceback" not in found.stderr
                and "9999" in found.stderr
                and "mới hơn" in found.stderr
            )
    finally:
        with psycopg.connect(**owner_address(machine.environ), autocommit=True) as connection:
            connection.execute("update alembic_version set version_num = %s", [now])
        leave(machine.instance)


def test_a_database_that_cannot_start_is_told_with_what_it_says_itself(machine):
    configuration = machine.instance / "pg" / "postgresql.conf"
    kept = configuration.read_text()
    configuration.write_text(kept + "\nđây không phải cấu hình\n")
    try:
        broken(machine, "PostgreSQL", "FATAL", "log")
        found = machine.run("due", "complaint.accept", "2026-11-20")
        assert found.returncode == 1 and "FATAL" in found.stderr and found.stderr.count("\n") == 1
    finally:
        configuration.write_text(kept)


def test_whoever_waits_for_a_slow_recovery_is_told_why(tmp_path, monkeypatch, capsys):
    answers = iter([None, None, None, {"host": "x"}])
    monkeypatch.setattr(Embedded, "answering", lambda _self: next(answers))
    monkeypatch.setattr(embedded, "TELL_AFTER", 0.0)
    Embedded(tmp_path).wait(None)
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "khôi phục" in told


def test_a_lock_is_let_go_with_its_process(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom app.embedded import"
        f" lock_at_once\nlock_at_once(Path('{tmp_path / KEEPER}'))\nprint('x', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        assert lock_at_once(tmp_path / KEEPER) is None
        holder.kill()
    assert lock_at_once(tmp_path / KEEPER) is not None
