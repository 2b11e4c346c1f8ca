"""Serving: one process starts the database where it is ours, watches over all that serves, and stops it when it is told
to, the database last.
"""

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from app.checks import before_serving
from app.database import (
    application_address,
    application_url,
    demonstration_accounts,
    made,
    read_secrets,
    sqlalchemy_url,
)
from app.embedded import TELL_AFTER, Kept, tell_waiting
from app.law.profiles import PROFILES
from app.lifeline import tied
from app.ports import check_free, check_socket
from app.security.policies import TOKEN_ONLY
from app.supervision import TICK, Child, Process, Watch
from config import ROOT, ConfigError, instance_dir, load, port

BESIDE = ("background", "work")  # commands that go on beside serving


def serve(environ: Mapping[str, str]) -> int:
    """Serves until it is stopped; returns the exit status. Raises ConfigError or KeyTrouble before anything listens."""
    number = port("PORT", 8080, environ)
    settings = load(environ)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in memory does not land on a disk when a process dies
    sockets = [environ[name] for name in ("PROXY_SOCKET", "TOKEN_SOCKET") if environ.get(name)]
    for path in sockets:
        check_socket(path)
    if not sockets:
        check_free(number)
    read_secrets(instance_dir(environ))  # before a database is made that nobody initialised
    ours = None if environ.get("DATABASE_URL") or environ.get("APP_DATABASE_URL") else Kept(instance_dir(environ))
    watch = Watch()
    try:
        environ = dict(environ) | {"APP_DATABASE_URL": _address(watch, ours, environ)}
        if not watch.stopping:
            for sentence in before_serving(environ):
                print(f"lưu ý: {sentence}", file=sys.stderr)
            watch.add(Child("gunicorn", partial(_begin, _gunicorn(number, sockets, settings), environ)))
            for name in (*BESIDE, *(["jobs"] if settings["JOBS_BESIDE"] else [])):
                watch.add(Child(f"run.py {name}", partial(_begin, [sys.executable, "run.py", name], environ)))
            _announce(number, sockets, settings, "REDIS_URL" in environ)
            watch.until_stopped()
    finally:
        watch.end()
    return 0


def _address(watch: Watch, ours: Kept | None, environ: Mapping[str, str]) -> str:
    """Where the application finds its database; ours answers, or we were told to stop meanwhile. Raises ConfigError
    where it ended instead.
    """
    if ours is None:
        return application_url(environ)
    begin = partial(ours.spawn, kept=True)
    database = watch.add(Child("PostgreSQL đi kèm", begin, lambda: ours.answering() is not None, how=signal.SIGINT))
    database.look()
    began = time.monotonic()
    said = False
    while not watch.stopping and not database.ready():
        if database.process is None or database.process.poll() is not None:
            raise ConfigError(f"PostgreSQL đi kèm không khởi động được: {ours.last_words()}; xem {ours.data / 'log'}")
        if not said and time.monotonic() - began > TELL_AFTER:
            said = True
            tell_waiting()
        time.sleep(TICK / 2)
    address = ours.answering()
    return "" if address is None or watch.stopping else sqlalchemy_url(application_address(made(address), environ))


def _gunicorn(number: int, sockets: list[str], settings: Mapping[str, Any]) -> list[str]:
    binds = [f"unix:{path}" for path in sockets] or [f"127.0.0.1:{number}"]
    # 007: whoever is neither the application's account nor of its group (nginx) cannot reach the sockets.
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--workers",
        str(settings["WEB_WORKERS"]),  # counters that protect accounts live in PostgreSQL
        "--threads",
        str(settings["WEB_THREADS"]),
        "--timeout",
        "600",
        "--umask",
        "007",
        "--config",
        "python:app.lifeline",
    ]
    command += [part for bind in binds for part in ("--bind", bind)]
    command += ["--forwarded-allow-ips", ""]  # only what comes by the sockets says whence it came
    return [*command, "--log-level", "warning", "--no-control-socket", "app.wsgi:worker()"]


def _begin(command: list[str], environ: Mapping[str, str]) -> Process:
    # A session of its own: an interrupt typed at the terminal reaches us alone, and we end everything in order, the
    # database last.
    output = None if "gunicorn" in command else subprocess.DEVNULL
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=output,
        start_new_session=True,
        preexec_fn=tied(),
    )


def _announce(number: int, sockets: list[str], settings: Mapping[str, Any], shared_limits: bool) -> None:
    if sockets:
        print(
            "Đơn thư: " + ", ".join(f"unix:{path}" for path in sockets) + " (sau nginx; cấu hình: run.py deploy nginx)"
        )
    else:
        print(f"Đơn thư: http://127.0.0.1:{number}/")
    if (
        not sockets
        and settings["SIGN_IN_POLICY"] is None
        and PROFILES[settings["PROFILE"]].sign_in_policy == TOKEN_ONLY
    ):
        print(
            "hồ sơ này bắt buộc thiết bị lưu khóa: đặt TOKEN_SOCKET và TOKEN_CA_FILE (docs/operating.md), hoặc"
            " SIGN_IN_POLICY=password để xem thử"
        )
    if not shared_limits:
        print(
            "giới hạn số thao tác mỗi phút tính riêng cho từng tiến trình"
            f" ({settings['WEB_WORKERS']} tiến trình); đặt REDIS_URL để tính chung"
        )
    try:
        accounts = demonstration_accounts(instance_dir())
    except ConfigError as trouble:
        print(trouble)
        accounts = []
    if accounts:
        print("Tài khoản trình diễn (mật khẩu như khi nạp dữ liệu; chủ tài khoản có thể đã đổi):")
    for account in accounts:
        print(f"  {account['identifier']:<22} {account['password']:<18} {account['what']}")
    sys.stdout.flush()
