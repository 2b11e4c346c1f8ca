"""Provinces and communes, as they are since 1/7/2025 (Resolution 202/2025/QH15) and as older papers name them, offered
while an address is typed.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.models import Place
from app.operations.rights import demand, demand_operator
from app.text.fold import fold, words
from app.text.tcvn6909 import normalize

MOST = 8
MOST_PARTS = 3  # commune, district, province
SHORT = {"tp": ("thanh", "pho"), "tx": ("thi", "xa"), "tt": ("thi", "tran"), "hcm": ("ho", "chi", "minh")}
SHORT |= {"tphcm": ("thanh", "pho", "ho", "chi", "minh"), "hn": ("ha", "noi")}
_NUMBERED = re.compile(r"([a-z])(\d{1,2})")  # Q1, P12
FEWEST_LETTERS = 2
Record = dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """A place for an address: the whole address with it, and what it has to do with a place of before, if anything."""

    address: str
    note: str = ""


def seed_places(session: Session) -> None:
    """The catalogue holds every place; a catalogue that is there is left alone."""
    demand_operator(session)
    if session.scalar(select(func.count()).select_from(Place)):
        return
    # Ten megabytes of module, which serving never needs.
    rows = _every_place(import_module("vietnam_address_converter.data"))
    session.execute(insert(Place), [row | {"folded": _folded(row["name"])} for row in rows])


def offers(session: Session, typed: str) -> list[Offer]:
    """What the end of a typed address may mean; what stands before it is kept. A place of before 1/7/2025 is followed
    by what it became. Raises Refused.
    """
    demand(session, "can_read", "Units")
    parts = typed.split(",")
    for first in range(max(0, len(parts) - MOST_PARTS), len(parts)):
        typed_words = [fold(word) for word in words(" ".join(parts[first:]))]
        wanted = [whole for word in typed_words for whole in _whole(word)]
        if len("".join(wanted)) < FEWEST_LETTERS or not words(parts[-1]):
            continue
        if found := list(_matching(session, wanted)):
            before = ", ".join(filter(None, (part.strip() for part in parts[:first])))
            known: dict[str, str] = {}
            for offer in found:
                known.setdefault(_joined(before, offer.address), offer.note)
            return [Offer(address, note) for address, note in known.items()][:MOST]
    return []


def _whole(word: str) -> tuple[str, ...]:
    numbered = _NUMBERED.fullmatch(word)
    return numbered.groups() if numbered else SHORT.get(word, (word,))


def _matching(session: Session, wanted: list[str]) -> Iterator[Offer]:
    """Nearest first: the words as they follow one another, places of today, shorter names."""
    query = select(Place).where(*(Place.folded.contains(f" {word}", autoescape=True) for word in wanted))
    in_order = Place.folded.contains(f" {' '.join(wanted)}", autoescape=True)
    query = query.order_by(in_order.desc(), Place.past, func.length(Place.name), Place.name)
    for place in session.scalars(query.limit(MOST)):
        yield Offer(place.name, "tên trước 01/7/2025" if place.past else "")
        yield from (Offer(now, f"trước 01/7/2025 là {place.name}") for now in place.became.splitlines())


def _joined(before: str, place: str) -> str:
    return f"{before}, {place}" if before else place[:1].upper() + place[1:]


def _every_place(data: Any) -> Iterator[Record]:
    """A row for each place of `data`, the module in which the library keeps what it knows."""
    today = [_written(place["name_with_type"]) for place in data.newProvinces.values()]
    today += [_written(place["path_with_type"]) for place in data.newWards.values()]
    yield from ({"name": name, "past": False, "became": ""} for name in today)
    yield from _past(data.oldProvinces, "name_with_type", _became(data, "province", data.newProvinces), set(today))
    yield from _past(data.oldWards, "path_with_type", _became(data, "ward", data.newWards), set(today))


def _became(data: Any, level: str, new: Mapping[str, Any]) -> Mapping[str, set[str]]:
    """The code of an old place → the names of today's that it is part of."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in data.mapping["rows"]:
        place = new.get(row["new"][f"{level}_code"])
        if place is not None:
            found[row["old"][f"{level}_code"]].add(_written(place.get("path_with_type") or place["name_with_type"]))
    return found


def _past(
    places: Mapping[str, Any], key: str, became: Mapping[str, set[str]], today: Collection[str]
) -> Iterator[Record]:
    """The old places whose name no place of today has; a few of the library are no commune of any sort."""
    for code, place in places.items():
        name = _written(place[key])
        if place["name_with_type"].strip() != place["name"] and name not in today:
            yield {"name": name, "past": True, "became": "\n".join(sorted(became[code]))}


def _written(path: str) -> str:
    """As it stands in the middle of an address: xã Minh Châu, thành phố Hà Nội."""
    return ", ".join(_lowered(" ".join(part.split())) for part in normalize(path).split(","))


_SORTS = ("Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")


def _lowered(part: str) -> str:
    for sort in _SORTS:
        if part.lower().startswith(f"{sort.lower()} "):
            return sort.lower() + part[len(sort) :]
    return part


def _folded(name: str) -> str:
    return "".join(f" {fold(word)}" for word in words(name))
