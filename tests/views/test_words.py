"""What administrators and auditors read is said in words: every act of the trail, every permission of a role."""

import re

import pytest
from flask_appbuilder import Model

from app.security import audit
from app.security.roles import ACCOUNTS, ALL
from app.views.accounts.permission_names import GROUPS, NAMES
from app.views.administration.audit_columns import COLUMNS, DETAILS, INTERNALS, columns_in_words, detail_in_words
from app.views.administration.audit_words import ACTS, TABLES
from tests.conftest import Browser, pages_of
from tests.support.world import build


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


def page_of(world, name, address):
    browser = Browser(world.app)
    browser.sign_in(name)
    return browser.get(address, follow_redirects=True).get_data(as_text=True)


def test_every_act_and_every_permission_has_a_name_of_its_own():
    assert set(ACTS) == set(audit.ACTIONS)
    assert set(NAMES) == set(ALL) and sum(len(group) for _, group in GROUPS) == len(NAMES)
    for names in ([str(name) for name, _ in NAMES.values()], [str(name) for name in ACTS.values()]):
        assert len(set(names)) == len(names)
        assert not any(re.search(r"[a-z]\.[a-z]|can_", name) for name in names)


def test_the_trail_is_read_in_words_and_filtered_by_them(world):
    page = page_of(world, "AUDITOR", "/audit/?action=account.signed_in")
    assert '<option value="account.signed_in" selected>đã đăng nhập</option>' in page
    assert "đã đăng nhập" in pages_of(page) and "account.signed_in" not in pages_of(page)


def test_a_role_is_told_in_words(world):
    with world.owner() as connection:
        (role,) = connection.execute("select id from ab_role where name = 'officer'").fetchone()
    page = pages_of(page_of(world, "ADMIN", f"/roles/show/{role}"))
    assert "Vào sổ đơn" in page and "can_" not in page and "Petitions" not in page
    assert not {str(NAMES[pair][0]) for pair in ACCOUNTS} & set(page.split(", "))


def test_every_column_and_detail_of_the_trail_is_said_in_words(world):
    tables = [Model.metadata.tables[name] for name in TABLES]
    unsaid = {column.name for table in tables for column in table.columns} - COLUMNS.keys() - INTERNALS
    assert unsaid == set()
    assert {key for keys in audit.ACTIONS.values() for key in keys} == DETAILS.keys()
    with world.app.test_request_context():
        assert columns_in_words(["received_on", "tokens", "path", "roles+TONGHOP"]) == (
            "Ngày nhận, vai trò + TONGHOP, dữ liệu nội bộ"
        )
        assert detail_in_words({"method": "password", "browser": "new"}) == (
            "cách đăng nhập: Mật khẩu; trình duyệt: Lần đầu dùng"
        )
        assert detail_in_words({"rows": 3, "secret": False, "names": True, "to": None}) == (
            "số dòng: 3; kèm đơn được bảo vệ: không; có tên: có"
        )


def test_the_page_of_the_trail_has_no_word_of_the_database(world):
    page_of(world, "LEADER", "/petitions/")
    page = pages_of(page_of(world, "AUDITOR", "/audit/?action=row.added"))
    assert "dữ liệu nội bộ" in page or "nội dung" in page
    assert not re.search(r"\b(received_on|unit_id|level_0|compartment|keys):?", page)
