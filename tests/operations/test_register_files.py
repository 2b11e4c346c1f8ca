"""Small files from other people's trouble: each gives what it must, through the reading that the import uses."""

from datetime import date

import pytest

from app.operations.exchange.register_read import problems, read_register
from app.operations.refusal import Refused
from tests.conftest import DATA

FOLDER = DATA / "inputs"


def read(name, **kwargs):
    found = next(FOLDER.glob(f"{name}-*"))
    return read_register(found.read_bytes(), found.name, "A", **kwargs)


def records(name, **kwargs):
    register = read(name, **kwargs)
    assert list(problems(register)) == []
    return [row.record for row in register.rows]


@pytest.mark.parametrize("name", ["E01", "E01b"])
def test_every_row_and_column_that_is_there_is_read_whatever_the_sheet_declares(name):
    first, second = records(name)
    assert first == second and first["summary"] == "Khiếu nại giá bồi thường" and first["field"] == "land"
    assert first["petitioners"] == [
        {"name": "Nguyễn Văn Mẫu", "address": "Thôn 1, xã Mẫu", "id_number": "001090000001", "phone": "0912345678"}
    ]


def test_styles_do_not_matter():
    assert [record["received_on"] for record in records("E02")] == [date(2026, 3, 5)] * 2


def test_a_number_beyond_measure_is_a_problem_of_its_row_alone():
    register = read("E56")
    (sentence,) = problems(register)
    assert sentence.startswith("dòng 2: Số người: ") and register.rows[1].record["people"] == 1


def test_every_sheet_is_read_and_rows_tell_theirs():
    register = read("E03")
    assert [row.where for row in register.rows] == ["trang tính “Tháng 1”, dòng 2", "trang tính “Tháng 2”, dòng 2"]
    assert [row.record["received_on"] for row in register.rows] == [date(2026, 3, 5), date(2026, 4, 6)]


def test_days_count_from_the_workbooks_own_epoch():
    assert [record["received_on"] for record in records("E04")] == [date(2026, 3, 5)]


def test_numbers_get_their_leading_zero_back():
    (record,) = records("E05")
    assert record["petitioners"][0] | {"id_number": "001090000001", "phone": "0912345678"} == record["petitioners"][0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("E06", ["Họ tên người gửi: ô có lỗi Excel #N/A", "Địa chỉ: ô có lỗi Excel #REF!"]),
        ("E07", ["Địa chỉ: công thức chưa được tính"]),
        (
            "E50",
            ["Họ tên người gửi: mất chữ ở “Nguy?n”", "Địa chỉ: mất chữ ở “M?u”", "Nội dung đơn: mất chữ ở “Khi?u”"],
        ),
        ("E51c", ["Họ tên người gửi: chữ bị sai bảng mã ở “Nguyá»…n” (có lẽ là “Nguyễn”)"]),
    ],
)
def test_a_row_whose_cells_hold_no_value_has_a_problem(name, said):
    found = list(problems(read(name)))
    assert len(found) == len(said)
    for sentence, begins in zip(found, said, strict=True):
        assert sentence.startswith(f"dòng 2: {begins}")


@pytest.mark.parametrize(
    ("name", "rows", "passed"),
    [("E08", 1, "3, 4, 5"), ("E09", 1, "2"), ("E31", 1, None), ("E10", 1, None)],
)
def test_footers_rows_of_column_numbers_and_common_headings_are_understood(name, rows, passed):
    register = read(name)
    assert list(problems(register)) == [] and len(register.rows) == rows and register.unknown == []
    assert [note.split("dòng ")[-1] for note in register.notes] == ([passed] if passed else [])


def test_headings_stand_in_two_rows():
    (record,) = records("E10")
    assert record["petitioners"] == [{"name": "Trần Thị Thử", "address": "Thôn 2", "id_number": "001090000002"}]
    assert record["summary"] == "Khiếu nại đất" and record["kind"] == "complaint"


def test_a_merged_name_belongs_to_both_rows():
    first, second = records("E11b")
    assert second["kind"] == "denunciation" and second["signatories"] == "one"
    for record in (first, second):
        assert (
            record["petitioners"][0] | {"name": "Nguyễn Văn Mẫu", "address": "Thôn 1, xã Mẫu"}
            == record["petitioners"][0]
        )


def test_commas_in_the_text_do_not_change_the_delimiter():
    first, _ = records("E13")
    assert first["summary"].endswith("bếp, chuồng") and first["petitioners"][0]["address"] == "Thôn 1, xã Mẫu"


def test_people_come_without_their_list_numbers():
    register = read("E21")
    (row,) = register.rows
    assert [person["name"] for person in row.record["petitioners"]] == ["Nguyễn Văn A", "Trần Thị B"]
    assert row.record["people"] == 2 and row.record["signatories"] == "many" and "tính là 2" in row.warnings[0]


def test_the_letter_oi_is_u_with_a_horn():
    (record,) = records("E27")
    assert record["petitioners"][0]["name"] == "Lương Văn Mười" and "người dân được bồi thường" in record["summary"]


def test_tcvn3_capitals_come_back_as_capitals():
    first, second = records("E52")
    assert [record["petitioners"][0]["name"] for record in (first, second)] == ["NGUYỄN VĂN MẪU", "TRẦN THỊ THỬ"]
    assert first["petitioners"][0]["address"] == "Thôn 1, xã Mẫu" and first["summary"] == "Khiếu nại giá bồi thường"


def test_an_encrypted_file_is_one_sentence():
    with pytest.raises(Refused, match="mật khẩu|mã hóa") as refusal:
        read("E53")
    assert "\n" not in refusal.value.message
