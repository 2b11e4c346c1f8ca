"""Several petitions at once: each through the same operation as alone, the refused ones told one by one."""

import io
import re

import openpyxl
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
        offers[name] = {what for what in ("assign", "attach", "slips", "export", "register") if f"many/{what}" in page}
        assert 'name="chosen"' in page
    papers = {"export", "register"}
    assert offers["LEADER"] == {"assign", "attach", "slips"} | papers
    assert offers["OFFICER"] == {"attach", "slips"} | papers and offers["SYNTHESIS"] == papers
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


def test_only_who_processes_petitions_is_offered_with_the_work_it_has(world):
    keys = keys_of(world, "A-complaint-cho-thường")
    sent(world, "LEADER", "assign", keys, sent="1", handlers="OFFICER")
    browser = Browser(world.app)
    browser.sign_in("LEADER")
    page = browser.get(f"/petitions/{keys[0]}/assign").get_data(as_text=True)
    offered = dict(re.findall(r'<option[^>]*value="([A-Z.]+)"[^>]*>([^<]*)<', page))
    assert {"OFFICER", "LEADER"} <= set(offered) and not {"SYNTHESIS", "CUSTODIAN", "AUDITOR", "RECEPTION"} & set(
        offered
    )
    assert re.search(r"đang có [1-9]\d* việc", offered["OFFICER"]) and "đang có 0 việc" in offered["LEADER"]
    answer = browser.post(f"/petitions/{keys[0]}/assign", {"on": "20/11/2026", "handlers": ["SYNTHESIS"]})
    assert answer.status_code == 200, "not among those offered"


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


def test_the_earliest_of_those_ticked_is_offered_and_the_others_are_marked_as_the_same(world):
    keys = keys_of(world, "A-complaint-cho-thường", "A-complaint-thường", "A-denunciation-cho-thường")
    browser = Browser(world.app)
    browser.sign_in("OFFICER")
    form = browser.post("/petitions/many/duplicate", {"chosen": keys}).get_data(as_text=True)
    first = re.search(r'value="([^"]+)"', re.search(r'<input[^>]*name="number"[^>]*>', form).group()).group(1)
    with world.session() as session:
        rows = session.scalars(select(Petition).where(Petition.id.in_(keys))).all()
        assert first == min(rows, key=lambda row: (row.received_on, row.id)).number
    _, page = sent(world, "OFFICER", "duplicate", keys, sent="1", number="A-complaint-thường")
    assert "Đã ghi cho 1 đơn" in page and "A-denunciation-cho-thường: " in page and "A-complaint-thường: " not in page
    with world.session() as session:
        marked = session.scalars(select(Petition).where(Petition.number == "A-complaint-cho-thường")).one()
        assert str(marked.same_as_id) == keys[1]
    _, page = sent(world, "OFFICER", "duplicate", keys[1:2], sent="1", number="A-complaint-thường")
    assert "chọn thêm các đơn trùng với đơn này" in page


def exported(world, name, what, keys):
    """The rows of the workbook of what was ticked, each as its cells."""
    browser = Browser(world.app)
    browser.sign_in(name)
    answer = browser.post(f"/petitions/many/{what}", {"chosen": keys})
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return [[str(cell) for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def test_what_was_ticked_is_exported_and_nothing_else(world):
    keys = keys_of(world, "A-complaint-thường", f"C-complaint-cho-{CANARY}")
    for what in ("export", "register"):
        rows = exported(world, "LEADER", what, keys)
        assert sum("A-complaint-thường" in row for row in rows) == 1
        assert "1 đơn đã chọn" in str(rows) and CANARY not in str(rows) and "A-complaint-cho-thường" not in str(rows)
    assert sent(world, "RECEPTION", "export", keys)[0] == 403


def test_what_is_secret_stays_out_of_it(world):
    keys = keys_of(world, "A-denunciation-cho-thường")
    with world.session() as session:
        session.scalars(select(Petition).where(Petition.id.in_(keys))).one().secrecy = 1
        session.commit()
    told = str(exported(world, "LEADER", "register", keys))
    assert "A-denunciation-cho-thường" not in told and "Không gồm 1 đơn được bảo vệ" in told


def test_slips_of_what_was_ticked_stand_one_after_the_other_and_each_is_told_of(world):
    keys = keys_of(world, "A-complaint-thường", "A-complaint-cho-thường", "B-complaint-cho-dưới")
    status, page = sent(world, "OFFICER", "slips", keys)
    assert status == 200 and page.count("Mã tra cứu") == 2 and "B-complaint-cho-dưới" not in page
    with world.owner() as connection:
        query = "select count(*) from audit_entries where detail->>'slip' = 'true' and account = 'OFFICER'"
        assert connection.execute(query).fetchone() == (2,)
    _, nothing = sent(world, "OFFICER", "slips", [])
    assert "Chưa chọn đơn nào" in nothing
