"""What is missing for documents and what waits, in sentences: for the start, for `check`, for administrators."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.files import confine
from app.files.memory import PROGRAMS
from app.files.scanner import answers
from app.law.documents import HELD, READY, REFUSED, WAITING
from app.models import Document
from app.security.scope import enter, system_scope

NEEDED = {
    "soffice": "libreoffice-writer-nogui, libreoffice-calc-nogui",
    "tesseract": "tesseract-ocr, tesseract-ocr-vie",
}

UNSCANNED = "unscanned"
WAITS = {
    HELD: "{} tài liệu đang bị giữ, chưa ai mở được: chờ quét mã độc hoặc chờ nơi mở tệp cách ly",
    UNSCANNED: "{} tài liệu đang dùng mà chưa quét mã độc; chưa tài liệu nào trong số đó rời được phần mềm",
    WAITING: "{} tài liệu chờ làm bản xem",
    READY: "{} tài liệu chờ đọc chữ",
}


def missing(settings: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for the operator for each thing this machine lacks, with what follows and what to do."""
    try:
        confine.check()
    except confine.NotConfined as nowhere:
        yield str(nowhere)
    if not answers(settings["CLAMD_SOCKET"]):
        lacks = "clamd không trả lời" if settings["CLAMD_SOCKET"] else "chưa có bộ quét mã độc"
        then = "tệp tải lên được giữ lại, chưa ai mở được"
        if not settings["SCANNER_REQUIRED"]:
            then = "tài liệu vẫn xem được, mang dấu “chưa quét mã độc” và không rời phần mềm"
        yield f"{lacks}: {then}; cài clamav-daemon, đặt CLAMD_SOCKET (docs/operating.md)"
    for program, package in NEEDED.items():
        if shutil.which(program, path=PROGRAMS) is None:
            yield f"chưa cài {program}: tài liệu cần nó sẽ chờ; cài gói {package}"


def waiting(session: Session, kinds: Iterable[str] = tuple(WAITS)) -> Iterator[str]:
    """A sentence for each of these kinds of waiting there is, with its number. The session sees everything."""
    counted = _counts(session)
    yield from (WAITS[kind].format(counted[kind]) for kind in kinds if counted.get(kind))


def start_lines(session: Session, settings: Mapping[str, Any]) -> list[str]:
    """What the start says of documents: what is missing, what waits. The session sees everything."""
    return [*missing(settings), *waiting(session)]


def problems(session: Session, settings: Mapping[str, Any]) -> Iterator[str]:
    """What must not be so outside the demonstration, a sentence each. The session sees everything."""
    try:
        confine.check()
    except confine.NotConfined as nowhere:
        yield str(nowhere)
    if settings["DEMONSTRATION"]:
        return
    if not settings["SCANNER_REQUIRED"]:
        yield "SCANNER_REQUIRED=0 chỉ dành cho bản trình diễn; bỏ đi và đặt CLAMD_SOCKET"
    if unscanned := _counts(session)[UNSCANNED]:
        then = "cài clamav-daemon, đặt CLAMD_SOCKET, đợi “run.py work” quét xong"
        yield f"{unscanned} tài liệu đang dùng mà chưa quét mã độc; {then}"


def for_administrators(session: Session) -> list[str]:
    """How many documents are held or unscanned in all; counted apart: an administrator reads none of them."""
    with Session(session.get_bind()) as apart:
        enter(apart, system_scope("documents held"))
        return list(waiting(apart, (HELD, UNSCANNED)))


def _counts(session: Session) -> dict[str, int]:
    """How many documents stand in each state that waits, and how many are used unscanned."""
    waits = Document.state.in_((HELD, WAITING, READY))
    states = select(Document.state, func.count()).where(waits).group_by(Document.state)
    marked = select(func.count()).select_from(Document).where(Document.unscanned.is_(True), Document.state != REFUSED)
    found = {UNSCANNED: session.scalar(marked) or 0}
    for state, number in session.execute(states):
        found[state] = number
    return found
