"""Serving: one process starts the database where it is ours, watches over gunicorn, and stops both when it is told to."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from types import FrameType

from app.database import application_url
from app.wsgi import serving
from config import instance_dir, port

WORKERS = 2  # sync workers: counters that protect accounts live in PostgreSQL


def serve(environ: Mapping[str, str]) -> int:
    """Serves until it is stopped; returns gunicorn's exit status. Raises ConfigError or KeyTrouble before anything listens."""
    number = port("PORT", 8080, environ)
    child_environment = dict(environ) | {"APP_DATABASE_URL": application_url(environ)}
    serving(child_environment)
    command = [sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--bind", f"127.0.0.1:{number}", "--timeout", "600"]
    command += ["--log-level", "warning", "--no-control-socket", "app.wsgi:serving()"]
    # A session of its own: an interrupt typed at the terminal reaches us alone, and we end gunicorn in order, the database last.
    gunicorn = subprocess.Popen(command, env=child_environment, start_new_session=True)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        gunicorn.terminate()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    _announce(number)
    status = gunicorn.wait()
    return 0 if status in (0, -signal.SIGTERM) else 1


def _announce(number: int) -> None:
    print(f"Đơn thư: http://127.0.0.1:{number}/")
    path = instance_dir() / "demo-accounts.json"
    if path.exists():
        print("Tài khoản trình diễn (mật khẩu như khi nạp dữ liệu; chủ tài khoản có thể đã đổi):")
        for account in json.loads(path.read_text()):
            print(f"  {account['identifier']:<22} {account['password']:<18} {account['what']}")
    sys.stdout.flush()
