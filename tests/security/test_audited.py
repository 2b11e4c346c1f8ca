"""Whoever opens what is about a petition, a case, a citizen or the trail itself leaves an entry that says so."""

import ast
from pathlib import Path

import pytest

from app.security import audit
from tests.conftest import Browser
from tests.support.routes import walked
from tests.support.world import build

ROOT = Path(__file__).resolve().parent.parent.parent
LEAVES = {
    "PetitionView.petitions": "petition.listed",
    "PetitionView.petition": "petition.read",
    "PetitionView.process": "petition.read",
    "PetitionView.export": "register.exported",
    "PaperView.slip": "petition.read",
    "SimilarView.similar": "petition.compared",
    "PaperView.print": "dossier.printed",
    "InboxView.inbox": "petition.listed",
    "HolderView.work": "petition.listed",
    "CaseView.case": "case.read",
    "TaskView.tasks": "task.listed",
    "TaskView.task": "task.read",
    "CaseView.print": "dossier.printed",
    "CaseView.export": "case.exported",
    "CaseView.cases": "case.listed",
    "CorrectionView.petition": "petition.read",
    "CorrectionView.case": "case.read",
    "CorrectionView.decision": "case.read",
    "ReceptionView.receptions": "reception.read",
    "ReceptionCorrectionView.correct": "reception.read",
    "ReceptionView.export": "reception.exported",
    "ReceptionView.reception": "reception.read",
    "RecentView.recent": "petition.listed",
    "DocumentView.document": "document.read",
    "DocumentView.picture": "document.read",
    "DocumentView.download": "document.downloaded",
    "FormView.export": "form.exported",
    "AuditView.entries": "audit.read",
    "AuditView.heads": "audit.read",
}
# What leaves an entry only in a state that the world is not in, and where that is tested.
ELSEWHERE = {
    "DocumentView.original": "tests/operations/test_documents.py",
    "MinutesView.document": "tests/operations/test_confirmation.py",
    "FormView.form": "tests/reporting/test_forms.py",
}
# Shows no word of a petition, a case or a citizen: one's own account, catalogues, empty forms, what waits for whom.
QUIET = {
    *("HomeView.index", "UtilView.back", "LocaleView.index", "static", "appbuilder.static", "SuggestView.suggest"),
    "PlaceView.suggest",
    *("SignInView.login", "SignInView.second", "SignInView.refused", "SignInView.logout"),
    *("OwnAccountView.password", "OwnAccountView.again", "OwnAccountView.sessions", "OwnAccountView.waiting"),
    *("FactorView.factors", "FactorView.key", "FactorView.codes", "JobView.jobs", "JobView.job", "QueueView.queue"),
    *("DraftView.draft", "SavedListView.open"),
    *("PetitionView.new", "PetitionView.step", "CaseView.step", "ReceptionView.new", "ReceptionView.days"),
    *("TaskView.new", "TaskView.step"),
    *("CorrectionView.entry", "CorrectionView.undo", "CorrectionView.note"),
    "ReceptionCorrectionView.keep",
    *("DocumentView.cover", "SecrecyView.determine", "RegisterView.register"),
    *("ApprovalView.approvals", "ApprovalView.ask", "ApprovalView.ask_export", "ReleaseView.questions"),
    *("FormView.typed", "RegisterView.template", "HolderView.holders", "MinutesView.template", "MinutesView.replace"),
    *("MinutesView.minutes", "AccountActionView.act", "AccountActionView.sessions", "AccountActionView.reports"),
    *("AccountRequestView.requests", "AccountRequestView.decisions", "AccountRequestView.new"),
    *(
        f"{catalogue}.{page}"
        for catalogue in ("AccountView", "RoleView", "UnitView", "HolidayView", "HolidayYearView")
        for page in ("list", "show", "add", "edit")
    ),
}


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    return installation, build(installation, tmp_path_factory.mktemp("world"))


def pages(installation):
    """Every route that answers GET, and its addresses."""
    methods = {rule.endpoint: rule.methods for rule in installation.app.url_map.iter_rules()}
    return [(endpoint, route.calls) for endpoint, route in walked() if "GET" in methods[endpoint]]


def test_each_page_is_said_to_leave_an_entry_or_to_show_nothing(installation):
    named = {endpoint for endpoint, _ in pages(installation)}
    assert named - set(LEAVES) - set(ELSEWHERE) == QUIET & named, "say what the page leaves in the trail"
    assert set(LEAVES) <= named, "an entry is promised of what is no page"


def test_each_get_leaves_its_entry(world):
    installation, keys = world
    seen = set()
    for name in ("CHI", "AUDITOR", "SYNTHESIS", "RECEPTION"):
        browser = Browser(installation.app)
        browser.sign_in(name)
        for endpoint, calls in pages(installation):
            if endpoint not in LEAVES:
                continue
            for call in calls:
                before = entries(installation, name)
                answer = browser.get(call.format(**keys))
                left = entries(installation, name)[len(before) :]
                if answer.status_code == 200:
                    assert LEAVES[endpoint] in left, f"{name} {call}: {left}"
                    seen.add(endpoint)
    assert seen == set(LEAVES), f"nobody opened {set(LEAVES) - seen}"


def entries(installation, name):
    """The actions that the trail tells of the account, oldest first."""
    with installation.owner() as connection:
        found = connection.execute("select action from audit_entries where account = %s order by at, id", (name,))
        return [action for (action,) in found.fetchall()]


def recorded():
    """Each call of the code that records an action it names: the action, and the keys of a detail written there."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "func", None)
            if getattr(name, "attr", getattr(name, "id", "")) not in ("record", "record_apart"):
                continue
            action = next((value for value in map(constant, node.args) if value), None)
            if action is not None and "." in action:
                told = next((word.value for word in node.keywords if word.arg == "detail"), None)
                keys = told.keys if isinstance(told, ast.Dict) else ()
                yield action, {value for value in map(constant, keys) if value}


def constant(node):
    """The text of a literal; None of anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_what_is_recorded_is_declared():
    calls = list(recorded())
    assert len(calls) > 80
    for action, keys in calls:
        assert action in audit.ACTIONS and keys <= audit.ACTIONS[action], (action, keys)


def test_an_undeclared_action_or_key_is_refused(installation):
    with installation.session() as session:
        for action, detail in (("petition.eaten", None), ("petition.read", {"name": "x"})):
            with pytest.raises(ValueError):
                audit.record(session, action, detail=detail)
