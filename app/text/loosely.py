"""Whether words stand in texts nearly: as a part of a word, with a typing error, as digits however they are grouped."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.text.fold import fold, words
from app.text.identities import digits_of
from app.text.widened import is_error_of, is_part_of

SHORTEST_NUMBER = 8  # digits that stand in groups: fewer are words of their own
_OF_A_YEAR = re.compile(r"(?:19|20)\d\d-\d+")  # 2026-00217 is the end of a petition's number, nobody's telephone
_GROUPS = re.compile(r"(?<![\w+])\+?\d[\d\s.,()\-–]{6,}\d(?!\w)")


@dataclass(frozen=True)
class Loose:
    """What is looked for: words each by itself, and numbers as their digits."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]


def parse(text: str) -> Loose:
    """The words and numbers of a query; digits in groups are one number."""
    numbers = []
    rest = text
    for run in _GROUPS.findall(text):
        if _OF_A_YEAR.fullmatch(run):
            rest = rest.replace(run, run.partition("-")[2], 1)
        elif len(digits := digits_of(run)) >= SHORTEST_NUMBER:
            numbers.append(digits)
            rest = rest.replace(run, " ", 1)
    return Loose(tuple(dict.fromkeys(fold(word) for word in words(rest))), tuple(dict.fromkeys(numbers)))


@dataclass
class Places:
    """Where words are looked for: in `exact` whole, in `near` nearly too; `numbers` are digits, `tails` those whose end
    may be looked for; `own`: the last number of the petition's own.
    """

    exact: Sequence[str]
    near: Sequence[str]
    numbers: frozenset[str]
    tails: frozenset[str]
    own: str


def held(query: Loose, places: Places) -> int | None:
    """How many words stand there whole; None where one of them does not stand there even nearly."""
    if any(number not in places.numbers for number in query.numbers):
        return None
    whole = {fold(word) for text in places.exact for word in words(text)}
    near = {fold(word) for text in places.near for word in words(text)}
    found = 0
    for word in query.words:
        if word in whole:
            found += 1
        elif not (
            any(is_part_of(word, other) or is_error_of(word, other) for other in near)
            or _is_end(word, places.tails)
            or (word.isdecimal() and str(int(word)) == places.own)
        ):
            return None
    return found


def _is_end(word: str, numbers: Iterable[str]) -> bool:
    return word.isdecimal() and len(word) >= 4 and any(number.endswith(word) for number in numbers)


def _is_mistyped(word: str, other: str) -> bool:
    return is_error_of(word, other) and not is_part_of(word, other)


def meant(typed: str, texts: Sequence[Sequence[str]]) -> str:
    """The query with each word that stands nowhere in these texts, but for a typing error, as it stands there most
    often; empty where no word is.
    """
    counts = Counter(word for each in texts for word in {word for text in each for word in words(text)})
    known = {fold(word) for word in counts}
    changed = typed
    for word in words(typed):
        if fold(word) in known or word.isdecimal():
            continue
        likely = [other for other in counts if _is_mistyped(fold(word), fold(other))]
        if likely:
            best = max(likely, key=lambda other: (counts[other], other))
            changed = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", best, changed, flags=re.IGNORECASE)
    return changed if changed != typed else ""
