"""The register an office puts away: names for whoever may read them, never who denounced, ready for the printer."""

import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Petition
from tests.conftest import Browser, case_record, create_account, petition_record, take_in

PERSON = {"name": "Nguyễn Văn Mẫu", "address": "Thôn 5, xã mẫu", "id_number": "001085000123"}
DENOUNCER = {"name": "Trịnh Quỳnh Khuê", "address": "Ngõ 7 phố Mẫu"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    processed = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}
    decision = {"on": "2026-11-02", "number": "15/QĐ", "outcome": "partly"}
    records = [
        {"type": "unit", "code": "P", "name": "Sở Mẫu", "level": "province"},
        {"type": "unit", "code": "P1", "name": "Phòng Mẫu", "level": "department", "parent": "P"},
        case_record("VV-1", "P", accepted_on="2026-10-08", decision=decision),
        case_record(
            *("VV-T", "P"),
            kind="denunciation",
            accepted_on="2026-10-08",
            decision={"on": "2026-11-02", "number": "3/KL vụ Trịnh Quỳnh Khuê", "outcome": "false"},
        ),
        petition_record(
            *("K-1", "P"),
            summary="Thu hồi đất",
            people=3,
            signatories="many",
            petitioners=[PERSON, {"name": "Lê Thị Mẫu"}],
            respondents=[{"name": "Trần Văn Bị", "position": "Chủ tịch"}],
            processed=processed,
            case="VV-1",
        ),
        petition_record("K-2", "P1", summary="Chuyện của phòng", petitioners=[PERSON]),
        petition_record(
            *("T-1", "P"),
            kind="denunciation",
            summary="Ông Bị thu tiền của Trịnh Quỳnh Khuê",
            petitioners=[DENOUNCER],
            respondents=[{"name": "Trần Văn Bị"}],
            handlers=["CANBO"],
            processed=processed,
            case="VV-T",
        ),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("register"), records)
        units = {row.unit.code: row.unit for row in session.scalars(select(Petition))}
        create_account(session, "CANBO", units["P"], "officer")
        create_account(session, "TONGHOP", units["P"], "synthesis")
        create_account(session, "LANHDAO", units["P"], "leader")
        session.scalars(select(Petition).where(Petition.number == "T-1")).one().secrecy = 0
        session.commit()
    return installation


def register(office, name, address="/petitions/export?names=1"):
    """Headings, and cells by heading of each petition."""
    browser = Browser(office.app)
    browser.sign_in(name)
    answer = browser.get(address)
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    top = next(place for place, line in enumerate(lines) if "Số đơn" in line)
    rows = [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :]]
    return sheet, lines[:top], {row["Số đơn"]: row for row in rows}


def test_whoever_reads_the_text_has_names_matter_and_what_came_of_it(office):
    _, _, rows = register(office, "CANBO")
    row = rows["K-1"]
    assert row["Họ tên người gửi"] == "Nguyễn Văn Mẫu; Lê Thị Mẫu và 1 người khác"
    assert (row["Địa chỉ"], row["Nội dung"]) == ("Thôn 5, xã mẫu", "Thu hồi đất")
    assert row["Người bị khiếu nại, tố cáo"] == "Trần Văn Bị, Chủ tịch"
    assert row["Vụ việc"].startswith("VV-1: ") and row["Quyết định, kết luận"] == "15/QĐ ngày 02/11/2026"
    assert row["Kết quả"] == "Đúng một phần" and row["Hướng xử lý"] == "Thụ lý giải quyết"
    assert "K-2" not in rows, "another unit's"


def test_who_denounced_stands_nowhere_in_it(office):
    for name in ("CANBO", "LANHDAO", "TONGHOP"):
        _, _, rows = register(office, name)
        assert rows["T-1"]["Quyết định, kết luận"] == "3/KL vụ [đã che] ngày 02/11/2026"
        assert "Khuê" not in str(rows)
    for name in ("CANBO", "LANHDAO"):
        _, _, rows = register(office, name)
        assert rows["T-1"]["Họ tên người gửi"] == rows["T-1"]["Địa chỉ"] == "(giữ bí mật)"
        assert rows["T-1"]["Nội dung"] == "Ông Bị thu tiền của [đã che]"
        assert "Khuê" not in str(rows) and "Ngõ 7" not in str(rows)


def test_who_reads_figures_has_the_facts_alone(office):
    _, _, rows = register(office, "TONGHOP")
    assert set(rows) == {"K-1", "K-2", "T-1"}
    for row in rows.values():
        assert not any(row[heading] for heading in ("Họ tên người gửi", "Địa chỉ", "Nội dung"))
    assert rows["K-1"]["Kết quả"] == "Đúng một phần"


def test_it_can_be_put_away_as_it_comes(office):
    sheet, above, _ = register(office, "CANBO", "/petitions/export?names=1&kind=complaint")
    assert above[0][0] == "Sổ theo dõi đơn" and above[1][0] == "Loại đơn: Khiếu nại"
    assert re.fullmatch(r"Xuất lúc \d\d:\d\d \d\d/\d\d/\d{4}, tài khoản CANBO", above[2][0])
    assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$4:$4" and sheet.oddFooter.center.text == "Trang &P/&N"
    assert sheet.auto_filter.ref.startswith("A4:") and sheet.freeze_panes == "A5"
    assert sheet.column_dimensions["I"].width > 40 and sheet["I5"].alignment.wrap_text


def test_the_trail_tells_that_names_left(office):
    register(office, "CANBO")
    with office.owner() as connection:
        query = "select detail from audit_entries where action = 'register.exported' order by at desc limit 1"
        assert connection.execute(query).fetchone()[0] == {"rows": 2, "secret": False, "names": True}
