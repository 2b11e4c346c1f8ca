"""What Excel registers call the columns of the matter behind a petition: case, decision, amounts, execution."""

DUE = "due_"  # what was recommended
DONE = "done_"  # what was carried out
_BACK = {
    "state_money": ("thu hồi cho Nhà nước: tiền", "thu hồi về ngân sách nhà nước|thu hồi tiền|thu hồi nhà nước tiền"),
    "state_land": ("thu hồi cho Nhà nước: đất", "thu hồi đất cho nhà nước|thu hồi nhà nước đất"),
    "returned_money": (
        "trả lại tổ chức, cá nhân: tiền",
        "trả lại tiền|trả lại cho tổ chức, cá nhân tiền|trả lại cho công dân tiền|trả lại công dân tiền",
    ),
    "returned_land": (
        "trả lại tổ chức, cá nhân: đất",
        "trả lại đất|trả lại cho tổ chức, cá nhân đất|trả lại cho công dân đất|trả lại công dân đất",
    ),
}
_DUE_ONLY = {
    "organisations_restored": ("Số tổ chức được trả lại quyền lợi", ""),
    "individuals_restored": ("Số cá nhân được trả lại quyền lợi", "số công dân được trả lại quyền lợi"),
    "organisations_to_discipline": ("Kiến nghị xử lý hành chính: tổ chức", "kiến nghị xử lý hành chính số tổ chức"),
    "people_to_discipline": (
        "Kiến nghị xử lý hành chính: người",
        "kiến nghị xử lý hành chính số người|kiến nghị xử lý hành chính cá nhân"
        "|kiến nghị xử lý hành chính tổng số người",
    ),
    "officials_to_discipline": (
        "Kiến nghị xử lý hành chính: cán bộ, công chức",
        "kiến nghị xử lý hành chính trong đó cán bộ, công chức, viên chức|kiến nghị xử lý hành chính cbcc",
    ),
    "investigations": ("Chuyển cơ quan điều tra: vụ", "chuyển cơ quan điều tra số vụ|chuyển điều tra số vụ"),
    "people_to_investigate": (
        "Chuyển cơ quan điều tra: người",
        "chuyển cơ quan điều tra số người|chuyển cơ quan điều tra đối tượng|chuyển cơ quan điều tra tổng số người",
    ),
    "officials_to_investigate": (
        "Chuyển cơ quan điều tra: cán bộ, công chức",
        "chuyển cơ quan điều tra trong đó cán bộ, công chức, viên chức",
    ),
}
_DONE_ONLY = {
    "organisations_disciplined": ("Đã xử lý hành chính: tổ chức", "đã xử lý hành chính số tổ chức"),
    "people_disciplined": ("Đã xử lý hành chính: người", "đã xử lý hành chính số người|đã xử lý hành chính cá nhân"),
    "officials_disciplined": (
        "Đã xử lý hành chính: cán bộ, công chức",
        "đã xử lý hành chính trong đó cán bộ, công chức, viên chức",
    ),
    "prosecutions": ("Đã khởi tố: vụ", "đã khởi tố số vụ"),
    "people_prosecuted": ("Đã khởi tố: người", "đã khởi tố số người|đã khởi tố bị can"),
    "officials_prosecuted": (
        "Đã khởi tố: cán bộ, công chức",
        "đã khởi tố trong đó cán bộ, công chức, viên chức",
    ),
}


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def _amounts(start: str, begins: tuple[str, ...], only: dict[str, tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Key → heading and other spellings; `begins`: what stands before a heading that may be of both sides."""
    found = {}
    for name, (heading, others) in _BACK.items():
        spelt = (heading, *_split(others))
        found[start + name] = tuple(f"{begin} {one}" for begin in begins for one in spelt)
    return found | {start + name: (heading, *_split(others)) for name, (heading, others) in only.items()}


MATTERS: dict[str, tuple[str, ...]] = {
    "case": ("Số vụ việc", "mã vụ việc", "số hồ sơ vụ việc", "số thụ lý", "số thụ lý vụ việc", "vụ việc số"),
    "accepted_on": (
        "Ngày thụ lý",
        "ngày thụ lý giải quyết",
        "ngày ra thông báo thụ lý",
        "ngày quyết định thụ lý",
        "ngày tháng thụ lý",
        "thụ lý ngày",
    ),
    "refused_on": ("Ngày không thụ lý", "ngày thông báo không thụ lý"),
    "withdrawn_on": ("Ngày rút đơn", "ngày rút khiếu nại", "ngày rút tố cáo"),
    "discontinued_on": ("Ngày đình chỉ", "ngày đình chỉ giải quyết"),
    "decision_number": (
        "Số quyết định, kết luận",
        "số quyết định",
        "số qđ",
        "số quyết định giải quyết",
        "số qđ giải quyết",
        "số kết luận",
        "số văn bản giải quyết",
        "quyết định số",
        "quyết định giải quyết số",
        "số quyết định giải quyết khiếu nại",
        "số kết luận nội dung tố cáo",
    ),
    "decision_on": (
        "Ngày quyết định, kết luận",
        "ngày quyết định",
        "ngày qđ",
        "ngày ra quyết định",
        "ngày ban hành quyết định",
        "ngày quyết định giải quyết",
        "ngày kết luận",
        "ngày giải quyết",
        "ngày ban hành",
        "ngày văn bản giải quyết",
        "quyết định giải quyết ngày",
    ),
    "outcome": (
        "Kết quả giải quyết",
        "kết luận",
        "kết quả kết luận",
        "kết luận giải quyết",
        "kết quả giải quyết đơn",
        "kết quả giải quyết khiếu nại",
        "kết quả giải quyết tố cáo",
        "đúng sai",
    ),
    "finished_on": (
        "Ngày thi hành xong",
        "ngày kết thúc thi hành",
        "ngày thực hiện xong",
        "thi hành xong ngày",
        "ngày kết thúc",
    ),
    "executed_on": ("Ngày thi hành", "ngày thực hiện", "ngày tổ chức thi hành"),
    **_amounts(DUE, ("Kiến nghị", "", "phải"), _DUE_ONLY),
    **_amounts(DONE, ("Đã", "kết quả", "đã thực hiện"), _DONE_ONLY),
}
RARE = frozenset(key for key in MATTERS if key.startswith((DUE, DONE)))  # recognised, but not in the template
OUTCOME_WORDS = {
    "justified|true": "đúng|đúng toàn bộ|đúng hết|có cơ sở|khiếu nại đúng|tố cáo đúng|khiếu nại đúng toàn bộ",
    "partly": "đúng một phần|đúng 1 phần|có đúng có sai|có đúng, có sai|đúng sai một phần|tố cáo đúng một phần"
    "|khiếu nại đúng một phần|có cơ sở một phần",
    "unjustified|false": "sai|sai toàn bộ|không đúng|không có cơ sở|khiếu nại sai|tố cáo sai|khiếu nại không đúng"
    "|tố cáo không đúng|sai hoàn toàn",
    "upheld": "công nhận|giữ nguyên|công nhận quyết định lần đầu|giữ nguyên quyết định|giữ nguyên quyết định lần đầu"
    "|công nhận quyết định giải quyết lần đầu|y án",
    "amended": "hủy|sửa|hủy, sửa|hủy sửa quyết định lần đầu|sửa quyết định lần đầu|hủy quyết định lần đầu|thay đổi"
    "|hủy bỏ|sửa đổi|hủy, sửa quyết định lần đầu|sửa đổi, hủy bỏ",
    "answered": "đã trả lời|trả lời|đã giải quyết|giải quyết xong|đã giải quyết xong|đã xử lý xong",
}
PENDING_WORDS = (
    "đang giải quyết|chưa giải quyết|đang xử lý|đang xem xét|đang xác minh|đang thụ lý|chưa có|chưa|chưa xong"
    "|chưa có kết quả|chưa kết luận|đang trong thời hạn|còn trong thời hạn|không"
)
