"""Several petitions at once: each through the same operation as alone, the refused ones told one by one."""

import pytest
from sqlalchemy import select

from app.models import Petition
from tests.conftest import Browser, pages_of
from tests.support.world import CANARY, build


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


def keys_of(world, *numbers):
    with world.session() as session:
        found = {
            row.number: str(row.id) for row in session.scalars(select(Petition).where(Petition.number.in_(numbers)))
        }
    return [found[number] for number in numbers]


def sent(world, name, step, keys, **more):
    browser = Browser(world.app)
    browser.sign_in(name)
    form = {"chosen": keys, "on": "20/11/2026", **more}
    answer = browser.post(f"/petitions/many/{step}", form, follow_redirects=True)
    return answer.status_code, pages_of(answer.get_data(as_text=True))


def test_the_list_offers_what_the_role_may_do(world):
    offers = {}
    for name in ("LEADER", "OFFICER", "SYNTHESIS"):
        browser = Browser(world.app)
        browser.sign_in(name)
        page = browser.get("/petitions/").get_data(as_text=True)
        offers[name] = ("many/assign" in page, "many/attach" in page, 'name="chosen"' in page)
    assert offers == {"LEADER": (True, True, True), "OFFICER": (False, True, True), "SYNTHESIS": (False, False, False)}
    assert sent(world, "OFFICER", "assign", ["x"])[0] == 403


def test_all_that_may_are_assigned_and_the_others_say_why(world):
    keys = keys_of(world, "A-complaint-cho-thường", "A-denunciation-cho-thường", "B-complaint-cho-dưới")
    status, page = sent(world, "LEADER", "assign", keys)
    assert status == 200 and "3 đơn đã chọn" in page and "A-complaint-cho-thường" in page
    _, page = sent(world, "LEADER", "assign", keys, sent="1", handlers="OFFICER")
    assert "Đã ghi cho 2 đơn" in page and "B-complaint-cho-dưới: " in page
    with world.session() as session:
        rows = session.scalars(select(Petition).where(Petition.id.in_(keys))).all()
        assert {row.number: row.handlers for row in rows} == {
            "A-complaint-cho-thường": ["OFFICER"],
            "A-denunciation-cho-thường": ["OFFICER"],
            "B-complaint-cho-dưới": None,
        }


def test_another_units_petition_is_not_there(world):
    keys = keys_of(world, f"C-complaint-cho-{CANARY}")
    for more in ({}, {"sent": "1", "handlers": "OFFICER"}):
        _, page = sent(world, "LEADER", "assign", keys, **more)
        assert "Chưa chọn đơn nào" in page and CANARY not in page


def test_petitions_are_put_into_one_case_and_a_case_that_is_none_stores_nothing(world):
    keys = keys_of(world, "A-complaint-thường", "A-complaint-cho-thường")
    _, page = sent(world, "OFFICER", "attach", keys, sent="1", case_number="KHÔNG-CÓ")
    assert "2 đơn đã chọn" in page, "the form is still there"
    assert "A-complaint-thường: " in page and "A-complaint-cho-thường: " in page and "Đã ghi cho" not in page
    _, page = sent(world, "OFFICER", "attach", keys, sent="1", case_number="")
    assert "Số vụ việc đã có: " in page, "the form, with what is wrong"
