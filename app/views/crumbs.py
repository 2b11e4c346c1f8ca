"""Where a page stands: the list it belongs to, as the menu calls it."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.security.manager import permissions
from app.views.menu import ENTRIES

PETITIONS = "PetitionView.petitions"
CASES = "CaseView.cases"
RECEPTIONS = "ReceptionView.receptions"
# Of each view: the screen of the menu that its pages stand under.
UNDER = {
    **dict.fromkeys(("PetitionView", "PaperView", "SimilarView", "ManyView"), PETITIONS),
    "CaseView": CASES,
    "TaskView": "TaskView.tasks",
    **dict.fromkeys(("ReceptionView", "ReceptionCorrectionView"), RECEPTIONS),
    "FormView": "FormView.form",
    **dict.fromkeys(("AccountView", "AccountActionView", "MinutesView"), "AccountView.list"),
    "RoleView": "RoleView.list",
    "HolderView": "HolderView.holders",
    "AccountRequestView": "AccountRequestView.requests",
    "UnitView": "UnitView.list",
    "HolidayView": "HolidayView.list",
    "HolidayYearView": "HolidayYearView.list",
    "ReleaseView": "ReleaseView.questions",
    "QueueView": "QueueView.queue",
    "AuditView": "AuditView.entries",
}
PAGES = ("PetitionView.petition", "CaseView.case", "ReceptionView.reception")  # which know the list they came from
# Of what an address names: the list it stands in.
LISTS = {"petition": PETITIONS, "case": CASES, "decision": CASES, "entry": CASES, "reception": RECEPTIONS}


@dataclass(frozen=True)
class Crumb:
    """A page above this one."""

    label: Any
    address: str


def crumbs(back: Any = None) -> list[Crumb]:
    """The list that this page stands in, where the account may open it; nothing on the list itself. `back`: the list as
    it was, where one came from it.
    """
    endpoint = request.endpoint or ""
    view, _, page = endpoint.partition(".")
    noun = (request.view_args or {}).get("noun") or page
    above = UNDER.get(view) or LISTS.get(noun)
    entry = ENTRIES.get(above or "")
    if entry is None or entry.endpoint == endpoint or entry.pair not in permissions():
        return []
    from_list = back if endpoint in PAGES else None
    return [Crumb(entry.label, from_list or url_for(entry.endpoint))]
