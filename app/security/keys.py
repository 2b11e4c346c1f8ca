"""Data keys, and the key outside the database that wraps them.

The wrapping key is a file of mode 600 at KEY_FILE; data keys lie in the table `data_keys`, wrapped with AES-256-GCM, one per purpose and version.
A key held in a PKCS#11 token will take the place of `FileKey`; rotation adds versions.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select

from app.security.tables import data_keys

IDENTITY, TEXT, DENUNCIATION, CREDENTIAL = "identity", "text", "denunciation", "credential"
SEALING = (IDENTITY, TEXT, DENUNCIATION, CREDENTIAL)
TOKENS = ("tokens.identity", "tokens.text", "tokens.denunciation.identity", "tokens.denunciation.text", "tokens.matter")
KEY_BYTES, NONCE_BYTES = 32, 12


class KeyTrouble(RuntimeError):
    """A key is missing, readable by others, or does not open what it should; the message is one sentence for the operator."""


def read_private(path: Path, what: str, advice: str) -> bytes:
    """The bytes of a file that only its owner can read. Raises KeyTrouble where it is missing, with the advice, or others can read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        raise KeyTrouble(f"không có {what} {path}; {advice}") from None
    if mode & 0o077:
        raise KeyTrouble(f"{what} {path} có quyền {mode:o}; người khác đọc được. Chạy: chmod 600 {path}")
    return path.read_bytes()


def write_private(path: Path, data: bytes) -> None:
    """The bytes stand in a new file of mode 600. Raises FileExistsError rather than overwrite one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


class FileKey:
    """The wrapping key in a file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        key = read_private(path, "tệp khóa", "chạy “run.py init”, hoặc đặt KEY_FILE cho đúng")
        if len(key) != KEY_BYTES:
            raise KeyTrouble(f"tệp khóa {path} dài {len(key)} byte, phải là {KEY_BYTES}")
        self._cipher = AESGCM(key)

    @staticmethod
    def make(path: Path) -> None:
        """A new random key stands at `path` with mode 600. Raises FileExistsError rather than overwrite one."""
        write_private(path, os.urandom(KEY_BYTES))

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """The data key, wrapped for that purpose only."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, purpose.encode())

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """The data key. Raises KeyTrouble when this is not the key that wrapped it."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], purpose.encode())
        except InvalidTag:
            raise KeyTrouble("tệp khóa không phải khóa của cơ sở dữ liệu này; kiểm tra KEY_FILE") from None


@dataclass(frozen=True)
class DataKey:
    """One data key: its id in the table and its bytes."""

    id: int
    key: bytes


class KeyRing:
    """The data keys of one database, opened once per process."""

    def __init__(self, rows: list[tuple[int, str, bytes]], wrapping: FileKey) -> None:
        self._newest: dict[str, DataKey] = {}
        self._ciphers: dict[int, AESGCM] = {}
        for key_id, purpose, wrapped in rows:
            key = wrapping.unwrap(bytes(wrapped), purpose)
            self._newest[purpose] = DataKey(key_id, key)
            self._ciphers[key_id] = AESGCM(key)
        missing = [purpose for purpose in SEALING + TOKENS if purpose not in self._newest]
        if missing:
            raise KeyTrouble(f"cơ sở dữ liệu thiếu khóa {', '.join(missing)}; chạy “run.py init”")

    def newest(self, purpose: str) -> DataKey:
        """The key that new values of this purpose are made with."""
        return self._newest[purpose]

    def cipher(self, key_id: int) -> AESGCM:
        """The cipher of a key by its id. Raises KeyError."""
        return self._ciphers[key_id]


def load_ring(connection: Connection, path: Path) -> KeyRing:
    """The key ring of this database. Raises KeyTrouble."""
    rows = connection.execute(select(data_keys.c.id, data_keys.c.purpose, data_keys.c.wrapped).order_by(data_keys.c.version))
    return KeyRing([tuple(row) for row in rows], FileKey(path))


def make_missing(connection: Connection, path: Path) -> None:
    """Every purpose has a data key; run by `init` as the owner."""
    wrapping = FileKey(path)
    known = set(connection.execute(select(data_keys.c.purpose)).scalars())
    for purpose in SEALING + TOKENS:
        if purpose not in known:
            connection.execute(data_keys.insert().values(purpose=purpose, version=1, wrapped=wrapping.wrap(os.urandom(KEY_BYTES), purpose)))
