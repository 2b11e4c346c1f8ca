"""The workbook in which rows of a register that were not taken are given back."""

from collections.abc import Iterable
from typing import BinaryIO

import xlsxwriter

from app.operations.exchange.register_headings import COLUMNS, PROBLEMS
from app.operations.exchange.register_read import RegisterRow


def write_left_out(rows: Iterable[RegisterRow], target: BinaryIO) -> None:
    """An .xlsx of rows that were not taken, under the template's headings, then what stood under headings that mean no
    column; what is wrong in the last column, so that they can be mended there and imported.
    """
    rows = list(rows)
    columns = [column for column in COLUMNS[:-1] if any(column.key in row.shown for row in rows)]
    others = list(dict.fromkeys(heading for row in rows for heading in row.rest))
    headings = [*(column.heading for column in columns), *others, PROBLEMS]
    wide = {column.heading: 40 for column in columns if column.key in ("summary", "names")} | {PROBLEMS: 60}
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Dòng có lỗi")
        heading = book.add_format({"bold": True, "border": 1, "font_name": "Times New Roman", "text_wrap": True})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        wrong = book.add_format({"font_color": "#9C0006", "text_wrap": True, "valign": "top"})
        for place, said in enumerate(headings):
            sheet.write_string(0, place, said, heading)
            sheet.set_column(place, place, wide.get(said, 16))
        for line, row in enumerate(rows, start=1):
            told = [*(row.shown.get(column.key, "") for column in columns), *(row.rest.get(one, "") for one in others)]
            for place, value in enumerate(told):
                sheet.write_string(line, place, value, text)
            sheet.write_string(line, len(told), f"{row.where}: {'; '.join(row.problems)}", wrong)
        sheet.freeze_panes(1, 0)
