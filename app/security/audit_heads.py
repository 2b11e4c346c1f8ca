"""Signed heads of the audit chain: at least hourly, with a key outside the database, and in files to be kept
elsewhere.

Whoever rewrites the chain, even with the keys that link it, cannot rewrite a head that lies on another machine or
on paper. A signing key that was lost is followed by a new one, which signs for the old one's public half: what was
signed before stays worth something.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.security import audit
from app.security.ids import uuid7
from app.security.keys import KeyTrouble, read_private, write_private
from app.security.private_files import write_whole
from app.security.tables import audit_entries, audit_heads

EVERY = timedelta(hours=1)
NEWEST = "newest.json"  # the head after the last sealing: whoever cuts off the tail within the hour is named too
REMEDY = "chép lại từ bản sao lưu; không có bản sao lưu thì chạy: run.py audit new-key"


def load_signing_key(path: Path, make: bool = False) -> Ed25519PrivateKey:
    """The key that signs heads, from its owner's file; made where it is missing and `make` says so.

    Raises KeyTrouble.
    """
    if make and not path.exists():
        write_private(path, Ed25519PrivateKey.generate().private_bytes_raw())
    key = read_private(path, "tệp khóa ký nhật ký", REMEDY)
    try:
        return Ed25519PrivateKey.from_private_bytes(key)
    except ValueError:
        raise KeyTrouble(f"tệp khóa ký nhật ký {path} bị hỏng; {REMEDY}") from None


@dataclass(frozen=True)
class SignedHead:
    """A place of the chain with its hash, signed at a moment."""

    place: int
    hash: bytes
    moment: datetime
    signature: bytes

    def fits(self, keys: list[Ed25519PublicKey]) -> bool:
        """True when one of these keys signed it."""
        return any(_signed_by(key, self.signature, _message(self.place, self.hash, self.moment)) for key in keys)

    def file(self, key: Ed25519PublicKey) -> bytes:
        """What its file holds: enough to check it without this application."""
        content = {
            "place": self.place,
            "hash": self.hash.hex(),
            "signed_at": self.moment.isoformat(),
            "signature": self.signature.hex(),
        }
        return (json.dumps(content | {"public_key": key.public_bytes_raw().hex()}, indent=1) + "\n").encode()


def _message(place: int, value: bytes, moment: datetime) -> bytes:
    return f"donthu-audit-head|{place}|{value.hex()}|{moment.isoformat()}".encode()


def _signed_by(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def due(session: Session, moment: datetime) -> bool:
    """True where no head was signed within the hour; one of a time that has not come, of a clock ahead, is none."""
    recent = (
        select(audit_heads.c.id)
        .where(audit_heads.c.signed_at > moment - EVERY, audit_heads.c.signed_at <= moment)
        .limit(1)
    )
    return session.execute(recent).first() is None


def sign(session: Session, key: Ed25519PrivateKey, place: int, value: bytes, moment: datetime) -> None:
    """That head stands signed in the table."""
    moment = moment.astimezone(UTC)
    session.execute(
        insert(audit_heads).values(
            id=uuid7(), place=place, hash=value, signed_at=moment, signature=key.sign(_message(place, value, moment))
        )
    )


def kept_heads(session: Session, place: int | None = None, folder: Path | None = None) -> list[SignedHead]:
    """Heads of the table, of that place only where one is given, then those of files in the folder that can be read."""
    query = select(audit_heads).order_by(audit_heads.c.place, audit_heads.c.signed_at)
    rows = session.execute(query if place is None else query.where(audit_heads.c.place == place))
    found = [
        SignedHead(row.place, bytes(row.hash), row.signed_at.astimezone(UTC), bytes(row.signature)) for row in rows
    ]
    return found + [read[0] for path in _files(folder) if (read := _read(path)) is not None]


def _files(folder: Path | None) -> list[Path]:
    return sorted(folder.glob("*.json")) if folder is not None and folder.is_dir() else []


def _read(path: Path) -> tuple[SignedHead, Ed25519PublicKey] | None:
    """What a file of a head holds; None where it was cut off."""
    try:
        content = json.loads(path.read_bytes())
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(content["public_key"]))
        moment = datetime.fromisoformat(content["signed_at"]).astimezone(UTC)
        return (
            SignedHead(
                int(content["place"]), bytes.fromhex(content["hash"]), moment, bytes.fromhex(content["signature"])
            ),
            public,
        )
    except (ValueError, KeyError, TypeError):
        return None


def broken_files(folder: Path | None) -> Iterator[str]:
    """A sentence for each file of a head that was cut off."""
    for path in _files(folder):
        if _read(path) is None:
            yield (
                f"tệp đầu chuỗi {path} bị cụt; lấy bản khác của tệp này (trong INSTANCE_DIR/audit-heads: run.py audit"
                " seal ghi lại từ bảng)"
            )


def export_heads(session: Session, key: Ed25519PrivateKey, folder: Path) -> list[Path]:
    """Every head of the table that a trusted key signed has its whole file in `folder`; the new ones.

    Called after the commit. A file that was cut off makes way; a whole one stays, whatever the table says now: it is
    what the table is held against.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in _files(folder):
        if _read(path) is None:
            path.rename(path.with_suffix(".cut"))
    written = []
    keys = trusted(session, key)
    present = {path.name for path in _files(folder)}
    for found in kept_heads(session):
        name = f"{found.moment:%Y-%m-%dT%H%M%S}Z-{found.place}.json"
        signer = next((public for public in keys if found.fits([public])), None) if name not in present else None
        if signer is not None:
            write_whole(folder / name, found.file(signer))
            written.append(folder / name)
    return written


def export_newest(key: Ed25519PrivateKey, folder: Path, place: int, value: bytes, moment: datetime) -> None:
    """The head as it is now has its one file, signed, that the next replaces."""
    folder.mkdir(mode=0o700, exist_ok=True)
    moment = moment.astimezone(UTC)
    found = SignedHead(place, value, moment, key.sign(_message(place, value, moment)))
    write_whole(folder / NEWEST, found.file(key.public_key()))


def trusted(session: Session, key: Ed25519PrivateKey) -> list[Ed25519PublicKey]:
    """The public half of the key, and of those before it that it, or one it signs for, signs for."""
    rows = session.scalars(
        select(audit_entries.c.detail)
        .where(audit_entries.c.action == "audit.key_replaced")
        .order_by(audit_entries.c.at.desc())
    )
    statements = [(bytes.fromhex(row["old"]), bytes.fromhex(row["signature"])) for row in rows]
    found = [key.public_key()]
    for public in found:  # grows while it is walked
        for old, signature in statements:
            if _signed_by(public, signature, _replaces(old)) and all(
                old != known.public_bytes_raw() for known in found
            ):
                found.append(Ed25519PublicKey.from_public_bytes(old))
    return found


def _replaces(old: bytes) -> bytes:
    return b"donthu-audit-key|" + old


def replace_signing_key(session: Session, path: Path, folder: Path) -> int:
    """A new key is at `path` and signs for those whose heads lie in `folder`; how many.

    Raises KeyTrouble if not lost.
    """
    try:
        load_signing_key(path)
    except KeyTrouble:
        if path.exists():
            path.rename(path.with_name(path.name + ".cut"))
    else:
        raise KeyTrouble(f"khóa ký nhật ký {path} còn dùng được; chỉ thay khi đã mất")
    key = load_signing_key(path, make=True)
    rows = kept_heads(session)
    read = [pair for file in _files(folder) if (pair := _read(file)) is not None]
    olds = {
        public.public_bytes_raw()
        for found, public in read
        if found.fits([public]) and any(row.fits([public]) for row in rows)
    }
    for old in sorted(olds):
        detail = {
            "old": old.hex(),
            "new": key.public_key().public_bytes_raw().hex(),
            "signature": key.sign(_replaces(old)).hex(),
        }
        audit.record(session, "audit.key_replaced", detail=detail)
    return len(olds)
