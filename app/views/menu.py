"""The menu: what the account may open, in groups. A group of one screen is that screen."""

from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext

from app.security.manager import permissions


@dataclass(frozen=True)
class Entry:
    """A screen: what it is called, where it is, the permission that shows it, the letter that leads there with Alt."""

    label: Any
    endpoint: str
    pair: tuple[str, str]
    key: str = ""


@dataclass(frozen=True)
class Group:
    """Screens that belong together; those of the daily work stand in the bar by themselves."""

    label: Any
    entries: tuple[Entry, ...] = field(default=())
    flat: bool = False


GROUPS = (
    Group(
        lazy_gettext("Công việc"),
        (
            Entry(lazy_gettext("Việc cần làm"), "InboxView.inbox", ("can_read", "Petitions"), "v"),
            Entry(lazy_gettext("Sổ đơn"), "PetitionView.petitions", ("can_read", "Petitions"), "d"),
            Entry(lazy_gettext("Vụ việc"), "CaseView.cases", ("can_read", "Petitions")),
            Entry(lazy_gettext("Vào sổ đơn mới"), "PetitionView.new", ("can_register", "Petitions"), "m"),
            Entry(lazy_gettext("Tiếp công dân"), "ReceptionView.receptions", ("can_read", "Receptions"), "t"),
            Entry(lazy_gettext("Phê duyệt"), "ReleaseView.questions", ("can_release", "Secrets")),
            Entry(lazy_gettext("Nhập sổ Excel"), "RegisterView.register", ("can_import", "Registers")),
        ),
        flat=True,
    ),
    Group(
        lazy_gettext("Báo cáo"),
        (Entry(lazy_gettext("Biểu báo cáo"), "FormView.form", ("can_read", "Forms"), "b"),),
    ),
    Group(
        lazy_gettext("Tài khoản"),
        (
            Entry(lazy_gettext("Danh sách tài khoản"), "AccountView.list", ("can_read", "Accounts")),
            Entry(lazy_gettext("Vai trò"), "RoleView.list", ("can_read", "Roles")),
            Entry(lazy_gettext("Xác nhận tài khoản"), "HolderView.holders", ("can_confirm", "Holders")),
            Entry(lazy_gettext("Đề nghị tài khoản"), "AccountRequestView.requests", ("can_ask", "Accounts")),
        ),
    ),
    Group(
        lazy_gettext("Đơn vị, danh mục"),
        (
            Entry(lazy_gettext("Đơn vị"), "UnitView.list", ("can_read", "Units")),
            Entry(lazy_gettext("Ngày nghỉ"), "HolidayView.list", ("can_read", "Holidays")),
            Entry(lazy_gettext("Lịch nghỉ theo năm"), "HolidayYearView.list", ("can_read", "Holidays")),
        ),
    ),
    Group(
        lazy_gettext("Hệ thống"),
        (
            Entry(lazy_gettext("Hàng đợi"), "QueueView.queue", ("can_read", "Jobs")),
            Entry(lazy_gettext("Nhật ký"), "AuditView.entries", ("can_read", "Audit")),
        ),
    ),
)
JOBS = Entry(lazy_gettext("Việc chạy nền"), "JobView.jobs", ("can_use", "OwnAccount"))  # for whoever has asked for some


def menu(has_jobs: bool) -> list[Group]:
    """The groups with what the account may open; what stands in the bar by itself is a group of one."""
    found = []
    for group in GROUPS:
        entries = tuple(entry for entry in group.entries if entry.pair in permissions())
        if group.flat or len(entries) == 1:
            found += [Group(entry.label, (entry,), flat=True) for entry in entries]
        elif entries:
            found.append(Group(group.label, entries))
    return [*found, Group(JOBS.label, (JOBS,), flat=True)] if has_jobs else found
