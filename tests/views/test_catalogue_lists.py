"""Lists of the catalogues: searched, sorted, turned over and cut by whoever looks at them, all in the address."""

import re

import pytest

from tests.conftest import Browser, create_account, create_unit, pages_of

UNITS = 30


@pytest.fixture(scope="module")
def admin(installation):
    with installation.session() as session:
        create_account(session, "QUANTRI", None, kind="admin")
        for number in range(UNITS):
            create_unit(session, f"U{number:02}", name=f"Xã số {number:02}", level="commune")
        create_unit(session, "S1", name="Sở Nội vụ", level="department")
        session.commit()
    browser = Browser(installation.app)
    browser.sign_in("QUANTRI")
    return browser


def page(admin, address):
    answer = admin.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def codes(text):
    return re.findall(r'<td><a href="/units/show/[^"]+">([^<]+)</a>', text)


def link(text, label):
    """Where the link of that label leads."""
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>[^<]*{label}', text)
    return found.group(1).replace("&amp;", "&")


def test_a_catalogue_is_searched_by_each_column_and_says_what_narrows_it(admin):
    first = page(admin, "/units/list/")
    assert 'role="search"' in first and "31 dòng" in pages_of(first)
    name = re.search(r'<input[^>]*name="(_flt_\d_name)"', first).group(1)
    found = page(admin, f"/units/list/?{name}=nội vụ")
    assert codes(found) == ["S1"] and "Tên đơn vị: nội vụ" in pages_of(found) and 'value="nội vụ"' in found
    assert codes(page(admin, link(found, "Tên đơn vị: nội vụ")))[:2] == ["S1", "U00"]
    nothing = pages_of(page(admin, f"/units/list/?{name}=khongco"))
    assert "Không có dòng nào khớp" in nothing


def test_headings_sort_and_turn_round_and_say_so(admin):
    once = page(admin, link(page(admin, "/units/list/"), "Tên đơn vị"))
    assert codes(once)[0] == "S1" and 'aria-sort="ascending"' in once
    twice = page(admin, link(once, "Tên đơn vị"))
    assert codes(twice)[0] == "U29" and 'aria-sort="descending"' in twice


def test_pages_go_both_ways_and_keep_order_and_search(admin):
    name = re.search(r'<input[^>]*name="(_flt_\d_name)"', page(admin, "/units/list/")).group(1)
    first = page(admin, f"/units/list/?{name}=xã&_oc_UnitView=code&_od_UnitView=desc")
    assert len(codes(first)) == 25 and codes(first)[0] == "U29"
    second = page(admin, link(first, "Trang sau"))
    assert codes(second) == ["U04", "U03", "U02", "U01", "U00"]
    assert codes(page(admin, link(second, "← Trang trước"))) == codes(first)
    assert codes(page(admin, link(first, "Trang cuối"))) == codes(second)
    assert codes(page(admin, link(second, "⇤ Trang đầu"))) == codes(first)
    assert len(codes(page(admin, link(first, "50")))) == UNITS


@pytest.mark.parametrize("catalogue", ["/accounts/list/", "/roles/list/", "/holidays/list/", "/holiday-years/list/"])
def test_every_catalogue_offers_it(admin, catalogue):
    text = page(admin, catalogue)
    assert 'role="search"' in text and "Sắp xếp theo cột này" in text
