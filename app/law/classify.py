"""Classification one question at a time: each quotes its article; the answers lead to eligible, competent, direction.

Thông tư 05/2021/TT-TTCP, Điều 6 and 13-16, 28 (as far as read, domain.md section 2); Luật Tố cáo 2018, Điều 23-25; Luật Khiếu nại, Điều 11; Luật Tiếp công
dân, Điều 26. The proposal binds nobody: an officer may differ and must say why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Proposal:
    """What the law proposes: whether the petition is eligible, within competence, and where it goes."""

    eligible: bool
    competent: bool
    direction: str
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
_QUESTIONS: dict[str, tuple[Question, ...]] = {
    "complaint": (
        Question(
            "readable", "Đơn viết bằng tiếng Việt (hoặc có bản dịch công chứng), rõ nội dung, đọc được?", f"{TT05}, Điều 6", "signed",
            _file("Đơn không rõ nội dung hoặc không đọc được", f"{TT05}, Điều 6"),
        ),
        Question(
            "signed", "Đơn ghi ngày, có họ tên, địa chỉ và chữ ký hoặc điểm chỉ của người khiếu nại?", f"{TT05}, Điều 6; Luật Khiếu nại, Điều 8", "copies",
            Proposal(False, False, "return", "Thiếu ngày, họ tên, địa chỉ hoặc chữ ký", f"{TT05}, Điều 6"),
        ),
        Question(
            "copies", "Đơn gửi nhiều nơi trong đó có cơ quan có thẩm quyền, hoặc đã được hướng dẫn một lần về cùng nội dung?", f"{TT05}, Điều 6",
            _file("Đơn gửi nhiều nơi hoặc đã được hướng dẫn", f"{TT05}, Điều 6"), "settled",
        ),
        Question(
            "settled", "Vụ việc đã có quyết định giải quyết có hiệu lực hoặc Tòa án đã thụ lý, mà không có tình tiết mới?", "Luật Khiếu nại, Điều 11; Thông tư "
            "05/2021/TT-TTCP, Điều 28", _file("Đã được giải quyết hoặc Tòa án đã thụ lý", "Luật Khiếu nại, Điều 11"), "competent",
        ),
        Question(
            "competent", "Nội dung khiếu nại thuộc thẩm quyền giải quyết của cơ quan?", "Luật Khiếu nại, Điều 17-23",
            Proposal(True, True, "accept", "Đủ điều kiện, thuộc thẩm quyền", "Luật Khiếu nại, Điều 27"),
            Proposal(True, False, "guide", "Không thuộc thẩm quyền: hướng dẫn người khiếu nại", "Luật Tiếp công dân, Điều 26"),
        ),
    ),
    "denunciation": (
        Question(
            "readable", "Đơn rõ nội dung, đọc được?", f"{TT05}, Điều 6", "danger", _file("Đơn không rõ nội dung hoặc không đọc được", f"{TT05}, Điều 6"),
        ),
        Question(
            "danger", "Hành vi bị tố cáo đang gây hoặc đe dọa gây thiệt hại nghiêm trọng, cần ngăn chặn ngay?", f"{TT05}, Điều 16", "named", "named",
        ),
        Question(
            "named", "Đơn có họ tên, địa chỉ, cách liên hệ và chữ ký hoặc điểm chỉ của người tố cáo, không phải mạo danh?", "Luật Tố cáo 2018, Điều 23", "copies",
            "concrete",
        ),
        Question(
            "concrete", "Dù không rõ người tố cáo, đơn nêu rõ người vi phạm, có chứng cứ cụ thể và có cơ sở kiểm tra, xác minh?", "Luật Tố cáo 2018, Điều 25.2",
            Proposal(True, False, "forward", "Thông tin có nội dung tố cáo: chuyển để thanh tra, kiểm tra", "Luật Tố cáo 2018, Điều 25.2"),
            _file("Đơn nặc danh, mạo danh, không có cơ sở xác minh", "Luật Tố cáo 2018, Điều 25.1"),
        ),
        Question(
            "copies", "Tố cáo gửi nhiều nơi trong đó có cơ quan có thẩm quyền, hoặc đã được hướng dẫn mà vẫn gửi?", "Luật Tố cáo 2018, Điều 24.3",
            _file("Đơn gửi nhiều nơi hoặc đã được hướng dẫn", "Luật Tố cáo 2018, Điều 24.3"), "concluded",
        ),
        Question(
            "concluded", "Nội dung đã có kết luận, mà đơn không có chứng cứ mới?", f"{TT05}, Điều 28; Luật Tố cáo 2018, Điều 29.1",
            _file("Đã có kết luận, không có chứng cứ mới", f"{TT05}, Điều 28"), "competent",
        ),
        Question(
            "competent", "Nội dung tố cáo thuộc thẩm quyền giải quyết của cơ quan?", "Luật Tố cáo 2018, Điều 12-21",
            Proposal(True, True, "accept", "Đủ điều kiện, thuộc thẩm quyền", "Luật Tố cáo 2018, Điều 29"),
            Proposal(True, False, "forward", "Không thuộc thẩm quyền: chuyển trong 5 ngày làm việc, báo người tố cáo", "Luật Tố cáo 2018, Điều 24.2"),
        ),
    ),
    "reflection": (
        Question(
            "readable", "Đơn rõ nội dung kiến nghị, phản ánh và có họ tên, địa chỉ người gửi?", f"{TT05}, Điều 6", "answered",
            _file("Không rõ nội dung hoặc người gửi", f"{TT05}, Điều 6"),
        ),
        Question(
            "answered", "Nội dung đã được trả lời, đơn không có tình tiết mới?", "Nghị định 154/2026, Điều 4.1",
            _file("Đã được trả lời, không có tình tiết mới", "Nghị định 154/2026, Điều 4.1"), "competent",
        ),
        Question(
            "competent", "Nội dung thuộc thẩm quyền của cơ quan?", "Luật Tiếp công dân 2013, Điều 27",
            Proposal(True, True, "accept", "Đủ điều kiện, thuộc thẩm quyền", "Luật Tiếp công dân 2013, Điều 28"),
            Proposal(True, False, "forward", "Không thuộc thẩm quyền: chuyển cơ quan có thẩm quyền", f"{TT05}, Mẫu phiếu chuyển đơn kiến nghị, phản ánh"),
        ),
    ),
}  # fmt: skip


# The questions by the day from which they apply (Thông tư 05/2021/TT-TTCP: 15/11/2021); a change of law adds a row. Earlier petitions are asked the oldest.
VERSIONS: tuple[tuple[date, Mapping[str, tuple[Question, ...]]], ...] = ((date(2021, 11, 15), _QUESTIONS),)


def questions_on(kind: str, day: date) -> tuple[Question, ...]:
    """The questions for a petition of that kind received on that day."""
    in_force = [version for since, version in VERSIONS if since <= day]
    return (in_force[-1] if in_force else VERSIONS[0][1])[kind]


def walk(kind: str, signatories: str, answers: Mapping[str, bool], received_on: date) -> tuple[list[Question], "Question | Proposal"]:
    """The questions answered so far, and the next one or the proposal they lead to. An anonymous petition answers `named` and `signed` by itself."""
    ordered = questions_on(kind, received_on)
    questions = {question.key: question for question in ordered}
    known = dict(answers)
    if signatories == "none":
        known |= {"named": False, "signed": False}
    step: str | Proposal = ordered[0].key
    asked: list[Question] = []
    while isinstance(step, str):
        question = questions[step]
        if question.key not in known:
            return asked, question
        asked.append(question)
        step = question.yes if known[question.key] else question.no
    if known.get("danger"):
        step = Proposal(step.eligible, step.competent, step.direction, step.reason, f"{step.article}; {TT05}, Điều 16", urgent=True)
    return asked, step
