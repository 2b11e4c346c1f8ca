"""The register of cases as an office keeps it (sổ thụ lý, giải quyết), as a workbook.

Names and matter only of petitions whose text the session reads; of a denunciation never who sent it. What is secret
today stays out: that leaves by two people only.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.clock import today
from app.law import secrecy
from app.law.secrecy import NORMAL
from app.law.terms import matter as matter_of
from app.law.terms import term, term_of_kind
from app.models import Case, Petition
from app.operations.content import PETITIONER, RESPONDENT, denouncers_of, read_people, shown_body, without
from app.operations.content import shown_respondents as respondents_of
from app.reporting.office_register import BROKEN, HIDDEN
from app.reporting.workbook import Layout, write_list
from app.security import audit
from app.security.sealed import CannotOpen

TITLE = "Sổ thụ lý, giải quyết"
# Heading, and its width in characters; together they fit a page across.
COLUMNS = (
    ("STT", 5),
    ("Số vụ việc", 15),
    ("Loại", 12),
    ("Ngày thụ lý", 11),
    ("Họ tên, địa chỉ", 26),
    ("Nội dung", 42),
    ("Người bị khiếu nại, tố cáo", 20),
    ("Đơn", 16),
    ("Người xử lý", 14),
    ("Trạng thái", 14),
    ("Hạn", 11),
    ("Quyết định, kết luận", 16),
    ("Ngày ban hành", 11),
    ("Kết quả", 14),
    ("Đơn vị", 18),
)


def write_cases(
    session: Session, batches: Iterable[list[Case]], target: BinaryIO, temporary: Path, about: tuple[str, ...] = ()
) -> int:
    """The workbook of these cases but the secret ones is in `target`, and the trail tells of it; how many. `about`:
    what stands under the title.
    """
    layout = Layout(TITLE, about, tuple(width for _, width in COLUMNS))
    count = write_list([heading for heading, _ in COLUMNS], _rows(session, batches), target, layout, temporary)
    audit.record(session, "case.exported", detail={"rows": count})
    return count


def _is_open(case: Case, on: date) -> bool:
    """True when neither the case nor one of its petitions is secret on that day."""
    return all(
        row.secrecy == NORMAL or (row.secrecy_until is not None and row.secrecy_until < on)
        for row in (case, *case.petitions)
    )


def _rows(session: Session, batches: Iterable[list[Case]]) -> Iterator[tuple[Any, ...]]:
    for number, (case, hidden) in enumerate(_open_ones(session, batches), start=1):
        told = [_content(petition, hidden) for petition in case.petitions if petition.text is not None]
        people, matter, against = ("; ".join(dict.fromkeys(filter(None, part))) for part in _turned(told))
        decision = case.decision
        yield (
            number,
            case.number,
            matter_of(case.kind, case.instance),
            case.accepted_on,
            people,
            matter,
            against,
            "; ".join(petition.number for petition in case.petitions),
            ", ".join(sorted({name for petition in case.petitions for name in petition.handlers or ()})),
            term_of_kind("case_state", case.state, case.kind),
            case.due_on,
            without(decision.number, hidden) if decision is not None else "",
            decision.decided_on if decision is not None else None,
            term("outcome", decision.outcome) if decision is not None else "",
            case.unit.name,
        )


def _open_ones(session: Session, batches: Iterable[list[Case]]) -> Iterator[tuple[Case, list[dict[str, Any]]]]:
    """Each case that is not secret, with whom nothing shown of it may tell of."""
    for batch in batches:
        shown = [case for case in batch if _is_open(case, today())]
        behind = denouncers_of(session, shown)
        yield from ((case, behind.get(case.id, [])) for case in shown)


def _turned(told: list[tuple[str, str, str]]) -> list[list[str]]:
    return [[part[place] for part in told] for place in range(3)]


def _content(petition: Petition, hidden: list[dict[str, Any]]) -> tuple[str, str, str]:
    """Senders with their addresses, the matter, the respondents."""
    try:
        summary = shown_body(petition, hidden).get("summary") or ""
        against = respondents_of(read_people(petition, RESPONDENT), hidden)
        people = [] if secrecy.content_closed(petition) else read_people(petition, PETITIONER)
    except CannotOpen:
        return (BROKEN,) * 3
    named = "; ".join(", ".join(filter(None, (one.get("name"), one.get("address")))) for one in people)
    blamed = "; ".join(filter(None, (one.get("name") for one in against)))
    return (HIDDEN if secrecy.content_closed(petition) else named), summary, blamed
