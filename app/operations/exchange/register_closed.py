"""A register of what was finished before the unit used the software: its open rows come in closed, each with where its
end is told.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.law.steps import BY_KEY, PETITION
from app.models import Unit
from app.operations.exchange.register_read import RegisterRow
from app.operations.record_values import Record
from app.operations.refusal import Refused
from app.operations.rights import demand

LONGEST = 120
ENDS = ("refused_on", "withdrawn_on", "discontinued_on")


def close_rows(session: Session, rows: Iterable[RegisterRow], units: Mapping[str, Unit], source: str) -> list[str]:
    """Each open petition or case of these rows is closed as of the last day before its unit used the software; what
    stays open, a sentence each. Raises Refused: as on screen a leader closes.
    """
    source = source.strip()
    if len(source) > LONGEST:
        raise Refused(f"nơi có kết quả dài quá {LONGEST} ký tự; ghi ngắn hơn", "closed")
    left = []
    for row in rows:
        if row.record is None:
            continue
        unit = units[row.record["unit"]]
        demand(session, BY_KEY[(PETITION, "close")].permission, "Petitions", unit.id)
        if unit.uses_from is None:
            raise Refused(
                "đơn vị chưa ghi ngày dùng phần mềm nên không đóng hồ sơ cũ được; quản trị ghi ở trang của đơn vị",
                "closed",
            )
        if (why := _close(row, unit.uses_from, source)) is not None:
            left.append(f"{row.where}: không đóng vì {why}")
    return left


def _close(row: RegisterRow, uses_from: date, source: str) -> str | None:
    """The row is closed, or was at its end; else why it stays open."""
    petition = row.record or {}
    last = uses_from - timedelta(days=1)
    days = [petition["received_on"], petition.get("processed", {}).get("on"), *_days_of(row.case or {})]
    if max(day for day in days if day is not None) > last:
        return f"có ngày từ {uses_from:%d/%m/%Y} là ngày đơn vị dùng phần mềm"
    told = {"on": last, "source": source}
    if row.case is None:
        if petition.get("processed", {}).get("direction", "accept") == "accept":
            petition["closed"] = told
    elif _is_open(row.case):
        row.case["closed"] = told
        if "decision" in row.case:
            row.case["execution"] = row.case.get("execution", {}) | {"finished_on": last}
    return None


def _days_of(case: Record) -> list[date | None]:
    execution = case.get("execution", {})
    entries = [entry["on"] for entry in execution.get("entries", ())]
    ends = [case.get(name) for name in ("accepted_on", *ENDS)]
    return [*ends, case.get("decision", {}).get("on"), execution.get("finished_on"), *entries]


def _is_open(case: Record) -> bool:
    ended = any(name in case for name in ENDS)
    return not ended and "finished_on" not in case.get("execution", {})
