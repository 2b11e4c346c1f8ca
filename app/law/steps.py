"""Steps: which transition a petition or a case allows, on what legal basis; a step is added in one row.

State follows from dates; it is stored so that lists can filter by it, and always computed by the functions here.
Sources: Luật Khiếu nại 2011 as amended by Luật 136/2025/QH15, Luật Tố cáo 2018, Thông tư 05/2021/TT-TTCP, as told in
each row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.law.sources import cite

PETITION = "petition"
CASE = "case"
OPEN_CASE = frozenset({"reviewing", "accepted", "suspended"})


@dataclass(frozen=True)
class StepRule:
    """A step on a petition or a case: allowed in `states`, for `kinds`, with `permission`; `basis` by kind, `*` for all
    kinds.
    """

    key: str
    subject: str
    label: str
    english: str
    states: frozenset[str]
    permission: str
    basis: dict[str, str]
    kinds: frozenset[str] = frozenset({"complaint", "denunciation", "reflection"})
    # by kind: the first day the law knew the step; absent: always
    since: Mapping[str, date] = field(default_factory=dict)

    def in_force(self, kind: str, day: date) -> bool:
        """True when the law knew the step for that kind on that day."""
        return day >= self.since.get(kind, date.min)

    def basis_for(self, kind: str, day: date = date.max) -> str:
        """The legal basis of the step for a petition or case of that kind, as the law stood on that day."""
        return cite(self.basis.get(kind, self.basis.get("*", "")), day)

    def label_for(self, kind: str | None, language: str = "vi") -> str:
        """What the step is called for a petition or case of that kind."""
        vietnamese, english = LABELS.get((self.key, kind or ""), (self.label, self.english))
        return english if language == "en" else vietnamese


def _states(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Luật 136/2025/QH15 and Nghị định 155/2026 brought suspension of complaints (Điều 11a) from 1/7/2026; denunciations had
# it from 1/1/2019.
LAW_136 = {"complaint": date(2026, 7, 1), "denunciation": date(2019, 1, 1)}

STEPS: tuple[StepRule, ...] = (
    StepRule(
        "process",
        PETITION,
        "Xử lý đơn",
        "Process",
        _states("received"),
        "can_process",
        {
            "complaint": "Thông tư 05/2021/TT-TTCP, Điều 6",
            "denunciation": "Luật Tố cáo 2018, Điều 24",
            "reflection": "Luật Tiếp công dân 2013, Điều 28",
        },
    ),
    StepRule(
        "assign",
        PETITION,
        "Phân công người xử lý",
        "Assign",
        _states("received processed"),
        "can_assign",
        {"*": "Thông tư 05/2021/TT-TTCP"},
    ),
    StepRule(
        "attach",
        PETITION,
        "Đưa vào vụ việc",
        "Put into a case",
        _states("processed"),
        "can_settle",
        {"*": "Thông tư 05/2021/TT-TTCP, Điều 6 (đơn trùng, cùng nội dung)"},
    ),
    StepRule(
        "remove",
        PETITION,
        "Rút bản ghi khỏi sổ",
        "Withdraw the record",
        _states("received processed"),
        "can_remove",
        {"*": "Quy chế sử dụng phần mềm"},
    ),
    StepRule(
        "duplicate",
        PETITION,
        "Đánh dấu đơn trùng",
        "Mark as a duplicate",
        _states("received processed"),
        "can_process",
        {"*": "Thông tư 05/2021/TT-TTCP, Điều 6 (đơn trùng, cùng nội dung)"},
        # Denunciations about one matter go into one case, which is closed to whom any of them is.
        kinds=frozenset({"complaint", "reflection"}),
    ),
    StepRule(
        "close",
        PETITION,
        "Đóng: đã xong trước khi dùng phần mềm",
        "Close: finished before the software was used",
        _states("received processed"),
        "can_assign",
        {"*": "Quy chế sử dụng phần mềm"},
    ),
    StepRule(
        "close",
        CASE,
        "Đóng: đã xong trước khi dùng phần mềm",
        "Close: finished before the software was used",
        _states("reviewing accepted suspended decided"),
        "can_assign",
        {"*": "Quy chế sử dụng phần mềm"},
    ),
    StepRule(
        "merge",
        CASE,
        "Nhập vào vụ việc khác",
        "Merge into another case",
        _states("reviewing"),
        "can_settle",
        {"*": "Thông tư 05/2021/TT-TTCP, Điều 6 (đơn trùng, cùng nội dung)"},
    ),
    StepRule(
        "remove",
        CASE,
        "Rút bản ghi khỏi sổ",
        "Withdraw the record",
        _states("reviewing accepted suspended"),
        "can_remove",
        {"*": "Quy chế sử dụng phần mềm"},
    ),
    StepRule(
        "accept",
        CASE,
        "Thụ lý",
        "Accept",
        _states("reviewing"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 27",
            "denunciation": "Luật Tố cáo 2018, Điều 29",
            "reflection": "Luật Tiếp công dân 2013, Điều 28",
        },
    ),
    StepRule(
        "refuse",
        CASE,
        "Không thụ lý",
        "Refuse",
        _states("reviewing"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 11",
            "denunciation": "Luật Tố cáo 2018, Điều 29.1",
            "reflection": "Luật Tiếp công dân 2013, Điều 9",
        },
    ),
    StepRule(
        "extend",
        CASE,
        "Xác định phức tạp, gia hạn",
        "Extend",
        _states("accepted"),
        "can_approve",
        {
            "complaint": "Nghị định 124/2020, Điều 3a (Nghị định 155/2026)",
            "denunciation": "Luật Tố cáo 2018, Điều 30; Nghị định 31/2019, Điều 3",
        },
        frozenset({"complaint", "denunciation"}),
    ),
    StepRule(
        "suspend",
        CASE,
        "Tạm đình chỉ",
        "Suspend",
        _states("accepted"),
        "can_settle",
        {"complaint": "Luật Khiếu nại, Điều 11a", "denunciation": "Luật Tố cáo 2018, Điều 34"},
        frozenset({"complaint", "denunciation"}),
        LAW_136,
    ),
    StepRule(
        "resume",
        CASE,
        "Tiếp tục giải quyết",
        "Resume",
        _states("suspended"),
        "can_settle",
        {"complaint": "Nghị định 124/2020, Điều 28b", "denunciation": "Luật Tố cáo 2018, Điều 34"},
        frozenset({"complaint", "denunciation"}),
        LAW_136,
    ),
    StepRule(
        "verify",
        CASE,
        "Giao xác minh",
        "Hand to verification",
        _states("accepted suspended"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 29",
            "denunciation": "Luật Tố cáo 2018, Điều 31, 56",
            "reflection": "Luật Tiếp công dân 2013, Điều 28",
        },
    ),
    StepRule(
        "tell",
        CASE,
        "Gửi quyết định tạm đình chỉ, tiếp tục hoặc đình chỉ",
        "Send the decision on suspension",
        _states("accepted suspended withdrawn discontinued decided finished"),
        "can_settle",
        {"complaint": "Nghị định 124/2020, Điều 28b (NĐ 155/2026)", "denunciation": "Luật Tố cáo 2018, Điều 34.4"},
        frozenset({"complaint", "denunciation"}),
    ),
    StepRule(
        "withdraw_part",
        CASE,
        "Rút một phần",
        "Withdraw in part",
        _states("reviewing accepted suspended"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 10; Nghị định 155/2026, Điều 5",
            "denunciation": "Luật Tố cáo 2018, Điều 33",
            "*": "Luật Tiếp công dân 2013",
        },
    ),
    StepRule(
        "withdraw",
        CASE,
        "Rút toàn bộ",
        "Withdraw",
        _states("reviewing accepted suspended"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 10; Nghị định 155/2026, Điều 5",
            "denunciation": "Luật Tố cáo 2018, Điều 33",
            "*": "Luật Tiếp công dân 2013",
        },
    ),
    StepRule(
        "discontinue",
        CASE,
        "Đình chỉ",
        "Discontinue",
        _states("reviewing accepted suspended"),
        "can_approve",
        {
            "complaint": "Luật Khiếu nại, Điều 11a",
            "denunciation": "Luật Tố cáo 2018, Điều 34",
            "*": "Luật Tiếp công dân 2013",
        },
        since=LAW_136,
    ),
    StepRule(
        "decide",
        CASE,
        "Ban hành kết quả giải quyết",
        "Decide",
        _states("accepted"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 31, 40",
            "denunciation": "Luật Tố cáo 2018, Điều 35",
            "reflection": "Luật Tiếp công dân 2013, Điều 28",
        },
    ),
    StepRule(
        "send",
        CASE,
        "Gửi kết quả",
        "Send the result",
        _states("decided finished"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 32, 41",
            "denunciation": "Luật Tố cáo 2018, Điều 35.3",
            "*": "Luật Tiếp công dân 2013, Điều 28",
        },
    ),
    StepRule(
        "execute",
        CASE,
        "Ghi kết quả thi hành",
        "Record execution",
        _states("decided"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 44-46",
            "denunciation": "Luật Tố cáo 2018, Điều 36, 45",
            "*": "Luật Tiếp công dân 2013",
        },
    ),
    StepRule(
        "finish",
        CASE,
        "Kết thúc thi hành",
        "Finish execution",
        _states("decided"),
        "can_settle",
        {
            "complaint": "Luật Khiếu nại, Điều 44-46",
            "denunciation": "Luật Tố cáo 2018, Điều 36, 45",
            "*": "Luật Tiếp công dân 2013",
        },
    ),
)
# What a step is called where the kinds differ: a complaint is decided and the decision executed, a denunciation
# concluded and the conclusion carried out.
LABELS: dict[tuple[str, str], tuple[str, str]] = {
    ("extend", "complaint"): ("Xác định vụ việc phức tạp", "Determine as complex"),
    ("extend", "denunciation"): ("Gia hạn", "Extend"),
    ("decide", "complaint"): ("Ban hành quyết định giải quyết khiếu nại", "Issue the decision"),
    ("decide", "denunciation"): ("Ban hành kết luận nội dung tố cáo", "Issue the conclusion"),
    ("decide", "reflection"): ("Trả lời kiến nghị, phản ánh", "Answer the reflection"),
    ("execute", "complaint"): ("Ghi kết quả thi hành quyết định", "Record execution of the decision"),
    ("execute", "denunciation"): ("Ghi kết quả thực hiện kết luận", "Record what was done on the conclusion"),
    ("execute", "reflection"): ("Ghi kết quả thực hiện", "Record what was done"),
    ("finish", "complaint"): ("Kết thúc thi hành quyết định", "Finish execution of the decision"),
    ("finish", "denunciation"): ("Kết thúc thực hiện kết luận", "Finish what follows from the conclusion"),
    ("finish", "reflection"): ("Kết thúc", "Finish"),
}
BY_KEY = {(rule.subject, rule.key): rule for rule in STEPS}
# Steps that no one takes by a button but that history shows.
RECORDED = {
    "register": ("Tiếp nhận, vào sổ", "Registered"),
    "open": ("Lập vụ việc", "Case opened"),
    "import": ("Nhập từ tệp", "Imported"),
    "keep": ("Rút tố cáo, vụ việc vẫn tiếp tục giải quyết", "Withdrawn, but settled all the same"),
    "correct": ("Sửa", "Corrected"),
    "undo": ("Hủy bước", "Step taken back"),
    "note": ("Ghi chú", "Remark"),
    "classify": ("Xác định độ mật", "Level of secrecy determined"),
    "leave": ("Ra khỏi vụ việc", "Left the case"),
}


# Steps by which a matter goes on, the one that a running limit asks for first; the others of the table are there when
# something happens that the limit does not ask for.
ONWARD = ("process", "attach", "accept", "resume", "tell", "send", "decide", "finish", "execute")
APART = frozenset(
    {"duplicate", "merge", "extend", "suspend", "withdraw_part", "withdraw", "discontinue", "close", "remove"}
)


def foremost(keys: Iterable[str]) -> str | None:
    """Which of these steps the law asks for next; None where none of them leads on."""
    known = set(keys)
    return next((key for key in ONWARD if key in known), None)


def allowed(subject: str, state: str, kind: str) -> list[StepRule]:
    """The steps that may be taken now, in the order of the table."""
    return [rule for rule in STEPS if rule.subject == subject and state in rule.states and kind in rule.kinds]


def step_label(key: str, language: str = "vi", kind: str | None = None) -> str:
    """What a step is called, of a petition or case of that kind; also for those that only history shows."""
    for rule in STEPS:
        if rule.key == key:
            return rule.label_for(kind, language)
    vietnamese, english = RECORDED[key]
    return english if language == "en" else vietnamese


def outcomes(kind: str, instance: int) -> tuple[str, ...]:
    """The outcomes a decision of that kind and instance may have (Luật Khiếu nại, Điều 31, 40; Luật Tố cáo, Điều
    35).
    """
    if kind == "complaint":
        return ("justified", "partly", "unjustified") if instance == 1 else ("upheld", "amended")
    return ("true", "partly", "false") if kind == "denunciation" else ("answered",)


def directions(eligible: bool, competent: bool) -> tuple[str, ...]:
    """The directions a processed petition may take (Thông tư 06/2025/TT-TTCP, biểu 02/XLD; Thông tư
    05/2021/TT-TTCP).
    """
    if eligible and competent:
        return ("accept",)
    return ("guide", "forward") if eligible else ("return", "file", "guide", "forward", "urge", "inspect")
