"""A searched word widened: to the words it is a part of, and those that one typing error makes of it.

It is widened to the syllables the language can have, not to what stands in anybody's petition: the question grows, not
the index.
"""

from functools import lru_cache

from rapidfuzz.distance import OSA

from app.text.fold import fold
from app.text.syllables import ONSETS, RIMES

SHORTEST_PART = 3  # letters: fewer are a part of anything
SYLLABLES = frozenset(fold(onset + rime) for onset in ("", *ONSETS) for rime in RIMES.split())


def is_error_of(word: str, other: str) -> bool:
    """True when one typing error makes one of these folded words the other: a letter more, less, changed or turned.

    Short words that are words themselves are no errors of each other: thu, thi, tha.
    """
    if word.isdecimal() or other.isdecimal():
        return False
    shortest = SHORTEST_PART if word not in SYLLABLES or other not in SYLLABLES else SHORTEST_PART + 1
    return min(len(word), len(other)) >= shortest and OSA.distance(word, other, score_cutoff=1) <= 1


def is_part_of(word: str, other: str) -> bool:
    """True when a folded word of three letters or more stands within another."""
    return len(word) >= SHORTEST_PART and word in other


@lru_cache(maxsize=2048)
def meant_by(word: str) -> tuple[str, ...]:
    """The syllables that hold a folded word, or that it is a typing error of; itself left out."""
    return tuple(sorted(one for one in SYLLABLES if one != word and (is_part_of(word, one) or is_error_of(word, one))))


@lru_cache(maxsize=16384)
def parts_of(word: str) -> tuple[str, ...]:
    """What is put into the index of a folded word that is no syllable: each three letters of it; of others nothing, as
    the question is widened for those.
    """
    if len(word) <= SHORTEST_PART or word in SYLLABLES or not word.isalpha():
        return ()
    return threes(word)


def threes(word: str) -> tuple[str, ...]:
    """Each three letters of a word that stand together."""
    return tuple(sorted({word[at : at + SHORTEST_PART] for at in range(len(word) - SHORTEST_PART + 1)}))
