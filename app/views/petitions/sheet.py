"""The list of petitions as a workbook: its headings and the cells of a row. Facts only: no names, no text."""

from datetime import date
from typing import Any

from app.views.labels import say

HEADINGS = (
    "Số đơn",
    "Loại đơn",
    "Nguồn đơn",
    "Ngày nhận",
    "Ngày ghi trên đơn",
    "Người đứng tên",
    "Số người",
    "Lĩnh vực",
    "Đơn lần đầu, tiếp theo",
    "Trạng thái",
    "Ngày xử lý",
    "Đủ điều kiện",
    "Thuộc thẩm quyền",
    "Hướng xử lý",
    "Hạn",
    "Mã đơn vị",
    "Đơn vị",
)


def cells(row: Any) -> tuple[Any, ...]:
    """The cells under HEADINGS of a row of `reporting.lists.export_rows`."""
    due: date | None = row.due_on
    return (
        row.number,
        say("kind", row.kind),
        say("source", row.source),
        row.received_on,
        row.dated_on,
        say("signatories", row.signatories),
        row.people,
        say("field", row.field),
        say("matter", f"{row.kind}.{row.instance}"),
        say("petition_state", row.state),
        row.processed_on,
        _yes(row.eligible),
        _yes(row.competent),
        say("direction", row.direction),
        due,
        row.code,
        row.name,
    )


def _yes(flag: bool | None) -> str | None:
    return None if flag is None else "Có" if flag else "Không"
