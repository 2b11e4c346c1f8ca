"""Text that was damaged before it came.

UTF-8 shown in another encoding, a word left in a legacy encoding, letters lost as question marks.
"""

import re

from app.text.legacy import LETTERS
from app.text.syllables import doubtful_words
from app.text.tcvn6909 import DECODERS, Undecidable, legacy_bytes, normalize

_EDGES = " \t\n,;()[]“”\"'.:!?…"
# Two bytes of UTF-8 as Windows shows them; no word of any language here has these letters together.
_TWO_BYTES = re.compile("á[»º]|Æ[°¡]|Ä[‘ƒ]|Ã[¡-ª¬-º¼-¿]")
# Signs that are letters in TCVN3, beside a letter: kh«ng, V¨n, x·.
_SIGN_IN_WORD = re.compile("[a-zA-Z][¡-¾]|[¡-¾][a-zA-Z]")
_ALPHABET = frozenset(LETTERS)
_CONSONANTS = "bcdđghklmnpqrstvx"
_LOST = re.compile(
    r"[^\W\d_]\?+[^\W\d_]"  # Nguy?n
    r"|(?<!\S)\?+[^\W\d_]"  # ?ình
    # Th? is no word of Vietnamese, which has a vowel in each; QĐ? may well be one.
    rf"|(?<!\w)[{_CONSONANTS}{_CONSONANTS.upper()}][{_CONSONANTS}]{{0,2}}\?+(?!\w)"
)


# Only what Windows-1252 can show can be another encoding's bytes: most words of Vietnamese hold a letter beyond it.
_BYTES = re.compile(r"(?<!\S)[\x21-\xffŒœŠšŽžŸƒˆ˜–—‘-„†‡•…‰‹›€™]*[\x80-\xffŒœŠšŽžŸƒˆ˜–—‘-„†‡•…‰‹›€™]\S*")


def garbled(text: str) -> str | None:
    """A sentence saying which word is not as it was written, and what it may have been; None where there is none.

    `text` is as it came out of the file, encodings of whole files already undone.
    """
    if "\ufffd" in text:
        return "mất chữ (ký tự �); gõ lại chữ bị mất"
    if text.isascii():
        return None
    for word in dict.fromkeys(_BYTES.findall(text)):
        if legacy_bytes(word) is None and not _TWO_BYTES.search(word):
            continue
        if doubtful_words(word) and ((meant := _as_utf8(word)) or _TWO_BYTES.search(word)):
            guess = f" (có lẽ là “{meant}”)" if meant else ""
            return f"chữ bị sai bảng mã ở “{word}”{guess}; gõ lại hoặc lưu lại tệp bằng Unicode"
        if (doubtful_words(word) or _SIGN_IN_WORD.search(word)) and (found := _as_legacy(word.strip(_EDGES))):
            encoding, meant = found
            return f"“{word}” có vẻ còn ở bảng mã {encoding.upper()} (có lẽ là “{meant}”); gõ lại bằng Unicode"
    return None


def lost_letters(text: str, sentence: bool = True) -> str | None:
    """A sentence naming the word whose letters became question marks; one that asks, after a word or sentence, is none.

    `sentence`: a text may ask, a name may not.
    """
    for word in text.split():
        if "?" in word and (_LOST.search(word) or (not sentence and re.search(r"[^\W\d_]\?|\?[^\W\d_]", word))):
            return f"mất chữ ở “{word}” (dấu ? thay cho chữ); gõ lại chữ bị mất"
    return None


def _as_utf8(word: str) -> str | None:
    data = legacy_bytes(word)
    try:
        return None if data is None else normalize(data.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _as_legacy(word: str) -> tuple[str, str] | None:
    """An encoding, and the word in it where that can be Vietnamese.

    A word in the letters of Vietnamese (a name of another people) is left alone.
    """
    data = legacy_bytes(word)
    regular = word.istitle() or word.islower() or word.isupper()
    own = regular and all(letter.isascii() or letter in _ALPHABET for letter in word)
    for name in ("vni",) if own else ("tcvn3", "vni"):
        try:
            meant = normalize(DECODERS[name](data or b""))
        except Undecidable:
            continue
        if meant != word and not meant.isascii() and doubtful_words(meant) == 0:
            return name, meant
    return None
