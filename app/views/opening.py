"""Sealed values on a page: one that does not open is told of in its place and in the trail, and the rest of the page
works.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import g
from flask_babel import gettext

from app.extensions import db
from app.security import audit
from app.security.sealed import CannotOpen

T = TypeVar("T")


def broken_sentence() -> str:
    """What stands where a value does not open."""
    sentence: str = gettext(
        "[giá trị niêm phong không mở được: có thể đã bị sửa ngoài phần mềm; đã ghi nhật ký, báo ngay cho quản trị]"
    )
    return sentence


def opened(read: Callable[..., T], *arguments: Any, otherwise: Callable[[], T]) -> T:
    """What `read` opens; what `otherwise` gives where it does not open, with one entry in the trail for each value and
    request.
    """
    try:
        return read(*arguments)
    except CannotOpen as trouble:
        reported: set[str] = g.setdefault("broken_values", set())
        if str(trouble) not in reported:
            reported.add(str(trouble))
            audit.record_apart(db.session(), "seal.broken", reason=str(trouble))
        return otherwise()


def broken_body() -> dict[str, Any]:
    """A text that does not open."""
    return {"summary": broken_sentence()}


def broken_people() -> list[dict[str, Any]]:
    """Persons that do not open."""
    return [{"name": broken_sentence()}]
