"""What a register tells of the matter behind a petition: acceptance, decision with amounts, what was carried out."""

from collections.abc import Callable, Iterator
from typing import Any

from app.law.facts import EXECUTED, RECOMMENDED
from app.law.steps import outcomes
from app.law.terms import term
from app.operations.exchange.register_cells import Unclear, shown
from app.operations.exchange.register_headings import MATTER_KEYS, OUTCOMES, PENDING, plain_key
from app.operations.exchange.register_matter_headings import DONE, DUE
from app.operations.record_values import Record
from app.text import typed

NUMBERED = "?"  # the number of a case that the register names none for: it gets one of the unit's own
ENDS = ("refused_on", "withdrawn_on", "discontinued_on")
_WHOLE = frozenset(fact.name for fact in (*RECOMMENDED, *EXECUTED))
Read = Callable[..., Any]


def tells_of_a_matter(cells: dict[str, Any]) -> bool:
    """True when a row says something in a column of its matter."""
    return any(_says(cells, key) for key in MATTER_KEYS)


def _says(cells: dict[str, Any], key: str) -> bool:
    """True for a cell that says something: offices write 0, a dash or “đang giải quyết” where there is nothing yet."""
    text = shown(cells.get(key)).strip("0 .,-–—")
    return bool(text) and not (key == "outcome" and plain_key(text) in PENDING)


def case_of(cells: dict[str, Any], petition: Record, day: Callable[[str], str | None], read: Read) -> Record:
    """The case record that a row means; `day` reads a day's column, `read` any other with the function given."""
    number = shown(cells.get("case")) or NUMBERED
    record: Record = {name: petition[name] for name in ("unit", "kind", "instance")}
    record |= {"type": "case", "case": number, "remote": False, "complexity": []}
    for name in ("accepted_on", *ENDS):
        if (on := day(name)) is not None:
            record[name] = on
    told = ("decision_on", "decision_number", "outcome", *(key for key in MATTER_KEYS if key.startswith(DUE)))
    if any(_says(cells, key) for key in told):
        record["decision"] = {
            "on": day("decision_on"),
            "number": shown(cells.get("decision_number")),
            "outcome": read("outcome", outcome_of, petition["kind"], petition["instance"]),
            **_amounts(cells, DUE, read),
        }
    finished = day("finished_on")
    done = _amounts(cells, DONE, read)
    if done or _says(cells, "executed_on"):
        record["execution"] = {"entries": [{"on": day("executed_on") or finished, **done}]}
    if finished:
        record["execution"] = record.get("execution", {}) | {"finished_on": finished}
    return record


def _amounts(cells: dict[str, Any], start: str, read: Read) -> Record:
    keys = [key for key in MATTER_KEYS if key.startswith(start) and _says(cells, key)]
    return {key.removeprefix(start): read(key, figure_of, key.removeprefix(start) in _WHOLE) for key in keys}


def figure_of(cell: Any, whole: bool) -> Any:
    """A figure as Vietnamese write it, a whole number where people or bodies are counted. Raises Unclear."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell < 0 or (whole and cell != int(cell)):
            raise Unclear(f"“{cell}” không phải {'số nguyên' if whole else 'số'} từ 0 trở lên")
        return int(cell) if whole else round(cell, 3)
    try:
        return typed.whole(shown(cell)) if whole else float(typed.amount(shown(cell)))
    except typed.Unreadable as trouble:
        raise Unclear(str(trouble)) from None


def outcome_of(cell: Any, kind: str, instance: int) -> str | None:
    """The outcome that a word means for that kind and instance. Raises Unclear naming those there are."""
    text = shown(cell)
    if not text or plain_key(text) in PENDING:
        return None
    may = outcomes(kind, instance)
    meant = [code for code in OUTCOMES.get(plain_key(text), ()) if code in may]
    if not meant:
        raise Unclear(f"không hiểu “{text[:60]}”; ghi một trong: {', '.join(term('outcome', code) for code in may)}")
    return meant[0]


def lacking(record: Record) -> Iterator[tuple[str, str]]:
    """What a case cannot do without, as column and sentence."""
    decision = record.get("decision")
    if decision is not None:
        for name, key in (("on", "decision_on"), ("number", "decision_number"), ("outcome", "outcome")):
            if not decision[name]:
                yield key, "để trống, mà dòng có ghi quyết định, kết luận"
        if "accepted_on" not in record:
            yield "accepted_on", "để trống, mà dòng có ghi quyết định, kết luận"
    if record.get("execution") and decision is None:
        yield "decision_on", "để trống, mà dòng có ghi kết quả thi hành"
    for entry in record.get("execution", {}).get("entries", ()):
        if entry["on"] is None:
            yield "executed_on", "để trống, mà dòng có ghi kết quả thi hành"
