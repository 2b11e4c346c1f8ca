"""Two kinds of deployment as data: what each calls things, numbers documents by, and what of its rules is not yet
known.

State: Thông tư 06/2025/TT-TTCP, Nghị định 30/2020. Party: Quy định 21-QĐ/TW (11/4/2026), which in all likelihood
replaces 296-QĐ/TW (30/5/2025); neither text was available, only what secondary sources tell of 296-QĐ/TW: named,
concrete, evidenced denunciations are settled; a concrete one with a hidden or borrowed name may, with other
information, decide an inspection (Điều 19). The table names every gap, so that it can be completed without code
(domain.md 6.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass

# No text says how registers number what they hold: by unit and year, as registers do.
SERIES = {
    "petition": "{unit}-{year}-{number:05d}",
    "case": "{unit}/{year}/{number}",
    "reception": "TD-{unit}-{year}-{number:05d}",
    "reception_day": "NT-{unit}-{year}-{number:04d}",
    "task": "NV-{unit}-{year}-{number:04d}",
}


@dataclass(frozen=True)
class Profile:
    """A profile: `numbers` holds the pattern of each series' numbers, of unit, year and number; `sign_in_policy` holds
    where a unit sets none; `allocation_binds`: the rules of law/allocation.py refuse, instead of advising; `unknown`
    lists rules that must be entered before it is used for them.
    """

    key: str
    name: str
    numbers: Mapping[str, str]
    group_denunciation_settled: bool
    anonymous_may_go_to_inspection: bool
    forms: str | None
    deadlines_known: bool
    sign_in_policy: str
    allocation_binds: bool
    unknown: tuple[str, ...] = ()


PROFILES = {
    "state": Profile(
        "state",
        "Cơ quan hành chính nhà nước",
        SERIES | {"minutes": "{number:02d}/BB-{unit}"},
        True,
        True,
        "06/2025/TT-TTCP",
        True,
        "password",
        False,
    ),
    "party": Profile(
        "party",
        "Ủy ban kiểm tra",
        SERIES | {"minutes": "{number:02d}-BB/{unit}"},
        False,
        True,
        None,
        False,
        "token",
        True,
        (
            "Thời hạn giải quyết tố cáo, khiếu nại kỷ luật đảng theo Quy định 21-QĐ/TW (trước là 296-QĐ/TW)",
            (
                "Danh mục tố cáo, khiếu nại kỷ luật đảng không giải quyết theo Quy định 21-QĐ/TW (trước là 296-QĐ/TW,"
                " Điều 19, 23)"
            ),
            "Nghị quyết 05-NQ/TW, Quy định 207-QĐ/TW, 212-QĐ/TW năm 2026: nội dung liên quan đến đơn thư",
            "Biểu thống kê đơn thư của ngành kiểm tra Đảng (mười lăm biểu quý, chưa có mẫu)",
            "Ngữ pháp mã định danh theo Quy định 15-QĐ/VPTW",
        ),
    ),
}
