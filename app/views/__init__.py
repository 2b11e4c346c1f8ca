"""Every screen of the staff application, registered in one list; the menu in another."""

from typing import Any

from flask import Flask, request
from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext

from app.law.secrecy import IDENTITY_LAW, closed
from app.law.steps import APART, foremost
from app.security.manager import permissions
from app.views.accounts.accounts import AccountView, role_name, told_of
from app.views.accounts.acts import AccountActionView, MinutesView, available
from app.views.accounts.holders import HolderView
from app.views.accounts.own_account import FactorView, OwnAccountView
from app.views.accounts.requests import AccountRequestView
from app.views.accounts.roles import RoleView
from app.views.administration.audit_trail import AuditView
from app.views.administration.catalogues import HolidayView, HolidayYearView, SuggestView, UnitView
from app.views.documents.documents import DocumentView
from app.views.drafts import DraftView
from app.views.exchange.registers import RegisterView
from app.views.jobs.asked import remembered
from app.views.jobs.jobs import JobView, QueueView
from app.views.kept import KEPT
from app.views.paging import SIZES, direction, turn
from app.views.petitions.cases import CaseView
from app.views.petitions.corrections import CorrectionView
from app.views.petitions.inbox import InboxView
from app.views.petitions.papers import PaperView
from app.views.petitions.petitions import PetitionView
from app.views.petitions.receptions import ReceptionView
from app.views.petitions.steps import address_of_step
from app.views.problems import of_sent_form
from app.views.reports.statutory_forms import FormView
from app.views.secrecy.secrets import ApprovalView, ReleaseView, SecrecyView, level_name

VIEWS: tuple[type, ...] = (
    OwnAccountView,
    FactorView,
    InboxView,
    PetitionView,
    PaperView,
    CaseView,
    CorrectionView,
    ReceptionView,
    FormView,
    RegisterView,
    SuggestView,
    UnitView,
    HolidayView,
    HolidayYearView,
    DocumentView,
    ApprovalView,
    ReleaseView,
    SecrecyView,
    AccountActionView,
    AccountView,
    RoleView,
    MinutesView,
    HolderView,
    AccountRequestView,
    AuditView,
    DraftView,
    JobView,
    QueueView,
)

# label, endpoint, the permission that shows it
MENU = (
    (lazy_gettext("Việc cần làm"), "InboxView.inbox", ("can_read", "Petitions")),
    (lazy_gettext("Sổ đơn"), "PetitionView.petitions", ("can_read", "Petitions")),
    (lazy_gettext("Vụ việc"), "CaseView.cases", ("can_read", "Petitions")),
    (lazy_gettext("Vào sổ đơn mới"), "PetitionView.new", ("can_register", "Petitions")),
    (lazy_gettext("Tiếp công dân"), "ReceptionView.receptions", ("can_read", "Receptions")),
    (lazy_gettext("Biểu báo cáo"), "FormView.form", ("can_read", "Forms")),
    (lazy_gettext("Nhập sổ Excel"), "RegisterView.register", ("can_import", "Registers")),
    (lazy_gettext("Phê duyệt"), "ReleaseView.questions", ("can_release", "Secrets")),
    (lazy_gettext("Xác nhận tài khoản"), "HolderView.holders", ("can_confirm", "Holders")),
    (lazy_gettext("Đề nghị tài khoản"), "AccountRequestView.requests", ("can_ask", "Accounts")),
    (lazy_gettext("Tài khoản"), "AccountView.list", ("can_read", "Accounts")),
    (lazy_gettext("Vai trò"), "RoleView.list", ("can_read", "Roles")),
    (lazy_gettext("Đơn vị"), "UnitView.list", ("can_read", "Units")),
    (lazy_gettext("Ngày nghỉ"), "HolidayView.list", ("can_read", "Holidays")),
    (lazy_gettext("Hàng đợi"), "QueueView.queue", ("can_read", "Jobs")),
    (lazy_gettext("Nhật ký"), "AuditView.entries", ("can_read", "Audit")),
)
# The letter that leads to a screen, with Alt.
KEYS = {
    "InboxView.inbox": "v",
    "PetitionView.petitions": "d",
    "PetitionView.new": "m",
    "ReceptionView.receptions": "t",
    "FormView.form": "b",
}
JOBS = (lazy_gettext("Việc chạy nền"), "JobView.jobs")  # for whoever has asked for some


def register(appbuilder: AppBuilder) -> None:
    """Every screen has its routes."""
    for view in VIEWS:
        appbuilder.add_view_no_menu(view)


def install_menu(app: Flask) -> None:
    """Templates know the menu of the account."""

    def menu() -> list[tuple[Any, str]]:
        found = [(label, endpoint) for label, endpoint, pair in MENU if pair in permissions()]
        return found + ([JOBS] if remembered() else [])

    app.jinja_env.globals.update(
        menu=menu,
        may=permissions,
        told_of=told_of,
        acts_of=available,
        step_address=address_of_step,
        keys=KEYS,
        list_sizes=SIZES,
        direction=direction,
        turn=turn,
        problems=of_sent_form,
        keeps_drafts=lambda: request.endpoint in KEPT,
        foremost_step=foremost,
        steps_apart=APART,
        level_name=level_name,
        identity_law=IDENTITY_LAW,
        closed=closed,
    )
    app.jinja_env.filters["role_name"] = role_name
