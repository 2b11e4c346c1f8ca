"""Data keys, and the key outside the database that wraps them.

The wrapping key is a file of mode 600 at KEY_FILE, or an AES key that never leaves a PKCS#11 token (`key_token.py`);
data keys lie in the table `data_keys`, wrapped with AES-256-GCM, one per purpose and version. Rotation adds versions
(`rotation.py`); lost wrapping keys are what recovery shares are for (`recovery.py`).
"""

import os
import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Engine, func, select

from app.security.private_files import write_whole
from app.security.tables import data_keys

IDENTITY = "identity"
TEXT = "text"
DENUNCIATION = "denunciation"
CREDENTIAL = "credential"
DOCUMENT = "document"
SEALING = (IDENTITY, TEXT, DENUNCIATION, CREDENTIAL, DOCUMENT)
# known browsers' marks; the links of the audit chain
BROWSERS = "tokens.browser"
CHAIN = "audit.chain"
TOKENS = (
    "tokens.identity",
    "tokens.text",
    "tokens.denunciation.identity",
    "tokens.denunciation.text",
    "tokens.matter",
    "tokens.holder",
    BROWSERS,
    CHAIN,
)
KEY_BYTES = 32
NONCE_BYTES = 12
# seconds: a rotated key is known everywhere after the first; the second bounds what broken values cost
LOOK_EVERY = 60.0
LOOK_AT_MOST_EVERY = 2.0


class KeyTrouble(RuntimeError):
    """A key is missing, readable by others, or does not open what it should; the message is one sentence for the
    operator.
    """


def read_private(path: Path, what: str, advice: str) -> bytes:
    """The bytes of a file that only its owner can read.

    Raises KeyTrouble where it is missing, with the advice, or others can read it.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        raise KeyTrouble(f"không có {what} {path}; {advice}") from None
    if mode & 0o077:
        raise KeyTrouble(f"{what} {path} có quyền {mode:o}; người khác đọc được. Chạy: chmod 600 {path}")
    return path.read_bytes()


def write_private(path: Path, data: bytes) -> None:
    """The bytes stand in a new file of mode 600. Raises FileExistsError rather than overwrite one."""
    write_whole(path, data, new=True)


class Wrapping(Protocol):
    """What wraps data keys: a file's key or a token's."""

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """The data key, wrapped for that purpose only."""

    def unwrap_all(self, wrapped: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """The data keys of these pairs of wrapped key and purpose, in order.

        Raises KeyTrouble when this is not the key that wrapped them.
        """


class FileKey:
    """The wrapping key in a file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        key = read_private(path, "tệp khóa", "chạy “run.py init”, hoặc đặt KEY_FILE cho đúng")
        if len(key) != KEY_BYTES:
            raise KeyTrouble(
                f"tệp khóa {path} dài {len(key)} byte, phải là {KEY_BYTES}: tệp bị cụt; chép lại từ bản sao lưu, hoặc"
                " dời tệp này đi rồi dựng lại: run.py keys rebuild"
            )
        self._cipher = AESGCM(key)

    @staticmethod
    def make(path: Path) -> None:
        """A new random key stands at `path` with mode 600. Raises FileExistsError rather than overwrite one."""
        write_private(path, os.urandom(KEY_BYTES))

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """The data key, wrapped for that purpose only."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, purpose.encode())

    def unwrap_all(self, wrapped: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """The data keys. Raises KeyTrouble when this is not the key that wrapped them."""
        try:
            return [
                self._cipher.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], purpose.encode())
                for blob, purpose in wrapped
            ]
        except InvalidTag:
            raise KeyTrouble("tệp khóa không phải khóa của cơ sở dữ liệu này; kiểm tra KEY_FILE") from None


@dataclass(frozen=True)
class DataKey:
    """One data key: its id in the table and its bytes."""

    id: int
    key: bytes


Row = tuple[int, str, bytes]  # id, purpose, wrapped


class KeyRing:
    """The data keys of one database: unwrapped once per process, and once more for each that rotation adds.

    `source` gives the rows of `data_keys`, oldest version first.
    """

    def __init__(self, source: Callable[[], list[Row]], wrapping: Wrapping) -> None:
        self._source = source
        self._wrapping = wrapping
        self._newest: dict[str, DataKey] = {}
        self._ciphers: dict[int, AESGCM] = {}
        self._purposes: dict[int, str] = {}
        self._hashing: dict[int, bytes] = {}
        self._looked = 0.0
        self.look()
        missing = [purpose for purpose in SEALING + TOKENS if purpose not in self._newest]
        if missing:
            raise KeyTrouble(f"cơ sở dữ liệu thiếu khóa {', '.join(missing)}; chạy “run.py init”")

    def look(self) -> None:
        """Keys that were added since are known. Raises KeyTrouble."""
        new = [row for row in self._source() if row[0] not in self._ciphers]
        keys = self._wrapping.unwrap_all([(bytes(wrapped), purpose) for _, purpose, wrapped in new]) if new else []
        for (key_id, purpose, _), key in zip(new, keys, strict=True):
            self._newest[purpose] = DataKey(key_id, key)
            self._ciphers[key_id] = AESGCM(key)
            self._purposes[key_id] = purpose
            if purpose in TOKENS:
                self._hashing[key_id] = key
        self._looked = time.monotonic()

    def newest(self, purpose: str) -> DataKey:
        """The key that new values of this purpose are made with; a minute after a rotation at the latest it is the new
        one.
        """
        if time.monotonic() - self._looked > LOOK_EVERY:
            self.look()
        return self._newest[purpose]

    def cipher(self, key_id: int) -> AESGCM:
        """The cipher of a key by its id; looks again for one that another process may have added. Raises KeyError."""
        if key_id not in self._ciphers and time.monotonic() - self._looked > LOOK_AT_MOST_EVERY:
            self.look()
        return self._ciphers[key_id]

    def hashing(self, key_id: int, purpose: str) -> bytes | None:
        """The key of that id where it hashes for that purpose; None where there is none."""
        return self._hashing[key_id] if self._purposes.get(key_id) == purpose else None

    def purpose(self, key_id: int) -> str:
        """What a key is for, by its id. Raises KeyError."""
        return self._purposes[key_id]


_IN_ORDER = select(data_keys.c.id, data_keys.c.purpose, data_keys.c.wrapped).order_by(
    data_keys.c.version, data_keys.c.id
)


def load_ring(engine: Engine, wrapping: Wrapping) -> KeyRing:
    """The key ring of this database. Raises KeyTrouble."""

    def source() -> list[Row]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(_IN_ORDER)]

    return KeyRing(source, wrapping)


def unwrapped(connection: Connection, wrapping: Wrapping) -> list[tuple[int, str, bytes]]:
    """Every data key in clear, as id, purpose and bytes; for wrapping them anew. Raises KeyTrouble."""
    rows = [tuple(row) for row in connection.execute(_IN_ORDER)]
    keys = wrapping.unwrap_all([(bytes(wrapped), purpose) for _, purpose, wrapped in rows])
    return [(key_id, purpose, key) for (key_id, purpose, _), key in zip(rows, keys, strict=True)]


def add_key(
    connection: Connection, purpose: str, wrapping: Wrapping, recovery: Callable[[bytes, str], bytes | None]
) -> int:
    """A new random data key of that purpose is there, the newest of its versions; its id.

    `recovery` gives what recovery shares open.
    """
    key = os.urandom(KEY_BYTES)
    version = connection.scalar(
        select(func.coalesce(func.max(data_keys.c.version), 0) + 1).where(data_keys.c.purpose == purpose)
    )
    values = {
        "purpose": purpose,
        "version": version,
        "wrapped": wrapping.wrap(key, purpose),
        "recovery": recovery(key, purpose),
    }
    made: int = connection.execute(data_keys.insert().values(**values).returning(data_keys.c.id)).scalar_one()
    return made
