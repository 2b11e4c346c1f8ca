"""From the reception register into that of petitions, in either order; who denounced stays unseen on the way."""

import re

import pytest
from sqlalchemy import select

from app.models import Petition, Reception, Unit
from app.operations.content import PETITIONER, read_people
from app.operations.reception_text import read_reception
from app.operations.secrecy import conflicts
from app.security.scope import system_scope, within
from tests.conftest import Browser, create_account, pages_of
from tests.support.world import build

MET = {"on": "05/10/2026", "kind": "regular", "people": "2", "summary": "Thu hồi đất sai diện tích"}
MET |= {"petitioners-0-name": "Hoàng Thị Gặp", "petitioners-0-address": "Thôn Đông", "petitioners-1-name": "Lý Văn Gặp"}
MET |= {"respondents-0-name": "Đỗ Văn Bị"}
FACTS = {"kind": "complaint", "received_on": "05/10/2026", "source": "reception", "signatories": "many", "people": "2"}
FACTS |= {"field": "land", "instance": "1", "summary": "Thu hồi đất sai diện tích"}


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    with installation.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        create_account(session, "DO.BI", unit, "leader").holder = "Đỗ Văn Bị"
        session.commit()
    return installation


@pytest.fixture(scope="module")
def desk(world):
    browser = Browser(world.app)
    browser.sign_in("RECEPTION")
    return browser


def said(answer):
    return pages_of(answer.get_data(as_text=True))


def newest(session, model):
    return max(session.scalars(select(model)).all(), key=lambda row: row.id)


def met(world, desk, **change):
    """The key of a reception that was just entered."""
    answer = desk.post("/receptions/new", MET | change)
    assert answer.status_code == 302, said(answer)
    with world.session() as session:
        return newest(session, Reception).id


def field(page, name):
    found = re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*?(?:value="([^"]*)"[^>]*>|>([^<]*))', page)
    return (found.group(1) or found.group(2) or "").strip()


def test_one_click_carries_everything_over_and_the_reception_is_linked(world, desk):
    key = met(world, desk)
    page = desk.get(f"/receptions/{key}").get_data(as_text=True)
    assert f'href="/petitions/new?reception={key}"' in page
    form = desk.get(f"/petitions/new?reception={key}").get_data(as_text=True)
    assert field(form, "petitioners-0-name") == "Hoàng Thị Gặp" and field(form, "petitioners-0-address") == "Thôn Đông"
    assert field(form, "petitioners-1-name") == "Lý Văn Gặp" and field(form, "respondents-0-name") == "Đỗ Văn Bị"
    assert field(form, "received_on") == "05/10/2026" and field(form, "people") == "2"
    assert field(form, "summary") == "Thu hồi đất sai diện tích"
    assert '<option selected value="reception">' in form and '<option selected value="many">' in form
    persons = {name: value for name, value in MET.items() if name.startswith(("petitioners", "respondents"))}
    answer = desk.post(f"/petitions/new?reception={key}", FACTS | persons)
    assert answer.status_code == 302
    with world.session() as session:
        petition = newest(session, Petition)
        assert session.get(Reception, key).petition_id == petition.id
        assert [one["name"] for one in read_people(petition, PETITIONER)] == ["Hoàng Thị Gặp", "Lý Văn Gặp"]
        number = petition.number
    assert number in said(desk.get(f"/receptions/{key}"))
    assert "Lượt tiếp này đã vào sổ đơn số" in said(desk.get(f"/petitions/new?reception={key}", follow_redirects=True))


def test_a_petition_that_was_registered_first_is_linked_later(world, desk):
    desk.post("/petitions/new", FACTS | {"petitioners-0-name": "Hoàng Thị Gặp", "petitioners-1-name": "Lý Văn Gặp"})
    with world.session() as session:
        petition = newest(session, Petition)
        number = petition.number
        petition_key = petition.id
    key = met(world, desk)
    assert "Không có đơn số" in said(desk.post(f"/receptions/{key}/link", {"petition": "X"}, follow_redirects=True))
    page = said(desk.post(f"/receptions/{key}/link", {"petition": f" {number} "}, follow_redirects=True))
    assert "Đã gắn lượt tiếp với đơn" in page and number in page
    with world.session() as session:
        assert session.get(Reception, key).petition_id == petition_key
    twice = said(desk.post(f"/receptions/{key}/link", {"petition": number}, follow_redirects=True))
    assert "Lượt tiếp này đã gắn với đơn số" in twice


def test_another_units_petition_is_not_there(world, desk):
    key = met(world, desk)
    with world.session() as session:
        foreign = session.scalars(
            select(Petition).join(Unit, Petition.unit_id == Unit.id).where(Unit.code == "C")
        ).first()
    answer = desk.post(f"/receptions/{key}/link", {"petition": foreign.number}, follow_redirects=True)
    assert "Không có đơn số" in said(answer)


def test_who_came_about_a_denunciation_goes_along_unseen(world, desk):
    key = met(world, desk, about="denunciation", summary="Hoàng Thị Gặp tố cáo nhận tiền")
    page = desk.get(f"/petitions/new?reception={key}").get_data(as_text=True)
    assert "Gặp" not in page and "Thôn Đông" not in page and 'name="petitioners-0-name"' not in page
    assert "Người tố cáo lấy theo sổ tiếp công dân" in page and "tố cáo nhận tiền" in page
    facts = FACTS | {"kind": "denunciation", "summary": "Tố cáo nhận tiền", "respondents-0-name": "Đỗ Văn Bị"}
    answer = desk.post(f"/petitions/new?reception={key}", facts, follow_redirects=True)
    assert "Đã vào sổ đơn số" in said(answer) and "Gặp" not in answer.get_data(as_text=True)
    with world.session() as session:
        petition = newest(session, Petition)
        assert petition.kind == "denunciation" and session.get(Reception, key).petition_id == petition.id
        assert [one["name"] for one in read_people(petition, PETITIONER)] == ["Hoàng Thị Gặp", "Lý Văn Gặp"]
        assert "DO.BI" in petition.shut_out and "DO.BI" in session.get(Reception, key).text.shut_out


def test_a_reception_about_a_denunciation_becomes_no_other_petition(world, desk):
    key = met(world, desk, about="denunciation")
    answer = desk.post(f"/petitions/new?reception={key}", FACTS)
    assert answer.status_code == 200 and "chọn lại loại đơn" in said(answer)
    with world.session() as session:
        assert session.get(Reception, key).petition_id is None


def test_whoever_was_shut_out_of_the_reception_is_shut_out_of_its_petition(world, desk):
    key = met(world, desk, about="denunciation", **{"respondents-0-name": "Người Khác Hẳn"})
    with world.session() as session, within(session, system_scope("test")) as apart:
        conflicts._add(apart, apart.get(Reception, key), "LEADER", "marked").stays_out = True
        apart.flush()
        session.commit()
    facts = FACTS | {"kind": "denunciation", "respondents-0-name": "Người Khác Hẳn"}
    assert desk.post(f"/petitions/new?reception={key}", facts).status_code == 302
    with world.session() as session:
        petition = newest(session, Petition)
        assert "LEADER" in petition.shut_out and "LEADER" in session.get(Reception, key).text.shut_out
    leader = Browser(world.app)
    leader.sign_in("LEADER")
    assert leader.get(f"/petitions/{petition.id}").status_code == 404


def test_a_reception_that_is_linked_to_a_denunciation_is_closed_with_it(world, desk):
    desk.post(
        "/petitions/new", FACTS | {"kind": "denunciation", "petitioners-0-name": "Ai Đó", "petitioners-1-name": "B"}
    )
    with world.session() as session:
        number = newest(session, Petition).number
    key = met(world, desk)
    assert "Hoàng Thị Gặp" in said(desk.get(f"/receptions/{key}"))
    desk.post(f"/receptions/{key}/link", {"petition": number})
    assert "Gặp" not in said(desk.get(f"/receptions/{key}"))
    with world.session() as session:
        text = session.get(Reception, key).text
        assert text.compartment and read_reception(text)["petitioners"][0]["name"] == "Hoàng Thị Gặp"


def listed(browser, query="", **typed):
    """The numbers that the register shows."""
    if typed:
        answer = browser.post("/receptions/search", typed, follow_redirects=True)
    else:
        answer = browser.get(f"/receptions/{query}")
    assert answer.status_code == 200
    return re.findall(r'<td><a href="/receptions/[0-9a-f-]{36}[^"]*">([^<]+)</a>', answer.get_data(as_text=True))


def test_the_register_is_searched_by_what_the_account_may_see(world, desk):
    open_one = met(world, desk, summary="Việc ở cánh đồng Lòđá", about="complaint")
    key = met(world, desk, about="denunciation", summary="Tố cáo việc Lòđá", **{"petitioners-0-name": "Phạm Kínđáo"})
    with world.session() as session:
        other = session.get(Reception, open_one).number
        kept = session.get(Reception, key).number
    assert set(listed(desk, text="loda")) == {kept, other}
    assert listed(desk, text="kindao") == [], "who came about a denunciation is found by nobody"
    assert listed(desk, text=kept) == [kept]
    assert listed(desk, text="loda", about="denunciation") == [kept]
    location = desk.post("/receptions/search", {"text": "lòđá"}).location
    assert "l%C3%B2" not in location and "lòđá" not in location


def test_the_register_is_narrowed_sorted_and_turned(world, desk):
    for day in ("01/09/2026", "02/09/2026", "03/09/2026"):
        met(world, desk, on=day, kind="head")
    head = "?kind=head&held_from=01/09/2026&held_to=03/09/2026"
    newest = listed(desk, head)
    assert len(newest) == 3 and listed(desk, head + "&order=oldest") == newest[::-1]
    assert listed(desk, head + "&last=1") == newest
    assert len(listed(desk, "?kind=head&held_from=02/09/2026&held_to=02/09/2026")) == 1
    page = desk.get("/receptions/" + head).get_data(as_text=True)
    assert "3 lượt" in page and "Tiếp từ ngày: 01/09/2026" in page and 'aria-sort="descending"' in page
    linked = listed(desk, "?linked=yes&size=100")
    assert linked and not set(linked) & set(listed(desk, "?linked=no&size=100"))
    for query in ("?order=due", "?size=7", "?after=x"):
        assert desk.get(f"/receptions/{query}").status_code == 400
    empty = desk.get(f"/receptions/{head}&linked=yes&about=reflection").get_data(as_text=True)
    assert "Không có lượt tiếp nào khớp" in empty
