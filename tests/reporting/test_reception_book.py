"""The reception register an office puts away: the columns of Mẫu 03/TCD, filtered, never who denounced."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Reception
from tests.conftest import Browser, create_account, petition_record, take_in

CAME = {"name": "Hoàng Thị Gặp", "address": "Thôn Đông", "id_number": "001085000123"}
DENOUNCER = {"name": "Trịnh Quỳnh Khuê", "address": "Ngõ 7 phố Mẫu"}
FORM_03 = [
    *("STT", "Ngày tiếp", "Họ tên, địa chỉ", "Số căn cước, hộ chiếu", "Nội dung", "Loại đơn", "Số người"),
    *("Cơ quan đã giải quyết", "Thuộc thẩm quyền", "Hướng dẫn đến cơ quan", "Cơ quan thụ lý"),
    *("Theo dõi quá trình, kết quả", "Ghi chú"),
]


def met(number, unit, **more):
    record = {"type": "reception", "id": number, "unit": unit, "on": "2026-10-05", "kind": "regular", "people": 2}
    return record | more


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    processed = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}
    earlier = {"number": "4/QĐ", "body": "UBND xã Mẫu", "on": "2026-05-04"}
    records = [
        {"type": "unit", "code": "P", "name": "Sở Mẫu", "level": "province"},
        {"type": "unit", "code": "P1", "name": "Phòng Mẫu", "level": "department", "parent": "P"},
        petition_record("K-1", "P", instance=2, previous_decision=earlier, processed=processed),
        met("TD/2", "P", on="2026-10-06", petitioners=[CAME], summary="=1+1 đất thôn Đông", petition="K-1"),
        met("TD/1", "P", about="reflection", summary="Đường hỏng", result="Đã trả lời", petitioners=[CAME]),
        met("TD/3", "P", about="denunciation", on="2026-10-07", petitioners=[DENOUNCER], summary="Thu tiền của Khuê"),
        met("TD/P1", "P1", petitioners=[{"name": "Người Của Phòng"}]),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("receptions"), records)
        units = {row.unit.code: row.unit for row in session.scalars(select(Reception))}
        for name, role, unit in (
            *(("TIEPDAN", "reception", "P"), ("LANHDAO", "leader", "P"), ("CANBO", "officer", "P")),
            ("LD.PHONG", "leader", "P1"),
        ):
            create_account(session, name, units[unit], role)
        session.commit()
    return installation


def exported(office, name, address="/receptions/export"):
    browser = Browser(office.app)
    browser.sign_in(name)
    return browser.get(address)


def rows_of(answer):
    """Headings and rows of the workbook."""
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell if cell is not None else "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    top = next(place for place, row in enumerate(rows) if row[0] == "STT")
    return rows[top], [row for row in rows[top + 1 :] if row[0]]


def test_it_has_the_columns_of_the_form_oldest_first(office):
    headings, rows = rows_of(exported(office, "LANHDAO", "/receptions/export?unit=P"))
    assert headings == FORM_03
    assert [row[12] for row in rows] == ["TD/1", "TD/2; đơn K-1", "TD/3"]
    first, second, _ = rows
    assert first[2:7] == ["Hoàng Thị Gặp, Thôn Đông", "001085000123", "Đường hỏng", "Kiến nghị, phản ánh", 2]
    assert first[11] == "Đã trả lời" and first[8] == ""
    assert second[4] == "=1+1 đất thôn Đông", "text, never a formula"
    assert second[5] == "Khiếu nại" and second[7:11] == ["UBND xã Mẫu", "x", "", "Sở Mẫu"]


def test_of_a_denunciation_neither_who_came_nor_what_was_said(office):
    _, rows = rows_of(exported(office, "LANHDAO"))
    closed = next(row for row in rows if row[12] == "TD/3")
    assert closed[2] == closed[4] == "(giữ bí mật)" and closed[5] == "Tố cáo"
    assert "Khuê" not in str(rows)


def test_it_holds_what_the_filters_and_the_scope_let_through(office):
    assert [row[12] for row in rows_of(exported(office, "LD.PHONG"))[1]] == ["TD/P1"]
    narrowed = exported(office, "LANHDAO", "/receptions/export?held_from=06/10/2026")
    assert [row[12] for row in rows_of(narrowed)[1]] == ["TD/2; đơn K-1", "TD/3"]
    assert exported(office, "CANBO").status_code == 403


def test_the_trail_tells_of_it(office):
    exported(office, "LANHDAO")
    with office.owner() as connection:
        query = "select account, detail from audit_entries where action = 'reception.exported' order by at desc limit 1"
        assert connection.execute(query).fetchone() == ("LANHDAO", {"rows": 4})
