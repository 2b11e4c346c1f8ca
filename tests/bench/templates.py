"""Template petitions with cases, decisions, receptions and days, as records for the product's own import."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from app.operations.exchange import made_up
from tests.bench.tree import Spread

Record = dict[str, Any]
DAYS = 548
MONTHS = 9  # of announced days for each unit


def records(number: int, spread: Spread, day: date, seed: int = 5) -> Iterator[Record]:
    """So many petitions with their cases, a quarter as many receptions."""
    random = Random(seed)
    open_cases: dict[tuple[str, str, int], str] = {}
    for place, unit in enumerate(spread.draw(random, number)):
        received = day - timedelta(days=random.randint(0, 10) if place % 20 == 0 else random.randint(0, DAYS))
        made = made_up.petition(random, f"M-{place:06d}", unit, received)
        case = _process(random, made, day, open_cases, f"{unit}/{received.year}/M{place + 1}", spread.codes)
        if case:
            yield case
        yield made
    for place, unit in enumerate(spread.draw(random, number // 4)):
        yield made_up.reception(random, f"M-TD-{place:06d}", [unit], day)


def days(units: list[str], day: date) -> Iterator[Record]:
    """The days announced by every unit."""
    for code in units:
        for month in range(MONTHS):
            on = day.replace(day=15) - timedelta(days=30 * month)
            holder = "authorised" if month % 5 == 4 else "head"
            yield {
                "type": "reception_day",
                "id": f"NT-{code}-{month}",
                "unit": code,
                "on": on.isoformat(),
                "holder": holder,
            }


def _process(
    random: Random, petition: Record, day: date, open_cases: dict[Any, str], number: str, units: list[str]
) -> Record | None:
    received = date.fromisoformat(petition["received_on"])
    done = received + timedelta(days=random.randint(0, 14))
    recent = (day - received).days < 30
    if done > day or (recent and random.random() < 0.3):
        return None
    fate = random.random()
    anonymous = petition["signatories"] == "none"
    processed: Record = {"on": done.isoformat(), "eligible": fate > 0.22, "competent": fate > 0.42 and not anonymous}
    petition["processed"] = processed
    if not processed["eligible"]:
        processed |= {
            "direction": "file" if anonymous else random.choice(["file", "return"]),
            "reason": random.choice(made_up.REASONS),
        }
    elif not processed["competent"]:
        processed["direction"] = "guide" if petition["kind"] == "complaint" else "forward"
        if processed["direction"] == "forward":
            processed["to"] = random.choice([code for code in units[:60] if code != petition["unit"]])
    else:
        processed["direction"] = "accept"
        return _case(random, petition, open_cases, number, done, day)
    return None


def _case(
    random: Random, petition: Record, open_cases: dict[Any, str], number: str, done: date, day: date
) -> Record | None:
    key = (petition["unit"], petition["kind"], petition["instance"])
    if key in open_cases and random.random() < 0.12:
        petition["case"] = open_cases[key]
        return None
    petition["case"] = number
    open_cases[key] = number
    return made_up.case(random, petition, number, done, day)
