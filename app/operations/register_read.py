"""Reading an Excel register: bytes to cells to exchange records, every row with its problems. Nothing is stored here."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from app.law.terms import term
from app.operations.records import BadRecord, Record, read_record
from app.operations.refusal import Refused
from app.operations.register_headings import COLUMNS, REQUIRED, VALUES, column_of, plain_key
from app.text.tcvn6909 import Undecidable, decode, decode_text, legacy_bytes

MOST_ROWS, MOST_UNPACKED, HEADING_ROWS = 20_000, 300 * 1024 * 1024, 20
EXCEL_EPOCH = date(1899, 12, 30)
_DAY_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%m-%y")
NO_HEADING = "no heading"
DEFAULTS = {"source": "post", "field": "other"}  # what a row means that says nothing; told to whoever imports, for forms count by them
HEADING_OF = {column.key: column.heading for column in COLUMNS}


@dataclass
class RegisterRow:
    """A row of the register: its number in the file, the record it means, and what is wrong with it."""

    number: int
    record: Record | None = None
    problems: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)


@dataclass
class Register:
    """What was read: rows, headings that were not recognised, and encodings that were converted."""

    rows: list[RegisterRow]
    unknown: list[str]
    encodings: set[str]

    @property
    def bad(self) -> list[RegisterRow]:
        """The rows with problems."""
        return [row for row in self.rows if row.problems]

    @property
    def assumed(self) -> list[str]:
        """What was taken for granted where rows say nothing, a sentence each."""
        silent = {key: sum(key not in row.shown for row in self.rows) for key in DEFAULTS}
        return [f"{count} dòng không ghi “{HEADING_OF[key]}”: tính là “{term(key, DEFAULTS[key])}”" for key, count in silent.items() if count]


def read_register(data: bytes, name: str, unit: str | None, encoding: str | None = None) -> Register:
    """The register's rows; `unit` is the code for rows that name none. Raises Refused when the file cannot be read as a register at all."""
    converted: set[str] = set()
    if name.lower().endswith(".csv"):
        lines = _from_csv(data, encoding, converted)
    else:
        grid = _from_xlsx(data)
        whole = encoding or _encoding_of(cell for _, cells in grid for cell in cells)
        lines = [(number, [_text(cell, whole, converted) for cell in cells]) for number, cells in grid]
    number, headings = _find_headings(lines)
    width = max(len(cells) for at, cells in lines if at >= number)
    headings = [*headings, *[None] * (width - len(headings))]
    keys = [column_of(str(heading)) if _filled(heading) else NO_HEADING for heading in headings]
    unknown = [str(heading) for heading, key in zip(headings, keys, strict=True) if key is None]
    twice = {HEADING_OF[key] for key in keys if key in HEADING_OF and key != "ignored" and keys.count(key) > 1}
    if twice:
        raise Refused(f"cột {', '.join(sorted(twice))} có hai lần; bỏ bớt một cột")
    rows = [_row(at, keys, cells, unit) for at, cells in lines if at > number and any(_filled(cell) for cell in cells)]
    if not rows:
        raise Refused("sổ không có dòng dữ liệu nào dưới dòng tiêu đề")
    return Register(rows, unknown, converted)


def _from_xlsx(data: bytes) -> list[tuple[int, list[Any]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MOST_UNPACKED:
                raise Refused("tệp Excel giải nén ra quá lớn; chia sổ thành nhiều tệp")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = list(islice(book.worksheets[0].iter_rows(values_only=True), MOST_ROWS + 1))
    except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, InvalidFileException, IndexError, KeyError, ValueError):
        raise Refused("không đọc được tệp; phải là tệp Excel .xlsx (không phải .xls đổi tên) hoặc .csv") from None
    if len(rows) > MOST_ROWS:
        raise Refused(f"sổ có hơn {MOST_ROWS} dòng; chia thành nhiều tệp")
    return [(number, list(row)) for number, row in enumerate(rows, start=1)]


def _from_csv(data: bytes, encoding: str | None, converted: set[str]) -> list[tuple[int, list[Any]]]:
    if data[:4] in (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"):
        raise Refused("tệp này là tệp Excel, không phải .csv; lưu lại dạng .xlsx rồi nhập")
    try:
        found = decode(data, encoding)
        text = found.text
        converted |= {found.encoding} - {"utf-8", "utf-16-le", "utf-16-be"}
    except Undecidable as trouble:
        raise Refused(str(trouble)) from None
    top = "\n".join(text.split("\n")[:HEADING_ROWS])
    delimiter = max(",;\t", key=top.count)
    try:
        lines = [(number, list(row)) for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1)]
    except csv.Error:
        raise Refused("không đọc được tệp .csv; kiểm tra dấu ngoặc kép và dấu ngăn cách cột") from None
    if len(lines) > MOST_ROWS:
        raise Refused(f"sổ có hơn {MOST_ROWS} dòng; chia thành nhiều tệp")
    return lines


def _encoding_of(cells: Iterable[Any]) -> str | None:
    """The legacy encoding of a whole sheet, told from all its text together; None where each cell must speak for itself."""
    text = " ".join(cell for cell in cells if isinstance(cell, str) and not cell.isascii() and legacy_bytes(cell) is not None)
    try:
        found = decode_text(text)
    except Undecidable:
        return None
    return found.encoding if found.encoding != "utf-8" else None


def _text(cell: Any, whole: str | None, converted: set[str]) -> Any:
    """A cell with its text in Unicode; a legacy encoding is converted, one that cannot be told is marked for its row."""
    if not isinstance(cell, str) or cell.isascii():
        return cell
    data = legacy_bytes(cell)
    try:
        if whole is not None and data is not None:
            converted.add(whole)
            return decode(data, whole).text
        found = decode_text(cell)
    except Undecidable:
        return Unreadable(cell)
    if found.encoding != "utf-8":
        converted.add(found.encoding)
    return found.text


class Unreadable(str):
    """Text whose encoding could not be told."""


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _find_headings(lines: list[tuple[int, list[Any]]]) -> tuple[int, list[Any]]:
    best: tuple[int, int, list[Any]] = (0, 0, [])
    for number, cells in lines[:HEADING_ROWS]:
        known = {column_of(cell) for cell in cells if isinstance(cell, str)} - {None, "ignored"}
        if len(known) > best[0]:
            best = (len(known), number, cells)
    found = {column_of(cell) for cell in best[2] if isinstance(cell, str)}
    lacking = [HEADING_OF[key] for key in REQUIRED if key not in found]
    if best[0] < len(REQUIRED) or lacking:
        raise Refused(
            f"không tìm thấy dòng tiêu đề có các cột bắt buộc: {', '.join(lacking or (HEADING_OF[key] for key in REQUIRED))}; tải mẫu sổ để đối chiếu"
        )
    return best[1], best[2]


def _row(number: int, keys: list[str | None], line: list[Any], unit: str | None) -> RegisterRow:
    row = RegisterRow(number)
    for place, (key, cell) in enumerate(zip(keys, line, strict=False), start=1):
        if key == NO_HEADING and _filled(cell):  # a comma without quotes shifts a whole line; a merged heading hides a column
            row.problems.append(f"cột {get_column_letter(place)} không có tiêu đề mà có “{_shown(cell)[:60]}”; ghi tiêu đề cho cột hoặc xóa ô này")
    cells = {key: cell for key, cell in zip(keys, line, strict=False) if key in HEADING_OF and key != "ignored"}
    row.shown = {key: _shown(cell) for key, cell in cells.items() if _filled(cell)}
    for key, cell in cells.items():
        if isinstance(cell, Unreadable):
            row.problems.append(f"{HEADING_OF[key]}: không xác định được bảng mã của “{cell}”")
    raw = _record(row, cells, unit)
    if row.problems:
        return row
    try:
        row.record = read_record(raw)
    except BadRecord as bad:
        row.problems.append(f"{_heading_for(bad.field)}{bad.message}")
    return row


def _heading_for(name: str | None) -> str:
    key = {"on": "processed_on", "petitioners": "names", "signatories": "names"}.get((name or "").split(".")[-1], (name or "").split(".")[-1])
    first = (name or "").split(".")[0]
    return f"{HEADING_OF.get(key) or HEADING_OF.get({'petitioners': 'names'}.get(first, first), name or '')}: " if name else ""


def _record(row: RegisterRow, cells: dict[str, Any], unit: str | None) -> Record:
    def shown(key: str) -> str:
        cell = cells.get(key)
        return _shown(cell) if _filled(cell) else ""

    names = [part.strip() for part in shown("names").replace("\n", ";").split(";") if part.strip()]
    people = _number(row, "people", cells.get("people")) or max(len(names), 1)
    petitioners: list[Record] = [{"name": name} for name in names]
    if petitioners:
        petitioners[0] |= {key: shown(key) for key in ("address", "id_number", "phone") if shown(key)}
    record: Record = {
        "type": "petition", "id": shown("id") or "?", "unit": shown("unit") or unit or "", "received_on": _day(row, "received_on", cells.get("received_on")),
        "dated_on": _day(row, "dated_on", cells.get("dated_on")), "kind": _value(row, "kind", shown("kind")), "people": people,
        "source": _value(row, "source", shown("source")) or DEFAULTS["source"], "signatories": "none" if not names else "many" if people > 1 else "one",
        "petitioners": petitioners, "summary": shown("summary"), "field": _value(row, "field", shown("field")) or DEFAULTS["field"],
        "respondents": [{"name": part.strip()} for part in shown("respondents").split(";") if part.strip()],
        "instance": int(_value(row, "instance", shown("instance")) or 1),
    }  # fmt: skip
    if _filled(cells.get("processed_on")):
        record["processed"] = {
            "on": _day(row, "processed_on", cells.get("processed_on")), "eligible": _value(row, "eligible", shown("eligible"), "flag") == "true",
            "competent": _value(row, "competent", shown("competent"), "flag") == "true", "direction": _value(row, "direction", shown("direction")),
            "reason": shown("reason") or None,
        }  # fmt: skip
    if not record["unit"]:
        row.problems.append("Mã đơn vị: thiếu; thêm cột “Mã đơn vị” hoặc chọn đơn vị khi nhập")
    return record


def _shown(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return str(cell).strip()


def _day(row: RegisterRow, key: str, cell: Any) -> str | None:
    if not _filled(cell):
        return None
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, str) and cell.strip().isdecimal() and len(cell.strip()) == 5:
        cell = int(cell.strip())
    if isinstance(cell, int | float | Decimal) and 20_000 < cell < 80_000:
        return (EXCEL_EPOCH + timedelta(days=int(cell))).isoformat()
    typed = str(cell).strip().split(" ")[0]
    for form in _DAY_FORMATS:
        try:
            day = datetime.strptime(typed, form).date()
            if day.year > 1900:
                return day.isoformat()
        except ValueError:
            continue
    row.problems.append(f"{HEADING_OF[key]}: “{cell}” không phải ngày; viết ngày/tháng/năm, ví dụ 05/10/2026")
    return None


def _number(row: RegisterRow, key: str, cell: Any) -> int | None:
    if not _filled(cell):
        return None
    text = _shown(cell)
    if not text.isdecimal() or len(text) > 6:
        row.problems.append(f"{HEADING_OF[key]}: “{text}” không phải số nguyên")
        return None
    return int(text)


def _value(row: RegisterRow, key: str, text: str, group: str | None = None) -> str | None:
    if not text:
        if key in ("kind", "eligible", "competent", "direction"):
            row.problems.append(f"{HEADING_OF[key]}: để trống")
        return None
    code = VALUES[group or key].get(plain_key(text))
    if code is None:
        choices = ", ".join(term(key, item) for item in dict.fromkeys(VALUES[key].values())) if group is None and key != "instance" else "Có, Không"
        row.problems.append(f"{HEADING_OF[key]}: không hiểu “{text}”; ghi một trong: {'1, 2' if key == 'instance' else choices}")
    return code


def problems(register: Register) -> Iterator[str]:
    """Every problem of every row, a sentence each."""
    for row in register.bad:
        for problem in row.problems:
            yield f"dòng {row.number}: {problem}"
