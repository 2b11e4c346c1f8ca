"""Receipt codes: long, at random, read however people type them; a slip of the pen is noticed."""

import re

import pytest

from app.security.receipt_codes import LENGTH, SIGNS, make_code, read_code


def test_a_code_has_eighty_random_bits_and_a_check_sign():
    codes = {make_code() for _ in range(500)}
    assert len(codes) == 500 and 32**LENGTH >= 2**64
    assert all(re.fullmatch(rf"([{SIGNS}]{{4}}-){{4}}[{SIGNS}]", code) for code in codes)
    used = {sign for code in codes for sign in code} - {"-"}
    assert used == set(SIGNS)


def test_it_is_read_however_it_is_typed():
    code = make_code()
    plain = code.replace("-", "")
    for typed in (code, plain, code.lower(), f"  {code} ", plain[:5] + " " + plain[5:], code.replace("-", ".")):
        assert read_code(typed) == code
    assert read_code(code.replace("0", "o").replace("1", "l")) == code


def test_every_wrong_sign_and_nearly_every_swap_is_noticed():
    swaps = noticed = 0
    for code in (make_code().replace("-", "") for _ in range(40)):
        for place in range(len(code)):
            for sign in SIGNS.replace(code[place], ""):
                assert read_code(code[:place] + sign + code[place + 1 :]) is None
        for place in range(len(code) - 1):
            if code[place] != code[place + 1]:
                swaps += 1
                swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
                noticed += read_code(swapped) is None
    assert noticed / swaps > 0.95


@pytest.mark.parametrize("typed", ["", "x", "ABCD", "A" * 18, "U" * 17, "ưưưư-ưưưư-ưưưư-ưưưư-ư", "0" * 400])
def test_what_is_no_code(typed):
    assert read_code(typed) is None
