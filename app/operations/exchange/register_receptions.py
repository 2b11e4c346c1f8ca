"""An Excel register of receptions, as offices keep it by Mẫu 03/TCD: read, checked, taken in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Petition, Reception, Unit
from app.operations.exchange.register_cells import Unclear, name_of, shown, text_of
from app.operations.exchange.register_grid import Sort, repeated
from app.operations.exchange.register_headings import HEADING_OF, RegisterColumn, plain_key
from app.operations.exchange.register_in import (
    Places,
    RegisterFile,
    RegisterReport,
    begin,
    numbered,
    places_of,
    remember,
)
from app.operations.exchange.register_names import names_of
from app.operations.exchange.register_read import (
    Reading,
    Register,
    left_out_of,
    rows_of,
    tables_in,
)
from app.operations.exchange.register_sheets import filled, read_sheets
from app.operations.exchange.rows import add_receptions
from app.operations.reception_text import read_reception
from app.operations.record_values import Record
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.security import audit
from app.text.people import people_of

RECEPTIONS = "reception"  # this sort of register, as a form and a job tell it
# Key → what a register of receptions calls the column; the first is said of it. Other headings are as in petitions.
SPELT = {
    "received_on": "Ngày tiếp|ngày tiếp công dân|ngày tiếp dân|ngày tiếp nhận công dân|ngày, tháng tiếp công dân"
    "|thời gian tiếp",
    "id": "Số lượt tiếp|mã lượt tiếp|số phiếu tiếp|số phiếu tiếp công dân",
    "petition": "Đơn số|số đơn|đã vào sổ đơn số|số vào sổ đơn",
    "named": "Họ tên, địa chỉ|họ tên - địa chỉ|họ và tên, địa chỉ|họ tên và địa chỉ|họ tên địa chỉ công dân"
    "|họ và tên, địa chỉ công dân|họ tên, địa chỉ của công dân|họ tên - địa chỉ - cmnd/hộ chiếu của công dân",
    "names": "Họ tên công dân|họ tên|họ và tên|công dân|họ và tên công dân|người được tiếp|công dân được tiếp",
    "summary": "Nội dung|nội dung tiếp|nội dung tiếp công dân|nội dung vụ việc|nội dung trình bày|nội dung phản ánh",
    "result": "Kết quả tiếp|kết quả|kết quả tiếp công dân|theo dõi quá trình, kết quả|hướng xử lý|kết quả xử lý"
    "|ý kiến giải quyết|kết quả giải quyết",
    "kind": "Loại đơn|phân loại đơn/số người|phân loại đơn, số người|loại đơn/số người",
    "sort": "Hình thức tiếp|hình thức|loại hình tiếp|buổi tiếp",
}
NAMES = {plain_key(one): key for key, spellings in SPELT.items() for one in spellings.split("|")}
HEADINGS: Mapping[str, str] = HEADING_OF | {key: spellings.split("|")[0] for key, spellings in SPELT.items()}
EXAMPLES = {
    "received_on": "05/10/2026",
    "named": "Nguyễn Văn Mẫu, Thôn 1, xã mẫu",
    "id_number": "001090000001",
    "summary": "Đề nghị xem lại giá bồi thường khi thu hồi đất",
    "kind": "Khiếu nại",
    "people": "1",
    "sort": "Thường xuyên",
    "result": "Hướng dẫn viết đơn",
}
TEMPLATE = tuple(
    RegisterColumn(key, HEADINGS[key], (), EXAMPLES.get(key, "")) for key in (*EXAMPLES, "respondents", "petition")
)
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


NO_KIND = frozenset(map(plain_key, ("không", "không có", "khác", "nội dung khác", "-")))
_ADDRESS = re.compile(
    r"(?:địa chỉ|thôn|xóm|ấp|bản|làng|buôn|tổ|khu|khối|phố|đường|số|ngõ|xã|phường|thị|huyện|quận|tỉnh|thành|tp)\b",
    re.IGNORECASE,
)


@dataclass
class ReceptionRegister(Register):
    """A register of receptions as read; its rows mean receptions."""

    @property
    def assumed(self) -> list[str]:
        """What was taken for granted where rows say nothing, a sentence each."""
        silent = sum("sort" not in row.shown for row in self.rows)
        said = [f"{silent} dòng không ghi “{HEADINGS['sort']}”: tính là tiếp thường xuyên"] if silent else []
        kindless = sum(row.record is not None and "about" not in row.record for row in self.rows)
        if kindless:
            said.append(
                f"{kindless} dòng không ghi loại đơn: ai đọc sổ tiếp công dân đều xem được; tố cáo phải ghi loại"
            )
        nameless = sum(row.record is not None and "petitioners" not in row.record for row in self.rows)
        return said + ([f"{nameless} dòng không có họ tên công dân"] if nameless else [])


class _Reading(Reading):
    headings = HEADINGS
    aliases: Mapping[str, str] = MappingProxyType({"on": "received_on", "petitioners": "named"})

    def _matter(self, petition: Record) -> Record | None:
        return None

    def _record(self, unit: str | None) -> Record:
        about = self._get_kind()  # first: it may tell how many people came
        petitioners = self._citizens() if "named" in self._cells else self._petitioners()
        record: Record = {
            "type": "reception",
            "id": shown(self._cells.get("id")) or "?",
            "unit": shown(self._cells.get("unit")) or unit or "",
            "on": self._day("received_on"),
            "kind": self._get("sort", _sort_of) or "regular",
            "people": self._people(petitioners),
            "about": about,
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
        """The kind; “Tố cáo/1”, as Mẫu 03/TCD has it, tells the number of people too. What speaks of a denunciation
        says that it is one, for then it is closed.
        """
        kind, _, people = (piece.strip() for piece in shown(self._cells.get("kind")).partition("/"))
        if people and not filled(self._cells.get("people")):
            self._cells["people"] = people
        self._cells["kind"] = kind
        if kind and plain_key(kind) not in NO_KIND:
            return self._code("kind")
        told = plain_key(" ".join(shown(self._cells.get(key)) for key in ("summary", "result", "respondents")))
        if not kind and "to cao" in told:
            self._problem("kind", "để trống mà nội dung nói đến tố cáo; ghi loại đơn, hoặc ghi “Không”")
        return None

    def _citizens(self) -> list[Record]:
        """A person a part of each cell, in front of the first comma; the address behind it."""
        found: list[Record] = []
        fronts: list[str] = []  # where somebody counts others without naming them
        for cells in (self._cells, *self._entry.more):
            people: list[Record] = []
            for part in _parts_of(self._of(cells, "named", text_of, False) or ""):
                name, _, address = (piece.strip() for piece in part.partition(","))
                fronts.append(name)
                names = people_of(self._of({"named": name or part}, "named", name_of) or "")
                if not name or not names:
                    self._problem("named", f"“{part[:60]}” không có họ tên đứng đầu")
                people += [{"name": one} | ({"address": address} if address else {}) for one in names]
            self._tell_of(people, cells)
            found += people
        self._cells["names"] = "\n".join(fronts)
        return found


def _parts_of(text: str) -> list[str]:
    """A part for each person: parted by semicolons, or a line each; a line that goes on with an address is of the
    person above.
    """
    parts: list[str] = []
    for line in filter(None, (piece.strip() for piece in re.split(r"[;\n]", text))):
        if parts and _ADDRESS.match(line):
            parts[-1] += f", {line}"
        else:
            parts.append(line)
    return parts


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
    rows = rows_of(tables, unit, _Reading)
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
    places = places_of(session, register, only_unit)
    wanted = {row.record["petition"] for row in register.rows if row.record and row.record.get("petition")}
    query = select(Petition).where(Petition.number.in_(wanted), Petition.removed_at.is_(None))
    petitions = {(row.unit_id, row.number): row for row in session.scalars(query)} if wanted else {}
    for row in register.rows:
        if row.record is not None:
            row.problems += places.problems(row.record, HEADINGS["id"])
            row.problems += [f"{HEADINGS['received_on']}: ở tương lai"] if row.record["on"] > today else []
            unit = places.units.get(row.record["unit"])
            row.problems += _linked(row.record, petitions, unit) if unit is not None else []
    _warn_of_known(session, register, places)


def _warn_of_known(session: Session, register: Register, places: Places) -> None:
    """Rows with the people and the matter of a reception of that day in the unit, or of a row above, say so; of
    receptions whose text the session does not read nothing is told.
    """
    rows = [(row, row.record) for row in register.rows if row.record and row.record["unit"] in places.units]
    query = (
        select(Reception)
        .options(joinedload(Reception.text))
        .where(
            Reception.removed_at.is_(None),
            Reception.unit_id.in_({places.units[record["unit"]].id for _, record in rows}),
            Reception.held_on.in_({record["on"] for _, record in rows}),
        )
    )
    known = {}
    for reception in session.scalars(query) if rows else ():
        body = read_reception(reception.text)
        known[reception.unit_id, reception.held_on, _alike(body)] = f"lượt tiếp {reception.number}"
    for row, record in rows:
        key = (places.units[record["unit"]].id, record["on"], _alike(record))
        if key in known:
            row.warnings.append(f"cùng ngày tiếp, công dân và nội dung với {known[key]}")
        known.setdefault(key, row.where)


def _alike(body: Mapping[str, Any]) -> tuple[Any, ...]:
    names = tuple(plain_key(one.get("name", "")) for one in body.get("petitioners") or ())
    return names, plain_key(body.get("summary") or "")


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
    run, report = begin(session, file, register, only_unit, again)
    rows = register.rows
    for record in (row.record for row in rows if row.record):
        demand(session, "can_write", "Receptions", run.units[record["unit"]].id)
    add_receptions(run, numbered(run, rows, only_unit, "reception"))
    remember(run, file.data, by, [row.record["unit"] for row in rows if row.record])
    session.flush()
    report.added["reception"] = len(rows)
    audit.record(session, "register.imported", detail={"rows": len(rows)})
    return report
