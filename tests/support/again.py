"""Made-up petitions of which some were handed in again: reworded, without accents, with typing errors, elsewhere."""

import string
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

from app.operations.exchange import made_up
from app.text.fold import fold

Record = dict[str, Any]
UNITS = ("H42", "H42.01", "H42.02", "H42.03", "H42.04", "H42.05", "H42.101", "H42.102", "H42.103")
KINDS = ("complaint", "denunciation", "reflection")
_OTHER_WORDS = {
    "đề": "kính",
    "nghị": "mong",
    "xem": "kiểm",
    "xét": "tra",
    "giải": "xử",
    "quyết": "lý",
    "về": "liên quan đến",
    "việc": "chuyện",
    "lại": "thêm một lần nữa",
}


def units() -> list[Record]:
    """The units the petitions are in."""
    found = [
        {"type": "unit", "code": code, "name": name, "level": level, "parent": None if code == "H42" else "H42"}
        for code, name, level in made_up.UNITS
    ]
    return [unit for unit in found if unit["code"] in UNITS]


def petitions(random: Random, number: int) -> list[Record]:
    """So many petitions that have nothing to do with each other, though some people and some matters are alike."""
    found: list[Record] = []
    for place in range(number):
        kind = random.choice(KINDS)
        field = random.choice(sorted(made_up._SUBJECTS))
        found.append(
            {
                "type": "petition",
                "id": f"G{place:05d}",
                "unit": random.choice(UNITS),
                "kind": kind,
                "source": "post",
                "received_on": f"2026-{random.randint(1, 9):02d}-{random.randint(1, 28):02d}",
                "signatories": "one",
                "people": 1,
                "petitioners": [made_up.person(random)],
                "respondents": [{"name": made_up.name(random)}] if random.random() < 0.6 else [],
                "summary": made_up.summary(random, kind, field),
                "field": field,
                "instance": 1,
            }
        )
    return found


def mistyped(random: Random, text: str, errors: int) -> str:
    """The text with so many letters left out, added, changed or turned round."""
    letters = list(text)
    for _ in range(errors):
        place = random.randrange(1, len(letters))
        act = random.randrange(4)
        if not letters[place].isalpha():
            continue
        if act == 0:
            del letters[place]
        elif act == 1:
            letters.insert(place, random.choice(string.ascii_lowercase))
        elif act == 2:
            letters[place - 1 : place + 1] = letters[place - 1 : place + 1][::-1]
        else:
            letters[place] = random.choice(string.ascii_lowercase)
    return "".join(letters)


def _plain(_random: Random, record: Record) -> None:
    record["summary"] = fold(record["summary"])
    record["petitioners"][0]["name"] = fold(record["petitioners"][0]["name"]).title()


def _with_errors(random: Random, record: Record) -> None:
    record["summary"] = mistyped(random, record["summary"], 1 + len(record["summary"]) // 30)
    person = record["petitioners"][0]
    person["name"] = mistyped(random, person["name"], 1)


def _reworded(random: Random, record: Record) -> None:
    first, _, second = record["summary"].partition("; ")
    words = [_OTHER_WORDS.get(word, word) for word in f"{second.rstrip('.')}: {first}".split()]
    record["summary"] = "Tôi làm đơn này " + " ".join(word for word in words if random.random() > 0.1)
    if random.random() < 0.5:
        record["petitioners"][0].pop("phone")


def _elsewhere(random: Random, record: Record) -> None:
    record["unit"] = random.choice([code for code in UNITS if code != record["unit"]])
    if random.random() < 0.3:
        record["petitioners"][0].pop("id_number")


CHANGES: tuple[Callable[[Random, Record], None], ...] = (_plain, _with_errors, _reworded, _elsewhere)


def handed_in_again(random: Random, records: list[Record], number: int) -> tuple[list[Record], dict[str, str]]:
    """So many of the petitions, changed as people change them and registered anew; and of which each is a copy."""
    made = []
    of = {}
    for place, record in enumerate(random.sample(records, number)):
        copy = deepcopy(record) | {"id": f"A{place:05d}", "received_on": "2026-10-05"}
        CHANGES[place % len(CHANGES)](random, copy)
        made.append(copy)
        of[copy["id"]] = record["id"]
    return made, of
