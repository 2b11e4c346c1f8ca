"""Asking the process apart: a stranger's file is never opened where keys and other people's data are."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from app.files import confine
from app.files.unwanted import Unwanted

TIMEOUT = 180  # seconds
# As a package of its own, not as part of the application: that would load every screen first, two seconds a page.
_COMMAND = [sys.executable, "-m", Path(__file__).parent.name]
_FOLDER = Path(__file__).parent.parent


class Missing(LookupError):
    """There is no such page."""


def ask(verb: str, data: bytes, **task: Any) -> tuple[dict[str, Any], list[bytes]]:
    """What the task gave: told and parts.

    Raises Unwanted, also where the process died over the file; Missing for a page that is not there; NotConfined where
    this machine cannot keep the process apart: then nothing is opened.
    """
    confine.check()
    line = json.dumps({"verb": verb, **task}).encode() + b"\n"
    try:
        # An environment of its own: no secret of ours is in it.
        environment = {"PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            _COMMAND, input=line + data, capture_output=True, timeout=TIMEOUT, cwd=_FOLDER, env=environment
        )
    except subprocess.TimeoutExpired:
        raise Unwanted(_beyond()) from None
    if done.returncode != 0:
        raise Unwanted(_beyond())
    head, _, rest = done.stdout.partition(b"\n")
    answer: dict[str, Any] = json.loads(head)
    if "unwanted" in answer:
        raise Unwanted(answer["unwanted"])
    if "missing" in answer:
        raise Missing
    parts = []
    place = 0
    for size in answer.pop("sizes"):
        parts.append(rest[place : place + size])
        place += size
    return answer, parts


def _beyond() -> str:
    return (
        "tệp không xử lý được trong giới hạn bộ nhớ và thời gian (quá lớn hoặc cố ý phá hoại); in hoặc quét lại thành"
        " PDF nhỏ hơn rồi tải lên"
    )
