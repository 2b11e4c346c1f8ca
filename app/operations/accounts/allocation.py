"""Whether a unit may have one more account: the rules of law/allocation.py refuse or advise as the profile says; a
paper overrides them.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.law.allocation import Held, broken, sentence, tier_of
from app.law.profiles import PROFILES
from app.models import Account, Unit
from app.models.account import MANAGER, USER
from app.operations.refusal import Refused
from app.security import audit
from app.settings import setting
from app.text.fold import spelling, words


def held_by(session: Session, unit: Unit, holder: str) -> Held:
    """What the unit has now of accounts that were not closed."""
    with session.no_autoflush:
        rows = session.execute(
            select(Account.kind, Account.holder).where(Account.unit_id == unit.id, Account.closed_at.is_(None))
        ).all()
    users = [name for kind, name in rows if kind == USER]
    same = _name(holder)
    return Held(
        len(users), sum(kind == MANAGER for kind, _ in rows), sum(bool(same) and _name(name) == same for name in users)
    )


def _name(holder: str) -> list[str]:
    """A name however its spaces, case and tone marks are typed: Hoà is Hòa, Hoa is another."""
    return [spelling(word) for word in words(holder)]


def check_allocation(
    session: Session, unit: Unit, kind: str, holder: str, paper: str | None, on: date | None = None
) -> list[str]:
    """Sentences of advice where the rules only advise or a paper overrides them. Raises Refused where they bind."""
    held = held_by(session, unit, holder)
    tier = tier_of(unit.level, unit.parent.level if unit.parent else None)
    found = [sentence(rule, held, holder) for rule in broken(tier, kind, held, on or today())]
    if not found:
        return []
    if paper and paper.strip():
        audit.record(session, "rule.overridden", reason=paper.strip(), detail={"rules": found, "unit": unit.code})
        return found
    if PROFILES[setting("PROFILE")].allocation_binds:
        raise Refused("; ".join(found) + "; nếu đã được thống nhất bằng văn bản thì nhập số văn bản", "paper")
    return found
