"""Workbooks as an answer, and what stands under their titles."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app, g, send_file
from flask_babel import gettext

from app.files import memory
from app.models.base import now
from app.reporting.workbook import XLSX
from app.views.labels import moment


def exported() -> str:
    """When, and by which account, the list leaves."""
    return str(gettext("Xuất lúc %(moment)s, tài khoản %(account)s", moment=moment(now()), account=g.user.username))


def workbook(name: str, write: Callable[[BinaryIO, Path], object]) -> Any:
    """The workbook that `write` writes, into what it is given and with rows in that folder meanwhile, by that name."""
    target = io.BytesIO()
    write(target, memory.check(current_app.config["MEMORY_DIR"]))
    target.seek(0)
    return send_file(target, XLSX, as_attachment=True, download_name=name)
