"""The register template to download: Vietnamese headings, choices, an example row."""

from collections.abc import Collection, Sequence
from typing import Any, BinaryIO

import xlsxwriter

from app.law.terms import TERMS
from app.operations.exchange.register_headings import COLUMNS, REQUIRED, RegisterColumn
from app.operations.exchange.register_matter_headings import RARE

_CHOICES = {
    **{key: [vi for vi, _ in TERMS[key].values()] for key in ("kind", "source", "field", "direction")},
    **{key: ["Có", "Không"] for key in ("eligible", "competent")},
    "sort": ["Thường xuyên", "Định kỳ của thủ trưởng", "Ủy quyền"],
}
OF_PETITIONS = tuple(column for column in COLUMNS[:-1] if column.key not in RARE)


def write_template(
    target: BinaryIO,
    columns: Sequence[RegisterColumn] = OF_PETITIONS,
    needed: Collection[str] = REQUIRED,
    title: str = "Sổ đơn",
) -> None:
    """An .xlsx whose headings the import recognises; required columns are marked, choices offered."""
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title)
        required = book.add_format({"bold": True, "bg_color": "#FDE9D9", "border": 1, "font_name": "Times New Roman"})
        other = book.add_format({"bold": True, "border": 1, "font_name": "Times New Roman"})
        text = book.add_format({"num_format": "@"})  # else Excel takes the zero from an identity number typed there
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.heading, required if column.key in needed else other)
            sheet.write_string(1, place, column.example)
            sheet.set_column(
                place,
                place,
                max(14, len(column.heading) + 2),
                text if column.key in ("id_number", "phone", "id") else None,
            )
            if choices := _CHOICES.get(column.key):
                # Comma-separated lists break on terms that hold a comma, so the choices lie on a sheet of their own.
                _list_choices(book, column.key, choices)
                sheet.data_validation(
                    1, place, 5000, place, {"validate": "list", "source": f"='{column.key}'!$A$1:$A${len(choices)}"}
                )
        sheet.freeze_panes(1, 0)


def is_choices(name: str, cells: Collection[Any]) -> bool:
    """True for a sheet of choices as the template has it: nobody keeps petitions there."""
    return name in _CHOICES and set(cells) <= set(_CHOICES[name])


def _list_choices(book: xlsxwriter.Workbook, name: str, choices: list[str]) -> None:
    sheet = book.add_worksheet(name)
    sheet.hide()
    for row, choice in enumerate(choices):
        sheet.write_string(row, 0, choice)
