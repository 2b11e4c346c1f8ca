"""What a request rests on is read anew by each: whatever an administrator does acts at the very next request, on every
worker; and how many statements a page takes, whatever it shows.
"""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from app.extensions import db
from app.models import Account, Holiday, Petition, Unit
from app.operations.holidays import load_calendar
from app.security.account_scope import permissions_and_scope
from app.security.scope import NO_SCOPE, enter
from tests.conftest import Browser, make_application
from tests.support.world import CLOSED


@pytest.fixture
def workers(world):
    """Two applications over one database, and the leader's browser signed in, as each of them sees it."""
    installation, _ = world
    first = Browser(installation.app)
    assert first.sign_in("LEADER").status_code == 302
    other = make_application(installation.environ)
    second = Browser(other)
    second.client._cookies = first.client._cookies
    yield installation, (first, second)
    with other.app_context():
        db.engine.dispose()


MINE = "(select id from ab_user where username = 'LEADER')"


@pytest.mark.parametrize(
    ("done", "status", "leads_to"),
    [
        (f"update ab_user set active = false where id = {MINE}", 302, "/login/"),
        ("update account_sessions set ended_at = now()", 302, "/login/"),
        (f"delete from ab_user_role where user_id = {MINE}", 403, None),
        (
            "delete from ab_permission_view_role where permission_view_id in (select p.id from ab_permission_view p"
            " join ab_view_menu v on v.id = p.view_menu_id where v.name = 'Petitions')",
            403,
            None,
        ),
        (f"update ab_user set confirmed_at = null where id = {MINE}", 302, "/account/waiting"),
        (f"update ab_user set must_change_password = true where id = {MINE}", 302, "/account/password"),
        ("update units set sign_in_policy = 'token' where code = 'A'", 302, "/login/"),
        ("update units set sign_in_policy = 'second_factor' where code = 'A'", 302, "/account/factors"),
    ],
)
def test_what_was_done_acts_at_the_next_request_of_every_worker(workers, done, status, leads_to):
    installation, browsers = workers
    for browser in browsers:
        assert browser.get("/petitions/").status_code == 200
    with installation.owner() as connection:
        connection.execute(done)
    for browser in browsers:
        answer = browser.get("/petitions/")
        assert answer.status_code == status
        assert leads_to is None or leads_to in answer.location


def test_who_moved_to_another_unit_sees_that_units_petitions_at_the_next_request(workers):
    installation, browsers = workers

    def seen(browser):
        return set(re.findall(r">([AC])-complaint", browser.get("/petitions/").get_data(as_text=True)))

    assert [seen(browser) for browser in browsers] == [{"A"}, {"A"}]
    with installation.owner() as connection:
        connection.execute(f"update ab_user set unit_id = (select id from units where code = 'C') where id = {MINE}")
    assert [seen(browser) for browser in browsers] == [{"C"}, {"C"}]


def test_one_statement_serves_two_scopes_of_one_shape_and_gives_each_its_own(world):
    installation, _ = world
    with installation.app.app_context():
        session = db.session()
        leader = session.scalars(select(Account).where(Account.username == "LEADER")).one()
        scopes = {}
        for code in ("A", "C"):
            leader.unit = session.scalars(select(Unit).where(Unit.code == code)).one()
            scopes[code] = permissions_and_scope(session, leader)[1]
        session.rollback()
        for code in ("A", "C", "A"):
            enter(session, scopes[code])
            rows = session.scalars(select(Petition)).all()
            assert rows and {row.unit.path.startswith(scopes[code].facts.low) for row in rows} == {True}
            assert all(row.text is None or row.text.path == row.path for row in rows)
        enter(session, NO_SCOPE)
        assert session.scalars(select(Petition)).all() == []


def test_a_session_without_scope_in_the_transaction_of_one_that_has_it_reads_nothing(world):
    installation, _ = world
    with installation.session() as session:
        assert session.scalar(text("select count(*) from petitions")) > 0
        with Session(bind=session.connection(), join_transaction_mode="rollback_only") as inner:
            assert inner.scalar(text("select count(*) from petitions")) == 0


def test_a_parameter_of_the_scope_is_the_scopes_whatever_a_statement_is_told(world):
    installation, _ = world
    with installation.app.app_context():
        session = db.session()
        leader = session.scalars(select(Account).where(Account.username == "LEADER")).one()
        foreign = session.scalars(select(Unit).where(Unit.code == "C")).one()
        enter(session, permissions_and_scope(session, leader)[1])
        told = {"scope_facts_root": foreign.level_0, "scope_facts_unit": foreign.id}
        assert foreign.id not in {row.unit_id for row in session.scalars(select(Petition), told)}


def test_a_changed_calendar_is_read_at_once(world):
    installation, _ = world
    with installation.session() as session:
        holiday = session.scalars(select(Holiday).where(Holiday.kind == "off")).first()
        day = holiday.day
        assert not load_calendar(session).is_working(day) and load_calendar(session) is load_calendar(session)
        session.delete(holiday)
        session.flush()
        assert load_calendar(session).reason_off(day) != "holiday"
        session.rollback()
        assert load_calendar(session).reason_off(day) == "holiday"


@contextmanager
def heard(installation):
    with installation.app.app_context():
        engine = db.engine
    statements = []

    def hear(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def test_a_page_takes_a_few_statements_however_many_rows_it_shows(world):
    installation, _ = world
    browser = Browser(installation.app)
    browser.sign_in("LEADER")
    page = browser.get("/petitions/").get_data(as_text=True)
    assert page.count("<tr>") > 4 and CLOSED in page
    searched = browser.post("/petitions/search", {"text": CLOSED}).location
    # A search that finds little asks what is nearly there, and loads it; the menu counts the work that waits.
    asked = {"list": ("/petitions/", 11), "search": (searched, 17)}
    for name, (address, most) in asked.items():
        with heard(installation) as statements:
            assert browser.get(address).status_code == 200
        assert len(statements) <= most, (name, statements)
