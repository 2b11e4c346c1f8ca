"""What a search finds nearly: words by a part or with a typing error, numbers however they are grouped, by their end.

Nothing readable is stored for it: it is the question that is widened, to the syllables of the language that a word may
mean; parts of words stand in the index only of what is no syllable, and never of who is named in a denunciation. Of
those, whole words and numbers alone are looked for. Every hit is checked after opening.
"""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import and_, desc, or_, select
from sqlalchemy.orm import Session

from app.law.secrecy import content_closed
from app.models import Petition, PetitionText
from app.operations.content import PETITIONER, RESPONDENT, read_body, read_people, searched_texts
from app.security.sealed import CannotOpen
from app.security.tokens import (
    FOLDED,
    SHORTEST_NUMBER,
    TAILS,
    last_number,
    part_tokens,
    petition_number_tokens,
    query_tokens,
    row_tokens,
    tail_tokens,
    whole_number_tokens,
)
from app.settings import setting
from app.text.identities import NUMBERS, digits_of
from app.text.loosely import Loose, Places, held, meant, parse
from app.text.widened import SHORTEST_PART, meant_by, threes

CHECKED = 200  # of the newest that may hold the words nearly, so many are opened
NEWEST = 2000  # petitions that are looked at before the index is asked
MOST_WORDS = 8

Load = Callable[[Sequence[uuid.UUID]], Sequence[Petition]]


def add_nearly(session: Session, text: str, found: Any, most: int, narrow: Any, load: Load) -> None:
    """What the session's scope may read that holds the words nearly stands in `found` after what holds them, up to
    `most`: those with most of the words whole first, then newest.
    """
    query = parse(text)
    if not query.words and not query.numbers:
        return
    known = {petition.id for petition in found.petitions}
    keys = [key for key in _likely(session, query, most, narrow) if key not in known]
    order = {key: place for place, key in enumerate(keys)}
    close = [(whole, petition) for petition in load(keys) if (whole := _held(query, petition)) is not None]
    close.sort(key=lambda item: (-item[0], order[item[1].id]))
    added = [petition for _, petition in close][: most - len(known)]
    if not known:
        found.meant = meant(text, [_places(petition).near for petition in added])
    found.petitions += added
    found.count += len(added)
    found.near = len(added)


def _likely(session: Session, query: Loose, most: int, narrow: Any) -> Sequence[uuid.UUID]:
    """The newest petitions that may hold the words. What is common is found among the newest of all: the index would
    bring too many to sort; what is not found there is rare enough for the index.
    """
    columns = (PetitionText.petition_id, PetitionText.received_on, PetitionText.tokens)
    base: Any = select(*columns)
    if narrow is not None:  # what was withdrawn from the register is not loaded, where nothing else narrows
        base = narrow(base.join(Petition, Petition.id == PetitionText.petition_id))
    order = (desc(PetitionText.received_on), desc(PetitionText.petition_id))
    newest = base.order_by(*order).limit(NEWEST).cte("newest").prefix_with("materialized")
    there = select(newest.c.petition_id).where(*_conditions(query, newest.c.tokens)).limit(CHECKED)
    found = session.scalars(there.order_by(desc(newest.c.received_on), desc(newest.c.petition_id))).all()
    if len(found) >= most:
        return found
    everywhere = base.where(*_conditions(query, PetitionText.tokens)).order_by(*order).limit(CHECKED)
    return session.scalars(everywhere).all()


def _conditions(query: Loose, tokens: Any) -> list[Any]:
    identities = not setting("REVEAL_APPROVAL")
    found = [tokens.overlap(whole_number_tokens(number, identities)) for number in query.numbers]
    for word in query.words[:MOST_WORDS]:
        wide = {
            *query_tokens(word, FOLDED, False),
            *query_tokens(word, FOLDED, True, identities),
            *(token for other in meant_by(word) for token in row_tokens((other,), (other,), False)),
            *row_tokens((), meant_by(word), True),
        }
        if word.isdecimal():
            wide |= {*(tail_tokens(word) if len(word) in TAILS else ()), *petition_number_tokens(str(int(word)))}
        ways = [tokens.overlap(sorted(wide))]
        for letters in _held_together(word):
            ways += [tokens.contains(there) for there in part_tokens(threes(letters))]
        found.append(or_(*ways))
    return [and_(*found)]


def _held_together(word: str) -> list[str]:
    """The letters of which some must stand together in a word that is no syllable: all of them where it is a part, one
    half of them where it is a typing error.
    """
    if len(word) < SHORTEST_PART or not word.isalpha():
        return []
    half = len(word) // 2
    return [word, *((word[:half], word[half:]) if half >= SHORTEST_PART else ())]


def _held(query: Loose, petition: Petition) -> int | None:
    try:
        return held(query, _places(petition))
    except CannotOpen:  # a broken value is told of where it is shown; here its row is no hit
        return None


def _places(petition: Petition) -> Places:
    closed = content_closed(petition)
    petitioners = read_people(petition, PETITIONER)
    people = [*petitioners, *read_people(petition, RESPONDENT)]
    texts = searched_texts(read_body(petition.text), petitioners if closed else [])
    named = [] if closed and setting("REVEAL_APPROVAL") else people
    names = [value for person in named for value in person.values()]
    numbers = frozenset(digits_of(person[key]) for person in named for key in NUMBERS if person.get(key))
    long = frozenset(number for number in numbers if len(number) >= SHORTEST_NUMBER)
    return Places(
        [*texts, *names],
        texts if closed else [*texts, *names],
        long,
        frozenset() if closed else long,
        last_number(petition.number),
    )
