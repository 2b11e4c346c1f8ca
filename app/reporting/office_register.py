"""The register of petitions as an office keeps it (sổ theo dõi đơn): who sent what, where it went, what came of it.

Names, addresses and matter only of petitions whose text the session reads; of a denunciation never who sent it, and its
text without what tells of them. Of others the facts alone.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.law import secrecy
from app.law.terms import matter as matter_of
from app.law.terms import term, term_of_kind
from app.models import Petition
from app.operations.content import (
    PETITIONER,
    RESPONDENT,
    denouncers_of,
    read_people,
    shown_body,
    shown_respondents,
    without,
)
from app.reporting.lists import Filters, export_petitions, texts_of
from app.security.sealed import CannotOpen

BROKEN = "(không mở được)"
HIDDEN = "(giữ bí mật)"
NAMELESS = "(không có họ tên)"
# Heading, and its width in characters; together they fit a page across.
COLUMNS = (
    ("STT", 5),
    ("Số đơn", 15),
    ("Ngày nhận", 11),
    ("Nguồn đơn", 11),
    ("Họ tên người gửi", 20),
    ("Địa chỉ", 22),
    ("Loại đơn", 12),
    ("Lĩnh vực", 12),
    ("Nội dung", 45),
    ("Người bị khiếu nại, tố cáo", 20),
    ("Ngày xử lý", 11),
    ("Hướng xử lý", 14),
    ("Nơi chuyển đến", 18),
    ("Vụ việc", 15),
    ("Quyết định, kết luận", 16),
    ("Kết quả", 14),
    ("Hạn", 11),
    ("Đơn vị", 18),
)


def register_rows(
    session: Session, filters: Filters, without_secret_on: date | None, language: str = "vi"
) -> Iterator[tuple[Any, ...]]:
    """The cells under COLUMNS of each petition the filters and the scope let through, newest first."""
    number = 0
    for batch in export_petitions(session, filters, without_secret_on):
        texts = texts_of(session, batch)
        behind = denouncers_of(session, batch)
        for petition in batch:
            number += 1
            hidden = behind.get(petition.id, [])
            told = _content(petition, hidden) if petition.id in texts else ("", "", "", "")
            yield (number, *_row(petition, told, hidden, language))


def _content(petition: Petition, hidden: list[dict[str, Any]]) -> tuple[str, str, str, str]:
    """Names, addresses, matter, respondents."""
    try:
        body = shown_body(petition, hidden)
        respondents = shown_respondents(read_people(petition, RESPONDENT), hidden)
        against = "; ".join(
            ", ".join(filter(None, (one.get("name"), one.get("position"), one.get("organisation"))))
            for one in respondents
        )
        names, places = _senders(petition)
    except CannotOpen:
        return (BROKEN,) * 4
    return names, places, body.get("summary") or "", against


def _senders(petition: Petition) -> tuple[str, str]:
    if petition.signatories == "none":
        return NAMELESS, ""
    if secrecy.content_closed(petition):
        return HIDDEN, HIDDEN
    people = read_people(petition, PETITIONER)
    names = "; ".join(person.get("name", "") for person in people)
    more = petition.people - len(people)
    places = dict.fromkeys(person["address"] for person in people if person.get("address"))
    return names + (f" và {more} người khác" if people and more > 0 else ""), "; ".join(places)


def _row(
    petition: Petition, told: tuple[str, str, str, str], hidden: list[dict[str, Any]], spoken: str
) -> tuple[Any, ...]:
    names, places, summary, against = told
    case = petition.case
    decision = case.decision if case is not None else None
    return (
        petition.number,
        petition.received_on,
        term("source", petition.source, spoken),
        names,
        places,
        matter_of(petition.kind, petition.instance, spoken),
        term("field", petition.field, spoken),
        summary,
        against,
        petition.processed_on,
        term("direction", petition.direction, spoken) if petition.direction else "",
        petition.sent_to.name if petition.sent_to is not None else "",
        f"{case.number}: {term_of_kind('case_state', case.state, case.kind, spoken)}" if case is not None else "",
        f"{without(decision.number, hidden)} ngày {decision.decided_on:%d/%m/%Y}" if decision is not None else "",
        term("outcome", decision.outcome, spoken) if decision is not None else "",
        petition.due_on,
        petition.unit.name,
    )
