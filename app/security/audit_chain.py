"""The chain over the audit trail: a sealer, off the request path, gives each entry its place and a hash over itself and all before it.

The place is not the entry's own number or time: transactions that began earlier may commit later. Once a day the head of the chain is signed with a key outside
the database, and written to a file to be kept elsewhere, on paper or another machine: whoever rewrites the whole chain cannot rewrite that.
hash(place) = SHA-256(hash(place - 1) | canonical JSON of the entry), the first over 32 zero bytes.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.security.ids import uuid7
from app.security.keys import KeyTrouble, read_private, write_private
from app.security.tables import audit_entries, audit_heads, audit_seals

START = b"\x00" * 32
WINDOW = timedelta(hours=1)  # a transaction that commits later than this after its entries were written is one nobody has seen
SHORTEST_KEPT = timedelta(days=360)  # retention is never below twelve months: a younger segment was cut off, not closed
BATCH = 2000
_LOCK = 7_303_014  # two sealers at once would give one place twice


def digest(before: bytes, entry: Any) -> bytes:
    """The hash of an entry that comes after `before`."""
    values = {name: _plain(value) for name, value in entry._mapping.items() if name in audit_entries.c}
    return hashlib.sha256(before + json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool | dict) else str(value)


def head(session: Session) -> tuple[int, bytes]:
    """The last place and its hash."""
    row = session.execute(select(audit_seals.c.place, audit_seals.c.hash).order_by(audit_seals.c.place.desc()).limit(1)).first()
    return (row.place, bytes(row.hash)) if row else (0, START)


def seal_pending(session: Session) -> int:
    """Every entry of the window that has no place yet has one; how many were given. The session reads as the system."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    place, before = head(session)
    first = place == 0
    unsealed = select(audit_entries).outerjoin(audit_seals, audit_seals.c.entry_id == audit_entries.c.id).where(audit_seals.c.entry_id.is_(None))
    if not first:  # what is older and has no place was put there by nobody we know: `verify` names it
        newest = select(func.max(audit_seals.c.sealed_at)).scalar_subquery()
        unsealed = unsealed.where(audit_entries.c.at > newest - WINDOW)
    given = 0
    while rows := session.execute(unsealed.order_by(audit_entries.c.at, audit_entries.c.id).limit(BATCH)).all():
        seals = []
        for row in rows:
            place, before = place + 1, digest(before, row)
            seals.append({"place": place, "entry_id": row.id, "hash": before})
        session.execute(insert(audit_seals), seals)
        given += len(seals)
    return given


def load_signing_key(path: Path, make: bool = False) -> Ed25519PrivateKey:
    """The key that signs heads, from a file only its owner can read; made where it is missing and `make` says so. Raises KeyTrouble."""
    if make and not path.exists():
        write_private(path, Ed25519PrivateKey.generate().private_bytes_raw())
    key = read_private(path, "tệp khóa ký nhật ký", "lấy lại từ bản sao lưu")
    try:
        return Ed25519PrivateKey.from_private_bytes(key)
    except ValueError:
        raise KeyTrouble(f"tệp khóa ký nhật ký {path} bị hỏng; lấy lại từ bản sao lưu") from None


def _signed(place: int, value: bytes, moment: datetime) -> bytes:
    return f"donthu-audit-head|{place}|{value.hex()}|{moment.isoformat()}".encode()


def sign_head(session: Session, key: Ed25519PrivateKey, moment: datetime) -> bool:
    """Today's head is signed; False where there is nothing to sign or it was done today."""
    place, value = head(session)
    last = session.scalar(select(func.max(audit_heads.c.signed_at)))
    if place == 0 or (last is not None and last.astimezone(UTC).date() == moment.date()):
        return False
    session.execute(insert(audit_heads).values(id=uuid7(), place=place, hash=value, signed_at=moment, signature=key.sign(_signed(place, value, moment))))
    return True


def export_heads(session: Session, key: Ed25519PrivateKey, folder: Path) -> list[Path]:
    """Every signed head has its file in `folder`; the new ones. Called after the commit: a file for a head that was rolled back would accuse the innocent."""
    folder.mkdir(mode=0o700, exist_ok=True)
    written = []
    for row in session.execute(select(audit_heads).order_by(audit_heads.c.signed_at)):
        moment = row.signed_at.astimezone(UTC)
        path = folder / f"{moment:%Y-%m-%d}.json"
        if not path.exists():
            told = {"place": row.place, "hash": bytes(row.hash).hex(), "signed_at": moment.isoformat(), "signature": bytes(row.signature).hex()}
            path.write_text(json.dumps(told | {"public_key": key.public_key().public_bytes_raw().hex()}, indent=1) + "\n", encoding="utf-8")
            written.append(path)
    return written


def verify(session: Session, key: Ed25519PrivateKey | None, heads_folder: Path | None = None) -> Iterator[str]:
    """What does not fit, first things first, a sentence each; nothing where the whole trail is as it was written. The session reads as the system."""
    yield from _walk(session, key)
    yield from _heads(session, key, heads_folder)
    yield from _strangers(session)


def _beginning(session: Session, key: Ed25519PrivateKey | None) -> tuple[int, bytes] | None:
    """Where the chain that is kept begins: before its first entry, or after the segment that retention closed; None where neither is so."""
    first = session.scalar(select(func.min(audit_seals.c.place)))
    if first in (None, 1):
        return 0, START
    row = session.execute(select(audit_heads).where(audit_heads.c.place == first - 1).limit(1)).first()
    told = select(func.max(audit_entries.c.at)).where(audit_entries.c.action == "audit.retired", audit_entries.c.detail["place"].as_integer() == first - 1)
    closed_at = session.scalar(told)
    if row is None or key is None or closed_at is None or row.signed_at > closed_at - SHORTEST_KEPT:
        return None
    try:
        key.public_key().verify(bytes(row.signature), _signed(row.place, bytes(row.hash), row.signed_at.astimezone(UTC)))
    except InvalidSignature:
        return None
    return row.place, bytes(row.hash)


def _walk(session: Session, key: Ed25519PrivateKey | None) -> Iterator[str]:
    beginning = _beginning(session, key)
    if beginning is None:
        yield "phần đầu của chuỗi đã bị xóa: chuỗi không bắt đầu từ vị trí 1, cũng không từ một đầu chuỗi đã ký và đã đóng theo thời hạn lưu"
        return
    place, before = beginning
    joined = select(audit_seals.c.place, audit_seals.c.entry_id, audit_seals.c.hash.label("sealed"), audit_entries)
    joined = joined.outerjoin(audit_entries, audit_entries.c.id == audit_seals.c.entry_id).order_by(audit_seals.c.place)
    while rows := session.execute(joined.where(audit_seals.c.place > place).limit(BATCH)).all():
        for row in rows:
            if row.place != place + 1:
                yield f"thiếu vị trí {place + 1} trong chuỗi (tiếp theo là {row.place})"
                return
            if row.id is None:
                yield f"vị trí {row.place}: mục {row.entry_id} đã bị xóa"
                return
            found = digest(before, row)
            if found != bytes(row.sealed):
                yield f"vị trí {row.place}: mục {row.id} ({row.action}, {row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC) đã bị sửa hoặc đổi chỗ"
                return
            place, before = row.place, found


def _heads(session: Session, key: Ed25519PrivateKey | None, folder: Path | None) -> Iterator[str]:
    if key is None:
        return
    public = key.public_key()
    rows = [(row.place, bytes(row.hash), row.signed_at, bytes(row.signature)) for row in session.execute(select(audit_heads).order_by(audit_heads.c.place))]
    for path in sorted(folder.glob("*.json")) if folder is not None and folder.is_dir() else ():
        told = json.loads(path.read_text(encoding="utf-8"))
        rows.append((told["place"], bytes.fromhex(told["hash"]), datetime.fromisoformat(told["signed_at"]), bytes.fromhex(told["signature"])))
    kept_from = session.scalar(select(func.min(audit_seals.c.place))) or 0  # before it, a segment that retention closed; `_walk` looks at where the kept begins
    for place, value, moment, signature in rows:
        try:
            public.verify(signature, _signed(place, value, moment.astimezone(UTC)))
        except InvalidSignature:
            yield f"chữ ký đầu chuỗi ngày {moment:%d/%m/%Y} không đúng"
            continue
        sealed = session.scalar(select(audit_seals.c.hash).where(audit_seals.c.place == place))
        if sealed is None and place < kept_from:
            continue
        if sealed is None or bytes(sealed) != value:
            yield f"chuỗi đã bị viết lại trước đầu chuỗi đã ký ngày {moment:%d/%m/%Y} (vị trí {place})"


def _strangers(session: Session) -> Iterator[str]:
    """Entries that have no place although the sealer has long passed their time: somebody put them there afterwards."""
    newest = session.scalar(select(func.max(audit_seals.c.sealed_at)))
    if newest is None:
        return
    query = select(audit_entries.c.id, audit_entries.c.at).outerjoin(audit_seals, audit_seals.c.entry_id == audit_entries.c.id)
    for row in session.execute(query.where(audit_seals.c.entry_id.is_(None), audit_entries.c.at <= newest - WINDOW).order_by(audit_entries.c.at).limit(5)):
        yield f"mục {row.id} ({row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC) không có trong chuỗi: được chèn thêm về sau"


def tail(session: Session) -> tuple[int, timedelta | None]:
    """How many entries wait for their place, and how old the oldest is."""
    query = select(func.count(), func.clock_timestamp() - func.min(audit_entries.c.at)).select_from(audit_entries)
    query = query.outerjoin(audit_seals, audit_seals.c.entry_id == audit_entries.c.id).where(audit_seals.c.entry_id.is_(None))
    count, age = session.execute(query).one()
    return count, age
