"""The units: a centre, 63 provinces, 742 districts, 10,719 communes, and how petitions are spread over them."""

from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

PROVINCES = 63
DISTRICTS = 742
COMMUNES = 10_719
FIRST_DISTRICTS = 24  # of the first province, the one that is measured
FIRST_SHARE = 0.101  # of all petitions: 101,000 of a million
CENTRE = "T"
PROVINCE = "T.01"
DISTRICT = "T.01.01"
COMMUNE = "T.01.01.01"
AT_LEVEL = {"province": 0.22, "district": 0.30, "commune": 0.48}  # of a province's petitions
CENTRE_SHARE = 0.04


@dataclass(frozen=True)
class Spread:
    """Units to draw from, each with its share of the petitions."""

    codes: list[str]
    cumulated: list[float]

    def draw(self, random: Random, number: int) -> list[str]:
        """So many units, the bigger the oftener."""
        return random.choices(self.codes, cum_weights=self.cumulated, k=number)


def records() -> list[dict[str, Any]]:
    """The units as records of an exchange file; those that are measured oversee what is below them."""
    made = [_unit(CENTRE, "Thanh tra trung ương mẫu", "central", None)]
    made += [
        _unit(f"T.{place:02d}", f"UBND tỉnh mẫu {place:02d}", "province", CENTRE) for place in range(1, PROVINCES + 1)
    ]
    districts = [(f"T.{province:02d}", f"T.{province:02d}.{place:02d}") for province, place in _districts()]
    made += [_unit(code, f"UBND huyện mẫu {code[2:]}", "district", above) for above, code in districts]
    for above, code in _communes([code for _, code in districts]):
        made.append(_unit(code, f"UBND xã mẫu {code[2:]}", "commune", above))
    return made


def _unit(code: str, name: str, level: str, parent: str | None) -> dict[str, Any]:
    made = {"type": "unit", "code": code, "name": name, "level": level}
    if parent:
        made["parent"] = parent
    if code in (CENTRE, PROVINCE, DISTRICT):
        made["oversees"] = code
    return made


def _districts() -> list[tuple[int, int]]:
    found = [(1, place) for place in range(1, FIRST_DISTRICTS + 1)]
    rest = DISTRICTS - FIRST_DISTRICTS
    for place in range(rest):
        found.append((2 + place % (PROVINCES - 1), 1 + place // (PROVINCES - 1)))
    return found


def _communes(districts: list[str]) -> list[tuple[str, str]]:
    return [
        (districts[place % DISTRICTS], f"{districts[place % DISTRICTS]}.{1 + place // DISTRICTS:02d}")
        for place in range(COMMUNES)
    ]


def spread(units: list[dict[str, Any]], seed: int = 11) -> Spread:
    """Shares of the units: uneven within each level, the first province as `FIRST_SHARE` says."""
    random = Random(seed)
    size = {unit["code"]: random.lognormvariate(0, 0.6) for unit in units}
    size |= {COMMUNE: 1.0, DISTRICT: 1.0}
    provinces = {
        unit["code"]: size[unit["code"]] for unit in units if unit["level"] == "province" and unit["code"] != PROVINCE
    }
    whole = sum(provinces.values())
    shares = {code: (1 - CENTRE_SHARE - FIRST_SHARE) * value / whole for code, value in provinces.items()} | {
        PROVINCE: FIRST_SHARE
    }
    weights = {CENTRE: CENTRE_SHARE}
    for level, part in AT_LEVEL.items():
        below: dict[str, list[str]] = {}
        for unit in units:
            if unit["level"] == level:
                below.setdefault(unit["code"][:4], []).append(unit["code"])
        for province, codes in below.items():
            total = sum(size[code] for code in codes)
            weights |= {code: shares[province] * part * size[code] / total for code in codes}
    return Spread(list(weights), list(accumulate(weights.values())))
