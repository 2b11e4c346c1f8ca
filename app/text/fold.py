"""Folding for search and the Vietnamese sort key.

Search must not see diacritics, tone placement (hoà, hòa), đ or d, i or y, case, NFC or NFD. A second form keeps the
spelling so that exact hits can rank first; only tone placement and case are folded there.
"""

import re
import unicodedata
from collections.abc import Sequence

from app.text.tcvn6909 import normalize

WORD = re.compile(r"\w[\w\u0300-\u036f]*")  # a mark belongs to its letter: nô̆ng is one word
_LETTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+", re.DOTALL)
_TONE = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_PLAIN = str.maketrans(
    {
        letter: base
        for base, letters in {
            "a": "àảãáạăằẳẵắặâầẩẫấậ",
            "b": "ƀ",
            "d": "đ",
            "e": "èẻẽéẹêềểễếệ",
            "i": "ìỉĩíịyỳỷỹýỵ",
            "o": "òỏõóọôồổỗốộơờởỡớợ",
            "u": "ùủũúụưừửữứự",
        }.items()
        for letter in letters
    }
)
_ALPHABET = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}


def words(text: str) -> list[str]:
    """The words of a text in lower case NFC, in order."""
    return WORD.findall(normalize(text).lower())


def fold(word: str) -> str:
    """The word without diacritics, đ as d, y as i, in lower case."""
    plain = word.lower().translate(_PLAIN)
    if plain.isascii():  # all of what is Vietnamese: four times faster than taking letters apart
        return plain
    letters = unicodedata.normalize("NFD", word.lower()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("y", "i")


def folded(split: Sequence[str]) -> list[str]:
    """The same words folded, in order; of words as `words` gives them.

    Together, as most texts leave no letter to take apart.
    """
    plain = " ".join(split).translate(_PLAIN)
    together = plain.split(" ") if split else []
    return together if plain.isascii() else [word if word.isascii() else fold(word) for word in together]


def spelling(word: str) -> str:
    """The word as spelt, its tone moved to the end: hoà and hòa become one, hoa stays another."""
    letters = []
    tone = ""
    for letter in unicodedata.normalize("NFD", word.lower()):
        if letter in _TONE:
            tone = _TONE[letter]
        else:
            letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters)) + tone


def folded_words(text: str) -> set[str]:
    """The folded words of a text."""
    return set(folded(words(text)))


def sort_key(text: str) -> tuple[list[tuple[int, int]], list[str], list[bool]]:
    """A key that sorts as Vietnamese dictionaries do: letters, then tones (ngang huyền hỏi ngã sắc nặng), then case.

    Letters of other peoples of the country (ƀ, č, ŏ, ơ̆) stand right after the letter they are made of.
    """
    letters = []
    tones = []
    case = []
    for character in _LETTER.findall(normalize(text)):
        marks = unicodedata.normalize("NFD", character.lower()).replace("ƀ", "b\u0306")
        tone = next((_TONE[mark] for mark in marks if mark in _TONE), "0")
        base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONE))
        letters.append(_place(base or character))
        tones.append(tone)
        case.append(character.isupper())
    return letters, tones, case


def _place(letter: str) -> tuple[int, int]:
    for end in range(len(letter), 0, -1):  # ơ̆ is ơ and a breve
        if letter[:end] in _ALPHABET:
            return 1, 2 * _ALPHABET[letter[:end]] + (end < len(letter))
    plain = unicodedata.normalize("NFD", letter)[0]
    return (1, 2 * _ALPHABET[plain] + 1) if plain in _ALPHABET else (0, ord(letter[0]))
