"""The receipt of a petition: the code on the slip that the citizen takes home."""

from sqlalchemy.orm import Session

from app.law import secrecy
from app.models import Petition
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.security.keys import DENUNCIATION, TEXT
from app.security.receipt_codes import make_code
from app.security.sealed import seal, unseal
from app.security.tokens import receipt_key


def receipt_of(session: Session, petition: Petition) -> str:
    """The petition's code; made where it has none. Raises Refused."""
    demand(session, "can_read", "Petitions", petition.unit_id)
    text = petition.text
    if text is None:
        raise Refused("chỉ ai đọc được nội dung đơn mới in phiếu tiếp nhận")
    known = unseal(text, "receipt")
    if known is not None:
        return str(known["code"])
    code = make_code()
    text.receipt = seal(text, "receipt", {"code": code}, DENUNCIATION if secrecy.content_closed(petition) else TEXT)
    text.receipt_key = receipt_key(code)
    session.flush()
    return code
