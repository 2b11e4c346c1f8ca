"""Levels of secrecy: determined with term and register number, and what a dossier of several takes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.law.secrecy import ACT, NORMAL, SECRECY_LEVELS, Secrecy, default_level, highest, last_day
from app.law.sources import cite
from app.law.terms import term
from app.models import Case, Document, Petition, Reception
from app.operations.act import Act
from app.operations.content import ever_of
from app.operations.refusal import Refused
from app.operations.stepping import opens, record_step
from app.security import audit
from app.security.scope import Scope, current
from app.settings import setting

Subject = Petition | Case | Document


def guard(petition: Petition, on: date) -> None:
    """A new denunciation whose sender is named has the guards its original will have, from registration on (QĐ
    774/QĐ-TTg).
    """
    petition.secrecy = default_level(petition.kind, petition.signatories != "none")
    petition.secrecy_until = last_day(petition.secrecy, on)


def network_line(highest: int) -> str:
    """What this installation's network may hold, as a sentence for the operator (domain.md 8.2; Luật 117/2025/QH15)."""
    if highest == NORMAL:
        return (
            "mạng này không chứa bí mật nhà nước (NETWORK_SECRECY=none): đơn tố cáo được bảo vệ như tài liệu Mật, nhưng"
            " không ghi độ Mật"
        )
    return f"mạng này được phép chứa bí mật nhà nước đến độ {term('secrecy', str(highest))} (NETWORK_SECRECY)"


def of_row(row: Subject) -> Secrecy:
    """What the row itself was determined to be."""
    return Secrecy(row.secrecy, row.secrecy_until, row.secrecy_number)


def of_dossier(subject: Petition | Case, documents: Iterable[Document], today: date) -> Secrecy:
    """What the whole dossier is on that day: the highest of petition, case and these documents of it."""
    case = subject.case if isinstance(subject, Petition) else subject
    petitions = [subject] if isinstance(subject, Petition) else subject.petitions
    rows: list[Subject] = [*petitions, *([case] if case is not None else []), *documents]
    return highest([of_row(row) for row in rows], today)


def of_reception(reception: Reception, today: date) -> Secrecy:
    """What a reception is on that day: as secret as its petition; about a denunciation without one, as that would
    be.
    """
    if reception.petition is not None:
        return of_dossier(reception.petition, [], today)
    return Secrecy(default_level(reception.about or "", True))


def of_document(document: Document, today: date) -> Secrecy:
    """What a document is on that day: as secret as itself, its petition and their case; a derivative is judged by
    itself, as it was taken from them.
    """
    if document.recipe is not None:
        return highest([of_row(document)], today)
    about = document.task or document
    case = about.case or (about.petition.case if about.petition is not None else None)
    rows: list[Subject | None] = [document, about.petition, case, *(ever_of(case) if case is not None else ())]
    return highest([of_row(row) for row in rows if row is not None], today)


def determine(session: Session, row: Subject, act: Act, level: int, until: date | None, number: str) -> None:
    """The row has this level, its last day (the law's longest term where none is given) and its number in the register
    of secrets. Raises Refused.

    Lowering a level needs the permission to approve; raising it, to process.
    """
    subject: Any = row.subject if isinstance(row, Document) else row
    scope = current(session)
    if level not in SECRECY_LEVELS:
        raise Refused("chọn một trong các độ mật của danh mục", "level")
    _check_right(scope, row, subject, level, until)
    if level == NORMAL:
        until = None
        number = ""
    else:
        until = _last_day(level, until, number, act.today)
    before = row.secrecy
    row.secrecy = level
    row.secrecy_until = until
    row.secrecy_number = number.strip() or None
    audit.record(
        session, "secrecy.changed", table_name=row.__tablename__, row_ids=[row.id], detail={"from": before, "to": level}
    )
    if not isinstance(row, Document):
        record_step(session, row, "classify", replace(act, paper=number))
    session.flush()


def _check_right(scope: Scope, row: Subject, subject: Petition | Case, level: int, until: date | None) -> None:
    sooner = row.secrecy != NORMAL and until is not None and (row.secrecy_until is None or until < row.secrecy_until)
    lowers = level < row.secrecy or sooner
    if not scope.may_write(subject.unit_id) or not opens(subject) or not scope.may("can_process", subject.unit_id):
        raise Refused("vai trò của tài khoản không được xác định độ mật của hồ sơ này", "level")
    if level > setting("NETWORK_SECRECY"):
        raise Refused(
            f"mạng của hệ thống này không được chứa bí mật nhà nước độ {term('secrecy', str(level))}; "
            "chuyển hồ sơ sang hệ thống được phép, đơn vẫn được bảo vệ như tài liệu mật",
            "level",
        )
    if lowers and not scope.may("can_approve", subject.unit_id):
        raise Refused(
            "hạ độ mật hoặc rút ngắn thời hạn bảo vệ do người có quyền phê duyệt của đơn vị quyết định", "level"
        )


def _last_day(level: int, until: date | None, number: str, today: date) -> date | None:
    if not number.strip():
        raise Refused("ghi số trong sổ đăng ký bí mật nhà nước", "number")
    latest = last_day(level, today)
    until = until or latest
    if latest is not None and until is not None and not today <= until <= latest:
        raise Refused(f"thời hạn bảo vệ phải từ hôm nay đến {latest:%d/%m/%Y} ({cite(ACT, today)})", "until")
    return until
