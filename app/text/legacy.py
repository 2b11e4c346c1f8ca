"""Byte tables of the encodings Vietnamese offices used before Unicode.

`LETTERS` holds the 134 precomposed letters of TCVN 6909; the tables give their bytes in that order. TCVN3 (ABC) is TCVN
5712:1993 (VN1), VISCII is RFC 1456, VIQR its mnemonic form. VNI writes a base letter and a second byte; its capitals
are the small bytes less 0x20.
"""

import unicodedata
from functools import cache

LOWER = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"
LETTERS = LOWER + LOWER.upper()

_TCVN3 = (
    "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbcccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8e9aceaebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfeae"
    "8081828384a1afbabfc085a2c1c2c3c4868788898a8ba3c5cdd9da8c8d8e8f90919293949596a4dbe0f0ff97a598999a9b9c9d9e9f0102a604050611121314151617a7"
)
_VISCII = (
    "e0e4e3e1d5e5a2c6c7a1a3e2a5a6e7a4a7e8eba8e9a9eaabacadaaaeecefeeedb8f2f6f5f3f7f4b0b1b2afb5bdb6b7debefef9fcfbfaf8dfd7d8e6d1f1cfd6dbfddcf0"
    "c0c4c3c180c58202058183c28586068487c8cb88c989ca8b8c8d8a8ecc9bcecd98d299a0d39ad49091928f93b49697b39594d99c9dda9ebfbbbcffbab99f1419dd1ed0"
)
# VNI: the byte that follows a, e, o, u, y (or ơ, ư, which are bytes of their own) for each mark.
_VNI_TONES = {"\u0300": 0xF8, "\u0309": 0xFB, "\u0303": 0xF5, "\u0301": 0xF9, "\u0323": 0xEF}
_VNI_CIRCUMFLEX = {"": 0xE2, "\u0300": 0xE0, "\u0309": 0xE5, "\u0303": 0xE3, "\u0301": 0xE1, "\u0323": 0xE4}
_VNI_BREVE = {"": 0xEA, "\u0300": 0xE8, "\u0309": 0xFA, "\u0303": 0xFC, "\u0301": 0xE9, "\u0323": 0xEB}
_VNI_SINGLE = {"ì": 0xEC, "ỉ": 0xE6, "ĩ": 0xF3, "í": 0xED, "ị": 0xF2, "ơ": 0xF4, "ư": 0xF6, "ỵ": 0xEE, "đ": 0xF1}
_VIQR = {
    "\u0306": "(",
    "\u0302": "^",
    "\u031b": "+",
    "\u0300": "`",
    "\u0309": "?",
    "\u0303": "~",
    "\u0301": "'",
    "\u0323": ".",
}


def _single_byte(table: str) -> dict[int, str]:
    return dict(zip(bytes.fromhex(table), LETTERS, strict=True))


@cache
def tcvn3() -> dict[int, str]:
    """Byte to letter, TCVN3 (ABC)."""
    return _single_byte(_TCVN3)


@cache
def viscii() -> dict[int, str]:
    """Byte to letter, VISCII."""
    return _single_byte(_VISCII)


def _vni_bytes(letter: str) -> bytes:
    if letter in _VNI_SINGLE:
        return bytes([_VNI_SINGLE[letter]])
    base, *marks = list(decompose(letter))
    tone = next((mark for mark in marks if mark in _VNI_TONES), "")
    if "\u0302" in marks:
        return base.encode() + bytes([_VNI_CIRCUMFLEX[tone]])
    if "\u0306" in marks:
        return base.encode() + bytes([_VNI_BREVE[tone]])
    first = bytes([_VNI_SINGLE[compose(base, "\u031b")]]) if "\u031b" in marks else base.encode()
    return first + bytes([_VNI_TONES[tone]])


@cache
def vni() -> dict[bytes, str]:
    """One or two bytes to letter, VNI Windows."""
    table = {}
    for letter in LOWER:
        code = _vni_bytes(letter)
        table[code] = letter
        table[bytes(byte - 0x20 for byte in code)] = letter.upper()
    return table


@cache
def viqr() -> dict[str, str]:
    """Mnemonic to letter, VIQR."""
    table = {"dd": "đ", "DD": "Đ", "Dd": "Đ"}
    for letter in LETTERS:
        if letter not in "đĐ":
            base, *marks = list(decompose(letter))
            table[base + "".join(_VIQR[mark] for mark in sorted(marks, key=_is_tone))] = letter
    return table


def decompose(letter: str) -> str:
    """The letter's base followed by its marks (NFD)."""
    return unicodedata.normalize("NFD", letter)


def compose(*parts: str) -> str:
    """The parts as one precomposed letter (NFC)."""
    return unicodedata.normalize("NFC", "".join(parts))


def _is_tone(mark: str) -> bool:
    return mark in _VNI_TONES
