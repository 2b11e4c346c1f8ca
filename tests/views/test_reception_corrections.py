"""A reception is corrected, withdrawn, put back; figures follow, the old is kept, who came stays unseen."""

import io
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Reception, Unit
from app.reporting.filling import fill
from tests.conftest import Browser, create_account, pages_of
from tests.support.world import build

MET = {"on": "05/10/2026", "kind": "regular", "people": "2", "summary": "Thu hồi đất sai diện tích"}
MET |= {"petitioners-0-name": "Hoàng Thị Gặp", "petitioners-0-address": "Thôn Đông", "matter": "Đất thôn Đông"}
WHY = {"note": "gõ nhầm khi ghi"}


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    with installation.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        create_account(session, "TIEP.KHAC", unit, "reception")
        session.commit()
    return installation


def signed_in(world, name):
    browser = Browser(world.app)
    browser.sign_in(name)
    return browser


@pytest.fixture(scope="module")
def desk(world):
    return signed_in(world, "RECEPTION")


@pytest.fixture(scope="module")
def leader(world):
    return signed_in(world, "LEADER")


def said(answer):
    return pages_of(answer.get_data(as_text=True))


def met(world, desk, **change):
    """The key of a reception that was just entered."""
    answer = desk.post("/receptions/new", MET | change)
    assert answer.status_code == 302, said(answer)
    with world.session() as session:
        return max(session.scalars(select(Reception)).all(), key=lambda row: row.id).id


def people_counted(world):
    """Column 2 of form 01/TCD for unit A in October: people received."""
    with world.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "A")).one()
        return fill(session, "01/TCD", unit, date(2026, 10, 1), date(2026, 10, 31)).rows["A"]["2"]


def test_what_was_corrected_counts_at_once_and_the_old_is_told(world, desk):
    key = met(world, desk)
    before = people_counted(world)
    form = desk.get(f"/corrections/reception/{key}").get_data(as_text=True)
    assert 'value="Hoàng Thị Gặp"' in form and "Thu hồi đất sai diện tích" in form
    answer = desk.post(
        f"/corrections/reception/{key}", MET | WHY | {"people": "6", "petitioners-1-name": "Lý Văn Thêm"}
    )
    assert answer.status_code == 302, said(answer)
    page = said(desk.get(f"/receptions/{key}"))
    assert "Số người: 2 → 6" in page and "Lý do: gõ nhầm khi ghi" in page and "Lý Văn Thêm" in page
    assert people_counted(world) == before + 4


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("on", "04/10/2026", "Ngày tiếp: 05/10/2026 → 04/10/2026"),
        ("kind", "head", "Hình thức tiếp: Tiếp thường xuyên → Thủ trưởng tiếp"),
        ("people", "4", "Số người: 2 → 4"),
        ("about", "reflection", "Loại đơn: (trống) → Kiến nghị, phản ánh"),
        ("matter", "Đất thôn Tây", "Vụ việc: Đất thôn Đông → Đất thôn Tây"),
        ("summary", "Nội dung khác", "Nội dung: Thu hồi đất sai diện tích → Nội dung khác"),
        ("result", "Đã hướng dẫn", "Kết quả tiếp: (trống) → Đã hướng dẫn"),
        ("petitioners-0-address", "Thôn Tây", "địa chỉ Thôn Đông → họ tên Hoàng Thị Gặp, địa chỉ Thôn Tây"),
        ("respondents-0-name", "Phan Văn Bị", "Người bị khiếu nại, tố cáo: (trống) → họ tên Phan Văn Bị"),
    ],
)
def test_every_field_is_corrected_and_the_history_tells_old_and_new(world, desk, field, value, told):
    key = met(world, desk)
    answer = desk.post(f"/corrections/reception/{key}", MET | WHY | {field: value})
    assert answer.status_code == 302, said(answer)
    assert told in said(desk.get(f"/receptions/{key}"))


def test_only_the_writer_and_the_leaders_and_only_with_a_reason_and_a_change(world, desk, leader):
    key = met(world, desk)
    address = f"/corrections/reception/{key}"
    other = signed_in(world, "TIEP.KHAC")
    assert "đề nghị lãnh đạo đơn vị sửa" in said(other.get(address, follow_redirects=True))
    assert "Sửa lượt tiếp" not in said(other.get(f"/receptions/{key}"))
    assert "ghi lý do sửa" in said(leader.post(address, MET | {"people": "3", "note": "vì"}))
    assert "Chưa có gì khác với sổ" in said(leader.post(address, MET | WHY))
    assert "ở tương lai" in said(leader.post(address, MET | WHY | {"on": "30/12/2099"}))
    assert leader.post(address, MET | WHY | {"people": "3"}).status_code == 302


def test_withdrawn_it_is_neither_listed_nor_counted_and_comes_back_the_same_way(world, desk, leader):
    key = met(world, desk)
    counted_before = people_counted(world)
    number = re.search(r"Lượt tiếp <small>([^<]+)", desk.get(f"/receptions/{key}").get_data(as_text=True)).group(1)
    assert "ghi lý do rút" in said(desk.post(f"/corrections/reception/{key}/withdraw", {"note": "vì"}))
    assert desk.post(f"/corrections/reception/{key}/withdraw", WHY).status_code == 302
    assert people_counted(world) == counted_before - 2
    assert number not in said(desk.get("/receptions/"))
    assert number in said(desk.get("/receptions/?state=removed"))
    page = desk.get(f"/receptions/{key}").get_data(as_text=True)
    assert "đã rút khỏi sổ" in page and "Sửa lượt tiếp" not in page and "?reception=" not in page
    gone = desk.get(f"/petitions/new?reception={key}", follow_redirects=True)
    assert "khôi phục vào sổ trước" in said(gone)
    assert leader.post(f"/corrections/reception/{key}/restore", WHY).status_code == 302
    assert people_counted(world) == counted_before and number in said(desk.get("/receptions/"))


def test_a_reception_that_turns_out_to_be_about_a_denunciation_closes_and_does_not_open_again(world, desk, leader):
    key = met(world, desk, summary="Cán bộ nhận tiền")
    address = f"/corrections/reception/{key}"
    other = signed_in(world, "TIEP.KHAC")
    assert "Hoàng Thị Gặp" in said(other.get(f"/receptions/{key}"))
    typed = MET | WHY | {"summary": "Cán bộ nhận tiền", "about": "denunciation"}
    assert desk.post(address, typed).status_code == 302
    seen = said(other.get(f"/receptions/{key}"))
    assert "Hoàng Thị Gặp" not in seen and "Cán bộ nhận tiền" not in seen
    closed = said(leader.get(address))
    assert "Hoàng Thị Gặp" not in closed and "Cán bộ nhận tiền" not in closed
    assert "ít nhất 10 ký tự" in said(leader.post(address, {"reveal": "1", "reason": ""}))
    tricked = leader.post(address, {"reveal": "1", "reason": "", "summary": "x"}).get_data(as_text=True)
    assert "Hoàng Thị Gặp" not in tricked and "Cán bộ nhận tiền" not in tricked, "a field sent along reveals nothing"
    opened = leader.post(address, {"reveal": "1", "reason": "sửa tên người đến"}).get_data(as_text=True)
    assert 'value="Hoàng Thị Gặp"' in opened
    refused = said(leader.post(address, typed | {"about": "complaint"}))
    assert "nội dung được giữ kín" in refused
    # Who was named before stays covered where the history tells of it.
    assert leader.post(address, typed | {"petitioners-0-name": "Hoàng Thị Khác"}).status_code == 302
    page = said(leader.get(f"/receptions/{key}"))
    assert "Người được tiếp" in page and "Hoàng Thị Gặp" not in page and "Hoàng Thị Khác" not in page


def test_a_draft_of_its_correction_shows_nobody_again(world, desk):
    key = met(world, desk, about="denunciation")
    address = f"/corrections/reception/{key}"
    desk.post("/drafts/keep", {"address": address, "typed": '[["petitioners-0-name", "A"], ["note", "đang gõ"]]'})
    assert desk.get(f"/drafts/?address={address}").get_json()["typed"] == [["note", "đang gõ"]]


def test_of_two_who_correct_it_the_second_is_told(world, desk, leader):
    key = met(world, desk)
    address = f"/corrections/reception/{key}"
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', leader.get(address).get_data(as_text=True)).group(1)
    assert desk.post(address, MET | WHY | {"people": "4"}).status_code == 302
    answer = leader.post(address, MET | WHY | {"people": "5", "seen": seen})
    assert "trong lúc biểu mẫu này đang mở" in said(answer).lower() and answer.status_code == 200


def test_what_a_colleague_closed_stays_closed_whatever_its_writer_does(world, desk):
    """The writer does not see the colleague's petition, and still opens nothing by withdrawing the reception."""
    key = met(world, desk, summary="Cán bộ nhận tiền")
    colleague = signed_in(world, "TIEP.KHAC")
    facts = {"kind": "denunciation", "received_on": "05/10/2026", "source": "reception", "signatories": "many"}
    facts |= {"people": "2", "field": "corruption", "instance": "1", "summary": "Cán bộ nhận tiền"}
    people = {name: value for name, value in MET.items() if name.startswith("petitioners")}
    answer = colleague.post(f"/petitions/new?reception={key}", facts | people | {"petitioners-1-name": "Lý Văn Gặp"})
    assert answer.status_code == 302, said(answer)
    for what in ("withdraw", "restore"):
        desk.post(f"/corrections/reception/{key}/{what}", WHY)
        with world.session() as session:
            assert session.get(Reception, key).text.compartment
        for browser in (desk, colleague):
            page = said(browser.get(f"/receptions/{key}"))
            assert "Hoàng Thị Gặp" not in page and "Thôn Đông" not in page
            assert b"Ho\xc3\xa0ng Th\xe1\xbb\x8b G\xe1\xba\xb7p" not in sheet_of(browser)


def sheet_of(browser):
    """The reception register as the workbook's own file holds it."""
    answer = browser.get("/receptions/export?about=&held_from=05/10/2026&state=")
    rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)
    return "\n".join(str(row) for row in rows if "Cán bộ nhận tiền" in str(row) or "giữ bí mật" in str(row)).encode()
