"""The list of petitions as a workbook: its headings and the cells of a row. Facts only: no names, no text."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from app.law.facts import PETITION, PROCESSED, Fact
from app.law.terms import codes, term

_BETWEEN = "Trạng thái"
_AFTER = ("Hạn", "Mã đơn vị", "Đơn vị")
HEADINGS = (
    "Số đơn",
    *(fact.vietnamese for fact in PETITION),
    _BETWEEN,
    *(fact.vietnamese for fact in PROCESSED),
    *_AFTER,
)


WIDTHS = (16, *(14 for _ in PETITION), 12, *(14 for _ in PROCESSED), 11, 11, 26)


def rows_of(found: Iterable[Any], language: str = "vi") -> Iterator[tuple[Any, ...]]:
    """The cells under HEADINGS of each row of `reporting.lists.export_rows`, in that language."""
    meanings = [(fact.stored, _meaning(fact, language)) for fact in (*PETITION, *PROCESSED)]
    states = {code: term("petition_state", code, language) for code in codes("petition_state")}
    split = len(PETITION)
    for row in found:
        facts = [meaning(getattr(row, column), row) for column, meaning in meanings]
        yield (row.number, *facts[:split], states[row.state], *facts[split:], row.due_on, row.code, row.name)


def _meaning(fact: Fact, spoken: str) -> Callable[[Any, Any], Any]:
    """What a value of the fact says in a cell; asked once a list, since a list has a million cells."""
    if fact.name == "instance":  # a denunciation is never “lần hai”
        names = {code: term("matter", code, spoken) for code in codes("matter")}
        return lambda value, row: names[f"{row.kind}.{value}"]
    if fact.sort == "code":
        words = {code: term(fact.group, code, spoken) for code in codes(fact.group)} | {None: None}
        return lambda value, row: words[value]
    if fact.sort == "flag":
        answers = {True: "Có", False: "Không", None: None}
        return lambda value, row: answers[value]
    return lambda value, row: value
