"""What the law asks somebody to do after a step besides the next step: duties that become tasks with the law's limit; a
duty is added in one row.

Sources: Luật Tố cáo 2018, Điều 26.2, 29.3, 36.1, 40.1; Luật Tiếp công dân 2013, Điều 27.2; Nghị định 75/2012/NĐ-CP,
Điều 12. The limits stand in `limits.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

REGISTERED = "registered"
ACCEPTED = "accepted"
DECIDED = "decided"


@dataclass(frozen=True)
class Duty:
    """The duty of a limit: on what day of a petition or case it begins, for which kinds and instance (None: any), and
    whether only where the petition was forwarded by another body; `what`: the task in words.
    """

    rule: str
    begins: str
    what: str
    kinds: frozenset[str]
    instance: int | None = None
    forwarded: bool = False


_DENUNCIATION = frozenset({"denunciation"})
DUTIES: Final = (
    Duty(
        "denunciation.reply",
        REGISTERED,
        "Trả lời cơ quan báo chí, cơ quan đã chuyển đơn tố cáo về việc xử lý đơn",
        _DENUNCIATION,
        forwarded=True,
    ),
    Duty(
        "denunciation.notify",
        ACCEPTED,
        "Thông báo việc thụ lý cho người tố cáo và thông báo nội dung tố cáo cho người bị tố cáo",
        _DENUNCIATION,
    ),
    Duty("denunciation.act", DECIDED, "Xử lý kết luận nội dung tố cáo", _DENUNCIATION),
    Duty(
        "denunciation.publish",
        DECIDED,
        "Công khai kết luận nội dung tố cáo, quyết định xử lý; không để lộ người tố cáo",
        _DENUNCIATION,
    ),
    Duty(
        "complaint.publish.second",
        DECIDED,
        "Công khai quyết định giải quyết khiếu nại lần hai",
        frozenset({"complaint"}),
        instance=2,
    ),
    Duty(
        "forwarded.result",
        DECIDED,
        "Báo kết quả giải quyết cho cơ quan đã chuyển đơn",
        frozenset({"complaint", "denunciation", "reflection"}),
        forwarded=True,
    ),
)
BY_RULE: Final[Mapping[str, Duty]] = {duty.rule: duty for duty in DUTIES}


def duties(kind: str, instance: int, days: Mapping[str, date | None], forwarded: bool) -> Iterator[tuple[Duty, date]]:
    """The duties of a petition or case of that kind with the day each begins; `days`: when it was registered, accepted,
    decided, as far as it was.
    """
    for duty in DUTIES:
        day = days.get(duty.begins)
        fits = kind in duty.kinds and duty.instance in (None, instance) and (forwarded or not duty.forwarded)
        if day is not None and fits:
            yield duty, day
