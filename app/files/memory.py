"""A folder in memory for programs that only read files: gone with what is in it when the job is over, whatever ended
it.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.files import confine

PREFIX = "donthu-job-"
PROGRAMS = "/usr/bin:/bin"
# bytes, of each process a program starts and of each file it writes
MEMORY = 4 << 30
LARGEST_FILE = 512 << 20
STALE = 3600.0  # seconds: no job takes so long; what is older was left by one that was killed


class NoMemoryFolder(RuntimeError):
    """There is no file system in memory at the configured place; the message is a sentence for the operator."""


def check(folder: str) -> Path:
    """The folder, which is in memory. Raises NoMemoryFolder: clear text must not reach a disk."""
    path = Path(folder)
    if not path.is_dir():
        raise NoMemoryFolder(f"không có thư mục bộ nhớ {folder}; đặt MEMORY_DIR vào một hệ thống tệp tmpfs")
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    inside = [
        (len(mount[1]), mount[2]) for mount in mounts if path.resolve().is_relative_to(mount[1].replace("\\040", " "))
    ]
    if max(inside)[1] not in ("tmpfs", "ramfs"):
        raise NoMemoryFolder(
            f"{folder} không nằm trong bộ nhớ (tmpfs); phần mềm từ chối ghi bản rõ ra đĩa. Đặt MEMORY_DIR, ví dụ"
            " /dev/shm"
        )
    return path


@contextmanager
def workspace(folder: str, name: str = "") -> Iterator[Path]:
    """A folder of one job, for this account only, gone afterwards; what an earlier one of that name left is gone
    first.
    """
    if name:
        clear(folder, name)
    made = Path(tempfile.mkdtemp(prefix=PREFIX + name, dir=check(folder)))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def clear(folder: str, name: str) -> None:
    """Nothing is left of the workspaces of that name: what made them was killed."""
    for path in check(folder).glob(f"{PREFIX}{name}*"):
        shutil.rmtree(path, ignore_errors=True)


def sweep(folder: str) -> int:
    """What killed jobs left is gone; how many folders."""
    stale = [
        path
        for path in check(folder).glob(f"{PREFIX}*")
        if path.stat().st_uid == os.geteuid() and time.time() - path.stat().st_mtime > STALE
    ]
    for path in stale:
        shutil.rmtree(path)
    return len(stale)


def run(command: list[str], folder: Path, data: bytes | None = None, seconds: float = 180.0) -> bytes:
    """What the program wrote to standard output, confined to the folder. It and what it started are gone afterwards.

    Raises CalledProcessError, TimeoutExpired; FileNotFoundError where it is not installed; NotConfined.
    """
    confine.check()
    if shutil.which(command[0], path=PROGRAMS) is None:
        raise FileNotFoundError(command[0])
    place = str(folder)
    environment = {"HOME": place, "TMPDIR": place, "PATH": PROGRAMS, "OMP_THREAD_LIMIT": "1", "LANG": "C.UTF-8"}
    bounds = {"memory": MEMORY, "seconds": int(seconds), "largest_file": LARGEST_FILE}
    rules = {"command": command, "folder": place, **bounds}
    launcher = [sys.executable, "-I", confine.__file__, json.dumps(rules)]
    pipe = subprocess.PIPE
    # A group of its own: LibreOffice starts others, which must not outlive it.
    with subprocess.Popen(
        launcher, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=environment, start_new_session=True
    ) as process:
        try:
            made, _ = process.communicate(data or b"", seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command[0])
    return made
