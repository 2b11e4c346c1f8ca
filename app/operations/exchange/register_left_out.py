"""The workbook in which rows of a register that were not taken are given back."""

from collections.abc import Iterable
from typing import BinaryIO

import xlsxwriter

from app.operations.exchange.register_headings import COLUMNS, PROBLEMS
from app.operations.exchange.register_read import RegisterRow


def write_left_out(rows: Iterable[RegisterRow], target: BinaryIO) -> None:
    """An .xlsx of rows that were not taken, under the template's headings: what is wrong in the last column, so that
    they can be mended there and imported.
    """
    rows = list(rows)
    columns = [column for column in COLUMNS[:-1] if any(column.key in row.shown for row in rows)]
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Dòng có lỗi")
        heading = book.add_format({"bold": True, "border": 1, "font_name": "Times New Roman", "text_wrap": True})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        wrong = book.add_format({"font_color": "#9C0006", "text_wrap": True, "valign": "top"})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading, heading)
            sheet.set_column(place, place, 40 if column.key in ("summary", "names") else 16)
        sheet.write_string(0, len(columns), PROBLEMS, heading)
        sheet.set_column(len(columns), len(columns), 60)
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                sheet.write_string(line, place, row.shown.get(column.key, ""), text)
            sheet.write_string(line, len(columns), f"{row.where}: {'; '.join(row.problems)}", wrong)
        sheet.freeze_panes(1, 0)
