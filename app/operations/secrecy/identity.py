"""A denouncer's identity opens here and nowhere else, with a reason that is written down before the value leaves: as
data, and as what a scan shows.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law import secrecy
from app.models import Account, Approval, Document, Petition, Reception
from app.operations.content import PETITIONER, ever_of, read_people
from app.operations.reception_text import read_reception
from app.operations.refusal import Refused
from app.operations.secrecy import approvals
from app.operations.secrecy.approvals import Question
from app.security import audit
from app.security.scope import current
from app.settings import setting

LOOKING = timedelta(minutes=15)  # how long a scan that shows who denounced stays open after its reason was given


def _reason(session: Session, account: Account, subject: str, reason: str) -> str:
    """The reason that counts: the one a second person approved, used up now, where that is so set; the one given
    otherwise. Raises Refused.
    """
    if setting("REVEAL_APPROVAL"):
        return approvals.use(session, account, approvals.REVEAL, subject).reason
    if len(reason.strip()) < approvals.SHORTEST_REASON:
        raise Refused(f"ghi rõ lý do xem danh tính người tố cáo (ít nhất {approvals.SHORTEST_REASON} ký tự)", "reason")
    return reason


def _may_reveal(session: Session, subject: Petition | Reception | Document) -> None:
    if not current(session).may("can_reveal", subject.unit_id):
        raise Refused("vai trò của tài khoản không được xem danh tính người tố cáo")


def reveal(session: Session, account: Account, petition: Petition, reason: str) -> list[dict[str, Any]]:
    """The petitioners of a denunciation the session may read. The audit entry is committed first. Raises Refused."""
    _may_reveal(session, petition)
    if petition.text is None:
        raise Refused("chỉ người được phân công xử lý và lãnh đạo đơn vị được xem danh tính người tố cáo")
    why = _reason(session, account, f"petition:{petition.id}", reason)
    audit.record_apart(session, "identity.revealed", table_name="petitions", row_ids=[petition.id], reason=why)
    return read_people(petition, PETITIONER)


def reveal_reception(session: Session, account: Account, reception: Reception, reason: str) -> list[dict[str, Any]]:
    """Who came about a denunciation, where the session may read it.

    The audit entry is committed first. Raises Refused.
    """
    _may_reveal(session, reception)
    if reception.text is None:
        raise Refused("chỉ người ghi lượt tiếp và lãnh đạo đơn vị được xem danh tính người tố cáo")
    why = _reason(session, account, f"reception:{reception.id}", reason)
    audit.record_apart(session, "identity.revealed", table_name="receptions", row_ids=[reception.id], reason=why)
    people: list[dict[str, Any]] = read_reception(reception.text).get("petitioners", [])
    return people


def bears_identity(document: Document) -> bool:
    """True for an original of a denunciation whose sender is named: whoever sees it sees who denounced."""
    about = document.task or document
    petitions = (
        [about.petition] if about.petition is not None else ever_of(about.case) if about.case is not None else []
    )
    return document.recipe is None and any(
        secrecy.content_closed(petition) and petition.signatories != "none" for petition in petitions
    )


def reveal_document(session: Session, account: Account, document: Document, reason: str) -> None:
    """The original is open to the account for a quarter of an hour, in this unit where it may reveal.

    The audit entry is committed first. Raises Refused.
    """
    _may_reveal(session, document)
    subject = f"document:{document.id}"
    why = _reason(session, account, subject, reason)
    if not setting("REVEAL_APPROVAL"):
        number = document.subject.number
        approvals.note(session, account, Question(approvals.REVEAL, subject, number, document.secrecy), why)
    audit.record_apart(session, "identity.revealed", table_name="documents", row_ids=[document.id], reason=why)
    session.commit()


def is_open(session: Session, account: Account, document: Document) -> bool:
    """True when looking at the document tells nobody's identity, or the account gave its reason just now."""
    if not bears_identity(document):
        return True
    query = select(Approval.id).where(
        Approval.act == approvals.REVEAL,
        Approval.subject == f"document:{document.id}",
        Approval.asked_by == account.username,
        Approval.granted.is_(True),
        Approval.used_at > datetime.now(UTC) - LOOKING,
    )
    return session.scalars(query.limit(1)).first() is not None
