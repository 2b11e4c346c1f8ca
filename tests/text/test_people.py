"""Names as registers hold them: list numbers, forms of address, several people in one cell."""

import pytest

from app.text.people import others_in, people_of


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Nguyễn Văn A", ["Nguyễn Văn A"]),
        ("1. Nguyễn Văn A\n2. Trần Thị B", ["Nguyễn Văn A", "Trần Thị B"]),
        ("1. Trần Thị Thử; 2) Ông Lê Văn C; 3/ Bà Bùi Thị D", ["Trần Thị Thử", "Lê Văn C", "Bùi Thị D"]),
        ("1.Nguyễn Văn A 2.Trần Thị B 3.Lê C", ["Nguyễn Văn A", "Trần Thị B", "Lê C"]),
        ("(1) Nguyễn Văn A (2) Trần Thị B", ["Nguyễn Văn A", "Trần Thị B"]),
        ("a) Nguyễn Văn A; b) Trần Thị B", ["Nguyễn Văn A", "Trần Thị B"]),
        ("- Nguyễn Văn A\n- Trần Thị B\n+ Lê Văn C", ["Nguyễn Văn A", "Trần Thị B", "Lê Văn C"]),
        ("Ông Nguyễn Văn A", ["Nguyễn Văn A"]),
        ("Bà: Trần Thị B", ["Trần Thị B"]),
        ("ÔNG NGUYỄN VĂN A VÀ BÀ TRẦN THỊ B", ["NGUYỄN VĂN A", "TRẦN THỊ B"]),
        ("ông Nguyễn Văn A, bà Trần Thị B", ["Nguyễn Văn A", "Trần Thị B"]),
        ("Đ/c Lê Văn C", ["Lê Văn C"]),
        ("Ông/Bà Nguyễn Văn A", ["Nguyễn Văn A"]),
        ("Nguyễn Văn A - Trần Thị B", ["Nguyễn Văn A", "Trần Thị B"]),
        ("Nguyễn Văn A – Phó Chủ tịch", ["Nguyễn Văn A – Phó Chủ tịch"]),
        ("Lê Văn C - Hiệu trưởng", ["Lê Văn C - Hiệu trưởng"]),
        ("Anh Tú", ["Tú"]),
        ("Chị Thử", ["Thử"]),
        ("Ô. Nguyễn Văn A", ["Nguyễn Văn A"]),
        ("Hộ ông Nguyễn Văn A", ["Nguyễn Văn A"]),
        ("Y Ƀlih Niê", ["Y Ƀlih Niê"]),
        ("H'Mai Êban", ["H'Mai Êban"]),
        ("Ông", ["Ông"]),
        ("Nguyễn Văn A, thôn 1, xã Mẫu", ["Nguyễn Văn A, thôn 1, xã Mẫu"]),
        ("Lê Văn C, Phó Chủ tịch", ["Lê Văn C, Phó Chủ tịch"]),
        ("Trần Thị Thử và 15 người khác", ["Trần Thị Thử"]),
        ("Công ty TNHH Thử và Mẫu", ["Công ty TNHH Thử và Mẫu"]),
        ("UBND xã Mẫu", ["UBND xã Mẫu"]),
        ("Nặc danh", []),
        ("  \n ; ", []),
    ],
)
def test_a_cell_gives_its_people_without_numbers_and_forms_of_address(cell, names):
    assert people_of(cell) == names


def test_people_who_are_only_counted_are_counted():
    assert others_in("Trần Thị Thử và 15 người khác") == 15 and others_in("Trần Thị Thử cùng 3 công dân") == 3
    assert others_in("Trần Thị Thử và người khác") == 0
