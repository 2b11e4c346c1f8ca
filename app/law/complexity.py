"""What makes a case complex."""

from collections.abc import Iterable

# Vụ việc phức tạp: seven criteria; one makes a complaint complex (Nghị định 124/2020, Điều 3a), one a denunciation
# complex and two very complex (Nghị định 31/2019, Điều 3).
CRITERIA: tuple[tuple[int, str, str], ...] = (
    (1, "Phải xác minh từ hai địa điểm trở lên", "Two or more places to verify"),
    (2, "Có từ hai nội dung trở lên", "Two or more contents"),
    (3, "Nhiều người khiếu nại, tố cáo hoặc liên quan đến quyền lợi của nhiều người", "Many people, or many affected"),
    (4, "Có yếu tố nước ngoài", "A foreign element"),
    (5, "Liên quan đến trách nhiệm quản lý của nhiều cơ quan", "Several agencies responsible"),
    (6, "Các cơ quan có ý kiến khác nhau về nội dung", "Agencies disagree"),
    (7, "Chứng cứ mâu thuẫn, cần giám định hoặc tham vấn", "Contradictory evidence"),
)


def flags(kind: str, complexity: Iterable[int], remote: bool) -> frozenset[str]:
    """The conditions of the deadline rules that a case meets."""
    criteria = set(complexity)
    found = {"remote"} if remote else set()
    if criteria:
        found.add("complex")
    if kind == "denunciation" and len(criteria) >= 2:
        found.add("very_complex")
    return frozenset(found)
