"""What comes in, at the boundary: forms without characters nobody types, readable addresses, keys that fit a column.

Uploaded files stay in memory: stock Werkzeug puts what is larger than 500 kB on a disk, in clear.
"""

import io
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, ValidationError

from app.text.tcvn6909 import without_controls
from app.text.typed import number_of


class MemoryRequest(Request):
    """A request that writes nothing to disk, whose form holds no characters that a page, a file or the database cannot.

    MAX_CONTENT_LENGTH bounds what it may hold.
    """

    is_json = False  # no screen takes JSON: a body of it is an empty form, whatever Flask-WTF would make of it

    def _get_file_stream(self, *_arguments: Any, **_named: Any) -> IO[bytes]:
        return io.BytesIO()

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        sent = self.__dict__["form"].items(multi=True)
        clean = [(without_controls(name), without_controls(value)) for name, value in sent]
        self.__dict__["form"] = ImmutableMultiDict(clean)

    @property
    def is_readable(self) -> bool:
        """True when the address is UTF-8 without control characters, and no header holds one."""
        path = self.environ.get("PATH_INFO", "").encode("latin-1", "replace")
        headers = (value for name, value in self.environ.items() if name.startswith("HTTP_"))
        return _is_text(path) and _is_text(unquote_to_bytes(self.query_string)) and all(map(_is_line, headers))


def is_host(name: str) -> bool:
    """True for what can be a host name; of others Werkzeug raises before there is a request that could be refused."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return True


def _is_line(text: str) -> bool:
    return without_controls(text) == text and not {*"\r\n"} & {*text}


def _is_text(data: bytes) -> bool:
    try:
        return without_controls(data.decode("utf-8")) == data.decode("utf-8")
    except UnicodeDecodeError:
        return False


class Key(IntegerConverter):
    """A number in a path: a key or a page. One that no column could hold names nothing."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        """The number. Raises ValidationError, which is a page that says it is not there."""
        found = number_of(value)
        if found is None:
            raise ValidationError
        return found
