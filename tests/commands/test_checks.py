"""`check`: what is looked at, and what each says of a machine that is not as it should be."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app import checks
from app.checks import CHECKS, FAIL, OK, WARN, Machine, before_serving, examine
from app.database import application_address, owner_address, sqlalchemy_url
from config import ConfigError, load
from tests.support import pki

ROOT = Path(__file__).parents[2]


@pytest.fixture
def machine(empty):
    return machine_of(empty.environ)


def machine_of(environ, **more):
    environ = environ | more
    url = sqlalchemy_url(application_address(owner_address(environ), environ))
    return Machine(environ, load(environ), create_engine(url, hide_parameters=True))


def test_what_the_contract_names_is_looked_at_and_every_sentence_is_vietnamese(empty):
    found = examine(empty.environ)
    wanted = {"database", "roles", "keys", "clock", "disk", "queue", "scanner", "last_backup", "crls", "certificates"}
    assert wanted <= set(found) == {name for name, _, _ in CHECKS}
    assert all(state in (OK, WARN, FAIL) and sentence for state, sentence in found.values())
    assert found["last_backup"] == (WARN, "chưa có sao lưu")
    assert FAIL not in {state for state, _ in found.values()}
    told = before_serving(empty.environ)
    assert "chưa có sao lưu" in told and found["network"][1] in told


def test_the_command_prints_json_fails_with_one_line_and_stands_in_the_trail(empty):
    command = [sys.executable, "run.py", "check", "--json"]
    found = subprocess.run(command, cwd=ROOT, env=empty.environ, capture_output=True, text=True, check=True)
    told = json.loads(found.stdout)
    assert list(told) == [name for name, _, _ in CHECKS] and told["database"]["state"] == "ok"
    with empty.owner() as connection:
        query = "select count(*) from audit_entries where account = 'system:check' and action = 'command.run'"
        assert connection.execute(query).fetchone() == (1,)
    more = {"CLAMD_SOCKET": "/no/such/clamd"}
    found = subprocess.run(command, cwd=ROOT, env=empty.environ | more, capture_output=True, text=True)
    assert found.returncode == 1 and json.loads(found.stdout)["scanner"]["state"] == "fail"
    assert found.stderr.count("\n") == 1 and "clamav-daemon" in found.stderr


def test_little_room_on_the_disk_is_told_and_none_is_refused(empty, monkeypatch):
    usage = namedtuple("usage", "total used free")
    for free, state in ((100 << 30, OK), (1 << 30, WARN), (100 << 20, FAIL)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder, free=free: usage(1 << 40, 0, free))
        assert checks.disk(machine_of(empty.environ))[0] == state
    with pytest.raises(ConfigError, match="trống"):
        before_serving(empty.environ)


def test_a_clock_that_was_set_back_is_told(machine, empty):
    assert checks.clock(machine)[0] == OK
    with empty.owner() as connection:
        columns = (
            "insert into audit_entries (id, at, account, action, path) values (gen_random_uuid(), %s, 'x',"
            " 'command.run', '')"
        )
        connection.execute(columns, [datetime.now(UTC) + timedelta(hours=2)])
    state, sentence = checks.clock(machine)
    assert state == FAIL and "đồng hồ" in sentence


def test_a_scanner_that_answers_and_one_that_does_not(empty, tmp_path):
    assert checks.scanner(machine_of(empty.environ))[0] == WARN
    path = str(tmp_path / "clamd.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()

        def answer():
            line, _ = listening.accept()
            line.recv(100)
            line.sendall(b"ClamAV 1.4.3/27900\0")
            line.close()

        threading.Thread(target=answer).start()
        state, sentence = checks.scanner(machine_of(empty.environ, CLAMD_SOCKET=path))
    assert state == OK and "ClamAV 1.4.3" in sentence
    assert checks.scanner(machine_of(empty.environ, CLAMD_SOCKET=path))[0] == FAIL


def test_lists_and_certificates_that_run_out(empty, tmp_path):
    world = pki.World(tmp_path)
    places = {"TOKEN_CA_FILE": str(world.ca_file), "TOKEN_CRL_FILE": str(world.crl_file)}
    fresh = machine_of(empty.environ, **places)
    assert checks.crls(fresh)[0] in (OK, WARN) and checks.certificates(fresh)[0] in (OK, WARN)
    Path(world.crl_file).write_bytes(b"")
    state, sentence = checks.crls(machine_of(empty.environ, **places))
    assert state == FAIL and "TOKEN_CRL_FILE" in sentence


def test_authorities_that_have_all_run_out_refuse_to_serve(empty, tmp_path, monkeypatch):
    world = pki.World(tmp_path)
    more = {"TOKEN_CA_FILE": str(world.ca_file), "TOKEN_CRL_FILE": str(world.crl_file)}
    later = datetime.now(UTC) + timedelta(days=40_000)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return later

    monkeypatch.setattr(checks, "datetime", Later)
    state, sentence = checks.certificates(machine_of(empty.environ, **more))
    assert state == FAIL and "hết hạn" in sentence


def test_what_cannot_be_read_is_a_sentence(empty, tmp_path):
    (tmp_path / "ca.pem").write_text("không phải PEM")
    for more in ({"TOKEN_CA_FILE": str(tmp_path / "ca.pem")}, {"TLS_CERTIFICATE": str(tmp_path / "none.pem")}):
        found = examine(empty.environ | more)
        assert found["certificates"][0] == FAIL and found["certificates"][1]


def test_a_folder_that_cannot_be_written_is_told(empty, monkeypatch):
    real = os.access
    instance = empty.environ["INSTANCE_DIR"]
    monkeypatch.setattr(os, "access", lambda path, how: str(path) != str(Path(instance).resolve()) and real(path, how))
    assert checks.folders(machine_of(empty.environ))[0] == FAIL


def test_without_the_database_everything_is_told_that_can_be(empty):
    found = examine(empty.environ | {"APP_DATABASE_URL": "postgresql+psycopg://x@127.0.0.1:1/none"})
    assert found["database"][0] == FAIL and found["roles"][0] == FAIL and found["disk"][0] == OK
