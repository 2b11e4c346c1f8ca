"""Search over sealed text: all words must be there; exact spelling first, then newest.

Scope applies; every hit is checked after opening.

A word stands in a row under one of four keyed tokens (of an identity or a text, of a denunciation or not); a row has
those of one class only, so one `&&` per word asks for all four. What was read in a document has its tokens with the
document: a document must hold all words itself.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Select, Uuid, and_, any_, bindparam, case, desc, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload

from app.models import Case, Document, Person, Petition, PetitionText, Unit
from app.operations.content import PETITIONER, RESPONDENT, read_body, read_people, read_words, searched_texts
from app.security import audit
from app.security.sealed import CannotOpen
from app.security.tokens import FOLDED, SPELT, query_tokens
from app.settings import setting
from app.text.query import Query, holds, parse

MOST = 100
MOST_WORDS = 12  # the index is asked for so many; what it finds is checked for all of them
# So many of the newest rows are looked at before the index is asked, and so many times as many where that is promising.
LOOKED_AT = 500
FURTHER = 4
SPARE = 2  # so many more than wanted are fetched: a hit may turn out to be none, or withdrawn from the register
CHECKED = 500  # a phrase is looked for in so many of the newest petitions that hold its words

Hit = tuple[uuid.UUID, bool, date]  # a petition, whether all words stand there as spelt, when it was received
Narrow = Callable[[Select[Any]], Select[Any]]


@dataclass
class Found:
    """The petitions, best first.

    `stopped`: a phrase was looked for in the newest `CHECKED` only, and there are more.
    """

    petitions: list[Petition] = field(default_factory=list)
    stopped: bool = False


def _as_it_is(query: Select[Any]) -> Select[Any]:
    return query.where(Petition.removed_at.is_(None))


def search(session: Session, text: str, most: int = MOST, narrow: Narrow | None = None) -> Found:
    """The petitions the session's scope may read that hold all words and phrases of the query, best first then newest;
    by number too.

    `narrow` adds conditions on Petition; without it all that were not withdrawn from the register. The audit entry
    tells the searched words as tokens, by which an auditor sees that two searches were for one thing.
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
    return and_(
        *(column.overlap([*_tokens(word, kind, False), *_tokens(word, kind, True)]) for word in words[:MOST_WORDS])
    )


def _tokens(word: str, kind: bytes, denunciation: bool) -> list[int]:
    # Where revealing a denouncer needs a second person, a guessed name cannot be confirmed by searching for it either.
    return query_tokens(word, kind, denunciation, identities=not (denunciation and setting("REVEAL_APPROVAL")))


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
    return _read([matching(words, Document.tokens)], setting("REVEAL_APPROVAL"))


def _read(held: Sequence[Any], closed: bool) -> Any:
    """`closed`: a scan names its sender as the record does, so only what was made from it without the sender is
    found.
    """
    return and_(*held, or_(Document.compartment.is_(False), Document.recipe.is_not(None))) if closed else and_(*held)


def _ranked(session: Session, query: Query, most: int, narrow: Narrow | None) -> Found:
    wanted = CHECKED + 1 if query.phrases else most + SPARE
    texts, documents = _in_texts(session, query, wanted, narrow)
    keys = list(dict.fromkeys([*texts, *(_in_documents(session, query, wanted) if documents else [])]))
    stopped = bool(query.phrases) and len(keys) > CHECKED
    loaded = {
        petition.id: petition for petition in _load(session, keys[: CHECKED if query.phrases else wanted], narrow)
    }
    ranks = {key: _rank(query, loaded[key]) for key in keys if key in loaded}
    hits = [loaded[key] for key, rank in ranks.items() if rank is not None]
    if query.phrases:
        hits.sort(key=lambda petition: (ranks[petition.id], petition.received_on, petition.id), reverse=True)
    return Found(hits, stopped)


def _in_texts(session: Session, query: Query, most: int, narrow: Narrow | None) -> tuple[list[uuid.UUID], bool]:
    """The best hits, ranked by SQL: those where all words stand as spelt, then newest; for a phrase, newest.

    And whether to look in documents too.

    No statistics tell how many rows hold words that go together, so the newest rows are looked at first. What is common
    is found there; then only rows that hold all words as spelt can rank before it, and if they were common too they
    would be there. What is not common is rare enough for the index.
    """
    asked = _Asked(session, query, most, narrow)
    found, documents = asked.among_newest(0, LOOKED_AT)
    if (
        most / FURTHER < (len(found) if len(found) < most else asked.exact(found)) < most
    ):  # likely to be enough among some more, and too many for the index
        further, documents = asked.among_newest(LOOKED_AT, (FURTHER - 1) * LOOKED_AT)
        found = sorted(found + further, key=asked.order, reverse=True)
    if len(found) < most:
        found = asked.by_index(FOLDED)
    elif asked.exact(found) < most:
        found = sorted({*found, *asked.by_index(SPELT)}, key=asked.order, reverse=True)
    return [key for key, *_ in found[:most]], documents


class _Asked:
    """The statements of one search.

    Those that nothing narrows are built once for each number of words, and told the tokens when they are run.
    """

    def __init__(self, session: Session, query: Query, most: int, narrow: Narrow | None) -> None:
        self.session = session
        self.narrow = narrow
        self.phrases = bool(query.phrases)
        self.shape = (len(query.words[:MOST_WORDS]), self.phrases, most)
        self.tokens: dict[str, list[int]] = {}
        for place, word in enumerate(query.words[:MOST_WORDS]):
            for kind in (FOLDED, SPELT):
                closed = _tokens(word, kind, True)
                plain = _tokens(word, kind, False)
                self.tokens |= {
                    _name(kind, place, "all"): plain + closed,
                    _name(kind, place, "closed"): closed,
                    _name(kind, place, "plain"): plain,
                }

    def exact(self, hits: Sequence[Hit]) -> int:
        """How many hold all words as spelt; all of them where a phrase is looked for, as spelling does not order
        those.
        """
        return len(hits) if self.phrases else sum(hit[1] for hit in hits)

    def order(self, hit: Hit) -> tuple[bool, date, uuid.UUID]:
        """As SQL orders them."""
        return not self.phrases and hit[1], hit[2], hit[0]

    def among_newest(self, start: int, rows: int) -> tuple[list[Hit], bool]:
        """The best of so many of the newest rows; and whether a document may hold the words, asked along the way: a
        statement of its own costs more.
        """
        build = _newest if self.narrow is None else _newest.__wrapped__
        found = self.session.execute(
            build(*self.shape, start, rows, setting("REVEAL_APPROVAL"), self.narrow), self.tokens
        ).all()
        return [(row[0], row[1], row[2]) for row in found], any(row[3] for row in found) or not found

    def by_index(self, kind: bytes) -> list[Hit]:
        """The best of all rows that the token index finds."""
        build = _indexed if self.narrow is None else _indexed.__wrapped__
        return [
            (row[0], row[1], row[2]) for row in self.session.execute(build(*self.shape, kind, self.narrow), self.tokens)
        ]


def _name(kind: bytes, place: int, which: str) -> str:
    return f"{kind.decode()}_{place}_{which}"


def _bound(kind: bytes, place: int, which: str) -> Any:
    return bindparam(_name(kind, place, which), type_=ARRAY(BigInteger))


def _base(narrow: Narrow | None) -> Select[Any]:
    base: Any = select(
        PetitionText.petition_id, PetitionText.received_on, PetitionText.compartment, PetitionText.tokens
    )
    if narrow is not None:
        base = narrow(base.join(Petition, Petition.id == PetitionText.petition_id))
    found: Select[Any] = base
    return found


@lru_cache(maxsize=128)
def _newest(
    words: int, phrases: bool, most: int, start: int, rows: int, closed: bool, narrow: Narrow | None
) -> Select[Any]:
    newest = (
        _base(narrow)
        .order_by(desc(PetitionText.received_on), desc(PetitionText.petition_id))
        .offset(start)
        .limit(rows)
        .subquery()
    )
    in_documents = (
        select(Document.id)
        .where(_read([Document.tokens.overlap(_bound(FOLDED, place, "all")) for place in range(words)], closed))
        .exists()
    )
    return (
        _ranking(newest, words, phrases, most)
        .where(*(_holds(newest, FOLDED, place) for place in range(words)))
        .add_columns(in_documents)
    )


@lru_cache(maxsize=128)
def _indexed(words: int, phrases: bool, most: int, kind: bytes, narrow: Narrow | None) -> Select[Any]:
    rows = _base(narrow).where(*(PetitionText.tokens.overlap(_bound(kind, place, "all")) for place in range(words)))
    # Materialised: else the planner, taking words for independent, walks the dates instead.
    return _ranking(rows.cte("hits").prefix_with("materialized"), words, phrases, most)


def _ranking(rows: Any, words: int, phrases: bool, most: int) -> Select[Any]:
    spelt = and_(*(_holds(rows, SPELT, place) for place in range(words))).label("spelt")
    ranked = select(rows.c.petition_id, spelt, rows.c.received_on)
    return ranked.order_by(
        *([] if phrases else [desc(spelt)]), desc(rows.c.received_on), desc(rows.c.petition_id)
    ).limit(most)


def _holds(rows: Any, kind: bytes, place: int) -> Any:
    """That rows already fetched hold a word: comparing arrays is what costs there, and a row has tokens of its own
    class only.
    """
    closed, plain = (rows.c.tokens.overlap(_bound(kind, place, which)) for which in ("closed", "plain"))
    return case((rows.c.compartment, closed), else_=plain)


def _in_documents(session: Session, query: Query, most: int) -> list[uuid.UUID]:
    rows = session.execute(
        select(Document.petition_id, Document.case_id)
        .where(_read_words_hold(query.words))
        .order_by(desc(Document.uploaded_at))
        .limit(most)
    ).all()
    if not rows:
        return []
    petitions = {row.petition_id for row in rows} - {None}
    cases = {row.case_id for row in rows} - {None}
    return list(
        session.scalars(
            select(Petition.id).where(or_(Petition.id.in_(petitions), Petition.case_id.in_(cases))).limit(most)
        )
    )


def _load(session: Session, keys: Sequence[uuid.UUID], narrow: Narrow | None) -> list[Petition]:
    statement = _loading() if narrow is None else _loading.__wrapped__(narrow)
    return list(session.scalars(statement, {"keys": list(keys)}).unique())


@lru_cache(maxsize=1)
def _loading(narrow: Narrow = _as_it_is) -> Select[Any]:
    # One array, not a parameter each: the statement stays one text, which the driver and SQLAlchemy know again.
    return narrow(
        select(Petition).where(Petition.id == any_(bindparam("keys", type_=ARRAY(Uuid))))
    ).options(  # what a list shows and the check opens; persons repeat a petition's row, so the rest is kept narrow
        joinedload(Petition.text).load_only(PetitionText.body),
        joinedload(Petition.persons).load_only(Person.role, Person.place, Person.identity),
        joinedload(Petition.unit).load_only(Unit.code, Unit.name),
        joinedload(Petition.case).load_only(Case.number, Case.state, Case.secrecy, Case.secrecy_until),
    )


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
    closed = petition.kind == "denunciation" and setting("REVEAL_APPROVAL")
    petitioners = read_people(petition, PETITIONER)
    people = [] if closed else [*petitioners, *read_people(petition, RESPONDENT)]
    texts = searched_texts(body, petitioners if closed else [])
    return texts + [value for person in people for value in person.values()]
