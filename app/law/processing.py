"""What a finding on a petition may be where somebody decides it on a screen; a file keeps what was done and is warned.

Luật Khiếu nại, Điều 8; Luật Tố cáo 2018, Điều 24.2, 25. What the forms cannot count is refused everywhere
(`impossible`).
"""

from collections.abc import Mapping
from typing import Any

from app.law.steps import directions
from app.law.terms import term

Objection = tuple[str, str]  # a sentence, and the field it is about


NAMELESS_DENUNCIATION = (
    "tố cáo không có họ tên thì không thụ lý (Luật Tố cáo, Điều 25); có thể thanh tra, kiểm tra "
    "hoặc chuyển để thanh tra, kiểm tra"
)  # fmt: skip
_NAMELESS_COMPLAINT = (
    "khiếu nại không có họ tên thì không đủ điều kiện, không thụ lý, chỉ lưu đơn "
    "(Luật Khiếu nại, Điều 8)"
)  # fmt: skip
_GUIDED_IN_PERSON = (
    "tố cáo không thuộc thẩm quyền thì chuyển trong 5 ngày làm việc; chỉ hướng dẫn khi người tố cáo đến trực tiếp "
    "(Luật Tố cáo 2018, Điều 24.2)"
)  # fmt: skip
_ONLY_DENUNCIATIONS = "chỉ thông tin có nội dung tố cáo mới đưa vào thanh tra, kiểm tra (Luật Tố cáo 2018, Điều 25.2)"
_MANY_PLACES = "chỉ tố cáo mới có thời hạn xử lý kéo dài vì phải xác minh tại nhiều nơi (Luật Tố cáo 2018, Điều 24.1)"


def impossible(kind: str, signatories: str, eligible: bool, competent: bool, direction: str) -> Objection | None:
    """Why no door takes this finding, screen or file, since the forms could not count it; None where they can."""
    if competent and not eligible:
        return "đơn không đủ điều kiện thì không thể thuộc thẩm quyền", "competent"
    known = directions(eligible, competent)
    if eligible and direction not in known:  # what is not eligible may have gone any way
        what = "đơn thuộc thẩm quyền" if competent else "đơn đủ điều kiện, không thuộc thẩm quyền"
        named = " hoặc ".join(f"“{term('direction', code)}”" for code in known)
        return f"hướng xử lý không phù hợp: {what} thì chỉ {named}", "direction"
    if kind == "denunciation" and signatories == "none" and competent:
        return NAMELESS_DENUNCIATION, "competent"
    return None


def objection(
    kind: str, signatories: str, source: str, eligible: bool, competent: bool, direction: str
) -> Objection | None:  # fmt: skip
    """Why the law does not allow this finding, and the field it is about; None where it does."""
    found = impossible(kind, signatories, eligible, competent, direction)
    if found is not None:
        return found
    anonymous = signatories == "none"
    if kind == "complaint" and anonymous and (eligible or competent or direction != "file"):
        field = "competent" if competent else "eligible" if eligible else "direction"
        return _NAMELESS_COMPLAINT, field
    if anonymous and direction in ("guide", "return"):
        what = term("direction", direction)
        return f"đơn không có họ tên, không có người để “{what}”; chọn hướng xử lý khác", "direction"
    if kind == "denunciation" and direction == "guide" and source != "reception":
        return _GUIDED_IN_PERSON, "direction"
    if direction == "inspect" and kind != "denunciation":
        return _ONLY_DENUNCIATIONS, "direction"
    if direction not in directions(eligible, competent):
        return "chỉ thụ lý đơn đủ điều kiện, thuộc thẩm quyền", "direction"
    return None


def misplaced(petition: Mapping[str, Any]) -> Objection | None:
    """What a petition says of itself that its kind or instance does not have, with the field; None where all fits.

    `petition`: fields as in a record, those that are known.
    """
    previous = petition.get("previous_decision") or {}
    if petition.get("many_places") and petition.get("kind") != "denunciation":
        return _MANY_PLACES, "many_places"
    if petition.get("discipline") and petition.get("kind") != "complaint":
        return "chỉ khiếu nại mới chọn mục “Khiếu nại quyết định kỷ luật”", "discipline"
    if previous and (petition.get("instance") != 2 or petition.get("kind") == "reflection"):
        return "chỉ khiếu nại lần hai, tố cáo tiếp mới ghi quyết định, kết luận lần trước", "previous_decision"
    if previous.get("on") and petition.get("received_on") and previous["on"] > petition["received_on"]:
        return "quyết định, kết luận lần trước sau ngày nhận đơn; kiểm tra lại ngày", "previous_decision.on"
    return None


def acceptable(kind: str, signatories: str) -> bool:
    """False for a complaint or denunciation without a name: it can never be accepted."""
    return signatories != "none" or kind not in ("complaint", "denunciation")
