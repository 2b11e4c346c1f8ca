"""Names as people write them: with titles and ranks, initials, parts left out or in another order, a typing error, no
diacritics.

Two questions: whether a text names a person (the respondent must not read), and where it does (the denouncer must not
be read). Every answer errs on the side of finding: whoever is found wrongly is asked about, whoever is missed has read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from app.text.fold import WORD, fold, folded, words
from app.text.tcvn6909 import normalize


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What people put before a name, as spelt; folded it would be somebody's family name (Bà and Bá, Tá and Tạ).
CALLS = _set("ông bà anh chị cô chú bác cậu cụ thầy dì mợ đc")
TITLES = CALLS | _set("em cháu con người gs pgs ts ths bs ks cn ls")
_TWO_WORDS = frozenset(
    (first, second)
    for firsts, seconds in (
        ("đồng", "chí"),
        ("đ", "c"),
        ("luật", "sư"),
        ("tiến thạc bác", "sĩ sỹ"),
        ("cử", "nhân"),
        ("kỹ kĩ", "sư"),
        ("giáo", "sư"),
        ("thiếu trung thượng đại", "úy uý tá tướng"),
        ("nhà", "báo"),
        ("nghệ", "sĩ"),
    )
    for first in firsts.split()
    for second in seconds.split()
)
_PLAIN_CALLS = frozenset(fold(word) for word in CALLS)
_PLAIN_PAIRS = frozenset((fold(one), fold(two)) for one, two in _TWO_WORDS)
# Words that begin a position: a given name before one of them is not the first part of a longer name.
POSITIONS = _set("chủ phó trưởng giám bí chánh cán công nhân chuyên hiệu kế thủ tổ đội thanh phụ ủy uỷ")
_APART = re.compile(r"[;,\n\r()\[\]{}&+|:]|\s[-–—]\s|(?<!\w)(?:và|cùng|với|va|cung|voi|hoặc)(?!\w)", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:(?<=^)|(?<=[\s;,]))\s*\(?\d{1,3}\s*[.)/:-]\s*(?=\D)")
_VOWELS = re.compile("[aeiou]")
MOST_INITIALS = 3  # written together
SHORTEST_JOINED = 6  # letters: shorter names written in one word are words


@dataclass(frozen=True)
class Name:
    """A person's name: its words folded, titles before it left out; the last is the given name."""

    parts: tuple[str, ...]

    @property
    def given(self) -> str:
        """The given name."""
        return self.parts[-1] if self.parts else ""

    @property
    def joined(self) -> str:
        """The whole name in one word."""
        return "".join(self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)


@lru_cache(maxsize=20_000)
def name_of(text: str) -> Name:
    """The name in a field that holds one person's, without list number, titles and what stands in brackets."""
    return Name(_untitled(next(iter(people_of(text)), "")))


def people_of(text: str) -> list[str]:
    """The parts of a field that can each name a person: split at commas, “và”, brackets, lines; list numbers are
    gone.
    """
    plain = _NUMBERED.sub(" ; ", normalize(text))
    return [part for part in (" ".join(piece.split()) for piece in _APART.split(plain)) if part]


def _untitled(person: str) -> tuple[str, ...]:
    """The words of a person's name, folded, after the titles before it."""
    spelt = words(person)
    titles = _PLAIN_CALLS if person.isascii() else TITLES
    pairs = _PLAIN_PAIRS if person.isascii() else _TWO_WORDS
    while len(spelt) > 1:
        if len(spelt) > 2 and (spelt[0], spelt[1]) in pairs:
            spelt = spelt[2:]
        elif spelt[0] in titles:
            spelt = spelt[1:]
        else:
            break
    return tuple(folded(spelt))


def named_in_field(name: Name, text: str) -> bool:
    """True when a field for a name can mean that person: the whole name somewhere in it, or a part of it that says no
    more.
    """
    if not name:
        return False
    plain = tuple(folded(words(normalize(text))))
    if _whole(name, plain):
        return True
    return any(_is_part(name, _untitled(person)) for person in people_of(text)) or called_in_text(name, text)


def named_in_text(name: Name, text: str) -> bool:
    """True when a running text holds the whole name."""
    return bool(name) and len(name.parts) > 1 and _whole(name, tuple(folded(words(normalize(text)))))


def called_in_text(name: Name, text: str) -> bool:
    """True when somebody is called by that given name alone: “ông Hai”, “chị Thử”, but not “ông Hai Văn Tám”."""
    return bool(name) and any(True for _ in _called(name, normalize(text)))


def _called(name: Name, text: str) -> Iterator[tuple[int, int]]:
    """Where, as letters, the given name stands after a word of address."""
    matches, plain = split(text)
    if name.given not in plain:
        return
    found = [(part, part.group().lower()) for part in matches]
    shouted = not any(letter.islower() for letter in text)
    for place in range(1, len(found)):
        if plain[place] != name.given or not _calls(tuple(spelt for _, spelt in found[max(0, place - 2) : place])):
            continue
        after = found[place + 1] if place + 1 < len(found) else None
        beside = after is not None and text[found[place][0].end() : after[0].start()] == " "
        if beside and after and after[0].group()[0].isupper() and not shouted and after[1] not in POSITIONS:
            continue
        yield found[place][0].span()


def _calls(before: Sequence[str]) -> bool:
    """True when the last of these words, or the last two, call somebody."""
    if not before:
        return False
    last = before[-1]
    return (
        last in CALLS
        or (last.isascii() and last in _PLAIN_CALLS)
        or tuple(before[-2:]) in (("đồng", "chí"), ("dong", "chi"), ("đ", "c"))
    )


def _is_part(name: Name, tokens: tuple[str, ...]) -> bool:
    """True when all that is written belongs to the name, the given name (or its initial beside a full part) among
    it.
    """
    if not tokens or len(tokens) > len(name.parts) + 1:
        return False
    if len(tokens) == 1:
        return tokens[0] == name.given or _one_word(name, tokens[0])
    return _fits(name, tokens)


def _whole(name: Name, plain: tuple[str, ...]) -> bool:
    size = len(name.parts)
    return any(True for _ in _windows(name, plain, size - 1 if size > 3 else size))


def _windows(name: Name, plain: tuple[str, ...], least: int) -> Iterator[tuple[int, int]]:
    """Where the name stands among the words: from and to (not included), of at least so many words; the longest first
    from each place.
    """
    if not _likely(name, plain):
        return
    size = len(name.parts)
    for start in range(len(plain)):
        if len(plain[start]) >= SHORTEST_JOINED and _one_word(name, plain[start]):
            yield start, start + 1
            continue
        for end in range(min(start + size + 1, len(plain)), start + min(least, max(2, size - 1)) - 1, -1):
            window = plain[start:end]
            whole = end - start == size
            # Parts without the family name are another person's as well, unless somebody is called so; and the given
            # name ends them.
            ends = window[-1] in (name.given, name.given[:1])
            part = ends and (name.parts[0] in window or _calls(plain[max(0, start - 2) : start]))
            # a space too many or too few
            spaces = end - start >= size - 1 and not whole and name.joined == "".join(window)
            if ((whole or part) and end - start >= least and _fits(name, window)) or spaces:
                yield start, end
                break


def _likely(name: Name, plain: tuple[str, ...]) -> bool:
    """A quick look: the given name, or all parts but one, the family's with initials, or the name in one word,
    somewhere.
    """
    known = set(plain)
    if name.parts[0] in known and name.given[0] in known:
        return True
    if name.given in known or len(known.intersection(name.parts)) >= len(set(name.parts)) - 1:
        return True
    return any(len(word) >= SHORTEST_JOINED and _one_word(name, word) for word in known) or _split_up(name, plain)


def _split_up(name: Name, plain: tuple[str, ...]) -> bool:
    """True when two words of the name are written as one, or one as two."""
    return name.joined in "".join(plain)


def _one_word(name: Name, word: str) -> bool:
    if len(name.parts) < 2 or len(name.joined) < SHORTEST_JOINED or abs(len(word) - len(name.joined)) > 1:
        return False
    return OSA.distance(word, name.joined, score_cutoff=1) <= 1


def _fits(name: Name, tokens: Sequence[str]) -> bool:
    """True when each token is a part of the name, in any order: as written, as its initial, or with one typing error
    among all.

    At least one part beside an initial is whole, and what is left out is not the given name (unless as its initial).
    """
    if len(tokens) > len(name.parts) or len(tokens) < min(2, len(name.parts)):
        return False
    return _match(tuple(name.parts), tuple(tokens), name.given)


@lru_cache(maxsize=100_000)
def _match(parts: tuple[str, ...], tokens: tuple[str, ...], given: str) -> bool:
    left = list(parts)
    open_tokens = []
    for token in tokens:
        if token in left:
            left.remove(token)
        else:
            open_tokens.append(token)
    whole = len(tokens) - len(open_tokens)
    errors = 0
    initials = 0
    for token in sorted(open_tokens, key=len, reverse=True):
        near = next((part for part in left if _slip(part, token)), None) if len(token) > 1 else None
        short = _initials(left, token)
        if short:
            left = [part for part in left if part not in short]
            initials += len(short)
        elif near is not None and errors == 0:
            left.remove(near)
            errors += 1
        else:
            return False
    if given in left and given not in tokens:
        return False
    return whole >= 1 and (errors == 0 or whole >= max(1, len(parts) - 2) or whole > initials + errors)


def _initials(left: Sequence[str], token: str) -> list[str]:
    """The parts the token stands for: “V.”, “Ng.”, or “NV” before a given name; none where it stands for none."""
    if (
        len(token) > 1
        and not _VOWELS.search(token)
        and (whole := next((part for part in left if part.startswith(token)), None))
    ):
        return [whole]
    found: list[str] = []
    for letter in token if len(token) <= MOST_INITIALS else ():
        part = next((part for part in left if part.startswith(letter) and part not in found), None)
        if part is None:
            return []
        found.append(part)
    return found


def _slip(part: str, token: str) -> bool:
    """One typing error: a letter too many, too few, another one, or two that changed places."""
    return abs(len(part) - len(token)) <= 1 and OSA.distance(part, token, score_cutoff=1) <= 1


@lru_cache(maxsize=8)  # one text is looked through for several people, one after the other
def split(text: str) -> tuple[list[re.Match[str]], tuple[str, ...]]:
    """The words of a text where they stand, and folded."""
    found = list(WORD.finditer(text))
    return found, tuple(folded([part.group().lower() for part in found]))


def name_spans(name: Name, text: str) -> list[tuple[int, int]]:
    """Where in the text, from and to as letters, that person is named: whole, in parts with the given name, or called
    by it.
    """
    found, plain = split(text)
    if not name or not plain:
        return []
    spans = list(_windows(name, plain, 2))
    if len(name.parts) > 3:  # two given names stand for a person without the family's
        pairs = range(1, len(plain))
        spans += [(place - 1, place + 1) for place in pairs if plain[place - 1 : place + 1] == name.parts[-2:]]
    return [(found[start].start(), found[end - 1].end()) for start, end in spans] + list(_called(name, text))


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places in order, those that touch or overlap as one."""
    made: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return made
