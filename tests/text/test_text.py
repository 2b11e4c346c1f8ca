"""TCVN 6909: one normal form, five legacy encodings against iconv and recode, folding, sorting."""

import bz2
import random
import subprocess
import sys
import unicodedata

import pytest

from app.text import legacy
from app.text.fold import fold, folded, folded_words, sort_key, spelling, words
from app.text.identities import masked
from app.text.tcvn6909 import DECODERS, Undecidable, decode, decode_text, normalize, normalize_line

SENTENCE = (
    "Ủy ban nhân dân xã Nghĩa Hưng đã nhận đơn khiếu nại của ông Nguyễn Đức Thịnh về việc thu hồi đất nông nghiệp, đề"
    " nghị giải quyết đúng hạn."
)
PEERS = {
    "tcvn3": ("iconv", "TCVN5712-1"),
    "viscii": ("iconv", "VISCII"),
    "vni": ("recode", "VNI"),
    "viqr": ("recode", "VIQR"),
}
# recode 3.6 has these two VNI capitals the wrong way round: its small ắ, ằ are aé, aè, its capitals AÈ, AÉ
RECODE_SWAPS = {
    "Ắ",
    "Ằ",
}
RECODE_LACKS = set("ìỉĩíịơưỵđÌỈĨÍỊƠƯỴĐ")  # VNI letters of one byte, which are checked on their own below


def encode_with_peer(text: str, encoding: str) -> bytes:
    program, name = PEERS[encoding]
    command = ["iconv", "-f", "UTF-8", "-t", name] if program == "iconv" else ["recode", f"UTF-8..{name}"]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def test_there_are_134_letters_and_nfc_keeps_them():
    assert len(set(legacy.LETTERS)) == 134
    for letter in legacy.LETTERS:
        assert normalize(unicodedata.normalize("NFD", letter)) == letter


@pytest.mark.parametrize("encoding", PEERS)
@pytest.mark.parametrize("letter", legacy.LETTERS)
def test_a_letter_written_by_the_peer_is_read_back(letter, encoding):
    if encoding == "vni" and letter in RECODE_SWAPS:
        assert DECODERS["vni"](encode_with_peer(letter, "vni")) == (RECODE_SWAPS - {letter}).pop()
    else:
        assert DECODERS[encoding](encode_with_peer(letter, encoding)) == letter


@pytest.mark.parametrize("letter", sorted(RECODE_LACKS))
def test_vni_letters_of_one_byte(letter):
    assert [letter] == [value for code, value in legacy.vni().items() if len(code) == 1 and value == letter]


@pytest.mark.parametrize("letter", legacy.LETTERS)
def test_cp1258_letter_and_tone_are_read_as_one(letter):
    base, *marks = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
    stem = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark != tone))
    assert decode((stem + tone).encode("cp1258"), "cp1258").text == letter


@pytest.mark.parametrize("encoding", ["tcvn3", "viscii", "vni", "viqr", "cp1258"])
def test_a_legacy_sentence_is_recognised(encoding):
    data = _cp1258(SENTENCE) if encoding == "cp1258" else encode_with_peer(SENTENCE, encoding)
    if encoding == "tcvn3":
        data = data.replace(encode_with_peer("Ủ", "tcvn3"), b"U")  # ABC fonts write capitals in a font of their own
    found = decode(data)
    assert found.encoding == encoding
    assert found.text.split(" ", 1)[1] == SENTENCE.split(" ", 1)[1]
    assert found.sure > 0.9


def _cp1258(text: str) -> bytes:
    out = ""
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
        out += unicodedata.normalize("NFC", marks.replace(tone, "")) + tone if tone else letter
    return out.encode("cp1258")


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "viscii"])
def test_a_cell_that_shows_legacy_bytes_as_latin_letters_is_recognised(encoding):
    sentence = "cộng hoà xã hội chủ nghĩa việt nam độc lập tự do hạnh phúc"
    shown = encode_with_peer(sentence, encoding).decode("latin-1")
    if not any(0x80 <= ord(character) < 0xA0 for character in shown):
        assert decode_text(shown).text == sentence


@pytest.mark.parametrize(
    "text",
    [
        "thu hồi 200 m² đất",
        "200 m²",
        "½ ha",
        "30°",
        "±5",
        "A – B",
        "“abc”",
        "KN – TC",
        "Café",
        "TNHH Müller",
        "Cà phê Café Nestlé",
        "a×b",
        "1.000 m³",
        "…",
    ],
)
def test_signs_and_foreign_words_are_left_alone(text):
    assert decode(text.encode()).text == text
    assert decode_text(text).encoding == "utf-8"


def test_decoders_that_agree_count_once():
    assert decode(b"Th\364ng b\341o").text == "Thông báo"


def test_a_control_character_that_is_a_letter_is_not_dropped():
    with pytest.raises(Undecidable):
        decode_text("T\x8f \x9d")
    assert decode_text("T\x8f CÁO").text == "TỐ CÁO"


@pytest.mark.parametrize(
    "text", ["Nguyễn Thị Hồng", "cô bà", "Trần Ân", "Hello", "a.b.c", "Đơn số 12/2026", "gui ba. Lan? Vang."]
)
def test_unicode_is_left_alone(text):
    assert decode(text.encode()).text == text
    assert decode(unicodedata.normalize("NFD", text).encode()).text == text


@pytest.mark.parametrize(
    "data", [bytes(range(0x80, 0xFF)), b"\xff\xfe\x00", b"abc \xb8\xf8\xef\xc3\xd2", "Grüße aus Köln".encode("latin-1")]
)
def test_what_cannot_be_told_is_refused(data):
    with pytest.raises(Undecidable, match="bảng mã"):
        decode(data)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a\u0301\u0302", "ấ"),
        ("a\u0323\u0302", "ậ"),
        ("u\u031b\u0301", "ứ"),
        ("a\u0301\u0301", "á"),
        ("Nguyễn\u00a0Văn\u200b An", "Nguyễn Văn An"),
        ("\u0301An", "An"),
        ("An\x00\x07", "An"),
        ("dòng 1\r\ndòng 2\rdòng 3", "dòng 1\ndòng 2\ndòng 3"),
        ("Ðỗ ðỏ", "Đỗ đỏ"),
        ("\ufeffĐơn", "Đơn"),
        ("mañana", "mañana"),
    ],
)
def test_typing_noise_is_folded(typed, stored):
    assert normalize(typed) == stored
    assert normalize(stored) == stored


def test_a_line_has_single_spaces():
    assert normalize_line("  Trần \t Văn\u00a0 Bình \n") == "Trần Văn Bình"


def test_the_unicode_consortiums_table_holds():
    """NormalizationTest.txt: equivalent strings give one result; where no Vietnamese rule of ours steps in, it is their
    NFC.
    """
    with bz2.open("/usr/share/unicode/NormalizationTest.txt.bz2", "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    rows = [line.split(";")[:5] for line in lines if line and line[0] not in "#@"]
    looked_at = exact = 0
    for row in rows:
        source, nfc, nfd = ("".join(chr(int(code, 16)) for code in column.split()) for column in row[:3])
        if any(unicodedata.category(character) in ("Cn", "Cc", "Cs") for character in source):
            continue  # newer than this Python's Unicode
        looked_at += 1
        result = normalize(source)
        assert result == normalize(nfc) == normalize(nfd) == normalize(result)
        exact += result == nfc
    assert looked_at > 15_000
    assert exact / looked_at > 0.98


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("Lý", "lí"),
        ("Đức", "duc"),
        ("NGUYỄN", "nguyen"),
        ("quý", "qui"),
        ("thủy", "thuỷ"),
        ("e\u0302\u0301", "ế"),
    ],
)
def test_search_does_not_see_the_difference(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Đơn của ông Nguyễn Văn Ỷ",
        "500 m² đất, xã Yên Mỹ",
        "ñandú ở Kraków và Ελλάδα",
        unicodedata.normalize("NFD", "hoà giải ở thôn Ỷ La, œuvre"),
    ],
)
def test_words_folded_together_are_the_words_folded_one_by_one(text):
    assert folded(words(text)) == [fold(word) for word in words(text)]


def test_spelling_keeps_what_folding_drops():
    assert spelling("hoà") == spelling("hòa") != spelling("hoa")
    assert spelling("Đức") == spelling("đức") != spelling("duc")
    assert folded_words("Nguyễn Thị Hồng, xã Hòa-Bình 12") == {"nguien", "thi", "hong", "xa", "hoa", "binh", "12"}


def test_names_sort_as_in_a_vietnamese_dictionary():
    order = [
        "an",
        "ao",
        "ào",
        "ảo",
        "ão",
        "áo",
        "ạo",
        "ăn",
        "ân",
        "âu",
        "ba",
        "da",
        "Do",
        "dỗ",
        "đa",
        "Đỗ",
        "ma",
        "mà",
        "mả",
        "mã",
        "má",
        "mạ",
        "ong",
        "ông",
        "ơn",
    ]
    shuffled = random.Random(1).sample(order, len(order))
    assert sorted(shuffled, key=sort_key) == order


def test_file_names_of_another_system_become_nfc():
    assert sys.getfilesystemencoding() == "utf-8"
    assert normalize_line(unicodedata.normalize("NFD", "Đơn tố cáo.pdf")) == "Đơn tố cáo.pdf"


@pytest.mark.parametrize(
    ("text", "person", "shown"),
    [
        ("Tôi là NGUYỄN VĂN AN.", {"name": "Nguyễn Văn An"}, "Tôi là [đã che]."),
        ("ông An, bà Lê Văn Anh", {"name": "Nguyễn Văn An"}, "ông [đã che], bà Lê Văn Anh"),
        ("số 001085000001; đt 0912.345", {"name": "Không", "id_number": "001085000001"}, "số [đã che]; đt 0912.345"),
        ("ở thôn  Kín-Đáo và thôn kin dao", {"name": "Không Ai", "address": "Thôn Kín Đáo"}, "ở [đã che] và [đã che]"),
        ("không có gì", {"name": "", "address": "An"}, "không có gì"),
    ],
)
def test_identity_is_masked_in_text(text, person, shown):
    assert masked(text, [person], "[đã che]") == shown


@pytest.mark.parametrize(
    ("typed", "stored", "found"),
    [
        ("Lƣơng Văn Mƣời", "Lương Văn Mười", "luong van muoi"),
        ("ĐƢỜNG Ƣ\u0301", "ĐƯỜNG Ứ", "duong u"),
        ("Nô\u0306ng", "Nô\u0306ng", "nong"),
        ("No\u0306\u0302ng", "Nô\u0306ng", "nong"),
        ("Ê\u0306 ơ\u0306 Ư\u0306", "Ê\u0306 ơ\u0306 Ư\u0306", "e o u"),
        ("o\u0306 O\u0306 u\u0306", "ŏ Ŏ ŭ", "o o u"),
        ("Y Ƀlih Niê ƀuôn", "Y Ƀlih Niê ƀuôn", "i blih nie buon"),
        ("b\u0306ok N\u0306 č Ĕ ĭ ñ", "b\u0306ok N\u0306 č Ĕ ĭ ñ", "bok n c e i n"),
    ],
)
def test_letters_of_the_central_highlands_keep_their_marks_and_are_found_without(typed, stored, found):
    assert normalize(typed) == normalize(unicodedata.normalize("NFD", typed)) == stored
    assert normalize(stored) == stored and normalize_line(stored) == stored
    assert " ".join(folded(words(typed))) == " ".join(fold(word) for word in words(stored)) == found
    assert decode_text(stored).text == decode(stored.encode()).text == stored


def test_letters_of_the_central_highlands_are_told_apart_as_spelt_and_sort_after_their_base():
    assert spelling("nô\u0306ng") != spelling("nông")
    order = ["ba", "ƀa", "ca", "ča", "ong", "ŏng", "ông", "ô\u0306ng", "ơng", "ơ\u0306ng", "pa"]
    assert sorted(random.Random(1).sample(order, len(order)), key=sort_key) == order
    assert sort_key("ø\u0303 \u0301") and sort_key("\u0303")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NGUYỄN VĂN MẪU", "NGUYỄN VĂN MẪU"),
        ("TRẦN THỊ HÀ", "TRẦN THỊ HÀ"),
        ("LÊ VĂN Ở", "LÊ VĂN Ở"),
        ("ĐỖ ĐỨC ĐỜI ẤN", "ĐỖ ĐỨC ĐỜI ẤN"),
        ("ỦY BAN NHÂN DÂN XÃ MẪU", "ỦY BAN NHÂN DÂN XÃ MẪU"),
        ("Bà Hà ở xã Mẫu", "Bà Hà ở xã Mẫu"),
        ("bà TRẦN THỊ HÀ, ở xã Mẫu", "bà TRẦN THỊ HÀ, ở xã Mẫu"),
        ("UBND Hà Nội; Đỗ Tố", "UBND Hà Nội; Đỗ Tố"),
    ],
)
def test_capitals_typed_in_a_tcvn3_capital_font_come_back_as_capitals(written, meant):
    """In .VnTimeH a capital with marks has the code of the small letter; only Đ, Ă, Â, Ê, Ô, Ơ, Ư have capitals of
    their own.
    """
    own = set("ĐĂÂÊÔƠƯ")
    typed = "".join(letter if letter.isascii() or letter in own else letter.lower() for letter in written)
    shown = encode_with_peer(f"đề nghị giải quyết chế độ\n{typed}", "tcvn3")
    assert decode(shown).text.split("\n")[1] == meant
    assert decode(shown, "tcvn3").text.split("\n")[1] == meant
    assert decode_text(shown.decode("cp1252")).text.split("\n")[1] == meant
