"""An Excel register of receptions, as offices keep it by Mẫu 03/TCD: read, checked, taken in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Petition, Unit
from app.operations.exchange.file_in import Run
from app.operations.exchange.register_cells import Unclear, id_number_of, name_of, shown
from app.operations.exchange.register_grid import Sort, repeated
from app.operations.exchange.register_headings import HEADING_OF, plain_key
from app.operations.exchange.register_in import (
    RegisterFile,
    RegisterRefused,
    RegisterReport,
    imported_before,
    imported_twice,
    numbered,
    numbers_known,
    remember,
    warnings_of,
)
from app.operations.exchange.register_names import names_of
from app.operations.exchange.register_read import (
    Reading,
    Register,
    RegisterRow,
    left_out_of,
    problems,
    rows_of,
    tables_in,
)
from app.operations.exchange.register_sheets import MOST_ROWS, read_sheets
from app.operations.exchange.rows import add_receptions
from app.operations.holidays import load_calendar
from app.operations.record_values import Record
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.security import audit

RECEPTIONS = "reception"  # this sort of register, as a form and a job tell it
# Key → what a register of receptions calls the column; the first is said of it. Other headings are as in petitions.
SPELT = {
    "received_on": "Ngày tiếp|ngày tiếp công dân|ngày tiếp dân|ngày tiếp nhận công dân|ngày, tháng tiếp công dân"
    "|thời gian tiếp",
    "id": "Số lượt tiếp|mã lượt tiếp|số phiếu tiếp|số phiếu tiếp công dân",
    "petition": "Đơn số|số đơn|đã vào sổ đơn số|số vào sổ đơn",
    "named": "Họ tên, địa chỉ|họ tên - địa chỉ|họ và tên, địa chỉ|họ tên và địa chỉ|họ tên địa chỉ công dân"
    "|họ và tên, địa chỉ công dân|họ tên, địa chỉ của công dân",
    "names": "Họ tên công dân|họ tên|họ và tên|công dân|họ và tên công dân|người được tiếp|công dân được tiếp",
    "summary": "Nội dung|nội dung tiếp|nội dung tiếp công dân|nội dung vụ việc|nội dung trình bày|nội dung phản ánh",
    "result": "Kết quả tiếp|kết quả|kết quả tiếp công dân|theo dõi quá trình, kết quả|hướng xử lý|kết quả xử lý"
    "|ý kiến giải quyết|kết quả giải quyết",
    "sort": "Hình thức tiếp|hình thức|loại hình tiếp|buổi tiếp",
}
NAMES = {plain_key(one): key for key, spellings in SPELT.items() for one in spellings.split("|")}
HEADINGS: Mapping[str, str] = HEADING_OF | {key: spellings.split("|")[0] for key, spellings in SPELT.items()}
OF_RECEPTIONS = Sort(("received_on",), HEADINGS)
READ = frozenset({*SPELT, "kind", "people", "address", "id_number", "phone", "respondents", "unit", "ignored"})
SORTS = {
    plain_key(word): code
    for code, words in {
        "regular": "thường xuyên|tiếp thường xuyên|hằng ngày|hàng ngày|cán bộ tiếp",
        "head": "thủ trưởng|thủ trưởng tiếp|định kỳ|định kỳ của thủ trưởng|đột xuất|lãnh đạo|lãnh đạo tiếp"
        "|chủ tịch tiếp",
        "authorised": "ủy quyền|ủy quyền tiếp|phó chủ tịch tiếp|cấp phó tiếp",
    }.items()
    for word in words.split("|")
}


@dataclass
class ReceptionRegister(Register):
    """A register of receptions as read; its rows mean receptions."""

    @property
    def assumed(self) -> list[str]:
        """What was taken for granted where rows say nothing, a sentence each."""
        silent = sum("sort" not in row.shown for row in self.rows)
        return [f"{silent} dòng không ghi “{HEADINGS['sort']}”: tính là tiếp thường xuyên"] if silent else []


class _Reading(Reading):
    headings = HEADINGS

    def _matter(self, petition: Record) -> Record | None:
        return None

    def _record(self, unit: str | None) -> Record:
        petitioners = self._citizens() if "named" in self._cells else self._petitioners()
        record: Record = {
            "type": "reception",
            "id": shown(self._cells.get("id")) or "?",
            "unit": shown(self._cells.get("unit")) or unit or "",
            "on": self._day("received_on"),
            "kind": self._get("sort", _sort_of) or "regular",
            "people": self._people(petitioners),
            "about": self._get_kind(),
            "petitioners": petitioners,
            "respondents": self._respondents(),
            **{name: self._text(name) for name in ("summary", "result")},
            "petition": shown(self._cells.get("petition")),
        }
        if not petitioners and not record["summary"]:
            self._row.problems.append("dòng không có họ tên công dân và không có nội dung")
        if not record["on"]:
            self._problem("received_on", "để trống")
        if not record["unit"]:
            self._row.problems.append("Mã đơn vị: thiếu; thêm cột “Mã đơn vị” hoặc chọn đơn vị khi nhập")
        return {name: value for name, value in record.items() if value not in (None, "", [])}

    def _get_kind(self) -> str | None:
        return self._code("kind") if shown(self._cells.get("kind")) else None

    def _citizens(self) -> list[Record]:
        """A person a part of the cell, in front of the first comma; the address behind it."""
        text = self._text("named", sentence=False).replace("\n", ";")
        people: list[Record] = []
        for part in filter(None, (part.strip() for part in text.split(";"))):
            name, _, address = (piece.strip() for piece in part.partition(","))
            if self._of({"named": name}, "named", name_of):
                people.append({"name": name} | ({"address": address} if address else {}))
        numbers = (self._get("id_number", id_number_of) or "").replace("\n", ";").split(";")
        for person, number in zip(people, numbers, strict=False):
            person |= {"id_number": number.strip()} if number.strip() else {}
        return people


def _sort_of(cell: Any) -> str | None:
    text = shown(cell)
    if text and plain_key(text) not in SORTS:
        raise Unclear(f"không hiểu “{text[:60]}”; ghi một trong: thường xuyên, định kỳ của thủ trưởng, ủy quyền")
    return SORTS.get(plain_key(text))


def read_receptions(
    data: bytes,
    name: str,
    unit: str | None,
    encoding: str | None = None,
    names: Mapping[str, str] = MappingProxyType({}),
) -> Register:
    """The register's rows, of all sheets that are registers of receptions; arguments and errors as `read_register`."""
    sheets, converted = read_sheets(data, name, encoding)
    tables, notes = tables_in(sheets, dict(names) | NAMES, OF_RECEPTIONS)
    for table in tables:
        if "received_on" not in table.named.values():
            raise Refused(
                f"sổ không có cột “{HEADINGS['received_on']}”; sổ đơn thì chọn “Sổ đơn” rồi xem trước lại", "sort"
            )
        if twice := repeated(table.keys):
            raise Refused(f"cột {', '.join(twice)} có hai lần; bỏ bớt một cột")
    rows = [row for table in tables for row in rows_of(table, unit, len(tables) > 1, _Reading)]
    if not rows:
        raise Refused("sổ không có dòng dữ liệu nào dưới dòng tiêu đề")
    if len(rows) > MOST_ROWS:
        raise Refused(f"sổ có hơn {MOST_ROWS} dòng; chia thành nhiều tệp")
    notes += [note for table in tables for note in left_out_of(table, tables)]
    unknown = [heading for table in tables for heading in table.unknown]
    unread = {key for table in tables for key in table.keys} - READ - {"", "no heading"}
    notes += [
        f"không đọc cột “{HEADING_OF[key]}”: không thuộc sổ tiếp công dân"
        for key in sorted(unread)
        if key in HEADING_OF
    ]
    named = {heading: key for table in tables for heading, key in table.named.items() if plain_key(heading) in names}
    return ReceptionRegister(rows, list(dict.fromkeys(unknown)), converted, notes, named)


def check_receptions(session: Session, register: Register, today: date, only_unit: str | None = None) -> None:
    """Rows that the database cannot take get their problem: a foreign unit, a number already there, a day to come, a
    petition that the session does not read or of another kind.
    """
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    records = [row.record for row in register.rows if row.record]
    known = numbers_known(session, {record["id"] for record in records} - {"?"}, only_unit)
    wanted = {record["petition"] for record in records if record.get("petition")}
    query = select(Petition).where(Petition.number.in_(wanted), Petition.removed_at.is_(None))
    petitions = {(row.unit_id, row.number): row for row in session.scalars(query)} if wanted else {}
    seen: set[str] = set()
    for row in register.rows:
        if row.record is not None:
            row.problems += _problems_of(row.record, units, known, seen, today, only_unit)
            unit = units.get(row.record["unit"])
            row.problems += _linked(row.record, petitions, unit) if unit is not None else []


def _problems_of(
    record: Record, units: Mapping[str, Unit], known: set[str], seen: set[str], today: date, only_unit: str | None
) -> list[str]:
    found = []
    if record["unit"] not in units:
        found.append(f"Mã đơn vị: không có đơn vị mã “{record['unit']}”")
    elif only_unit is not None and record["unit"] != only_unit:
        found.append(f"Mã đơn vị: chỉ nhập sổ của đơn vị mình ({only_unit})")
    if record["on"] > today:
        found.append(f"{HEADINGS['received_on']}: ở tương lai")
    if record["id"] in known:
        found.append(f"{HEADINGS['id']}: “{record['id']}” đã có")
    elif record["id"] in seen:
        found.append(f"{HEADINGS['id']}: “{record['id']}” ghi ở nhiều dòng")
    seen |= {record["id"]} - {"?"}
    return found


def _linked(record: Record, petitions: Mapping[tuple[Any, str], Petition], unit: Unit) -> list[str]:
    number = record.get("petition")
    if not number:
        return []
    petition = petitions.get((unit.id, number))
    if petition is None or petition.text is None:
        return [f"{HEADINGS['petition']}: đơn vị không có đơn số “{number}” mà tài khoản đọc được"]
    if record.get("about") not in (None, petition.kind):
        return [f"Loại đơn: đơn số “{number}” thuộc loại khác"]
    return []


def import_receptions(
    session: Session,
    file: RegisterFile,
    today: date,
    only_unit: str | None = None,
    by: str | None = None,
    again: bool = False,
) -> RegisterReport:
    """Every row is a reception in the session's transaction; refusals as `import_register`."""
    demand(session, "can_import", "Registers")
    demand(session, "can_write", "Receptions")
    register = read_receptions(file.data, file.name, file.unit, file.encoding, names_of(session, file.unit))
    check_receptions(session, register, today, only_unit)
    found = list(problems(register))
    left_out = register.bad
    if found and (not file.good_only or len(left_out) == len(register.rows)):
        raise RegisterRefused(found)
    rows: list[RegisterRow] = [row for row in register.rows if not row.problems]
    before = imported_before(session, file.data, only_unit)
    if before and not again:
        raise Refused(imported_twice(before), "again")
    report = RegisterReport(left_out=left_out)
    run = Run(session, load_calendar(session), {unit.code: unit for unit in session.scalars(select(Unit))}, report)
    for record in (row.record for row in rows if row.record):
        demand(session, "can_write", "Receptions", run.units[record["unit"]].id)
    report.warnings += [*before, *warnings_of(register)]
    add_receptions(run, numbered(run, rows, only_unit, "reception"))
    remember(run, file.data, by, [row.record["unit"] for row in rows if row.record])
    session.flush()
    report.added["reception"] = len(rows)
    audit.record(session, "register.imported", detail={"rows": len(rows)})
    return report
