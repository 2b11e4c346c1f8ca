"""The cells of a register's file.

Every sheet of a workbook, or the lines of a .csv, as Unicode text, numbers and days.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from app.files.apart import ask
from app.files.unwanted import Unwanted
from app.operations.exchange.register_headings import column_of
from app.operations.refusal import Refused
from app.text.syllables import plausibility
from app.text.tcvn6909 import Undecidable, decode, decode_text, legacy_bytes, normalize

MOST_ROWS = 20_000
HEADING_ROWS = 20
EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
Area = tuple[int, int, int, int]
Line = tuple[int, list[Any]]
_ZEROS = re.compile(r"0{2,}")
_UNICODE = {"utf-8", "utf-16-le", "utf-16-be"}


@dataclass(frozen=True)
class Broken:
    """A cell that holds no value: what it shows, and what to do about it."""

    shown: str
    why: str

    def __str__(self) -> str:
        return self.shown


@dataclass
class Sheet:
    """A sheet: its lines with their numbers from 1, as Excel numbers them; a .csv is one sheet without a name.

    A cell is None, text, a number, a day, true or false, or Broken. `merged` areas are first row, first column, last
    row, last column, from 1. `epoch` is the day Excel counts from.
    """

    name: str
    lines: list[Line]
    hidden: bool = False
    epoch: date = EPOCHS[1900]
    merged: list[Area] = field(default_factory=list)


def read_sheets(data: bytes, name: str, encoding: str | None) -> tuple[list[Sheet], set[str]]:
    """Every sheet of the file, and the legacy encodings that were converted.

    Raises Refused, one sentence, for what cannot be read.
    """
    converted: set[str] = set()
    if name.lower().endswith(".csv"):
        return [Sheet("", _from_csv(data, encoding, converted))], converted
    try:
        given, _ = ask("sheets", data)
    except Unwanted as unwanted:
        raise Refused(str(unwanted)) from None
    sheets = [_sheet(item) for item in given["sheets"]]
    whole = encoding or _encoding_of(cell for sheet in sheets for _, cells in sheet.lines for cell in cells)
    for sheet in sheets:
        sheet.lines = [(number, [_unicode(cell, whole, converted) for cell in cells]) for number, cells in sheet.lines]
        sheet.name = str(_unicode(sheet.name, whole, set()))
    return sheets, converted


def filled(cell: Any) -> bool:
    """True for a cell in which something stands."""
    return cell is not None and str(cell).strip() != ""


def _sheet(given: dict[str, Any]) -> Sheet:
    lines = [(number, [_value(cell) for cell in row]) for number, row in enumerate(given["rows"], start=1)]
    merged = [(area[0], area[1], area[2], area[3]) for area in given["merged"]]
    return Sheet(given["name"], lines, given["state"] != "visible", EPOCHS[given["epoch"]], merged)


def _value(cell: dict[str, Any] | None) -> Any:
    if cell is None:
        return None
    value = cell["v"]
    kind = cell["t"]
    if kind == "e":
        return Broken(value, f"ô có lỗi Excel {value}; sửa công thức hoặc gõ lại giá trị")
    if kind == "f":
        return Broken("(công thức)", "công thức chưa được tính; mở tệp bằng Excel, lưu lại rồi nhập")
    if kind == "n" and isinstance(value, str):
        return Broken(value[:40], f"“{value[:40]}” là số quá lớn hoặc không phải số; gõ lại")
    if kind == "n" and isinstance(value, int) and _ZEROS.fullmatch(cell.get("format") or ""):
        return str(value).zfill(len(cell["format"]))  # as Excel shows it
    return _day(value) if kind == "d" else value


def _day(text: str) -> date | str:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return text


def _from_csv(data: bytes, encoding: str | None, converted: set[str]) -> list[Line]:
    if data[:4] in (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"):
        raise Refused("tệp này là tệp Excel, không phải .csv; lưu lại dạng .xlsx rồi nhập")
    try:
        found = decode(data, encoding)
    except Undecidable as trouble:
        raise Refused(str(trouble)) from None
    converted |= {found.encoding} - _UNICODE
    text = found.text
    first = re.match(r"sep=(.)\n", text)  # Excel's own way of naming the delimiter
    delimiter = first.group(1) if first else max(",;\t|", key=lambda mark: _known_headings(text, mark))
    lines = _split(text, delimiter, MOST_ROWS + 1)
    if len(lines) > MOST_ROWS:
        raise Refused(f"sổ có hơn {MOST_ROWS} dòng; chia thành nhiều tệp")
    return lines[1:] if first else lines


def _known_headings(text: str, delimiter: str) -> tuple[int, int]:
    """How many headings the best line has when split so; then how many cells it has."""
    lines = _split(text, delimiter, HEADING_ROWS)
    return max(((len({column_of(cell) for cell in cells} - {None}), len(cells)) for _, cells in lines), default=(0, 0))


def _split(text: str, delimiter: str, most: int) -> list[Line]:
    try:
        rows = islice(csv.reader(io.StringIO(text), delimiter=delimiter), most)
        return [(number, list(row)) for number, row in enumerate(rows, start=1)]
    except csv.Error:
        raise Refused("không đọc được tệp .csv; kiểm tra dấu ngoặc kép và dấu ngăn cách cột") from None


def _encoding_of(cells: Iterable[Any]) -> str | None:
    """The legacy encoding of a whole workbook, told from all its text together.

    None where each cell must speak for itself.
    """
    texts = (cell for cell in cells if isinstance(cell, str) and not cell.isascii())
    text = " ".join(cell for cell in texts if legacy_bytes(cell) is not None)
    try:
        found = decode_text(text)
    except Undecidable:
        return None
    return found.encoding if found.encoding != "utf-8" else None


def _unicode(cell: Any, whole: str | None, converted: set[str]) -> Any:
    """A cell with its text in Unicode.

    A legacy encoding is converted, one that cannot be told is marked for its row.
    """
    if not isinstance(cell, str) or cell.isascii():
        return normalize(cell) if isinstance(cell, str) else cell
    data = legacy_bytes(cell)
    try:
        if whole is not None and data is not None:
            found = decode(data, whole)
            # One cell among the others was typed in Unicode.
            if plausibility(found.text) < plausibility(normalize(cell)):
                return normalize(cell)
        else:
            found = decode_text(cell)
    except Undecidable:
        return Broken(normalize(cell), f"không xác định được bảng mã của “{normalize(cell)[:60]}”; gõ lại bằng Unicode")
    converted |= {found.encoding} - _UNICODE
    return found.text
