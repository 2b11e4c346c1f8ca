"""Years that were brought in: what ran out before the unit used the software is told apart and does not turn red."""

from datetime import date

import pytest
from sqlalchemy import select

from app.models import Petition, Unit
from app.operations.exchange.file_out import record_of
from app.reporting.filling import fill
from tests.conftest import Browser, create_account, pages_of, petition_record, take_in

UNIT = {"type": "unit", "code": "P", "name": "Thanh tra P", "level": "province"}
OLD = "Đ/2022"
LATE = "Đ/2026"


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    with installation.session() as session:
        records = [
            UNIT,
            {"type": "unit", "code": "X", "name": "Xã X", "level": "commune", "parent": "P"},
            petition_record(OLD, "P", received_on="2022-05-06"),
            petition_record(LATE, "P", received_on="2026-10-05"),
            petition_record("Đ/XA", "X", received_on="2022-05-06"),
        ]
        take_in(session, tmp_path_factory.mktemp("office"), records)
        unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
        for name, role in (("CANBO", "officer"), ("LANHDAO", "leader")):
            create_account(session, name, unit, role)
        session.commit()
    return installation


def uses_from(office, day):
    with office.session() as session:
        session.scalars(select(Unit).where(Unit.code == "P")).one().uses_from = day
        session.commit()


@pytest.fixture
def begun(office):
    """The unit uses the software from 2026 on; the commune below it says nothing."""
    uses_from(office, date(2026, 1, 1))
    yield office
    uses_from(office, None)


def page(office, address, name="LANHDAO"):
    browser = Browser(office.app)
    browser.sign_in(name)
    return browser.get(address).get_data(as_text=True)


def test_until_the_unit_says_since_when_everything_that_ran_out_is_overdue(office):
    seen = pages_of(page(office, "/inbox/"))
    assert OLD in seen and LATE in seen and "Trước khi dùng phần mềm" not in seen


def test_the_work_list_leaves_old_matters_to_a_list_of_their_own(begun):
    seen = pages_of(page(begun, "/inbox/"))
    assert LATE in seen and OLD not in seen
    old = page(begun, "/inbox/?old=1")
    assert OLD in old and LATE not in old
    assert 'class="badge-phase before_use"' in old and "badge-phase overdue" not in old
    assert "Đ/XA" in pages_of(page(begun, "/inbox/?whose=subtree")), "its own unit said nothing"


def test_the_register_filters_what_ran_out_by_when_it_did(begun):
    late = pages_of(page(begun, "/petitions/?phase=overdue"))
    assert LATE in late and OLD not in late
    old = pages_of(page(begun, "/petitions/?phase=before_use"))
    assert OLD in old and LATE not in old
    whole = page(begun, "/petitions/?order=due")
    assert OLD in whole and "badge-phase before_use" in whole


def test_the_page_of_an_old_petition_says_so_instead_of_how_late_it_is(begun):
    with begun.session() as session:
        key = session.scalars(select(Petition.id).where(Petition.number == OLD)).one()
    seen = page(begun, f"/petitions/{key}")
    assert "badge-phase before_use" in seen and "badge-phase overdue" not in seen


def test_an_administrator_says_on_the_unit_since_when(office):
    with office.session() as session:
        create_account(session, "QUANTRI", None, kind="admin")
        session.commit()
        key = session.scalars(select(Unit.id).where(Unit.code == "X")).one()
    browser = Browser(office.app)
    browser.sign_in("QUANTRI")
    form = browser.get(f"/units/edit/{key}").get_data(as_text=True)
    assert "Dùng phần mềm từ ngày" in form and "không tính là quá hạn" in form
    ahead = {"name": "Xã X", "sign_in_policy": "", "uses_from": "01/07/2099"}
    assert "tương lai" in pages_of(browser.post(f"/units/edit/{key}", ahead).get_data(as_text=True))
    answer = browser.post(f"/units/edit/{key}", {"name": "Xã X", "sign_in_policy": "", "uses_from": "01/07/2026"})
    assert answer.status_code == 302, pages_of(answer.get_data(as_text=True))
    assert "01/07/2026" in page(office, f"/units/show/{key}", "QUANTRI")


def key_of(office, number):
    with office.session() as session:
        return session.scalars(select(Petition.id).where(Petition.number == number)).one()


def pool(office, year):
    """Column 1 of form 02/XLD of unit P: petitions to process in that year."""
    with office.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
        return fill(session, "02/XLD", unit, date(year, 1, 1), date(year, 12, 31)).rows["P"]["1"]


def test_what_was_finished_before_is_closed_with_its_source_and_counts_no_more(begun):
    browser = Browser(begun.app)
    browser.sign_in("LANHDAO")
    old = key_of(begun, OLD)
    assert pool(begun, 2026) == 2 and "Đóng: đã xong trước khi dùng" in pages_of(page(begun, f"/petitions/{old}"))
    for typed, said in (
        ({"on": "01/02/2026", "paper": "Sổ đơn 2022, số 12"}, "trước ngày đơn vị dùng phần mềm"),
        ({"on": "01/02/2022", "paper": "Sổ đơn 2022, số 12"}, "ngày kết thúc phải từ 06/05/2022 đến 31/12/2025"),
        ({"on": "20/06/2022", "paper": ""}, "ghi nơi có kết quả"),
    ):
        assert said in pages_of(browser.post(f"/petitions/{old}/close", typed).get_data(as_text=True)).lower()
    typed = {"on": "20/06/2022", "paper": "Sổ đơn 2022, số 12"}
    assert browser.post(f"/petitions/{old}/close", typed).status_code == 302
    seen = pages_of(page(begun, f"/petitions/{old}"))
    assert "Đã xong trước khi dùng phần mềm" in seen and "Sổ đơn 2022, số 12" in seen and "before_use" not in seen
    assert OLD not in pages_of(page(begun, "/inbox/?old=1"))
    assert pool(begun, 2026) == 1
    assert browser.post(f"/corrections/undo/petition/{old}", {"note": "đóng nhầm đơn"}).status_code == 302
    assert pool(begun, 2026) == 2 and OLD in pages_of(page(begun, "/inbox/?old=1"))


def test_what_came_after_that_day_is_never_closed_so(begun):
    browser = Browser(begun.app)
    browser.sign_in("LANHDAO")
    late = key_of(begun, LATE)
    assert "Đóng: đã xong" not in pages_of(page(begun, f"/petitions/{late}"))
    typed = {"on": "01/10/2025", "paper": "Sổ đơn"}
    answer = browser.post(f"/petitions/{late}/close", typed, follow_redirects=True)
    assert "chỉ đóng như vậy hồ sơ có từ trước ngày đơn vị dùng phần mềm" in pages_of(answer.get_data(as_text=True))


def test_several_old_petitions_are_closed_at_once(begun):
    browser = Browser(begun.app)
    browser.sign_in("LANHDAO")
    assert 'formaction="/petitions/many/close"' in page(begun, "/petitions/")
    chosen = {"chosen": [str(key_of(begun, OLD)), str(key_of(begun, LATE))], "sent": "1"}
    answer = browser.post("/petitions/many/close", chosen | {"on": "20/06/2022", "paper": "Sổ đơn 2022"})
    assert answer.status_code == 302
    seen = pages_of(page(begun, "/petitions/?state=closed"))
    assert OLD in seen and LATE not in seen


def test_a_file_carries_the_end_and_its_source(begun, tmp_path):
    with begun.session() as session:
        petition = session.scalars(select(Petition).where(Petition.number == OLD)).one()
        record = record_of(petition)
    assert record["closed"] == {"on": date(2022, 6, 20), "source": "Sổ đơn 2022"}
