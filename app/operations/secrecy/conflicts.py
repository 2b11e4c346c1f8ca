"""Who is shut out of a petition, or of a reception about a denunciation, because it may be about them: by identity
number for good, by name until a leader has looked, by a leader's mark.

`shut_out` on every row of facts and content carries it, so that both belts of the scope hold it whatever role the
account has. What one petition of a case is closed for, all of them are: another sender's petition tells of the same
matter. Looked for among all whom scope could let in (`account_scope.WAYS`): when the row comes, when its text grows,
when it comes into a case, and when an account comes to reach more.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.law import secrecy
from app.models import (
    Account,
    Approval,
    Case,
    Conflict,
    Document,
    Person,
    Petition,
    PetitionText,
    Reception,
    ReceptionText,
    StepNote,
)
from app.operations.content import RESPONDENT, align_facts, align_notes, content_of
from app.operations.refusal import Refused
from app.operations.rights import demand_operator
from app.operations.secrecy.evidence import (
    NUMBER,
    Evidence,
    Holder,
    Holders,
    Subject,
    _of_reception,
    _of_step,
    evidence_of,
    standing_of,
)
from app.operations.secrecy.tasks_closed import align_tasks
from app.security import audit
from app.security.account_scope import Standing, reaches, who_reaches
from app.security.scope import current, system_scope, within
from app.security.sealed import CannotOpen, unseal
from app.security.tokens import FOLDED, query_tokens

MARKED = "marked"
BATCH = 500


def find_conflicts(
    session: Session, subject: Subject, holders: Holders | None = None, writer: str = "", only: Account | None = None
) -> None:
    """Holders whom a denunciation may be about are shut out of it: by identity number for good, otherwise until a
    leader decides.

    `holders` keeps, for an import of many, who could read at a place. `writer` wrote the text that was added just now
    and is not looked for in it.
    `only`: this account is looked at and no other.
    """
    if not _is_closed(subject):
        return
    evidence = evidence_of(subject)
    known = {conflict.account: conflict for conflict in subject.conflicts}
    for holder in (
        [Holder.of(only)]
        if only is not None
        else holders_at(session, standing_of(subject), {} if holders is None else holders)
    ):
        conflict = known.get(holder.account)
        if conflict is not None and conflict.why == NUMBER:
            continue
        why = evidence.about(holder)
        if conflict is None and why is not None and (holder.account != writer or why == NUMBER):
            conflict = known[holder.account] = _add(session, subject, holder.account, why)
        if conflict is not None and why == NUMBER:
            conflict.why = NUMBER
            conflict.stays_out = True
    _apply(session, subject, evidence)


def _is_closed(subject: Subject) -> bool:
    return secrecy.content_closed(subject) if isinstance(subject, Petition) else secrecy.closed(subject.about)


def holders_at(session: Session, standing: Standing, kept: Holders) -> list[Holder]:
    """Whoever could come to read a row there and has a holder; `kept` keeps what was found."""
    if standing not in kept:
        kept[standing] = [
            Holder.of(account)
            for account in who_reaches(session, Account, standing)
            if account.holder or account.holder_key
        ]
    return kept[standing]


def could_read(session: Session, subject: Subject) -> set[str]:
    """The accounts that could come to read the subject, by any way scope gives."""
    return {account.username for account in who_reaches(session, Account, standing_of(subject))}


def closed_ids(session: Session) -> list[uuid.UUID]:
    """Every petition, case, reception and document that is closed to the session's account, with what was asked about
    them. As the system.
    """
    mine = current(session).name
    with within(session, system_scope("conflicts")) as apart:
        found = select(Conflict.petition_id, Conflict.reception_id).where(
            Conflict.account == mine, Conflict.stays_out.is_not(False)
        )
        rows = apart.execute(found).all()
        if not rows:
            return []
        named = {row.petition_id for row in rows} - {None}
        cases = set(apart.scalars(select(Petition.case_id).where(Petition.id.in_(named)))) - {None}
        petitions = named | set(apart.scalars(select(Petition.id).where(Petition.case_id.in_(cases))))
        receptions = {row.reception_id for row in rows} - {None}
        receptions |= set(apart.scalars(select(Reception.id).where(Reception.petition_id.in_(petitions))))
        of_them = or_(Document.petition_id.in_(petitions), Document.case_id.in_(cases))
        documents = set(apart.scalars(select(Document.id).where(of_them)))
        seen = {"petition": petitions, "case": cases, "reception": receptions, "document": documents}
        subjects = [f"{noun}:{key}" for noun, keys in seen.items() for key in keys]
        asked = set(apart.scalars(select(Approval.id).where(Approval.subject.in_(subjects))))
    return sorted(asked.union(*seen.values()))


def look_again(session: Session, since: datetime) -> int:
    """Denunciations against those whose accounts came to reach more since then are closed to them; how many were found.

    The session is the system's.
    """
    demand_operator(session)
    changed = select(Account).where(Account.acted_at >= since, Account.kind != "admin", Account.closed_at.is_(None))
    return sum(_look_for(session, account) for account in session.scalars(changed).unique().all())


def look_for(session: Session, account: Account) -> int:
    """Denunciations that may be about the account's holder are closed to it, before it opens anything; how many were
    found.

    Whoever confirms an account need not read what it will: looked up as the system, and told of as any conflict is.
    """
    with within(session, system_scope("conflicts")) as apart:
        return _look_for(apart, apart.get_one(Account, account.id))


def look_into(session: Session, subject: Subject, writer: str) -> None:
    """What `writer` added to the subject's text names nobody who goes on reading it.

    Whoever writes does not see the leaders' conflicts: as the system.
    """
    if not _is_closed(subject):
        return
    with within(session, system_scope("conflicts")) as apart:
        known: Any = apart.get_one(type(subject), subject.id)
        find_conflicts(apart, known, writer=writer)
    session.expire(subject, ["shut_out"])


def look_into_all(session: Session, subject: Petition | Case, writer: str) -> None:
    """As `look_into`, of the petition, or of every petition of the case."""
    for petition in [subject] if isinstance(subject, Petition) else subject.petitions:
        look_into(session, petition, writer)


def carried_over(session: Session, reception: Reception, petition: Petition, writer: str) -> None:
    """The petition that the reception turned out to be about is closed to whom the reception was, and the reception to
    whom the petition is.

    As the system, as `look_into`.
    """
    if not _is_closed(petition):
        return
    with within(session, system_scope("conflicts")) as apart:
        known = apart.get_one(Petition, petition.id)
        there = {conflict.account for conflict in known.conflicts}
        for conflict in apart.get_one(Reception, reception.id).conflicts:
            if conflict.stays_out is not False and conflict.account not in there:
                _add(apart, known, conflict.account, conflict.why).stays_out = conflict.stays_out
        apart.flush()
        apart.expire(known, ["conflicts"])
        find_conflicts(apart, known, writer=writer)
    session.expire(petition, ["shut_out"])


def closes_together(session: Session, petition: Petition) -> None:
    """A petition that came into a case is closed to whom the case is, and the case's other petitions to whom it is.

    As the system, as `look_into`.
    """
    if not _is_closed(petition):
        return
    with within(session, system_scope("conflicts")) as apart:
        known = apart.get_one(Petition, petition.id)
        _apply(apart, known, evidence_of(known))
    for one in petition.case.petitions:
        session.expire(one, ["shut_out"])


def _look_for(session: Session, account: Account) -> int:
    holder = Holder.of(account)
    if not holder.name and holder.key is None:
        return 0
    keys, receptions = _candidates(session, holder, *reaches(account))
    found = sum(_look_at(session, reception, account) for reception in receptions)
    ordered = sorted(keys)
    for start in range(0, len(ordered), BATCH):
        some = Petition.id.in_(ordered[start : start + BATCH])
        closed = or_(Petition.kind.in_(secrecy.CLOSED_KINDS), Petition.kept_closed)
        petitions = session.scalars(select(Petition).where(some, closed))
        found += sum(_look_at(session, petition, account) for petition in petitions.all())
    return found


def _candidates(
    session: Session,
    holder: Holder,
    units: Sequence[Any],
    names: Sequence[str],
) -> tuple[set[uuid.UUID], list[Reception]]:
    """Petitions, and receptions without one, within reach of these units and names that a cheaper look finds the holder
    in.

    Texts by their words; respondents, receptions and notes, which have none, are opened, each once.
    """

    def rows(entity: Any, *conditions: Any) -> Any:
        at = [getattr(entity, f"level_{unit.depth}") == unit.id for unit in units]
        reached = or_(*at, entity.registered_by.in_(names), entity.handlers.overlap(names))
        return session.scalars(
            select(entity).where(entity.compartment, reached, *conditions).execution_options(yield_per=BATCH)
        )

    def meant(row: Any, say: Callable[[Any], Evidence]) -> bool:
        return bool(_opened(session, lambda row: say(row).about(holder), row))

    petitions = {row.petition_id for row in rows(PetitionText, _holding(holder))}
    respondents = rows(Person, Person.role == RESPONDENT)
    petitions |= {
        row.petition_id for row in respondents if meant(row, lambda row: Evidence([unseal(row, "identity")], []))
    }
    receptions = [
        row.reception for row in rows(ReceptionText) if meant(row, lambda row: Evidence(*_of_reception(row.reception)))
    ]
    petitions |= {reception.petition_id for reception in receptions}
    steps = [row.step for row in rows(StepNote) if meant(row, lambda row: Evidence([], _of_step(row.step)))]
    petitions |= {step.petition_id for step in steps}
    verified = session.execute(
        select(Document.petition_id, Document.case_id).where(Document.verifiers.overlap(names))
    ).all()
    petitions |= {row.petition_id for row in verified}
    cases = {row.case_id for row in verified} | {step.case_id for step in steps}
    petitions |= set(session.scalars(select(Petition.id).where(Petition.case_id.in_(cases - {None}))))
    return petitions - {None}, [reception for reception in receptions if reception.petition_id is None]


def _holding(holder: Holder) -> Any:
    """The condition that a text may hold the name (`text/names.py`): its given name, all its parts but one, two of them
    or all as one word, initials.
    """
    parts = holder.name.parts
    name = holder.name
    ways = [PetitionText.shut_out.contains([holder.key])] if holder.key else []
    if parts:
        joined = ["".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 2, len(parts) + 1)]
        ways.append(PetitionText.tokens.overlap([token for word in (name.given, *joined) for token in _tokens(word)]))
        others = [
            [part for place, part in enumerate(parts) if place != left] for left in range(len(parts)) if len(parts) > 1
        ]
        others += [[parts[0], name.given[0]]] if len(parts) > 2 else []
        ways += [and_(*(PetitionText.tokens.overlap(_tokens(part)) for part in some)) for some in others]
    return or_(*ways)


def _opened(session: Session, look: Callable[[Any], Any], row: Any) -> Any:
    """What the look finds; nothing where the row does not open, which is told in the trail: one spoilt value must not
    keep the others open.
    """
    try:
        return look(row)
    except CannotOpen as trouble:
        audit.record(session, "seal.broken", reason=str(trouble))
        return None


def _tokens(part: str) -> list[int]:
    return query_tokens(part, FOLDED, True)


def _look_at(session: Session, subject: Subject, account: Account) -> int:
    known = len(subject.conflicts)
    _opened(session, lambda subject: find_conflicts(session, subject, only=account), subject)
    session.flush()
    return len(subject.conflicts) - known


def _add(session: Session, subject: Subject, username: str, why: str) -> Conflict:
    # Nobody's but the leaders': it says who may be the respondent.
    whose = {"petition": subject} if isinstance(subject, Petition) else {"reception": subject}
    made = Conflict(
        unit=subject.unit, account=username, why=why, compartment=True, handlers=[], registered_by=None, **whose
    )
    session.add(made)
    audit.record(
        session,
        "conflict.found",
        table_name=subject.__tablename__,
        row_ids=[subject.id],
        detail={"account": username, "why": why},
    )
    return made


def mark(session: Session, subject: Subject, account: Account, by: str) -> None:
    """The account is shut out of the subject by a leader's decision. Raises Refused."""
    _may_decide(session, subject)
    if account.username == by:
        raise Refused("không tự đánh dấu cho mình; đề nghị lãnh đạo khác của đơn vị thực hiện", "account")
    conflict = next((item for item in subject.conflicts if item.account == account.username), None)
    _decide(session, conflict or _add(session, subject, account.username, MARKED), True, by)


def decide(session: Session, conflict: Conflict, stays_out: bool, by: str) -> None:
    """A leader has looked: the account stays shut out, or the name was another person's. Raises Refused."""
    _may_decide(session, conflict.petition or conflict.reception)
    if conflict.account == by:
        raise Refused("không tự quyết định về chính mình; đề nghị lãnh đạo khác của đơn vị thực hiện")
    if conflict.why == NUMBER and not stays_out:
        raise Refused("số định danh trùng với người bị tố cáo nên tài khoản này không được tiếp cận; không bỏ được")
    _decide(session, conflict, stays_out, by)


def _may_decide(session: Session, subject: Subject) -> None:
    if subject.text is None or not current(session).may("can_assign", subject.unit_id):
        raise Refused("việc này do lãnh đạo đơn vị quyết định")


def _decide(session: Session, conflict: Conflict, stays_out: bool, by: str) -> None:
    subject: Subject = conflict.petition or conflict.reception
    conflict.stays_out = stays_out
    conflict.decided_by = by
    conflict.decided_at = datetime.now(UTC)
    detail = {"account": conflict.account, "stays_out": stays_out}
    audit.record(session, "conflict.decided", table_name=subject.__tablename__, row_ids=[subject.id], detail=detail)
    _apply(session, subject, evidence_of(subject))
    session.flush()


def _apply(session: Session, subject: Subject, found: Evidence) -> None:
    """Every row of the subject, and of the petitions it shares a case with, says whom it is closed to.

    A number once found stays, whatever becomes of the respondent's entry.
    """
    together = [subject]
    if isinstance(subject, Petition) and subject.case is not None:
        together += [petition for petition in subject.case.petitions if petition is not subject]
    out = set(found.keys)
    for one in together:
        out |= {conflict.account for conflict in one.conflicts if conflict.stays_out is not False}
        out |= {name for name in one.shut_out or () if name.startswith("#")}
    for one in together:
        rows = [one.text] if isinstance(one, Reception) else content_of(one)
        for row in [one, *(row for row in rows if row is not None), *one.conflicts]:
            row.shut_out = sorted(out) or None
        if isinstance(one, Petition):
            align_facts(one)
            align_tasks(session, one)
    if isinstance(subject, Petition) and subject.case is not None:
        align_notes(subject.case)
        align_tasks(session, subject.case)
