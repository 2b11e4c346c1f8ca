"""Workbooks: statutory forms that print like the official ones, and lists written in constant memory.

Text cells are never formulas.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.law.forms import Form
from app.reporting.filling import TOTAL, Filled, plain
from app.reporting.rows import write_rows

# paper codes of the format; more columns than this print on A3
A3 = 8
A4 = 9
WIDE = 20
FONT = {"font_name": "Times New Roman", "font_size": 11}
# in_memory: XlsxWriter would put the sheets on disk in clear while it packs them.
WRAPPED = {"text_wrap": True, "valign": "top", "border": 1}
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
UNIT_COLUMN = 0
FIRST = 1
TITLE_ROWS = 6
UNIT_WIDTH = 30  # characters; a longer name takes two lines


def write_form(filled: Filled, target: Path | BinaryIO) -> None:
    """The form as .xlsx: title, period, merged headings, MS row, a row a unit, total, notes, signature block; broken
    cells in red with their rule.
    """
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, SAFE) as book:
        book.set_properties({"title": f"Biểu {filled.form.key}", "company": filled.unit.name, "author": ""})
        sheet = book.add_worksheet(filled.form.key.replace("/", "-"))
        formats = _formats(book)
        _page(sheet, filled.form)
        _title(sheet, filled, formats)
        top = _headings(sheet, filled.form, formats)
        last = _rows(sheet, filled, formats, top)
        _signatures(sheet, filled.form, formats, last + 2)
        sheet.repeat_rows(TITLE_ROWS, top - 1)
        sheet.freeze_panes(top, FIRST)


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    box = {**FONT, "border": 1, "valign": "vcenter"}
    kinds: dict[str, dict[str, Any]] = {
        "plain": FONT,
        "bold": {**FONT, "bold": True},
        "middle": {**FONT, "align": "center"},
        "title": {**FONT, "bold": True, "font_size": 14, "align": "center"},
        "italic": {**FONT, "italic": True, "align": "center"},
        "head": {**box, "bold": True, "align": "center", "text_wrap": True, "font_size": 10},
        "ms": {**box, "italic": True, "align": "center", "font_size": 8, "text_wrap": True},
        "unit": {**box, "text_wrap": True},
        "number": {**box, "num_format": "#,##0", "align": "right"},
        "amount": {**box, "num_format": "#,##0.000", "align": "right"},
        "wrong": {
            **box,
            "num_format": "#,##0.###",
            "align": "right",
            "font_color": "#FFFFFF",
            "bg_color": "#B00020",
            "bold": True,
        },
    }
    kinds["total_unit"] = {**kinds["unit"], "bold": True}
    kinds["total_number"] = {**kinds["number"], "bold": True}
    kinds["total_amount"] = {**kinds["amount"], "bold": True}
    return {name: book.add_format(values) for name, values in kinds.items()}


def _page(sheet: Worksheet, form: Form) -> None:
    sheet.set_landscape()
    sheet.set_paper(A3 if len(form.columns) > WIDE else A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer('&C&"Times New Roman"&9Trang &P/&N')
    sheet.set_column(UNIT_COLUMN, UNIT_COLUMN, UNIT_WIDTH)
    for place, column in enumerate(form.columns, start=FIRST):
        sheet.set_column(place, place, 10 if column.decimals else 7.5)
    sheet.set_column(FIRST + len(form.columns), FIRST + len(form.columns), 10)


def _title(sheet: Worksheet, filled: Filled, formats: dict[str, Format]) -> None:
    last = FIRST + len(filled.form.columns)
    half = last // 2
    sheet.merge_range(0, 0, 0, half, f"Biểu số: {filled.form.key}", formats["bold"])
    sheet.merge_range(1, 0, 1, half, f"Ban hành kèm theo Thông tư số {filled.form.circular}", formats["plain"])
    sheet.merge_range(0, half + 1, 0, last, "Đơn vị báo cáo:", formats["middle"])
    sheet.merge_range(1, half + 1, 1, last, filled.unit.name, formats["middle"])
    sheet.merge_range(3, 0, 3, last, filled.form.title.upper(), formats["title"])
    sheet.merge_range(
        4, 0, 4, last, f"Số liệu tính từ ngày {filled.start:%d/%m/%Y} đến ngày {filled.end:%d/%m/%Y}", formats["italic"]
    )


def _headings(sheet: Worksheet, form: Form, formats: dict[str, Format]) -> int:
    """Writes the headings and the MS row; the first row below them."""
    depth = max(len(column.heading) for column in form.columns)
    bottom = TITLE_ROWS + depth - 1
    _merge(sheet, (TITLE_ROWS, UNIT_COLUMN, bottom, UNIT_COLUMN), "Đơn vị", formats["head"])
    headings = [column.heading for column in form.columns]
    for level in range(depth):
        for start, end in heading_spans(headings, level):
            leaf = len(headings[start]) == level + 1
            row = TITLE_ROWS + level
            area = (row, FIRST + start, bottom if leaf else row, FIRST + end)
            _merge(sheet, area, headings[start][level], formats["head"])
    note = FIRST + len(headings)
    _merge(sheet, (TITLE_ROWS, note, bottom, note), "Ghi chú", formats["head"])
    sheet.write_string(bottom + 1, UNIT_COLUMN, "MS", formats["ms"])
    for place, column in enumerate(form.columns, start=FIRST):
        sheet.write_string(bottom + 1, place, ms_text(form, column.number), formats["ms"])
    sheet.write_string(bottom + 1, note, str(form.note_column), formats["ms"])
    for row in range(TITLE_ROWS, bottom + 1):
        sheet.set_row(row, 58 if row == bottom else 30)
    sheet.set_row(bottom + 1, 24)
    return bottom + 2


def heading_spans(headings: list[tuple[str, ...]], level: int) -> Iterator[tuple[int, int]]:
    """Runs of neighbouring columns, first and last, that share their heading down to this level; a column whose heading
    is shorter is in none.
    """
    start = 0
    while start < len(headings):
        if len(headings[start]) <= level:
            start += 1
            continue
        end = start
        same = headings[start][: level + 1]
        leaf = len(headings[start]) == level + 1
        while (
            not leaf
            and end + 1 < len(headings)
            and headings[end + 1][: level + 1] == same
            and len(headings[end + 1]) > level + 1
        ):
            end += 1
        yield start, end
        start = end + 1


def _merge(sheet: Worksheet, area: tuple[int, int, int, int], text: str, form: Format) -> None:
    top, left, bottom, right = area
    if (top, left) == (bottom, right):
        sheet.write_string(top, left, text, form)
    else:
        sheet.merge_range(top, left, bottom, right, "", form)
        sheet.write_string(top, left, text, form)


def ms_text(form: Form, number: int) -> str:
    """What the MS row prints under a column: its number, with the sums the form requires."""
    return "=".join([str(number), *("+".join(map(str, rule.parts)) for rule in form.sums if rule.total == number)])


def _rows(sheet: Worksheet, filled: Filled, formats: dict[str, Format], top: int) -> int:
    names = {unit.code: unit.name for unit in filled.units} | {TOTAL: "Tổng"}
    missing = {unit.code for unit in filled.missing}
    note = FIRST + len(filled.form.columns)
    for row, (key, figures) in enumerate(filled.rows.items(), start=top):
        bold = "total_" if key == TOTAL else ""
        sheet.set_row(row, 32 if len(names[key]) > UNIT_WIDTH - 2 else 18)
        sheet.write_string(row, UNIT_COLUMN, names[key], formats[f"{bold}unit"])
        for place, column in enumerate(filled.form.columns, start=FIRST):
            value = figures[str(column.number)]
            rules = filled.broken_in(key, str(column.number))
            amount = column.decimals and value != int(value)
            form = formats["wrong" if rules else bold + ("amount" if amount else "number")]
            sheet.write_number(row, place, plain(value), form)
            if rules:
                sheet.write_comment(row, place, "Sai quy tắc: " + "; ".join(rules))
        sheet.write_string(row, note, "Chưa nhập" if key in missing else "", formats["unit"])
    return top + len(filled.rows) - 1


def _signatures(sheet: Worksheet, form: Form, formats: dict[str, Format], row: int) -> None:
    last = FIRST + len(form.columns)
    third = max(last // 3, 2)
    sheet.set_row(row + 1, 22)
    sheet.merge_range(row, last - third, row, last, "……, ngày …… tháng …… năm ……", formats["italic"])
    sheet.merge_range(row + 1, 0, row + 1, third, "NGƯỜI LẬP BIỂU", formats["title"])
    sheet.merge_range(row + 1, last - third, row + 1, last, "THỦ TRƯỞNG ĐƠN VỊ", formats["title"])
    sheet.merge_range(row + 2, 0, row + 2, third, "(Ký, ghi rõ họ tên)", formats["italic"])
    sheet.merge_range(row + 2, last - third, row + 2, last, "(Ký, ghi rõ họ tên, đóng dấu)", formats["italic"])


@dataclass(frozen=True)
class Layout:
    """How a list looks that is handed on: what stands above it, how wide its columns are, in characters."""

    title: str
    about: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    mark: str = ""


def write_list(
    headings: Sequence[str], rows: Iterable[tuple[Any, ...]], target: Path | BinaryIO, layout: Layout, temporary: Path
) -> int:
    """A list as .xlsx, written row by row in constant memory, ready to be printed across; how many rows.

    `temporary`: a folder in memory, rows lie there in clear meanwhile. The layout's mark stands above all, and on every
    printed page.
    """
    options = {
        **SAFE,
        "in_memory": False,
        "constant_memory": True,
        "tmpdir": str(temporary),
        "default_date_format": "dd/mm/yyyy",
    }
    with xlsxwriter.Workbook(str(target) if isinstance(target, Path) else target, options) as book:
        sheet = book.add_worksheet(layout.title[:31])
        bold = book.add_format({**FONT, "bold": True})
        heading_format = book.add_format({**FONT, **WRAPPED, "bold": True, "align": "center"})
        plain_format = book.add_format({**FONT, **WRAPPED})
        day_format = book.add_format({**FONT, **WRAPPED, "num_format": "dd/mm/yyyy"})
        above = [line for line in (layout.mark, layout.title, *layout.about) if line]
        for place, width in enumerate(layout.widths or [16] * len(headings)):
            sheet.set_column(place, place, width)
        for line, said in enumerate(above):
            sheet.write_string(line, 0, said, bold)
        top = len(above)
        for place, heading in enumerate(headings):
            sheet.write_string(top, place, heading, heading_format)
        sheet.freeze_panes(top + 1, 0)
        count = write_rows(sheet, rows, top + 1, plain_format, day_format)
        sheet.autofilter(top, 0, top + max(count, 1), len(headings) - 1)
        _print_across(sheet, top, layout.mark)
        return count


def _print_across(sheet: Any, top: int, mark: str) -> None:
    """The headings stand on every printed page, pages are numbered, nothing is cut."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.set_footer('&C&"Times New Roman"Trang &P/&N')
    if mark:
        sheet.set_header(f'&C&"Times New Roman,Bold"{mark.replace("&", "&&")}'[:255])


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
