"""Tasks (nhiệm vụ): what somebody has to do by a day, where it came from, and how it goes on; a step is added in one
row.

Sources: Quyết định 12/2014/QĐ-UBND (Hà Nam), Điều 8.3, 12.3 (văn bản chỉ đạo, đôn đốc); Nghị định 154/2026/NĐ-CP (thông
báo kết luận tiếp công dân); Luật Khiếu nại, Điều 46 and Luật Tố cáo 2018, Điều 36 (thi hành, thực hiện); Luật Tố cáo
2018, Điều 24, 26 and Luật Khiếu nại, Điều 27 (kết quả đơn đã chuyển); Luật Khiếu nại, Điều 29 and Luật Tố cáo 2018,
Điều 31 (xác minh).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

GIVEN = "given"
ANSWERED = "answered"
CLOSED = "closed"
WITHDRAWN = "withdrawn"
OPEN: Final = frozenset({GIVEN, ANSWERED})
DOER = "doer"  # who has to do it: those it is assigned to; while nobody is named, whoever works with petitions there
LEADER = "leader"  # of the unit that has to do it
GIVER = "giver"  # who gave it, and the leaders of their unit
DIRECTIVE = "directive"
LIKENESS = "likeness"
BY_LAW = "law"  # what the law asks for after a step (`duties.py`)


@dataclass(frozen=True)
class Origin:
    """Where a task comes from; `asked`: given on the screen by somebody, not by the application."""

    key: str
    label: str
    english: str
    asked: bool = True


ORIGINS: Final[Mapping[str, Origin]] = {
    row.key: row
    for row in (
        Origin(GIVEN, "Việc được giao", "Given by a leader"),
        Origin(DIRECTIVE, "Văn bản chỉ đạo", "Directive"),
        Origin("conclusion", "Kết luận tiếp công dân", "Conclusion of a reception"),
        Origin("execution", "Thi hành quyết định, thực hiện kết luận", "Execution"),
        Origin("forwarded", "Kết quả xử lý đơn đã chuyển", "Result of what was forwarded"),
        Origin("verification", "Bước xác minh", "Step of a verification"),
        Origin("request", "Cung cấp thông tin, tài liệu", "Request for information"),
        Origin(BY_LAW, "Việc luật định", "Asked by the law", asked=False),
        Origin(LIKENESS, "Tố cáo tương tự ở đơn vị khác", "A denunciation alike elsewhere", asked=False),
    )
}


@dataclass(frozen=True)
class TaskStep:
    """A step of a task: allowed in `states`, taken by whom, leading to `becomes` (None: it stays as it is); `needs`:
    what must be told.
    """

    key: str
    label: str
    english: str
    states: frozenset[str]
    by: str
    becomes: str | None = None
    needs: Mapping[str, str] = field(default_factory=dict)


STEPS: Final[Mapping[str, TaskStep]] = {
    step.key: step
    for step in (
        TaskStep(
            "answer",
            "Báo cáo kết quả",
            "Report what was done",
            frozenset({GIVEN}),
            DOER,
            ANSWERED,
            {"note": "ghi kết quả thực hiện"},
        ),
        TaskStep("close", "Kết thúc nhiệm vụ", "Close", OPEN, GIVER, CLOSED),
        TaskStep(
            "back",
            "Yêu cầu thực hiện tiếp",
            "Send back",
            frozenset({ANSWERED}),
            GIVER,
            GIVEN,
            {"note": "ghi việc còn phải làm"},
        ),
        TaskStep("assign", "Phân công người thực hiện", "Assign", frozenset({GIVEN}), LEADER),
        TaskStep("urge", "Đôn đốc", "Urge", frozenset({GIVEN}), GIVER),
        TaskStep(
            "extend",
            "Gia hạn thực hiện",
            "Give more time",
            frozenset({GIVEN}),
            GIVER,
            needs={"note": "ghi lý do gia hạn"},
        ),
        TaskStep(
            "withdraw", "Thu hồi nhiệm vụ", "Withdraw", OPEN, GIVER, WITHDRAWN, {"note": "ghi lý do thu hồi nhiệm vụ"}
        ),
    )
}
RECORDED: Final[Mapping[str, tuple[str, str]]] = {"give": ("Giao nhiệm vụ", "Given")}
ONWARD: Final = ("answer", "close")  # how a task goes on; the others are there when something else happens


def origin_label(key: str, language: str = "vi") -> str:
    """Where a task comes from, in words."""
    row = ORIGINS[key]
    return row.english if language == "en" else row.label


def task_step_label(key: str, language: str = "vi") -> str:
    """What a step is called, also one that only the history shows."""
    if key in RECORDED:
        return RECORDED[key][language == "en"]
    row = STEPS[key]
    return row.english if language == "en" else row.label


def steps_in(state: str, statutory: bool) -> list[TaskStep]:
    """The steps of a task in that state, in the order of the table; a limit that the law sets is not extended."""
    return [step for step in STEPS.values() if state in step.states and not (statutory and step.key == "extend")]
