"""The menu: Flask-AppBuilder's, governed by the permissions of roles, with the work that waits."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.models import Unit
from app.views.menu import ENTRIES, GROUPS
from tests.conftest import Browser, create_account, pages_of, petition_record, take_in


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    records = [
        {"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"},
        {"type": "unit", "code": "Q", "name": "Sở Q", "level": "department", "parent": "P"},
        *(petition_record(f"Đ/{number}", "P", received_on="2026-10-05") for number in range(3)),
        petition_record("Đ/MỚI", "P", received_on=date.today().isoformat()),
        petition_record("Đ/Q", "Q", received_on="2026-10-05"),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("office"), records)
        unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
        for name, role in (("LANHDAO", "leader"), ("CANBO", "officer"), ("TIEPDAN", "reception"), ("SOAT", "auditor")):
            create_account(session, name, unit, role)
        create_account(session, "QUANTRI", None, kind="admin")
        session.commit()
    return installation


def menu_of(office, name):
    """What stands in the menu of that account, each with where it leads."""
    browser = Browser(office.app)
    browser.sign_in(name)
    page = browser.get("/account/sessions").get_data(as_text=True)
    menu = re.search(r'<ul class="menu".*?</nav>', page, re.DOTALL).group(0)
    links = re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', menu, re.DOTALL)
    return {" ".join(pages_of(said).split()): address for address, said in links}


def test_it_is_flask_appbuilders_menu_in_groups(office):
    items = office.app.extensions["appbuilder"].menu.get_list()
    assert [item.name for item in items] == [group.name for group in GROUPS]
    assert [child.name for item in items for child in item.childs] == list(ENTRIES)


def test_each_role_sees_what_it_may_open_and_nothing_else(office):
    assert set(menu_of(office, "SOAT").values()) == {
        "/units/list/",
        "/holidays/list/",
        "/holiday-years/list/",
        "/audit/",
    }
    admin = menu_of(office, "QUANTRI").values()
    assert {"/accounts/list/", "/roles/list/"} <= set(admin) and not {"/petitions/", "/inbox/"} & set(admin)
    reception = menu_of(office, "TIEPDAN").values()
    assert "/receptions/" in reception and "/forms/" not in reception


def test_what_a_role_loses_goes_from_the_menu_at_once(office):
    assert "/forms/" in menu_of(office, "LANHDAO").values()
    with office.owner() as connection:
        connection.execute(
            "delete from ab_permission_view_role r using ab_permission_view p, ab_view_menu v, ab_role o"
            " where r.permission_view_id = p.id and p.view_menu_id = v.id and v.name = 'Forms'"
            " and o.id = r.role_id and o.name = 'leader'"
        )
    assert "/forms/" not in menu_of(office, "LANHDAO").values()


def test_it_says_how_much_work_waits_and_how_much_is_late(office):
    assert "Việc cần làm 4, 3 quá hạn" in menu_of(office, "CANBO")
    with office.session() as session:
        session.scalars(select(Unit).where(Unit.code == "P")).one().uses_from = date(2026, 11, 1)
        session.commit()
    assert "Việc cần làm 1" in menu_of(office, "CANBO")
