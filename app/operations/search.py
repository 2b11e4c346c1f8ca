"""Search over sealed text: all words must be there; exact spelling first, then newest. Scope applies; every hit is checked after opening.

A word stands in a row under one of four keyed tokens (of an identity or a text, of a denunciation or not); a row has those of one class only, so one `&&` per
word asks for all four. What was read in a document has its tokens with the document: a document must hold all words itself.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import Integer, Select, and_, case, cast, desc, or_, select, true
from sqlalchemy.orm import Session, joinedload

from app.models import Case, Document, Person, Petition, PetitionText, Unit
from app.operations.documents import read_words
from app.operations.persons import PETITIONER, RESPONDENT, read_body, read_people
from app.security import audit
from app.security.sealed import CannotOpen
from app.security.tokens import FOLDED, SPELT, query_tokens
from app.text.query import Query, holds, parse

MOST = 100
MOST_WORDS = 12  # the index is asked for so many; what it finds is checked for all of them
LOOKED_AT, FURTHER = 1_000, 3  # so many of the newest rows are looked at before the index is asked, and so many times as many where that is promising
SPARE = 2  # so many more than wanted are fetched: a hit may turn out to be none, or withdrawn from the register
CHECKED = 500  # a phrase is looked for in so many of the newest petitions that hold its words

Hit = tuple[uuid.UUID, int, date]  # a petition, how many words stand there as spelt, when it was received
Narrow = Callable[[Select[Any]], Select[Any]]


@dataclass
class Found:
    """The petitions, best first. `stopped`: a phrase was looked for in the newest `CHECKED` only, and there are more."""

    petitions: list[Petition] = field(default_factory=list)
    stopped: bool = False


def _as_it_is(query: Select[Any]) -> Select[Any]:
    return query.where(Petition.removed_at.is_(None))


def search(session: Session, text: str, most: int = MOST, narrow: Narrow | None = None) -> Found:
    """The petitions the session's scope may read that hold all words and phrases of the query, best first then newest; by number too.

    `narrow` adds conditions on Petition; without it all that were not withdrawn from the register. The audit entry tells the searched words as tokens, by which an auditor sees that two searches were for one thing.
    """
    query = parse(text)
    found = _ranked(session, query, most, narrow) if query else Found()
    if any(character.isdigit() for character in text) and (not found.petitions or len(text.split()) == 1):
        numbered = session.scalars((narrow or _as_it_is)(select(Petition)).where(Petition.number == text.strip())).all()
        found.petitions = [*numbered, *(petition for petition in found.petitions if petition not in numbered)]
    found.petitions = found.petitions[:most]
    told = [f"{query_tokens(word, FOLDED, False)[0] & (1 << 64) - 1:016x}" for word in query.words[:MOST_WORDS]]
    audit.record(session, "petition.searched", detail={"tokens": told, "found": len(found.petitions)})
    return found


def matching(words: Sequence[str], column: Any, kind: bytes = FOLDED) -> Any:
    """The condition that a row's tokens hold every word, as the index answers it."""
    return and_(*(column.overlap([*_tokens(word, kind, False), *_tokens(word, kind, True)]) for word in words[:MOST_WORDS]))


def _tokens(word: str, kind: bytes, denunciation: bool) -> list[int]:
    # Where revealing a denouncer needs a second person, a guessed name cannot be confirmed by searching for it either.
    return query_tokens(word, kind, denunciation, identities=not (denunciation and current_app.config["REVEAL_APPROVAL"]))


def _holds(rows: Any, word: str, kind: bytes) -> Any:
    """The same for one word of rows already fetched: comparing arrays is what costs there, and a row has tokens of its own class only."""
    closed, plain = (rows.c.tokens.overlap(_tokens(word, kind, denunciation)) for denunciation in (True, False))
    return case((rows.c.compartment, closed), else_=plain)


def texts_holding(words: Sequence[str]) -> Any:
    """The condition on Petition that its text, its persons or one of its documents holds every word."""
    texts = select(PetitionText.petition_id).where(matching(words, PetitionText.tokens))
    documents = select(Document).where(_read_words_hold(words)).with_only_columns
    return or_(
        Petition.id.in_(texts),
        Petition.id.in_(documents(Document.petition_id).where(Document.petition_id.is_not(None))),
        Petition.case_id.in_(documents(Document.case_id).where(Document.case_id.is_not(None))),
    )


def _read_words_hold(words: Sequence[str]) -> Any:
    held = matching(words, Document.tokens)
    if not current_app.config["REVEAL_APPROVAL"]:
        return held
    return and_(held, or_(Document.compartment.is_(False), Document.recipe.is_not(None)))  # a scan names its sender as the record does


def _ranked(session: Session, query: Query, most: int, narrow: Narrow | None) -> Found:
    wanted = CHECKED + 1 if query.phrases else most + SPARE
    keys = list(dict.fromkeys([*_in_texts(session, query, wanted, narrow), *_in_documents(session, query, wanted)]))
    stopped = bool(query.phrases) and len(keys) > CHECKED
    loaded = {petition.id: petition for petition in _load(session, keys[: CHECKED if query.phrases else wanted], narrow or _as_it_is)}
    ranks = {key: _rank(query, loaded[key]) for key in keys if key in loaded}
    hits = [loaded[key] for key, rank in ranks.items() if rank is not None]
    if query.phrases:
        hits.sort(key=lambda petition: (ranks[petition.id], petition.received_on, petition.id), reverse=True)
    return Found(hits, stopped)


def _in_texts(session: Session, query: Query, most: int, narrow: Narrow | None) -> list[uuid.UUID]:
    """The best hits, ranked by SQL: by how many words stand there as spelt, then newest; for a phrase, newest.

    No statistics tell how many rows hold words that go together, so the newest rows are looked at first. What is common is found there; then only rows that
    hold all words as spelt can rank before it, and if they were common too they would be there. What is not common is rare enough for the index.
    """
    words, tokens = query.words[:MOST_WORDS], PetitionText.tokens
    base: Any = select(PetitionText.petition_id, PetitionText.received_on, PetitionText.compartment, tokens)
    if narrow is not None:
        base = narrow(base.join(Petition, Petition.id == PetitionText.petition_id))
    found = _among_newest(session, query, base, most, LOOKED_AT)
    if most / FURTHER < len(found) < most:  # likely to be enough among some more, and too many for the index
        found = _among_newest(session, query, base, most, FURTHER * LOOKED_AT)
    if len(found) < most:
        return [key for key, *_ in _by_index(session, query, base.where(matching(words, tokens)), most)]
    if found[-1][1] < len(words) and not query.phrases:
        exact = _by_index(session, query, base.where(matching(words, tokens, SPELT)), most)
        found = sorted({*found, *exact}, key=lambda row: (row[1], row[2], row[0]), reverse=True)
    return [key for key, *_ in found[:most]]


def _among_newest(session: Session, query: Query, base: Select[Any], most: int, rows: int) -> list[Hit]:
    newest = base.order_by(desc(PetitionText.received_on), desc(PetitionText.petition_id)).limit(rows).subquery()
    return _best(session, query, newest, most, and_(*(_holds(newest, word, FOLDED) for word in query.words[:MOST_WORDS])))


def _by_index(session: Session, query: Query, rows: Select[Any], most: int) -> list[Hit]:
    """The best of all rows that the token index finds. Materialised: else the planner, taking words for independent, walks the dates instead."""
    return _best(session, query, rows.cte("hits").prefix_with("materialized"), most, true())


def _best(session: Session, query: Query, rows: Any, most: int, condition: Any) -> list[Hit]:
    words = query.words[:MOST_WORDS]
    spelt: Any = sum((cast(_holds(rows, word, SPELT), Integer) for word in words), start=cast(0, Integer)).label("spelt")
    order = [] if query.phrases else [desc(spelt)]
    ranked = select(rows.c.petition_id, spelt, rows.c.received_on).where(condition)
    found = session.execute(ranked.order_by(*order, desc(rows.c.received_on), desc(rows.c.petition_id)).limit(most))
    return [(row[0], row[1], row[2]) for row in found]


def _in_documents(session: Session, query: Query, most: int) -> list[uuid.UUID]:
    rows = session.execute(
        select(Document.petition_id, Document.case_id).where(_read_words_hold(query.words)).order_by(desc(Document.uploaded_at)).limit(most)
    ).all()
    if not rows:
        return []
    petitions, cases = {row.petition_id for row in rows} - {None}, {row.case_id for row in rows} - {None}
    return list(session.scalars(select(Petition.id).where(or_(Petition.id.in_(petitions), Petition.case_id.in_(cases))).limit(most)))


def _load(session: Session, keys: Sequence[uuid.UUID], narrow: Narrow) -> list[Petition]:
    query = narrow(select(Petition).where(Petition.id.in_(keys)))
    query = query.options(  # what a list shows and the check opens; persons repeat a petition's row, so the rest is kept narrow
        joinedload(Petition.text).load_only(PetitionText.body),
        joinedload(Petition.persons).load_only(Person.role, Person.place, Person.identity),
        joinedload(Petition.unit).load_only(Unit.code, Unit.name),
        joinedload(Petition.case).load_only(Case.number, Case.state, Case.secrecy, Case.secrecy_until),
    )
    return list(session.scalars(query).unique())


def _rank(query: Query, petition: Petition) -> int | None:
    try:
        rank = holds(query, _parts_of(petition))
    except CannotOpen:  # a broken value is told of where it is shown; here its row is no hit
        rank = None
    if rank is not None:
        return rank
    ranks = [holds(query, [text]) for text in read_words(petition)]
    return max((rank for rank in ranks if rank is not None), default=None)


def _parts_of(petition: Petition) -> list[str]:
    body = read_body(petition.text)
    closed = petition.kind == "denunciation" and current_app.config["REVEAL_APPROVAL"]
    people = [] if closed else [*read_people(petition, PETITIONER), *read_people(petition, RESPONDENT)]
    return [str(body[key]) for key in ("summary", "reason") if body.get(key)] + [value for person in people for value in person.values()]
