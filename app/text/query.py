"""What somebody typed into a search box: words that must all be there, and quoted phrases whose words must stand
together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.text.fold import fold, folded, folded_words, spelling, words
from app.text.phrases import places

_QUOTED = re.compile('["“”„«]([^"“”„«»]*)["“”»]?')


@dataclass(frozen=True)
class Query:
    """`words`: each once, in order of appearance, those of phrases too.

    `phrases`: words in order, of two words or more.
    """

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...]

    def __bool__(self) -> bool:
        return bool(self.words)


def parse(text: str) -> Query:
    """The query; quotation marks of any kind make phrases, an unclosed one to the end."""
    phrases = [tuple(words(quoted)) for quoted in _QUOTED.findall(text)]
    return Query(tuple(dict.fromkeys(words(text))), tuple(phrase for phrase in phrases if len(phrase) > 1))


def holds(query: Query, parts: Sequence[str]) -> int | None:
    """How many phrases of the query stand in these texts exactly as spelt; None where a word or phrase does not stand
    there at all.

    A phrase stands within one text; words may stand in different ones. Spelling counts only for the rank: diacritics do
    not matter for standing there.
    """
    known = folded_words("\n".join(parts))
    if any(fold(word) not in known for word in query.words):
        return None
    if not query.phrases:
        return 0
    split = [words(part) for part in parts if part]
    if any(not any(places(folded(phrase), folded(part)) for part in split) for phrase in query.phrases):
        return None
    spelt = [[spelling(word) for word in part] for part in split]
    return sum(any(places([spelling(word) for word in phrase], part) for part in spelt) for phrase in query.phrases)
