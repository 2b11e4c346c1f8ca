"""The register template to download: Vietnamese headings, choices, an example row."""

from typing import BinaryIO

import xlsxwriter

from app.law.terms import TERMS
from app.operations.register_headings import COLUMNS, REQUIRED

_CHOICES = {"kind": "kind", "source": "source", "field": "field", "direction": "direction"}


def write_template(target: BinaryIO) -> None:
    """An .xlsx whose headings the import recognises; required columns are marked, choices offered."""
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Sổ đơn")
        required = book.add_format({"bold": True, "bg_color": "#FDE9D9", "border": 1, "font_name": "Times New Roman"})
        other = book.add_format({"bold": True, "border": 1, "font_name": "Times New Roman"})
        for place, column in enumerate(COLUMNS[:-1]):
            sheet.write_string(0, place, column.heading, required if column.key in REQUIRED else other)
            sheet.write_string(1, place, column.example)
            sheet.set_column(place, place, max(14, len(column.heading) + 2))
            choices = [vi for vi, _ in TERMS[_CHOICES[column.key]].values()] if column.key in _CHOICES else None
            if column.key in ("eligible", "competent"):
                choices = ["Có", "Không"]
            if choices:
                # Comma-separated lists break on terms that hold a comma, so the choices lie on a sheet of their own.
                _list_choices(book, column.key, choices)
                sheet.data_validation(1, place, 5000, place, {"validate": "list", "source": f"='{column.key}'!$A$1:$A${len(choices)}"})
        sheet.freeze_panes(1, 0)


def _list_choices(book: xlsxwriter.Workbook, name: str, choices: list[str]) -> None:
    sheet = book.add_worksheet(name)
    sheet.hide()
    for row, choice in enumerate(choices):
        sheet.write_string(row, 0, choice)
