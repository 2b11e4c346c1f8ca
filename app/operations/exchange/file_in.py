"""Import of exchange files: the whole file or nothing, in constant memory, whatever order its records stand in.

The file is read once. Every record is checked on its own and waits in a spool (`security/spool.py`); then each type is
taken in, in the order units, cases, petitions, receptions, the rest, so that a record may refer to one later in the
file. Each pass works in batches; what a batch refers to is asked of the database.
"""

import codecs
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.law.calendar import Calendar
from app.law.clocks import Clock
from app.law.deadlines import Due
from app.models import Unit
from app.operations.deadlines import derive
from app.operations.exchange import rows
from app.operations.exchange.file_out import record_of
from app.operations.holidays import load_calendar
from app.operations.petitions.case_oddities import case_oddities
from app.operations.record_values import BadRecord, Record
from app.operations.records import canonical, oddities, read_record
from app.operations.refusal import Refused
from app.operations.rights import demand_operator
from app.operations.secrecy.evidence import Holders
from app.operations.units import place_unit
from app.security import audit
from app.security.spool import Spool

BATCH = 1000
MOST_WARNINGS = 100
KINDS = ("case", "petition", "reception", "reception_day", "typed_form")
Batch = list[tuple[int, Record]]
# What is linked once all of its kind are there: cases that name the one of the first instance, petitions that name
# the one they repeat; by what the file calls it, and of what.
LINKS = {"previous": ("case", "case", rows.link_previous), "same_as": ("petition", "id", rows.link_same)}
Progress = Callable[[int, int], None]


@dataclass
class Report:
    """What an import did: records added and unchanged by type, warnings by line."""

    added: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def warn(self, line: int, text: str) -> None:
        """The warning is kept, up to a limit."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(f"dòng {line}: {text}")


@dataclass
class Run:
    """One import under way."""

    session: Session
    calendar: Calendar
    units: dict[str, Unit]
    report: Report
    holders: Holders = field(default_factory=dict)  # who could read at a place, and has a holder
    _due: dict[Clock, Due | None] = field(default_factory=dict)

    def derive(self, clock: Clock) -> Due | None:
        """As `deadlines.derive`, each limit once: many begin on one day."""
        if clock not in self._due:
            self._due[clock] = derive(clock, self.calendar)
        return self._due[clock]


def refused(line: int, bad: Refused) -> Refused:
    """The refusal with its line and field in front."""
    where = f", trường {bad.field}" if bad.field else ""
    return Refused(f"dòng {line}{where}: {bad.message}", bad.field)


def read_lines(path: Path) -> Iterator[tuple[int, Record]]:
    """Every record of the file, checked on its own, with its line number. Raises Refused."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if not line.strip():
                continue
            try:
                yield number, read_record(_DECODER.decode(line.decode("utf-8")))
            except UnicodeDecodeError:
                raise Refused(f"dòng {number}: không phải UTF-8") from None
            except BadRecord as bad:
                raise refused(number, bad) from None
            except (
                ValueError,
                ArithmeticError,
                RecursionError,
            ):  # JSON that is none, or a number of thousands of digits
                raise Refused(f"dòng {number}: không phải JSON hợp lệ") from None


def _no_constant(name: str) -> None:
    raise BadRecord(f"{name} không phải số")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise BadRecord("trường ghi hai lần", name)
    return found


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_repeats)


def import_file(session: Session, path: Path, progress: Progress | None = None) -> Report:
    """The file's records are in the session's transaction; the caller commits, or rolls back for a dry run.

    `progress` is told how much is done, of how much. Raises Refused at the first bad record.
    """
    demand_operator(session)
    run = Run(session, load_calendar(session), {unit.code: unit for unit in session.scalars(select(Unit))}, Report())
    lines = _count_lines(path) if progress is not None else 0

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, 2 * lines)  # each line is checked, then taken in

    with Spool() as spool:
        _check_all(run, path, spool, tell)
        done = lines
        for kind in KINDS:
            for batch in spool.batches(kind):
                _add_batch(run, kind, batch)
                done += len(batch)
                tell(done)
            for name, (of, _, link) in LINKS.items():
                if of == kind:
                    _link(run, spool, name, link)
        tell(2 * lines)
    audit.record(session, "exchange.imported", detail={"added": dict(run.report.added), "same": dict(run.report.same)})
    return run.report


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) + 1


def _check_all(run: Run, path: Path, spool: Spool, tell: Callable[[int], None]) -> None:
    """Every record is right on its own and of known units; units are there, the others wait in the spool."""
    units: dict[str, tuple[int, Record]] = {}
    named: dict[str, tuple[int, str]] = {}  # units that are not there yet, and who was first to name them
    waiting: dict[str, Batch] = {kind: [] for kind in (*KINDS, *LINKS)}
    for number, record in read_lines(path):
        kind = record["type"]
        if kind == "unit":
            _hear_of_unit(units, number, record)
        else:
            _name_units(run, named, number, record)
            for odd in chain(oddities(record), case_oddities(record, run.calendar) if kind == "case" else ()):
                run.report.warn(number, odd)
            _put(spool, waiting, kind, number, record)
            for name, (_, key, _) in LINKS.items():
                if record.get(name):
                    _put(spool, waiting, name, number, {key: record[key], name: record[name]})
        if number % BATCH == 0:
            tell(number)
    for kind, batch in waiting.items():
        if batch:
            spool.put(kind, batch)
    _add_units(run, units)
    for code, (number, name) in named.items():
        if code not in run.units:
            raise Refused(f"dòng {number}, trường {name}: không có đơn vị mã “{code}”")


def _put(spool: Spool, waiting: dict[str, Batch], kind: str, number: int, record: Record) -> None:
    waiting[kind].append((number, record))
    if len(waiting[kind]) == BATCH:
        spool.put(kind, waiting[kind])
        waiting[kind] = []


def _hear_of_unit(units: dict[str, tuple[int, Record]], number: int, record: Record) -> None:
    first, known = units.setdefault(record["code"], (number, record))
    if known is not record and canonical(record) != canonical(known):
        raise Refused(f"dòng {number}, trường code: mã “{record['code']}” đã có ở dòng {first} với nội dung khác")


def _name_units(run: Run, named: dict[str, tuple[int, str]], number: int, record: Record) -> None:
    if record["unit"] not in run.units:
        named.setdefault(record["unit"], (number, "unit"))
    if (to := record.get("processed", {}).get("to")) is not None and to not in run.units:
        named.setdefault(to, (number, "processed.to"))


def _add_units(run: Run, waiting: dict[str, tuple[int, Record]]) -> None:
    for number, record in waiting.values():
        for name in ("parent", "oversees", "into"):
            if record.get(name) and record[name] not in run.units and record[name] not in waiting:
                raise Refused(f"dòng {number}, trường {name}: không có đơn vị mã “{record[name]}”")
    new = {code: item for code, item in waiting.items() if code not in run.units}
    fresh = frozenset(new)
    while new:
        ready = [code for code, (_, record) in new.items() if record.get("parent") not in new]
        if not ready:
            number, record = next(iter(new.values()))
            raise Refused(f"dòng {number}, trường parent: các đơn vị nằm dưới nhau thành vòng")
        for code in ready:
            _add_unit(run, *new.pop(code))
    run.session.flush()  # all units first: they may point at each other
    for code, (number, record) in waiting.items():
        unit = run.units[code]
        if code not in fresh:
            _same_unit(run, number, record, unit)
        else:
            unit.oversees = run.units.get(record.get("oversees", ""))
            unit.into = run.units.get(record.get("into", ""))
    run.session.flush()


def _add_unit(run: Run, number: int, record: Record) -> None:
    unit = Unit(
        code=record["code"],
        name=record["name"],
        level=record["level"],
        valid_from=record.get("valid_from"),
        valid_to=record.get("valid_to"),
        uses_from=record.get("uses_from"),
    )
    try:
        place_unit(unit, run.units.get(record.get("parent", "")))
    except Refused as bad:
        raise refused(number, bad) from None
    run.session.add(unit)
    run.units[unit.code] = unit
    run.report.added["unit"] += 1


def _same_unit(run: Run, number: int, record: Record, unit: Unit) -> None:
    known = {
        name: value
        for name, value in record_of(unit).items()
        if name in record or name not in ("parent", "oversees", "uses_from", "into")
    }
    if canonical(known) != canonical(record):
        raise Refused(f"dòng {number}, trường code: đơn vị “{unit.code}” đã có với nội dung khác")
    run.report.same["unit"] += 1


def _key(record: Record) -> Any:
    if record["type"] == "typed_form":
        return (record["unit"], record["form"], record["from"], record["to"])
    return record["case"] if record["type"] == "case" else record["id"]


def _add_batch(run: Run, kind: str, batch: Batch) -> None:
    known = rows.known(run.session, kind, [record for _, record in batch])
    present: dict[Any, Record] = {key: record_of(row) for key, row in known.items()}
    fresh: Batch = []
    for number, record in batch:
        key = _key(record)
        if key not in present:
            present[key] = record
            fresh.append((number, record))
            run.report.added[kind] += 1
        elif _is_same(kind, canonical(present[key]), canonical(record)):
            run.report.same[kind] += 1
        else:
            field_name = {"case": "case", "typed_form": "values"}.get(kind, "id")
            name = record["form"] if kind == "typed_form" else key
            raise Refused(f"dòng {number}, trường {field_name}: “{name}” đã có với nội dung khác", field_name)
    if fresh:
        rows.MAKERS[kind](run, fresh)
    _forget(run)


def _is_same(kind: str, known: Record, given: Record) -> bool:
    # What this file links is linked once all are there, and compared then.
    later = {name for name, (of, _, _) in LINKS.items() if of == kind and name not in known}
    return known == {name: value for name, value in given.items() if name not in later}


def _forget(run: Run) -> None:
    # Memory stays constant: written rows leave the session; units stay, every row points at one.
    for row in list(run.session.identity_map.values()):
        if not isinstance(row, Unit):
            run.session.expunge(row)


def _link(run: Run, spool: Spool, name: str, link: Callable[[Run, Batch], None]) -> None:
    for batch in spool.batches(name):
        link(run, batch)
        run.session.flush()
        _forget(run)
