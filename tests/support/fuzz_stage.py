"""What the fuzz plays on: the world of `world.py`, and so many petitions, cases, accounts of unit A that a form gets
fresh ones.
"""

import json
import uuid
from itertools import cycle

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app.models import (
    Account,
    Approval,
    Case,
    Conflict,
    Holiday,
    HolidayYear,
    Petition,
    PolicyChange,
    Reception,
    RoleChange,
    Task,
    Unit,
)
from app.operations.accounts import requests as account_requests
from app.operations.accounts.minutes import make_minutes
from app.operations.documents.documents import new_document, purpose_of
from app.operations.exchange.file_in import import_file
from app.security import sealed_files
from app.security.sealed import seal
from app.views.filters import FILTERS, CaseFilterForm, ReceptionFilterForm
from app.views.tasks.forms import TaskFilterForm
from tests.conftest import case_record, create_account, petition_record
from tests.support.hostile import pdf
from tests.support.routes import ROUTES
from tests.support.world import build

POOLS = {"waiting": 60, "processed": 30, "reviewing": 30, "accepted": 110, "suspended": 20, "decided": 45}
STEPS = {
    **dict.fromkeys(("accept", "refuse"), "reviewing"),
    **dict.fromkeys(("send", "execute", "finish"), "decided"),
    **dict.fromkeys(("extend", "suspend", "withdraw_part", "withdraw", "discontinue", "decide", "verify"), "accepted"),
    "resume": "suspended",
    "x": "case",
}
CALENDAR = (("HolidayView", "/holidays", "holiday"), ("HolidayYearView", "/holiday-years", "year"))
# Where the leak walk's addresses are not those of one's own rows.
ADDRESSES = {
    "PetitionView.process": (
        "/petitions/{waiting}/process",
        "/petitions/{waiting}/process?q_readable=yes&q_signed=yes&q_copies=no&q_settled=no&q_competent=yes",
    ),
    "PetitionView.step": (
        "/petitions/{processed}/attach",
        "/petitions/{waiting}/assign",
        "/petitions/{waiting}/remove",
    ),
    "CaseView.step": tuple(f"/cases/{{{pool}}}/step/{key}" for key, pool in STEPS.items()),
    "TaskView.task": ("/tasks/{own_task}",),
    "TaskView.new": ("/tasks/new", "/tasks/new?petition={waiting}"),
    "TaskView.step": tuple(f"/tasks/{{own_task}}/{key}" for key in ("answer", "assign", "urge", "extend", "close")),
    "CorrectionView.petition": ("/corrections/petition/{waiting}",),
    "CorrectionView.case": ("/corrections/case/{decided}",),
    "CorrectionView.decision": ("/corrections/decision/{decided}",),
    "CorrectionView.undo": ("/corrections/undo/petition/{processed}",),
    "ReceptionCorrectionView.correct": ("/corrections/reception/{reception}",),
    "ReceptionCorrectionView.keep": ("/corrections/reception/{reception}/withdraw",),
    "CorrectionView.note": ("/corrections/note/petition/{waiting}",),
    "OwnAccountView.end_session": ("/account/sessions/{nil}/end",),
    "FactorView.end": ("/account/factors/{nil}/end",),
    "SignInView.refused": ("/login/refused",),
    "PetitionView.reveal": ("/petitions/{denunciation}/reveal",),
    **{
        f"{view}.{verb}": (f"{base}/{verb}/{{{noun}}}",)
        for view, base, noun in CALENDAR
        for verb in ("show", "edit", "delete")
    },
    **{f"AccountView.{verb}": (f"/accounts/{verb}/{{account}}",) for verb in ("show", "edit")},
    **{f"RoleView.{verb}": (f"/roles/{verb}/{{role}}",) for verb in ("show", "edit")},
    "AccountActionView.unlock": ("/accounts/{account}/unlock",),
    "AccountActionView.act": tuple(call.replace("999", "{account}") for call in ROUTES["AccountActionView.act"].calls),
    "AccountActionView.sessions": ("/accounts/{account}/sessions",),
    "AccountActionView.end_session": ("/accounts/{account}/sessions/{nil}/end",),
    "MinutesView.document": ("/minutes/{minutes}.docx",),
    "HolderView.confirm": ("/holders/{account}/confirm",),
    "HolderView.change": ("/holders/changes/{change}",),
    "HolderView.policy": ("/holders/policies/{policy}",),
    "AccountRequestView.send_back": ("/account-requests/{request}/return",),
    "AccountRequestView.decide": ("/account-requests/{request}/lines/{line}",),
}
LISTS = (
    ("UnitView", "name"),
    ("HolidayView", "name"),
    ("HolidayYearView", "paper"),
    ("AccountView", "username"),
    ("RoleView", "name"),
)
PERIOD = ("form", "period", "start", "end", "unit")
ARGUMENTS_OF = {
    "DraftView.draft": ("address",),
    "InboxView.inbox": ("whose", "old", "after", "before", "last", "size", "hide"),
    "PetitionView.petitions": (*FILTERS, "after", "before", "last", "order", "size"),
    "CaseView.export": CaseFilterForm.NAMES,
    "TaskView.tasks": (*TaskFilterForm.NAMES, "after", "before", "last", "order", "size", "hide"),
    "TaskView.new": ("petition", "case"),
    "CaseView.cases": (*CaseFilterForm.NAMES, "after", "before", "last", "order", "size"),
    "PetitionView.petition": ("list", "kind", "unit", "order", "size", "after"),
    "CaseView.case": ("list", "kind", "unit", "order", "size", "after"),
    "ReceptionView.reception": ("list", "kind", "unit", "order", "size", "after"),
    "PetitionView.export": (*FILTERS, "secret"),
    "PetitionView.process": ("q_readable", "q_signed"),
    "DocumentView.document": ("page",),
    "ReceptionView.export": ReceptionFilterForm.NAMES,
    "ReceptionView.receptions": (*ReceptionFilterForm.NAMES, "after", "before", "last", "order", "size"),
    "FormView.form": PERIOD,
    "FormView.export": PERIOD,
    "FormView.typed": PERIOD,
    "AuditView.entries": ("after", "before", "last", "size", "hide", "account", "action"),
    "SuggestView.suggest": ("q",),
    "ApprovalView.ask_export": (*FILTERS, "secret"),
    "SignInView.login": ("next",),
    "OwnAccountView.again": ("next",),
    **{
        f"{view}.list": (
            f"page_{view}",
            f"psize_{view}",
            f"_oc_{view}",
            f"_od_{view}",
            f"_flt_0_{column}",
            f"_flt_9_{column}",
        )
        for view, column in LISTS
    },
}


def _records():
    """Petitions and cases of unit A in every state a form starts from."""
    done = {"on": "2026-10-07", "eligible": True, "competent": True, "direction": "accept"}
    decision = {"on": "2026-10-20", "number": "1/QĐ", "outcome": "justified", "state_money": 1}
    states = {
        "reviewing": {},
        "accepted": {"accepted_on": "2026-10-08"},
        "suspended": {"accepted_on": "2026-10-08", "suspensions": [{"from": "2026-10-12"}]},
        "decided": {"accepted_on": "2026-10-08", "decision": decision},
    }
    for pool, number in POOLS.items():
        for place in range(number):
            if pool in states:
                yield case_record(f"A/{pool}/{place}", "A", **states[pool])
                yield petition_record(f"A-{pool}-{place}", "A", processed=done, case=f"A/{pool}/{place}")
            else:
                yield petition_record(f"A-{pool}-{place}", "A", **({"processed": done} if pool == "processed" else {}))


def _document(session, folder, name, **values):
    """A document of that name that has been read, its parts sealed on disk."""
    petition = session.scalars(select(Petition).where(Petition.number == "A-complaint-thường")).one()
    made = new_document(petition, "pdf", 9, "OFFICER")
    for key, value in ({"state": "read", "pages": 1} | values).items():
        setattr(made, key, value)
    made.told = seal(made, "told", {"name": name, "sha256": "0" * 64}, purpose_of(made))
    made.tokens = []
    for part in sealed_files.PARTS:
        sealed_files.write(folder, made.id, part, pdf(), purpose_of(made))
    session.add(made)
    session.flush()
    return made


def build_stage(installation, folder):
    """The stage is set; for each noun an iterator over keys of one's own."""
    build(installation, folder)
    path = folder / "stage.jsonl"
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in _records()), encoding="utf-8")
    with installation.session() as session:
        import_file(session, path)

        def ids(model, *conditions):
            return list(session.scalars(select(model.id).where(*conditions)))

        def petition(kind):
            return session.scalars(select(Petition).where(Petition.number == f"A-{kind}-thường")).one()

        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        own = petition("complaint")
        denunciation = petition("denunciation")
        accounts = [create_account(session, f"T{place:02d}", unit, "officer") for place in range(25)]
        line = {"identifier": "XIN", "holder": "Người Xin", "kind": "user", "roles": "officer"}
        asked = account_requests.ask(session, unit, [line], "1/TTr", "", "LEADER")
        role = session.scalars(select(Role).where(Role.name == "officer")).one()
        asker = {"asked_by": "RECEPTION", "reason": "Lý do đủ dài"}
        made = [
            Approval(unit=unit, act="print", subject=f"petition:{own.id}", number=own.number, **asker),
            Conflict(unit=unit, petition=denunciation, account="RECEPTION", why="marked", compartment=True),
            RoleChange(role=role, permission="can_read", subject="Forms", removal=False, asked_by="ADMIN"),
            PolicyChange(unit=unit, policy="password", asked_by="ADMIN"),
        ]
        made[1].handlers = []
        made[1].stays_out = False
        session.add_all(made)
        document = _document(session, installation.app.config["FILES_DIR"], "Tệp.pdf")
        covered = _document(session, installation.app.config["FILES_DIR"], "Che.pdf", checked_by="OFFICER")
        covered.recipe = seal(covered, "recipe", {"covered": {}}, purpose_of(covered))
        minutes = make_minutes(session, "grant", accounts[0], None)
        session.flush()
        keys = {
            "petition": [own.id],
            "denunciation": [denunciation.id],
            "closed": ids(Petition, Petition.number == "A-denunciation-kín"),
            "case": ids(Case, Case.number == "A/complaint/thường"),
            "reception": ids(Reception, Reception.number == "R-A-thường"),
            "document": [document.id],
            "closed_document": [document.id],
            "unit": [unit.id],
            "job": [unit.id],
            "saved": [unit.id],
            "approval": [made[0].id],
            "conflict": [made[1].id],
            "change": [made[2].id],
            "policy": [made[3].id],
            "minutes": [minutes.id],
            "role": [role.id],
            "request": [asked.id],
            "line": [asked.lines[0].id],
            "account": [account.id for account in accounts],
            "officer": ids(Account, Account.username == "OFFICER"),
            "chi": ids(Account, Account.username == "LEADER"),
            "holiday": ids(Holiday),
            "year": ids(HolidayYear),
            "task": ids(Task, Task.number == "NV-A"),
            "own_task": ids(Task, Task.number == "NV-A"),
            "nil": [uuid.UUID(int=0)],
        }
        for pool in POOLS:
            model = Petition if pool in ("waiting", "processed") else Case
            pattern = f"A-{pool}-%" if model is Petition else f"A/{pool}/%"
            keys[pool] = ids(model, model.number.like(pattern))
        session.commit()
    return {noun: cycle(found) for noun, found in keys.items()}
