"""Lists that are saved: found again by name, shared in the unit, each opened in one's own scope; one the first page."""

import re

import pytest
from sqlalchemy import select

from app.models import SavedList
from app.operations import saved_lists
from app.operations.refusal import Refused
from tests.conftest import Browser, pages_of
from tests.support.world import build

WORDS = "thường"


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


def named(name, filters=None, shared=False):
    listed = "PetitionView.petitions"
    return saved_lists.Named(name=name, endpoint=listed, filters=filters or {}, shared=shared)


def signed_in(world, name):
    browser = Browser(world.app)
    browser.sign_in(name)
    return browser


def page_of(browser, address):
    return pages_of(browser.get(address, follow_redirects=True).get_data(as_text=True))


def save(browser, name, listed="/petitions/", **more):
    """Saves the list under these filters, as its own form does."""
    page = browser.get(listed).get_data(as_text=True)
    action = re.search(r'action="(/lists/save[^"]*)"', page).group(1).replace("&amp;", "&")
    return pages_of(browser.post(action, {"name": name, **more}, follow_redirects=True).get_data(as_text=True))


def opened(browser, name, listed="/petitions/"):
    page = browser.get(listed).get_data(as_text=True)
    found = re.search(rf'href="(/lists/[0-9a-f-]+)">{name}<', page)
    return pages_of(browser.get(found.group(1), follow_redirects=True).get_data(as_text=True)) if found else None


def test_a_list_is_found_again_with_its_words_filters_and_order(world):
    browser = signed_in(world, "OFFICER")
    searched = browser.post("/petitions/search", {"text": WORDS, "kind": "complaint"}, follow_redirects=False).location
    assert "Đã lưu danh sách “Khiếu nại thường”" in save(browser, "  Khiếu nại   thường ", searched)
    again = opened(browser, "Khiếu nại thường")
    assert f"Tìm trong đơn: {WORDS}" in again and "Loại đơn: Khiếu nại" in again
    save(browser, "Hạn gần", "/petitions/?order=due&size=50")
    assert "Sắp theo hạn" in opened(browser, "Hạn gần")
    save(browser, "Đang thụ lý", "/cases/?state=accepted")
    assert "Trạng thái: " in opened(browser, "Đang thụ lý", "/cases/")
    assert opened(browser, "Đang thụ lý") is None, "a list of cases stands beside cases"
    with world.owner() as connection:
        bodies = [bytes(body) for (body,) in connection.execute("select body from saved_lists").fetchall()]
        assert not any(WORDS.encode() in body or "Hạn gần".encode() in body for body in bodies)


def test_of_one_name_there_is_one_and_it_goes_when_it_is_deleted(world):
    browser = signed_in(world, "OFFICER")
    for kind in ("denunciation", "reflection"):
        save(browser, "Một tên", f"/petitions/?kind={kind}")
    page = browser.get("/petitions/").get_data(as_text=True)
    assert page.count(">Một tên<") == 1
    assert "Kiến nghị, phản ánh" in opened(browser, "Một tên")
    drop = re.search(r'>Một tên</a>.*?action="(/lists/[^"]+/drop)"', page, re.DOTALL).group(1)
    assert "Đã xóa danh sách “Một tên”" in pages_of(browser.post(drop, follow_redirects=True).get_data(as_text=True))
    assert opened(browser, "Một tên") is None and browser.post(drop).status_code == 404


def test_a_shared_list_is_opened_by_the_unit_in_its_own_scope_and_by_nobody_else(world):
    officer = signed_in(world, "OFFICER")
    save(officer, "Chung của A", "/petitions/?kind=complaint", shared="1")
    save(officer, "Riêng của OFFICER", "/petitions/?kind=complaint")
    leader = signed_in(world, "LEADER")
    assert "Loại đơn: Khiếu nại" in opened(leader, "Chung của A") and opened(leader, "Riêng của OFFICER") is None
    page = leader.get("/petitions/").get_data(as_text=True)
    assert not re.search(r">Chung của A</a>.*?/drop", page.split("Lưu danh sách")[0], re.DOTALL), "not theirs to delete"
    for name in ("CHI", "BINH"):
        assert "Chung của A" not in signed_in(world, name).get("/petitions/").get_data(as_text=True)
    with world.session() as session:
        key = next(
            row.id
            for row in session.scalars(select(SavedList).where(SavedList.account == "OFFICER"))
            if saved_lists.find(session, "OFFICER", row.id).name == "Riêng của OFFICER"
        )
    assert leader.get(f"/lists/{key}").status_code == 404 and leader.post(f"/lists/{key}/drop").status_code == 404


def test_one_list_is_the_first_page(world):
    browser = signed_in(world, "OFFICER")
    save(browser, "Trang đầu cũ", "/petitions/?kind=denunciation", start="1")
    save(browser, "Trang đầu mới", "/petitions/?kind=reflection", start="1")
    assert "Loại đơn: Kiến nghị, phản ánh" in page_of(browser, "/")
    with world.session() as session:
        assert len(session.scalars(select(SavedList).where(SavedList.start)).all()) == 1


def test_a_filter_by_a_unit_out_of_reach_is_left_out_and_told(world):
    browser = signed_in(world, "OFFICER")
    with world.session() as session:
        unit = session.scalars(select(SavedList.unit_id)).first()
        wanted = named("Của C", {"unit": "C", "kind": "complaint"})
        saved_lists.save(session, "OFFICER", unit, wanted)
        session.commit()
    page = opened(browser, "Của C")
    assert "Đơn vị C của danh sách này không còn trong phạm vi" in page and "Loại đơn: Khiếu nại" in page
    assert "Đơn vị: " not in page.split("Bỏ lọc")[1]


def test_what_cannot_be_saved_says_why(world):
    browser = signed_in(world, "OFFICER")
    assert "Đặt tên cho danh sách" in save(browser, "   ")
    assert "dài quá 80 ký tự" in save(browser, "x" * 81)
    assert browser.post("/lists/save?list=AuditView.entries", {"name": "x"}).status_code == 400
    with world.session() as session:
        with pytest.raises(Refused, match="không thuộc đơn vị nào"):
            saved_lists.save(session, "OFFICER", None, named("Chung", shared=True))
        for number in range(saved_lists.MOST):
            try:
                saved_lists.save(session, "OFFICER", None, named(f"Tên {number}"))
            except Refused as refused:
                assert "xóa bớt" in refused.message
                break
        else:
            pytest.fail("there is no end of lists")
        session.rollback()


@pytest.mark.parametrize(
    ("address", "column", "heading"),
    [
        ("/petitions/", "sender", "Người gửi"),
        ("/cases/", "handlers", "Người xử lý"),
        ("/receptions/", "citizens", "Công dân"),
    ],
)
def test_columns_are_chosen_kept_by_filters_and_saved_with_the_list(world, address, column, heading):
    browser = signed_in(world, "LEADER")

    def headings(where):
        page = browser.get(where, follow_redirects=True).get_data(as_text=True)
        return re.findall(r"<th scope=\"col\"[^>]*>\s*(?:<a[^>]*>)?([^<]+)", page), page

    whole, page = headings(address)
    assert heading in [one.strip() for one in whole]
    offered = re.findall(r'name="show" value="([a-z]+)"', page)
    shown = "&".join(f"show={name}" for name in offered if name != column)
    chosen = browser.get(f"{address}?{shown}").location
    assert chosen == f"{address}?hide={column}"
    fewer, page = headings(chosen)
    assert len(fewer) == len(whole) - 1 and heading not in [one.strip() for one in fewer]
    assert f'name="hide" value="{column}"' in page
    searched = browser.post(f"{address}search", {"kind": "", "hide": column}).location
    assert f"hide={column}" in searched
    saved = browser.post(f"/lists/save?list={page_endpoint(page)}&hide={column}", {"name": f"Ít cột {column}"})
    assert saved.status_code == 302
    key = re.search(rf'/lists/([0-9a-f-]+)">Ít cột {column}', headings(address)[1]).group(1)
    assert f"hide={column}" in browser.get(f"/lists/{key}").location


def page_endpoint(page):
    return re.search(r'action="/lists/save\?list=([A-Za-z.]+)', page).group(1)
