"""What a file's rows are copied as equals what the ORM and its hooks make of them, to the last column and entry."""

import json
import uuid
from collections import Counter
from datetime import datetime
from random import Random

import pytest
from sqlalchemy import DateTime, select
from sqlalchemy.exc import ProgrammingError

from app.models import Unit
from app.operations.exchange import file_in, rows
from app.operations.exchange.file_in import import_file
from app.security.scope import OutOfScope, Range, Scope, Scoped, enter
from app.security.sealed import ID_BYTES, Sealed, open_bytes, ring
from app.security.tokens import holder_key
from tests.conftest import copied, create_account
from tests.support import by_orm, every_record

TABLES = Unit.metadata.tables
TOLD_BY = {"units": "code", "petitions": "number", "cases": "number", "receptions": "number"}
WRITTEN = (
    *("cases", "suspensions", "extensions", "endings", "decisions", "execution_entries", "petitions"),
    *("petition_texts", "persons", "receptions", "reception_texts", "deadlines", "conflicts", "reception_days"),
    "typed_forms",
)
# What no file can say: secrets' register, who entered it, what happens later, decisions of leaders.
NOT_IN_FILES = {
    "petition_texts.receipt",
    "petition_texts.receipt_key",
    *("petitions.secrecy_number", "petitions.registered_by", "petitions.removed_at", "petition_texts.registered_by"),
    "cases.removed_at",
    "deadlines.task_id",
    *("cases.secrecy_until", "cases.secrecy_number", "persons.registered_by", "reception_texts.registered_by"),
    *(
        "conflicts.stays_out",
        "conflicts.decided_by",
        "conflicts.decided_at",
        "conflicts.registered_by",
        "conflicts.handlers",
    ),
    *(
        "reception_days.shut_out",
        "typed_forms.shut_out",
        "receptions.changed_at",
        "receptions.removed_at",
    ),
}


def people(session):
    unit = {one.code: one for one in session.scalars(select(Unit))}
    create_account(session, "CANBO.BA", unit["P.1"], "officer").holder = every_record.HOLDER
    leader = create_account(session, "LANHDAO.HAI", unit["P.1.1"], "leader")
    leader.holder = "Trần Thị Hai"
    leader.holder_key = holder_key(every_record.NUMBER)
    create_account(session, "GIAMSAT", unit["P.0"], "leader").holder = "Không Ai Nhắc"
    create_account(session, "QUANLY", unit["P"], kind="manager", manages=["CANBO.BA"])
    session.commit()


def written(path, lines):
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


def imported(cluster, tmp_path, lines, makers):
    """Every row and entry after the import, told without ids, times and nonces."""
    with copied(cluster) as installation:
        with installation.session() as session:
            import_file(session, written(tmp_path / "units.jsonl", every_record.units()))
            people(session)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rows, "MAKERS", makers)
            patch.setattr(file_in, "BATCH", 25)
            with installation.session() as session:
                report = import_file(session, written(tmp_path / "file.jsonl", lines))
                session.commit()
        with installation.app.app_context(), installation.owner() as connection:
            return report, *Told(connection).all()


class Told:
    def __init__(self, connection):
        self.connection = connection
        self.names = {}
        for table, column in TOLD_BY.items():
            for key, name in connection.execute(f"select id, {column} from {table}").fetchall():
                self.names[key] = f"{table} {name}"

    def all(self):
        tables = {}
        for name in WRITTEN:
            tables[name] = Counter()
            for key, row in self.rows(name):
                tables[name][json.dumps(row, ensure_ascii=False, sort_keys=True)] += 1
                self.names.setdefault(key, json.dumps(row, ensure_ascii=False, sort_keys=True))
        return tables, self.trail()

    def rows(self, name):
        table = TABLES[name]
        columns = [column for column in table.columns if column.name != "id"]
        listed = ", ".join(f'"{column.name}"' for column in columns)
        for key, *values in self.connection.execute(f"select id, {listed} from {name}").fetchall():
            found = {column.name: self.value(column, key, value) for column, value in zip(columns, values, strict=True)}
            yield key, found

    def value(self, column, key, value):
        if value is None:
            return None
        if isinstance(column.type, Sealed):
            purpose = ring().purpose(int.from_bytes(value[:ID_BYTES], "big"))
            return [purpose, open_bytes(f"{column.table.name}.{column.name}", key, bytes(value)).decode()]
        if isinstance(column.type, DateTime):
            assert isinstance(value, datetime)
            return "a time"
        if isinstance(value, uuid.UUID):
            return self.names[value]
        return value if isinstance(value, list | dict | bool) else str(value)

    def trail(self):
        """Entries without how flushes divided them: per act, table and columns what rows they tell of."""
        found = Counter()
        asked = "select account, path, address, action, table_name, columns, reason, detail, row_ids from audit_entries"
        for *entry, ids in self.connection.execute(f"{asked} where account <> 'system:init'").fetchall():
            for key in ids or [None]:
                found[json.dumps([*entry, self.names.get(key, str(key))], ensure_ascii=False, sort_keys=True)] += 1
        return found


@pytest.mark.parametrize("seed", [1, 2])
def test_the_rows_of_a_file_are_those_the_orm_makes(cluster, tmp_path, seed):
    lines = every_record.records(Random(seed))
    report, tables, trail = imported(cluster, tmp_path, lines, rows.MAKERS)
    slow_report, slow_tables, slow_trail = imported(cluster, tmp_path, lines, by_orm.MAKERS)
    assert report == slow_report and report.added["petition"] == 90
    for name in WRITTEN:
        assert tables[name], name
        assert (tables[name] - slow_tables[name], slow_tables[name] - tables[name]) == (Counter(), Counter()), name
    trail_of_accounts = {entry for entry in trail if '"ab_' in entry}
    for entry in trail_of_accounts | {entry for entry in slow_trail if '"ab_' in entry}:
        trail.pop(entry, None)
        slow_trail.pop(entry, None)
    assert (trail - slow_trail, slow_trail - trail) == (Counter(), Counter())
    assert any("conflict.found" in entry for entry in trail) and any("row.changed" in entry for entry in trail)


def test_the_file_that_proves_it_fills_every_column(cluster, tmp_path):
    """A column that comes to a model is to be filled by `every_record`, or named as one no file can say."""
    filled = set()
    for seed in (1, 2):
        _, tables, _ = imported(cluster, tmp_path, every_record.records(Random(seed)), rows.MAKERS)
        for name, told in tables.items():
            filled |= {f"{name}.{column}" for row in told for column, value in json.loads(row).items() if value}
    every = {f"{name}.{column.name}" for name in WRITTEN for column in TABLES[name].columns if column.name != "id"}
    assert every - filled - NOT_IN_FILES == set()


def test_rows_outside_the_write_range_are_refused_before_they_are_written(empty, tmp_path):
    with empty.session() as session:
        import_file(session, written(tmp_path / "units.jsonl", every_record.units()))
        session.commit()
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        enter(session, Scope("AI.DO", facts=Range(".", "/"), write=frozenset({units["P.1"].id})))
        run = file_in.Run(session, None, units, file_in.Report())
        record = {"type": "reception_day", "id": "N1", "unit": "P", "on": "2026-01-05", "holder": "head"}
        with pytest.raises(OutOfScope):
            rows.add_reception_days(run, [(1, record)])
        session.rollback()


def test_row_security_holds_for_copied_rows_too(empty, tmp_path, monkeypatch):
    """The second belt by itself: with the session's look taken away, WITH CHECK refuses the row."""
    with empty.session() as session:
        import_file(session, written(tmp_path / "units.jsonl", every_record.units()))
        session.commit()
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        enter(session, Scope("AI.DO", facts=Range(".", "/"), write=frozenset({units["P.1"].id})))
        monkeypatch.setattr(Scope, "may_write", lambda self, unit_id: True)
        run = file_in.Run(session, None, units, file_in.Report())
        record = {"type": "reception_day", "id": "N1", "unit": "P", "on": "2026-01-05", "holder": "head"}
        with pytest.raises(ProgrammingError, match="row-level security"):
            rows.add_reception_days(run, [(1, record)])
        session.rollback()


def test_progress_is_told_up_to_the_end(empty, tmp_path, monkeypatch):
    monkeypatch.setattr(file_in, "BATCH", 10)
    told = []
    lines = every_record.records(Random(3), cases=20, petitions=30)
    with empty.session() as session:
        import_file(session, written(tmp_path / "file.jsonl", lines), progress=lambda done, of: told.append((done, of)))
        session.rollback()
    assert told == sorted(told) and len(told) > len(lines) / 10 and told[-1][0] == told[-1][1]


def test_every_scoped_table_of_a_file_is_compared():
    mapped = {mapper.local_table.name for mapper in Unit.registry.mappers if issubclass(mapper.class_, Scoped)}
    assert set(WRITTEN) <= mapped
