"""Every screen of the staff application, registered in one list; the menu in another."""

from flask import Flask, request
from flask_appbuilder import AppBuilder

from app.law.secrecy import IDENTITY_LAW, content_closed
from app.law.steps import APART, foremost
from app.security.manager import permissions
from app.views.accounts.accounts import AccountView, role_name, told_of
from app.views.accounts.acts import AccountActionView, MinutesView, available
from app.views.accounts.holders import HolderView
from app.views.accounts.own_account import FactorView, OwnAccountView
from app.views.accounts.requests import AccountRequestView
from app.views.accounts.roles import RoleView
from app.views.administration.audit_trail import AuditView
from app.views.administration.catalogues import HolidayView, HolidayYearView, PlaceView, SuggestView, UnitView
from app.views.base import COUNT_CAP
from app.views.catalogue_list import list_asked, related_lists
from app.views.crumbs import crumbs
from app.views.documents.documents import DocumentView
from app.views.drafts import DraftView
from app.views.exchange.registers import RegisterView
from app.views.jobs.asked import remembered
from app.views.jobs.jobs import JobView, QueueView
from app.views.kept import KEPT
from app.views.menu import fill, menu, work_of
from app.views.paging import SIZES, direction, turn
from app.views.petitions.cases import CaseView
from app.views.petitions.corrections import CorrectionView
from app.views.petitions.inbox import InboxView
from app.views.petitions.many import ManyView, papers_for_many, steps_for_many
from app.views.petitions.papers import PaperView
from app.views.petitions.petitions import PetitionView
from app.views.petitions.recent import RecentView
from app.views.petitions.reception_corrections import ReceptionCorrectionView
from app.views.petitions.receptions import ReceptionView
from app.views.petitions.similar import SimilarView
from app.views.petitions.steps import address_of_step
from app.views.problems import of_sent_form
from app.views.reports.statutory_forms import FormView
from app.views.saved_lists import SavedListView, saved_of
from app.views.secrecy.secrets import ApprovalView, ReleaseView, SecrecyView, level_name, page_of
from app.views.tasks.tasks import TaskView
from app.views.tasks.told import tasks_of

VIEWS: tuple[type, ...] = (
    OwnAccountView,
    FactorView,
    InboxView,
    PetitionView,
    PaperView,
    ManyView,
    SimilarView,
    CaseView,
    TaskView,
    CorrectionView,
    ReceptionView,
    ReceptionCorrectionView,
    FormView,
    RegisterView,
    SuggestView,
    PlaceView,
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
    SavedListView,
    RecentView,
    JobView,
    QueueView,
)


def register(appbuilder: AppBuilder) -> None:
    """Every screen has its routes."""
    for view in VIEWS:
        appbuilder.add_view_no_menu(view)
    fill(appbuilder)


def install_menu(app: Flask) -> None:
    """Templates know the menu of the account."""

    app.jinja_env.globals.update(
        menu=lambda: menu(remembered()),
        work_of=work_of,
        crumbs=crumbs,
        may=permissions,
        told_of=told_of,
        acts_of=available,
        step_address=address_of_step,
        list_sizes=SIZES,
        list_asked=list_asked,
        related_lists=related_lists,
        count_cap=COUNT_CAP,
        direction=direction,
        turn=turn,
        problems=of_sent_form,
        saved_lists=saved_of,
        steps_for_many=steps_for_many,
        papers_for_many=papers_for_many,
        keeps_drafts=lambda: request.endpoint in KEPT,
        foremost_step=foremost,
        steps_apart=APART,
        level_name=level_name,
        page_of=page_of,
        tasks_of=tasks_of,
        identity_law=IDENTITY_LAW,
        content_closed=content_closed,
    )
    app.jinja_env.filters["role_name"] = role_name
