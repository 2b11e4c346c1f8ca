"""What is executed against what was recommended (Luật Khiếu nại, Điều 44-46; Luật Tố cáo 2018, Điều 36; biểu 05/KQTH).

A decision takes effect: of a complaint after the limit `complaint.effect` (Điều 44), a conclusion on a denunciation
and an answer on the day they are issued, since nobody may appeal against them.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

EFFECT = {"complaint": "complaint.effect"}  # kind → the limit after which its decision takes effect; absent: at once
# What is executed → what it was recommended by; restored rights have no column in 05/KQTH.
PAIRS: Mapping[str, str] = {
    **{name: name for name in ("state_money", "state_land", "returned_money", "returned_land")},
    "organisations_disciplined": "organisations_to_discipline",
    "people_disciplined": "people_to_discipline",
    "officials_disciplined": "officials_to_discipline",
    "prosecutions": "investigations",
    "people_prosecuted": "people_to_investigate",
    "officials_prosecuted": "officials_to_investigate",
}
# Outcomes that find nothing to recover, return or handle. A false denunciation is none of them: its conclusion may
# recommend to handle who denounced falsely on purpose and to restore the denounced (Luật Tố cáo 2018, Điều 35, 36).
WITHOUT_AMOUNTS = frozenset({"unjustified"})


def executed(entries: Iterable[Mapping[str, Decimal | int]]) -> dict[str, Decimal]:
    """The sum of all entries, by field."""
    rows = list(entries)
    return {name: sum((Decimal(row.get(name) or 0) for row in rows), Decimal(0)) for name in PAIRS}


def beyond(decided: Mapping[str, Decimal | int], entries: Iterable[Mapping[str, Decimal | int]]) -> list[str]:
    """The fields of which more was executed than recommended."""
    return [name for name, done in executed(entries).items() if done > Decimal(decided.get(PAIRS[name]) or 0)]


def still_open(decided: Mapping[str, Decimal | int], entries: Iterable[Mapping[str, Decimal | int]]) -> list[str]:
    """The fields of which less was executed than recommended."""
    return [name for name, done in executed(entries).items() if done < Decimal(decided.get(PAIRS[name]) or 0)]
