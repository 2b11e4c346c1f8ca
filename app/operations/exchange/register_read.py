"""Reading an Excel register: a file's sheets to exchange records, every row with its problems.

Nothing is stored here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from openpyxl.utils import get_column_letter

from app.law.terms import term
from app.operations.exchange.register_cells import (
    Unclear,
    code_of,
    count_of,
    day_of,
    id_number_of,
    is_ticked,
    name_of,
    phone_of,
    shown,
    text_of,
    trouble_of,
)
from app.operations.exchange.register_grid import OF_PETITIONS, Entry, Lacking, Sort, Table, find_table, repeated
from app.operations.exchange.register_headings import HEADING_OF
from app.operations.exchange.register_matters import case_of, lacking, tells_of_a_matter
from app.operations.exchange.register_sheets import MOST_ROWS, Sheet, filled, read_sheets
from app.operations.exchange.register_template import is_choices
from app.operations.record_values import BadRecord, Record
from app.operations.records import read_record
from app.operations.refusal import Refused
from app.text.people import others_in, people_of

DEFAULTS = {"source": "post", "field": "other"}  # what a row means that says nothing; told, for forms count by them
MOST_NAMED = 5
_PERSONAL: dict[str, Callable[[Any], str]] = {
    "address": lambda cell: text_of(cell, sentence=False),
    "id_number": id_number_of,
    "phone": phone_of,
}


@dataclass
class RegisterRow:
    """A row of the register.

    Its sheet (where several were read) and number in the file, the record it means, what is wrong with it, what looks
    odd.
    """

    number: int
    record: Record | None = None
    case: Record | None = None  # of the matter, where the row tells of one
    problems: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    rest: dict[str, str] = field(default_factory=dict)  # by headings that mean no column: not read, but given back
    warnings: list[str] = field(default_factory=list)
    sheet: str = ""

    @property
    def where(self) -> str:
        """The row as somebody finds it in the file."""
        return f"trang tính “{self.sheet}”, dòng {self.number}" if self.sheet else f"dòng {self.number}"


@dataclass
class Register:
    """What was read.

    Rows, headings that were not recognised, encodings that were converted, what was left out or taken for granted.
    """

    rows: list[RegisterRow]
    unknown: list[str]
    encodings: set[str]
    notes: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)  # headings that the unit named, and the columns they mean

    @property
    def bad(self) -> list[RegisterRow]:
        """The rows with problems."""
        return [row for row in self.rows if row.problems]

    @property
    def odd(self) -> list[RegisterRow]:
        """The rows that can be taken but look odd."""
        return [row for row in self.rows if row.warnings and not row.problems]

    @property
    def assumed(self) -> list[str]:
        """What was taken for granted where rows say nothing, a sentence each."""
        silent = {key: sum(key not in row.shown for row in self.rows) for key in DEFAULTS}
        said = [
            f"{count} dòng không ghi “{HEADING_OF[key]}”: tính là “{term(key, DEFAULTS[key])}”"
            for key, count in silent.items()
            if count
        ]
        nameless = [row.where for row in self.rows if row.record and not row.record["petitioners"]]
        if lately := sum("received_on" not in row.shown and row.record is not None for row in self.rows):
            said.append(f"{lately} dòng không ghi “{HEADING_OF['received_on']}”: tính là ngày thụ lý vụ việc")
        if nameless:
            rest = f" và {len(nameless) - MOST_NAMED} dòng khác" if len(nameless) > MOST_NAMED else ""
            said.append(f"không có họ tên người gửi, nhập là đơn nặc danh: {'; '.join(nameless[:MOST_NAMED])}{rest}")
        return said


class ColumnsLacking(Refused):
    """A column is missed; `unknown`: headings that may be it, if somebody says so."""

    def __init__(self, message: str, unknown: list[str], field_name: str | None = None) -> None:
        super().__init__(message, field_name)
        self.unknown = unknown


def read_register(
    data: bytes,
    name: str,
    unit: str | None,
    encoding: str | None = None,
    anonymous: bool = False,
    names: Mapping[str, str] = MappingProxyType({}),
) -> Register:
    """The register's rows, of all sheets that are registers; `unit` is the code for rows that name none, `names` what
    headings mean that the unit named, as compared.

    Raises Refused when the file cannot be read as a register at all; with the field `anonymous` where no column holds
    names and nobody said that the petitions have none.
    """
    sheets, converted = read_sheets(data, name, encoding)
    tables, notes = tables_in(sheets, {heading: key for heading, key in names.items() if not key or key in HEADING_OF})
    for table in tables:
        if twice := repeated(table.keys):
            raise Refused(f"{_on(table, tables)}cột {', '.join(twice)} có hai lần; bỏ bớt một cột")
        if not table.names_are_known and not anonymous:
            raise ColumnsLacking(_names_wanted(table, tables), table.unknown, "anonymous")
    rows = rows_of(tables, unit, Reading)
    notes += [note for table in tables for note in left_out_of(table, tables)]
    unknown = list(dict.fromkeys(heading for table in tables for heading in table.unknown))
    named = {heading: key for table in tables for heading, key in table.named.items()}
    return Register(rows, unknown, converted, notes, named)


def tables_in(
    sheets: list[Sheet], names: Mapping[str, str], sort: Sort = OF_PETITIONS
) -> tuple[list[Table], list[str]]:
    """The visible sheets that are registers, and a sentence for each sheet that is not read.

    Raises Refused where none is.
    """
    tables: list[Table] = []
    notes: list[str] = []
    lacking = Lacking([sort.headings[key] for key in sort.required], [])
    for sheet in sheets:
        there = [cell for _, cells in sheet.lines for cell in cells if filled(cell)]
        if not there or is_choices(sheet.name, there):
            continue
        if sheet.hidden:
            notes.append(f"không đọc trang tính ẩn “{sheet.name}”; bỏ ẩn nếu cần nhập")
            continue
        found = find_table(sheet, names, sort)
        if isinstance(found, Table):
            tables.append(found)
        else:
            lacking = min(found, lacking, key=lambda one: len(one.columns))
            notes.append(f"không đọc trang tính “{sheet.name}”: không tìm thấy cột {', '.join(found.columns)}")
    if not tables:
        wanted = ", ".join(lacking.columns)
        raise ColumnsLacking(
            f"không tìm thấy dòng tiêu đề có các cột bắt buộc: {wanted}; tải mẫu sổ để đối chiếu", lacking.unknown
        )
    return tables, notes


def _on(table: Table, tables: list[Table]) -> str:
    return f"trang tính “{table.sheet.name}”: " if len(tables) > 1 else ""


def _names_wanted(table: Table, tables: list[Table]) -> str:
    headings = ", ".join(f"“{heading}”" for heading in table.unknown)
    unknown = f"; các cột chưa nhận ra: {headings}" if headings else ""
    return (
        f"{_on(table, tables)}không tìm thấy cột họ tên người gửi{unknown}. Đổi tiêu đề cột họ tên thành"
        f" “{HEADING_OF['names']}”, hoặc xác nhận sổ không có cột họ tên và tất cả là đơn nặc danh"
    )


def left_out_of(table: Table, tables: list[Table]) -> Iterator[str]:
    """A sentence on the lines of the table that are no rows of it, where there are any."""
    if table.passed:
        numbers = ", ".join(map(str, table.passed[:20])) + (", …" if len(table.passed) > 20 else "")
        yield f"{_on(table, tables)}không nhập các dòng tiêu đề, tổng cộng, ký tên: dòng {numbers}"


def rows_of(tables: list[Table], unit: str | None, reading: type["Reading"]) -> list[RegisterRow]:
    """The rows of the tables, each with its record or its problems. Raises Refused for none of them, or too many."""
    rows = []
    for table in tables:
        for entry in table.entries:
            row = RegisterRow(entry.number, sheet=table.sheet.name if len(tables) > 1 else "")
            rows.append(reading(table, entry, row).row(unit))
    if not rows:
        raise Refused("sổ không có dòng dữ liệu nào dưới dòng tiêu đề")
    if len(rows) > MOST_ROWS:
        raise Refused(f"sổ có hơn {MOST_ROWS} dòng; chia thành nhiều tệp")
    return rows


class Reading:
    """One entry being read: every problem is kept, and the first does not hide the next."""

    headings: Mapping[str, str] = HEADING_OF
    aliases: Mapping[str, str] = MappingProxyType(
        {"on": "processed_on", "petitioners": "names", "signatories": "names"}
    )

    def __init__(self, table: Table, entry: Entry, row: RegisterRow) -> None:
        self._table = table
        self._entry = entry
        self._row = row
        self._cells = dict(entry.cells)

    def row(self, unit: str | None) -> RegisterRow:
        """The row with its record, or with its problems."""
        row = self._row
        for (
            place,
            cell,
        ) in self._entry.bare:  # a comma without quotes shifts a whole line; a merged heading hides a column
            found = f"cột {get_column_letter(place)} không có tiêu đề mà có “{shown(cell)[:60]}”"
            row.problems.append(f"{found}; ghi tiêu đề cho cột hoặc xóa ô này")
        self._crosses()
        row.shown = {key: shown(cell) for key, cell in self._cells.items() if filled(cell)}
        row.rest = {heading: shown(cell) for heading, cell in self._entry.rest.items()}
        for key in ("names", "named", *_PERSONAL):  # of lines merged into this one: a person each
            more = [shown(cells.get(key)) for cells in self._entry.more if filled(cells.get(key))]
            if more:
                row.shown[key] = "\n".join(filter(None, (row.shown.get(key, ""), *more)))
        for key, cell in [(key, cell) for cells in (self._cells, *self._entry.more) for key, cell in cells.items()]:
            if trouble := trouble_of(cell):
                self._problem(key, trouble)
        if row.problems:
            return row
        raw = self._record(unit)
        matter = self._matter(raw)
        if not row.problems:
            try:
                row.record = read_record(raw)
                row.case = read_record(matter) if matter is not None else None
            except BadRecord as bad:
                row.problems.append(f"{_heading_for(bad.field, self.headings, self.aliases)}{bad.message}")
                row.record = None
        return row

    def _matter(self, petition: Record) -> Record | None:
        """The case the row tells of; the petition is in it, and taken as accepted where nothing else is said."""
        if not tells_of_a_matter(self._cells) or not petition["kind"]:
            return None
        case = case_of(self._cells, petition, self._day, self._get)
        for key, sentence in lacking(case):
            self._problem(key, sentence)
        petition["case"] = case["case"]
        if "processed" not in petition and case.get("accepted_on"):
            on = max(case["accepted_on"], petition["received_on"] or "")
            petition["processed"] = {"on": on, "eligible": True, "competent": True, "direction": "accept"}
            self._row.warnings.append(
                f"“{HEADING_OF['processed_on']}” để trống: tính là xử lý, thụ lý vào ngày thụ lý vụ việc"
            )
        return case

    def _problem(self, key: str, sentence: str) -> None:
        self._row.problems.append(f"{self.headings[key.split('=')[0]]}: {sentence}")

    def _get(self, key: str, meaning: Callable[..., Any], *more: Any) -> Any:
        return self._of(self._cells, key, meaning, *more)

    def _of(self, cells: dict[str, Any], key: str, meaning: Callable[..., Any], *more: Any) -> Any:
        try:
            return meaning(cells.get(key), *more)
        except Unclear as unclear:
            self._problem(key, str(unclear))
            return None

    def _crosses(self) -> None:
        """A group of columns with a cross in one is one column with its word."""
        for name in [key for key in self._cells if "=" in key]:
            key, code = name.split("=")
            if self._get(name, is_ticked):
                if filled(self._cells.get(key)):
                    self._problem(key, "đánh dấu ở nhiều cột; chỉ để một dấu")
                self._cells[key] = term(key, code)
            del self._cells[name]

    def _code(self, key: str, group: str | None = None) -> str | None:
        code: str | None = self._get(key, code_of, key, group)
        if not filled(self._cells.get(key)) and key in ("kind", "eligible", "competent", "direction"):
            self._problem(key, "để trống")
        return code

    def _text(self, key: str, sentence: bool = True) -> str:
        return self._get(key, text_of, sentence) or ""

    def _day(self, key: str) -> str | None:
        day: date | None = self._get(key, day_of, self._table.sheet.epoch)
        return day.isoformat() if day else None

    def _record(self, unit: str | None) -> Record:
        petitioners = self._petitioners()
        people = self._people(petitioners)
        received = "received_on" if "received_on" in self._table.keys else "accepted_on"
        if received == "accepted_on" and not filled(self._cells.get(received)):
            self._problem(received, f"để trống, mà sổ không có cột “{HEADING_OF['received_on']}”")
        record: Record = {
            "type": "petition",
            "id": shown(self._cells.get("id")) or "?",
            "unit": shown(self._cells.get("unit")) or unit or "",
            "received_on": self._day(received),
            "dated_on": self._day("dated_on"),
            "kind": self._code("kind"),
            "source": self._code("source") or DEFAULTS["source"],
            "people": people,
            "petitioners": petitioners,
            "signatories": "none" if not petitioners else "many" if people > 1 else "one",
            "respondents": self._respondents(),
            "summary": self._text("summary"),
            "field": self._code("field") or DEFAULTS["field"],
            "instance": int(self._code("instance") or 1),
        }
        if filled(self._cells.get("processed_on")):
            record["processed"] = {
                "on": self._day("processed_on"),
                "eligible": self._code("eligible", "flag") == "true",
                "competent": self._code("competent", "flag") == "true",
                "direction": self._code("direction"),
                "reason": self._text("reason") or None,
            }
        if not filled(self._cells.get("summary")):
            self._row.warnings.append(f"“{HEADING_OF['summary']}” để trống")
        if not record["unit"]:
            self._row.problems.append("Mã đơn vị: thiếu; thêm cột “Mã đơn vị” hoặc chọn đơn vị khi nhập")
        return record

    def _respondents(self) -> list[Record]:
        return [{"name": name} for name in people_of(self._text("respondents"))]

    def _petitioners(self) -> list[Record]:
        """Everybody the row and the lines merged into it name; what is said of no one alone stands with the first."""
        found: list[Record] = []
        for cells in (self._cells, *self._entry.more):
            names = people_of(self._of(cells, "names", name_of) or "")
            people: list[Record] = [{"name": name} for name in names]
            self._tell_of(people, cells)
            found += people
        return found

    def _tell_of(self, people: list[Record], cells: dict[str, Any]) -> None:
        """Each of these people has the address and the numbers that the cells tell, where nothing was told of it."""
        for key, meaning in _PERSONAL.items():
            value = self._of(cells, key, meaning) or ""
            lines = [line.strip(" ;") for line in value.replace(";", "\n").split("\n") if line.strip(" ;")]
            one_each = len(people) > 1 and len(lines) == len(people)
            for person, line in zip(people, lines if one_each else [value], strict=False):
                if line:
                    person.setdefault(key, line)

    def _people(self, petitioners: list[Record]) -> int:
        counted: int = self._get("people", count_of) or 0
        named = max(len(petitioners) + others_in(shown(self._cells.get("names"))), 1)
        if 0 < counted < named:
            said = f"“{HEADING_OF['people']}” ghi {counted} mà có {named} người gửi"
            self._row.warnings.append(f"{said}: tính là {named}")
        return max(counted, named)


def _heading_for(name: str | None, headings: Mapping[str, str], aliases: Mapping[str, str]) -> str:
    parts = (name or "").split(".")
    if parts[0] == "decision":
        aliases = {"on": "decision_on", "number": "decision_number"}
    if parts[0] == "execution":
        aliases = {"on": "executed_on", "execution": "finished_on"}
    known = (headings.get(aliases.get(part, part)) for part in (parts[-1], parts[0]))
    found = next(filter(None, known), name)
    return f"{found}: " if found else ""


def problems(register: Register) -> Iterator[str]:
    """Every problem of every row, a sentence each."""
    for row in register.bad:
        for problem in row.problems:
            yield f"{row.where}: {problem}"
