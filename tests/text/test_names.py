"""Names are found as people write them, and what tells who somebody is is covered in every spelling."""

import pytest

from app.text.identities import masked, tells_of
from app.text.names import called_in_text, name_of, named_in_field, named_in_text
from tests.support.names import HOLDERS, OTHERS, WAYS

ALL_WAYS = [(account, entry) for account, entries in WAYS.items() for entry in entries]
PERSON = {
    "name": "Trần Thị Thử",
    "phone": "0912345678",
    "id_number": "001090000002",
    "address": "Thôn 3, xã Thử Nghiệm, tỉnh Mẫu",
}


def found(name, entry):
    return named_in_field(name, entry["name"]) or named_in_text(name, f"{entry['name']}; {entry.get('position', '')}")


def test_there_are_sixty_ways_to_write_twelve_people():
    assert len(ALL_WAYS) >= 60 and len(HOLDERS) == len(WAYS) == 12


@pytest.mark.parametrize(("account", "entry"), ALL_WAYS, ids=lambda item: str(item))
def test_a_name_is_found_as_it_is_written(account, entry):
    assert found(name_of(HOLDERS[account]), entry)


@pytest.mark.parametrize("other", OTHERS)
def test_a_name_of_somebody_else_is_not_theirs(other):
    assert [account for account, holder in HOLDERS.items() if found(name_of(holder), {"name": other})] == []


def test_false_alarms_are_few_and_counted(record_property):
    alarms = [
        (account, entry["name"])
        for meant, entry in ALL_WAYS
        for account, holder in HOLDERS.items()
        if account != meant and found(name_of(holder), entry)
    ]
    record_property("false alarms", len(alarms))
    print(f"{len(alarms)} false alarms among {len(ALL_WAYS)} ways and {len(HOLDERS)} people: {alarms}")
    assert len(alarms) <= len(ALL_WAYS) // 10


@pytest.mark.parametrize(
    ("text", "named", "called"),
    [
        ("Đơn tố cáo ông Lê Lãnh Đạo Hai nhận tiền", True, False),
        ("don to cao LE LANH DAO HAI", True, False),
        ("ông Hai nhận tiền", False, True),
        ("đồng chí Hai, Phó Chánh Thanh tra", False, True),
        ("hai người nhận tiền", False, False),
        ("ông Hai Văn Tám nhận tiền", False, False),
        ("lãnh đạo hai xã", False, False),
    ],
)
def test_a_running_text_names_or_calls_somebody(text, named, called):
    name = name_of("Lê Lãnh Đạo Hai")
    assert (named_in_text(name, text), called_in_text(name, text)) == (named, called)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bà Trần Thị Thử tố cáo", "Bà [x] tố cáo"),
        ("1. Trần Thị Thử; 2. Lê Văn Không", "1. [x]; 2. Lê Văn Không"),
        ("theo chị Thử thì đã nộp", "theo chị [x] thì đã nộp"),
        ("TRẦN THỊ THỬ trình bày", "[x] trình bày"),
        ("tran thi thu trinh bay", "[x] trinh bay"),
        ("Trần T. Thử", "[x]"),
        ("T.T.Thử", "[x]"),
        ("Thử Trần Thị", "[x]"),
        ("Trần Thử nói", "[x] nói"),
        ("Trâ\u0300n Thị Thử", "[x]"),
        ("gọi số 0912.345.678 để hẹn", "gọi số [x] để hẹn"),
        ("gọi 0912 345 678", "gọi [x]"),
        ("gọi +84 912 345 678", "gọi [x]"),
        ("gọi (0912) 345-678", "gọi [x]"),
        ("CCCD 001 090 000 002 cấp năm 2021", "CCCD [x] cấp năm 2021"),
        ("CCCD 001-090-000002", "CCCD [x]"),
        ("đọc sai OO1O9OOOOOO2", "đọc sai [x]"),
        ("ở thôn 3 xã Thử Nghiệm tỉnh Mẫu", "ở [x]"),
        ("ở Thôn 3, Xã Thử nghiệm", "ở [x]"),
        ("Thử nghiệm máy móc ngày 01/09/2000 số 12/QĐ-UBND", "Thử nghiệm máy móc ngày 01/09/2000 số 12/QĐ-UBND"),
        ("Chủ tịch UBND xã Thử Nghiệm nhận tiền của dân", "Chủ tịch UBND xã Thử Nghiệm nhận tiền của dân"),
        ("Nguyễn Thị Thử là người khác", "Nguyễn Thị Thử là người khác"),
        ("số tiền 912.345 đồng", "số tiền 912.345 đồng"),
    ],
)
def test_what_tells_who_somebody_is_is_covered_in_every_spelling(text, shown):
    assert masked(text, [PERSON], "[x]") == shown
    assert tells_of(text, [PERSON]) == (shown != text)


def test_a_copy_for_verifiers_leaves_out_the_places_of_the_address_too():
    assert masked("UBND xã Thử Nghiệm", [PERSON], "[x]", areas=True) == "UBND [x]"


def test_a_passport_number_is_covered_too():
    assert masked("hộ chiếu c 1234 567", [{"name": "A B", "id_number": "C1234567"}], "[x]") == "hộ chiếu [x]"
