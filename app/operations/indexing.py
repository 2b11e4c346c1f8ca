"""Petitions whose tokens are of an earlier version of the index are indexed anew, beside work."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.models import Petition, PetitionText
from app.operations.content import PETITIONER, RESPONDENT, read_body, read_people, tokens_for
from app.operations.rights import demand_operator
from app.security.sealed import CannotOpen
from app.security.tokens import INDEX

BATCH = 200


def index_anew(session: Session) -> Iterator[int]:
    """Every petition is found by all that the index holds; yields how many were done after each committed batch. Raises
    Refused.

    What does not open keeps the tokens it has.
    """
    demand_operator(session)
    query = select(Petition).join(Petition.text).where(PetitionText.indexed < INDEX).limit(BATCH)
    query = query.options(joinedload(Petition.text), selectinload(Petition.persons))
    while rows := session.scalars(query.with_for_update(of=PetitionText, skip_locked=True)).unique().all():
        for petition in rows:
            text = petition.text
            try:
                people = (read_people(petition, PETITIONER), read_people(petition, RESPONDENT))
                text.tokens = tokens_for(petition, read_body(text), *people)
            except CannotOpen:  # told of where it is shown
                pass
            text.indexed = INDEX
        session.commit()
        session.expunge_all()
        yield len(rows)
