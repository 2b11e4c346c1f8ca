"""The register of cases an office puts away: who, what, what came of it; never who denounced, nothing secret."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Case, Petition
from tests.conftest import Browser, case_record, create_account, petition_record, take_in

ACCEPT = {"on": "2026-10-08", "eligible": True, "competent": True, "direction": "accept"}
DENOUNCER = {"name": "Trịnh Quỳnh Khuê", "address": "Ngõ 7 phố Mẫu"}


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    decision = {"on": "2026-11-02", "number": "15/QĐ", "outcome": "partly"}
    told = {"on": "2026-11-02", "number": "3/KL vụ Trịnh Quỳnh Khuê", "outcome": "false"}
    records = [
        {"type": "unit", "code": "P", "name": "Sở Mẫu", "level": "province"},
        {"type": "unit", "code": "P1", "name": "Phòng Mẫu", "level": "department", "parent": "P"},
        case_record("VV-1", "P", accepted_on="2026-10-08", decision=decision),
        case_record("VV-2", "P1", accepted_on="2026-10-09"),
        *(
            case_record(f"VV-T{number}", "P", kind="denunciation", accepted_on="2026-10-08", decision=told)
            for number in (1, 2)
        ),
        petition_record(
            *("K-1", "P"),
            processed=ACCEPT,
            case="VV-1",
            summary="Thu hồi đất",
            handlers=["CANBO"],
            petitioners=[{"name": "Lê Mẫu", "address": "Thôn 5"}],
            respondents=[{"name": "Trần Văn Bị"}],
        ),
        petition_record("K-2", "P1", processed=ACCEPT, case="VV-2", summary="Việc của phòng"),
        *(
            petition_record(
                *(f"T-{number}", "P"),
                kind="denunciation",
                processed=ACCEPT,
                case=f"VV-T{number}",
                handlers=["CANBO"],
                summary="Thu tiền của Trịnh Quỳnh Khuê",
                petitioners=[DENOUNCER],
            )
            for number in (1, 2)
        ),
    ]
    with installation.session() as session:
        take_in(session, tmp_path_factory.mktemp("cases"), records)
        units = {row.unit.code: row.unit for row in session.scalars(select(Case))}
        for name, role in (
            ("CANBO", "officer"),
            ("LANHDAO", "leader"),
            ("TONGHOP", "synthesis"),
            ("TIEPDAN", "reception"),
        ):
            create_account(session, name, units["P"], role)
        session.scalars(select(Petition).where(Petition.number == "T-1")).one().secrecy = 0
        session.commit()
    return installation


def register(office, name, address="/cases/export"):
    """The cells of each case by heading."""
    browser = Browser(office.app)
    browser.sign_in(name)
    answer = browser.get(address)
    assert answer.status_code == 200
    lines = [list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)]
    top = next(place for place, row in enumerate(lines) if row[0] == "STT")
    rows = [dict(zip(lines[top], row, strict=True)) for row in lines[top + 1 :] if row[0]]
    return {row["Số vụ việc"]: row for row in rows}


def test_it_tells_who_what_and_what_came_of_it(office):
    row = register(office, "CANBO")["VV-1"]
    assert row["Họ tên, địa chỉ"] == "Lê Mẫu, Thôn 5" and row["Nội dung"] == "Thu hồi đất"
    assert row["Người bị khiếu nại, tố cáo"] == "Trần Văn Bị" and row["Đơn"] == "K-1" and row["Người xử lý"] == "CANBO"
    assert (row["Quyết định, kết luận"], row["Kết quả"]) == ("15/QĐ", "Đúng một phần")
    assert row["Trạng thái"].startswith("Đã giải quyết") and row["Đơn vị"] == "Sở Mẫu"


def test_who_denounced_stands_nowhere_and_what_is_secret_stays_out(office):
    for name in ("CANBO", "LANHDAO", "TONGHOP"):
        rows = register(office, name)
        assert "VV-T1" in rows and "VV-T2" not in rows and "Khuê" not in str(rows)
    row = register(office, "CANBO")["VV-T1"]
    assert row["Họ tên, địa chỉ"] == "(giữ bí mật)" and row["Nội dung"] == "Thu tiền của [đã che]"
    assert row["Quyết định, kết luận"] == "3/KL vụ [đã che]"


def test_figures_alone_for_who_reads_no_text_and_only_what_the_filters_let_through(office):
    row = register(office, "TONGHOP")["VV-1"]
    assert not row["Họ tên, địa chỉ"] and not row["Nội dung"] and row["Kết quả"] == "Đúng một phần"
    assert set(register(office, "LANHDAO", "/cases/export?unit=P1")) == {"VV-2"}
    browser = Browser(office.app)
    browser.sign_in("TIEPDAN")
    assert browser.get("/cases/export").status_code == 403
