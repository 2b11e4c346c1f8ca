"""Capitals of TCVN3 fonts (.VnTimeH).

Their letters with marks have the codes of the small ones, so `NGUYÔN V¡N` decodes as `NGUYễN VĂN`.
"""

import re

_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"([\n\t,;:()\[\]|/]+)")  # a name in capitals says nothing of the address after it


def capitals(text: str) -> str:
    """The text with the small letters that stand for capitals made capitals.

    What can be read both ways (`Hµ`) goes by the words beside it.
    """
    return "".join(map(_phrase, _BETWEEN.split(text)))


def _phrase(phrase: str) -> str:
    words = list(_WORD.finditer(phrase))
    sure = [_sure(word.group()) for word in words]
    out: list[str] = []
    end = 0
    for place, word in enumerate(words):
        sure_one = sure[place]
        raised = _beside(sure, place) if sure_one is None else sure_one
        out += [phrase[end : word.start()], word.group().upper() if raised else word.group()]
        end = word.end()
    return "".join([*out, phrase[end:]])


def _sure(word: str) -> bool | None:
    """True for a word in capitals, False for one that is not, None where the codes do not tell.

    `Hµ` is Hà or HÀ, `ë` is ở or Ở.
    """
    if any(letter.islower() for letter in word if letter.isascii()):
        return False
    if not word.isascii() and any(letter.isupper() for letter in word[1:]):
        return True
    return None


def _beside(sure: list[bool | None], place: int) -> bool:
    """What the nearest words that tell say; with none, or two that differ, small letters stay small."""
    before = next((item for item in reversed(sure[:place]) if item is not None), None)
    after = next((item for item in sure[place + 1 :] if item is not None), None)
    return {before, after} - {None} == {True}
