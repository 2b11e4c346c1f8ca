"""Citations as they read on a day: an act that was not there yet is left out, or its predecessor is named in its place.

A citation has parts divided by “; ”. Predecessors are named without an article: theirs were numbered otherwise.
Days of force: domain.md 0.1.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Act:
    """A law, decree or circular, known by `mark` wherever it is cited, in force from `since`.

    `before`: what held until then; None where nothing did.
    """

    mark: str
    since: date
    before: str | None = None


ACTS: tuple[Act, ...] = (
    Act("Luật Tố cáo 2018", date(2019, 1, 1), "Luật Tố cáo 2011"),
    Act("Luật Tiếp công dân 2013", date(2014, 7, 1), "Luật Khiếu nại 2011"),
    Act("136/2025/QH15", date(2026, 7, 1)),
    Act("117/2025/QH15", date(2026, 3, 1), "Luật Bảo vệ bí mật nhà nước 29/2018/QH14, Điều 8, 19"),
    Act("75/2012", date(2012, 11, 20)),
    Act("124/2020", date(2020, 12, 10), "Nghị định 75/2012"),
    Act("155/2026", date(2026, 7, 1), "Nghị định 124/2020"),
    Act("31/2019", date(2019, 5, 28), "Nghị định 76/2012"),
    Act("156/2026", date(2026, 7, 1), "Nghị định 31/2019"),
    Act("154/2026", date(2026, 7, 1), "Nghị định 64/2014"),
    Act("05/2021/TT-TTCP", date(2021, 11, 15), "Thông tư 07/2014/TT-TTCP"),
)


def cite(text: str, day: date) -> str:
    """The citation as it reads on that day; as it stands where nothing in it was in force yet."""
    parts = list(dict.fromkeys(part for whole in text.split("; ") if (part := _part(whole, day))))
    return "; ".join(parts) or text


def _part(part: str, day: date) -> str | None:
    later = [act for act in ACTS if act.mark in part and act.since > day]
    if not later:
        return part
    before = later[-1].before
    return _part(before, day) if before else None
