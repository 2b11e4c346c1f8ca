"""How like two petitions are: whether one person wrote both, and whether both tell the same.

Names and words are compared without diacritics and with typing errors allowed for; a word that stands in most petitions
says little, one that is rare says much.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA

from app.text.fold import folded, words
from app.text.identities import NUMBERS, digits_of
from app.text.names import name_of

ENOUGH = 0.67  # of the mean of person and content: from here on two petitions are suggested as one
LIKELY = 0.5  # one person rather than two
SAME_NAME = 0.99
NEAR_NAME = 0.8  # a letter or two
SAME_PLACE = 0.75
SHORTEST_WRITTEN = 6  # digits in a row: fewer are part of anybody's number
SHORTEST_NUMBER = 9  # digits of an identity number
SHORTEST_MISTYPED = 3  # letters
RARE = 0.6  # of a word that hardly stands anywhere
LEAST_WORDS = 12  # of a petition that names nobody: what is shorter is anybody's
PERSON = "person"
NUMBER = "id_number"
PHONE = "phone"
ADDRESS = "address"
RESPONDENT = "respondent"
CONTENT = "content"

Weight = Callable[[str], float]


@dataclass(frozen=True)
class Who:
    """A person as compared: the name's words folded, digits of numbers, the address's words."""

    name: tuple[str, ...]
    id_number: str
    phone: str
    address: tuple[str, ...]
    written: tuple[str, ...]  # the numbers' words as they were written, folded

    @cached_property
    def ordered(self) -> str:
        """The name's words in the alphabet's order, in one."""
        return "".join(sorted(self.name))


@dataclass(frozen=True)
class Traits:
    """What is compared of a petition."""

    petitioners: tuple[Who, ...]
    respondents: tuple[Who, ...]
    words: tuple[str, ...]

    @property
    def nameless(self) -> "Traits":
        """The same without who wrote."""
        return Traits((), self.respondents, self.words)

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Words that stand beside each other."""
        return frozenset(zip(self.words, self.words[1:], strict=False))


@dataclass(frozen=True)
class Likeness:
    """From 0 to 1: in all, of who wrote, of what is told; and what agrees, as the names above."""

    score: float
    person: float
    content: float
    why: tuple[str, ...]


def traits_of(
    petitioners: Iterable[Mapping[str, str]], respondents: Iterable[Mapping[str, str]], summary: str
) -> Traits:
    """What is compared of a petition with these persons and this summary."""
    return Traits(
        tuple(map(_who, petitioners)),
        tuple(map(_who, respondents)),
        tuple(folded(words(summary))),
    )


def _who(person: Mapping[str, str]) -> Who:
    return Who(
        name_of(person.get("name") or "").parts,
        digits_of(person.get("id_number") or ""),
        digits_of(person.get("phone") or ""),
        tuple(folded(words(person.get("address") or ""))),
        tuple(
            word for key in NUMBERS for word in folded(words(person.get(key) or "")) if len(word) >= SHORTEST_WRITTEN
        ),
    )


def likeness(one: Traits, other: Traits, weight: Weight) -> Likeness:
    """How like they are; `weight`: what a folded word says, from 0 (it stands everywhere) to 1."""
    person, because = _same_person(one, other)
    nobody = not one.petitioners and not other.petitioners
    if person < LIKELY and not nobody:
        return Likeness(0.0, person, 0.0, because)
    content = _same_content(one, other, weight)
    respondent = _same_respondent(one, other)
    if respondent is not None:
        content += (1 - content) / 20 if respondent else -content / 10
    if nobody:
        score = content * 0.8 if min(len(one.words), len(other.words)) >= LEAST_WORDS else 0.0
    else:
        score = (person + content) / 2
    why = (*because, *((RESPONDENT,) if respondent else ()), *((CONTENT,) if content >= 0.4 else ()))
    return Likeness(round(score, 3), person, content, why)


def _same_person(one: Traits, other: Traits) -> tuple[float, tuple[str, ...]]:
    """The most alike of their petitioners, and what agrees."""
    found = [_alike(mine, theirs) for mine in one.petitioners for theirs in other.petitioners]
    return max(found, default=(0.0, ()))


def _alike(one: Who, other: Who) -> tuple[float, tuple[str, ...]]:
    name = _like_name(one, other)
    number = _like_number(one.id_number, other.id_number)
    phone = bool(one.phone) and one.phone == other.phone
    place = _like_place(one.address, other.address)
    near = place is not None and place >= SAME_PLACE
    why = (
        *((PERSON,) if name >= NEAR_NAME else ()),
        *((NUMBER,) if number else ()),
        *((PHONE,) if phone else ()),
        *((ADDRESS,) if near else ()),
    )
    if number:
        return (1.0 if name >= 0.5 else 0.5) if number == 1 else (0.95 if name >= NEAR_NAME else 0.4), why
    if name < NEAR_NAME:
        return (0.6 if phone and near else 0.0), why
    if number == 0:  # two numbers that have nothing to do with each other are two people
        return (0.7 if phone and near else 0.2), why
    exact = name >= SAME_NAME
    if phone or near:
        return (1.0 if phone and exact else 0.95 if exact or phone else 0.85), why
    if place is None:
        return (0.7 if exact else 0.5), why
    return (0.4 if exact else 0.2), why


def _like_name(one: Who, other: Who) -> float:
    if not one.name or not other.name:
        return 0.0
    return max(
        OSA.normalized_similarity("".join(one.name), "".join(other.name)),
        OSA.normalized_similarity(one.ordered, other.ordered),
    )


def _like_number(one: str, other: str) -> float | None:
    """1 for one number, less for a typing error in it, 0 for two; None where that cannot be told."""
    if min(len(one), len(other)) < SHORTEST_NUMBER - 1 or abs(len(one) - len(other)) > 1:
        return None
    apart = OSA.distance(one, other)
    return {0: 1.0, 1: 0.9}.get(apart, 0.0)


def _like_place(one: tuple[str, ...], other: tuple[str, ...]) -> float | None:
    """Of the words of two addresses; numbers in them count twice. None where one has none."""
    if not one or not other:
        return None
    return _shared(one, other, lambda word: 2.0 if word.isdecimal() else 1.0)


def _same_respondent(one: Traits, other: Traits) -> bool | None:
    """Whether somebody is complained of in both; None where that cannot be told."""
    if not one.respondents or not other.respondents:
        return None
    return any(_like_name(mine, theirs) >= NEAR_NAME for mine in one.respondents for theirs in other.respondents)


def _same_content(one: Traits, other: Traits, weight: Weight) -> float:
    """Of the words of both, and of the pairs they stand in: any two share words, few what follows what."""
    if not one.words or not other.words:
        return 0.0
    return (_shared(one.words, other.words, weight) + _together(one, other, weight)) / 2


def _together(one: Traits, other: Traits, weight: Weight) -> float:
    """The weight of the pairs both have, of the weight of those of the shorter: who rewords adds and leaves out."""

    def heavy(pairs: Iterable[tuple[str, str]]) -> float:
        return sum(weight(first) * weight(second) for first, second in pairs)

    smaller = min(heavy(one.pairs), heavy(other.pairs))
    return min(1.0, heavy(one.pairs & other.pairs) / smaller) if smaller else 0.0


def _shared(one: tuple[str, ...], other: tuple[str, ...], weight: Weight) -> float:
    """The weight of the words both have, twice, of the weight of all; a word with a typing error counts as the commoner
    of the two, where it is one that hardly anybody writes.
    """
    mine = set(one)
    theirs = set(other)
    common = 2 * sum(map(weight, mine & theirs))
    left = theirs - mine
    alone = []
    for word in mine - theirs:
        near = next((found for found in left if _mistyped(word, found, weight)), None)
        if near is None:
            alone.append(word)
        else:
            left.discard(near)
            common += 2 * min(weight(word), weight(near))
    whole = common + sum(map(weight, alone)) + sum(map(weight, left))
    return common / whole if whole else 0.0


def _mistyped(word: str, other: str, weight: Weight) -> bool:
    if word.isdecimal() or other.isdecimal() or min(len(word), len(other)) < SHORTEST_MISTYPED:
        return False
    return max(weight(word), weight(other)) >= RARE and OSA.distance(word, other, score_cutoff=1) <= 1
