"""Every route of the staff application, who may open it, and how the leak walk calls it.

A route that is not here fails tests/security/test_access.py.
"""

import re
from dataclasses import dataclass, field
from typing import Any

READERS = frozenset({"officer", "reception", "leader", "synthesis", "manager"})
ALL = frozenset(
    {"officer", "reception", "leader", "synthesis", "custodian", "publisher", "auditor", "manager", "admin"}
)
WRITERS = frozenset({"officer", "reception", "manager"})


@dataclass(frozen=True)
class Route:
    """`roles`: who is not refused (None: open without signing in).

    `calls`: addresses with foreign keys filled in, and a form for POST.
    """

    roles: frozenset[str] | None
    calls: tuple[str, ...]
    form: dict[str, Any] = field(default_factory=dict)


def form_of(route: "Route", keys: dict[str, Any]) -> dict[str, Any]:
    """What is sent to the route, foreign keys filled in."""
    return {
        name: value.format(**keys) if isinstance(value, str) and re.fullmatch(r"{\w+}", value) else value
        for name, value in route.form.items()
    }


STEP = {
    "on": "21/10/2026",
    "note": "lý do đủ dài",
    "paper": "1/QĐ",
    "number": "2/QĐ",
    "outcome": "justified",
    "criteria": "1",
    "state_money": "1",
}
STEP |= {
    "ground": "obstacle",
    "days": "30",
    "paper_kind": "minutes",
    "everyone": "yes",
    "violation": "no",
    "threat": "no",
    "slander": "no",
    "which": "0",
}
PROCESS = {"on": "21/10/2026", "eligible": "1", "competent": "1", "direction": "accept", "difference": "khác"}
PETITION = "/petitions/{petition}", "/petitions/{waiting}", "/petitions/{denunciation}"
DOCUMENTS = "/documents/{document}", "/documents/{closed_document}"
LEADERS = frozenset({"leader", "manager"})
ACTS = ("reset", "factors", "hand_over", "suspend", "restore", "close", "bind", "revoke", "lost")
SETTLERS = frozenset({"officer", "leader", "manager"})
ADMIN = frozenset({"admin"})
OFFICERS = frozenset({"officer", "manager"})
KEYS = (
    "accept",
    "refuse",
    "extend",
    "suspend",
    "resume",
    "verify",
    "tell",
    "withdraw_part",
    "withdraw",
    "discontinue",
    "decide",
    "send",
    "execute",
    "finish",
    "close",
    "merge",
    "remove",
    "x",
)

TASK_KEYS = ("answer", "close", "back", "assign", "urge", "extend", "withdraw", "x")
# The steps of a petition share a route, and each has a permission of its own.
MANY = {"chosen": "{waiting}", "sent": "1", "on": "21/10/2026", "case_number": "x", "handlers": "OFFICER"}
MANY_STEPS = (
    Route(LEADERS, ("/petitions/many/assign",), MANY),
    Route(SETTLERS, ("/petitions/many/attach",), MANY),
    Route(SETTLERS, ("/petitions/many/duplicate",), MANY | {"number": "A-complaint-thường"}),
    Route(LEADERS, ("/petitions/many/close",), MANY | {"paper": "Sổ"}),
)
PETITION_STEPS = (
    Route(LEADERS, ("/petitions/{waiting}/assign",), {"on": "21/10/2026", "handlers": "OFFICER"}),
    Route(SETTLERS, ("/petitions/{petition}/attach",), {"on": "21/10/2026"}),
    Route(SETTLERS, ("/petitions/{waiting}/duplicate",), {"on": "21/10/2026", "number": "C-complaint-chimhoàngyến"}),
    Route(LEADERS, ("/petitions/{waiting}/close",), {"on": "21/10/2025", "paper": "Sổ"}),
    Route(LEADERS, ("/petitions/{waiting}/remove",), {"note": "rút"}),
)
ROUTES: dict[str, Route] = {
    "HomeView.index": Route(None, ("/",)),
    "UtilView.back": Route(None, ("/back",)),
    "LocaleView.index": Route(None, ("/lang/en", "/lang/vi")),
    "SignInView.login": Route(None, ("/login/",), {"username": "X", "password": "y"}),
    "SignInView.second": Route(None, ("/login/second",), {"code": "000000"}),
    "SignInView.refused": Route(None, ()),  # answers 403 to everybody; tests/security/test_token.py covers it
    "SignInView.logout": Route(None, ()),  # ends the walk's session; tests/security/test_sign_in.py covers it
    "static": Route(None, ("/static/donthu.css",)),
    "appbuilder.static": Route(None, ("/static/appbuilder/css/bootstrap.min.css",)),
    "OwnAccountView.password": Route(ALL, ("/account/password",), {"current": "x", "password": "y", "again": "z"}),
    "OwnAccountView.again": Route(ALL, ("/account/again",), {"password": "x"}),
    "OwnAccountView.sessions": Route(ALL, ("/account/sessions",)),
    "OwnAccountView.end_session": Route(ALL, ("/account/sessions/{unit}/end",)),
    "OwnAccountView.end_others": Route(ALL, ("/account/sessions/end-others",)),
    "OwnAccountView.waiting": Route(ALL, ("/account/waiting",)),
    "RecentView.recent": Route(ALL, ("/recent/",)),
    "DraftView.draft": Route(ALL, ("/drafts/?address=/petitions/new", "/drafts/?address=/petitions/{waiting}/process")),
    "DraftView.keep": Route(ALL, ("/drafts/keep",), {"address": "/petitions/new", "typed": '[["summary", "x"]]'}),
    "SavedListView.open": Route(ALL, ("/lists/{saved}",)),
    "SavedListView.save": Route(ALL, ("/lists/save?list=PetitionView.petitions&unit=C",), {"name": "Của C"}),
    "SavedListView.drop": Route(ALL, ("/lists/{saved}/drop",)),
    "DraftView.drop": Route(ALL, ("/drafts/drop",), {"address": "/petitions/{waiting}/process"}),
    "DraftView.beat": Route(ALL, ("/drafts/beat",)),
    "JobView.jobs": Route(ALL, ("/jobs/",)),
    "JobView.job": Route(ALL, ("/jobs/{job}", "/jobs/{unit}")),
    "JobView.result": Route(ALL, ("/jobs/{job}/result",)),
    "QueueView.queue": Route(ADMIN, ("/jobs/queue",)),
    "FactorView.factors": Route(ALL, ("/account/factors/",)),
    "FactorView.key": Route(ALL, ("/account/factors/key",), {"name": "x", "credential": "{}"}),
    "FactorView.codes": Route(ALL, ("/account/factors/codes",), {"code": "000000"}),
    "FactorView.end": Route(ALL, ("/account/factors/{unit}/end",)),
    "InboxView.inbox": Route(READERS, ("/inbox/", "/inbox/?whose=mine", "/inbox/?whose=subtree", "/inbox/?old=1")),
    "PetitionView.petitions": Route(
        READERS,
        (
            "/petitions/",
            "/petitions/?text=khongmoduoc",
            "/petitions/?unit=C&subtree=1",
            "/petitions/?unit=P&subtree=1",
            "/petitions/?state=finished",
            "/petitions/?state=decided",
            "/petitions/?state=removed",
            "/petitions/?kind=denunciation",
            "/petitions/?order=due&last=1&size=100",
            "/petitions/?order=due_last&unit=C&subtree=1",
            "/petitions/?order=oldest&handler=CHI&phase=overdue",
            "/petitions/?phase=before_use",
        ),
    ),
    "PetitionView.search": Route(READERS, ("/petitions/search",), {"text": "chimhoàngyến"}),
    "PetitionView.export": Route(
        frozenset({"officer", "leader", "synthesis", "manager"}),
        (
            "/petitions/export",
            "/petitions/export?unit=C",
            "/petitions/export?names=1",
            "/petitions/export?names=1&unit=C&subtree=1",
        ),
    ),
    "PetitionView.new": Route(WRITERS, ("/petitions/new",), {"kind": "complaint"}),
    "PetitionView.petition": Route(READERS, (*PETITION, "/petitions/{closed}")),
    "PetitionView.reveal": Route(
        SETTLERS, ("/petitions/{denunciation}/reveal", "/petitions/{closed}/reveal"), {"note": "lý do đủ dài để xem"}
    ),
    "PaperView.slip": Route(READERS, ("/petitions/{petition}/slip", "/petitions/{closed}/slip")),
    "ManyView.slips": Route(READERS, ("/petitions/many/slips",), {"chosen": "{petition}"}),
    "ManyView.export": Route(
        frozenset({"officer", "leader", "synthesis", "manager"}),
        ("/petitions/many/export", "/petitions/many/register"),
        {"chosen": "{petition}"},
    ),
    "ManyView.step": Route(SETTLERS, tuple(call for route in MANY_STEPS for call in route.calls), MANY),
    "SimilarView.similar": Route(READERS, ("/petitions/{petition}/similar", "/petitions/{closed}/similar")),
    "SimilarView.typed": Route(
        WRITERS,
        ("/petitions/similar",),
        {"kind": "complaint", "summary": "chimhoàngyến thu hồi đất", "petitioners-0-name": "Chimhoàngyến"},
    ),
    "PetitionView.process": Route(
        SETTLERS, ("/petitions/{waiting}/process", "/petitions/{waiting}/process?q_readable=yes"), PROCESS
    ),
    "PetitionView.step": Route(
        SETTLERS,
        tuple(call for route in PETITION_STEPS for call in route.calls),
        {name: value for route in PETITION_STEPS for name, value in route.form.items()},
    ),
    "PaperView.print": Route(
        READERS, ("/petitions/{petition}/print", "/petitions/{closed}/print", "/petitions/{denunciation}/print")
    ),
    "DocumentView.upload": Route(
        READERS, ("/documents/of/petition/{petition}", "/documents/of/case/{case}", "/documents/of/task/{task}")
    ),
    "DocumentView.extract": Route(READERS, ("/documents/extract/{petition}", "/documents/extract/{denunciation}")),
    "DocumentView.document": Route(READERS, DOCUMENTS),
    "DocumentView.reveal": Route(
        READERS, tuple(f"{address}/reveal" for address in DOCUMENTS), {"note": "lý do đủ dài để xem"}
    ),
    "DocumentView.picture": Route(READERS, tuple(f"{address}/page/1.png" for address in DOCUMENTS)),
    "DocumentView.download": Route(READERS, tuple(f"{address}/download" for address in DOCUMENTS)),
    "DocumentView.original": Route(READERS, ("/documents/{document}/original",)),
    "DocumentView.cover": Route(READERS, ("/documents/{document}/cover",), {"identity": "y", "regions": "1 0 0 9 9"}),
    "DocumentView.checked": Route(READERS, ("/documents/{document}/checked",)),
    "ApprovalView.approvals": Route(READERS, ("/approvals/",)),
    "ApprovalView.ask": Route(
        READERS,
        (
            "/approvals/ask/print/petition/{petition}",
            "/approvals/ask/download/document/{document}",
            "/approvals/ask/print/case/{case}",
            "/approvals/ask/correct/petition/{petition}",
            "/approvals/ask/kind/petition/{closed}",
            "/approvals/ask/x/petition/{petition}",
        ),
        {"reason": "lý do đủ dài"},
    ),
    "ApprovalView.ask_export": Route(
        frozenset({"officer", "leader", "synthesis", "manager"}),
        ("/approvals/export", "/approvals/export?unit=C&secret=1"),
        {"reason": "ngắn"},
    ),
    "ReleaseView.questions": Route(frozenset({"leader", "custodian", "manager"}), ("/approvals/open",)),
    "ReleaseView.decide": Route(
        frozenset({"leader", "custodian", "manager"}), ("/approvals/{approval}/decide",), {"granted": "1"}
    ),
    "SecrecyView.determine": Route(
        SETTLERS,
        ("/secrecy/petition/{petition}", "/secrecy/document/{document}", "/secrecy/case/{case}"),
        {"level": "2", "number": "1"},
    ),
    "SecrecyView.mark": Route(
        LEADERS,
        ("/secrecy/conflicts/petition/{denunciation}/mark", "/secrecy/conflicts/reception/{reception}/mark"),
        {"account": "CHI"},
    ),
    "SecrecyView.decide": Route(LEADERS, ("/secrecy/conflicts/{conflict}/decide",), {"stays_out": "1"}),
    "CaseView.cases": Route(
        READERS,
        (
            "/cases/",
            "/cases/?unit=C&subtree=1",
            "/cases/?order=due&last=1",
            "/cases/?kind=denunciation&handler=CHI",
            "/cases/?text=khongmoduoc",
        ),
    ),
    "CaseView.search": Route(READERS, ("/cases/search",), {"text": "chimhoàngyến"}),
    "CaseView.case": Route(READERS, ("/cases/{case}",)),
    "CaseView.export": Route(
        frozenset({"officer", "leader", "synthesis", "manager"}),
        ("/cases/export", "/cases/export?unit=C&subtree=1", "/cases/export?text=khongmoduoc"),
    ),
    "CaseView.print": Route(READERS, ("/cases/{case}/print",)),
    "CaseView.step": Route(READERS, tuple(f"/cases/{{case}}/step/{key}" for key in KEYS), STEP),
    "TaskView.tasks": Route(
        READERS, ("/tasks/", "/tasks/?whose=gave&order=due&last=1", "/tasks/?unit=C&subtree=1&origin=directive")
    ),
    "TaskView.new": Route(
        LEADERS,
        ("/tasks/new", "/tasks/new?petition={petition}", "/tasks/new?case={case}"),
        {"origin": "given", "what": "Rà soát hồ sơ", "units-0": "C"},
    ),
    "TaskView.task": Route(READERS, ("/tasks/{task}",)),
    "TaskView.step": Route(READERS, tuple(f"/tasks/{{task}}/{key}" for key in TASK_KEYS), STEP),
    "CorrectionView.petition": Route(
        READERS,
        tuple(f"/corrections/petition/{key}" for key in ("{petition}", "{denunciation}")),
        {"note": "lý do đủ dài"},
    ),
    "CorrectionView.case": Route(READERS, ("/corrections/case/{case}",), {"note": "lý do đủ dài"}),
    "CorrectionView.decision": Route(READERS, ("/corrections/decision/{case}",), {"note": "lý do đủ dài"}),
    "CorrectionView.entry": Route(READERS, ("/corrections/entry/{case}",), {"note": "lý do đủ dài"}),
    "CorrectionView.undo": Route(
        READERS,
        (
            "/corrections/undo/petition/{petition}",
            "/corrections/undo/petition/{closed}",
            "/corrections/undo/case/{case}",
        ),
        {"note": "lý do đủ dài"},
    ),
    "CorrectionView.note": Route(
        READERS,
        (
            "/corrections/note/petition/{petition}",
            "/corrections/note/petition/{closed}",
            "/corrections/note/case/{case}",
        ),
        {"note": "ghi chú"},
    ),
    "ReceptionView.receptions": Route(
        frozenset({"reception", "leader", "synthesis", "manager"}),
        (
            "/receptions/",
            "/receptions/?unit=C&subtree=1",
            "/receptions/?order=oldest&last=1&size=100",
            "/receptions/?about=denunciation&linked=no",
            "/receptions/?state=removed",
        ),
    ),
    "ReceptionView.search": Route(
        frozenset({"reception", "leader", "synthesis", "manager"}), ("/receptions/search",), {"text": "chimhoàngyến"}
    ),
    "ReceptionView.export": Route(
        frozenset({"reception", "leader", "synthesis", "manager"}),
        ("/receptions/export", "/receptions/export?unit=C&subtree=1", "/receptions/export?about=denunciation"),
    ),
    "ReceptionView.reception": Route(
        frozenset({"reception", "leader", "synthesis", "manager"}), ("/receptions/{reception}",)
    ),
    "ReceptionView.link": Route(
        frozenset({"reception"}), ("/receptions/{reception}/link",), {"petition": "C-complaint-chimhoàngyến"}
    ),
    "ReceptionView.reveal": Route(
        frozenset({"reception", "leader", "synthesis", "manager"}),
        ("/receptions/{reception}/reveal",),
        {"note": "lý do đủ dài để xem"},
    ),
    "ReceptionCorrectionView.correct": Route(
        frozenset({"reception", "leader", "synthesis", "manager"}),
        ("/corrections/reception/{reception}",),
        {"note": "lý do đủ dài"},
    ),
    "ReceptionCorrectionView.keep": Route(
        frozenset({"reception", "leader", "synthesis", "manager"}),
        ("/corrections/reception/{reception}/withdraw", "/corrections/reception/{reception}/restore"),
        {"note": "lý do đủ dài"},
    ),
    "ReceptionView.new": Route(
        frozenset({"reception"}),
        ("/receptions/new",),
        {"on": "21/10/2026", "kind": "regular", "people": "1", "petition": "C-complaint-chimhoàngyến"},
    ),
    "ReceptionView.days": Route(frozenset({"reception", "leader", "synthesis", "manager"}), ("/receptions/days",)),
    "FormView.form": Route(
        frozenset({"leader", "synthesis", "manager"}),
        ("/forms/", "/forms/?unit=C", "/forms/?unit=P", "/forms/?form=01/TCD&unit=P", "/forms/?form=05/KQTH&unit=C"),
    ),
    "FormView.export": Route(
        frozenset({"leader", "synthesis", "manager"}), ("/forms/export", "/forms/export?unit=C&form=02/XLD")
    ),
    "FormView.typed": Route(frozenset({"synthesis"}), ("/forms/typed",), {"c1": "1"}),
    "RegisterView.register": Route(OFFICERS, ("/registers/",)),
    "RegisterView.template": Route(OFFICERS, ("/registers/template", "/registers/template?sort=reception")),
    "AuditView.entries": Route(frozenset({"auditor"}), ("/audit/", "/audit/?account=CHI")),
    "AuditView.heads": Route(frozenset({"auditor"}), ("/audit/heads",)),
    "SuggestView.suggest": Route(ALL, ("/units/suggest?q=chim", "/units/suggest?q=don")),
    "PlaceView.suggest": Route(ALL, ("/places/suggest",), {"typed": "Thôn 1, Minh Châu"}),
    "UnitView.list": Route(ALL, ("/units/list/",)),
    "UnitView.show": Route(ALL, ("/units/show/{unit}",)),
    "UnitView.add": Route(ADMIN, ("/units/add",), {"code": "", "name": ""}),
    "UnitView.edit": Route(ADMIN, ("/units/edit/{unit}",), {"name": ""}),
    **{
        f"{view}.{verb}": Route(ALL if verb in ("list", "show") else ADMIN, (address,), {"day": "x", "year": "x"})
        for view, base in (("HolidayView", "/holidays"), ("HolidayYearView", "/holiday-years"))
        for verb, address in (
            ("list", f"{base}/list/"),
            ("show", f"{base}/show/{{unit}}"),
            ("add", f"{base}/add"),
            ("edit", f"{base}/edit/{{unit}}"),
            ("delete", f"{base}/delete/{{unit}}"),
        )
    },
    "AccountView.list": Route(ADMIN, ("/accounts/list/",)),
    "AccountView.show": Route(ADMIN, ("/accounts/show/1",)),
    "AccountView.add": Route(ADMIN, ("/accounts/add",), {"username": ""}),
    "AccountView.edit": Route(ADMIN, ("/accounts/edit/1",), {"holder": ""}),
    "AccountActionView.unlock": Route(ADMIN, ("/accounts/999/unlock",)),
    "AccountActionView.act": Route(ADMIN, tuple(f"/accounts/999/act/{act}" for act in (*ACTS, "x")), {"holder": "x"}),
    "AccountActionView.sessions": Route(ADMIN, ("/accounts/999/sessions", "/accounts/1/sessions")),
    "AccountActionView.end_session": Route(ADMIN, ("/accounts/999/sessions/{unit}/end",)),
    "AccountActionView.reports": Route(ADMIN, ("/accounts/reports",)),
    "MinutesView.minutes": Route(ADMIN, ("/minutes/",)),
    "MinutesView.document": Route(ADMIN, ("/minutes/{unit}.docx",)),
    "MinutesView.template": Route(ADMIN, ("/minutes/templates/grant.docx",)),
    "MinutesView.replace": Route(ADMIN, ("/minutes/templates/grant",)),
    "HolderView.holders": Route(LEADERS, ("/holders/",)),
    "HolderView.confirm": Route(LEADERS, ("/holders/999/confirm",)),
    "HolderView.change": Route(LEADERS, ("/holders/changes/{unit}",), {"granted": "1"}),
    "HolderView.policy": Route(LEADERS, ("/holders/policies/{unit}",), {"granted": "1"}),
    "HolderView.review": Route(LEADERS, ("/holders/review",), {"account": "1"}),
    "HolderView.work": Route(LEADERS, ("/holders/{chi}/work", "/holders/{officer}/work")),
    "AccountRequestView.requests": Route(LEADERS, ("/account-requests/",)),
    "AccountRequestView.decisions": Route(ADMIN, ("/account-requests/decisions",)),
    "AccountRequestView.new": Route(LEADERS, ("/account-requests/new",), {"paper": ""}),
    "AccountRequestView.forward": Route(LEADERS, ("/account-requests/forward",), {"request": "x", "paper": "1/TTr"}),
    "AccountRequestView.send_back": Route(LEADERS, ("/account-requests/{unit}/return",), {"note": "trả lại"}),
    "AccountRequestView.decide": Route(ADMIN, ("/account-requests/{unit}/lines/{unit}",), {"granted": "1"}),
    "RoleView.list": Route(ADMIN, ("/roles/list/",)),
    "RoleView.show": Route(ADMIN, ("/roles/show/1",)),
    "RoleView.add": Route(ADMIN, ("/roles/add",), {"name": ""}),
    "RoleView.edit": Route(ADMIN, ("/roles/edit/1",), {}),
}


def walked() -> list[tuple[str, Route]]:
    """Every route with what the walks call; where steps share one, each by itself."""
    shared = {"PetitionView.step": PETITION_STEPS, "ManyView.step": MANY_STEPS}
    alone = [(endpoint, route) for endpoint, route in ROUTES.items() if endpoint not in shared]
    return alone + [(endpoint, route) for endpoint, steps in shared.items() for route in steps]
