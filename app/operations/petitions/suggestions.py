"""What an account may know of petitions that may be the same as one it reads or types.

Whose text it may read is shown to it, a denunciation only by what is told in it: who sent it agrees or does not without
a word. Of a petition elsewhere it learns the unit, where person and content agree; of a denunciation elsewhere nothing,
unless it leads the unit that has the like.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.law import secrecy
from app.law.secrecy import NORMAL
from app.models import Petition
from app.operations.petitions.similar import BOTH, Common, Question, find, traits
from app.operations.rights import demand
from app.security import audit
from app.security.scope import current, system_scope, within
from app.text.likeness import Likeness, traits_of

MOST = 5
AGREES = 0.5  # of the content, before another unit is named: who knows a person and guesses “đất đai” learns nothing
OPEN = frozenset((False,))
NONE: frozenset[bool] = frozenset()


@dataclass
class Suggestions:
    """`here`: petitions the account may read, and why each; `elsewhere`: names of units that may have one; `leaders`:
    names of units whose leaders may have a denunciation that is the same.
    """

    here: list[tuple[Petition, Likeness]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.here or self.elsewhere or self.leaders)


def about_typed(session: Session, unit_id: Any, values: dict[str, Any]) -> Suggestions:
    """Of a petition that is being typed in the unit; `values`: kind, petitioners, respondents, summary. Raises Refused.

    Whoever types knows the name: only of denunciations it is not compared.
    """
    demand(session, "can_register", "Petitions", unit_id)
    mine = traits_of(values["petitioners"], values["respondents"], values["summary"])
    found = _found(session, Question(mine, None, OPEN)) if mine.words else Suggestions()
    _record(session, found, [])
    return found


def about(session: Session, petition: Petition) -> Suggestions:
    """Of a petition whose text the account reads. Raises Refused."""
    demand(session, "can_read", "Petitions")
    mine = traits(petition) if petition.text is not None else None
    closed = secrecy.content_closed(petition)
    found = Suggestions()
    if mine is not None:
        found = _found(session, Question(mine, petition.id, NONE if closed else OPEN))
    if mine is not None and closed and current(session).may("can_assign", petition.unit_id):
        found.leaders = _for_leaders(session, petition)
    _record(session, found, [petition.id])
    return found


def _found(session: Session, asked: Question) -> Suggestions:
    with within(session, system_scope("similar")) as apart:
        alike = dict(find(apart, asked, Common(apart)))
        query = select(Petition).where(Petition.id.in_(alike)).options(joinedload(Petition.unit))
        told = [_Told(row) for row in apart.scalars(query)]
    mine = select(Petition).join(Petition.text).where(Petition.id.in_(alike)).options(joinedload(Petition.text))
    here = [(row, alike[row.id]) for row in session.scalars(mine) if row.text is not None]
    shown = {row.id for row, _ in here}
    found = Suggestions(sorted(here, key=lambda item: (-item[1].score, item[0].id))[:MOST])
    if asked.named:
        scope = current(session)
        hinted = [one for one in told if one.key not in shown and alike[one.key].content >= AGREES]
        names = {one.unit_name for one in hinted if one.may_be_hinted(scope)}
        found.elsewhere = sorted(names)[:MOST]
    return found


class _Told:
    """What is needed of a petition out of reach to decide whether its unit may be named."""

    def __init__(self, petition: Petition) -> None:
        self.key = petition.id
        self.unit_id = petition.unit_id
        self.unit_name: str = petition.unit.name
        self._open = not secrecy.content_closed(petition) and petition.secrecy == NORMAL
        self._shut_out = frozenset(petition.shut_out or ())

    def may_be_hinted(self, scope: Any) -> bool:
        """Not a denunciation, not secret, not of a unit the account works in, not closed to its holder."""
        return self._open and not scope.may_write(self.unit_id) and not self._shut_out & scope.holder_keys


def _for_leaders(session: Session, petition: Petition) -> list[str]:
    """The other units that have a denunciation of the same person about the same."""
    with within(session, system_scope("similar")) as apart:
        whole = apart.get_one(Petition, petition.id)
        mine = traits(whole)
        alike = (
            [key for key, _ in find(apart, Question(mine, whole.id, BOTH), Common(apart))] if mine is not None else []
        )
        rows = apart.scalars(select(Petition).where(Petition.id.in_(alike)).options(joinedload(Petition.unit)))
        shut = current(session).holder_keys
        return sorted(
            {
                row.unit.name
                for row in rows
                if secrecy.content_closed(row)
                and row.unit_id != petition.unit_id
                and row.secrecy <= whole.secrecy
                and not shut & {*(row.shut_out or ())}
            }
        )


def _record(session: Session, found: Suggestions, about_these: list[Any]) -> None:
    detail = {"here": len(found.here), "elsewhere": len(found.elsewhere), "leaders": len(found.leaders)}
    rows = [*about_these, *(petition.id for petition, _ in found.here)]
    audit.record(session, "petition.compared", table_name="petitions", row_ids=rows or None, detail=detail)
