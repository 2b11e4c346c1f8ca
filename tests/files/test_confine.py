"""What opens a stranger's file reaches nothing: no network, no file but what programs need, nobody's process."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import landlockpy
import pytest

from app.files import confine
from app.files.apart import ask
from app.files.confine import NotConfined
from app.files.memory import run
from tests.support import hostile

ROOT = Path(__file__).parents[2]
TRIES = """
import ctypes, os, socket, sys
{start}
told = {told}
def act(code):
    try:
        exec(code, {{"os": os, "socket": socket, "ctypes": ctypes}} | told)
        print("done", code)
    except OSError as refused:
        print("refused", refused.errno)
for line in {ways!r}.splitlines():
    act(line)
"""
WAYS = """
open(canary).read()
open(secret).read()
os.listdir("/")
os.listdir("/proc")
open("/proc/self/environ").read()
open(f"/proc/{parent}/environ").read()
open("/proc/self/root" + canary).read()
open("/etc/passwd").read()
open(os.path.expanduser("~root/.profile")).read()
open(outside, "w").write("x")
os.mkdir(outside)
os.symlink(canary, outside)
os.link(canary, outside)
os.rename(canary, outside)
os.unlink(canary)
os.truncate(canary, 0)
os.chmod(canary, 0o777)
os.chown(canary, 0, 0)
os.utime(canary, (1, 1))
os.setxattr(canary, "user.x", b"x")
os.mkfifo(outside)
os.chroot("/usr")
os.kill(parent, 9)
socket.create_connection(("127.0.0.1", port))
socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port))
socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
socket.socket(socket.AF_UNIX).connect(named)
socket.socket(socket.AF_UNIX).connect(abstract)
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", named)
socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
os.execv("/usr/bin/curl", ["curl", canary])
""".strip()
HARD = "execv"  # a program may become another one, as confined as itself


@pytest.fixture
def outside(tmp_path):
    """A canary, a folder, and listeners of every kind; what came in, at the end."""
    came = []
    canary = tmp_path / "canary"
    secret = tmp_path / "instance-key"
    for path in (canary, secret):
        path.write_text("CHIM HOANG YEN")
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        named = stack.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(str(tmp_path / "named"))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0{tmp_path}")
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", tcp.getsockname()[1]))
        for line in (named, abstract):
            line.listen()
        for line in (tcp, named, abstract, udp):
            wait = (lambda: udp.recv(9)) if line is udp else line.accept
            line.settimeout(60)
            threading.Thread(target=lambda wait=wait: came.append(wait()), daemon=True).start()
        before = canary.stat()
        told = {
            "canary": str(canary),
            "secret": str(secret),
            "outside": str(tmp_path / "made"),
            "parent": os.getpid(),
            "port": tcp.getsockname()[1],
            "named": str(tmp_path / "named"),
            "abstract": abstract.getsockname(),
        }
        yield told
        assert came == []
        after = canary.stat()
        assert canary.read_text() == "CHIM HOANG YEN"
        assert (before.st_mode, before.st_mtime, before.st_atime, before.st_nlink) == (
            after.st_mode,
            after.st_mtime,
            after.st_atime,
            after.st_nlink,
        )
        assert sorted(path.name for path in tmp_path.iterdir()) == ["canary", "instance-key", "named"]


def test_the_process_apart_reaches_nothing(outside):
    start = f"sys.path.insert(0, {str(ROOT)!r}); from app.files import confine; confine.confine(confine.of_python())"
    program = TRIES.format(start=start, told=outside, ways=WAYS)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={})
    lines = done.stdout.splitlines()
    assert len(lines) == len(WAYS.splitlines()) and all(line.startswith("refused") for line in lines), done.stdout


def test_a_program_reaches_its_own_folder_only(outside):
    folder = Path(outside["canary"]).with_name("own")
    folder.mkdir()
    ways = "\n".join(line for line in WAYS.splitlines() if HARD not in line) + '\nopen("own", "w").write("x")'
    (folder / "tries.py").write_text(TRIES.format(start="", told=outside, ways=ways))
    try:
        # Debian's own Python: it lies where programs lie.
        lines = run(["python3", "-I", str(folder / "tries.py")], folder).decode().splitlines()
        assert lines.pop().startswith("done open(") and (folder / "own").read_text() == "x"
        assert lines and all(line.startswith("refused") for line in lines), lines
        assert b"CHIM" not in run(["sh", "-c", f"cat {outside['canary']} 2>&1 || true"], folder)
    finally:
        subprocess.run(["rm", "-r", folder], check=True)


def test_nothing_of_ours_is_in_the_environment_and_nothing_stays_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "secret")
    assert b"secret" not in run(["env"], tmp_path)
    run(["sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $! > pid"], tmp_path)
    left = Path("/proc", (tmp_path / "pid").read_text().strip(), "stat")
    for _ in range(100):  # what is killed takes a moment to go
        if not left.exists() or left.read_text().split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("it still runs")


def test_time_and_memory_end(tmp_path):
    with pytest.raises(subprocess.CalledProcessError):
        run(["python3", "-I", "-c", "x = bytearray(5 << 30)"], tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        run(["sleep", "60"], tmp_path, seconds=1)
    with pytest.raises(subprocess.CalledProcessError):
        run(["dd", "if=/dev/zero", f"of={tmp_path}/x", "bs=1M", "count=600"], tmp_path)


def test_where_the_machine_cannot_confine_nothing_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(landlockpy, "supported", lambda: False)
    with pytest.raises(NotConfined, match="Landlock"):
        ask("recognise", hostile.pdf())
    with pytest.raises(NotConfined):
        run(["env"], tmp_path)


def test_the_launcher_dies_where_it_cannot_confine(tmp_path):
    rules = {"command": ["env"], "folder": str(tmp_path), "memory": 4 << 30, "seconds": 9, "largest_file": 1}
    program = (
        f"import sys; sys.argv = ['x', {json.dumps(rules)!r}]; sys.path.insert(0, {str(ROOT)!r}); import landlockpy;"
        "landlockpy.supported = lambda: False; from app.files import confine; confine.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and done.stdout == "" and "NotConfined" in done.stderr


def test_a_program_that_is_not_there_is_told_apart_from_one_that_fails(tmp_path):
    with pytest.raises(FileNotFoundError):
        run(["no-such-program"], tmp_path)
    assert Path(confine.__file__).is_file()
