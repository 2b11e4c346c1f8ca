"""Two kinds of deployment as data: what each calls things, numbers documents by, and what of its rules is not yet known.

State: Thông tư 06/2025/TT-TTCP, Nghị định 30/2020. Party: Quy định 296-QĐ/TW and the inspection committees' own process, whose text was not available
(domain.md 6.3); its table names every gap, so that it can be completed without code.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """A profile: `document_style` takes number and maker; `sign_in_policy` holds where a unit sets none;
    `minutes_number` takes number and unit; `allocation_binds`: the rules of law/allocation.py refuse, instead of advising; `unknown` lists rules that must be entered before it is used for them."""

    key: str
    name: str
    document_style: str
    group_denunciation_settled: bool
    anonymous_may_go_to_inspection: bool
    forms: str | None
    deadlines_known: bool
    sign_in_policy: str
    minutes_number: str
    allocation_binds: bool
    unknown: tuple[str, ...] = ()


PROFILES = {
    "state": Profile(
        "state", "Cơ quan hành chính nhà nước", "{number}/{maker}", True, True, "06/2025/TT-TTCP", True, "password", "{number:02d}/BB-{unit}", False
    ),
    "party": Profile(
        "party",
        "Ủy ban kiểm tra",
        "{number}-{maker}",
        False,
        False,
        None,
        False,
        "token",
        "{number:02d}-BB/{unit}",
        True,
        (
            "Thời hạn giải quyết tố cáo, khiếu nại kỷ luật đảng theo Quy định 296-QĐ/TW",
            "Danh mục tố cáo không xem xét, giải quyết theo Quy định 296-QĐ/TW",
            "Biểu thống kê đơn thư của ngành kiểm tra Đảng",
            "Ngữ pháp mã định danh theo Quy định 15-QĐ/VPTW",
        ),
    ),
}
