"""The chain over the audit trail: a sealer, off the request path, gives each entry its place and a hash over itself
and all before it.

The order is that of commits and no clock's: an entry carries the number of its transaction, a seal what its sealer
saw of transactions that had ended, and the next look takes exactly what had not ended then. A transaction of hours
holds nobody up and finds its place when it commits; an entry put under an older number has no place and is named.
hash(place) = HMAC-SHA-256(key outside the database, hash(place - 1) | canonical JSON of entry and seal), the first
over 32 zero bytes; before migration 0010 plain SHA-256 over the entry. Heads of the chain are signed hourly:
`audit_heads.py`.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Text,
    any_,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.security import audit
from app.security.audit_heads import broken_files, due, export_heads, export_newest, kept_heads, sign, trusted
from app.security.keys import CHAIN
from app.security.sealed import ring
from app.security.tables import audit_entries, audit_seals

START = b"\x00" * 32
WINDOW = timedelta(hours=1)  # an entry of a younger transaction that says it is older was put there afterwards
TOLERANCE = timedelta(minutes=1)  # clocks are corrected by so much without a word
SHORTEST_KEPT = timedelta(days=360)  # retention is never below twelve months: a younger segment was cut off, not closed
BATCH = 2000
_LOCK = 7_303_014  # two sealers at once would give one place twice
_ENTRY = ("id", "at", "account", "path", "address", "action", "table_name", "row_ids", "columns", "reason", "detail")
_SEAL = ("place", "sealed_at", "key_id", "seen", "running", "system")
_OWN = cast(cast(func.pg_current_xact_id(), Text), BigInteger)
_ENDED_BELOW = cast(cast(func.pg_snapshot_xmax(func.pg_current_snapshot()), Text), BigInteger)


def _canonical(values: dict[str, Any]) -> bytes:
    plain = {name: _plain(value) for name, value in values.items()}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool | dict) else str(value)


def digest(before: bytes, entry: Any) -> bytes:
    """The hash of an entry that comes after `before`, as it was before there was a key."""
    return hashlib.sha256(before + _canonical({name: entry._mapping[name] for name in _ENTRY})).digest()


def keyed_digest(key: bytes, before: bytes, entry: Any, seal: dict[str, Any]) -> bytes:
    """The hash of an entry and its seal that come after `before`, under a key that the database does not have."""
    values = {name: entry._mapping[name] for name in (*_ENTRY, "xid")} | {name: seal[name] for name in _SEAL}
    return hmac.digest(key, before + _canonical(values), "sha256")


def _newest(session: Session) -> Row[Any] | None:
    return session.execute(select(audit_seals).order_by(audit_seals.c.place.desc()).limit(1)).first()


def head(session: Session) -> tuple[int, bytes]:
    """The last place and its hash."""
    row = _newest(session)
    return (row.place, bytes(row.hash)) if row else (0, START)


def _now(session: Session) -> tuple[datetime, int]:
    """The database's clock, and the number of the cluster: numbers of transactions mean nothing in another."""
    cluster: Select[Any] = select(literal_column("system_identifier")).select_from(func.pg_control_system())
    moment, system = session.execute(select(func.clock_timestamp(), cluster.scalar_subquery())).one()
    return moment, system


def _unsealed() -> ColumnElement[bool]:
    return ~exists(select(1).where(audit_seals.c.entry_id == audit_entries.c.id))


def _knows(last: Row[Any] | None, system: int) -> bool:
    """Whether the newest seal tells of this cluster's transactions: not from before 0010, nor in a database moved."""
    return last is not None and last.seen is not None and last.system == system


def _waiting(last: Row[Any] | None, system: int) -> list[ColumnElement[bool]]:
    """What an entry is that has no place yet and is owed one. A number that no transaction has had yet is owed none."""
    if last is None or not _knows(last, system):
        return [_unsealed()]
    return [
        or_(audit_entries.c.xid >= last.seen, audit_entries.c.xid == any_(literal(last.running, ARRAY(BigInteger)))),
        audit_entries.c.xid < _ENDED_BELOW,
        _unsealed(),
    ]


def seal_pending(session: Session) -> int:
    """Every entry that is owed a place has one; how many were given. The session reads as the system."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = _newest(session)
    (moment, system) = _now(session)
    _tell_before(session, last, moment, system)
    query: Select[Any] = select(audit_entries, cast(func.pg_current_snapshot(), Text).label("snapshot")).where(
        *_waiting(last, system)
    )
    query = query.order_by(audit_entries.c.xid, audit_entries.c.at, audit_entries.c.id)
    place, before = (last.place, bytes(last.hash)) if last is not None else (0, START)
    key = ring().newest(CHAIN)
    strange = None
    given = mine = 0
    for rows in session.execute(query, execution_options={"yield_per": BATCH}).partitions():
        seals = []
        mine = mine or session.scalar(select(_OWN)) or 0  # not before now: a look that finds nothing writes nothing
        for row in rows:
            place += 1
            seal = {
                "place": place,
                "sealed_at": moment,
                "key_id": key.id,
                "system": system,
                **_seen(row.snapshot, mine),
            }
            before = keyed_digest(key.key, before, row, seal)
            seals.append(seal | {"entry_id": row.id, "hash": before})
            strange = strange or (row.at if _out_of_time(row, last, moment, system) else None)
        session.execute(insert(audit_seals), seals)
        given += len(seals)
    if strange is not None:
        audit.record(
            session, "clock.went_back", detail={"entry_at": strange.isoformat(), "sealed_at": moment.isoformat()}
        )
    return given


def _seen(snapshot: str, mine: int) -> dict[str, Any]:
    """What `pg_snapshot` tells (`xmin:xmax:those running`); the sealer's own transaction still runs, too."""
    _, ended_below, running = snapshot.split(":")
    return {"seen": int(ended_below), "running": [*map(int, filter(None, running.split(","))), mine]}


def _out_of_time(row: Any, last: Row[Any] | None, moment: datetime, system: int) -> bool:
    """Whether an entry says another time than it can have been written at: a clock went back, or somebody wrote it."""
    if row.at > moment + TOLERANCE:
        return True
    return (
        last is not None
        and _knows(last, system)
        and row.xid >= last.seen
        and last.sealed_at - TOLERANCE > row.at
        and moment >= last.sealed_at
    )


def _tell_before(session: Session, last: Row[Any] | None, moment: datetime, system: int) -> None:
    """What the trail has to tell of the sealing itself is committed before it, and sealed at once."""
    if last is None:
        return
    if last.sealed_at > moment + TOLERANCE:
        audit.record_apart(
            session, "clock.went_back", detail={"from": last.sealed_at.isoformat(), "to": moment.isoformat()}
        )
    if _knows(last, system):
        return
    late = session.scalar(
        select(func.count())
        .select_from(audit_entries)
        .where(_unsealed(), audit_entries.c.at <= last.sealed_at - WINDOW)
    )
    action = "audit.keyed" if last.key_id is None else "audit.moved"
    audit.record_apart(session, action, detail={"place": last.place, "late": late})


def sign_head(session: Session, key: Ed25519PrivateKey, moment: datetime, anew: bool = False) -> bool:
    """The head is signed; False where there is none, or it was done within the hour and not asked for anew."""
    place, value = head(session)
    if place == 0 or not (anew or due(session, moment)):
        return False
    sign(session, key, place, value, moment)
    return True


def keep(
    session: Session, key: Ed25519PrivateKey, moment: datetime, folder: Path, anew: bool = False
) -> tuple[int, list[Path]]:
    """What is owed a place has it, the head is signed where due, its file written; how many, and the files. Commits."""
    last = _newest(session)
    # Where the keyed chain begins after one without a key, its head is signed first.
    boundary = last is not None and last.key_id is None and sign_head(session, key, moment, anew=True)
    given = seal_pending(session)
    signed = sign_head(session, key, moment, anew or boundary)
    session.commit()  # a file for a head that was rolled back would accuse the innocent
    if given:
        export_newest(key, folder, *head(session), moment)
    written = export_heads(session, key, folder) if signed else []
    session.commit()
    return given, written


def verify(session: Session, key: Ed25519PrivateKey | None, heads_folder: Path | None = None) -> Iterator[str]:
    """What does not fit, first things first, a sentence each; nothing where the whole trail is as it was written.

    The session reads as the system.
    """
    yield from _walk(session, key)
    yield from _heads(session, key, heads_folder)
    yield from _strangers(session)


def since(session: Session) -> list[str]:
    """Since when nothing can have been changed unnamed, and what holds what came before; of a chain that fits."""
    query = (
        select(audit_seals.c.place, audit_seals.c.sealed_at)
        .where(audit_seals.c.key_id.is_not(None))
        .order_by(audit_seals.c.place)
        .limit(1)
    )
    first = session.execute(query).first()
    if first is None:
        return ["chuỗi chưa có mục nào nối bằng khóa; chạy run.py audit seal"]
    findings = [
        f"từ {first.sealed_at.astimezone(UTC):%H:%M:%S %d/%m/%Y} UTC (vị trí {first.place}) đến nay không ai có thể sửa"
        " mà không bị nêu tên"
    ]
    kept_from = session.scalar(select(func.min(audit_seals.c.place)))
    if kept_from != first.place:
        findings.append(
            f"vị trí {kept_from}–{first.place - 1} nối không có khóa (phiên bản cũ): được giữ bằng các đầu chuỗi đã ký"
            " và mục đầu tiên nối bằng khóa"
        )
    back = session.scalar(select(func.count()).where(audit_entries.c.action == "clock.went_back"))
    if back:
        findings.append(
            f"giờ máy đã lùi, hoặc có mục mang giờ khác lúc được ghi: {back} lần; xem các mục clock.went_back trong"
            " nhật ký"
        )
    return findings


def _beginning(session: Session, key: Ed25519PrivateKey | None) -> tuple[int, bytes] | None:
    """Where the chain that is kept begins: before its first entry, or after the segment that retention closed; None
    where neither is so.
    """
    first = session.scalar(select(func.min(audit_seals.c.place)))
    if first in (None, 1):
        return 0, START
    newest = select(func.max(audit_entries.c.at)).where(
        audit_entries.c.action == "audit.retired", audit_entries.c.detail["place"].as_integer() == first - 1
    )
    closed_at = session.scalar(newest)
    if key is None or closed_at is None:
        return None
    keys = trusted(session, key)
    heads = (
        found
        for found in kept_heads(session, first - 1)
        if found.moment <= closed_at - SHORTEST_KEPT and found.fits(keys)
    )
    return next(((found.place, found.hash) for found in heads), None)


def _walk(session: Session, key: Ed25519PrivateKey | None) -> Iterator[str]:
    beginning = _beginning(session, key)
    if beginning is None:
        yield (
            "phần đầu của chuỗi đã bị xóa: chuỗi không bắt đầu từ vị trí 1, cũng không từ một đầu chuỗi đã ký và đã"
            " đóng theo thời hạn lưu"
        )
        return
    place, before = beginning
    keyed = False
    joined = select(
        *(audit_seals.c[name] for name in (*_SEAL, "entry_id")), audit_seals.c.hash.label("sealed"), audit_entries
    )
    joined = joined.outerjoin(audit_entries, audit_entries.c.id == audit_seals.c.entry_id).order_by(audit_seals.c.place)
    while rows := session.execute(joined.where(audit_seals.c.place > place).limit(BATCH)).all():
        for row in rows:
            if row.place != place + 1:
                yield f"thiếu vị trí {place + 1} trong chuỗi (tiếp theo là {row.place})"
                return
            if row.id is None:
                yield f"vị trí {row.place}: mục {row.entry_id} đã bị xóa"
                return
            if keyed and row.key_id is None:
                yield (
                    f"vị trí {row.place}: mục {row.id} nối không có khóa sau một mục đã nối bằng khóa: chuỗi đã bị viết"
                    " lại từ đây"
                )
                return
            found = _found(before, row)
            if found != bytes(row.sealed):
                yield (
                    f"vị trí {row.place}: mục {row.id} ({row.action}, {row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"
                    " đã bị sửa hoặc đổi chỗ"
                )
                return
            place = row.place
            before = found
            keyed = row.key_id is not None


def _found(before: bytes, row: Any) -> bytes | None:
    if row.key_id is None:
        return digest(before, row)
    key = ring().hashing(row.key_id, CHAIN)
    return None if key is None else keyed_digest(key, before, row, row._mapping)


def _heads(session: Session, key: Ed25519PrivateKey | None, folder: Path | None) -> Iterator[str]:
    if key is None:
        return
    yield from broken_files(folder)
    keys = trusted(session, key)
    heads = kept_heads(session, folder=folder)
    # before it, a segment that retention closed; `_walk` looks at where the kept begins
    kept_from = session.scalar(select(func.min(audit_seals.c.place))) or 0
    sealed = _hashes(session, {found.place for found in heads})
    for found in heads:
        if not found.fits(keys):
            yield f"chữ ký đầu chuỗi ngày {found.moment:%d/%m/%Y} không đúng"
        elif found.place not in sealed and found.place < kept_from:
            continue
        elif sealed.get(found.place) != found.hash:
            yield f"chuỗi đã bị viết lại trước đầu chuỗi đã ký ngày {found.moment:%d/%m/%Y} (vị trí {found.place})"


def _hashes(session: Session, places: Iterable[int]) -> dict[int, bytes]:
    asked = any_(literal(sorted(places), ARRAY(BigInteger)))
    rows = session.execute(select(audit_seals.c.place, audit_seals.c.hash).where(audit_seals.c.place == asked))
    return {row.place: bytes(row.hash) for row in rows}


def _strangers(session: Session) -> Iterator[str]:
    """Entries without a place that are owed none, or that say they are far older than their transaction."""
    last = _newest(session)
    (moment, system) = _now(session)
    if last is None or not _knows(
        last, system
    ):  # the next look seals them where they are, and the trail tells how many
        return
    afterwards = audit_entries.c.xid >= last.seen
    owed = (afterwards | (audit_entries.c.xid == any_(literal(last.running, ARRAY(BigInteger))))) & (
        audit_entries.c.xid < _ENDED_BELOW
    )
    strange = ~owed
    if moment >= last.sealed_at:
        strange |= afterwards & (audit_entries.c.at <= last.sealed_at - WINDOW)
    query = (
        select(audit_entries.c.id, audit_entries.c.at).where(_unsealed(), strange).order_by(audit_entries.c.at).limit(5)
    )
    for row in session.execute(query):
        yield (
            f"mục {row.id} ({row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC) không có trong chuỗi: được chèn thêm về sau"
        )


def tail(session: Session) -> tuple[int, timedelta | None]:
    """How many entries wait for their place, and how old the oldest is."""
    query = (
        select(func.count(), func.clock_timestamp() - func.min(audit_entries.c.at))
        .select_from(audit_entries)
        .where(_unsealed())
    )
    count, age = session.execute(query).one()
    return count, age
