"""Serving: one process starts the database where it is ours, watches over gunicorn, and stops both when it is told to."""

import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from types import FrameType

from app.database import application_url, demonstration_accounts
from app.files.memory import check
from app.law.profiles import PROFILES
from app.security.policies import TOKEN_ONLY
from app.wsgi import serving
from config import ROOT, ConfigError, instance_dir, load, port

BETWEEN_LOOKS = 15.0  # seconds
BESIDE = ("background", "work")  # commands that go on beside serving
WORKERS = 2  # sync workers: counters that protect accounts live in PostgreSQL


def serve(environ: Mapping[str, str]) -> int:
    """Serves until it is stopped; returns gunicorn's exit status. Raises ConfigError or KeyTrouble before anything listens."""
    number = port("PORT", 8080, environ)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in memory does not land on a disk when a process dies
    check(load(environ)["MEMORY_DIR"])
    child_environment = dict(environ) | {"APP_DATABASE_URL": application_url(environ)}
    serving(child_environment)
    sockets = [child_environment[name] for name in ("PROXY_SOCKET", "TOKEN_SOCKET") if child_environment.get(name)]
    binds = [f"unix:{path}" for path in sockets] or [f"127.0.0.1:{number}"]
    # 007: whoever is neither the application's account nor of its group (nginx) cannot reach the sockets.
    command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--timeout", "600", "--umask", "007"]
    command += [part for bind in binds for part in ("--bind", bind)]
    command += ["--forwarded-allow-ips", ""]  # only what comes by the sockets says whence it came
    command += ["--log-level", "warning", "--no-control-socket", "app.wsgi:serving()"]
    # A session of its own: an interrupt typed at the terminal reaches us alone, and we end gunicorn in order, the database last.
    gunicorn = subprocess.Popen(command, env=child_environment, start_new_session=True)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        gunicorn.terminate()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    _announce(number, sockets, "REDIS_URL" in environ)
    status = _watch(gunicorn, child_environment)
    return 0 if status in (0, -signal.SIGTERM) else 1


def _watch(gunicorn: "subprocess.Popen[bytes]", environ: Mapping[str, str]) -> int:
    """gunicorn's exit status; until then what must go on beside serving runs in processes of its own, begun anew whenever they ended."""
    beside: dict[str, subprocess.Popen[bytes]] = {}
    try:
        while True:
            for name in BESIDE:
                if name not in beside or beside[name].poll() is not None:
                    command = [sys.executable, "run.py", name]
                    beside[name] = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, start_new_session=True)
            try:
                return gunicorn.wait(BETWEEN_LOOKS)
            except subprocess.TimeoutExpired:
                continue
    finally:
        for process in beside.values():
            process.terminate()
        for process in beside.values():
            process.wait()


def _announce(number: int, sockets: list[str], shared_limits: bool) -> None:
    if sockets:
        print("Đơn thư: " + ", ".join(f"unix:{path}" for path in sockets) + " (sau nginx; cấu hình: run.py deploy nginx)")
    else:
        print(f"Đơn thư: http://127.0.0.1:{number}/")
    if not sockets and load().get("SIGN_IN_POLICY") is None and PROFILES[load()["PROFILE"]].sign_in_policy == TOKEN_ONLY:
        print("hồ sơ này bắt buộc thiết bị lưu khóa: đặt TOKEN_SOCKET và TOKEN_CA_FILE (docs/operating.md), hoặc SIGN_IN_POLICY=password để xem thử")
    if not shared_limits:
        print(f"giới hạn số thao tác mỗi phút tính riêng cho từng tiến trình ({WORKERS} tiến trình); đặt REDIS_URL để tính chung")
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
