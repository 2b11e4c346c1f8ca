"""TCVN 6909 text: one normal form for everything that is stored, and decoders for what offices used before.

TCVN 6909:2001 takes its characters from ISO/IEC 10646. Stored text is NFC: 134 precomposed letters, no combining mark
after a Vietnamese base. Letters of Ê Đê, Gia Rai, Ba Na, Mnông, K'Ho that Unicode has no code for (ê̆, ô̆, ơ̆, ư̆, b̆,
n̆) stay a base and its breve.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from app.text import legacy
from app.text.capitals import capitals
from app.text.syllables import doubtful_words, plausibility

_MODIFIERS = "\u0302\u0306\u031b"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_MARKS = re.compile("[\u0300-\u036f]")
_CLUSTER = re.compile("([A-Za-z])([\u0300-\u036f]+)")
_STRAY = re.compile("(?<![^\\s])[\u0300-\u036f]+")
_SPACES = re.compile("[\u00a0\u2007\u202f\u3000]")
# Zero-width characters, soft hyphens and direction marks get typed or pasted by accident and make equal words unequal.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
# Where none of these stands, text in NFC is normal as it is: nearly all there is.
_UNUSUAL = re.compile(
    "[\r\u00a0\u2007\u202f\u3000\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff"
    "\u00d0\u0189\u00f0\u0256\u01a2\u01a3\u0300-\u036f]"
)
# Letters of other alphabets that look like Đ and Ư and come from wrong keyboards and converters.
_LOOKALIKES = str.maketrans({"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0256": "đ", "\u01a2": "Ư", "\u01a3": "ư"})
_BREVE = "\u0306"
_ROOFS = "\u0302\u031b"
_UNDER_A_BREVE = "aeouAEOU"  # with circumflex or horn below it; b, c, n take the breve alone


class Undecidable(ValueError):
    """The encoding could not be told, or the text is not valid in the encoding that was named."""


@dataclass(frozen=True)
class Decoded:
    """Text in NFC, the encoding it came from, and how sure that is (0 to 1)."""

    text: str
    encoding: str
    sure: float


def normalize(text: str) -> str:
    """The text in NFC without stray marks, control or invisible characters.

    No-break spaces are spaces, line ends are `\\n`.
    """
    if text.isascii() and not _CONTROL.search(text) and "\r" not in text:
        return text
    if not _UNUSUAL.search(text) and unicodedata.is_normalized("NFC", text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", _INVISIBLE.sub("", _SPACES.sub(" ", text))).translate(_LOOKALIKES)
    text = unicodedata.normalize("NFC", text)
    if _MARKS.search(text):
        text = _CLUSTER.sub(_one_letter, unicodedata.normalize("NFD", text))
        text = _STRAY.sub("", unicodedata.normalize("NFC", text))
    return text


def without_controls(text: str) -> str:
    """The text without what nobody types: control characters but tab and line ends, lone surrogates, non-characters."""
    return _CONTROL.sub("", text)


def normalize_line(text: str) -> str:
    """As `normalize`, on one line with single spaces and none at the ends: names, numbers, titles, file names."""
    return " ".join(normalize(text).split())


def _one_letter(match: re.Match[str]) -> str:
    # Whatever order the marks were typed in, a letter takes one modifier and one tone; what does not compose is noise.
    base, marks = match.groups()
    if _BREVE in marks and (letter := _highland_letter(base, marks)):
        return letter
    modifier = next((mark for mark in marks if mark in _MODIFIERS), "")
    tone = next((mark for mark in marks if mark in _TONES), "")
    for kept in (marks, modifier + tone, modifier, tone):
        letter = unicodedata.normalize("NFC", base + kept)
        if len(letter) == 1:
            return letter
    return str(base)


def _highland_letter(base: str, marks: str) -> str | None:
    """A letter of the Central Highlands' alphabets that is no single code.

    Its marks in one order, whatever order they were typed in.
    """
    roof = next((mark for mark in marks if mark in _ROOFS), "") if base in _UNDER_A_BREVE else ""
    tone = next((mark for mark in marks if mark in _TONES), "")
    if roof or base in "bcnBCN":
        return unicodedata.normalize("NFC", base + roof + _BREVE + tone)
    return None


def _from_table(table: dict[int, str], data: bytes) -> str:
    # Bytes below 0x20 are letters in TCVN3 and VISCII, but tabs and line ends keep their meaning.
    return "".join(table.get(byte) or _ascii(byte) for byte in data)


def _ascii(byte: int) -> str:
    if byte >= 0x80:
        raise Undecidable(f"byte 0x{byte:02X} không có trong bảng mã")
    return chr(byte)


def _from_vni(data: bytes) -> str:
    table = legacy.vni()
    out = []
    place = 0
    while place < len(data):
        pair = data[place : place + 2]
        # A capital letter at the start of a word carries a capital or a small second byte, by font.
        letter = table.get(pair) or table.get(pair[:1].lower() + pair[1:]) if len(pair) == 2 else None
        if letter:
            out.append(letter.upper() if pair[:1].isupper() else letter)
            place += 2
        else:
            out.append(table.get(data[place : place + 1]) or _ascii(data[place]))
            place += 1
    return "".join(out)


def _from_viqr(data: bytes) -> str:
    text = data.decode("ascii")
    pattern = "|".join(re.escape(key) for key in sorted(legacy.viqr(), key=len, reverse=True))
    return re.sub(pattern, lambda match: legacy.viqr()[match.group()], text).replace("\\", "")


def _from_cp1258(data: bytes) -> str:
    return data.decode("cp1258")


DECODERS: dict[str, Callable[[bytes], str]] = {
    "utf-8": lambda data: data.decode("utf-8"),
    "tcvn3": lambda data: capitals(_from_table(legacy.tcvn3(), data)),
    "vni": _from_vni,
    "viscii": lambda data: _from_table(legacy.viscii(), data),
    "cp1258": _from_cp1258,
    "viqr": _from_viqr,
}
_LEGACY = ("tcvn3", "vni", "viscii", "cp1258")
_ENOUGH = 0.8
_MARGIN = 0.1
_DOUBTFUL = 2
_VIQR_SURE = re.compile(r"[AEIOUYaeiouy][\^(+`~]|[AEIOUYaeiouy]['?.][a-zA-Z]|\b[dD][dD]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The bytes as NFC text. Without `encoding` it is told from the text. Raises Undecidable rather than guess."""
    if encoding is not None:
        return Decoded(normalize(_strict(encoding, data)), encoding, 1.0)
    for mark, name in _BOMS:
        if data.startswith(mark):
            return Decoded(normalize(_bytes_of(name, data[len(mark) :])), name, 1.0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _winner(_candidates(data))
    return decode_text(text)


def decode_text(text: str) -> Decoded:
    """Text that arrived as Unicode but may hold legacy bytes shown as Latin letters (`Céng hoµ`), or VIQR.

    Raises Undecidable.

    Valid Unicode is believed (200 m², Café, a dash) unless two words or more cannot be Vietnamese and one legacy
    encoding makes them so.
    """
    if text.isascii():
        return _ascii_or_viqr(text)
    data = legacy_bytes(text)
    if data is None:
        return Decoded(normalize(text), "utf-8", 1.0)
    # a control character is a letter somewhere, and would be dropped
    lost = any("\x80" <= character < "\xa0" for character in text)
    as_it_is = plausibility(normalize(text))
    if not lost and (doubtful_words(text) < _DOUBTFUL or as_it_is >= _ENOUGH):
        return Decoded(normalize(text), "utf-8", max(as_it_is, 1 - as_it_is))
    candidates = _candidates(data)
    if not candidates and not lost:
        return Decoded(normalize(text), "utf-8", 1.0)
    return _winner(candidates)


def legacy_bytes(text: str) -> bytes | None:
    """The bytes that a legacy text shown as Latin letters came from; None for text that holds any other character."""
    out = bytearray()
    for character in text:
        try:
            out += character.encode("cp1252")
        except UnicodeEncodeError:
            if ord(character) > 0xFF:
                return None
            out.append(ord(character))
    return bytes(out)


def _ascii_or_viqr(text: str) -> Decoded:
    if _VIQR_SURE.search(text):
        converted = _from_viqr(text.encode("ascii"))
        sure = plausibility(converted)
        if sure >= _ENOUGH:
            return Decoded(normalize(converted), "viqr", sure)
    return Decoded(normalize(text), "utf-8", 1.0)


def _candidates(data: bytes) -> dict[str, tuple[str, float]]:
    """The texts that legacy decoders make of the bytes and that can be Vietnamese; decoders that agree count once."""
    found: dict[str, tuple[str, float]] = {}
    for name in _LEGACY:
        try:
            text = normalize(DECODERS[name](data))
        except (Undecidable, UnicodeDecodeError):
            continue
        if (sure := plausibility(text)) >= _ENOUGH and text not in [known for known, _ in found.values()]:
            found[name] = (text, sure)
    return found


def _winner(found: dict[str, tuple[str, float]]) -> Decoded:
    ranked = sorted(found.items(), key=lambda item: item[1][1], reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][1][1] - ranked[1][1][1] < _MARGIN):
        guesses = ", ".join(f"{name} {sure:.0%}" for name, (_, sure) in ranked[:2]) or "không bảng mã nào hợp"
        raise Undecidable(
            f"không xác định được bảng mã ({guesses}); hãy lưu lại tệp bằng Unicode (UTF-8) hoặc nêu rõ bảng mã"
        )
    name, (text, sure) = ranked[0]
    return Decoded(text, name, sure)


def _strict(encoding: str, data: bytes) -> str:
    try:
        return DECODERS[encoding](data)
    except KeyError:
        raise Undecidable(f"không có bảng mã “{encoding}”; các bảng mã: {', '.join(DECODERS)}") from None
    except UnicodeDecodeError:
        raise Undecidable(f"nội dung không đúng bảng mã {encoding}") from None


def _bytes_of(name: str, data: bytes) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise Undecidable(f"tệp ghi là {name} nhưng nội dung không đúng bảng mã đó") from None
