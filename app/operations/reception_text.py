"""The sealed text of a reception: written, read, sealed anew, and whether it is closed."""

from collections.abc import Callable
from typing import Any

from app.law import secrecy
from app.models import Reception, ReceptionText
from app.security.keys import DENUNCIATION, IDENTITY
from app.security.sealed import seal, unseal


def _made(model: Any, **values: Any) -> Any:
    return model(**values)


def closes(reception: Reception) -> bool:
    """True when the reception is about a denunciation: its kind was said, or its petition is one, or it was closed by
    somebody who saw that petition; what was once closed stays so.
    """
    return _is_said_closed(reception) or (reception.text is not None and bool(reception.text.compartment))


def _is_said_closed(reception: Any) -> bool:
    return secrecy.closed(reception.about) or (
        reception.petition is not None and secrecy.content_closed(reception.petition)
    )


def write_reception(
    reception: Any, body: dict[str, Any], registered_by: str | None, make: Callable[..., Any] = _made
) -> None:
    """The reception has its sealed text: matter, summary, result, petitioners, respondents.

    `make`: as in `write_content`.
    """
    petition = reception.petition
    text = make(ReceptionText, reception=reception, unit=reception.unit, registered_by=registered_by)
    text.shut_out = petition.shut_out if petition is not None else None
    text.handlers = petition.handlers if petition is not None else None
    _seal(text, body, _is_said_closed(reception))


def close_reception(reception: Reception) -> None:
    """The reception's text is sealed, and open to whom, as its petition asks."""
    petition = reception.petition
    text = reception.text
    text.handlers = petition.handlers
    text.shut_out = sorted({*(text.shut_out or ()), *(petition.shut_out or ())}) or None
    _seal(text, read_reception(text), closes(reception))


def rewrite_reception(reception: Reception, body: dict[str, Any]) -> None:
    """The reception's text is this, sealed as what it is about asks; who was named as having come before is kept, and
    covered as whoever came.
    """
    known = who_came(reception.text)
    former = [one for one in known if one not in (body.get("petitioners") or [])]
    _seal(reception.text, body | {"former": former}, closes(reception))


def _seal(text: Any, body: dict[str, Any], closed: bool) -> None:
    text.compartment = closed
    text.body = seal(text, "body", body, DENUNCIATION if closed else IDENTITY) if any(body.values()) else None


def read_reception(text: ReceptionText | None) -> dict[str, Any]:
    """The clear text of a reception the session may see."""
    return unseal(text, "body") or {} if text is not None else {}


def came(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Who came, by the text of a reception, or was named so before a correction."""
    return [*(body.get("petitioners") or ()), *(body.get("former") or ())]


def who_came(text: ReceptionText | None) -> list[dict[str, Any]]:
    """The same of a reception whose text the session may see."""
    return came(read_reception(text))
