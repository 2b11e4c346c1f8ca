"""What registers look like elsewhere, kind by kind.

Cells by the column's kind, headings, merged cells, footers, sheets, delimiters.
"""

import io
from datetime import date, datetime, time

import openpyxl
import pytest

from app.operations.exchange.register_cells import Unclear, count_of, day_of, id_number_of, phone_of
from app.operations.exchange.register_headings import column_of
from app.operations.exchange.register_read import problems, read_register
from app.operations.exchange.register_sheets import EPOCHS
from app.operations.refusal import Refused

HEADINGS = ["STT", "Ngày nhận", "Loại đơn", "Họ tên người gửi", "Địa chỉ", "Số căn cước", "Nội dung đơn", "Lĩnh vực"]
ROW = [1, "05/03/2026", "Khiếu nại", "Nguyễn Văn Mẫu", "Thôn 1", "001090000001", "Đòi lại đất", "Đất đai"]


def line(**changed):
    return [
        changed.get(heading_key, value)
        for heading_key, value in zip(
            ("stt", "day", "kind", "names", "address", "id", "summary", "field"), ROW, strict=True
        )
    ]


def workbook(rows, merged=(), title="Sổ", more=()):
    book = openpyxl.Workbook()
    book.active.title = title
    for place, (name, lines, state) in enumerate([(title, rows, "visible"), *more]):
        sheet = book.active if place == 0 else book.create_sheet(name)
        sheet.sheet_state = state
        for cells in lines:
            sheet.append(cells)
    for area in merged:
        book.active.merge_cells(area)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(rows, merged=(), **kwargs):
    return read_register(workbook(rows, merged, **kwargs), "so.xlsx", "A")


def good(rows, merged=()):
    register = read(rows, merged)
    assert list(problems(register)) == []
    return [row.record for row in register.rows]


def names(record):
    return [person["name"] for person in record["petitioners"]]


@pytest.mark.parametrize(
    ("cell", "epoch", "day"),
    [
        ("5/3/26", 1900, date(2026, 3, 5)),
        ("05/03/2026 08:30", 1900, date(2026, 3, 5)),
        ("ngày 05 tháng 3 năm 2026", 1900, date(2026, 3, 5)),
        (46086, 1900, date(2026, 3, 5)),
        ("46086", 1900, date(2026, 3, 5)),
        (44624, 1904, date(2026, 3, 5)),
        ("44624", 1904, date(2026, 3, 5)),
        (44624.6, 1904, date(2026, 3, 5)),
        ("01/01/1900", 1900, date(1900, 1, 1)),
        (None, 1900, None),
    ],
)
def test_a_day_is_read_however_it_was_kept(cell, epoch, day):
    assert day_of(cell, EPOCHS[epoch]) == day


@pytest.mark.parametrize(
    "cell",
    [
        "1112026",
        1112026,
        2026,
        "2026",
        "05/13/2026",
        "hôm qua",
        True,
        0.35,
        -5,
        10**12,
        "31/12/1899",
        "05/10/0026",
        "tháng 3/2026",
        "²",
    ],
)
def test_what_is_no_day_or_could_be_two_asks(cell):
    with pytest.raises(Unclear):
        day_of(cell, EPOCHS[1900])


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (1090000001, "001090000001"),
        (11090000001, "011090000001"),
        (79090000001, "079090000001"),
        ("1090000001", "001090000001"),
        (123456789, "123456789"),
        ("012345678", "012345678"),
        ("001 090 000 001", "001 090 000 001"),
        ("B1234567", "B1234567"),
        ("12345678", "12345678"),
        (None, ""),
    ],
)
def test_an_identity_number_has_its_zeros(cell, number):
    assert id_number_of(cell) == number


@pytest.mark.parametrize("cell", [12345678, 99912345678, 123456789012, 1090000001.5, True, 5])
def test_an_identity_number_that_could_be_two_asks(cell):
    with pytest.raises(Unclear, match="Văn bản"):
        id_number_of(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (912345678, "0912345678"),
        ("912345678", "0912345678"),
        (2438253789, "02438253789"),
        (84912345678, "0912345678"),
        ("+84 912 345 678", "+84 912 345 678"),
        ("0912.345.678", "0912.345.678"),
        (38253789, "38253789"),
        (None, ""),
    ],
)
def test_a_telephone_has_its_zero(cell, number):
    assert phone_of(cell) == number


@pytest.mark.parametrize("cell", [12, 9123456789, 123456789012, 9.5])
def test_a_telephone_that_could_be_two_asks(cell):
    with pytest.raises(Unclear):
        phone_of(cell)


@pytest.mark.parametrize(
    ("cell", "count"), [("1.500", 1500), (3, 3), ("05", 5), ("3 người", 3), (None, None), ("12.000 công dân", 12000)]
)
def test_a_count_is_read_as_vietnamese_write_it(cell, count):
    assert count_of(cell) == count


@pytest.mark.parametrize("cell", ["1,500", 1.5, "ba", -1, "²", "٣", True, 10**9, "1.5", "1.50"])
def test_what_is_no_whole_number_asks(cell):
    with pytest.raises(Unclear):
        count_of(cell)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Ngày tiếp nhận đơn thư", "received_on"),
        ("NGÀY THÁNG NĂM\nNHẬN ĐƠN", "received_on"),
        ("Ngày viết đơn", "dated_on"),
        ("Họ và tên người khiếu nại, tố cáo", "names"),
        ("Người đứng đơn", "names"),
        ("Họ tên công dân", "names"),
        ("Địa chỉ thường trú", "address"),
        ("Số CMND/CCCD/Hộ chiếu", "id_number"),
        ("Số ĐT", "phone"),
        ("Tóm tắt nội dung đơn thư", "summary"),
        ("Nội dung khiếu nại, tố cáo, kiến nghị, phản ánh", "summary"),
        ("Trích yếu nội dung (*)", "summary"),
        ("Phân loại đơn thư", "kind"),
        ("Cơ quan, tổ chức, cá nhân bị khiếu nại, tố cáo", "respondents"),
        ("Lĩnh vực khiếu nại", "field"),
        ("Số người ký đơn", "people"),
        ("Ghi chú", None),
        ("Kết quả", None),
        ("", None),
    ],
)
def test_common_wordings_of_headings(heading, column):
    assert column_of(heading) == column


def test_titles_totals_of_months_column_numbers_and_signatures_are_no_petitions():
    width = len(HEADINGS)
    rows = [
        ["SỔ THEO DÕI ĐƠN NĂM 2026"],
        HEADINGS,
        list(range(1, width + 1)),
        ["Tháng 3"],
        ROW,
        ["Cộng tháng 3", 1],
        HEADINGS,
        line(stt=2),
        ["Tổng số: 2 đơn"],
        [],
        [None, None, None, None, None, None, "Mẫu, ngày 31 tháng 3 năm 2026"],
        [None, "Người lập biểu", None, None, None, None, "Thủ trưởng đơn vị"],
        [None, "(Ký, ghi rõ họ tên)"],
        [],
        [None, "Lê Văn Ký", None, None, None, None, "Trần Thị Ký"],
    ]
    register = read(rows, ["A1:H1", "A4:H4"])
    assert list(problems(register)) == [] and [row.number for row in register.rows] == [5, 8]
    assert register.notes == ["không nhập các dòng tiêu đề, tổng cộng, ký tên: dòng 3, 4, 6, 7, 9, 11, 12, 13, 15"]


def test_a_row_that_lacks_much_is_a_problem_and_no_footer():
    found = list(problems(read([HEADINGS, ROW, [2, None, None, "Trần Thị Thử"]])))
    assert [sentence.split(":")[0] for sentence in found] == ["dòng 3"]


def test_one_petition_of_several_people_on_merged_rows():
    more = [None, None, None, "2. Bà Trần Thị B", "Thôn 2", 1090000003, None, None]
    (record,) = good([HEADINGS, line(names="1. Ông Nguyễn Văn A"), more], ["A2:A3", "B2:B3", "C2:C3", "G2:G3", "H2:H3"])
    assert names(record) == ["Nguyễn Văn A", "Trần Thị B"] and record["people"] == 2 and record["signatories"] == "many"
    assert record["petitioners"][1] == {"name": "Trần Thị B", "address": "Thôn 2", "id_number": "001090000003"}


@pytest.mark.parametrize(
    "merged", [["B2:B4"], ["B2:B4", "C2:C4"], ["D2:D4", "E2:E4", "F2:F4"], ["G2:G4", "B2:B4", "C2:C4"]]
)
def test_merged_cells_give_their_value_to_each_row_with_a_number_of_its_own(merged):
    records = good([HEADINGS, ROW, line(stt=2), line(stt=3)], merged)
    assert len(records) == 3 and records[0] == records[1] == records[2] and names(records[2]) == ["Nguyễn Văn Mẫu"]


def test_headings_with_groups_and_crosses():
    top = [
        "STT",
        "Ngày",
        None,
        "Người khiếu nại, tố cáo",
        None,
        "Phân loại đơn",
        None,
        None,
        "Nội dung",
        "Người bị khiếu nại, tố cáo",
        None,
    ]
    below = [
        None,
        "nhận đơn",
        "viết đơn",
        "Họ tên",
        "Địa chỉ",
        "Khiếu nại",
        "Tố cáo",
        "Kiến nghị, phản ánh",
        None,
        "Họ tên",
        "Địa chỉ",
    ]
    row = [
        1,
        "05/03/2026",
        "01/03/2026",
        "Lê Thị Thử",
        "Thôn 1",
        None,
        "x",
        None,
        "Nội dung",
        "1. Ông Trần C; 2. Bà Bùi D",
        "Thôn 9",
    ]
    merged = ["A1:A2", "B1:C1", "D1:E1", "F1:H1", "I1:I2", "J1:K1"]
    register = read([top, below, row], merged)
    (record,) = (item.record for item in register.rows)
    assert record["kind"] == "denunciation" and record["dated_on"] == date(2026, 3, 1)
    assert record["petitioners"] == [{"name": "Lê Thị Thử", "address": "Thôn 1"}] and [
        item["name"] for item in record["respondents"]
    ] == ["Trần C", "Bùi D"]
    assert register.unknown == ["Người bị khiếu nại, tố cáo – Địa chỉ"]
    for cells, said in (
        ([1, *row[1:5], "x", "x", *row[7:]], "nhiều cột"),
        ([1, *row[1:5], None, None, None, *row[8:]], "để trống"),
    ):
        assert said in " ".join(problems(read([top, below, cells], merged)))


def test_hidden_sheets_and_sheets_that_are_no_registers_are_named():
    more = [
        ("Ẩn", [HEADINGS, ROW], "hidden"),
        ("Rất ẩn", [HEADINGS, ROW], "veryHidden"),
        ("Tổng hợp", [["Lĩnh vực", "Số đơn"], ["Đất đai", 3]], "visible"),
        ("Trống", [], "visible"),
        ("kind", [["Khiếu nại"], ["Tố cáo"]], "hidden"),
    ]
    register = read([HEADINGS, ROW], more=more)
    assert [row.where for row in register.rows] == ["dòng 2"]
    assert register.notes == [
        "không đọc trang tính ẩn “Ẩn”; bỏ ẩn nếu cần nhập",
        "không đọc trang tính ẩn “Rất ẩn”; bỏ ẩn nếu cần nhập",
        "không đọc trang tính “Tổng hợp”: không tìm thấy cột Ngày nhận, Loại đơn, Nội dung đơn",
    ]


def test_rows_that_name_nobody_are_told_before_they_are_anonymous():
    register = read([HEADINGS, ROW, *(line(names=cell) for cell in ("Nặc danh", None, "Không rõ tên", "12345"))])
    assert [row.record["signatories"] for row in register.rows if row.record] == ["one", "none", "none", "none"]
    assert register.assumed[-1] == "không có họ tên người gửi, nhập là đơn nặc danh: dòng 3; dòng 4; dòng 5"
    assert list(problems(register)) == ["dòng 6: Họ tên người gửi: “12345” không phải họ tên"]


def test_a_sheet_without_names_asks_by_its_name():
    other = [HEADINGS[:3] + ["Danh tính"] + HEADINGS[4:], ROW]
    with pytest.raises(
        Refused, match="trang tính “Hai”: không tìm thấy cột họ tên người gửi; các cột chưa nhận ra: “Danh tính”"
    ) as refusal:
        read([HEADINGS, ROW], title="Một", more=[("Hai", other, "visible")])
    assert refusal.value.field == "anonymous"
    data = workbook(other)
    assert read_register(data, "so.xlsx", "A", anonymous=True).rows[0].record["signatories"] == "none"


def test_people_who_are_counted_and_not_named_are_counted():
    (record,) = good([HEADINGS, line(names="Trần Thị Thử và 15 người khác")])
    assert names(record) == ["Trần Thị Thử"] and record["people"] == 16


def test_numbers_of_several_people_go_to_each():
    (record,) = good([HEADINGS, line(names="1. Lê A B\n2. Bùi C D", id="001090000001\n001090000002", address="Thôn 1")])
    assert record["petitioners"] == [
        {"name": "Lê A B", "address": "Thôn 1", "id_number": "001090000001"},
        {"name": "Bùi C D", "id_number": "001090000002"},
    ]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("NguyÔn Văn A", "TCVN3"),
        ("Th«n 1", "TCVN3"),
        ("Nguy\ufffdn", "mất chữ"),
        ("Tr?n Thị B", "mất chữ"),
        ("Máº«u", "sai bảng mã"),
    ],
)
def test_a_lone_damaged_word_is_a_problem_in_every_column_of_text(cell, said):
    for column in ("names", "address", "summary"):
        (sentence,) = problems(read([HEADINGS, line(**{column: cell})]))
        assert said in sentence and sentence.startswith("dòng 2: ")


def test_a_time_of_day_and_true_are_no_days():
    found = list(
        problems(read([HEADINGS, line(day=time(8, 30)), line(day=True), line(day=datetime(2026, 3, 5, 8, 30))]))
    )
    assert [sentence.split(":")[0] for sentence in found] == ["dòng 2", "dòng 3"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('Ngày nhận,Loại đơn,Họ tên,Nội dung\n05/03/2026,KN,Lê A,"đất; nhà; cây, ao; vườn; mộ; giếng"\n', "utf-8"),
        ("Ngày nhận;Loại đơn;Họ tên;Nội dung\n05/03/2026;KN;Lê A;đất, nhà, cây, ao, vườn\n", "utf-8"),
        ("Ngày nhận\tLoại đơn\tHọ tên\tNội dung\n05/03/2026\tKN\tLê A\tđất; nhà, cây\n", "utf-16"),
        ("sep=|\nNgày nhận|Loại đơn|Họ tên|Nội dung\n05/03/2026|KN|Lê A|đất\n", "utf-8"),
        ("SỔ ĐƠN, NĂM 2026, XÃ, HUYỆN, TỈNH\nNgày nhận;Loại đơn;Họ tên;Nội dung\n05/03/2026;KN;Lê A;đất\n", "utf-8"),
    ],
)
def test_the_heading_row_tells_the_delimiter(text, encoding):
    register = read_register(text.encode(encoding), "so.csv", "A")
    assert (
        list(problems(register)) == []
        and register.rows[0].record["summary"].startswith("đất")
        and len(register.rows) == 1
    )


@pytest.mark.parametrize("data", [b"", b"\0", b'"', b"a,b\n" * 50, b"\xff\xfe\x00", bytes(range(256))])
@pytest.mark.parametrize("name", ["so.csv", "so.xlsx", "so"])
def test_what_is_no_register_is_one_sentence(data, name):
    with pytest.raises(Refused) as refusal:
        read_register(data, name, "A")
    assert refusal.value.message and "\n" not in refusal.value.message
