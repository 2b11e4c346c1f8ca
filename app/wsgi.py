"""What gunicorn runs."""

import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask
from gunicorn.arbiter import Arbiter
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.database import application_url, read_secrets
from app.security.audit_heads import load_signing_key
from app.security.key_place import wrapping_key
from app.security.keys import KeyTrouble
from app.security.passwords import nobodys
from config import ConfigError, audit_key_file, instance_dir, load

BETWEEN_TRIES = 2.0  # seconds
NOT_YET = """<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>Đang khởi động</title></head>
<body><main><h1>Đang khởi động</h1>
<p>Cơ sở dữ liệu chưa sẵn sàng, phần mềm chưa ghi gì.
Xin đừng đóng trang: chờ mười giây rồi tải lại trang (phím F5) để gửi lại.</p>
</main></body></html>
"""


def serving(environ: Mapping[str, str] = os.environ) -> Flask:
    """The staff application of this installation. Raises ConfigError or KeyTrouble when it may not serve."""
    settings = load(environ) | {
        "SQLALCHEMY_DATABASE_URI": application_url(environ),
        "SECRET_KEY": read_secrets(instance_dir(environ))["secret_key"],
    }
    load_signing_key(audit_key_file(environ))  # told now, not when the background next signs
    app = create_app(settings, wrapping_key(environ))
    nobodys()
    # What was made so far lives as long as the process: the collector need not walk it again (a pause of 200 ms in the
    # midst of a page otherwise).
    gc.collect()
    gc.freeze()
    return app


class Starting:
    """The application once its database answers; until then every request is told to come back, and tries whether it
    can be made.
    """

    def __init__(self, make: Callable[[], Flask]) -> None:
        self._make = make
        self._made = self._try(make)
        self._tried = time.monotonic()

    @staticmethod
    def _try(make: Callable[[], Flask]) -> Flask | None:
        try:
            return make()
        except DBAPIError:
            logging.getLogger("gunicorn.error").error("cơ sở dữ liệu chưa trả lời; thử lại khi có yêu cầu")
            return None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._made is None and time.monotonic() - self._tried > BETWEEN_TRIES:
            self._made = self._try(self._make)
            self._tried = time.monotonic()
        if self._made is not None:
            return self._made(environ, start_response)
        start_response("503 Service Unavailable", [("Content-Type", "text/html; charset=utf-8"), ("Retry-After", "10")])
        return [NOT_YET.encode()]


def worker() -> Starting:
    """The application in a worker of gunicorn; where it may not serve, one line says why, and gunicorn ends: who
    watches over it tries again.
    """
    try:
        return Starting(serving)
    except (ConfigError, KeyTrouble) as trouble:
        logging.getLogger("gunicorn.error").error(str(trouble))
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
