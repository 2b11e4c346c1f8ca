"""Nothing of another unit reaches anybody: every route, as every role, with another unit's keys, while a canary stands
in every text there.
"""

import io
import zipfile
from contextlib import contextmanager
from unittest import mock

import pytest
from sqlalchemy import select, true

from app.extensions import db
from app.models import Account, Petition, PetitionText, Unit
from app.security import scope
from app.security.account_scope import permissions_and_scope
from app.text.fold import fold
from tests.conftest import Browser
from tests.support.routes import ALL, ROUTES, form_of, walked
from tests.support.world import CANARY, CLOSED

TABLES = (
    "petitions",
    "petition_texts",
    "persons",
    "cases",
    "decisions",
    "execution_entries",
    "steps",
    "step_notes",
    "deadlines",
    "tasks",
    "receptions",
    "reception_texts",
    "reception_days",
    "typed_forms",
    "documents",
    "approvals",
    "conflicts",
    "imported_files",
    "named_headings",
)
OWN = ("jobs", "job_progress", "drafts", "sent_forms", "saved_lists")  # an account's own: row security by who asks


def text_of(answer):
    data = answer.get_data()
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return data.decode("utf-8", "replace")


def snapshot(installation):
    """Every row of the foreign unit, so that a change is seen."""
    with installation.owner() as connection:
        (unit,) = connection.execute("select id from units where code = 'C'").fetchone()
        found = {
            table: sorted(
                map(str, connection.execute(f"select t::text from {table} t where unit_id = %s", [unit]).fetchall())
            )
            for table in TABLES
        }
        theirs = "select j::text, p::text from jobs j join job_progress p using (id) where account = 'CHI'"
        return found | {"jobs": connection.execute(theirs).fetchall()}


def walk(world, roles=ALL):
    """Every leak found: an address and a role that showed the canary or changed a foreign row."""
    installation, keys = world
    leaks = []
    before = snapshot(installation)
    methods = {rule.endpoint: rule.methods for rule in installation.app.url_map.iter_rules()}
    for role in sorted(roles):
        browser = Browser(installation.app)
        browser.sign_in(role.upper())
        for endpoint, route in walked():
            for call in route.calls:
                for method in sorted(methods[endpoint] & {"GET", "POST"}):
                    address = call.format(**keys)
                    searched = endpoint == "PetitionView.search"  # what is found stands on the page it leads to
                    answer = (
                        browser.get(address)
                        if method == "GET"
                        else browser.post(address, form_of(route, keys), follow_redirects=searched)
                    )
                    seen = fold(text_of(answer))
                    echoed = method == "POST" and (searched or route.form.get("petition"))
                    if fold(CANARY) in seen and not (
                        echoed
                        and answer.status_code in (200, 403, 404)
                        and seen.count(fold(CANARY)) <= 3
                        and "C-" not in seen
                    ):
                        leaks.append(f"{role} {method} {address} shows it ({answer.status_code})")
                    if role not in ("leader", "manager") and fold(CLOSED) in seen:
                        leaks.append(f"{role} {method} {address} opens a compartment ({answer.status_code})")
    if snapshot(installation) != before:
        leaks.append("a row of the other unit was changed")
    return leaks


def test_nothing_of_another_unit_reaches_anybody(world):
    assert walk(world) == []


@contextmanager
def changed(name, function):
    """Another function of the first belt; criteria made with one are forgotten before the other is used."""
    scope._options.cache_clear()
    try:
        with mock.patch.object(scope, name, function):
            yield
    finally:
        scope._options.cache_clear()


@contextmanager
def without_the_first_belt():
    with (
        changed("_criterion", lambda entity, current: true()),
        mock.patch.object(scope, "_refuse_outside", lambda *arguments: None),
    ):
        yield


@contextmanager
def without_row_security(installation):
    with installation.owner() as connection:
        for table in TABLES + OWN:
            connection.execute(f"alter table {table} disable row level security")
    yield


def test_the_first_belt_holds_alone(world):
    with without_row_security(world[0]):
        assert walk(world) == []


def test_the_second_belt_holds_alone(world):
    with without_the_first_belt():
        assert walk(world, {"officer", "leader", "synthesis", "reception"}) == []


def test_the_walk_sees_when_both_belts_are_gone(world):
    with without_the_first_belt(), without_row_security(world[0]):
        leaks = walk(world, {"officer"})
    assert any("/petitions/?unit" in leak for leak in leaks) and any("/cases/" in leak for leak in leaks)


def test_the_walk_sees_when_the_compartment_is_gone(world):
    installation, _ = world
    with changed("_opens", lambda *arguments: true()), without_row_security(installation):
        assert any("/petitions/" in leak for leak in walk(world, {"officer"}))


def test_an_admin_gets_no_number_that_comes_from_petitions(world):
    installation, keys = world
    browser = Browser(installation.app)
    browser.sign_in("ADMIN")
    for endpoint in (
        "InboxView.inbox",
        "PetitionView.petitions",
        "PetitionView.export",
        "FormView.form",
        "FormView.export",
        "ReceptionView.receptions",
        "AuditView.entries",
    ):
        for call in ROUTES[endpoint].calls:
            assert browser.get(call.format(**keys)).status_code == 403, call


def test_no_scope_means_no_rows_and_no_writes(world):
    installation, _ = world
    with installation.app.app_context():
        session = db.session()
        assert session.scalars(select(Petition)).all() == []
        assert session.scalars(select(PetitionText)).all() == []
        with session.get_bind().begin() as connection:
            assert connection.exec_driver_sql("select count(*) from petitions").scalar() == 0


def test_a_row_of_another_unit_cannot_be_written_or_taken(world):
    installation, _ = world
    with installation.app.app_context():
        session = db.session()
        _, officer = permissions_and_scope(
            session, session.scalars(select(Account).where(Account.username == "OFFICER")).one()
        )
        foreign = session.scalars(select(Unit).where(Unit.code == "C")).one()
        scope.enter(session, officer)
        mine = session.scalars(select(Petition).where(Petition.number == "A-complaint-thường")).one()
        mine.unit = foreign
        mine.unit_id = foreign.id
        with pytest.raises(scope.OutOfScope):
            session.flush()
        session.rollback()
        mine = session.scalars(select(Petition).where(Petition.number == "A-complaint-thường")).one()
        session.delete(mine)
        with pytest.raises(scope.OutOfScope):
            session.flush()
        session.rollback()
