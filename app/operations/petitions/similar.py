"""Petitions that may be one and the same, handed in again: found through the search tokens, compared after opening.

Nothing is stored for it: the keyed tokens of words find rows that share a number, a name, or rare words, and only those
are opened and compared (`text/likeness.py`). They are looked for in all units; what an account may know of them is
decided by `suggestions`.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import log
from typing import Any

from sqlalchemy import BigInteger, any_, cast, column, func, literal, or_, select, table, tablesample
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.law import secrecy
from app.models import Petition, PetitionText
from app.operations.content import PETITIONER, RESPONDENT, read_body, read_people
from app.operations.rights import demand_operator
from app.security.sealed import CannotOpen
from app.security.tokens import row_tokens
from app.text.likeness import ENOUGH, Likeness, Traits, likeness, traits_of

SAMPLED = 1000  # petitions whose words tell how common a word is
AS_IF = 100  # so many more petitions without the word: in a handful every word stands everywhere
LOOKED_AT = 600  # rows the index may bring for one question; what would bring more says too little
COMPARED = 150  # of those, so many are opened: the ones that share most words
RAREST = 4  # words of the text that are asked for, two together
REMEMBERED = 100_000  # petitions that stay open while all are compared
BATCH = 500
BOTH = frozenset((False, True))

_ROWS = table("pg_class", column("relname"), column("reltuples"))  # what PostgreSQL knows of the size of its tables
Words = tuple[tuple[str, ...], tuple[str, ...]]  # of identities, of texts: all of them stand in a row


class Common:
    """How common words are, in a sample of the petitions."""

    def __init__(self, session: Session) -> None:
        """As the system: a sample of one unit's petitions would tell of that unit."""
        known = session.scalar(select(_ROWS.c.reltuples).where(_ROWS.c.relname == PetitionText.__tablename__)) or 0
        part = min(100.0, 100.0 * SAMPLED / known) if known > 0 else 100.0
        some = aliased(PetitionText, tablesample(PetitionText, func.system(part)))
        sample = select(some.tokens).limit(2 * SAMPLED).cte("sample")
        token = select(func.unnest(sample.c.tokens).label("token")).subquery().c.token
        rows = select(func.count()).select_from(sample).scalar_subquery()
        found = session.execute(select(token, func.count(), rows).group_by(token)).all()
        self.sampled = found[0][2] if found else 0
        self.rows = max(float(known), float(self.sampled), 1.0)
        self._counts: dict[int, int] = {row[0]: row[1] for row in found}
        self._weights: dict[str, float] = {}

    def share(self, identities: Iterable[str], texts: Iterable[str]) -> float:
        """The part of the petitions, of either class, in which one of these folded words stands; never 0."""
        both = [*row_tokens(identities, texts, False), *row_tokens(identities, texts, True)]
        return (sum(self._counts.get(token, 0) for token in both) + 1) / (self.sampled + AS_IF)

    def weight(self, word: str) -> float:
        """What a folded word of a text says: 0 where it stands everywhere, 1 where in nothing that was looked at."""
        if word not in self._weights:
            rarest = log(1 / (self.sampled + AS_IF))
            self._weights[word] = min(1.0, max(0.0, log(self.share((), (word,))) / rarest))
        return self._weights[word]


def traits(petition: Petition) -> Traits | None:
    """What is compared of a petition the session may read; None where it has no text or a value does not open."""
    try:
        summary = read_body(petition.text).get("summary") or ""
        return traits_of(read_people(petition, PETITIONER), read_people(petition, RESPONDENT), summary)
    except CannotOpen:
        return None


@dataclass(frozen=True)
class Question:
    """A petition that others are compared with.

    `named`: the classes (denunciations, others) whose petitioners are compared with its own; those of the others are
    neither asked of the index nor looked at, so that no answer depends on a guessed name.
    """

    traits: Traits
    itself: uuid.UUID | None = None
    named: frozenset[bool] = BOTH


@dataclass(frozen=True)
class Other:
    """What is remembered of a petition that was opened."""

    closed: bool
    traits: Traits | None


def find(
    session: Session, asked: Question, common: Common, known: dict[uuid.UUID, Other] | None = None
) -> list[tuple[uuid.UUID, Likeness]]:
    """The petitions that may be the same, most alike first, and how alike; the session reads as the system. Raises
    Refused.

    `known`: what was opened before, by petition; what is opened now is added to it.
    """
    demand_operator(session)
    known = {} if known is None else known
    keys = _candidates(session, asked, common)
    _open(session, keys, known)
    found = []
    for key in keys:
        other = known[key]
        if other.traits is None:
            continue
        named = other.closed in asked.named
        mine, theirs = (asked.traits, other.traits) if named else (asked.traits.nameless, other.traits.nameless)
        alike = likeness(mine, theirs, common.weight)
        if alike.score >= ENOUGH:
            found.append((key, alike))
    return sorted(found, key=lambda item: (-item[1].score, item[0]))


def _open(session: Session, keys: list[uuid.UUID], known: dict[uuid.UUID, Other]) -> None:
    missing = [key for key in keys if key not in known]
    if missing:
        options = (joinedload(Petition.text), selectinload(Petition.persons))
        query = select(Petition).where(Petition.id.in_(missing)).options(*options)
        for petition in session.scalars(query).unique():
            known[petition.id] = Other(secrecy.content_closed(petition), traits(petition))


def every_pair(session: Session) -> Iterator[tuple[str, list[tuple[float, str]]]]:
    """For every petition that has one: its number, and the score and number of those that may be the same. For the
    operator. Raises Refused.
    """
    demand_operator(session)
    common = Common(session)
    known: dict[uuid.UUID, Other] = {}
    numbers = _numbers(session, None)
    keys = sorted(numbers)
    for start in range(0, len(keys), BATCH):
        if len(known) > REMEMBERED:
            known.clear()
        batch = keys[start : start + BATCH]
        _open(session, batch, known)
        session.expunge_all()
        for key in batch:
            mine = known[key].traits
            if mine is not None and (found := find(session, Question(mine, key), common, known)):
                yield numbers[key], _by_number(found, numbers)


def similar_to(session: Session, petition: Petition) -> list[tuple[float, str]]:
    """Score and number of the petitions that may be the same, most alike first. For the operator. Raises Refused."""
    demand_operator(session)
    mine = traits(petition)
    found = find(session, Question(mine, petition.id), Common(session)) if mine is not None else []
    numbers = _numbers(session, [key for key, _ in found])
    return _by_number(found, numbers)


def _by_number(found: list[tuple[uuid.UUID, Likeness]], numbers: dict[uuid.UUID, str]) -> list[tuple[float, str]]:
    """Best first; of those that are equally alike, by number."""
    return sorted(((alike.score, numbers[key]) for key, alike in found), key=lambda item: (-item[0], item[1]))


def _numbers(session: Session, keys: list[uuid.UUID] | None) -> dict[uuid.UUID, str]:
    query = select(Petition.id, Petition.number).where(Petition.removed_at.is_(None))
    return {
        row.id: row.number for row in session.execute(query if keys is None else query.where(Petition.id.in_(keys)))
    }


def _candidates(session: Session, asked: Question, common: Common) -> list[uuid.UUID]:
    """The petitions that share most words with this one, of those that share something rare."""
    conditions: list[Any] = []
    whole: set[int] = set()
    tokens = PetitionText.tokens
    for closed in (False, True):
        mine = asked.traits if closed in asked.named else asked.traits.nameless
        groups = [row_tokens(*group, closed) for group in _rarest_first(mine, common)]
        if alone := [token for group in groups if len(group) == 1 for token in group]:
            conditions.append(tokens.overlap(alone))
        conditions += [tokens.contains(group) for group in groups if _says_more(group, groups)]
        whole |= {*row_tokens(_identities(mine), set(mine.words), closed)}
    if not conditions:
        return []
    token: Any = func.unnest(tokens).column_valued("token")
    mine_too = token == any_(cast(literal(sorted(whole), ARRAY(BigInteger)), ARRAY(BigInteger)))
    shared = select(func.count(token)).where(mine_too).scalar_subquery()
    query = select(PetitionText.petition_id).where(or_(*conditions))
    query = query.where(PetitionText.petition_id.in_(select(Petition.id).where(Petition.removed_at.is_(None))))
    if asked.itself is not None:
        query = query.where(PetitionText.petition_id != asked.itself)
    return list(session.scalars(query.order_by(shared.desc(), PetitionText.petition_id).limit(COMPARED)))


def _says_more(group: list[int], groups: list[list[int]]) -> bool:
    """False where another of them finds whatever this one finds, or it is asked for with others of its length."""
    return len(group) > 1 and not any({*other} < {*group} for other in groups)


def _identities(mine: Traits) -> set[str]:
    return {word for person in mine.petitioners for word in (*person.name, *person.written)}


def _rarest_first(mine: Traits, common: Common) -> list[Words]:
    """What to ask the index for, as far as it brings no more rows than are looked at."""
    groups: dict[Words, float] = {}
    for person in mine.petitioners:
        names = (
            [person.name, *combinations(person.name, len(person.name) - 1)] if len(person.name) > 2 else [person.name]
        )
        for name in filter(None, names):
            groups[(name, ())] = _expected(common, name, ())
        for number in person.written:
            groups[((number,), ())] = _expected(common, (number,), ())
    rare = sorted(set(mine.words), key=lambda word: (-common.weight(word), word))[:RAREST]
    for pair in combinations(rare, 2):
        groups[((), pair)] = _expected(common, (), pair)
    found: list[Words] = []
    brought = 0.0
    for group, expected in sorted(groups.items(), key=lambda item: (item[1], item[0])):
        brought += expected
        if brought > LOOKED_AT and found:
            break
        found.append(group)
    return found


def _expected(common: Common, identities: tuple[str, ...], texts: tuple[str, ...]) -> float:
    rows = common.rows
    for word in identities:
        rows *= min(1.0, common.share((word,), ()))
    for word in texts:
        rows *= min(1.0, common.share((), (word,)))
    return rows
