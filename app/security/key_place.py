"""Which key wraps the data keys of this installation: the token's where one is configured, the file's otherwise."""

from collections.abc import Mapping
from pathlib import Path

from app.security.key_token import TokenKey
from app.security.keys import FileKey, KeyTrouble, Wrapping
from config import key_file, key_token


def wrapping_key(environ: Mapping[str, str]) -> Wrapping:
    """The wrapping key. Raises KeyTrouble or ConfigError."""
    token = key_token(environ)
    return FileKey(key_file(environ)) if token is None else TokenKey(**token)


def make_wrapping_key(environ: Mapping[str, str], known: bool) -> Wrapping:
    """The wrapping key, made where there is none.

    Raises KeyTrouble where the database already has keys (`known`): a new one would open none of them.
    """
    token = key_token(environ)
    path = key_file(environ)
    if token is not None:
        made = TokenKey(**token)
        if not known:
            made.make_missing()
        return made
    if not Path(path).exists():
        if known:
            raise KeyTrouble(
                f"cơ sở dữ liệu đã có khóa nhưng không thấy tệp khóa {path}; đặt lại tệp khóa cũ, hoặc dựng lại: run.py"
                " keys rebuild"
            )
        FileKey.make(path)
    return FileKey(path)
