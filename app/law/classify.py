"""Classification one question at a time: each quotes its article; the answers lead to eligible, competent, direction.

The order is the law's: is it eligible, is it within competence, and only where it is not: has a case of a lower body
run over, was it sent to many places, was the sender guided before (Luật Tố cáo 24.3 lets only a body that is not
competent leave a denunciation alone). Thông tư 05/2021/TT-TTCP, Điều 6 and 13-16, 28 (as far as read, domain.md section
2); Luật Tố cáo 2018, Điều 23-25, 37-38; Luật Khiếu nại, Điều 8, 11; Luật Tiếp công dân, Điều 26. The proposal binds
nobody within what `processing.py` allows: an officer may differ and must say why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.law.codes import Direction
from app.law.sources import cite


@dataclass(frozen=True)
class Proposal:
    """What the law proposes: whether the petition is eligible, within competence, and where it goes."""

    eligible: bool
    competent: bool
    direction: Direction
    reason: str
    article: str
    urgent: bool = False


@dataclass(frozen=True)
class Question:
    """A yes/no question with the article it rests on; `yes` and `no` name the next question, or a proposal."""

    key: str
    text: str
    article: str
    yes: "str | Proposal"
    no: "str | Proposal"


def _file(reason: str, article: str) -> Proposal:
    return Proposal(False, False, "file", reason, article)


TT05 = "Thông tư 05/2021/TT-TTCP"
LTC = "Luật Tố cáo 2018"
AGAIN = "denunciation.again"  # tố cáo tiếp: the superior looks at how it was settled before

_UNREADABLE = _file("Đơn không rõ nội dung hoặc không đọc được", f"{TT05}, Điều 6")
_DANGER = "Hành vi bị tố cáo đang gây hoặc đe dọa gây thiệt hại nghiêm trọng, cần ngăn chặn ngay?"
_NAMED = "Đơn có họ tên, địa chỉ, cách liên hệ và chữ ký hoặc điểm chỉ của người tố cáo, không phải mạo danh?"
_URGED = "Vụ việc thuộc trách nhiệm của cơ quan cấp dưới, đã quá thời hạn mà chưa được giải quyết?"

# Without a name it is no denunciation (Điều 25), yet one that tells who did what, with evidence, is looked into by
# whoever may, or sent there.
_UNNAMED: tuple[Question, ...] = (
    Question(
        "concrete",
        "Dù không rõ người tố cáo, đơn nêu rõ người vi phạm, có chứng cứ cụ thể và có cơ sở kiểm tra, xác minh?",
        f"{LTC}, Điều 25.2", "inspectable",
        _file("Đơn nặc danh, mạo danh, không có cơ sở xác minh", f"{LTC}, Điều 25.1"),
    ),
    Question(
        "inspectable", "Cơ quan có thẩm quyền tự thanh tra, kiểm tra nội dung này?",
        f"{LTC}, Điều 25.2; Nghị định 31/2019, Điều 20",
        Proposal(False, False, "inspect",
            "Thông tin có nội dung tố cáo, thuộc thẩm quyền: tiến hành thanh tra, kiểm tra", f"{LTC}, Điều 25.2"),
        Proposal(True, False, "forward", "Thông tin có nội dung tố cáo: chuyển để thanh tra, kiểm tra",
            f"{LTC}, Điều 25.2"),
    ),
)  # fmt: skip
_NOT_OURS: tuple[Question, ...] = (
    Question(
        "overdue", _URGED, f"{TT05}, Điều 14; {LTC}, Điều 38",
        Proposal(False, False, "urge", "Cấp dưới quá thời hạn giải quyết: đôn đốc, yêu cầu báo cáo",
            f"{LTC}, Điều 38"), "copies",
    ),
    Question(
        "copies", "Tố cáo gửi nhiều nơi trong đó có cơ quan có thẩm quyền, hoặc đã được hướng dẫn mà vẫn gửi?",
        f"{LTC}, Điều 24.3",
        _file("Đơn gửi nhiều nơi hoặc đã được hướng dẫn", f"{LTC}, Điều 24.3"), "in_person",
    ),
    Question(
        "in_person", "Người tố cáo đến tố cáo trực tiếp?", f"{LTC}, Điều 24.2",
        Proposal(True, False, "guide",
            "Không thuộc thẩm quyền, người tố cáo có mặt: hướng dẫn đến cơ quan có thẩm quyền", f"{LTC}, Điều 24.2"),
        Proposal(True, False, "forward", "Không thuộc thẩm quyền: chuyển trong 5 ngày làm việc, báo người tố cáo",
            f"{LTC}, Điều 24.2"),
    ),
)  # fmt: skip
_QUESTIONS: dict[str, tuple[Question, ...]] = {
    "complaint": (
        Question(
            "named", "Đơn ghi rõ họ tên, địa chỉ của người khiếu nại?", f"Luật Khiếu nại, Điều 8; {TT05}, Điều 6",
            "readable",
            _file("Khiếu nại không có họ tên, địa chỉ: không đủ điều kiện, không có người để trả lại",
                f"Luật Khiếu nại, Điều 8; {TT05}, Điều 6"),
        ),
        Question("readable", "Đơn viết bằng tiếng Việt (hoặc có bản dịch công chứng), rõ nội dung, đọc được?",
            f"{TT05}, Điều 6", "signed", _UNREADABLE),
        Question(
            "signed", "Đơn ghi ngày, có chữ ký hoặc điểm chỉ, nêu lý do, yêu cầu và kèm tài liệu liên quan?",
            f"{TT05}, Điều 6; Luật Khiếu nại, Điều 8", "settled",
            "ours_to_complete",
        ),
        Question(
            "ours_to_complete", "Nội dung khiếu nại còn thiếu điều kiện này thuộc thẩm quyền giải quyết của cơ quan?",
            "Luật Khiếu nại, Điều 17-23",
            Proposal(False, False, "guide", "Thuộc thẩm quyền nhưng còn thiếu: hướng dẫn người khiếu nại bổ sung",
                f"{TT05}, Điều 6; Luật Khiếu nại, Điều 8"),
            Proposal(False, False, "return", "Thiếu ngày, chữ ký, lý do hoặc tài liệu; không thuộc thẩm quyền",
                f"{TT05}, Điều 6"),
        ),
        Question(
            "settled",
            "Vụ việc đã có quyết định giải quyết có hiệu lực hoặc Tòa án đã thụ lý, mà không có tình tiết mới?",
            "Luật Khiếu nại, Điều 11; Thông tư "
            "05/2021/TT-TTCP, Điều 28", _file("Đã được giải quyết hoặc Tòa án đã thụ lý", "Luật Khiếu nại, Điều 11"),
            "competent",
        ),
        Question(
            "competent", "Nội dung khiếu nại thuộc thẩm quyền giải quyết của cơ quan?", "Luật Khiếu nại, Điều 17-23",
            Proposal(True, True, "accept", "Đủ điều kiện, thuộc thẩm quyền", "Luật Khiếu nại, Điều 27"), "overdue",
        ),
        Question(
            "overdue", _URGED, f"{TT05}, Điều 14; Luật Khiếu nại, Điều 28",
            Proposal(False, False, "urge", "Cấp dưới quá thời hạn giải quyết: đôn đốc giải quyết",
                f"{TT05}, Điều 14; Luật Khiếu nại, Điều 28"), "copies",
        ),
        Question(
            "copies",
            "Đơn gửi nhiều nơi trong đó có cơ quan có thẩm quyền, hoặc đã được hướng dẫn một lần về cùng nội dung?",
            f"{TT05}, Điều 6",
            _file("Đơn gửi nhiều nơi hoặc đã được hướng dẫn", f"{TT05}, Điều 6"),
            Proposal(True, False, "guide", "Không thuộc thẩm quyền: hướng dẫn người khiếu nại",
                "Luật Tiếp công dân 2013, Điều 26"),
        ),
    ),
    "denunciation": (
        Question("readable", "Đơn rõ nội dung, đọc được?", f"{TT05}, Điều 6", "danger", _UNREADABLE),
        Question("danger", _DANGER, f"{TT05}, Điều 16", "named", "named"),
        Question("named", _NAMED, f"{LTC}, Điều 23", "concluded", "concrete"),
        *_UNNAMED,
        Question(
            "concluded", "Nội dung đã có kết luận, mà đơn không có chứng cứ mới?", f"{TT05}, Điều 28; {LTC}, Điều 29.1",
            _file("Đã có kết luận, không có chứng cứ mới", f"{TT05}, Điều 28"), "competent",
        ),
        Question(
            "competent", "Nội dung tố cáo thuộc thẩm quyền giải quyết của cơ quan?", f"{LTC}, Điều 12-21",
            Proposal(True, True, "accept", "Đủ điều kiện, thuộc thẩm quyền", f"{LTC}, Điều 29"), "overdue",
        ),
        *_NOT_OURS,
    ),
    AGAIN: (
        Question("readable", "Đơn rõ nội dung, đọc được?", f"{TT05}, Điều 6", "danger", _UNREADABLE),
        Question("danger", _DANGER, f"{TT05}, Điều 16", "named", "named"),
        Question("named", _NAMED, f"{LTC}, Điều 23", "competent", "concrete"),
        *_UNNAMED,
        Question(
            "competent", "Cơ quan là cấp trên trực tiếp của người đã giải quyết tố cáo trước đó?", f"{LTC}, Điều 37.1",
            "unsettled", "copies",
        ),
        Question(
            "unsettled", "Tố cáo trước đó đã quá thời hạn mà chưa được giải quyết?", f"{LTC}, Điều 38",
            Proposal(False, False, "urge",
                "Quá thời hạn mà chưa giải quyết: yêu cầu người giải quyết báo cáo, tiếp tục giải quyết",
                f"{LTC}, Điều 38"), "grounds",
        ),
        Question(
            "grounds", "Xem xét hồ sơ giải quyết trước đó: có một trong các căn cứ để giải quyết lại?",
            f"{LTC}, Điều 37",
            Proposal(True, True, "accept", "Có căn cứ giải quyết lại: thụ lý và giải quyết theo trình tự đầy đủ",
                f"{LTC}, Điều 37, 29"),
            _file("Việc giải quyết trước đó đúng pháp luật: không giải quyết lại, thông báo bằng văn bản nêu rõ lý do",
                f"{LTC}, Điều 37"),
        ),
        *_NOT_OURS[1:],
    ),
    "reflection": (
        Question(
            "readable", "Đơn rõ nội dung kiến nghị, phản ánh và có họ tên, địa chỉ người gửi?", f"{TT05}, Điều 6",
            "answered",
            _file("Không rõ nội dung hoặc người gửi", f"{TT05}, Điều 6"),
        ),
        Question(
            "answered", "Nội dung đã được trả lời, đơn không có tình tiết mới?", "Nghị định 154/2026, Điều 4.1",
            _file("Đã được trả lời, không có tình tiết mới", "Nghị định 154/2026, Điều 4.1"), "competent",
        ),
        Question(
            "competent", "Nội dung thuộc thẩm quyền của cơ quan?", "Luật Tiếp công dân 2013, Điều 27",
            Proposal(True, True, "accept", "Đủ điều kiện, thuộc thẩm quyền", "Luật Tiếp công dân 2013, Điều 28"),
            Proposal(True, False, "forward", "Không thuộc thẩm quyền: chuyển cơ quan có thẩm quyền",
                f"{TT05}, Mẫu phiếu chuyển đơn kiến nghị, phản ánh"),
        ),
    ),
}  # fmt: skip


# The questions by the day from which they apply (Thông tư 05/2021/TT-TTCP: 15/11/2021); a change of law adds a row.
# Earlier petitions are asked the oldest.
VERSIONS: tuple[tuple[date, Mapping[str, tuple[Question, ...]]], ...] = ((date(2021, 11, 15), _QUESTIONS),)


def questions_on(kind: str, day: date) -> tuple[Question, ...]:
    """The questions for a petition of that kind received on that day; `AGAIN` for a continued denunciation."""
    in_force = [version for since, version in VERSIONS if since <= day]
    return (in_force[-1] if in_force else VERSIONS[0][1])[kind]


def walk(
    kind: str, signatories: str, answers: Mapping[str, bool], received_on: date, source: str = "post", instance: int = 1
) -> tuple[list[Question], "Question | Proposal"]:
    """The questions answered so far, without those the register answers, and the next one or the proposal.

    Each cites the law of the day of receipt.
    """
    known = _known(kind, signatories, source)
    ordered = questions_on(AGAIN if kind == "denunciation" and instance == 2 else kind, received_on)
    questions = {question.key: question for question in ordered}
    step: str | Proposal = ordered[0].key
    asked: list[Question] = []
    while isinstance(step, str):
        question = questions[step]
        if question.key not in known:
            question = replace(question, article=cite(question.article, received_on))
            if question.key not in answers:
                return asked, question
            asked.append(question)
        step = question.yes if {**answers, **known}[question.key] else question.no
    urgent = kind == "denunciation" and answers.get("danger", False)
    article = f"{step.article}; {TT05}, Điều 16" if urgent else step.article
    return asked, replace(step, article=cite(article, received_on), urgent=urgent)


def _known(kind: str, signatories: str, source: str) -> dict[str, bool]:
    """The answers that the register holds already, so that nobody is asked."""
    anonymous = signatories == "none"
    named = {"named": not anonymous} if anonymous or kind == "complaint" else {}
    return named | {"in_person": source == "reception" and not anonymous}
