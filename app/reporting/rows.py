"""Rows of a plain list, streamed into a workbook of XlsxWriter.

In constant memory XlsxWriter spends four fifths of an export on asking each cell what it is. A list knows: its rows are
written here straight into the sheet's file, as XlsxWriter would write them; frame, styles and package stay its own.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

LONGEST_CELL = 32767  # letters (Excel's own limit)
_FIRST_DAY = date(1899, 12, 30).toordinal()
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_rows(sheet: Worksheet, rows: Iterable[Sequence[Any]], first: int, plain: Format, day: Format) -> int:
    """The rows stand in the sheet from row `first` on (counted from 0); how many.

    What was written to the sheet before stands above; nothing can be written below afterwards.
    """
    sheet._write_single_row(first)  # what stands above, which waits for the next row
    file = sheet.row_data_fh
    styles = f' s="{plain._get_xf_index()}"', f' s="{day._get_xf_index()}"'
    number = first
    widest = sheet.dim_colmax or 0
    for number, row in enumerate(rows, start=first + 1):
        cells = "".join(
            f'<c r="{_column(place)}{number}"{_cell(value, *styles)}</c>'
            for place, value in enumerate(row)
            if value is not None
        )
        file.write(f'<row r="{number}">{cells}</row>')
        widest = max(widest, len(row) - 1)
    if number > first:
        sheet.dim_rowmax = number - 1
        sheet.dim_colmax = widest
        sheet.previous_row = number
    return number - first


@lru_cache(maxsize=256)
def _column(place: int) -> str:
    return str(xl_col_to_name(place))


def _cell(value: Any, plain: str, day: str) -> str:
    """Style, type and content of a cell, from after its place on."""
    if type(value) is str:
        return f'{plain} t="inlineStr"><is>{_text(value)}</is>'
    if isinstance(value, date):
        return f"{day}><v>{value.toordinal() - _FIRST_DAY}</v>"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{plain}><v>{value}</v>"
    return f'{plain} t="inlineStr"><is>{_text(str(value))}</is>'


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    """A cell's text as the format writes it; the same few words stand in most cells."""
    shown = escape(_CONTROL.sub(lambda found: f"_x{ord(found.group()):04X}_", text[:LONGEST_CELL]))
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{kept}>{shown}</t>"
