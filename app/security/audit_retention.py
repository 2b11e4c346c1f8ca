"""Closing the oldest part of the audit trail when its time is over: by the owner of the database only, up to a signed
head, which stays as the checkpoint.

The application's role may not delete entries and no screen asks for it; the trigger that refuses it to everybody is off
within this one transaction.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, func, select, text

from app.security.tables import audit_entries, audit_heads, audit_seals

# Written out: no SQL is put together from names.
_OFF = ("alter table audit_entries disable trigger append_only", "alter table audit_seals disable trigger append_only")
_ON = ("alter table audit_entries enable trigger append_only", "alter table audit_seals enable trigger append_only")


def closable(connection: Connection, before: datetime) -> int | None:
    """The place of the newest signed head before which every entry is older than `before`; None where there is none
    that is kept.
    """
    first = connection.scalar(select(func.min(audit_seals.c.place)))
    # By the entries' own times too: a clock that ran far behind for a while signed heads of then after entries of now.
    young = (
        select(func.min(audit_seals.c.place))
        .join(audit_entries, audit_entries.c.id == audit_seals.c.entry_id)
        .where(audit_entries.c.at >= before)
    )
    query = select(func.max(audit_heads.c.place)).where(audit_heads.c.signed_at < before)
    place: int | None = connection.scalar(
        query.where(audit_heads.c.place < func.coalesce(young.scalar_subquery(), audit_heads.c.place + 1))
    )
    return place if place is not None and first is not None and place >= first else None


def close_segment(connection: Connection, place: int) -> int:
    """Entries and seals up to that place are gone; how many.

    The caller has told the trail, and verified the chain, before.
    """
    for statement in _OFF:
        connection.execute(text(statement))
    closed = select(audit_seals.c.entry_id).where(audit_seals.c.place <= place)
    gone = connection.execute(delete(audit_entries).where(audit_entries.c.id.in_(closed))).rowcount
    connection.execute(delete(audit_seals).where(audit_seals.c.place <= place))
    for statement in _ON:
        connection.execute(text(statement))
    return gone
