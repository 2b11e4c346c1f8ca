"""Extensions of a denunciation: what a decision has to be, and in which time.

Luật Tố cáo 2018, Điều 30; Nghị định 31/2019, Điều 3 (Mẫu 01): 30 days, one decision of at most 30 more where
complex, a second where very complex. A complaint has none: that it is complex is determined once, in writing (Luật
Khiếu nại, Điều 28, 37; Nghị định 124/2020, Điều 3a, thêm bởi Nghị định 155/2026).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

MOST = 2
LONGEST = 30
VERY_COMPLEX = 2
RULE = "denunciation.settle"
BASIS = "Luật Tố cáo 2018, Điều 30; Nghị định 31/2019, Điều 3"


@dataclass(frozen=True)
class Extension:
    """A decision to extend: its day, how many days it adds, the criteria it names."""

    on: date
    days: int
    criteria: tuple[int, ...] = ()


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a decision, and in which of its fields."""

    field: str
    text: str


def troubles(new: Extension, earlier: Sequence[Extension], limit: date | None) -> Iterator[Trouble]:
    """Whatever the law has against a decision to extend that follows the `earlier` ones, in the order of the fields.

    `limit`: the last day as the earlier decisions leave it; None where it is not known, or the clock stands still.
    """
    if len(earlier) >= MOST:
        yield Trouble("on", f"việc giải quyết tố cáo chỉ được gia hạn nhiều nhất hai lần ({BASIS})")
    if limit is not None and new.on > limit:
        sentence = f"thời hạn giải quyết đã hết ngày {limit:%d/%m/%Y}; chỉ gia hạn khi còn hạn"
        yield Trouble("on", f"{sentence}, quyết định gia hạn trước đó thì ghi trước")
    if any(new.on < item.on for item in earlier):
        yield Trouble("on", "quyết định gia hạn trước quyết định gia hạn lần trước; kiểm tra lại ngày")
    if not 1 <= new.days <= LONGEST:
        yield Trouble("days", f"mỗi lần gia hạn từ 1 đến {LONGEST} ngày ({BASIS})")
    if not new.criteria:
        yield Trouble("criteria", "đánh dấu ít nhất một tiêu chí phức tạp")
    elif earlier and len(set(new.criteria)) < VERY_COMPLEX:
        yield Trouble(
            "criteria",
            f"gia hạn lần hai chỉ khi vụ việc đặc biệt phức tạp: đánh dấu từ hai tiêu chí trở lên ({BASIS})",
        )
