"""A place for what has to wait and does not fit into memory: a file without a name, sealed under a key nobody keeps."""

import os
import pickle
import tempfile
from collections.abc import Iterator
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.security.keys import KEY_BYTES, NONCE_BYTES
from app.security.sealed import decrypt, encrypt


class Spool:
    """Batches of plain values, by kind, in the order they came. With it goes what it held."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed by __exit__
        self._cipher = AESGCM(os.urandom(KEY_BYTES))
        self._places: dict[str, list[tuple[int, int]]] = {}  # where a batch begins, and its length

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def put(self, kind: str, batch: list[Any]) -> None:
        """The batch waits."""
        start = self._file.seek(0, os.SEEK_END)
        length = self._file.write(encrypt(self._cipher, _nonce(start), pickle.dumps(batch, 5), kind.encode()))
        self._places.setdefault(kind, []).append((start, length))

    def batches(self, kind: str) -> Iterator[list[Any]]:
        """Every batch of the kind. Raises InvalidTag for one that was changed meanwhile."""
        for start, length in self._places.get(kind, ()):
            self._file.seek(start)
            plain = decrypt(self._cipher, _nonce(start), self._file.read(length), kind.encode())
            yield pickle.loads(plain)  # noqa: S301  ours: it opened under a key that only this object has


def _nonce(start: int) -> bytes:
    # No two batches begin at one place, so no nonce comes twice under this key.
    return start.to_bytes(NONCE_BYTES, "big")
