"""Excel registers as units keep them: headings in any order, dates as text or serial, legacy encodings; all rows or
none.
"""

import io
import subprocess
from datetime import date, datetime

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models import Petition
from app.operations.content import PETITIONER, read_body, read_people
from app.operations.exchange.register_in import RegisterFile, RegisterRefused, import_register
from app.operations.exchange.register_read import problems, read_register
from app.operations.exchange.register_template import write_template
from app.operations.refusal import Refused
from tests.conftest import TODAY, Browser
from tests.support.world import build

HEADINGS = ["STT", "Ngày đến", "Phân loại đơn", "Họ và tên", "Nơi ở", "CCCD", "Trích yếu", "Lĩnh vực"]
ROW = [1, "05/10/2026", "Khiếu nại", "Nguyễn Văn Mẫu", "Thôn 1", "001090000001", "Đòi lại đất", "Đất đai"]


def workbook(*rows, headings=HEADINGS, before=()):
    book = openpyxl.Workbook()
    for row in (*before, headings, *rows):
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture(scope="module")
def world(installation, tmp_path_factory):
    build(installation, tmp_path_factory.mktemp("world"))
    return installation


def read(data, name="so.xlsx", **kwargs):
    return read_register(data, name, "A", **kwargs)


def test_headings_are_recognised_in_any_order_and_spelling():
    title = ["SỔ TIẾP NHẬN ĐƠN NĂM 2026"]
    register = read(workbook([*reversed(ROW)], headings=[*reversed(HEADINGS)], before=[title, []]))
    assert list(problems(register)) == [] and register.rows[0].number == 4
    record = register.rows[0].record
    assert record["kind"] == "complaint" and record["received_on"] == date(2026, 10, 5) and record["field"] == "land"
    assert record["petitioners"] == [{"name": "Nguyễn Văn Mẫu", "address": "Thôn 1", "id_number": "001090000001"}]


@pytest.mark.parametrize(
    "cell",
    [
        "05/10/2026",
        "5/10/2026",
        "05-10-2026",
        "05.10.2026",
        "2026-10-05",
        "5/10/26",
        datetime(2026, 10, 5),
        46300,
        "46300",
    ],
)
def test_dates_as_text_or_serial(cell):
    row = [1, cell, *ROW[2:]]
    register = read(workbook(row))
    assert register.rows[0].record["received_on"] == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (1, "31/02/2026", "Ngày nhận: “31/02/2026” không phải ngày"),
        (1, "", "Ngày nhận: thiếu"),
        (2, "Xin việc", "Loại đơn: không hiểu “Xin việc”"),
        (2, "", "Loại đơn: để trống"),
        (7, "Bóng đá", "Lĩnh vực: không hiểu “Bóng đá”"),
        (3, "x" * 300, "Họ tên người gửi: dài 300"),
    ],
)
def test_every_problem_of_a_row_is_told_with_its_heading(place, value, said):
    row = list(ROW)
    row[place] = value
    assert any(said in problem and problem.startswith("dòng 2: ") for problem in problems(read(workbook(row)))), list(
        problems(read(workbook(row)))
    )


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"not a workbook", "so.xlsx", "không đọc được tệp"),
        (workbook(headings=["A", "B"]), "so.xlsx", "không tìm thấy dòng tiêu đề"),
        (workbook(), "so.xlsx", "không có dòng dữ liệu"),
        (workbook(ROW, headings=[*HEADINGS[:7], "Nội dung"]), "so.xlsx", "hai lần"),
        (b"\xb8\xf8\xef\xc3\xd2,\xb5", "so.csv", "bảng mã"),
    ],
)
def test_a_file_that_is_no_register_is_refused_with_a_sentence(data, name, said):
    with pytest.raises(Refused, match=said):
        read(data, name)


@pytest.mark.parametrize("encoding", ["TCVN5712-1", "VISCII", "VNI"])
def test_a_legacy_csv_is_recognised(encoding):
    text = (
        "Ngày nhận;Loại đơn;Họ tên người gửi;Nội dung\n05/10/2026;Khiếu nại;Nguyễn Thị Hường;đề nghị giải quyết đất đai"
        " cho hộ nghèo\n"
    )
    program = ["recode", "UTF-8..VNI"] if encoding == "VNI" else ["iconv", "-f", "UTF-8", "-t", encoding]
    data = subprocess.run(program, input=text.encode(), capture_output=True, check=True).stdout
    register = read(data, "so.csv")
    assert register.rows[0].record["petitioners"] == [{"name": "Nguyễn Thị Hường"}]


def test_legacy_cells_in_a_unicode_workbook_are_converted():
    shown = subprocess.run(
        ["iconv", "-f", "UTF-8", "-t", "TCVN5712-1"],
        input="đề nghị giải quyết chế độ".encode(),
        capture_output=True,
        check=True,
    ).stdout.decode("latin-1")
    row = [*ROW[:6], shown, ROW[7]]
    register = read(workbook(row))
    assert register.rows[0].record["summary"] == "đề nghị giải quyết chế độ" and register.encodings == {"tcvn3"}


def count(session):
    return session.scalar(select(func.count()).select_from(Petition))


def test_all_rows_or_none(world):
    with world.session() as session:
        before = count(session)
        with pytest.raises(RegisterRefused) as refusal:
            import_register(
                session,
                RegisterFile(
                    workbook(ROW, [2, "hôm qua", *ROW[2:]], [3, "01/01/2027", *ROW[2:]]), "so.xlsx", "A", None
                ),
                TODAY,
            )
        session.rollback()
        assert count(session) == before
        assert [problem.split(":")[0] for problem in refusal.value.problems] == ["dòng 3", "dòng 4"]
        report = import_register(session, RegisterFile(workbook(ROW, ROW), "so.xlsx", "A", None), TODAY)
        assert report.added["petition"] == 2 and count(session) == before + 2
        petition = session.scalars(
            select(Petition).order_by(Petition.registered_at.desc(), Petition.id.desc()).limit(1)
        ).one()
        assert (
            read_body(petition.text)["summary"] == "Đòi lại đất"
            and read_people(petition, PETITIONER)[0]["name"] == "Nguyễn Văn Mẫu"
        )
        assert petition.due_on is not None
        session.rollback()


def test_a_formula_in_a_cell_stays_text(world):
    row = [*ROW[:6], '\'=HYPERLINK("http://x")', ROW[7]]
    assert read(workbook(row)).rows[0].record["summary"].endswith('=HYPERLINK("http://x")')


@pytest.mark.parametrize(
    ("headings", "row", "letter"),
    [
        (HEADINGS, [*ROW, "phần còn lại của nội dung"], "I"),
        ([*HEADINGS[:5], None, *HEADINGS[6:]], ROW, "F"),
    ],
)
def test_data_under_no_heading_is_a_problem_and_never_dropped(headings, row, letter):
    found = list(problems(read(workbook(row, headings=headings))))
    assert len(found) == 1 and found[0].startswith(
        f"dòng 2: cột {letter} không có tiêu đề mà có “{row['ABCDEFGHI'.index(letter)]}”"
    ), found


def test_a_comma_without_quotes_in_a_csv_is_told():
    data = "Ngày nhận,Loại đơn,Họ tên,Nội dung\n05/10/2026,Khiếu nại,Nguyễn Văn Mẫu,Đòi đất, đòi nhà\n".encode()
    assert [problem.split(";")[0] for problem in problems(read(data, "so.csv"))] == [
        "dòng 2: cột E không có tiêu đề mà có “đòi nhà”"
    ]


def test_what_a_register_does_not_say_is_told_before_it_is_counted():
    register = read(workbook(ROW[:7], [*ROW, "Tiếp công dân", "đã sao"], headings=[*HEADINGS, "Nguồn đơn", "Ghi chú"]))
    assert list(problems(register)) == [] and register.unknown == ["Ghi chú"]
    assert register.assumed == [
        "1 dòng không ghi “Nguồn đơn”: tính là “Bưu chính”",
        "1 dòng không ghi “Lĩnh vực”: tính là “Lĩnh vực khác”",
    ]


def test_the_template_is_recognised_by_its_own_import():
    target = io.BytesIO()
    write_template(target)
    register = read(target.getvalue())
    assert register.unknown == [] and list(problems(register)) == [] and len(register.rows) == 1


def test_the_screen_previews_every_problem_and_then_imports(world):
    browser = Browser(world.app)
    browser.sign_in("OFFICER")
    bad = workbook(ROW, [2, "hôm qua", *ROW[2:]])
    page = browser.post(
        "/registers/", {"file": (io.BytesIO(bad), "so.xlsx")}, content_type="multipart/form-data"
    ).get_data(as_text=True)
    assert "1 dòng có lỗi" in page and "“hôm qua” không phải ngày" in page
    page = browser.post(
        "/registers/", {"file": (io.BytesIO(bad), "so.xlsx"), "import": "1"}, content_type="multipart/form-data"
    ).get_data(as_text=True)
    assert "chưa nhập dòng nào" in page
    answer = browser.post(
        "/registers/",
        {"file": (io.BytesIO(workbook(ROW)), "so.xlsx"), "import": "1"},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    assert "Đã nhập 1 đơn" in answer.get_data(as_text=True)
    with world.session() as session:
        assert (
            session.scalar(select(func.count()).select_from(Petition).where(Petition.registered_by == "OFFICER")) == 1
        )


def test_a_register_of_another_unit_is_refused_on_screen(world):
    browser = Browser(world.app)
    browser.sign_in("OFFICER")
    data = workbook([*ROW, "C"], headings=[*HEADINGS, "Mã đơn vị"])
    page = browser.post(
        "/registers/", {"file": (io.BytesIO(data), "so.xlsx"), "import": "1"}, content_type="multipart/form-data"
    ).get_data(as_text=True)
    assert "chỉ nhập sổ của đơn vị mình (A)" in page


def test_excels_own_true_and_false_are_understood():
    headings = [*HEADINGS, "Ngày xử lý", "Đủ điều kiện", "Thuộc thẩm quyền", "Hướng xử lý"]
    register = read(workbook([*ROW, "06/10/2026", True, False, "Hướng dẫn"], headings=headings))
    assert list(problems(register)) == [] and register.rows[0].record["processed"]["eligible"] is True
