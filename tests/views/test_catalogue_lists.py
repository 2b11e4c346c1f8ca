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


def test_what_belongs_to_a_unit_and_to_a_role_is_a_list_of_its_own(admin, installation):
    with installation.session() as session:
        top = create_unit(session, "T", name="Tỉnh mẫu", level="province")
        below = create_unit(session, "T1", name="Sở mẫu", level="department", parent=top)
        create_account(session, "CANBO.T1", below, "officer")
        create_account(session, "TONGHOP.T1", below, "synthesis")
        session.commit()
        keys = str(top.id), str(below.id)
    shown = page(admin, f"/units/show/{keys[0]}")
    children = page(admin, link(shown, "Đơn vị trực thuộc"))
    assert codes(children) == ["T1"] and "Thuộc: T Tỉnh mẫu" in pages_of(children)
    there = link(page(admin, f"/units/show/{keys[1]}"), "Tài khoản của đơn vị")
    people = pages_of(page(admin, there))
    assert "CANBO.T1" in people and "TONGHOP.T1" in people and "QUANTRI" not in people.split("Tên tài khoản", 1)[1]
    role = re.search(r'href="(/roles/show/\d+)">Cán bộ xử lý đơn<', page(admin, "/roles/list/")).group(1)
    holders = pages_of(page(admin, link(page(admin, role), "Tài khoản có vai trò này")))
    assert "CANBO.T1" in holders and "TONGHOP.T1" not in holders
    argument = there.partition("?")[2].partition("=")[0]
    for nobody in ("x", "00000000-0000-0000-0000-000000000000", "%00"):
        assert admin.get(f"/accounts/list/?{argument}={nobody}").status_code in (400, 404)


def test_a_related_list_is_not_offered_to_whoever_may_not_open_it(admin, installation):
    with installation.session() as session:
        unit = create_unit(session, "V", name="Đơn vị V", level="department")
        create_account(session, "CANBO.V", unit, "officer")
        session.commit()
        key = str(unit.id)
    officer = Browser(installation.app)
    officer.sign_in("CANBO.V")
    shown = officer.get(f"/units/show/{key}").get_data(as_text=True)
    assert "Đơn vị trực thuộc" in shown and "Tài khoản của đơn vị" not in shown
