"""What exchange records say of a petition or a reception, by column and by sealed part."""

from typing import Any

from app.law import facts
from app.operations.record_values import Record, plain
from app.operations.records import RECEPTION_PARTS
from app.security.tokens import matter_key


def petition_values(run: Any, record: Record, by: str | None) -> dict[str, Any]:
    """The petition's columns and unit, without its case."""
    done = record.get("processed", {})
    return {
        "unit": run.units[record["unit"]],
        "number": record["id"],
        "sent_to": run.units.get(done.get("to", "")),
        "handlers": record.get("handlers") or None,
        "state": "closed" if "closed" in record else "processed" if done else "received",
        "registered_by": by,
        "kept_closed": record.get("kept_closed", False),
        **facts.stored(facts.PETITION, record),
        **facts.stored(facts.CLOSED, record.get("closed", {})),
        **facts.stored(facts.PROCESSED, done or dict.fromkeys(facts.names(facts.PROCESSED))),
    }


def body_of(record: Record) -> dict[str, Any]:
    """What is sealed as the petition's text."""
    body = {"summary": record["summary"], "reason": record.get("processed", {}).get("reason")}
    return body | {"previous_decision": plain(record.get("previous_decision"))}


def reception_values(run: Any, record: Record) -> dict[str, Any]:
    """The reception's columns and unit, without its petition."""
    return {
        "unit": run.units[record["unit"]],
        "number": record["id"],
        **facts.stored(facts.RECEPTION, record),
        "matter_key": matter_key(record["matter"]) if record.get("matter") else None,
    }


def reception_body(record: Record) -> dict[str, Any]:
    """What is sealed as the reception's text."""
    former = {"former": record["former"]} if record.get("former") else {}
    return {name: record.get(name) for name in RECEPTION_PARTS} | former
