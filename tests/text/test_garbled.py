"""Damaged words are told, words of other peoples and signs are left alone."""

import pytest

from app.text.garbled import garbled, lost_letters


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nguyá»…n Văn Mẫu", "“Nguyá»…n” (có lẽ là “Nguyễn”)"),
        ("là ngÆ°á»i", "sai bảng mã"),
        ("Äá»‹a chá»‰", "sai bảng mã"),
        ("NguyÔn V¨n An", "TCVN3 (có lẽ là “Nguyễn”)"),
        ("Th«n 1, xã Mẫu", "TCVN3 (có lẽ là “Thôn”)"),
        ("gi¸ đất", "“giá”"),
        ("Nguyễn Vaên", "VNI (có lẽ là “Văn”)"),
        ("Nguy\ufffdn", "mất chữ"),
    ],
)
def test_a_garbled_word_is_named_with_what_it_may_have_been(text, said):
    assert said in garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thôn 1, xã Mẫu",
        "Café Nestlé",
        "ông Müller",
        "UBND XÃ”",
        "LÊ…",
        "200 m² đất × 3 °C",
        "m²/ha",
        "Word® 2©",
        "§1",
        "naïve",
        "Đinh Êng",
        "Mlô Êban Krông Blô",
        "H'Niê Byă",
        "Y Ƀlih Niê",
        "Nô\u0306ng",
        "Rơ Châm H’Lôm",
        "Điểu Krứ",
        "K'Brêu",
        "Xơ Đăng",
        "Zơ Râm Pôt",
        "HoàngAnh",
        "Ông Ê",
        "TPHCM–Đà",
        "Ngô Tố Ân",
    ],
)
def test_what_can_stand_as_it_is_is_left_alone(text):
    assert garbled(text) is None


@pytest.mark.parametrize("text", ["Nguy?n V?n A", "Khi?u n?i giá d?t", "?ình", "Th? B", "x? An Bình", "??ng"])
def test_a_question_mark_for_a_letter_is_told(text):
    assert "mất chữ" in lost_letters(text)


@pytest.mark.parametrize(
    "text",
    ["Vì sao chưa trả?", "Vì sao? Đề nghị trả lời", "Tại sao???", "“bao giờ?”", "(?)", "?", "số QĐ? ngày nào?", "12?3"],
)
def test_a_question_is_no_lost_letter(text):
    assert lost_letters(text) is None


def test_a_name_asks_nothing():
    assert lost_letters("Trần Thị Nga?", sentence=False) and lost_letters("Nguyễn Văn A (?)", sentence=False) is None
