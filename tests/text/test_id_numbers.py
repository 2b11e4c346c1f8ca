"""Numbers of papers and telephones: what is taken as it is, what is remarked upon. All made up."""

from datetime import date

import pytest

from app.text.id_numbers import PROVINCES, odd_paper, odd_phone

NOW = date(2026, 11, 26)


@pytest.mark.parametrize(
    "number",
    ["001099000001", "001 099 000 001", "001.099.000.001", "092301000001", "079226000001", "132090000001"]
    + ["123456789", "123 456 789", "B1234567", "c12345678"],
)
def test_a_number_that_can_be_is_taken_without_a_word(number):
    assert odd_paper(number, NOW) is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("003099000001", "không có mã tỉnh 003"),
        ("000099000001", "không có mã tỉnh 000"),
        ("001227000001", "sinh năm 2027"),
        ("001499000001", "sinh năm 2199"),
        ("00109900001", "12 số"),
        ("0010990000011", "12 số"),
        ("12345678", "9 số"),
        ("không có", "hộ chiếu"),
    ],
)
def test_a_number_that_cannot_be_is_remarked_upon(number, said):
    assert said in odd_paper(number, NOW)


def test_an_organisation_has_a_tax_number():
    assert odd_paper("0101234567", NOW, organisation=True) is None
    assert odd_paper("0101234567-001", NOW, organisation=True) is None
    assert "mã số thuế" in odd_paper("001099000001", NOW, organisation=True)


@pytest.mark.parametrize(
    "number", ["0912345678", "091 234 5678", "0912.345.678", "+84912345678", "84912345678", "02438123456", "19001234"]
)
def test_a_telephone_that_can_be(number):
    assert odd_phone(number) is None


@pytest.mark.parametrize("number", ["912345678", "09123456", "091234567890", "0112345678", "không có"])
def test_a_telephone_that_cannot_be(number):
    assert "số điện thoại" in odd_phone(number)


def test_the_provinces_by_which_numbers_were_given():
    assert len(PROVINCES) == 63
