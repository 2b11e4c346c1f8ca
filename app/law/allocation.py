"""How many accounts of which kind a unit gets, as dated rows with their article; pure.

Source: Quy định của Ủy ban Kiểm tra Trung ương về quản lý, khai thác, sử dụng Phần mềm quản lý đơn thư, Điều 6.2. Its
date of signature is not in the text at hand; the nationwide deployment was due before March 2023 (Điều 8.2), so its
rows hold from 2023-03-01. In the state profile the same rows advise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

CENTRAL = "central"
LOCAL = "local"
USER = "user"
MANAGER = "manager"


@dataclass(frozen=True)
class Allocation:
    """One rule: for units of `tier` and accounts of `kind`, what `limit` counts, and how many there may be (most) or
    must be (least) of it.
    """

    key: str
    tier: str
    kind: str
    counts: str
    most: int | None
    least: int | None
    since: date
    until: date | None
    source: str
    refusal: str


SINCE = date(2023, 3, 1)
ALLOCATIONS: tuple[Allocation, ...] = (
    Allocation(
        "central.user", CENTRAL, USER, "held", 1, None, SINCE, None, "Quy định UBKTTW, Điều 6.2",
        "ở cấp Trung ương mỗi cán bộ được cấp 01 tài khoản người dùng; “{holder}” đã có tài khoản ở đơn vị này",
    ),
    Allocation(
        "central.manager", CENTRAL, MANAGER, "managers", 1, None, SINCE, None, "Quy định UBKTTW, Điều 6.2",
        "ở cấp Trung ương mỗi đơn vị chỉ có 01 tài khoản quản lý người dùng; đơn vị này đã có",
    ),
    Allocation(
        "local.user", LOCAL, USER, "users", 1, None, SINCE, None, "Quy định UBKTTW, Điều 6.2",
        "ở cấp tỉnh, huyện mỗi đơn vị được cấp 01 tài khoản người dùng; đơn vị này đã có {count}",
    ),
    Allocation(
        "local.manager", LOCAL, MANAGER, "users", None, 3, SINCE, None, "Quy định UBKTTW, Điều 6.2",
        "chỉ cấp tài khoản quản lý người dùng cho đơn vị có từ 03 tài khoản người dùng; đơn vị này có {count}",
    ),
    Allocation(
        "local.one_manager", LOCAL, MANAGER, "managers", 1, None, SINCE, None, "Quy định UBKTTW, Điều 6.2",
        "tài khoản quản lý người dùng giao cho thủ trưởng hoặc phó thủ trưởng thường trực; đơn vị này đã có",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Held:
    """What a unit has now: open user accounts, open managers, and open user accounts of the person an account is asked
    for.
    """

    users: int
    managers: int
    held: int


def tier_of(level: str, parent_level: str | None) -> str:
    """Central for the central committee and its departments, local for provinces and below."""
    return CENTRAL if level == "central" or (level == "department" and parent_level == "central") else LOCAL


def broken(tier: str, kind: str, held: Held, on: date) -> Iterator[Allocation]:
    """The rules that one more account of that kind would break.

    A person whose name is not given is nobody's second account.
    """
    for rule in ALLOCATIONS:
        if (
            rule.tier != tier
            or rule.kind != kind
            or not (rule.since <= on and (rule.until is None or on <= rule.until))
        ):
            continue
        count = getattr(held, rule.counts)
        if (rule.most is not None and count >= rule.most) or (rule.least is not None and count < rule.least):
            yield rule


def sentence(rule: Allocation, held: Held, holder: str) -> str:
    """The refusal in Vietnamese, with the article."""
    return rule.refusal.format(count=getattr(held, rule.counts), holder=holder) + f" ({rule.source})"
