"""The wrapping key in a PKCS#11 token: an AES-256 key made there, sensitive and never extractable, that leaves it only
as wrapped data keys.

python-pkcs11 is not safe with several sessions at once (seen: segmentation faults), so one lock stands round every use;
a process uses the token once when it starts and once for each rotation.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism

from app.security.keys import NONCE_BYTES, KeyTrouble, read_private

_LOCK = threading.Lock()
_TAG_BITS = 128


class TokenKey:
    """The wrapping key in the token with that label. `pin_file` holds the PIN, mode 600."""

    def __init__(self, module: str, token: str, label: str, pin_file: Path) -> None:
        self._module = module
        self._token = token
        self._label = label
        pin = read_private(pin_file, "tệp mã PIN", "đặt KEY_TOKEN_PIN_FILE cho đúng")
        self._pin = pin.decode("utf-8", "strict").strip()

    @contextmanager
    def _session(self) -> Iterator[Any]:
        with _LOCK:
            try:
                with (
                    pkcs11.lib(self._module)
                    .get_token(token_label=self._token)
                    .open(user_pin=self._pin, rw=True) as session
                ):
                    yield session
            except pkcs11.exceptions.NoSuchToken:
                raise KeyTrouble(
                    f"không thấy thiết bị lưu khóa “{self._token}”; cắm thiết bị, hoặc đặt KEY_TOKEN_LABEL cho đúng"
                ) from None
            except (pkcs11.exceptions.PinIncorrect, pkcs11.exceptions.PinInvalid, pkcs11.exceptions.PinLenRange):
                raise KeyTrouble(
                    "mã PIN của thiết bị lưu khóa không đúng; kiểm tra KEY_TOKEN_PIN_FILE trước khi thử lại, thiết bị"
                    " có thể tự khóa"
                ) from None
            except pkcs11.exceptions.PinLocked:
                raise KeyTrouble("thiết bị lưu khóa đã khóa mã PIN; mở khóa thiết bị rồi chạy lại") from None
            except (pkcs11.exceptions.NoSuchKey, pkcs11.exceptions.MultipleObjectsReturned):
                raise KeyTrouble(
                    f"thiết bị lưu khóa không có đúng một khóa tên “{self._label}”; kiểm tra KEY_TOKEN_KEY"
                ) from None
            except (pkcs11.exceptions.PKCS11Error, RuntimeError, OSError) as trouble:
                raise KeyTrouble(
                    f"thiết bị lưu khóa không trả lời được ({type(trouble).__name__}); kiểm tra KEY_TOKEN_MODULE và"
                    " thiết bị"
                ) from None

    def make_missing(self) -> bool:
        """The key is in the token; True where it was made now."""
        with self._session() as session:
            if list(
                session.get_objects({Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY, Attribute.LABEL: self._label})
            ):
                return False
            template = {
                Attribute.SENSITIVE: True,
                Attribute.EXTRACTABLE: False,
                Attribute.ENCRYPT: True,
                Attribute.DECRYPT: True,
            }
            session.generate_key(KeyType.AES, 256, label=self._label, store=True, template=template)
            return True

    def wrap(self, key: bytes, purpose: str) -> bytes:
        """The data key, wrapped for that purpose only, as nonce and ciphertext with tag."""
        nonce = os.urandom(NONCE_BYTES)
        with self._session() as session:
            return nonce + bytes(
                self._key(session).encrypt(
                    key, mechanism=Mechanism.AES_GCM, mechanism_param=self._params(nonce, purpose)
                )
            )

    def unwrap_all(self, wrapped: Iterable[tuple[bytes, str]]) -> list[bytes]:
        """The data keys, in one session. Raises KeyTrouble when this is not the key that wrapped them."""
        with self._session() as session:
            key = self._key(session)
            try:
                return [
                    bytes(
                        key.decrypt(
                            blob[NONCE_BYTES:],
                            mechanism=Mechanism.AES_GCM,
                            mechanism_param=self._params(blob[:NONCE_BYTES], purpose),
                        )
                    )
                    for blob, purpose in wrapped
                ]
            except (
                pkcs11.exceptions.EncryptedDataInvalid,
                pkcs11.exceptions.EncryptedDataLenRange,
                pkcs11.exceptions.GeneralError,
            ):
                raise KeyTrouble(
                    "khóa trong thiết bị không phải khóa của cơ sở dữ liệu này; kiểm tra KEY_TOKEN_LABEL và"
                    " KEY_TOKEN_KEY"
                ) from None

    def _key(self, session: Any) -> Any:
        return session.get_key(label=self._label, key_type=KeyType.AES)

    @staticmethod
    def _params(nonce: bytes, purpose: str) -> GCMParams:
        return GCMParams(nonce, purpose.encode(), _TAG_BITS)
