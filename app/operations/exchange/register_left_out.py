"""The workbook in which rows of a register that were not taken are given back."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import BinaryIO

import xlsxwriter

from app.operations.exchange.register_headings import HEADING_OF, PROBLEMS
from app.operations.exchange.register_read import RegisterRow


def write_left_out(
    rows: Iterable[RegisterRow], target: BinaryIO, known: Mapping[str, str] = MappingProxyType(HEADING_OF)
) -> None:
    """An .xlsx of rows that were not taken, under the template's headings, then what stood under headings that mean no
    column; what is wrong in the last column, so that they can be mended there and imported. `known`: what the columns
    of this sort of register are called, by key.
    """
    rows = list(rows)
    columns = [key for key in known if any(key in row.shown for row in rows)]
    others = list(dict.fromkeys(heading for row in rows for heading in row.rest))
    headings = [*(known[key] for key in columns), *others, PROBLEMS]
    wide = {known[key]: 40 for key in columns if key in ("summary", "names", "named", "result")} | {PROBLEMS: 60}
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Dòng có lỗi")
        heading = book.add_format({"bold": True, "border": 1, "font_name": "Times New Roman", "text_wrap": True})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        wrong = book.add_format({"font_color": "#9C0006", "text_wrap": True, "valign": "top"})
        for place, said in enumerate(headings):
            sheet.write_string(0, place, said, heading)
            sheet.set_column(place, place, wide.get(said, 16))
        for line, row in enumerate(rows, start=1):
            told = [*(row.shown.get(key, "") for key in columns), *(row.rest.get(one, "") for one in others)]
            for place, value in enumerate(told):
                sheet.write_string(line, place, value, text)
            sheet.write_string(line, len(told), f"{row.where}: {'; '.join(row.problems)}", wrong)
        sheet.freeze_panes(1, 0)
