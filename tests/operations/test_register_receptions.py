"""Registers of receptions, as offices keep them by Mẫu 03/TCD, come in; what is about denunciations comes in closed."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Account, Petition, Reception, Unit
from app.operations.exchange.file_in import import_file
from app.operations.exchange.register_in import RegisterFile, RegisterRefused
from app.operations.exchange.register_left_out import write_left_out
from app.operations.exchange.register_receptions import HEADINGS, check_receptions, import_receptions, read_receptions
from app.operations.reception_text import closes, read_reception
from app.operations.refusal import Refused
from app.operations.secrecy.conflicts import mark
from app.reporting.reception_book import write_receptions
from app.security.account_scope import permissions_and_scope
from app.security.scope import enter, system_scope, within
from tests.conftest import Browser, create_account, create_unit, pages_of, petition_record

TODAY = date(2026, 11, 20)
COLUMNS = ["STT", "Ngày tiếp", "Họ tên, địa chỉ", "Số căn cước, hộ chiếu", "Nội dung", "Loại đơn", "Số người"]
COLUMNS += ["Hình thức tiếp", "Kết quả tiếp", "Đơn số", "Ghi chú"]
TWO = [1, "05/10/2026", "Nguyễn Văn Mẫu, Thôn 1, xã Mẫu; Trần Thị Mẫu", "001090000001", "Thu hồi đất", "Khiếu nại", 3]
TWO += ["Thường xuyên", "Hướng dẫn", "", "hồ sơ ở tủ 2"]
HEAD = [2, "06/10/2026", "Lê Văn Mẫu", "", "Xin xác nhận", "", "", "Định kỳ của thủ trưởng", "", "", ""]
CLOSED = [3, "07/10/2026", "Phạm Thị Kín, Thôn 9", "", "Tố cáo cán bộ", "Tố cáo", 1, "", "", "", ""]
TOTAL = ["Tổng cộng", "", "", "", "", "", 5, "", "", "", ""]


def workbook(*rows, headings=COLUMNS):
    book = openpyxl.Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def office(installation, tmp_path_factory):
    with installation.session() as session:
        unit = create_unit(session, "P")
        create_unit(session, "Q")
        create_account(session, "CANBO", unit, "officer")
        create_account(session, "TIEPDAN", unit, "officer", "reception")
        file = Path(tmp_path_factory.mktemp("petitions")) / "file.jsonl"
        lines = [petition_record("K-1", "P"), petition_record("K-2", "Q")]
        lines.append(petition_record("T-1", "P", kind="denunciation"))
        file.write_text("\n".join(map(json.dumps, lines)))
        import_file(session, file)
        session.commit()
    return installation


def taken(session, *rows, **more):
    return import_receptions(session, RegisterFile(workbook(*rows), "so.xlsx", "P", **more), TODAY, "P")


def problems(session, *rows):
    register = read_receptions(workbook(*rows), "so.xlsx", "P")
    check_receptions(session, register, TODAY, "P")
    return [problem for row in register.rows for problem in row.problems]


def receptions(session):
    return session.scalars(select(Reception).join(Unit).where(Unit.code == "P").order_by(Reception.held_on)).all()


def test_rows_are_receptions_with_people_addresses_matter_and_result(office):
    with office.session() as session:
        report = taken(session, TWO, HEAD, TOTAL)
        first, second = receptions(session)
        body = read_reception(first.text)
        assert (first.people, first.kind, first.about, first.number[:3]) == (3, "regular", "complaint", "TD-")
        assert body["petitioners"] == [
            {"name": "Nguyễn Văn Mẫu", "address": "Thôn 1, xã Mẫu", "id_number": "001090000001"},
            {"name": "Trần Thị Mẫu"},
        ]
        assert (body["summary"], body["result"]) == ("Thu hồi đất", "Hướng dẫn")
        assert (second.people, second.kind, second.about) == (1, "head", None)
        assert report.added["reception"] == 2 and any("“Ghi chú”" in said for said in report.warnings)
        session.rollback()


def test_a_number_that_excel_took_the_zeros_from_gets_them_back(office):
    row = dict(zip(COLUMNS, HEAD, strict=True)) | {"Số căn cước, hộ chiếu": 1090000001}
    with office.session() as session:
        taken(session, list(row.values()))
        (found,) = receptions(session)
        assert read_reception(found.text)["petitioners"][0]["id_number"] == "001090000001"
        session.rollback()


def test_what_is_about_a_denunciation_is_closed_from_the_start(office):
    with office.session() as session:
        taken(session, CLOSED)
        (row,) = receptions(session)
        assert closes(row) and row.text.compartment
        session.rollback()


def test_our_own_workbook_of_receptions_comes_in_again(office, tmp_path):
    with office.session() as session:
        taken(session, TWO, HEAD)
        target = io.BytesIO()
        write_receptions(session, receptions(session), target, tmp_path)
        session.rollback()
        import_receptions(session, RegisterFile(target.getvalue(), "so.xlsx", "P"), TODAY, "P")
        first, second = receptions(session)
        assert read_reception(first.text)["petitioners"][0]["name"] == "Nguyễn Văn Mẫu"
        assert (first.people, read_reception(second.text)["summary"]) == (3, "Xin xác nhận")
        session.rollback()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Ngày tiếp": "32/10/2026"}, "Ngày tiếp: “32/10/2026” không phải ngày"),
        ({"Ngày tiếp": ""}, "Ngày tiếp: để trống"),
        ({"Ngày tiếp": "05/12/2026"}, "Ngày tiếp: ở tương lai"),
        ({"Loại đơn": "Xin việc"}, "Loại đơn: không hiểu “Xin việc”"),
        ({"Hình thức tiếp": "qua mạng"}, "Hình thức tiếp: không hiểu “qua mạng”"),
        ({"Số người": "hai"}, "Số người: “hai” không phải số nguyên"),
        ({"Họ tên, địa chỉ": "", "Nội dung": ""}, "dòng không có họ tên công dân và không có nội dung"),
        ({"Họ tên, địa chỉ": "12345, Thôn 1"}, "Họ tên, địa chỉ: “12345” không phải họ tên"),
        ({"Số căn cước, hộ chiếu": 12345}, "Số căn cước: số “12345” có 5 chữ số"),
        ({"Họ tên, địa chỉ": ", Thôn 1"}, "Họ tên, địa chỉ: “, Thôn 1” không có họ tên đứng đầu"),
        ({"Loại đơn": "", "Nội dung": "Tố cáo ông Ất"}, "Loại đơn: để trống mà nội dung nói đến tố cáo"),
        ({"Đơn số": "K-9"}, "Đơn số: đơn vị không có đơn số “K-9”"),
        ({"Đơn số": "K-2"}, "Đơn số: đơn vị không có đơn số “K-2”"),
        ({"Đơn số": "K-1", "Loại đơn": "Tố cáo"}, "Loại đơn: đơn số “K-1” thuộc loại khác"),
    ],
)
def test_a_row_that_cannot_be_says_why(office, change, said):
    row = dict(zip(COLUMNS, TWO, strict=True)) | change
    with office.session() as session:
        found = problems(session, list(row.values()))
        assert any(said in problem for problem in found), found


def test_a_row_may_name_the_petition_it_led_to(office):
    with office.session() as session:
        row = dict(zip(COLUMNS, TWO, strict=True)) | {"Đơn số": "K-1"}
        taken(session, list(row.values()))
        (found,) = receptions(session)
        assert found.petition.number == "K-1"
        session.rollback()


def test_the_template_is_read_as_it_stands(office):
    browser = Browser(office.app)
    browser.sign_in("TIEPDAN")
    assert "/registers/template?sort=reception" in browser.get("/registers/").get_data(as_text=True)
    register = read_receptions(browser.get("/registers/template?sort=reception").data, "mau.xlsx", "P")
    (row,) = register.rows
    assert row.problems == [] and register.unknown == []
    assert row.record["petitioners"] == [
        {"name": "Nguyễn Văn Mẫu", "address": "Thôn 1, xã mẫu", "id_number": "001090000001"}
    ]
    assert (row.record["about"], row.record["kind"], row.record["people"]) == ("complaint", "regular", 1)


def test_a_register_of_petitions_is_none_of_receptions(office):
    headings = ["Ngày đến", "Phân loại đơn", "Họ và tên", "Nội dung đơn"]
    data = workbook(["05/01/2026", "Khiếu nại", "Nguyễn Văn Mẫu", "Giá đất"], headings=headings)
    with pytest.raises(Refused, match="không có cột “Ngày tiếp”"):
        read_receptions(data, "so.xlsx", "P")


def test_rows_that_are_given_back_can_be_mended_there(office):
    row = dict(zip(COLUMNS, TWO, strict=True)) | {"Ngày tiếp": "32/10/2026"}
    with office.session() as session:
        with pytest.raises(RegisterRefused):
            taken(session, list(row.values()))
        report = taken(session, HEAD, list(row.values()), good_only=True)
        session.rollback()
        target = io.BytesIO()
        write_left_out(report.left_out, target, HEADINGS)
        book = openpyxl.load_workbook(target)
        told = [[cell.value for cell in line] for line in book.active]
        assert told[1][told[0].index("Ghi chú")] == "hồ sơ ở tủ 2"
        book.active.cell(2, told[0].index("Ngày tiếp") + 1).value = "05/10/2026"
        mended = io.BytesIO()
        book.save(mended)
        import_receptions(session, RegisterFile(mended.getvalue(), "so.xlsx", "P"), TODAY, "P")
        (found,) = receptions(session)
        assert read_reception(found.text)["petitioners"][0]["address"] == "Thôn 1, xã Mẫu"
        session.rollback()


def test_who_writes_no_receptions_brings_none_in(office):
    for name, able in (("CANBO", False), ("TIEPDAN", True)):
        browser = Browser(office.app)
        browser.sign_in(name)
        assert ('name="sort"' in browser.get("/registers/").get_data(as_text=True)) is able
        form = {"file": (io.BytesIO(workbook(TWO, CLOSED)), "so.xlsx"), "sort": "reception"}
        page = pages_of(browser.post("/registers/", form, content_type="multipart/form-data").get_data(as_text=True))
        assert ("Nguyễn Văn Mẫu, Thôn 1" in page) is able
        with office.session() as session:
            account = session.scalars(select(Account).where(Account.username == name)).one()
            _, scope = permissions_and_scope(session, account)
            enter(session, scope)
            if not able:
                with pytest.raises(Refused, match="vai trò"):
                    taken(session, TWO)
    form = {"file": (io.BytesIO(workbook(TWO, CLOSED)), "so.xlsx"), "sort": "reception", "import": "1"}
    answer = browser.post("/registers/", form, content_type="multipart/form-data", follow_redirects=True)
    page = pages_of(answer.get_data(as_text=True))
    assert "Đã nhập 2 lượt tiếp" in page and "Phạm Thị Kín" not in page and "Nguyễn Văn Mẫu" in page


def people_in(office, row, headings=COLUMNS, merged=()):
    """The people of the one row, and how many they are."""
    book = openpyxl.Workbook()
    for line in (headings, *row):
        book.active.append(list(line))
    for area in merged:
        book.active.merge_cells(area)
    target = io.BytesIO()
    book.save(target)
    (found,) = read_receptions(target.getvalue(), "so.xlsx", "P").rows
    assert found.problems == []
    return found.record["petitioners"], found.record["people"]


def test_everybody_of_a_cell_or_of_merged_lines_is_read_with_what_stands_beside(office):
    said = "Ông Nguyễn Văn Mẫu và 15 người khác, thôn 1"
    row = dict(zip(COLUMNS, HEAD, strict=True)) | {"Họ tên, địa chỉ": said, "Số căn cước, hộ chiếu": ""}
    assert people_in(office, [list(row.values())]) == ([{"name": "Nguyễn Văn Mẫu", "address": "thôn 1"}], 16)
    row["Họ tên, địa chỉ"] = "Nguyễn Văn Mẫu\nThôn 1, xã Mẫu\nTrần Thị Mẫu"
    two = [{"name": "Nguyễn Văn Mẫu", "address": "Thôn 1, xã Mẫu"}, {"name": "Trần Thị Mẫu"}]
    assert people_in(office, [list(row.values())]) == (two, 2)
    headings = ["STT", "Ngày tiếp", "Loại đơn", "Nội dung", "Họ tên, địa chỉ", "Điện thoại"]
    lines = [
        [1, "05/10/2026", "Khiếu nại", "Thu hồi đất", name, phone] for name, phone in (("Lê Văn Một", "0900000001"),)
    ]
    lines += [[None, None, None, None, name, None] for name in ("Lê Văn Hai, thôn 2", "Lê Văn Ba")]
    merged = [f"{column}2:{column}4" for column in "ABCD"]
    found, count = people_in(office, lines, headings, merged)
    assert [one["name"] for one in found] == ["Lê Văn Một", "Lê Văn Hai", "Lê Văn Ba"] and count == 3
    assert found[0]["phone"] == "0900000001" and found[1]["address"] == "thôn 2"


def test_the_kind_with_the_number_of_people_closes_what_is_a_denunciation(office):
    headings = [column.replace("Loại đơn", "Phân loại đơn/Số người") for column in COLUMNS if column != "Số người"]
    row = dict(zip(COLUMNS, CLOSED, strict=True)) | {"Loại đơn": "Tố cáo/3"}
    del row["Số người"]
    with office.session() as session:
        data = workbook(list(row.values()), headings=headings)
        import_receptions(session, RegisterFile(data, "so.xlsx", "P"), TODAY, "P")
        found = max(receptions(session), key=lambda one: one.id)
        assert closes(found) and found.text.compartment and (found.about, found.people) == ("denunciation", 3)
        session.rollback()


def test_the_same_reception_again_is_told_of(office):
    with office.session() as session:
        taken(session, TWO)
        register = read_receptions(workbook(TWO, HEAD, HEAD), "so.xlsx", "P")
        check_receptions(session, register, TODAY, "P")
        said = [row.warnings for row in register.rows]
        assert "cùng ngày tiếp, công dân và nội dung với lượt tiếp TD-" in said[0][0]
        assert not said[1] and "với dòng 3" in said[2][0]
        session.rollback()


def test_whoever_a_leader_shut_out_of_a_denunciation_stays_out_when_a_register_names_it(office):
    """Nor does an import fail because it names whoever imports: it is closed to them."""
    with office.session() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "P")).one()
        account = create_account(session, "BI.NEU", unit, "officer", "reception")
        account.holder = "Đỗ Văn Bị"
        create_account(session, "BI.CHAN", unit, "officer")
        session.commit()
        petition = session.scalars(select(Petition).where(Petition.number == "T-1")).one()
        out = session.scalars(select(Account).where(Account.username == "BI.CHAN")).one()
        mark(session, petition, out, "LANHDAO")
        session.commit()
        for name, blamed in (("TIEPDAN", ""), ("BI.NEU", "Đỗ Văn Bị")):
            with office.session() as own:
                _, scope = permissions_and_scope(
                    own, own.scalars(select(Account).where(Account.username == name)).one()
                )
                enter(own, scope)
                row = dict(zip(COLUMNS, CLOSED, strict=True)) | {"Đơn số": "T-1", "Người bị tố cáo": blamed}
                data = workbook(list(row.values()), headings=list(row))
                import_receptions(own, RegisterFile(data, "so.xlsx", "P"), TODAY, "P", name)
                own.flush()
                with within(own, system_scope("test")) as apart:
                    shut = set(apart.scalars(select(Petition).where(Petition.number == "T-1")).one().shut_out)
                assert "BI.CHAN" in shut
                own.rollback()
