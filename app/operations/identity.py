"""A denouncer's identity opens here and nowhere else, with a reason that is written down before the value leaves."""

from typing import Any

from sqlalchemy.orm import Session

from app.models import Petition
from app.operations.persons import PETITIONER, read_people
from app.operations.refusal import Refused
from app.security import audit


def reveal(session: Session, petition: Petition, reason: str) -> list[dict[str, Any]]:
    """The petitioners of a denunciation the session may read. The audit entry is committed first. Raises Refused without a reason of ten characters."""
    if len(reason.strip()) < 10:
        raise Refused("ghi rõ lý do xem danh tính người tố cáo (ít nhất 10 ký tự)", "reason")
    if petition.text is None:
        raise Refused("chỉ người được phân công xử lý và lãnh đạo đơn vị được xem danh tính người tố cáo")
    audit.record_apart(session, "identity.revealed", table_name="petitions", row_ids=[petition.id], reason=reason)
    return read_people(petition, PETITIONER)
