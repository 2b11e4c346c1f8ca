"""Two people at one record: the second is told who changed what since the form was opened, and overwrites nothing."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.models import Account, Case, Holiday, Petition, Step, Unit
from tests.conftest import Browser
from tests.support.fields import Fields
from tests.support.fuzz_stage import build_stage


@pytest.fixture(scope="module")
def stage(installation, tmp_path_factory):
    return installation, build_stage(installation, tmp_path_factory.mktemp("stage"))


def signed_in(installation, name):
    browser = Browser(installation.app)
    assert browser.sign_in(name).status_code == 302
    return browser


def hidden(page):
    """What the form's hidden fields hold, but for the forging token."""
    found = dict(re.findall(r'type="hidden" name="(once|seen)" value="([^"]+)"', page))
    assert set(found) == {"once", "seen"}, page[:300]
    return found


def errors(answer):
    return re.findall(r'class="error[^>]*>\s*([^<]+)', answer.get_data(as_text=True))


def messages(page):
    return re.findall(r'class="message[^>]*>\s*([^<]+)', page)


def opened(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200, answer.location
    return hidden(answer.get_data(as_text=True))


def value(installation, model, key, name):
    with installation.session() as session:
        return getattr(session.get(model, key), name)


def test_the_second_to_correct_a_petition_is_told_who_corrected_what_and_decides(stage):
    installation, keys = stage
    key = next(keys["waiting"])
    address = f"/corrections/petition/{key}"
    first = signed_in(installation, "LEADER")
    second = signed_in(installation, "LEADER")
    form = {"kind": "complaint", "received_on": "05/10/2026", "source": "post", "signatories": "one", "people": "1"}
    form |= {"petitioners-0-name": "Trần Thị Mẫu", "summary": "Thu hồi đất", "instance": "1", "note": "gõ nhầm"}
    theirs = opened(first, address)
    mine = opened(second, address)
    assert first.post(address, form | theirs | {"field": "policy"}).status_code == 302
    refused = second.post(address, form | mine | {"field": "land", "summary": "Thu hồi đất ở"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 200
    assert re.search(r"Trong lúc biểu mẫu này đang mở, LEADER đã ghi “Sửa[^”]*” lúc \d\d:\d\d", page), messages(page)
    assert "Thu hồi đất ở" in page, "the form is still filled in"
    assert value(installation, Petition, key, "field") == "policy"
    assert second.post(address, form | hidden(page) | {"field": "land"}).status_code == 302
    assert value(installation, Petition, key, "field") == "land"


def test_a_step_that_somebody_else_took_is_told_with_who_took_it(stage):
    installation, keys = stage
    key = next(keys["accepted"])
    first = signed_in(installation, "LEADER")
    second = signed_in(installation, "OFFICER")
    address = f"/cases/{key}/step/suspend"
    theirs = opened(first, address)
    mine = opened(second, address)
    form = {
        "on": "21/10/2026",
        "paper": "1/QĐ",
        "number": "1/QĐ",
        "note": "chờ kết luận giám định",
        "ground": "other_result",
    }
    answer = first.post(address, form | theirs)
    assert answer.status_code == 302, errors(answer)
    with installation.session() as session:
        assert session.get(Case, key).state == "suspended"
    answer = second.post(address, form | mine, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert re.search(r"Trong lúc biểu mẫu này đang mở, LEADER đã ghi “[^”]+” lúc", page)
    with installation.session() as session:
        steps = session.scalars(select(Step).where(Step.case_id == key, Step.step == "suspend")).all()
        assert len(steps) == 1


def test_another_step_than_the_one_that_was_shown_is_not_taken_back(stage):
    installation, keys = stage
    key = next(keys["waiting"])
    leader = signed_in(installation, "LEADER")
    sent = {"on": "21/10/2026", "handlers": "OFFICER"}
    assert leader.post(f"/petitions/{key}/remove", {"note": "vào sổ hai lần"}).status_code == 302
    address = f"/corrections/undo/petition/{key}"
    mine = opened(leader, address)
    assert leader.post(address, {"note": "rút nhầm đơn"}).status_code == 302
    assert leader.post(f"/petitions/{key}/assign", sent).status_code == 302
    assert leader.post(f"/petitions/{key}/remove", {"note": "vào sổ hai lần thật"}).status_code == 302
    refused = leader.post(address, {"note": "rút nhầm đơn"} | mine)
    assert refused.status_code == 200 and "Trong lúc biểu mẫu này đang mở" in refused.get_data(as_text=True)
    assert value(installation, Petition, key, "removed_at") is not None


def test_a_line_of_a_catalogue_that_anlandistrator_changed_is_told_with_who_it_was(stage):
    installation, _ = stage
    with installation.session() as session:
        key = session.scalars(select(Unit.id).where(Unit.code == "C")).one()
    first = signed_in(installation, "ADMIN")
    second = signed_in(installation, "ADMIN")
    address = f"/units/edit/{key}"
    page = first.get(address).get_data(as_text=True)
    theirs = hidden(page)
    mine = opened(second, address)
    form = {name: value for name, (_, value) in Fields(page).found.items()}
    answer = first.post(address, form | theirs | {"name": "Đơn vị C mới"})
    assert answer.status_code == 302, errors(answer)
    refused = second.post(address, form | mine | {"name": "Đơn vị C khác"})
    text = refused.get_data(as_text=True)
    assert refused.status_code == 200 and "ADMIN đã sửa lúc" in text and "Đơn vị C khác" in text
    assert value(installation, Unit, key, "name") == "Đơn vị C mới"
    assert second.post(address, form | hidden(text) | {"name": "Đơn vị C khác"}).status_code == 302
    assert value(installation, Unit, key, "name") == "Đơn vị C khác"


def test_a_line_of_a_catalogue_that_was_sent_twice_is_added_once(stage):
    installation, _ = stage
    admin = signed_in(installation, "ADMIN")
    page = admin.get("/holidays/add").get_data(as_text=True)
    once = re.search(r'name="once" value="([^"]+)"', page).group(1)
    form = {"day": "24/12/2027", "kind": "off", "name": "Nghỉ bù", "once": once}
    assert [admin.post("/holidays/add", form).status_code for _ in range(2)] == [302, 302]
    with installation.session() as session:
        assert len(session.scalars(select(Holiday).where(Holiday.name == "Nghỉ bù")).all()) == 1


def test_who_signs_in_meanwhile_has_not_changed_the_account(stage):
    installation, _ = stage
    admin = signed_in(installation, "ADMIN")
    with installation.session() as session:
        key = session.scalars(select(Account.id).where(Account.username == "OFFICER")).one()
    page = admin.get(f"/accounts/edit/{key}").get_data(as_text=True)
    form = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)) | hidden(page)
    signed_in(installation, "OFFICER")
    answer = admin.post(f"/accounts/edit/{key}", form)
    assert "Trong lúc" not in answer.get_data(as_text=True)


def test_of_two_corrections_sent_at_the_same_moment_one_is_stored_and_the_other_told(stage):
    installation, keys = stage
    key = next(keys["waiting"])
    address = f"/corrections/petition/{key}"
    form = {"kind": "complaint", "received_on": "05/10/2026", "source": "post", "signatories": "one", "people": "1"}
    form |= {"petitioners-0-name": "Trần Thị Mẫu", "summary": "Thu hồi đất", "instance": "1", "note": "gõ nhầm"}
    sent = []
    for field in ("policy", "land"):
        browser = signed_in(installation, "LEADER")
        sent.append((browser, form | opened(browser, address) | {"field": field, "csrf_token": browser.token()}))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: one[0].client.post(address, data=one[1]), sent))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    refused = next(answer for answer in answers if answer.status_code == 200)
    assert "Trong lúc biểu mẫu này đang mở, LEADER đã ghi" in refused.get_data(as_text=True)
