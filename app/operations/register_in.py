"""Importing an Excel register: all rows or none."""

from collections import Counter
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Petition, Unit
from app.operations.exchange_in import Report, Run
from app.operations.exchange_rows import add_petitions
from app.operations.holidays import load_calendar
from app.operations.petitions import PETITION_NUMBER
from app.operations.records import Record, oddities
from app.operations.refusal import Refused
from app.operations.register_read import Register, RegisterRow, problems, read_register
from app.operations.rights import demand
from app.operations.stepping import free_number
from app.security import audit
from app.security.numbers import is_taken


class RegisterRefused(Refused):
    """Rows of the register have problems; `problems` lists every one."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(f"sổ có {len(found)} lỗi, chưa nhập dòng nào; {found[0]}")
        self.problems = found


def check_register(session: Session, register: Register, today: date, only_unit: str | None = None) -> None:
    """Rows that the database cannot take get their problem: an unknown or foreign unit, a number already there, a day to come."""
    units = set(session.scalars(select(Unit.code)))
    numbers = {row.record["id"] for row in register.rows if row.record} - {"?"}
    known = {number for number in numbers if is_taken(session, number)}
    seen: set[str] = set()
    for row in register.rows:
        if row.record is not None:
            row.problems += _problems_of(row.record, units, known, seen, today, only_unit)


def _problems_of(record: Record, units: set[str], known: set[str], seen: set[str], today: date, only_unit: str | None) -> list[str]:
    found = []
    if record["unit"] not in units:
        found.append(f"Mã đơn vị: không có đơn vị mã “{record['unit']}”")
    elif only_unit is not None and record["unit"] != only_unit:
        found.append(f"Mã đơn vị: chỉ nhập sổ của đơn vị mình ({only_unit})")
    if record["received_on"] > today:
        found.append("Ngày nhận: ở tương lai")
    if record["id"] != "?" and record["id"] in known | seen:
        found.append(f"Mã đơn: “{record['id']}” đã có")
    seen.add(record["id"])
    return found


def import_register(
    session: Session, data: bytes, name: str, unit: str | None, encoding: str | None, today: date, only_unit: str | None = None, by: str | None = None
) -> Report:
    """Every row is a petition in the session's transaction. Raises RegisterRefused with every problem of every row."""
    demand(session, "can_import", "Registers")
    register = read_register(data, name, unit, encoding)
    check_register(session, register, today, only_unit)
    found = list(problems(register))
    if found:
        raise RegisterRefused(found)
    run = Run(session, load_calendar(session), {item.code: item for item in session.scalars(select(Unit))}, Report())
    for heading in register.unknown:
        run.report.warnings.append(f"bỏ qua cột không nhận ra: “{heading}”")
    run.report.warnings += register.assumed
    odd = Counter(what for row in register.rows if row.record is not None for what in oddities(row.record))
    run.report.warnings += [f"{count} dòng: {what}" for what, count in odd.items()]
    if register.encodings:
        run.report.warnings.append(f"đã đổi sang Unicode từ bảng mã {', '.join(sorted(register.encodings))}")
    given = {row.record["id"] for row in register.rows if row.record}
    add_petitions(run, [(row.number, _numbered(run, row, given)) for row in register.rows])
    if by is not None:
        for petition in session.new:
            if isinstance(petition, Petition):
                petition.registered_by = by
    session.flush()
    run.report.added["petition"] = len(register.rows)
    audit.record(session, "register.imported", detail={"rows": len(register.rows)})
    return run.report


def _numbered(run: Run, row: RegisterRow, given: set[str]) -> Record:
    record = dict(row.record or {})
    if record["id"] == "?":
        unit, year = run.units[record["unit"]], record["received_on"].year
        while record["id"] in given:  # "?" is, and so may be a number that a later row of the file brings along
            record["id"] = free_number(run.session, unit, year, "petition", PETITION_NUMBER)
    return record
