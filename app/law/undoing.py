"""Which steps can be taken back, and why the others cannot.

The Party's regulation on the software names adding, changing and deleting (Điều 2.4, 2.8). What has left the house,
or what others have read, is not undone but corrected by a new paper.
"""

SENT = "văn bản đã gửi đi; cần sửa thì ra văn bản đính chính và ghi thành bước mới"
# By subject and step; an empty reason: the step can be taken back.
UNDONE: dict[tuple[str, str], str] = {
    ("petition", "process"): "",
    ("petition", "assign"): "phân công lại người xử lý thay cho hủy bước",
    ("petition", "attach"): "",
    ("petition", "remove"): "",
    ("petition", "close"): "",
    ("petition", "duplicate"): "",
    ("case", "merge"): "",
    ("case", "remove"): "",
    ("case", "accept"): "",
    ("case", "refuse"): "",
    ("case", "extend"): "",
    ("case", "suspend"): "",
    ("case", "resume"): "",
    ("case", "verify"): "người xác minh có thể đã đọc tài liệu được giao; cần đổi thì giao lại",
    ("case", "tell"): SENT,
    ("case", "withdraw_part"): "",
    ("case", "withdraw"): "",
    ("case", "discontinue"): "",
    ("case", "decide"): "",
    ("case", "send"): SENT,
    ("case", "execute"): "",
    ("case", "finish"): "",
    ("case", "close"): "",
    # Recorded beside the steps of the law's table.
    ("case", "keep"): "",
}
# What stands in the history and is no step that another builds upon.
BESIDE = frozenset({"register", "open", "import", "correct", "note", "undo", "classify", "leave"})


def why_not(subject: str, key: str) -> str | None:
    """The reason why a step of that subject cannot be taken back; empty where it can, None where it is no such step."""
    return UNDONE.get((subject, key))
