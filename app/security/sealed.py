"""Sealed columns: AES-256-GCM under data keys; what the ORM hands out shows nothing.

A sealed value is key id (4 bytes), nonce (12), ciphertext and tag. `key id|table.column|row id` is its associated data, so a value moved to another
row, column or key does not open (NIST SP 800-38D).
"""

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from flask import current_app
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

from app.security.keys import NONCE_BYTES, KeyRing
from app.text.tcvn6909 import normalize

_ID_BYTES = 4
MASK = "•••••"


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


def _bound_to(key_id: int, row: Any, column: str) -> bytes:
    return f"{key_id}|{row.__tablename__}.{column}|{row.id}".encode()


def seal(row: Any, column: str, value: Any, purpose: str) -> Secret:
    """The JSON value sealed for that column of that row; strings in it are normalised first."""
    key = ring().newest(purpose)
    nonce = os.urandom(NONCE_BYTES)
    plain = json.dumps(_clean(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    sealed = ring().cipher(key.id).encrypt(nonce, plain, _bound_to(key.id, row, column))
    return Secret(key.id.to_bytes(_ID_BYTES, "big") + nonce + sealed)


def unseal(row: Any, column: str) -> Any:
    """The JSON value of a sealed column; None where it is empty. Raises CannotOpen."""
    secret: Secret | None = getattr(row, column)
    if secret is None:
        return None
    blob = secret.blob
    key_id = int.from_bytes(blob[:_ID_BYTES], "big")
    nonce, sealed = blob[_ID_BYTES : _ID_BYTES + NONCE_BYTES], blob[_ID_BYTES + NONCE_BYTES :]
    try:
        return json.loads(ring().cipher(key_id).decrypt(nonce, sealed, _bound_to(key_id, row, column)))
    except (InvalidTag, KeyError, ValueError):
        raise CannotOpen(f"{row.__tablename__}.{column} of {row.id} does not open") from None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return normalize(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items() if item not in (None, "")}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
