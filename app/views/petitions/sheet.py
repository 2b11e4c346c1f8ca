"""The list of petitions as a workbook: its headings and the cells of a row. Facts only: no names, no text."""

from typing import Any

from app.law.facts import PETITION, PROCESSED, Fact
from app.views.labels import say

_BETWEEN = "Trạng thái"
_AFTER = ("Hạn", "Mã đơn vị", "Đơn vị")
HEADINGS = (
    "Số đơn",
    *(fact.vietnamese for fact in PETITION),
    _BETWEEN,
    *(fact.vietnamese for fact in PROCESSED),
    *_AFTER,
)


def cells(row: Any) -> tuple[Any, ...]:
    """The cells under HEADINGS of a row of `reporting.lists.export_rows`."""
    return (
        row.number,
        *(_cell(fact, row) for fact in PETITION),
        say("petition_state", row.state),
        *(_cell(fact, row) for fact in PROCESSED),
        row.due_on,
        row.code,
        row.name,
    )


def _cell(fact: Fact, row: Any) -> Any:
    value = getattr(row, fact.stored)
    if fact.name == "instance":  # a denunciation is never "lần hai"
        return say("matter", f"{row.kind}.{value}")
    if fact.sort == "code":
        return say(fact.group, value)
    return {True: "Có", False: "Không"}.get(value) if fact.sort == "flag" else value
