"""Rotation of data keys: a new version of every sealing key, then every value sealed under an old one is opened and
sealed anew, in small transactions.

Old keys stay: readers and backups need them. Which values are left is told by the key id each begins with, so a
rotation that was killed goes on where it was. Keys of search tokens are not rotated: every token would change, and no
search could be answered until the last was written.
"""

from collections.abc import Iterator
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import Connection, LargeBinary, func, select, type_coerce, update
from sqlalchemy.orm import Session

from app.security import audit
from app.security.keys import SEALING, Wrapping, add_key
from app.security.recovery import sealer
from app.security.sealed import ID_BYTES, CannotOpen, Sealed, Secret, reseal, ring
from app.security.sealed_files import reseal_all, sealed_under
from app.security.tables import data_keys

BATCH = 500


def begin(connection: Connection, wrapping: Wrapping) -> list[int]:
    """Every sealing purpose has a new data key; their ids. As the owner: the application only reads keys."""
    recovery = sealer(connection, wrapping)
    return [add_key(connection, purpose, wrapping, recovery) for purpose in SEALING]


def sealed_columns() -> list[tuple[Any, str]]:
    """Every mapped class and column that holds sealed values."""
    found = [
        (mapper.class_, column.key)
        for mapper in Model.registry.mappers
        for column in mapper.columns
        if isinstance(column.type, Sealed)
    ]
    return sorted(found, key=lambda item: (item[0].__tablename__, item[1]))


def _old_ids(session: Session) -> list[bytes]:
    rows = session.execute(select(data_keys.c.id, data_keys.c.purpose, data_keys.c.version)).all()
    latest = {row.purpose: row.version for row in sorted(rows, key=lambda row: row.version)}
    return [
        row.id.to_bytes(ID_BYTES, "big") for row in rows if row.purpose in SEALING and row.version < latest[row.purpose]
    ]


def go_on(session: Session, files: str) -> Iterator[tuple[str, int]]:
    """Every value and file sealed under an old key is sealed under the newest of its purpose; yields table and number
    after each committed batch.

    The session reads and writes as the system. A value that somebody changes meanwhile is left to them; one that does
    not open is left as it is.
    """
    old = _old_ids(session)
    if not old:
        return
    ring().look()
    for kind, column in sealed_columns():
        last = None
        while True:
            attribute = getattr(kind, column)
            query = select(kind.id, attribute).where(_key_of(attribute).in_(old)).order_by(kind.id).limit(BATCH)
            rows = session.execute(query if last is None else query.where(kind.id > last)).all()
            if not rows:
                break
            last = rows[-1].id
            done = sum(_replace(session, kind, column, row.id, row[1]) for row in rows)
            session.commit()
            yield kind.__tablename__, done
    for done in reseal_all(files, old):
        yield "files", done


def left_over(session: Session, files: str) -> Iterator[int]:
    """What a rotation that was cut off left under old keys is sealed anew, a batch for each value asked for; told in
    the trail once nothing is left.
    """
    total = 0
    for _, done in go_on(session, files):
        total += done
        yield done
    if total:
        audit.record(session, "keys.reencrypted", detail={"values": total})
        session.commit()


def _key_of(column: Any) -> Any:
    return func.substring(type_coerce(column, LargeBinary), 1, ID_BYTES, type_=LargeBinary)


def _replace(session: Session, kind: Any, column: str, key: Any, old: Secret) -> int:
    try:
        new = reseal(kind.__tablename__, key, column, old)
    except CannotOpen:
        return 0
    table = kind.__table__
    result: Any = session.execute(update(table).where(table.c.id == key, table.c[column] == old).values({column: new}))
    return int(result.rowcount)


def old_values(session: Session, files: str) -> int:
    """How many values are still sealed under an old key."""
    old = _old_ids(session)
    if not old:
        return 0
    counts = (
        session.scalar(select(func.count()).select_from(kind).where(_key_of(getattr(kind, column)).in_(old))) or 0
        for kind, column in sealed_columns()
    )
    return sum(counts) + sealed_under(files, old)
