"""A workbook's cells, read from the XML that is there (ECMA-376 part 1, chapter 18).

Neither the declared dimension nor styles decide what is read.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from .package import Package, attribute, local, resolved, walked
from .unwanted import Unwanted

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 16_384
MOST_CELLS: Final = 2_000_000  # of all sheets together, those between filled ones counted
MOST_LETTERS: Final = 64 * 1024 * 1024
MOST_SHEETS: Final = 200
MOST_MERGED: Final = 50_000
EXACT: Final = 10**15  # Excel itself keeps 15 digits
NOT_READ: Final = "không đọc được tệp; phải là tệp Excel .xlsx (không phải .xls đổi tên) hoặc .csv"
TOO_LARGE: Final = "sổ có quá nhiều ô hoặc chữ; xóa các cột, dòng thừa hoặc chia thành nhiều tệp"
_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_WHOLE = re.compile(r"-?\d+")

Cell = dict[str, Any]


@dataclass
class _Book:
    """What all sheets of a workbook share, and what is left of its bounds."""

    epoch: int
    strings: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    cells: int = MOST_CELLS
    letters: int = MOST_LETTERS


def sheets(data: bytes) -> list[dict[str, Any]]:
    """Every worksheet in the workbook's order: name, state, epoch, merged, rows. Raises Unwanted, one sentence.

    state is visible, hidden or veryHidden; epoch 1900 or 1904; merged [[row, column, row, column]] from 1, within what
    is filled. A row is a list of cells up to the last filled one, a cell None or {"t", "v"}: "s" text; "n" a number
    (text where Excel could not hold it) with its "format"; "d" an ISO day, or day and time; "b" true or false; "e" an
    error code; "f" a formula whose value was never stored.
    """
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise Unwanted("tệp Excel đời cũ (.xls) hoặc có mật khẩu; bỏ mật khẩu, lưu lại thành .xlsx rồi nhập")
    if data[:2] != b"PK":
        raise Unwanted(NOT_READ)
    return list(_worksheets(Package(data)))


def _worksheets(package: Package) -> Iterator[dict[str, Any]]:
    main = _one(package, "", "officedocument")
    if main is None:
        raise Unwanted(NOT_READ)
    root = package.xml(main)
    parts = {local(child.tag): child for child in root}
    if local(root.tag) != "workbook" or "sheets" not in parts:
        raise Unwanted(NOT_READ)
    settings = parts.get("workbookPr")
    since_1904 = settings is not None and (attribute(settings, "date1904") or "").lower() in ("1", "true", "on")
    book = _Book(1904 if since_1904 else 1900)
    if strings := _one(package, main, "sharedstrings"):
        book.strings = list(_strings(package.read(strings)))
    if styles := _one(package, main, "styles"):
        book.formats = _formats(package.xml(styles))
    listed = [child for child in parts["sheets"] if local(child.tag) == "sheet"]
    if len(listed) > MOST_SHEETS:
        raise Unwanted(f"tệp có hơn {MOST_SHEETS} trang tính; chia thành nhiều tệp")
    targets = {relation.key: relation for relation in package.relations(main) if not relation.outside}
    found = 0
    for child in listed:
        relation = targets.get(_relation_of(child))
        if relation is not None and relation.kind != "worksheet":
            continue  # a sheet of one chart, or of old macros and dialogues: it has no cells
        part = package.find(resolved(main, relation.target)) if relation else None
        if part is None:
            name = child.get("name", "")[:40]
            raise Unwanted(f"thiếu nội dung của trang tính “{name}”, tệp hỏng; mở bằng Excel rồi lưu lại")
        found += 1
        yield _sheet(book, child, package.read(part))
    if not found:
        raise Unwanted("tệp Excel không có trang tính nào có ô; chọn tệp khác")


def _one(package: Package, part: str, kind: str) -> str | None:
    inside = [relation for relation in package.relations(part) if not relation.outside]
    targets = [relation.target for relation in inside if relation.kind == kind]
    return package.find(resolved(part, targets[0])) if targets else None


def _relation_of(sheet: Any) -> str:
    """Its relation's key: the one attribute called id that has a namespace, beside sheetId."""
    return next((str(value) for key, value in sheet.attrib.items() if key.endswith("}id")), "")


def _strings(data: bytes) -> Iterator[str]:
    for event, element in walked(data, "si"):
        if event == "end":
            yield _text(element)
            _forget(element)


def _text(element: Any) -> str:
    """The letters of a plain or rich text, without what says how they are read aloud (rPh)."""
    parts = []
    for child in element:
        name = local(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [run.text or "" for run in child if local(run.tag) == "t"]
    return _ESCAPED.sub(_letter, "".join(parts))


def _letter(found: re.Match[str]) -> str:
    code = int(found.group(1), 16)
    return "\ufffd" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _formats(root: Any) -> list[str]:
    own = {element.get("numFmtId"): element.get("formatCode") or "General" for element in root.iter("{*}numFmt")}
    styles = next(root.iter("{*}cellXfs"), None)
    found = []
    for style in [] if styles is None else styles:
        key = style.get("numFmtId") or "0"
        built_in = BUILTIN_FORMATS.get(int(key)) if key.isascii() and key.isdecimal() and len(key) < 6 else None
        found.append(own.get(key) or built_in or "General")
    return found


def _sheet(book: _Book, declared: Any, data: bytes) -> dict[str, Any]:
    name = str(declared.get("name") or "")
    rows: list[list[Cell | None]] = []
    merged: list[list[int]] = []
    row: list[Cell | None] = []
    number = column = 0
    for event, element in walked(data, "row", "c", "mergeCell"):
        kind = local(element.tag)
        if kind == "row" and event == "start":
            number = _number(element.get("r"), number + 1)
            column = 0
            row = []
        elif kind == "c" and event == "end":
            column = _column(element.get("r"), column + 1)
            cell = _cell(book, element)
            if cell is not None:
                _fill(book, row, column, cell)
            element.clear(keep_tail=False)
        elif kind == "row" and event == "end":
            if row:
                _place(name, rows, number, row)
            _forget(element)
        elif kind == "mergeCell" and event == "end":
            merged.append(_merged(element.get("ref") or ""))
    if len(merged) > MOST_MERGED:
        raise Unwanted(TOO_LARGE)
    width = max((len(row) for row in rows), default=0)
    within = [[top, left, min(bottom, len(rows)), min(right, width)] for top, left, bottom, right in merged]
    within = [area for area in within if area[0] <= area[2] and area[1] <= area[3]]
    return {
        "name": name,
        "state": declared.get("state") or "visible",
        "epoch": book.epoch,
        "merged": within,
        "rows": rows,
    }


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= 7 and int(text) > 0):
        raise Unwanted(NOT_READ)
    return int(text)


def _column(reference: str | None, otherwise: int) -> int:
    found = _PLACE.fullmatch(reference) if reference else None
    if reference and not found:
        raise Unwanted(NOT_READ)
    column = _letters(found.group(1)) if found else otherwise
    if column > MOST_COLUMNS:
        raise Unwanted(NOT_READ)
    return column


def _letters(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _merged(reference: str) -> list[int]:
    first, _, last = reference.partition(":")
    found = [_PLACE.fullmatch(corner) for corner in (first, last or first)]
    if None in found:
        raise Unwanted(NOT_READ)
    return [number for corner in found if corner for number in (int(corner.group(2)), _letters(corner.group(1)))]


def _fill(book: _Book, row: list[Cell | None], column: int, cell: Cell) -> None:
    more = max(0, column - len(row))
    book.cells -= more
    book.letters -= len(cell["v"]) if isinstance(cell["v"], str) else 0
    if book.cells < 0 or book.letters < 0:
        raise Unwanted(TOO_LARGE)
    row.extend([None] * more)
    row[column - 1] = cell


def _place(name: str, rows: list[list[Cell | None]], number: int, row: list[Cell | None]) -> None:
    if number > MOST_ROWS:
        raise Unwanted(f"sổ có hơn {MOST_ROWS} dòng (trang tính “{name[:40]}”); chia thành nhiều tệp")
    rows.extend([] for _ in range(number - len(rows)))
    rows[number - 1] = row


def _cell(book: _Book, element: Any) -> Cell | None:
    children = {local(child.tag): child for child in element}
    kind = element.get("t") or "n"
    stored = children["v"].text if "v" in children else None
    if kind == "inlineStr":
        text = _text(children["is"]) if "is" in children else ""
        return {"t": "s", "v": text} if text else None
    if not stored:
        return {"t": "f", "v": None} if "f" in children and kind != "str" else None
    if kind == "s":
        place = int(stored) if _WHOLE.fullmatch(stored.strip()) and len(stored) < 10 else -1
        if not 0 <= place < len(book.strings):
            raise Unwanted(NOT_READ)
        return {"t": "s", "v": book.strings[place]} if book.strings[place] else None
    if kind in ("str", "d"):
        return {"t": "s" if kind == "str" else "d", "v": _ESCAPED.sub(_letter, stored)}
    if kind == "b":
        return {"t": "b", "v": stored.strip().lower() in ("1", "true")}
    if kind == "e":
        return {"t": "e", "v": stored.strip()}
    return _count(book, stored.strip(), element.get("s") or "0")


def _count(book: _Book, stored: str, style: str) -> Cell:
    known = style.isascii() and style.isdecimal() and len(style) < 7 and int(style) < len(book.formats)
    form = book.formats[int(style)] if known else "General"
    try:
        value = float(stored)
    except ValueError:
        return {"t": "n", "v": stored, "format": form}
    if is_date_format(form) and (day := _day(value, book.epoch)) is not None:
        return {"t": "d", "v": day}
    if not math.isfinite(value) or abs(value) >= EXACT:
        return {"t": "n", "v": stored, "format": form}
    return {"t": "n", "v": int(value) if value == int(value) else value, "format": form}


def _day(value: float, epoch: int) -> str | None:
    """The day, with its time where it has one; None for a time of day alone and for what no calendar has."""
    if not 1 <= value < 2_958_466:  # 31/12/9999
        return None
    found = from_excel(value, MAC_EPOCH if epoch == 1904 else WINDOWS_EPOCH)
    if not isinstance(found, datetime):
        return None
    return found.date().isoformat() if found.time() == time() else found.isoformat(timespec="seconds")


def _forget(element: Any) -> None:
    """The element and those before it take no memory any more."""
    element.clear(keep_tail=False)
    while element.getprevious() is not None:
        del element.getparent()[0]


def answer(_task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The task `sheets`. Raises Unwanted."""
    return {"sheets": sheets(data)}, []
