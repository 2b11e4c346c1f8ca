"""The menu: what the account may open, in groups, and how much work waits there. A group of one screen is that screen.

It is Flask-AppBuilder's menu; what of it an account sees follows from the permissions of its roles (`menu_access` in
security/manager.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g
from flask_appbuilder import AppBuilder
from flask_babel import gettext, lazy_gettext

from app.clock import today
from app.extensions import db
from app.operations.secrecy import approvals
from app.reporting.inbox import Whose, waiting
from app.security.scope import current
from app.views.labels import number


@dataclass(frozen=True)
class Entry:
    """A screen: what it is called, where it is, the permission that shows it, the letter that leads there with Alt, and
    how much work waits there, in words.
    """

    label: Any
    endpoint: str
    pair: tuple[str, str]
    key: str = ""
    work: Callable[[], str] | None = None


@dataclass(frozen=True)
class Group:
    """Screens that belong together; those of the daily work stand in the bar by themselves."""

    name: str
    label: Any
    entries: tuple[Entry, ...] = field(default=())
    flat: bool = False


MOST = 99  # more work than this is not told in number


def _inbox() -> str:
    units = current(db.session()).write or frozenset({g.user.unit_id})
    open_ones, overdue = waiting(db.session(), Whose(units), today(), MOST)
    if not overdue:
        return _capped(open_ones)
    return str(gettext("%(open)s, %(overdue)s quá hạn", open=_capped(open_ones), overdue=_capped(overdue)))


def _approvals() -> str:
    return _capped(len(approvals.open_questions(db.session())))


def _capped(count: int) -> str:
    return "" if not count else f"{MOST}+" if count > MOST else number(count)


GROUPS = (
    Group(
        "work",
        lazy_gettext("Công việc"),
        (
            Entry(lazy_gettext("Việc cần làm"), "InboxView.inbox", ("can_read", "Petitions"), "v", _inbox),
            Entry(lazy_gettext("Sổ đơn"), "PetitionView.petitions", ("can_read", "Petitions"), "d"),
            Entry(lazy_gettext("Vụ việc"), "CaseView.cases", ("can_read", "Petitions")),
            Entry(lazy_gettext("Nhiệm vụ"), "TaskView.tasks", ("can_read", "Petitions")),
            Entry(lazy_gettext("Vào sổ đơn mới"), "PetitionView.new", ("can_register", "Petitions"), "m"),
            Entry(lazy_gettext("Tiếp công dân"), "ReceptionView.receptions", ("can_read", "Receptions"), "t"),
            Entry(lazy_gettext("Phê duyệt"), "ReleaseView.questions", ("can_release", "Secrets"), "", _approvals),
        ),
        flat=True,
    ),
    Group(
        "reports",
        lazy_gettext("Báo cáo"),
        (
            Entry(lazy_gettext("Biểu báo cáo"), "FormView.form", ("can_read", "Forms"), "b"),
            Entry(lazy_gettext("Nhập sổ Excel"), "RegisterView.register", ("can_import", "Registers")),
        ),
    ),
    Group(
        "accounts",
        lazy_gettext("Tài khoản"),
        (
            Entry(lazy_gettext("Danh sách tài khoản"), "AccountView.list", ("can_read", "Accounts")),
            Entry(lazy_gettext("Vai trò"), "RoleView.list", ("can_read", "Roles")),
            Entry(lazy_gettext("Xác nhận tài khoản"), "HolderView.holders", ("can_confirm", "Holders")),
            Entry(lazy_gettext("Đề nghị tài khoản"), "AccountRequestView.requests", ("can_ask", "Accounts")),
        ),
    ),
    Group(
        "catalogues",
        lazy_gettext("Đơn vị, danh mục"),
        (
            Entry(lazy_gettext("Đơn vị"), "UnitView.list", ("can_read", "Units")),
            Entry(lazy_gettext("Ngày nghỉ"), "HolidayView.list", ("can_read", "Holidays")),
            Entry(lazy_gettext("Lịch nghỉ theo năm"), "HolidayYearView.list", ("can_read", "Holidays")),
        ),
    ),
    Group(
        "system",
        lazy_gettext("Hệ thống"),
        (
            Entry(lazy_gettext("Hàng đợi"), "QueueView.queue", ("can_read", "Jobs")),
            Entry(lazy_gettext("Nhật ký"), "AuditView.entries", ("can_read", "Audit")),
        ),
    ),
)
_GROUPS = {group.name: group for group in GROUPS}
ENTRIES = {entry.endpoint: entry for group in GROUPS for entry in group.entries}
JOBS = Entry(lazy_gettext("Việc chạy nền"), "JobView.jobs", ("can_use", "OwnAccount"))  # for whoever has asked for some


def fill(appbuilder: AppBuilder) -> None:
    """Flask-AppBuilder's menu has these groups and screens, and shows each to whoever has its permission."""
    shown: dict[str, frozenset[tuple[str, str]]] = {}
    for group in GROUPS:
        appbuilder.menu.add_category(group.name, label=group.label)
        shown[group.name] = frozenset(entry.pair for entry in group.entries)
        for entry in group.entries:
            appbuilder.menu.add_link(entry.endpoint, href=entry.endpoint, label=entry.label, category=group.name)
            shown[entry.endpoint] = frozenset({entry.pair})
    appbuilder.sm.menu_pairs = shown


def menu(has_jobs: bool) -> list[Group]:
    """The groups with what the account may open; what stands in the bar by itself is a group of one."""
    found = []
    appbuilder: AppBuilder = current_app.extensions["appbuilder"]
    for item in appbuilder.menu.get_data():
        group = _GROUPS[item["name"]]
        entries = tuple(ENTRIES[child["name"]] for child in item["childs"])
        if group.flat or len(entries) == 1:
            found += [Group(entry.endpoint, entry.label, (entry,), flat=True) for entry in entries]
        else:
            found.append(Group(group.name, group.label, entries))
    return [*found, Group(JOBS.endpoint, JOBS.label, (JOBS,), flat=True)] if has_jobs else found


def work_of(entry: Entry) -> str:
    """How much waits on that screen, in words; empty where nothing does."""
    return entry.work() if entry.work is not None else ""
