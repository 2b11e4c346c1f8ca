"""Grounds on which settlement is suspended or discontinued, as dated rows; one row a ground, named in `terms.py`.

Sources: Luật Khiếu nại, Điều 11a (Luật 136/2025/QH15, từ 1/7/2026; Nghị định 124/2020, Điều 28b, Mẫu 14a, 14b);
Luật Tố cáo 2018, Điều 34. Withdrawal of the whole: Luật Khiếu nại, Điều 10; Luật Tố cáo 2018, Điều 33; Nghị định
31/2019, Điều 4 (NĐ 156/2026).
"""

from dataclasses import dataclass
from datetime import date

SUSPEND = "suspend"
DISCONTINUE = "discontinue"
WITHDRAWN = "withdrawn"  # the ground that only the step “withdraw” leads to: it asks what has to be asked first
_COMPLAINT = date(2026, 7, 1)
_DENUNCIATION = date(2019, 1, 1)


@dataclass(frozen=True)
class Ground:
    """A ground of the act `act` for one kind, with its article; in force from `since`."""

    code: str
    act: str
    kind: str
    article: str
    since: date


GROUNDS: tuple[Ground, ...] = (
    Ground("obstacle", SUSPEND, "complaint", "Luật Khiếu nại, Điều 11a.1.a", _COMPLAINT),
    Ground("other_result", SUSPEND, "complaint", "Luật Khiếu nại, Điều 11a.1.b", _COMPLAINT),
    Ground("other_result", SUSPEND, "denunciation", "Luật Tố cáo 2018, Điều 34.1.a", _DENUNCIATION),
    Ground("expertise", SUSPEND, "denunciation", "Luật Tố cáo 2018, Điều 34.1.b", _DENUNCIATION),
    Ground(WITHDRAWN, DISCONTINUE, "complaint", "Luật Khiếu nại, Điều 11a.2.a", _COMPLAINT),
    Ground("no_successor", DISCONTINUE, "complaint", "Luật Khiếu nại, Điều 11a.2.b", _COMPLAINT),
    Ground("object_gone", DISCONTINUE, "complaint", "Luật Khiếu nại, Điều 11a.2.c", _COMPLAINT),
    Ground("court", DISCONTINUE, "complaint", "Luật Khiếu nại, Điều 11a.2.d", _COMPLAINT),
    Ground(WITHDRAWN, DISCONTINUE, "denunciation", "Luật Tố cáo 2018, Điều 34.3.a", _DENUNCIATION),
    Ground("respondent_dead", DISCONTINUE, "denunciation", "Luật Tố cáo 2018, Điều 34.3.b", _DENUNCIATION),
    Ground("resolved", DISCONTINUE, "denunciation", "Luật Tố cáo 2018, Điều 34.3.c", _DENUNCIATION),
)

# Signs with which a withdrawn denunciation is settled all the same (Luật Tố cáo, Điều 33.3; Nghị định 31/2019, Điều
# 4.4).
SIGNS = ("violation", "threat", "slander")


def grounds(act: str, kind: str) -> tuple[Ground, ...]:
    """The grounds of an act for a kind, in the order of the law."""
    return tuple(ground for ground in GROUNDS if (ground.act, ground.kind) == (act, kind))


def find_ground(act: str, kind: str, code: str | None) -> Ground | None:
    """The ground of that code; None where the law gives the kind no such ground."""
    return next((ground for ground in grounds(act, kind) if ground.code == code), None)
