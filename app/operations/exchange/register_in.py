"""Importing an Excel register: all rows or none."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import VIETNAM
from app.law import secrecy
from app.law.calendar import Calendar
from app.models import Case, ImportedFile, Petition, PetitionText, Reception, ReceptionDay, Unit
from app.operations.exchange.file_in import Report, Run
from app.operations.exchange.register_closed import close_rows
from app.operations.exchange.register_headings import HEADING_OF
from app.operations.exchange.register_matters import NUMBERED
from app.operations.exchange.register_names import names_of
from app.operations.exchange.register_read import Register, RegisterRow, problems, read_register
from app.operations.exchange.rows import add_cases, add_petitions
from app.operations.holidays import load_calendar
from app.operations.petitions.cases import TO_EXECUTE, takes_effect
from app.operations.record_values import Record
from app.operations.records import canonical, oddities
from app.operations.refusal import Refused
from app.operations.rights import demand
from app.operations.stepping import free_number, free_numbers
from app.security import audit
from app.security.numbers import taken_of
from app.security.tokens import file_key, tokens_of

MOST_WARNINGS = 20
_DAYS = {"received_on": "Ngày nhận", "dated_on": "Ngày ghi trên đơn"}


class RegisterRefused(Refused):
    """Rows of the register have problems; `problems` lists every one."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(f"sổ có {len(found)} lỗi, chưa nhập dòng nào; {found[0]}")
        self.problems = found


def check_register(session: Session, register: Register, today: date, only_unit: str | None = None) -> None:
    """Rows that the database cannot take get their problem: a foreign unit, a number already there, a day to come.

    Rows that seem to be there already get a warning. Of other units' numbers and petitions nothing is told: with
    `only_unit` only that unit is looked at, otherwise what the session reads.
    """
    places = places_of(session, register, only_unit)
    for row in register.rows:
        if row.record is not None:
            row.problems += places.problems(row.record, "Mã đơn") + _days_to_come(row.record, today)
    _check_cases(session, register, today, only_unit)
    _warn_of_copies(register)
    _warn_of_known(session, register, places.units)


def _check_cases(session: Session, register: Register, today: date, only_unit: str | None) -> None:
    """Rows of one case say one thing of it, nothing of it is to come, and its number is free in the unit."""
    rows = [(row, row.case) for row in register.rows if row.case is not None]
    taken = numbers_known(session, {case["case"] for _, case in rows} - {NUMBERED}, only_unit)
    first: dict[str, tuple[str, Record]] = {}
    for row, case in rows:
        where, known = first.setdefault(case["case"], (row.where, case))
        if case["case"] in taken:
            row.problems.append(f"Số vụ việc: “{case['case']}” đã có")
        elif case["case"] != NUMBERED and canonical(known) != canonical(case):
            row.problems.append(f"Số vụ việc: “{case['case']}” ở {where} ghi khác; một vụ việc phải ghi như nhau")
        row.problems += [f"{heading}: ở tương lai" for heading, day in _days_of_case(case) if day and day > today]


def _days_of_case(case: Record) -> Iterator[tuple[str, date | None]]:
    for name in ("accepted_on", "refused_on", "withdrawn_on", "discontinued_on"):
        yield HEADING_OF[name], case.get(name)
    yield HEADING_OF["decision_on"], case.get("decision", {}).get("on")
    yield HEADING_OF["finished_on"], case.get("execution", {}).get("finished_on")
    for entry in case.get("execution", {}).get("entries", ()):
        yield HEADING_OF["executed_on"], entry["on"]


@dataclass
class Places:
    """What the rows of a register may name: the units, the numbers that are taken, and those of rows before."""

    units: dict[str, Unit]
    taken: set[str]
    only_unit: str | None
    seen: set[str] = field(default_factory=set)

    def problems(self, record: Record, number: str) -> list[str]:
        """Why the record's unit or number cannot be; `number`: what the column of numbers is called."""
        found = []
        if record["unit"] not in self.units:
            found.append(f"Mã đơn vị: không có đơn vị mã “{record['unit']}”")
        elif self.only_unit is not None and record["unit"] != self.only_unit:
            found.append(f"Mã đơn vị: chỉ nhập sổ của đơn vị mình ({self.only_unit})")
        if record["id"] in self.taken:
            found.append(f"{number}: “{record['id']}” đã có")
        elif record["id"] in self.seen:
            found.append(f"{number}: “{record['id']}” ghi ở nhiều dòng")
        self.seen |= {record["id"]} - {"?"}
        return found


def places_of(session: Session, register: Register, only_unit: str | None) -> Places:
    """What the rows of that register may name, as far as the session may tell."""
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    numbers = {row.record["id"] for row in register.rows if row.record} - {"?"}
    return Places(units, numbers_known(session, numbers, only_unit), only_unit)


def _days_to_come(record: Record, today: date) -> list[str]:
    days = {heading: record.get(key) for key, heading in _DAYS.items()}
    days["Ngày xử lý"] = record.get("processed", {}).get("on")
    return [f"{heading}: ở tương lai" for heading, day in days.items() if day and day > today]


def numbers_known(session: Session, numbers: set[str], only_unit: str | None) -> set[str]:
    """Those of these numbers that something has; with `only_unit` in that unit."""
    found: set[str] = set()
    for kind in (Petition, Case, Reception, ReceptionDay) if numbers else ():
        query = select(kind.number).where(kind.number.in_(numbers))
        if only_unit is not None:
            query = query.join(Unit, Unit.id == kind.unit_id).where(Unit.code == only_unit)
        found |= set(session.scalars(query))
    return found


def _names(record: Record) -> list[str]:
    return [person["name"] for person in record["petitioners"]]


def _warn_of_copies(register: Register) -> None:
    first: dict[object, str] = {}
    for row in register.rows:
        if row.record:
            names = tuple(name.lower() for name in _names(row.record))
            key = (
                row.record["unit"],
                row.record["received_on"],
                row.record["kind"],
                names,
                row.record["summary"].lower(),
            )
            if key in first:
                row.warnings.append(f"cùng ngày nhận, người gửi và nội dung với {first[key]}")
            first.setdefault(key, row.where)


def _warn_of_known(session: Session, register: Register, units: dict[str, Unit]) -> None:
    """Told by search tokens, without opening anything.

    Words of the names and of the matter, of petitions the session reads.
    """
    rows = [(row, row.record) for row in register.rows if row.record and row.record["unit"] in units]
    query = (
        select(PetitionText.unit_id, PetitionText.received_on, PetitionText.compartment, Petition.signatories)
        .add_columns(PetitionText.tokens, Petition.number)
        .join(Petition, Petition.id == PetitionText.petition_id)
        .where(PetitionText.unit_id.in_({units[record["unit"]].id for _, record in rows}))
        .where(PetitionText.received_on.in_({record["received_on"] for _, record in rows}))
        .where(Petition.removed_at.is_(None))
    )
    known: dict[object, list[tuple[frozenset[int], str]]] = {}
    for unit_id, day, closed, signatories, tokens, number in session.execute(query) if rows else ():
        known.setdefault((unit_id, day, closed, signatories == "none"), []).append((frozenset(tokens), number))
    for row, record in rows:
        closed = secrecy.closed(record["kind"])
        names = _names(record)
        wanted = tokens_of(names, [record["summary"]], closed)
        alike = known.get((units[record["unit"]].id, record["received_on"], closed, not names), ())
        if same := [number for tokens, number in alike if wanted and tokens.issuperset(wanted)]:
            row.warnings.append(f"đã có đơn {same[0]} cùng ngày nhận, người gửi và nội dung")


def imported_before(session: Session, data: bytes, only_unit: str | None = None) -> list[str]:
    """When and by whom this very file was imported, a sentence each; into `only_unit` where one is given."""
    query = select(ImportedFile).join(Unit, Unit.id == ImportedFile.unit_id)
    query = query.where(ImportedFile.digest == file_key(data))
    if only_unit is not None:
        query = query.where(Unit.code == only_unit)
    return [
        f"tệp này đã được nhập lúc {row.imported_at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y} "
        f"({row.imported_by or 'người vận hành máy chủ'}, {row.rows} dòng)"
        for row in session.scalars(query.order_by(ImportedFile.imported_at))
    ]


def imported_twice(before: list[str]) -> str:
    """What is said of a file that was imported before, unless it is meant."""
    return f"{before[-1]}; nhập lại thì các dòng trong tệp có hai lần trong sổ"


@dataclass(frozen=True)
class RegisterFile:
    """A register as it was handed in: its bytes and name; the code of the unit of rows that name none; its encoding
    where somebody knows it; `anonymous` where its petitions have no names; `good_only` where rows with problems
    are left out; `closed`: where the results of old rows are told, which were finished before the software was used.
    """

    data: bytes
    name: str
    unit: str | None = None
    encoding: str | None = None
    anonymous: bool = False
    good_only: bool = False
    closed: str = ""


@dataclass
class RegisterReport(Report):
    """What an import of a register did; `left_out`: the rows with problems, which were not taken."""

    left_out: list[RegisterRow] = field(default_factory=list)


def import_register(
    session: Session,
    file: RegisterFile,
    today: date,
    only_unit: str | None = None,
    by: str | None = None,
    again: bool = False,
) -> RegisterReport:
    """Every row is a petition in the session's transaction. Raises RegisterRefused with every problem of every row.

    With `good_only` only where no row is right. Raises Refused with the field `again` for a file that was imported
    before, unless `again`; else as `read_register`.
    """
    demand(session, "can_import", "Registers")
    names = names_of(session, file.unit)
    register = read_register(file.data, file.name, file.unit, file.encoding, file.anonymous, names)
    check_register(session, register, today, only_unit)
    run, report = begin(session, file, register, only_unit, again)
    if file.closed.strip():
        run.report.warnings += some(close_rows(session, register.rows, run.units, file.closed))
    odd = Counter(what for row in register.rows if row.record is not None for what in oddities(row.record))
    run.report.warnings += [f"{count} dòng: {what}" for what, count in odd.items()]
    add_cases(run, _cases(run, register.rows, only_unit))
    add_petitions(run, numbered(run, register.rows, only_unit), by)
    remember(run, file.data, by, [row.record["unit"] for row in register.rows if row.record])
    session.flush()
    run.report.added["petition"] = len(register.rows)
    if cases := {row.record["case"] for row in register.rows if row.record and row.case}:
        run.report.added["case"] = len(cases)
    audit.record(session, "register.imported", detail={"rows": len(register.rows)})
    return report


def begin(
    session: Session, file: RegisterFile, register: Register, only_unit: str | None, again: bool
) -> tuple[Run, RegisterReport]:
    """The import of the register's good rows, which alone are left in it, with what is said of it first. Raises
    RegisterRefused, and Refused with the field `again`.
    """
    found = list(problems(register))
    left_out = register.bad
    if found and (not file.good_only or len(left_out) == len(register.rows)):
        raise RegisterRefused(found)
    register.rows = [row for row in register.rows if not row.problems]
    before = imported_before(session, file.data, only_unit)
    if before and not again:
        raise Refused(imported_twice(before), "again")
    report = RegisterReport(left_out=left_out)
    report.warnings += [*before, *warnings_of(register)]
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    return Run(session, load_calendar(session), units, report), report


def warnings_of(register: Register) -> list[str]:
    """What was left out, taken for granted or looks odd in a register, a sentence each."""
    found = [f"bỏ qua cột không nhận ra: “{heading}”" for heading in register.unknown]
    found += register.notes + register.assumed
    if register.encodings:
        found.append(f"đã đổi sang Unicode từ bảng mã {', '.join(sorted(register.encodings))}")
    return found + some([f"{row.where}: {warning}" for row in register.odd for warning in row.warnings])


def some(said: list[str]) -> list[str]:
    """These sentences, or the first of them and how many more there are."""
    rest = [f"và {len(said) - MOST_WARNINGS} lưu ý khác"] if len(said) > MOST_WARNINGS else []
    return said[:MOST_WARNINGS] + rest


def remember(run: Run, data: bytes, by: str | None, codes: Iterable[str]) -> None:
    """That this file was imported into these units, a code for each of its rows, is known from now on."""
    counted: dict[str, int] = {}
    for code in codes:
        counted[code] = counted.get(code, 0) + 1
    for code, rows in counted.items():
        run.session.add(ImportedFile(unit=run.units[code], digest=file_key(data), rows=rows, imported_by=by))


def _cases(run: Run, rows: Sequence[RegisterRow], only_unit: str | None) -> list[tuple[int, Record]]:
    """The cases that the rows tell of, each once; one without a number, or with one that something has in a unit not
    looked into, gets the next of its unit.
    """
    told = [(row, row.case, row.record) for row in rows if row.case is not None and row.record is not None]
    given = {case["case"] for _, case, _ in told} - {NUMBERED}
    taken = taken_of(run.session, given) if only_unit is not None and given else set()
    renamed: dict[str, str] = {}
    found: dict[str, tuple[int, Record]] = {}
    for row, case, petition in told:
        named = case["case"]
        if named == NUMBERED or named in taken:
            number = renamed.get(named)
            if number is None:
                year = (case.get("accepted_on") or petition["received_on"]).year
                number = free_number(run.session, run.units[case["unit"]], year, "case")
            if named in taken:
                renamed[named] = number
                run.report.warnings.append(
                    f"{row.where}: số vụ việc “{named}” không dùng được, vụ việc nhận số mới {number}"
                )
            case["case"] = petition["case"] = number
        found.setdefault(case["case"], (row.number, case))
    for _, case in found.values():
        _finish_by_itself(case, run.calendar)
    return list(found.values())


def _finish_by_itself(case: Record, calendar: Calendar) -> None:
    """A decision that leaves nothing to carry out is carried out on the day it takes effect, as on the screen."""
    decision = case.get("decision")
    if decision is None or "execution" in case or any(decision.get(name) for name in TO_EXECUTE):
        return
    if (day := takes_effect(case["kind"], decision["on"], calendar)) is not None:
        case["execution"] = {"finished_on": day}


def numbered(
    run: Run, rows: Sequence[RegisterRow], only_unit: str | None, series: str = "petition"
) -> list[tuple[int, Record]]:
    """The records, each with a number of its own.

    A new one where it brings none, or one that something else has in a unit not looked into.
    """
    records = [dict(row.record or {}) for row in rows]
    given = {record["id"] for record in records}  # a later row may bring along the number that is next
    taken = taken_of(run.session, given - {"?"}) if only_unit is not None else set()
    waiting: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        if record["id"] == "?" or record["id"] in taken:
            day = record["received_on" if series == "petition" else "on"]
            waiting.setdefault((record["unit"], day.year), []).append(record)
    for (code, year), several in waiting.items():
        numbers = free_numbers(run.session, run.units[code], year, series, len(several), given)
        for record, number in zip(several, numbers, strict=True):
            record["id"] = number
    for row, record in zip(rows, records, strict=True):
        named = (row.record or {})["id"]
        if named not in ("?", record["id"]):
            run.report.warnings.append(f"{row.where}: mã “{named}” không dùng được, nhận số mới {record['id']}")
    return [(row.number, record) for row, record in zip(rows, records, strict=True)]
