"""What people type is stored once, and kept until it is: forms sent twice, drafts.

Written beside the ORM: a draft is kept every few seconds, and the trail tells of what was done, not of typing.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.security.tables import sent_forms

DRAFT_DAYS = 30
SENT_DAYS = 2


def sent_before(session: Session, account: str, token: uuid.UUID) -> str | None:
    """None for a form that is sent for the first time; else where the first sending led, empty where that is not known.

    Whoever sends it while the first is being stored waits for it.
    """
    claim = insert(sent_forms).values(token=token, account=account).on_conflict_do_nothing()
    if session.execute(claim.returning(sent_forms.c.token)).first() is not None:
        return None
    address = session.scalar(select(sent_forms.c.address).where(sent_forms.c.token == token))
    return address or ""


def led_to(session: Session, token: uuid.UUID, address: str | None) -> None:
    """The form that was sent led there."""
    session.execute(update(sent_forms).where(sent_forms.c.token == token).values(address=(address or "")[:400]))


def keep_draft(session: Session, model: Any, row: Any) -> None:
    """The row is the account's draft at its address, in place of what was there."""
    drop_draft(session, model, row.account, row.address)
    values = {"id": row.id, "account": row.account, "address": row.address, "body": row.body, "kept_at": row.kept_at}
    # Two windows at once: the later waits for the earlier, and what it kept is kept.
    session.execute(insert(model).values(values).on_conflict_do_nothing())


def drop_draft(session: Session, model: Any, account: str, address: str) -> None:
    """There is no draft of the account at that address."""
    session.execute(delete(model).where(model.account == account, model.address == address))


def forget(session: Session, model: Any) -> None:
    """Drafts nobody came back to and forms sent long ago are gone."""
    moment = datetime.now(UTC)
    session.execute(delete(model).where(model.kept_at < moment - timedelta(days=DRAFT_DAYS)))
    session.execute(delete(sent_forms).where(sent_forms.c.sent_at < func.now() - timedelta(days=SENT_DAYS)))
