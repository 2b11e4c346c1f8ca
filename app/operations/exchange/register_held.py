"""The file of a previewed register, held sealed until it is imported.

For its sender only, once, half an hour at most.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.models import HeldFile
from app.operations.refusal import Refused
from app.operations.rights import demand, demand_operator
from app.security.keys import DOCUMENT
from app.security.sealed import Secret, open_bytes, seal, seal_bytes, unseal

HELD_FOR = timedelta(minutes=30)
_PLACE = "held_files.data"


def hold(session: Session, account_id: int, data: bytes, name: str, moment: datetime) -> str:
    """The token under which that account finds the file again. Raises Refused.

    What it held before, and what others held too long, is gone.
    """
    demand(session, "can_import", "Registers")
    old = HeldFile.held_at < moment - HELD_FOR
    session.execute(delete(HeldFile).where(old | (HeldFile.account_id == account_id)))
    token = secrets.token_urlsafe(24)
    row = HeldFile(account_id=account_id, token=_hash(token), held_at=moment)
    row.name = seal(row, "name", name, DOCUMENT)
    row.data = Secret(seal_bytes(_PLACE, row.id, data, DOCUMENT))
    session.add(row)
    session.flush()
    return token


def held(session: Session, account_id: int, token: str, moment: datetime) -> tuple[bytes, str]:
    """The file and its name. Raises Refused where it is not there any more, or is another account's."""
    row = _find(session, account_id, token, moment)
    return open_bytes(_PLACE, row.id, row.data.blob), unseal(row, "name")


def let_go(session: Session, account_id: int, token: str, moment: datetime) -> None:
    """The file is gone, with the transaction that imported it.

    Raises Refused where somebody was faster: it is imported once.
    """
    session.delete(_find(session, account_id, token, moment))
    session.flush()


def sweep_held(session: Session, moment: datetime) -> None:
    """No file is held longer than its time. Raises Refused."""
    demand_operator(session)
    session.execute(delete(HeldFile).where(HeldFile.held_at < moment - HELD_FOR))


def _find(session: Session, account_id: int, token: str, moment: datetime) -> HeldFile:
    demand(session, "can_import", "Registers")
    query = select(HeldFile).where(HeldFile.account_id == account_id, HeldFile.token == _hash(token))
    row = session.scalars(query.where(HeldFile.held_at >= moment - HELD_FOR).with_for_update()).one_or_none()
    if row is None:
        raise Refused(
            "tệp đã xem trước không còn (đã nhập, đã xem tệp khác hoặc quá 30 phút); chọn lại tệp và xem trước lại",
            "file",
        )
    return row


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
