"""The reception register as a workbook, with the columns of Mẫu 03/TCD (Nghị định 154/2026/NĐ-CP, phụ lục).

Of a reception about a denunciation the facts alone: neither who came nor what was said.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.clock import today
from app.law import secrecy
from app.law.secrecy import NORMAL
from app.law.terms import term
from app.models import Petition, Reception
from app.operations.content import read_body
from app.operations.reception_text import closes, read_reception
from app.operations.secrecy.levels import of_reception
from app.reporting.office_register import BROKEN, HIDDEN
from app.reporting.workbook import Layout, write_list
from app.security import audit
from app.security.sealed import CannotOpen

TITLE = "Sổ tiếp công dân"
# Heading, and its width in characters; together they fit a page across.
COLUMNS = (
    ("STT", 5),
    ("Ngày tiếp", 11),
    ("Họ tên, địa chỉ", 28),
    ("Số căn cước, hộ chiếu", 16),
    ("Nội dung", 45),
    ("Loại đơn", 12),
    ("Số người", 8),
    ("Cơ quan đã giải quyết", 18),
    ("Thuộc thẩm quyền", 9),
    ("Hướng dẫn đến cơ quan", 18),
    ("Cơ quan thụ lý", 18),
    ("Theo dõi quá trình, kết quả", 24),
    ("Ghi chú", 18),
)


def write_receptions(
    session: Session, receptions: Iterable[Reception], target: BinaryIO, temporary: Path, about: tuple[str, ...] = ()
) -> int:
    """The workbook of these receptions is in `target`, and the trail tells of it; how many. `about`: what stands under
    the title.
    """
    layout = Layout(TITLE, about, tuple(width for _, width in COLUMNS))
    count = write_list([heading for heading, _ in COLUMNS], _rows(receptions), target, layout, temporary)
    audit.record(session, "reception.exported", detail={"rows": count})
    return count


def _rows(receptions: Iterable[Reception]) -> Iterator[tuple[Any, ...]]:
    for number, reception in enumerate(receptions, start=1):
        petition = reception.petition
        about = reception.about or (petition.kind if petition is not None else None)
        people, numbers, matter, result, earlier = _content(reception)
        guided, taken = _where_to(petition)
        yield (
            number,
            reception.held_on,
            people,
            numbers,
            matter,
            term("kind", about) if about else "",
            reception.people,
            earlier,
            "x" if petition is not None and petition.competent else "",
            guided,
            taken,
            result,
            "; ".join([reception.number, *([f"đơn {petition.number}"] if petition is not None else [])]),
        )


def _content(reception: Reception) -> tuple[str, str, str, str, str]:
    """People with their addresses, their numbers, the matter, the result, and who settled it before."""
    if _is_kept_back(reception):
        return HIDDEN, "", HIDDEN, HIDDEN, ""
    try:
        body = read_reception(reception.text)
        earlier = _earlier(reception.petition)
    except CannotOpen:
        return (BROKEN,) * 5
    people = body.get("petitioners") or []
    named = "; ".join(", ".join(filter(None, (one.get("name"), one.get("address")))) for one in people)
    numbers = "; ".join(one["id_number"] for one in people if one.get("id_number"))
    return named, numbers, body.get("summary") or body.get("matter") or "", body.get("result") or "", earlier


def _is_kept_back(reception: Reception) -> bool:
    """True for what is about a denunciation, or secret; also where the session does not see the petition that would
    tell.
    """
    if reception.petition_id is not None and reception.petition is None:
        return True
    return closes(reception) or of_reception(reception, today()).level != NORMAL


def _earlier(petition: Petition | None) -> str:
    if petition is None or secrecy.content_closed(petition):
        return ""
    return (read_body(petition.text).get("previous_decision") or {}).get("body") or ""


def _where_to(petition: Petition | None) -> tuple[str, str]:
    """Whom the citizen was sent to, and who takes the matter up."""
    if petition is None or petition.direction is None:
        return "", ""
    other = petition.sent_to.name if petition.sent_to is not None else ""
    taken = {"accept": petition.unit.name, "forward": other}.get(petition.direction, "")
    return (other if petition.direction == "guide" else ""), taken
