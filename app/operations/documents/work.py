"""What is done with documents beside serving: scanned again while held, a working copy made, words read.

The row that waits is its own job.

Each try is committed before it begins and leaves its time of return, so that a worker that dies loses nothing and a
file that kills workers is given up.
"""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from docx import Document as Docx
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.files.apart import ask
from app.files.confine import NotConfined
from app.files.kinds import OFFICE, PDF, UNKNOWN
from app.files.reading import NoProgram, as_text, boxes_of, office_as_pdf, read_page
from app.files.scanner import answers
from app.files.unwanted import Unwanted
from app.law.documents import AT_WORK, FAILED, HELD, READ, READY, REFUSED, WAITING
from app.models import Case, Document, Petition
from app.operations.content import PETITIONER, denouncers, ever_of, read_people
from app.operations.documents.documents import examine, purpose_of
from app.operations.rights import demand_operator
from app.security import audit, sealed_files
from app.security.sealed import CannotOpen, seal, unseal
from app.security.tokens import tokens_of
from app.settings import setting
from app.text.tcvn6909 import Undecidable, decode_text

LEASE = timedelta(minutes=15)
HELD_AGAIN = timedelta(minutes=1)
NO_PROGRAM_AGAIN = timedelta(minutes=10)
MOST_TRIES = 5
PAGES_READ = 300  # of longer documents the first pages are read
FEW_LETTERS = 20  # a page with fewer in its text layer, or with more than its letters on it, is read as a picture, too


def work_once(session: Session) -> bool:
    """The document that has waited longest is one state further, or set back to a later time; False where none waits.

    First of all, where a scanner answers, come those that are used unscanned. The session is the system's.
    """
    demand_operator(session)
    moment = datetime.now(UTC)
    if _scan_first(session, moment):
        return True
    query = (
        select(Document)
        .where(Document.state.in_(AT_WORK), Document.next_at <= moment)
        .order_by(Document.next_at)
        .limit(1)
    )
    document = session.scalars(query.with_for_update(skip_locked=True)).first()
    if document is None:
        session.rollback()
        return False
    given_up = document.tries >= MOST_TRIES
    _put_off(session, document, LEASE, document.tries + 1)
    if given_up:
        _end(
            session,
            document,
            REFUSED if document.state == HELD else FAILED,
            "không xử lý được tệp sau nhiều lần thử; in hoặc quét lại thành PDF rồi tải lên",
        )
    session.commit()
    if not given_up:
        _one_step(session, document)
        session.commit()
    return True


def _one_step(session: Session, document: Document) -> None:
    try:
        {HELD: _scan, WAITING: _copy, READY: _read}[document.state](session, document)
    except Unwanted as unwanted:
        _end(session, document, REFUSED if document.state == HELD else FAILED, str(unwanted))
    except (NoProgram, NotConfined, CannotOpen, sealed_files.NoRoom) as trouble:
        document.why = str(trouble)[:300]
        _put_off(session, document, NO_PROGRAM_AGAIN, 0)


def _scan_first(session: Session, moment: datetime) -> bool:
    """One that is used unscanned has been looked at; False where none waits for that, or no scanner answers."""
    unscanned = (Document.unscanned.is_(True), Document.derived_from_id.is_(None), Document.state != REFUSED)
    query = select(Document).where(*unscanned, Document.next_at <= moment).order_by(Document.next_at).limit(1)
    document = session.scalars(query.with_for_update(skip_locked=True)).first()
    if document is None or not answers(setting("CLAMD_SOCKET")):
        session.rollback()
        return False
    made = list(session.scalars(select(Document).where(Document.derived_from_id == document.id)))
    try:
        if (trouble := examine(_file(document, sealed_files.ORIGINAL))) is None:
            for row in (document, *made):
                row.unscanned = False
        document.why = trouble[:300] if trouble else None
        _put_off(session, document, HELD_AGAIN if trouble else timedelta(), document.tries)
    except Unwanted as unwanted:
        for row in (document, *made):
            _end(session, row, REFUSED, str(unwanted))
    except (NotConfined, CannotOpen) as trouble:
        document.why = str(trouble)[:300]
        _put_off(session, document, NO_PROGRAM_AGAIN, 0)
    session.commit()
    return True


def _put_off(session: Session, document: Document, until: timedelta, tries: int) -> None:
    """The document comes up again then.

    No change of data: one statement beside the flush, which would fill the trail with a worker's own notes.
    """
    statement = (
        update(Document).where(Document.id == document.id).values(next_at=datetime.now(UTC) + until, tries=tries)
    )
    session.execute(statement.execution_options(synchronize_session="evaluate"))


def _end(session: Session, document: Document, state: str, why: str) -> None:
    document.state = state
    document.why = why[:300]
    audit.record(session, "document.refused", table_name="documents", row_ids=[document.id], reason=why)


def _next(session: Session, document: Document, state: str) -> None:
    document.state = state
    document.why = None
    _put_off(session, document, timedelta(), 0)


def _file(document: Document, part: str) -> bytes:
    return sealed_files.read(setting("FILES_DIR"), document.id, part)


def _scan(session: Session, document: Document) -> None:
    data = _file(document, sealed_files.ORIGINAL)
    trouble = examine(data)
    if trouble is not None and setting("SCANNER_REQUIRED"):
        document.why = trouble[:300]
        _put_off(session, document, HELD_AGAIN, 0)
        return
    document.unscanned = trouble is not None
    if document.media == UNKNOWN:  # it came while nothing could be opened apart
        seen, _ = ask("recognise", data)
        document.media = seen["kind"]
        document.pages = seen["pages"] or None
    _next(session, document, WAITING)


def _copy(session: Session, document: Document) -> None:
    recipe = unseal(document, "recipe")
    if recipe is None and document.media == PDF:
        _name_signatures(document)
    copy = (
        _plain_copy(document)
        if recipe is None or document.derived_from_id is None
        else _file(document.derived_from, sealed_files.COPY)
    )
    document.pages = ask("recognise", copy)[0]["pages"]
    if recipe is not None:
        copy = _covered(document, copy, recipe)
        sealed_files.write(setting("FILES_DIR"), document.id, sealed_files.ORIGINAL, copy, purpose_of(document))
    sealed_files.write(setting("FILES_DIR"), document.id, sealed_files.COPY, copy, purpose_of(document))
    _next(session, document, READY)


def _name_signatures(document: Document) -> None:
    """Who signed the file digitally, and whether it is intact, is told with it."""
    data = _file(document, sealed_files.ORIGINAL)
    if b"/ByteRange" in data and (found := ask("signatures", data)[0]["signatures"]):
        told = unseal(document, "told") | {"signatures": found}
        document.told = seal(document, "told", told, purpose_of(document))


def _plain_copy(document: Document) -> bytes:
    data = _file(document, sealed_files.ORIGINAL)
    kind = document.media
    if kind in OFFICE:
        data = office_as_pdf(data, kind, setting("MEMORY_DIR"))
        kind = PDF
    return ask("copy", data, kind=kind)[1][0]


def _covered(document: Document, copy: bytes, recipe: dict[str, Any]) -> bytes:
    """A flat copy with the chosen regions black and, where asked, wherever the petitioner's identity is read on a
    page.
    """
    covered = {int(place): list(boxes) for place, boxes in recipe.get("covered", {}).items()}
    if recipe.get("identity"):
        people = hidden_people(document)
        for place in range(document.pages or 0):
            covered.setdefault(place, []).extend(boxes_of(read_page(copy, place, setting("MEMORY_DIR")), people))
    return ask("flat", copy, covered={str(place): boxes for place, boxes in covered.items()})[1][0]


def hidden_people(document: Document) -> list[dict[str, Any]]:
    """Whom a copy of the document must not tell of: the petitioners of its petition, and of every petition of its
    case.
    """
    about = document.petition or document.case
    if about is None:
        return []  # of a task: no copy is made of it
    case: Case | None = document.case or document.petition.case
    petitions: list[Petition] = ever_of(case) if case is not None else [document.petition]
    people = [person for petition in petitions for person in read_people(petition, PETITIONER)]
    return people + [person for person in denouncers(about) if person not in people]


def _read(session: Session, document: Document) -> None:
    copy = _file(document, sealed_files.COPY)
    pages = []
    seen, layers = ask("text", copy)
    for place, layer in enumerate(layers[:PAGES_READ]):
        text = in_unicode(layer.decode("utf-8", "replace"))
        if sum(letter.isalpha() for letter in text) < FEW_LETTERS or not seen["covered"][place]:
            text += "\n" + as_text(read_page(copy, place, setting("MEMORY_DIR")))
        pages.append(text.strip())
        _put_off(session, document, LEASE, document.tries)
        session.commit()
    text = "\n\n".join(pages)
    document.read_text = seal(document, "read_text", {"text": text}, purpose_of(document))
    document.tokens = tokens_of([], [text], document.compartment)
    _next(session, document, READ)


def in_unicode(text: str) -> str:
    """The text, converted from an encoding older than Unicode (TCVN 6909); as it is where that cannot be told."""
    try:
        return decode_text(text).text
    except Undecidable:
        return text


def record_as_docx(lines: list[str]) -> bytes:
    """A Word file of these paragraphs."""
    made = Docx()
    target = io.BytesIO()
    for line in lines:
        made.add_paragraph(line)
    made.save(target)
    return target.getvalue()
