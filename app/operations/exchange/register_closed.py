"""A register of what was finished before the unit used the software: its open rows come in closed, each with where its
end is told.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.law.steps import BY_KEY, PETITION
from app.models import Unit
from app.operations.exchange.register_matters import ENDS, NUMBERED
from app.operations.exchange.register_read import RegisterRow
from app.operations.record_values import Record
from app.operations.refusal import Refused
from app.operations.rights import demand

LONGEST = 120


def close_rows(session: Session, rows: Iterable[RegisterRow], units: Mapping[str, Unit], source: str) -> list[str]:
    """Each open petition or case of these rows is closed as of the last day before its unit used the software; what
    stays open, a sentence each. Raises Refused: as on screen a leader closes.
    """
    source = source.strip()
    if len(source) > LONGEST:
        raise Refused(f"nơi có kết quả dài quá {LONGEST} ký tự; ghi ngắn hơn", "closed")
    told = [(row, units[row.record["unit"]]) for row in rows if row.record is not None]
    first: dict[Any, date] = {}
    for unit in {unit.id: unit for _, unit in told}.values():
        demand(session, BY_KEY[(PETITION, "close")].permission, "Petitions", unit.id)
        if unit.uses_from is None:
            raise Refused(
                "đơn vị chưa ghi ngày dùng phần mềm nên không đóng hồ sơ cũ được; quản trị ghi ở trang của đơn vị",
                "closed",
            )
        first[unit.id] = unit.uses_from
    # One late row keeps its whole case open.
    late = {_matter(row) for row, unit in told if _latest(row) >= first[unit.id]}
    left = []
    for row, unit in told:
        if _matter(row) in late:
            left.append(f"{row.where}: không đóng vì có ngày từ {first[unit.id]:%d/%m/%Y} là ngày đơn vị dùng phần mềm")
        else:
            _close(row, {"on": first[unit.id] - timedelta(days=1), "source": source})
    return left


def _matter(row: RegisterRow) -> Any:
    """What the row is about: its case where that has a number, else itself."""
    number = (row.case or {}).get("case", NUMBERED)
    return id(row) if number == NUMBERED else ((row.record or {})["unit"], number)


def _latest(row: RegisterRow) -> date:
    petition = row.record or {}
    days: list[date | None] = [petition["received_on"], petition.get("processed", {}).get("on")]
    return max(day for day in days + _days_of(row.case or {}) if day is not None)


def _close(row: RegisterRow, told: Record) -> None:
    """The row's petition or case is closed, unless it was at its end."""
    petition = row.record or {}
    direction = petition.get("processed", {}).get("direction")
    if direction is None or (direction == "accept" and row.case is None):
        petition["closed"] = told
    if row.case is not None and _is_open(row.case):
        row.case["closed"] = told
        if "decision" in row.case:
            row.case["execution"] = row.case.get("execution", {}) | {"finished_on": told["on"]}


def _days_of(case: Record) -> list[date | None]:
    execution = case.get("execution", {})
    entries = [entry["on"] for entry in execution.get("entries", ())]
    ends = [case.get(name) for name in ("accepted_on", *ENDS)]
    return [*ends, case.get("decision", {}).get("on"), execution.get("finished_on"), *entries]


def _is_open(case: Record) -> bool:
    ended = any(name in case for name in ENDS)
    return not ended and "finished_on" not in case.get("execution", {})
