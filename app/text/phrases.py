"""Where a phrase stands among words: the same question for a search, for covering a page and for masking a text."""

from collections.abc import Sequence

from app.text.fold import folded, words


def places(phrase: Sequence[str], among: Sequence[str]) -> list[int]:
    """Where the words of the phrase stand together, in order; empty for a phrase without words."""
    size = len(phrase)
    return [start for start in range(len(among) - size + 1) if list(among[start : start + size]) == list(phrase)] if size else []


def covered(phrases: Sequence[str], among: Sequence[str]) -> set[int]:
    """The places of all words that belong to one of the phrases, diacritics and case aside; `among` is folded."""
    plain = [folded(words(phrase)) for phrase in phrases]
    return {start + step for phrase in plain for start in places(phrase, among) for step in range(len(phrase))}


def mask(text: str, phrases: Sequence[str], mark: str) -> str:
    """The text with every occurrence of a phrase, whatever its diacritics and case, replaced by the mark."""
    parts = _split(text)
    at = [place for place, (_, is_word) in enumerate(parts) if is_word]
    hidden = covered(phrases, folded([parts[place][0].lower() for place in at]))
    # What stands between two hidden words goes with them.
    gone = {at[word] for word in hidden} | {between for word in hidden if word + 1 in hidden for between in range(at[word], at[word + 1])}
    return "".join(part if place not in gone else "" if place - 1 in gone else mark for place, (part, _) in enumerate(parts))


def _split(text: str) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    for letter in text:
        is_word = letter.isalnum() or letter == "_"
        if parts and parts[-1][1] == is_word:
            parts[-1] = (parts[-1][0] + letter, is_word)
        else:
            parts.append((letter, is_word))
    return parts
