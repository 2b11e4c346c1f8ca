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
from math import ceil
from typing import Any

from sqlalchemy import BigInteger, Select, Uuid, and_, any_, bindparam, case, desc, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload, selectinload

from app.law.secrecy import content_closed
from app.models import Case, Document, Person, Petition, PetitionText, Unit
from app.operations.content import CODES, PETITIONER, RESPONDENT, read_body, read_people, read_words, searched_texts
from app.operations.search_nearly import add_nearly
from app.security import audit
from app.security.sealed import CannotOpen
from app.security.tokens import FOLDED, SPELT, query_tokens
from app.settings import setting
from app.text.query import Query, holds, parse

MOST = 100
FEW = 5  # where fewer hold the words, what holds them nearly is found too
MOST_WORDS = 12  # the index is asked for so many; what it finds is checked for all of them
# So many of the newest rows are looked at before the index is asked, and so many times as many where that is promising.
LOOKED_AT = 500
FURTHER = 16
SPARE = 2  # so many more than wanted are fetched: a hit may turn out to be none, or withdrawn from the register
CHECKED = 500  # a phrase is looked for in so many of the newest petitions that hold its words
FIRST = (60, 180)  # and first in so many of them: enough where the words mostly stand together

Hit = tuple[uuid.UUID, bool, date]  # a petition, whether all words stand there as spelt, when it was received
Narrow = Callable[[Select[Any]], Select[Any]]


@dataclass
class Found:
    """The petitions, best first.

    `stopped`: a phrase was looked for in the newest `CHECKED` only, and there are more. `count`: so many are known to
    be there; all there are, where `whole`. `near`: so many of the last hold the words nearly; `meant`: the words
    as they stand there.
    """

    petitions: list[Petition] = field(default_factory=list)
    stopped: bool = False
    count: int = 0
    whole: bool = True
    near: int = 0
    meant: str = ""


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
    if query and len(found.petitions) < FEW and not query.phrases:
        add_nearly(session, text, found, most, narrow, lambda keys: _load(session, keys, narrow))
    record(session, "petition.searched", text, len(found.petitions))
    return found


def record(session: Session, action: str, text: str, found: int) -> None:
    """The trail tells that words were searched for, as tokens, and how much was found."""
    words = parse(text).words[:MOST_WORDS]
    traces = [f"{query_tokens(word, FOLDED, False)[0] & (1 << 64) - 1:016x}" for word in words]
    audit.record(session, action, detail={"tokens": traces, "found": found})


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
    if not query.phrases:
        return _opened(session, query, most + SPARE, narrow)[0]
    for rows in FIRST:
        found, best = _opened(session, query, min(rows, CHECKED) + 1, narrow)
        if not found.stopped:
            return found
        if best >= most:  # what was not looked at is older, and stands no better
            return Found(found.petitions, count=len(found.petitions), whole=False)
    return _opened(session, query, CHECKED + 1, narrow)[0]


def _opened(session: Session, query: Query, wanted: int, narrow: Narrow | None) -> tuple[Found, int]:
    """So many of the rows that hold the words, opened and checked; of a phrase's the last one only tells that there are
    more. And how many hold every phrase exactly as spelt; none are
    told where documents may hold them too, whose petitions come last.
    """
    look = _in_texts(session, query, wanted, narrow)
    texts = [key for key, *_ in look.hits]
    keys = list(dict.fromkeys([*texts, *(_in_documents(session, query, wanted) if look.documents else [])]))
    stopped = bool(query.phrases) and len(keys) >= wanted
    loaded = {item.id: item for item in _load(session, keys[: wanted - 1 if query.phrases else wanted], narrow)}
    ranks = _ranks(session, query, [loaded[key] for key in keys if key in loaded], look.documents)
    hits = [loaded[key] for key in keys if ranks.get(key) is not None]
    if query.phrases:
        hits.sort(key=lambda petition: (ranks[petition.id], petition.received_on, petition.id), reverse=True)
        found = Found(hits, stopped, len(hits))
    else:
        found = Found(hits, count=look.count, whole=look.whole)
    return found, 0 if look.documents else sum(rank == len(query.phrases) for rank in ranks.values())


@dataclass
class _Look:
    """The best rows among those that were looked at, with what was learnt along the way.

    `documents`: a document may hold the words, too. `count`: so many of the rows hold them and are not withdrawn.
    `whole`: there are no other rows.
    """

    hits: list[Hit]
    documents: bool
    count: int
    whole: bool


def _in_texts(session: Session, query: Query, most: int, narrow: Narrow | None) -> _Look:
    """The best hits, ranked by SQL: those where all words stand as spelt, then newest; for a phrase, newest.

    No statistics tell how many rows hold words that go together, so the newest rows are looked at first. What is common
    is found there; then only rows that hold all words as spelt can rank before it, and if they were common too they
    would be there. What is not common is rare enough for the index.
    """
    asked = _Asked(session, query, most, narrow)
    look = asked.among_newest(0, LOOKED_AT)
    enough = len(look.hits) if len(look.hits) < most else asked.exact(look.hits)
    if not look.whole and most / FURTHER < enough < most:  # likely to be enough among some more
        times = min(FURTHER, ceil(2 * most / enough)) - 1
        more = asked.among_newest(LOOKED_AT, times * LOOKED_AT)
        hits = sorted(look.hits + more.hits, key=asked.order, reverse=True)
        look = _Look(hits, look.documents, look.count + more.count, more.whole)
    if not look.whole and len(look.hits) < most:
        look = asked.by_index(FOLDED, look.documents)
    elif not look.whole and asked.exact(look.hits) < most:
        look.hits = sorted({*look.hits, *asked.by_index(SPELT, False).hits}, key=asked.order, reverse=True)
    look.hits = look.hits[:most]
    return look


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

    def among_newest(self, start: int, rows: int) -> _Look:
        """The best of so many of the newest rows; whether a document may hold the words is asked along the way: a
        statement of its own costs more.
        """
        build = _newest if self.narrow is None else _newest.__wrapped__
        found = self.session.execute(
            build(*self.shape, (start, rows), setting("REVEAL_APPROVAL"), self.narrow), self.tokens
        ).all()
        if not found:
            return _Look([], True, 0, False)
        hits = [(row[0], row[1], row[2]) for row in found]
        return _Look(hits, found[0].documents, found[0].known, found[0].looked_at < rows)

    def by_index(self, kind: bytes, documents: bool) -> _Look:
        """The best of all rows that the token index finds."""
        build = _indexed if self.narrow is None else _indexed.__wrapped__
        found = self.session.execute(build(*self.shape, kind, self.narrow), self.tokens).all()
        return _Look([(row[0], row[1], row[2]) for row in found], documents, found[0].known if found else 0, True)


def _name(kind: bytes, place: int, which: str) -> str:
    return f"{kind.decode()}_{place}_{which}"


def _bound(kind: bytes, place: int, which: str) -> Any:
    return bindparam(_name(kind, place, which), type_=ARRAY(BigInteger))


def _base(narrow: Narrow | None, *more: Any) -> Select[Any]:
    base: Any = select(PetitionText.petition_id, PetitionText.received_on, *more)
    if narrow is not None:
        base = narrow(base.join(Petition, Petition.id == PetitionText.petition_id))
    found: Select[Any] = base
    return found


@lru_cache(maxsize=128)
def _newest(
    words: int, phrases: bool, most: int, window: tuple[int, int], closed: bool, narrow: Narrow | None
) -> Select[Any]:
    start, rows = window
    holds = and_(*(_holds(FOLDED, place) for place in range(words)))
    spelt = case((holds, _spelt(words)), else_=false())
    newest = (
        _base(narrow, holds.label("holds"), spelt.label("spelt"))
        .order_by(desc(PetitionText.received_on), desc(PetitionText.petition_id))
        .offset(start)
        .limit(rows)
        .cte("newest")
    )
    in_documents = (
        select(Document.id)
        .where(_read([Document.tokens.overlap(_bound(FOLDED, place, "all")) for place in range(words)], closed))
        .exists()
    )
    looked_at = select(func.count()).select_from(newest).scalar_subquery()
    ranked = _ranking(newest, phrases, most, narrow, [newest.c.holds]).where(newest.c.holds)
    return ranked.add_columns(in_documents.label("documents"), looked_at.label("looked_at"))


@lru_cache(maxsize=128)
def _indexed(words: int, phrases: bool, most: int, kind: bytes, narrow: Narrow | None) -> Select[Any]:
    rows = _base(narrow, _spelt(words).label("spelt"))
    rows = rows.where(*(PetitionText.tokens.overlap(_bound(kind, place, "all")) for place in range(words)))
    # Materialised: else the planner, taking words for independent, walks the dates instead.
    return _ranking(rows.cte("hits").prefix_with("materialized"), phrases, most, narrow, [])


def _ranking(rows: Any, phrases: bool, most: int, narrow: Narrow | None, held: list[Any]) -> Select[Any]:
    """The best of the rows, with how many there are: those withdrawn from the register are none, and what narrows a
    search has left them out already, or asks for them.
    """
    count = select(func.count()).select_from(rows).where(*held)
    if narrow is None:
        count = count.where(rows.c.petition_id.not_in(select(Petition.id).where(Petition.removed_at.is_not(None))))
    ranked = select(rows.c.petition_id, rows.c.spelt, rows.c.received_on, count.scalar_subquery().label("known"))
    order = [] if phrases else [desc(rows.c.spelt)]
    return ranked.order_by(*order, desc(rows.c.received_on), desc(rows.c.petition_id)).limit(most)


def _spelt(words: int) -> Any:
    return and_(*(_holds(SPELT, place) for place in range(words)))


def _holds(kind: bytes, place: int) -> Any:
    """That a row already found holds a word: comparing arrays is what costs there, and a row has tokens of its own
    class only.
    """
    closed, plain = (PetitionText.tokens.overlap(_bound(kind, place, which)) for which in ("closed", "plain"))
    return case((PetitionText.compartment, closed), else_=plain)


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
        joinedload(Petition.unit).load_only(Unit.code, Unit.name, Unit.uses_from),
        joinedload(Petition.case).load_only(Case.kind, Case.number, Case.state, Case.secrecy, Case.secrecy_until),
    )


def _ranks(
    session: Session, query: Query, petitions: Sequence[Petition], documents: bool
) -> dict[uuid.UUID, int | None]:
    """What each petition that holds the query is worth; documents are looked at where one may hold the words, in a few
    statements for all petitions that do not hold them in text or persons.
    """
    ranks = {petition.id: _rank(query, petition) for petition in petitions}
    others = [petition for petition in petitions if ranks[petition.id] is None] if documents else []
    if others:
        _load_documents(session, others)
    for petition in others:
        found = [holds(query, [text]) for text in read_words(petition)]
        ranks[petition.id] = max((rank for rank in found if rank is not None), default=None)
    return ranks


def _load_documents(session: Session, petitions: Sequence[Petition]) -> None:
    keys = [petition.id for petition in petitions]
    of_case = joinedload(Petition.case).selectinload(Case.documents)
    session.scalars(
        select(Petition).where(Petition.id.in_(keys)).options(selectinload(Petition.documents), of_case)
    ).all()


def _rank(query: Query, petition: Petition) -> int | None:
    try:
        return holds(query, _parts_of(petition))
    except CannotOpen:  # a broken value is told of where it is shown; here its row is no hit
        return None


def _parts_of(petition: Petition) -> list[str]:
    body = read_body(petition.text)
    closed = content_closed(petition) and setting("REVEAL_APPROVAL")
    petitioners = read_people(petition, PETITIONER)
    people = [] if closed else [*petitioners, *read_people(petition, RESPONDENT)]
    texts = searched_texts(body, petitioners if closed else [])
    return texts + [value for person in people for name, value in person.items() if name not in CODES]
