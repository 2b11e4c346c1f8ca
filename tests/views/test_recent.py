"""What was opened last leads back to it: one's own openings, once each, and nothing that one may no longer see."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import Petition, Reception
from app.operations.refusal import Refused
from app.reporting import recent
from app.security.scope import Scope, enter
from tests.conftest import Browser
from tests.support.world import CANARY, build

WITH_CASE = "A-complaint-thường"
ALONE = "A-complaint-cho-thường"


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


def person(world, name):
    browser = Browser(world.app)
    browser.sign_in(name)
    return browser


def petition(world, number):
    with world.session() as session:
        row = session.scalars(select(Petition).where(Petition.number == number)).one()
        return str(row.id), row.case and str(row.case.id)


def shown(browser):
    page = browser.get("/recent/").get_data(as_text=True)
    return re.findall(r'<td><a href="/(petitions|cases|receptions)/([0-9a-f-]{36})">', page)


def test_the_last_ones_stand_first_once_each_and_nobody_elses(world):
    officer = person(world, "OFFICER")
    assert shown(officer) == []
    first, case = petition(world, WITH_CASE)
    second, _ = petition(world, ALONE)
    for address in (f"/petitions/{first}", f"/cases/{case}", f"/petitions/{second}", f"/petitions/{first}"):
        assert officer.get(address).status_code == 200
    officer.get("/petitions/")  # a list that was looked at opened nothing
    assert shown(officer) == [("petitions", first), ("petitions", second), ("cases", case)]
    assert shown(person(world, "LEADER")) == []
    desk = person(world, "RECEPTION")
    with world.session() as session:
        key = str(session.scalars(select(Reception.id).where(Reception.unit.has(code="A"))).first())
    desk.get(f"/receptions/{key}")
    assert shown(desk) == [("receptions", key)]


def test_what_is_out_of_reach_is_no_longer_told_of(world):
    officer = person(world, "OFFICER")
    key, _ = petition(world, ALONE)
    officer.get(f"/petitions/{key}")
    foreign, _ = petition(world, f"C-complaint-cho-{CANARY}")
    assert officer.get(f"/petitions/{foreign}").status_code == 404
    assert ("petitions", key) in shown(officer) and ("petitions", foreign) not in shown(officer)
    with world.owner() as connection:
        connection.execute("update petitions set shut_out = array['OFFICER'] where id = %s", [key])
    assert ("petitions", key) not in shown(officer)
    with world.owner() as connection:
        connection.execute("update petitions set shut_out = null where id = %s", [key])


def test_openings_of_long_ago_are_forgotten(world, monkeypatch):
    officer = person(world, "OFFICER")
    key, _ = petition(world, ALONE)
    officer.get(f"/petitions/{key}")
    monkeypatch.setattr(recent, "KEPT", timedelta(0))
    assert shown(officer) == []


def test_nobody_asks_for_anothers(world):
    with world.session() as session, pytest.raises(Refused):
        enter(session, Scope(name="OFFICER"))
        recent.recent(session, "LEADER")
