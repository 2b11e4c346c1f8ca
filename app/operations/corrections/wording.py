"""A correction as the history tells it: what stood there, what stands there now, in words."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.law.facts import Fact
from app.law.terms import term

EMPTY = "(trống)"
PARTS = {
    "name": "họ tên",
    "address": "địa chỉ",
    "id_number": "số định danh",
    "phone": "điện thoại",
    "gender": "giới tính",
    "ethnicity": "dân tộc",
    "position": "chức vụ",
    "organisation": "cơ quan",
    "sort": "là",
    "part": "tư cách",
    "paper": "giấy tờ",
    "number": "số",
    "body": "nơi ban hành",
    "on": "ngày",
}


def in_words(value: Any) -> str:
    """A value that is no fact: a text, a person, a cited decision, a list of them."""
    if isinstance(value, list):
        return "; ".join(in_words(item) for item in value) or EMPTY
    if isinstance(value, dict):
        told = sorted((key for key in value if value[key]), key=list(PARTS).index)  # however it was stored
        return ", ".join(f"{PARTS[key]} {_part(key, value[key])}" for key in told) or EMPTY
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value) if value not in (None, "") else EMPTY


def _part(key: str, value: Any) -> str:
    """A part of a person or of a cited decision: a code as the glossary calls it."""
    group = {"sort": "person_sort", "part": "person_part"}.get(key)
    return term(group, value).lower() if group else in_words(value)


def of_fact(fact: Fact, value: Any) -> str:
    """The value of a fact, as the glossary calls it."""
    if value is None or value == "":
        return EMPTY
    if fact.sort in ("code", "choice"):
        return term(fact.group, str(value))
    if fact.sort == "flag":
        return "có" if value else "không"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    return in_words(value)


def content_changes(
    headings: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any], untold: Collection[str] = ()
) -> list[str]:
    """A sentence for each part of the content that is another one; of those `untold` only that it was corrected: what
    stood there is kept elsewhere, and tells who denounced.
    """
    found = []
    for name, heading in headings.items():
        old = in_words(before[name])
        new = in_words(after[name])
        if old != new:
            found.append(f"{heading}: đã sửa" if name in untold else f"{heading}: {old} → {new}")
    return found


def changes(facts: Iterable[Fact], before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """A sentence for each fact whose value is another one."""
    found = []
    for fact in facts:
        old = before.get(fact.name, fact.empty)
        new = after.get(fact.name, fact.empty)
        if old != new:
            found.append(f"{fact.vietnamese}: {of_fact(fact, old)} → {of_fact(fact, new)}")
    return found
