"""Every operation asks for its right itself: called by a session without it, as a careless view would, it refuses and
changes nothing.
"""

import importlib
import inspect
import io
import pkgutil
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from app import operations
from app.extensions import db
from app.models import (
    Account,
    Approval,
    Case,
    Conflict,
    Document,
    ExecutionEntry,
    Petition,
    Reception,
    Step,
    Task,
    Unit,
)
from app.operations import daily, deadlines, drafts, indexing, places, saved_lists, typed_forms
from app.operations.accounts import accounts, confirmations, minutes, reviews, second_factors
from app.operations.accounts import acts as account_acts
from app.operations.accounts import requests as account_requests
from app.operations.act import Act
from app.operations.corrections import correct, of_receptions, undo
from app.operations.documents import derivatives, documents
from app.operations.documents import work as document_work
from app.operations.exchange import demonstration, register_held, register_in, register_names, register_receptions
from app.operations.exchange import file_in as exchange_in
from app.operations.exchange import file_out as exchange_out
from app.operations.holidays import load_calendar
from app.operations.petitions import (
    case_orders,
    cases,
    closing,
    duplicates,
    merging,
    petitions,
    receipts,
    receptions,
    similar,
    suggestions,
)
from app.operations.refusal import Refused
from app.operations.secrecy import approvals, conflicts, identity
from app.operations.secrecy import levels as secrecy
from app.operations.tasks import giving, taking
from app.security.account_scope import permissions_and_scope
from app.security.scope import OutOfScope, enter, system_scope, within
from app.text.likeness import traits_of
from tests.conftest import TODAY
from tests.support.world import build

NAMED = saved_lists.Named(name="Tên", endpoint="PetitionView.petitions", filters={})
NOBODY = traits_of([], [], "")
DAY = date(2026, 10, 21)
ADDERS = {"OFFICER", "LEADER", "RECEPTION"}  # who registers may add documents to what it opens
EVERYBODY = ("OFFICER", "RECEPTION", "LEADER", "SYNTHESIS", "CUSTODIAN", "PUBLISHER", "AUDITOR", "ADMIN")
# Not for its state, its day or its number: for who asks.
LACKING = "vai trò|chính mình|chỉ người|không chờ|do lãnh đạo|diện rà soát"
# What reads within the session's scope, or is a part that the verbs below call after asking.
PARTS = {
    "tasks_closed": {"align_tasks"},
    "giving": {"may_give", "may_attach", "number_for"},
    "like_elsewhere": {"tell_leaders"},
    "duties": {"give_duties", "align_duties"},
    "taking": {"next_steps", "check"},
    "written": {"writing", "keep_clock", "hidden_of", "of_subject"},
    "petitions": {"case_for"},
    "acts": {"asks_confirmation", "widened_by_unit"},
    "requests": {"visible_to", "granted_account", "record_of"},
    "accounts": {"find_account", "check_identifier", "give_initial_password"},
    "allocation": {"held_by", "check_allocation"},
    "approvals": {"note", "usable", "granted_to", "waiting", "use", "open_questions", "of_account", "find"},
    "cases": {"open_case", "settle", "number_taken"},
    "confirmations": {"waiting_for", "changes_for", "policies_for"},
    "conflicts": {
        *(
            "find_conflicts",
            "holders_at",
            "closed_ids",
            "closes_together",
            "carried_over",
            "could_read",
            "look_for",
            "look_into",
            "look_into_all",
        )
    },
    "daily": {"expiring_crls"},
    "deadlines": {"refresh_petition", "refresh_case", "recompute_open"},
    "demonstration": {"any_rows", "foreign_rows"},
    "state": {"waiting", "start_lines", "problems", "for_administrators"},
    "documents": {"may_add", "of_subject"},
    "rows": {"known"},
    "holidays": {"seed_holidays", "load_calendar"},
    "identity": {"is_open"},
    "minutes": {"template_of", "make_minutes", "newest_minutes"},
    "wording": set(),
    "meanwhile": {"version_of", "changed_since"},
    "correct": {"leads", "may_ask", "may_ask_kind", "may_correct"},
    "of_receptions": {"may_correct", "may_withdraw"},
    "undo": {"last_step", "hindrance"},
    "content": {"denouncers_of", "denouncers_behind"},
    "progress": {"listen", "tell", "told_along"},
    "register_closed": {"close_rows"},
    "register_receptions": {"check_receptions"},
    "register_in": {"begin", "check_register", "imported_before", "numbers_known", "places_of"},
    "reviews": {"to_review", "unreviewed", "reaches_of", "rights"},
    "rights": {"demand", "demand_operator", "demand_own"},
    "search": {"search", "record"},
    "search_nearly": {"add_nearly"},
    "duplicates": {"same_as"},
    "handlers": {"offered", "demand_handlers"},
    "many": {"for_each"},
    "second_factors": {"check_key", "check_codes"},
    "stepping": {"record_leaving", "record_step", "next_number", "free_number", "free_numbers"},
    "units": {"find_unit", "units_below", "count_below"},
}


class World:
    """Rows of unit A, fetched as the system before the session loses its rights: what a careless view might hand to an
    operation.
    """

    def __init__(self, session):
        def one(entity, *conditions):
            return session.scalars(select(entity).where(*conditions)).unique().first()

        self.unit = one(Unit, Unit.code == "A")
        self.petition = one(Petition, Petition.number == "A-denunciation-cho-thường")
        self.case = one(Case, Case.number == "A/denunciation/kín")
        self.reception = one(Reception, Reception.number == "R-A-thường")
        self.task = one(Task, Task.number == "NV-A")
        self.document = one(Document, Document.petition_id.is_not(None), Document.unit_id == self.unit.id)
        self.approval = one(Approval)
        self.conflict = one(Conflict)
        self.other = one(Account, Account.username == "CHUYENTRACH")
        self.calendar = load_calendar(session)


def _verbs():
    """Operation → how to call it with rows of unit A, and who may; a name that is missing fails the first test."""
    new = {
        "kind": "complaint",
        "received_on": DAY,
        "source": "post",
        "signatories": "one",
        "people": 1,
        "petitioners": [{"name": "A B"}],
        "summary": "x",
    }
    new |= {"field": "land", "instance": 1}
    modules = {"cases": cases, "case_orders": case_orders}
    found = {
        f"{module}.{name}": (_step(modules[module], name), {"LEADER", "OFFICER"})
        for module, names in STEPS.items()
        for name in names
    }
    return (
        found
        | {
            "petitions.register": (
                lambda s, w: petitions.register(s, w.unit, _act(w), new),
                {"OFFICER", "RECEPTION"},
            ),
            "petitions.process": (_process, {"OFFICER", "LEADER"}),
            "petitions.assign": (
                lambda s, w: petitions.assign(s, w.petition, _act(w), [w.other]),
                {"LEADER"},
            ),
            "petitions.attach": (
                lambda s, w: petitions.attach(s, w.petition, _act(w), None),
                {"OFFICER", "LEADER"},
            ),
            "petitions.remove": (
                lambda s, w: petitions.remove(s, w.petition, _act(w)),
                {"LEADER"},
            ),
            "saved_lists.save": (
                lambda s, w: saved_lists.save(s, "LEADER", w.unit.id, NAMED),
                {"LEADER"},
            ),
            "saved_lists.all_of": (lambda s, w: saved_lists.all_of(s, "LEADER", "PetitionView.petitions"), {"LEADER"}),
            "saved_lists.find": (lambda s, w: saved_lists.find(s, "LEADER", w.unit.id), {"LEADER"}),
            "saved_lists.start_of": (lambda s, w: saved_lists.start_of(s, "LEADER"), {"LEADER"}),
            "saved_lists.drop": (lambda s, w: saved_lists.drop(s, "LEADER", w.unit.id), {"LEADER"}),
            "drafts.keep": (lambda s, w: drafts.keep(s, "LEADER", "/petitions/new", [["summary", "x"]]), {"LEADER"}),
            "drafts.find": (lambda s, w: drafts.find(s, "LEADER", "/petitions/new", None), {"LEADER"}),
            "drafts.drop": (lambda s, w: drafts.drop(s, "LEADER", "/petitions/new"), {"LEADER"}),
            "correct.correct_petition": (
                lambda s, w: correct.correct_petition(s, w.petition, _act(w), {"field": "policy"}),
                {"LEADER"},
            ),
            "correct.correct_case": (
                lambda s, w: correct.correct_case(s, w.case, _act(w), {"remote": True}),
                {"LEADER"},
            ),
            "correct.correct_decision": (
                lambda s, w: correct.correct_decision(s, w.case, _act(w), {"number": "5"}),
                {"LEADER"},
            ),
            "correct.correct_entry": (
                lambda s, w: correct.correct_entry(s, _entry(w), _act(w), {"state_money": 1}),
                {"LEADER"},
            ),
            "of_receptions.correct_reception": (
                lambda s, w: of_receptions.correct_reception(s, w.reception, _act(w), {"people": 9}),
                {"LEADER"},
            ),
            "of_receptions.withdraw": (lambda s, w: of_receptions.withdraw(s, w.reception, _act(w)), {"LEADER"}),
            "of_receptions.restore": (_restore, {"LEADER"}),
            "undo.undo": (_undo, {"LEADER"}),
            "undo.annotate": (lambda s, w: undo.annotate(s, w.petition, _act(w)), ADDERS),
            "duplicates.mark": (lambda s, w: duplicates.mark(s, w.petition, _act(w), "X"), {"OFFICER", "LEADER"}),
            "closing.close": (lambda s, w: closing.close(s, w.petition, _act(w)), {"LEADER"}),
            "giving.give": (
                lambda s, w: giving.give(s, w.unit, _act(w), giving.Wanted("x", [w.unit])),
                {"LEADER"},
            ),
            "giving.attach": (lambda s, w: giving.attach(s, w.task, _act(w), "x.pdf", b"x"), ADDERS),
            "taking.take": (lambda s, w: taking.take(s, w.task, "answer", _act(w), {}), ADDERS),
            "merging.merge": (lambda s, w: merging.merge(s, w.case, _act(w), "X"), {"OFFICER", "LEADER"}),
            "merging.remove": (lambda s, w: merging.remove(s, w.case, _act(w)), {"LEADER"}),
            "receptions.receive": (
                lambda s, w: receptions.receive(s, w.unit, {"on": DAY, "kind": "regular", "people": 1}, "X", TODAY),
                {"RECEPTION"},
            ),
            "receptions.link": (lambda s, w: receptions.link(s, w.reception, w.petition, "X"), {"RECEPTION"}),
            "receptions.about": (lambda s, w: receptions.about(s, w.reception), {"RECEPTION"}),
            "receipts.receipt_of": (
                lambda s, w: receipts.receipt_of(s, w.petition),
                {"OFFICER", "LEADER", "RECEPTION", "SYNTHESIS"},
            ),
            "indexing.index_anew": (lambda s, w: list(indexing.index_anew(s)), set()),
            "similar.find": (lambda s, w: similar.find(s, similar.Question(NOBODY), None), set()),
            "similar.every_pair": (lambda s, w: list(similar.every_pair(s)), set()),
            "similar.similar_to": (lambda s, w: similar.similar_to(s, w.petition), set()),
            "suggestions.about": (
                lambda s, w: suggestions.about(s, w.petition),
                {"OFFICER", "LEADER", "RECEPTION", "SYNTHESIS"},
            ),
            "suggestions.about_typed": (
                lambda s, w: suggestions.about_typed(
                    s, w.unit.id, {"petitioners": [], "respondents": [], "summary": "thu hồi"}
                ),
                {"OFFICER", "RECEPTION"},
            ),
            "places.seed_places": (lambda s, w: places.seed_places(s), set()),
            "places.offers": (lambda s, w: places.offers(s, "Minh Châu"), set(EVERYBODY)),
            "receptions.announce": (lambda s, w: receptions.announce(s, w.unit, DAY, "head"), {"RECEPTION"}),
            "typed_forms.type_in": (
                lambda s, w: typed_forms.type_in(s, w.unit, "06/QLKNTC", DAY, DAY, {}),
                {"SYNTHESIS"},
            ),
            "register_names.names_of": (lambda s, w: register_names.names_of(s, "A"), {"OFFICER"}),
            "register_names.name_headings": (
                lambda s, w: register_names.name_headings(s, w.unit, {"Tên lạ": "names"}),
                {"OFFICER"},
            ),
            "register_in.import_register": (
                lambda s, w: register_in.import_register(s, register_in.RegisterFile(b"x", "x.csv", "A", None), TODAY),
                {"OFFICER"},
            ),
            "register_receptions.import_receptions": (
                lambda s, w: register_receptions.import_receptions(s, register_in.RegisterFile(b"x", "x", "A"), TODAY),
                set(),  # no role of ours holds both permissions; an account with two roles may
            ),
            "register_held.hold": (
                lambda s, w: register_held.hold(s, w.other.id, b"x", "x", w.other.made_at),
                {"OFFICER"},
            ),
            "register_held.held": (lambda s, w: register_held.held(s, w.other.id, "x", w.other.made_at), {"OFFICER"}),
            "register_held.let_go": (
                lambda s, w: register_held.let_go(s, w.other.id, "x", w.other.made_at),
                {"OFFICER"},
            ),
            "identity.reveal": (
                lambda s, w: identity.reveal(s, w.other, w.petition, "lý do đủ dài"),
                {"OFFICER", "LEADER"},
            ),
            "identity.reveal_reception": (
                lambda s, w: identity.reveal_reception(s, w.other, w.reception, "lý do đủ dài"),
                {"OFFICER", "LEADER"},
            ),
            "identity.reveal_document": (
                lambda s, w: identity.reveal_document(s, w.other, w.document, "lý do đủ dài"),
                {"OFFICER", "LEADER"},
            ),
            "approvals.ask": (
                lambda s, w: approvals.ask(
                    s,
                    w.other,
                    approvals.Question("print", f"petition:{w.petition.id}", "1", 1),
                    "lý do đủ dài",
                ),
                set(),
            ),
            "approvals.decide": (lambda s, w: approvals.decide(s, w.approval, True, w.other), {"LEADER", "CUSTODIAN"}),
            "documents.add": (lambda s, w: documents.add(s, w.petition, _act(w), "x.pdf", b"%PDF-"), ADDERS),
            "derivatives.derive": (lambda s, w: derivatives.derive(s, w.document, {}, True, "X"), ADDERS),
            "derivatives.derive_record": (lambda s, w: derivatives.derive_record(s, w.petition, "X"), ADDERS),
            "derivatives.check_derivative": (lambda s, w: derivatives.check_derivative(s, w.document, "X"), ADDERS),
            "derivatives.hand_over": (
                lambda s, w: derivatives.hand_over(s, w.case, _act(w), [w.document], [w.other]),
                ADDERS,
            ),
            "levels.determine": (
                lambda s, w: secrecy.determine(s, w.petition, _act(w), 0, None, ""),
                {"OFFICER", "LEADER"},
            ),
            "conflicts.mark": (lambda s, w: conflicts.mark(s, w.petition, w.other, "X"), {"LEADER"}),
            "conflicts.decide": (lambda s, w: conflicts.decide(s, w.conflict, True, "X"), {"LEADER"}),
            "confirmations.confirm": (lambda s, w: confirmations.confirm(s, w.other, w.other, "x"), set()),
            "confirmations.decide_change": (
                lambda s, w: confirmations.decide_change(s, _Change(), w.other, True),
                set(),
            ),
            "confirmations.decide_policy": (
                lambda s, w: confirmations.decide_policy(s, _Change(), w.other, True),
                set(),
            ),
            "reviews.review": (lambda s, w: reviews.review(s, w.other, [w.other]), set()),
        }
        | _of_accounts()
        | _of_the_operator()
    )


def _of_accounts():
    admin = {"ADMIN"}
    nobody = set()
    found = {
        f"acts.{name}": (
            lambda s, w, name=name, more=more: getattr(account_acts, name)(s, w.other, *more),
            admin,
        )
        for name, more in {
            "reset_password": ("1", "x"),
            "reset_factors": ("1", "x"),
            "hand_over": ("A B", "1", "x"),
            "suspend": ("1", "x"),
            "restore": ("1", "x"),
            "close": ("1", "x"),
            "bind": (b"x", "1", "x"),
            "unbind": ("lost", "1", "x"),
            "changed_holder": ("001",),
        }.items()
    }
    return found | {
        "acts.widened": (lambda s, w: account_acts.widened(s, [w.other]), admin),
        "accounts.add_account": (
            lambda s, w: accounts.add_account(s, accounts.NewAccount("MOI.X", "user", w.unit, paper="1")),
            admin,
        ),
        "accounts.unlock": (lambda s, w: accounts.unlock(s, w.other), admin),
        "accounts.set_password": (lambda s, w: accounts.set_password(s, w.other, "Mot-cau-rat-dai-2027", True), nobody),
        "requests.ask": (lambda s, w: account_requests.ask(s, w.unit, [], "1", "", "X"), {"LEADER"}),
        "requests.forward": (lambda s, w: account_requests.forward(s, [], w.unit, "1", "", "X"), {"LEADER"}),
        "requests.send_back": (
            lambda s, w: account_requests.send_back(s, None, w.unit, "lý do", "X"),
            {"LEADER"},
        ),
        "requests.decide": (lambda s, w: account_requests.decide(s, _Change(), True, None, "", w.other), admin),
        "confirmations.ask_role_change": (
            lambda s, w: confirmations.ask_role_change(s, _Change(), "can_read", "Audit", False, "X"),
            admin,
        ),
        "confirmations.ask_policy": (lambda s, w: confirmations.ask_policy(s, w.unit, None, "X"), admin),
        "deadlines.recompute_for_everybody": (lambda s, w: deadlines.recompute_for_everybody(s, w.calendar), admin),
        "minutes.replace_template": (lambda s, w: minutes.replace_template(s, "grant", b"x"), admin),
        "second_factors.add_key": (
            lambda s, w: second_factors.add_key(s, w.other, "{}", b"x", second_factors.Address("h", "o"), "n"),
            nobody,
        ),
        "second_factors.add_codes": (lambda s, w: second_factors.add_codes(s, w.other, "x", "0", "n"), nobody),
        "second_factors.end_factor": (lambda s, w: second_factors.end_factor(s, w.other, _Change(), False), nobody),
    }


def _of_the_operator():
    nobody = set()
    return {
        "confirmations.confirm_by_operator": (lambda s, w: confirmations.confirm_by_operator(s, w.other), nobody),
        "conflicts.look_again": (lambda s, w: conflicts.look_again(s, w.other.made_at), nobody),
        "daily.end_execution": (lambda s, w: daily.end_execution(s, DAY), nobody),
        "daily.run_daily": (lambda s, w: list(daily.run_daily(s)), nobody),
        "demonstration.make": (lambda s, w: demonstration.make(s, 1, 1, None), nobody),
        "work.work_once": (lambda s, w: document_work.work_once(s), nobody),
        "file_in.import_file": (lambda s, w: exchange_in.import_file(s, None), nobody),
        "file_out.export_unit": (lambda s, w: exchange_out.export_unit(s, w.unit, io.StringIO()), nobody),
        "register_held.sweep_held": (lambda s, w: register_held.sweep_held(s, w.other.made_at), nobody),
        "reviews.disable_idle": (lambda s, w: reviews.disable_idle(s, w.other.made_at), nobody),
    }


class _Change:
    """A row that waits, of whatever kind."""

    id = None
    granted = None
    request = None


STEPS = {
    "cases": ("accept", "refuse", "decide", "send", "execute", "finish"),
    "case_orders": ("extend", "suspend", "resume", "withdraw_part", "withdraw", "discontinue", "tell"),
}


def _act(world):
    return Act(on=DAY, by="X", today=TODAY, calendar=world.calendar, paper="1/QĐ", note="lý do")


def _step(module, name):
    def call(session, world):
        values = {
            "number": "1",
            "outcome": "true",
            "state_money": 1,
            "positions": [1],
            "days": 5,
        }
        return getattr(module, name)(session, world.case, _act(world), values)

    return call


def _process(session, world):
    return petitions.process(session, world.petition, _act(world), petitions.Finding(True, True, "accept"))


def _entry(world):
    entry = ExecutionEntry(executed_on=DAY)
    set_committed_value(entry, "case", world.case)  # and is not stored itself
    return entry


def _restore(session, world):
    world.reception.removed_at = world.reception.removed_at or datetime(2026, 10, 1, tzinfo=UTC)
    return of_receptions.restore(session, world.reception, _act(world))


def _undo(session, world):
    """A step of long ago: who took it no longer takes it back."""
    with within(session, system_scope("test")) as apart:
        mine = {"unit": apart.get(Unit, world.unit.id), "petition_id": world.petition.id}
        step = Step(step="process", taken_on=DAY, taken_by="AI.DO", **mine)
        step.recorded_at = datetime(2026, 1, 1, tzinfo=UTC)
        apart.add(step)
        apart.flush()
    return undo.undo(session, world.petition, _act(world))


def test_every_operation_is_named():
    for module in pkgutil.walk_packages(operations.__path__, "app.operations."):
        if module.ispkg:
            continue
        code = importlib.import_module(module.name)
        noun = module.name.rsplit(".", 1)[1]
        own = {
            name
            for name, function in vars(code).items()
            if inspect.isfunction(function)
            and function.__module__ == code.__name__
            and not name.startswith("_")
            and next(iter(inspect.signature(function).parameters), "") == "session"
        }
        named = {key.split(".")[1] for key in _verbs() if key.split(".")[0] == noun}
        assert own == named | PARTS.get(noun, set()), (
            f"{module.name}: name the operation in tests/operations/test_rights.py, and who may"
        )


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


@pytest.mark.parametrize("name", sorted(_verbs()))
def test_an_operation_refuses_whoever_lacks_the_right(world, name):
    call, may = _verbs()[name]
    for identifier in (one for one in EVERYBODY if one not in may):
        with world.app.app_context():
            session = db.session()
            enter(session, system_scope("test"))
            rows = World(session)
            account = session.scalars(select(Account).where(Account.username == identifier)).unique().one()
            mine = permissions_and_scope(session, account)[1]
            session.info["scope"] = mine  # what was fetched stays at hand, as it would to a careless view
            try:
                with pytest.raises((Refused, OutOfScope), match=LACKING):
                    call(session, rows)
                    session.flush()
            finally:
                session.rollback()
