"""Search tokens: keyed, truncated hashes of words, so that sealed text can be found by an index that tells little.

Keys differ for identities and texts, and for denunciations: a stolen database does not show that two rows of different
kinds name one person. Each word gives two tokens: one folded (no diacritics), one as spelt, so that exact hits can rank
first. Of a word that is no syllable of the language each three letters have one as well, but never of who is named in a
denunciation; whole identity and telephone numbers have one however they were written, the last digits of those outside
denunciations too; and the last number in the petition's own number.
"""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from app.security.sealed import ring
from app.text.fold import fold, spelling, words
from app.text.identities import digits_of
from app.text.widened import parts_of

INDEX = 1  # what stands in the index; rows that were written before a token was added to it have a lower one
FOLDED = b"folded"
SPELT = b"spelt"
PART = b"part"
WHOLE_NUMBER = b"whole number"
TAIL = b"tail"
PETITION_NUMBER = b"petition number"
TAILS = (4, 5, 6)  # digits: what people remember of a number
SHORTEST_NUMBER = 6  # digits
_LAST_DIGITS = re.compile(r"(\d{1,18})\D*$")
_CLASSES = (
    ("tokens.identity", "tokens.text"),
    ("tokens.denunciation.identity", "tokens.denunciation.text"),
)


@lru_cache(maxsize=32)
def _hasher(key: bytes, kind: bytes) -> Any:
    return hashlib.blake2b(digest_size=8, key=key, person=kind)


def _token(key: bytes, kind: bytes, word: str) -> int:
    state = _hasher(key, kind).copy()
    state.update(word.encode())
    return int.from_bytes(state.digest(), "big", signed=True)


def tokens_of(identities: Iterable[str], texts: Iterable[str], denunciation: bool) -> list[int]:
    """The tokens of a petition: sorted, unique, without positions."""
    found: set[int] = set()
    keys = ring()
    for purpose, parts in zip(_CLASSES[denunciation], (identities, texts), strict=True):
        key = keys.newest(purpose).key
        tokens = _both if purpose == "tokens.denunciation.identity" else _with_parts
        for word in set(words("\n".join(filter(None, parts)))):  # no word goes on over a line's end
            found.update(tokens(key, word))
    return sorted(found)


def number_tokens(numbers: Iterable[str], own: str, denunciation: bool) -> list[int]:
    """The tokens of a petition's own number and of the identity and telephone numbers of its persons."""
    identity, text = (ring().newest(purpose).key for purpose in _CLASSES[denunciation])
    found = [_token(text, PETITION_NUMBER, last)] if (last := last_number(own)) else []
    for number in numbers:
        digits = "" if any(letter.isalpha() for letter in number) else digits_of(number)
        if len(digits) >= SHORTEST_NUMBER:
            found.append(_token(identity, WHOLE_NUMBER, digits))
            found += [] if denunciation else [_token(identity, TAIL, digits[-length:]) for length in TAILS]
    return found


def last_number(number: str) -> str:
    """The last digits in a petition's number, without zeros before them, as 17 of H42-2026-00017; empty without any."""
    last = _LAST_DIGITS.search(number)
    return str(int(last[1])) if last else ""


@lru_cache(maxsize=16384)
def _with_parts(key: bytes, word: str) -> tuple[int, ...]:
    return *_both(key, word), *(_token(key, PART, part) for part in parts_of(fold(word)))


@lru_cache(maxsize=16384)  # the language has some thousands of syllables, and a register uses them again and again
def _both(key: bytes, word: str) -> tuple[int, int]:
    return _token(key, FOLDED, fold(word)), _token(key, SPELT, spelling(word))


def query_tokens(word: str, kind: bytes, denunciation: bool, identities: bool = True) -> list[int]:
    """The tokens one searched word can stand as in rows of a class.

    In a text and, where `identities`, in an identity.
    """
    form = fold(word) if kind == FOLDED else spelling(word)
    identity, text = _CLASSES[denunciation]
    return [_token(ring().newest(purpose).key, kind, form) for purpose in ((text, identity) if identities else (text,))]


def row_tokens(identities: Iterable[str], texts: Iterable[str], denunciation: bool) -> list[int]:
    """The folded tokens these folded words have in a row of that class: some in its identities, others in its texts."""
    keys = [ring().newest(purpose).key for purpose in _CLASSES[denunciation]]
    return [_token(key, FOLDED, word) for key, parts in zip(keys, (identities, texts), strict=True) for word in parts]


def part_tokens(parts: Iterable[str]) -> list[list[int]]:
    """The tokens of these three letters in each place where they stand: texts of either class, identities outside
    denunciations.
    """
    known = list(parts)
    keys = [ring().newest(purpose).key for purpose in ("tokens.text", "tokens.identity", "tokens.denunciation.text")]
    return [[_token(key, PART, part) for part in known] for key in keys]


def whole_number_tokens(digits: str, identities: bool) -> list[int]:
    """The tokens of an identity or telephone number; those of denunciations only where `identities`."""
    purposes = ["tokens.identity", *(["tokens.denunciation.identity"] if identities else [])]
    return [_token(ring().newest(purpose).key, WHOLE_NUMBER, digits) for purpose in purposes]


def tail_tokens(digits: str) -> list[int]:
    """The token of the last digits of a number outside denunciations."""
    return [_token(ring().newest("tokens.identity").key, TAIL, digits)]


def petition_number_tokens(last: str) -> list[int]:
    """The tokens of the last number in a petition's own number."""
    return [_token(ring().newest(text).key, PETITION_NUMBER, last) for _, text in _CLASSES]


def holder_key(id_number: str) -> str:
    """A keyed hash that tells whether two identity numbers are one: "#" and sixteen hexadecimal digits.

    Only letters and digits count.
    """
    plain = "".join(character for character in id_number.upper() if character.isalnum())
    return f"#{_token(ring().newest('tokens.holder').key, b'holder', plain) & (1 << 64) - 1:016x}"


def list_key(filters: str) -> str:
    """A keyed hash of a list's filters, which may hold searched words: what an approval is for, without telling it."""
    return f"{_token(ring().newest('tokens.matter').key, b'list', filters) & (1 << 64) - 1:016x}"


def file_key(data: bytes) -> str:
    """A keyed hash that tells whether two files are one, sixteen hexadecimal digits.

    Nobody without the key can try files against it.
    """
    digest = hashlib.sha256(data).hexdigest()
    return f"{_token(ring().newest('tokens.matter').key, b'file', digest) & (1 << 64) - 1:016x}"


def receipt_key(code: str) -> int:
    """A keyed hash that finds a petition by the code of its receipt."""
    return _token(ring().newest("tokens.matter").key, b"receipt", code)


def matter_key(matter: str) -> int:
    """A keyed hash that tells two matters of a reception apart without naming them."""
    return _token(ring().newest("tokens.matter").key, b"matter", " ".join(words(matter)))
