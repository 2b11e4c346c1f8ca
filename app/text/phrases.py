"""Where a phrase stands among words: the same question for a search and for an address in a text."""

from collections.abc import Sequence


def places(phrase: Sequence[str], among: Sequence[str]) -> list[int]:
    """Where the words of the phrase stand together, in order; empty for a phrase without words."""
    size = len(phrase)
    if not size or phrase[0] not in among:
        return []
    whole = list(phrase)
    return [start for start in range(len(among) - size + 1) if list(among[start : start + size]) == whole]
