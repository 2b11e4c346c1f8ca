"""What was typed in a form and not stored: kept for its writer alone, until it is stored or thirty days have passed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.law import secrecy
from app.models import Case, Draft, ExecutionEntry, Petition, Reception, Task
from app.models.base import now
from app.operations.reception_text import closes
from app.operations.refusal import Refused
from app.operations.rights import demand_own
from app.security.ids import uuid7
from app.security.keys import DENUNCIATION
from app.security.sealed import seal, unseal
from app.security.typed_twice import drop_draft, keep_draft

LONGEST = 200_000  # characters of all that was typed in one form


# Fields that tell who denounced, or may: on a correction they stand there after a reveal, which has its reason and its
# entry each time. A draft would show them again without.
TELLING = ("petitioners-", "respondents-", "summary", "attachments", "previous_", "matter", "result")


def keep(
    session: Session, account: str, address: str, typed: list[list[str]], subject: uuid.UUID | None = None
) -> None:
    """Names and values of the fields are the account's draft at that address, without what tells who sent the
    denunciation, or came about it, that it corrects. Raises Refused where it is too much.
    """
    demand_own(session, account)
    if subject is not None and _is_closed(session, subject):
        typed = [pair for pair in typed if not pair[0].startswith(TELLING)]
    if sum(len(name) + len(value) for name, value in typed) > LONGEST:
        raise Refused("phần đang gõ quá dài nên không giữ được bản nháp; ghi vào sổ rồi gõ tiếp")
    row = Draft(id=uuid7(), account=account, address=address, kept_at=now())
    row.body = seal(row, "body", {"typed": typed}, DENUNCIATION)
    keep_draft(session, Draft, row)


def find(session: Session, account: str, address: str, subject: uuid.UUID | None) -> tuple[datetime, Any] | None:
    """When it was kept and what was typed; None where there is nothing. What the account no longer sees has no draft:
    it goes.
    """
    demand_own(session, account)
    row = session.scalars(select(Draft).where(Draft.account == account, Draft.address == address)).first()
    if row is None:
        return None
    if subject is not None and not _sees(session, subject):
        drop(session, account, address)
        return None
    return row.kept_at, unseal(row, "body")["typed"]


def drop(session: Session, account: str, address: str) -> None:
    """There is no draft of the account at that address."""
    demand_own(session, account)
    drop_draft(session, Draft, account, address)


def _is_closed(session: Session, key: uuid.UUID) -> bool:
    petition = session.scalars(select(Petition).where(Petition.id == key)).first()
    reception = session.scalars(select(Reception).where(Reception.id == key)).first()
    closed = petition is not None and secrecy.content_closed(petition)
    return closed or (reception is not None and closes(reception))


def _sees(session: Session, key: uuid.UUID) -> bool:
    case_of_entry = select(ExecutionEntry.case_id).where(ExecutionEntry.id == key)
    asked = (
        select(Petition.id).where(Petition.id == key),
        select(Case.id).where(or_(Case.id == key, Case.id.in_(case_of_entry))),
        select(Reception.id).where(Reception.id == key),
        select(Task.id).where(Task.id == key),
    )
    return any(session.scalars(query).first() is not None for query in asked)
