"""Sealed columns: AES-256-GCM under data keys; what the ORM hands out shows nothing.

A sealed value is key id (4 bytes), nonce (12), ciphertext and tag. `key id|table.column|row id` is its associated data,
so a value moved to another row, column or key does not open (NIST SP 800-38D).
"""

import base64
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

from app.security.keys import DENUNCIATION, NONCE_BYTES, KeyRing
from app.text.tcvn6909 import normalize

ID_BYTES = 4
ADDRESSES = "addresses.text"  # bound to as a column is, so that neither opens in the place of the other
MASK = "•••••"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)  # made once: many are sealed


class CannotOpen(RuntimeError):
    """A sealed value does not open: it was moved, cut or changed, or its key is not there."""


class Secret:
    """A sealed value. It prints as dots, wherever it turns up."""

    __slots__ = ("blob",)

    def __init__(self, blob: bytes) -> None:
        self.blob = blob

    def __str__(self) -> str:
        return MASK

    __repr__ = __str__


class Sealed(TypeDecorator[Secret]):
    """A column that only takes and only gives `Secret`."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Secret | None, dialect: Any) -> bytes | None:
        """The sealed bytes. Raises TypeError for anything that is not sealed."""
        if value is None:
            return None
        if not isinstance(value, Secret):
            raise TypeError("a sealed column takes a Secret, never text")
        return value.blob

    def process_result_value(self, value: bytes | None, dialect: Any) -> Secret | None:
        """The sealed bytes as a Secret."""
        return None if value is None else Secret(bytes(value))


def ring() -> KeyRing:
    """The key ring of this application."""
    keys: KeyRing = current_app.extensions["keyring"]
    return keys


def encrypt(cipher: AESGCM, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    """Ciphertext and 16-byte tag under a 256-bit key and a 96-bit nonce; both encryption and opening pass here and
    nowhere else.
    """
    return cipher.encrypt(nonce, plain, bound)


def decrypt(cipher: AESGCM, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    """The clear bytes. Raises InvalidTag, or ValueError for what is no ciphertext."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a nonce has 96 bits")
    return cipher.decrypt(nonce, sealed, bound)


def _bound_to(key_id: int, column: str, row_id: Any) -> bytes:
    return f"{key_id}|{column}|{row_id}".encode()


def seal_bytes(column: str, row_id: Any, plain: bytes, purpose: str) -> bytes:
    """The bytes sealed for that place (`table.column`) of that row: key id, nonce, ciphertext, tag."""
    keys = ring()
    key = keys.newest(purpose)
    nonce = os.urandom(NONCE_BYTES)
    sealed = encrypt(keys.cipher(key.id), nonce, plain, _bound_to(key.id, column, row_id))
    return key.id.to_bytes(ID_BYTES, "big") + nonce + sealed


def open_bytes(column: str, row_id: Any, blob: bytes) -> bytes:
    """The clear bytes. Raises CannotOpen."""
    key_id = int.from_bytes(blob[:ID_BYTES], "big")
    nonce = blob[ID_BYTES : ID_BYTES + NONCE_BYTES]
    sealed = blob[ID_BYTES + NONCE_BYTES :]
    try:
        return decrypt(ring().cipher(key_id), nonce, sealed, _bound_to(key_id, column, row_id))
    except (InvalidTag, KeyError, ValueError):
        raise CannotOpen(f"{column} of {row_id} does not open") from None


def seal_for_address(account_id: int, plain: str) -> str:
    """What may stand in the addresses of that account's pages: histories and logs keep addresses.

    Letters of base64url.
    """
    return (
        base64.urlsafe_b64encode(seal_bytes(ADDRESSES, account_id, plain.encode(), DENUNCIATION)).rstrip(b"=").decode()
    )


def open_from_address(account_id: int, blob_text: str) -> str:
    """What was sealed for the addresses of that account. Raises CannotOpen."""
    try:
        blob = base64.urlsafe_b64decode(blob_text.encode() + b"=" * (-len(blob_text) % 4))
    except ValueError:
        raise CannotOpen("an address that was not made here") from None
    return open_bytes(ADDRESSES, account_id, blob).decode()


def seal(row: Any, column: str, value: Any, purpose: str) -> Secret:
    """The JSON value sealed for that column of that row; strings in it are normalised first."""
    plain = _ENCODER.encode(_clean(value)).encode()
    return Secret(seal_bytes(f"{row.__tablename__}.{column}", row.id, plain, purpose))


def unseal(row: Any, column: str) -> Any:
    """The JSON value of a sealed column; None where it is empty. Raises CannotOpen."""
    secret: Secret | None = getattr(row, column)
    return None if secret is None else json.loads(open_bytes(f"{row.__tablename__}.{column}", row.id, secret.blob))


def reseal(table: str, row_id: Any, column: str, secret: Secret) -> Secret:
    """The same value under the newest key of its purpose. Raises CannotOpen."""
    bound = f"{table}.{column}"
    plain = open_bytes(bound, row_id, secret.blob)
    return Secret(seal_bytes(bound, row_id, plain, ring().purpose(int.from_bytes(secret.blob[:ID_BYTES], "big"))))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return normalize(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items() if item not in (None, "")}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
