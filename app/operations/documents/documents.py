"""Documents of a petition or a case: taken in, told of, opened.

What is done with them afterwards stands in document_work.py and derivatives.py.
"""

import hashlib
import re
from typing import Any

from sqlalchemy import desc, or_, select
from sqlalchemy.orm import Session

from app.files.apart import ask
from app.files.confine import NotConfined
from app.files.kinds import UNKNOWN
from app.files.scanner import ScannerTrouble, scan
from app.files.unwanted import Unwanted
from app.law import secrecy
from app.law.documents import HELD, REFUSED, SHOWN, WAITING
from app.law.secrecy import NORMAL, default_level, last_day
from app.law.tasks import OPEN
from app.models import Case, Document, Petition, Task
from app.operations.act import Act
from app.operations.content import handlers_of, shut_out_of
from app.operations.refusal import Refused
from app.operations.stepping import opens
from app.security import audit, sealed_files
from app.security.keys import DENUNCIATION, DOCUMENT
from app.security.scope import current
from app.security.sealed import seal, unseal
from app.settings import setting

UPLOADERS = ("can_register", "can_process", "can_settle", "can_approve")
LONGEST_NAME = 200
Subject = Petition | Case | Task


def may_add(session: Session, subject: Subject) -> bool:
    """True when the session may add documents: it opens the content, writes the unit, and works with petitions
    there.
    """
    scope = current(session)
    return (
        scope.may_write(subject.unit_id)
        and opens(subject)
        and (not isinstance(subject, Task) or subject.state in OPEN)
        and any(scope.may(permission, subject.unit_id) for permission in UPLOADERS)
    )


def add(session: Session, subject: Subject, act: Act, name: str, data: bytes) -> Document:
    """The file is a document of the petition, case or task, its original sealed with its SHA-256. Raises Refused.

    It is scanned, or held until it can be; where SCANNER_REQUIRED is off it is used meanwhile, marked. Where nothing
    may open it apart, it is held unseen. A refused file leaves nothing but an entry in the trail.
    """
    if not may_add(session, subject):
        raise Refused("vai trò của tài khoản không được thêm tài liệu vào hồ sơ này")
    _check_size(data)
    try:
        document = _looked_at(subject, data, act.by)
    except Unwanted as unwanted:
        audit.record_apart(
            session, "document.refused", table_name=subject.__tablename__, row_ids=[subject.id], reason=str(unwanted)
        )
        raise Refused(str(unwanted), "file") from None
    level = _level_of(subject)
    document.secrecy = level
    document.secrecy_until = last_day(level, act.today)
    purpose = purpose_of(document)
    described = {"name": clean_name(name), "sha256": hashlib.sha256(data).hexdigest(), "note": act.note}
    document.told = seal(document, "told", described, purpose)
    try:
        sealed_files.write(setting("FILES_DIR"), document.id, sealed_files.ORIGINAL, data, purpose)
    except sealed_files.NoRoom as full:
        raise Refused(str(full), "file") from None
    session.add(document)
    detail = {"kind": document.media, "size": document.size}
    audit.record(session, "document.added", table_name="documents", row_ids=[document.id], detail=detail)
    session.flush()
    return document


def _level_of(subject: Subject) -> int:
    """How secret a file of the subject is when it comes; of a task, as secret as what it is about."""
    if isinstance(subject, Task):
        about = subject.petition or subject.case
        return NORMAL if about is None else _level_of(about)
    petitions = [subject] if isinstance(subject, Petition) else subject.petitions
    named = any(petition.signatories != "none" for petition in petitions)
    return max(subject.secrecy, default_level(subject.kind, named))


def _check_size(data: bytes) -> None:
    limit = setting("DOCUMENT_MAX_BYTES")
    if len(data) > limit:
        raise Refused(f"tệp lớn hơn {limit >> 20} MB; chia thành nhiều tệp nhỏ hơn rồi tải lên", "file")
    try:
        sealed_files.check_room(setting("FILES_DIR"), len(data), setting("FREE_BYTES"))
    except sealed_files.NoRoom as full:
        raise Refused(str(full), "file") from None


def _looked_at(subject: Subject, data: bytes, by: str) -> Document:
    """The document of that file, with its kind and what is next for it. Raises Unwanted."""
    try:
        trouble = examine(data)
        seen, _ = ask("recognise", data)
    except NotConfined as nowhere:
        document = new_document(subject, UNKNOWN, len(data), by)
        document.state = HELD
        document.why = str(nowhere)[:300]
        return document
    document = new_document(subject, seen["kind"], len(data), by)
    document.pages = seen["pages"] or None
    document.unscanned = bool(trouble) and not setting("SCANNER_REQUIRED")
    held = bool(trouble) and not document.unscanned
    document.state, document.why = (HELD, trouble) if held else (WAITING, None)
    return document


def new_document(subject: Subject, media: str, size: int, by: str) -> Document:
    """A document row of that subject, closed as the subject's content is; not yet of the session."""
    place: dict[str, Any]
    if isinstance(subject, Task):
        place = {name: getattr(subject, name) for name in ("compartment", "handlers", "shut_out", "verifiers")}
        place["task"] = subject
    else:
        place = {"compartment": secrecy.content_closed(subject), "handlers": handlers_of(subject)}
        place["shut_out"] = shut_out_of(subject)
        place["petition" if isinstance(subject, Petition) else "case"] = subject
    return Document(unit=subject.unit, media=media, size=size, uploaded_by=by, **place)


def examine(data: bytes) -> str | None:
    """None where the scanner found nothing in the file and what it carries; why it must be held where the scanner
    cannot tell. Raises Unwanted for a virus.
    """
    socket = setting("CLAMD_SOCKET")
    try:
        found = scan(socket, data)
        if found is None and data.startswith(b"%PDF-"):
            found = next((name for part in ask("attachments", data)[1] if (name := scan(socket, part))), None)
    except ScannerTrouble as trouble:
        return str(trouble)
    if found:
        raise Unwanted(
            f"tệp có mã độc ({found[:60]}); không nhận. Báo bộ phận an toàn thông tin, và quét máy hoặc USB đã chứa tệp"
        )
    return None


def clean_name(name: str) -> str:
    """The file's own name without folders and control characters, at most 200 characters, its ending kept."""
    last = (
        re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", re.split(r"[/\\]", name)[-1]).strip()
        or "tài liệu"
    )
    return last if len(last) <= LONGEST_NAME else last[: LONGEST_NAME - 10] + "…" + last[-8:]


def purpose_of(document: Document) -> str:
    """The class of keys the document's content is sealed under."""
    return DENUNCIATION if document.compartment else DOCUMENT


def told_of(document: Document) -> dict[str, Any]:
    """Name, SHA-256 and note of a document the session may read. Raises CannotOpen."""
    found: dict[str, Any] = unseal(document, "told")
    return found


def of_subject(session: Session, subject: Subject) -> list[Document]:
    """The documents the session may read of a petition with its case, a case with its petitions, or a task; newest
    first.
    """
    where: Any
    if isinstance(subject, Petition):
        where = (
            or_(Document.petition_id == subject.id, Document.case_id == subject.case_id)
            if subject.case_id
            else Document.petition_id == subject.id
        )
    elif isinstance(subject, Task):
        where = Document.task_id == subject.id
    else:
        where = or_(
            Document.case_id == subject.id, Document.petition_id.in_([petition.id for petition in subject.petitions])
        )
    query = (
        select(Document).where(where, Document.state != REFUSED).order_by(desc(Document.uploaded_at), desc(Document.id))
    )
    return list(session.scalars(query))


def working_copy(document: Document) -> bytes:
    """The PDF people look at. Raises Refused while there is none; CannotOpen."""
    if document.state not in SHOWN:
        raise Refused(document.why or "tài liệu đang được kiểm tra và làm bản xem; tải lại trang sau ít phút")
    return sealed_files.read(setting("FILES_DIR"), document.id, sealed_files.COPY)


def check_leaves(document: Document) -> None:
    """The document may leave: a scanner has found nothing in it, nor in what it was made from. Raises Refused."""
    if document.unscanned:
        raise Refused(
            "tài liệu chưa quét mã độc nên chỉ xem được trong phần mềm, chưa tải về, in hay giao cho ai; đợi bộ quét"
            " hoặc báo quản trị"
        )


def leaving_copy(document: Document) -> bytes:
    """The working copy, to be taken out. Raises Refused while there is none or it may not leave; CannotOpen."""
    check_leaves(document)
    return working_copy(document)


def original(document: Document) -> bytes:
    """The file as it came, for evidence.

    Raises Refused while it has not been found clean, or where it is not what was taken in; CannotOpen.
    """
    check_leaves(document)
    if document.state in (HELD, REFUSED):
        raise Refused(document.why or "tệp chưa được quét mã độc nên chưa mở được")
    data = sealed_files.read(setting("FILES_DIR"), document.id, sealed_files.ORIGINAL)
    if hashlib.sha256(data).hexdigest() != told_of(document)["sha256"]:
        raise Refused("tệp gốc không còn khớp mã SHA-256 đã ghi khi nhận; báo ngay cho quản trị")
    return data
