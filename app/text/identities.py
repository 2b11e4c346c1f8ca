"""Where a text tells who a person is: name, numbers, address, however they are written; and the text without it."""

import re
from collections.abc import Iterable, Mapping, Sequence

from app.text.fold import folded, words
from app.text.names import merged, name_of, name_spans, split
from app.text.phrases import places

Person = Mapping[str, object]
Spans = list[tuple[int, int]]
NUMBERS = ("id_number", "phone")
SHORTEST_NUMBER = 6  # digits: fewer are anybody's
_COUNTRY = "84"
# Digits with what people put between them; letters that readers of scans take for digits count as those.
_RUN = re.compile(r"(?<![^\W\d_])[+(]?[\dOoIl](?:[\s.,\-–—_/()]{0,3}[\dOoIl])+(?![^\W\d_])")
_DIGITS = str.maketrans("OoIl", "0011")
_PARTS = re.compile(r"[,;\n–—]|\s-\s")
# A commune or a province is where things happen as well as where people live: by itself it tells of nobody.
_AREA = re.compile(r"(xa|phuong|huyen|quan|tinh|tp|thi tran|thi xa|thanh pho|dac khu)\b")


def identity_spans(text: str, person: Person, areas: bool = True) -> Spans:
    """From and to, as letters, of all that tells who the person is.

    `areas`: names of communes and provinces of the address too.
    """
    found = name_spans(name_of(str(person.get("name") or "")), text)
    for key in NUMBERS:
        found += _number_spans(text, str(person.get(key) or ""))
    return merged(found + _address_spans(text, str(person.get("address") or ""), areas))


def masked(text: str, people: Iterable[Person], mark: str, areas: bool = False) -> str:
    """The text with the mark in place of all that tells who these people are."""
    spans = merged([span for person in people for span in identity_spans(text, person, areas)])
    parts: list[str] = []
    place = 0
    for start, end in _joined(text, spans):
        parts += [text[place:start], mark]
        place = end
    return "".join([*parts, text[place:]])


def tells_of(text: str, people: Iterable[Person]) -> bool:
    """True when the text tells who one of these people is."""
    return any(identity_spans(text, person, areas=False) for person in people)


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> Spans:
    """Spans with nothing but signs between them as one: what stands between two hidden words goes with them."""
    made: Spans = []
    for start, end in spans:
        if made and not text[made[-1][1] : start].strip(" ,;.-–—"):
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return made


def digits_of(number: str) -> str:
    """The digits of a number, without the country's 84 or a leading 0."""
    digits = "".join(letter for letter in number if letter.isdecimal())
    return digits[len(_COUNTRY) :] if digits.startswith(_COUNTRY) and len(digits) > 9 else digits.removeprefix("0")


def _number_spans(text: str, number: str) -> Spans:
    if any(letter.isalpha() for letter in number):
        return _letters_and_digits(text, number)
    wanted = digits_of(number)
    if len(wanted) < SHORTEST_NUMBER:
        return []
    found: Spans = []
    for run in _RUN.finditer(text):
        at = [place for place in range(run.start(), run.end()) if text[place].translate(_DIGITS).isdecimal()]
        digits = "".join(text[place].translate(_DIGITS) for place in at)
        first = digits.find(wanted)
        while first >= 0:
            found.append((_with_prefix(text, at, first), at[first + len(wanted) - 1] + 1))
            first = digits.find(wanted, first + len(wanted))
    return found


def _with_prefix(text: str, at: Sequence[int], first: int) -> int:
    """Where the number begins, its 0 or +84 with it."""
    digits = "".join(text[place].translate(_DIGITS) for place in at[:first])
    start = first - 2 if digits.endswith(_COUNTRY) else first - 1 if digits.endswith("0") else first
    place = at[start]
    return place - 1 if place > 0 and text[place - 1] in "+(" else place


def _letters_and_digits(text: str, number: str) -> Spans:
    """A number of letters and digits, such as a passport's, as it stands or in groups."""
    letters = [letter for letter in number if letter.isalnum()]
    if len(letters) < SHORTEST_NUMBER:
        return []
    pattern = r"[\s.\-–—]{0,2}".join(map(re.escape, letters))
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]


def _address_spans(text: str, address: str, areas: bool) -> Spans:
    if not address.strip():
        return []
    found, plain = split(text)
    parts = [folded(words(part)) for part in _PARTS.split(address)]

    def spans_of(part: Sequence[str]) -> Spans:
        return [(found[start].start(), found[start + len(part) - 1].end()) for start in places(part, plain)]

    own = [part for part in parts if len(part) > 1 and (areas or not _is_area(part))]
    spans = [span for part in own for span in spans_of(part)]
    following = [span for part in parts if part and _is_area(part) for span in spans_of(part)]
    for start, end in sorted(following):  # communes and provinces that go on from a place already found
        if any(other <= start and not text[other:start].strip(" ,;.-–—\n") for _, other in spans):
            spans.append((start, end))
    return spans


def _is_area(part: Sequence[str]) -> bool:
    return bool(part) and _AREA.match(" ".join(part)) is not None
