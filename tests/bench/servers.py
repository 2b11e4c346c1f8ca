"""What is measured, on 127.0.0.1: ours as `run.py` serves, the peers under gunicorn with as many workers."""

import http.client
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from app.embedded import Embedded
from app.lifeline import tied
from tests.bench.place import FOLDER, PEER, ROOT, environment

WORKERS = 2
PASSWORD = secrets.token_urlsafe(16)  # of the peer's accounts, for this run


class Server:
    """A server of ours that runs: its port and its process."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process = process
        self.port = port

    def family(self) -> list[psutil.Process]:
        """The process and all that it started, but for the database."""
        top = psutil.Process(self.process.pid)
        return [top, *(one for one in top.children(recursive=True) if one.name() != "postgres")]

    def forget_peaks(self) -> None:
        """Peak memory counts from now."""
        for one in self.family():
            Path(f"/proc/{one.pid}/clear_refs").write_text("5")

    def peak(self) -> float:
        """The highest peak among its processes since then, MB."""
        return max(_peak(one.pid) for one in self.family())


def _peak(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    return found


@contextmanager
def running(command: list[str], environ: dict[str, str], port: int, address: str, cwd: Path = ROOT) -> Iterator[Server]:
    """The server answers there meanwhile, and is stopped at the end, with all that it started."""
    with (FOLDER.parent / "bench-servers.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=cwd, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=tied()
        )
    try:
        _wait(process, port, address)
        yield Server(process, port)
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, address: str, seconds: float = 120) -> None:
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if process.poll() is not None:
            raise SystemExit(f"a server ended: see {FOLDER.parent / 'bench-servers.log'}")
        try:
            asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            asking.request("GET", address)
            if asking.getresponse().status < 500:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"a server does not answer: see {FOLDER.parent / 'bench-servers.log'}")


@contextmanager
def ours(folder: Path = FOLDER, **settings: str) -> Iterator[Server]:
    """`run.py` serves that installation, database and all; lists of any length are written within the request, as the
    peers do: a job writes them by the same code.
    """
    port = free_port()
    more = {"PORT": str(port), "PUBLIC_PORT": str(free_port()), "METRICS_PORT": str(free_port())}
    more |= {"EXPORT_AT_ONCE": "1000000"} | settings
    with running([sys.executable, "run.py"], environment(folder) | more, port, "/login/") as server:
        yield server


@contextmanager
def peers(accounts: dict[str, str]) -> Iterator[tuple[Server, Server]]:
    """Django's admin and the pages by hand, on the database that runs; `accounts`: a name for each unit's code."""
    address = Embedded(FOLDER).answering() or {}
    told = {
        "PEER_NAME": PEER,
        "PEER_USER": PEER,
        "PEER_HOST": address["host"],
        "PEER_PORT": address["port"],
        "PEER_PASSWORD": PASSWORD,
    }
    environ = environment() | told | {"DJANGO_SETTINGS_MODULE": "tests.bench.django_site.settings"}
    pairs = [f"{code}={name}" for code, name in accounts.items()]
    subprocess.run(
        [sys.executable, "-m", "tests.bench.django_site.setting_up", *pairs], cwd=ROOT, env=environ, check=True
    )
    with ExitStack() as stack:
        found = []
        for module, path in (
            ("tests.bench.django_site.wsgi:application", "/admin/login/"),
            ("tests.bench.by_hand:application", "/petition?id=" + "0" * 32),
        ):
            port = free_port()
            command = [
                sys.executable,
                "-m",
                "gunicorn",
                "--workers",
                str(WORKERS),
                "--timeout",
                "600",
                "--bind",
                f"127.0.0.1:{port}",
            ]
            command += ["--log-level", "warning", "--no-control-socket", module]
            found.append(stack.enter_context(running(command, environ, port, path)))
        yield found[0], found[1]
