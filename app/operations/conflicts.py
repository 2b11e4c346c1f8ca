"""Who is shut out of a petition because it may be about them: by identity number at once, by name until a leader has looked, by a leader's mark.

`shut_out` on every row of content carries it, so that both belts of the scope hold it whatever role the account has.
"""

from datetime import UTC, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models import Account, Conflict, Petition, PetitionText, Unit
from app.operations.persons import RESPONDENT, align_notes, content_of, read_people
from app.operations.refusal import Refused
from app.security import audit
from app.security.scope import current
from app.security.sealed import CannotOpen
from app.security.tokens import FOLDED, holder_key, query_tokens
from app.text.fold import fold, words

NAME, MARKED = "name", "marked"


Holders = dict[object, list[tuple[str, str]]]  # by unit: accounts that could read there, with their holders' plain names


def find_conflicts(session: Session, petition: Petition, holders: Holders | None = None) -> None:
    """Holders named as a denunciation's respondents are shut out of it: by identity number for good, by name alone until a leader decides.

    `holders` keeps, for an import of many, who could read in a unit.
    """
    if petition.kind != "denunciation":
        return
    respondents = read_people(petition, RESPONDENT)
    names = {_plain(person["name"]) for person in respondents}
    known = {conflict.account for conflict in petition.conflicts}
    holders = {} if holders is None else holders
    if names and petition.unit not in holders:
        holders[petition.unit] = [(account.username, _plain(account.holder)) for account in _who_could_read(session, petition.unit)]
    for username, name in holders[petition.unit] if names else ():
        if username not in known and name in names:
            _add(session, petition, username, NAME)
    _apply(petition, respondents)


def look_again(session: Session, since: datetime) -> int:
    """Denunciations against those who became holders of accounts since then are closed to them, as a new denunciation would be; how many were found.

    The session is the system's: the administrator who grants an account reads no petition. Until a leader confirms it the account opens nothing anyway.
    """
    found = 0
    holders = select(Account).where(Account.acted_at >= since, Account.holder != "", Account.unit_id.is_not(None), Account.closed_at.is_(None))
    for account in session.scalars(holders).all():
        unit = account.unit
        trees = [unit, *([unit.oversees] if unit.oversees is not None else [])]
        within = or_(*(getattr(PetitionText, f"level_{tree.depth}") == tree.id for tree in trees))
        named = and_(*(PetitionText.tokens.overlap(query_tokens(word, FOLDED, True)) for word in words(account.holder)))
        query = select(Petition).join(PetitionText, PetitionText.petition_id == Petition.id).where(PetitionText.compartment, within, named)
        for petition in session.scalars(query).all():
            known = len(petition.conflicts)
            try:
                find_conflicts(session, petition)
            except CannotOpen as trouble:  # one spoilt value must not keep the others open
                audit.record(session, "seal.broken", reason=str(trouble))
            session.flush()
            found += len(petition.conflicts) - known
    return found


def _plain(name: str) -> str:
    return " ".join(fold(word) for word in words(name))


def _who_could_read(session: Session, unit: Unit) -> list[Account]:
    """Accounts of the unit, of those above it, and of those that oversee any of these."""
    above = [key for key in (unit.level_0, unit.level_1, unit.level_2, unit.level_3) if key is not None]
    overseers = select(Unit.id).where(Unit.oversees_id.in_(above))
    query = select(Account).where(or_(Account.unit_id.in_(above), Account.unit_id.in_(overseers)), Account.holder != "", Account.closed_at.is_(None))
    return list(session.scalars(query))


def _add(session: Session, petition: Petition, username: str, why: str) -> Conflict:
    # Nobody's but the leaders': it says who may be the respondent.
    made = Conflict(unit=petition.unit, petition=petition, account=username, why=why, compartment=True, handlers=[], registered_by=None)
    session.add(made)
    audit.record(session, "conflict.found", table_name="petitions", row_ids=[petition.id], detail={"account": username, "why": why})
    return made


def mark(session: Session, petition: Petition, account: Account, by: str) -> None:
    """The account is shut out of the petition by a leader's decision. Raises Refused."""
    _may_decide(session, petition)
    if account.username == by:
        raise Refused("không tự đánh dấu cho mình; đề nghị lãnh đạo khác của đơn vị thực hiện", "account")
    conflict = next((item for item in petition.conflicts if item.account == account.username), None)
    _decide(session, conflict or _add(session, petition, account.username, MARKED), True, by)


def decide(session: Session, conflict: Conflict, stays_out: bool, by: str) -> None:
    """A leader has looked: the account stays shut out, or the same name was another person's. Raises Refused."""
    _may_decide(session, conflict.petition)
    if conflict.account == by:
        raise Refused("không tự quyết định về chính mình; đề nghị lãnh đạo khác của đơn vị thực hiện")
    _decide(session, conflict, stays_out, by)


def _may_decide(session: Session, petition: Petition) -> None:
    if petition.text is None or not current(session).may("can_assign", petition.unit_id):
        raise Refused("việc này do lãnh đạo đơn vị quyết định")


def _decide(session: Session, conflict: Conflict, stays_out: bool, by: str) -> None:
    conflict.stays_out, conflict.decided_by, conflict.decided_at = stays_out, by, datetime.now(UTC)
    told = {"account": conflict.account, "stays_out": stays_out}
    audit.record(session, "conflict.decided", table_name="petitions", row_ids=[conflict.petition.id], detail=told)
    _apply(conflict.petition, read_people(conflict.petition, RESPONDENT))
    session.flush()


def _apply(petition: Petition, respondents: list[dict[str, str]]) -> None:
    out = {conflict.account for conflict in petition.conflicts if conflict.stays_out is not False}
    out |= {holder_key(person["id_number"]) for person in respondents if person.get("id_number")}
    for row in [petition, *content_of(petition), *petition.conflicts]:
        row.shut_out = sorted(out) or None
    if petition.case is not None:
        align_notes(petition.case)
