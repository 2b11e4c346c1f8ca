"""The worker of the queue. It loads no application: each job runs in a process that does."""

import asyncio
import logging
import os
from argparse import Namespace
from typing import Any

import procrastinate

from app.worker import work_through
from config import ConfigError


class _OneLine(logging.Formatter):
    """A line says what happened; where in the code of others stands in no log."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        return ""


def jobs(_options: Namespace) -> None:
    """What waits in the queue is run, until it is stopped."""
    shown = logging.StreamHandler()
    shown.setFormatter(_OneLine("hàng đợi: %(message)s"))
    shown.setLevel(logging.ERROR)
    logging.basicConfig(handlers=[shown])
    try:
        asyncio.run(work_through(os.environ))
    except procrastinate.exceptions.ConnectorException:
        raise ConfigError("hàng đợi việc chạy nền mất kết nối cơ sở dữ liệu; sẽ nối lại") from None
