"""Files of keys, secrets and heads: there whole or not at all, and what was cut off or lost is mended or said in one
line with the remedy.
"""

import errno
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest

from app import database
from app.database import owner_address
from app.security import private_files
from app.security.keys import FileKey, KeyTrouble, write_private
from config import ConfigError
from tests.commands.test_cli import failed
from tests.conftest import copied

ROOT = Path(__file__).parents[2]


def full(*_arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_whole_and_nothing_beside_it(tmp_path, monkeypatch, step):
    path = tmp_path / "secrets.json"
    private_files.write_whole(path, b"old")
    monkeypatch.setattr(private_files.os, step, full)
    with pytest.raises(OSError, match="No space"):
        private_files.write_whole(path, b"new and longer")
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("secrets.json", b"old")]


def test_a_key_is_there_whole_or_not_at_all_and_never_over_another(tmp_path, monkeypatch):
    path = tmp_path / "key"
    with monkeypatch.context() as broken:
        broken.setattr(private_files.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            FileKey.make(path)
    assert list(tmp_path.iterdir()) == []
    FileKey.make(path)
    before = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600 and len(before) == 32
    with pytest.raises(FileExistsError):
        write_private(path, b"x" * 32)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_a_file_and_its_name_are_brought_to_the_disk_before_it_counts_as_written(tmp_path, monkeypatch):
    told = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(
            private_files.os, name, lambda *arguments, name=name, real=real: (told.append(name), real(*arguments))[1]
        )
    private_files.write_whole(tmp_path / "a", b"x")
    assert told == ["fsync", "replace", "fsync"]  # the file, its name, the folder that holds the name


@pytest.mark.parametrize(
    "cut", [b"", b'{"secret_key": "ab', b"{}", b"[]", b'{"secret_key": 1, "database_password": "x"}', b"\xff"]
)
def test_secrets_that_were_cut_off_are_said_in_one_line_and_made_anew_by_init(tmp_path, cut):
    path = tmp_path / "secrets.json"
    database.write_private(path, {"secret_key": "a", "database_password": "b"})
    path.write_bytes(cut)
    with pytest.raises(ConfigError, match="bị cụt; chạy “run.py init”"):
        database.read_secrets(tmp_path)
    assert database.make_secrets(tmp_path) == json.loads(path.read_text()) and path.stat().st_mode & 0o777 == 0o600
    assert database.make_secrets(tmp_path) == database.read_secrets(tmp_path)


def test_what_demo_told_and_was_cut_off_says_how_to_go_on(tmp_path):
    assert database.demonstration_accounts(tmp_path) == []
    (tmp_path / "demo-accounts.json").write_text('[{"identifier": "CAN')
    with pytest.raises(ConfigError, match="run.py account password"):
        database.demonstration_accounts(tmp_path)


def test_a_wrapping_key_that_was_cut_off_says_how_to_go_on(tmp_path):
    path = tmp_path / "key"
    write_private(path, b"x" * 7)
    with pytest.raises(KeyTrouble, match="run.py keys rebuild"):
        FileKey(path)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def run(cluster, tmp_path_factory):
    """Commands on a database of the module's own, with keys and secrets of its own folder, so that they can be lost."""
    instance = tmp_path_factory.mktemp("lost") / "instance"
    instance.mkdir()
    with copied(cluster) as installation:
        for name in ("key", "audit-key", "secrets.json"):
            shutil.copy2(Path(cluster["INSTANCE_DIR"]) / name, instance / name)
        environ = installation.environ | {
            "INSTANCE_DIR": str(instance),
            "PORT": str(free_port()),
            "HOME": os.environ.get("HOME", "/root"),
        }

        def call(*arguments):
            found = subprocess.run(
                [sys.executable, "run.py", *map(str, arguments)],
                capture_output=True,
                cwd=ROOT,
                env=environ,
                timeout=300,
            )
            return found.returncode, found.stdout.decode(), found.stderr.decode()

        call.environ = environ
        call.instance = instance
        yield call


def test_verify_says_since_when_nothing_can_have_been_rewritten_and_signs_a_head(run):
    assert run("audit", "seal")[::2] == (0, "")
    before = {path.name for path in (run.instance / "audit-heads").glob("*Z-*.json")}
    time.sleep(1.1)  # two heads of one place and second are one file
    status, told, _ = run("audit", "verify")
    assert status == 0 and re.search(
        r"từ \d\d:\d\d:\d\d \d\d/\d\d/\d{4} UTC \(vị trí 1\) đến nay không ai có thể sửa mà không bị nêu tên", told
    )
    (new,) = {path.name for path in (run.instance / "audit-heads").glob("*Z-*.json")} - before
    assert new in told


def test_a_file_of_a_head_that_was_cut_off_is_mended_by_verify(run):
    run("audit", "seal")
    for path in (run.instance / "audit-heads").glob("*.json"):
        path.write_bytes(path.read_bytes()[:40])
    elsewhere = run("audit", "verify", "--heads", run.instance / "audit-heads")
    assert failed(elsewhere) and "bị cụt" in elsewhere[2]
    assert run("audit", "verify")[0] == 0
    for path in (run.instance / "audit-heads").glob("*.json"):
        assert json.loads(path.read_text())["place"] > 0


def test_without_the_key_that_signs_heads_nothing_starts_and_one_line_says_how_to_go_on(run):
    run("audit", "seal")
    path = run.instance / "audit-key"
    path.unlink()
    for arguments in ((), ("check",), ("audit", "verify")):
        found = run(*arguments)
        assert failed(found) and "run.py audit new-key" in found[2], arguments
    status, _, told = run("init")  # which may first say that it runs as root
    assert status == 1 and "run.py audit new-key" in told.splitlines()[-1] and "Traceback" not in told
    status, told, _ = run("audit", "new-key")
    assert status == 0 and str(path) in told and "sao lưu" in told
    assert run("check")[0] == 0
    assert run("audit", "verify")[0] == 0, "heads the lost key signed still hold"
    assert failed(run("audit", "new-key"))
    with psycopg.connect(**owner_address(run.environ), autocommit=True) as connection:
        connection.execute("alter table audit_heads disable trigger append_only")
        connection.execute(
            "update audit_heads set place = place + 1 where signed_at = (select min(signed_at) from audit_heads)"
        )
        found = run("audit", "verify")
        assert failed(found) and "chữ ký" in found[2]
        connection.execute(
            "update audit_heads set place = place - 1 where signed_at = (select min(signed_at) from audit_heads)"
        )
        connection.execute("alter table audit_heads enable trigger append_only")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is answered is looked at, not followed."""

    def redirect_request(self, *_arguments):
        return None


def test_what_a_client_on_tcp_says_of_hops_before_it_is_not_believed(run):
    """gunicorn on its own takes X-Forwarded-Proto from loopback."""
    forged = {
        "X-Forwarded-For": "203.0.113.77",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "444",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "for=203.0.113.77;host=evil.example;proto=https",
        "X-Real-IP": "203.0.113.77",
    }
    process = subprocess.Popen([sys.executable, "run.py"], cwd=ROOT, env=run.environ, stdout=subprocess.DEVNULL)
    opener = urllib.request.build_opener(NoRedirect)

    def ask(path, **headers):
        try:
            return opener.open(urllib.request.Request(f"http://127.0.0.1:{run.environ['PORT']}{path}", headers=headers))
        except urllib.error.HTTPError as answer:
            return answer

    try:
        for _ in range(150):
            try:
                ask("/login/")
                break
            except OSError:
                time.sleep(0.2)
        for scheme in ({"X-Forwarded-Proto": "https"}, {"X-Forwarded-Protocol": "ssl"}, {"X-Forwarded-Ssl": "on"}):
            page = ask("/login/", **forged, **scheme)
            assert page.status == 200 and "Strict-Transport-Security" not in page.headers
            assert page.headers["Set-Cookie"].startswith("donthu=") and "Secure" not in page.headers["Set-Cookie"]
        moved = ask("/inbox/", **forged)
        assert moved.status == 302 and "evil" not in moved.headers["Location"]
        assert ask("/login/", **forged, **{"X-Client-Cert": "x"}).status == 400
        with psycopg.connect(**owner_address(run.environ), autocommit=True) as connection:
            query = "select address from audit_entries where action = 'token.header_forged' order by at desc limit 1"
            assert connection.execute(query).fetchone() == ("127.0.0.1",)
    finally:
        process.terminate()
        process.wait(60)
