"""How an account has to sign in: by token only, by token or password with a second factor, or by password.

Set per unit, inherited down the tree.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import aliased, object_session

from app.law.profiles import PROFILES

TOKEN_ONLY = "token"
SECOND_FACTOR = "second_factor"
PASSWORD = "password"
POLICIES: Final = (TOKEN_ONLY, SECOND_FACTOR, PASSWORD)


def policy_of(account: Any) -> str:
    """The policy of the account's unit: its own, or the nearest above it that sets one, or the installation's, or the
    profile's.
    """
    if account.unit is None:
        return in_force(None)
    own: str | None = account.unit.sign_in_policy
    return own or policy_above(account.unit)


def in_force(policy: str | None) -> str:
    """The policy that a unit or one above it sets; where none does, the installation's, or the profile's."""
    return policy or current_app.config["SIGN_IN_POLICY"] or PROFILES[current_app.config["PROFILE"]].sign_in_policy


def nearest(unit: Any) -> ColumnElement[Any]:
    """For a statement over units: the policy of the unit, or of the nearest above it that sets one."""
    above = aliased(inspect(unit).mapper.class_)
    way = (unit.level_0, unit.level_1, unit.level_2, unit.level_3)  # the unit is its own ancestor at its depth
    query = select(above.sign_in_policy).where(above.id.in_(way), above.sign_in_policy.is_not(None))
    return query.order_by(above.depth.desc()).limit(1).scalar_subquery()


def is_weaker(unit: Any, before: str | None, wanted: str | None) -> bool:
    """True when a unit's accounts could sign in by weaker means than before; None means as the unit above says."""
    above = policy_above(unit)
    return POLICIES.index(wanted or above) > POLICIES.index(before or above)


def policy_above(unit: Any) -> str:
    """What holds for a unit that sets nothing itself: the nearest above it that does, or the installation's, or the
    profile's.
    """
    kind = type(unit)
    session = object_session(unit)
    above = [key for key in (unit.level_0, unit.level_1, unit.level_2, unit.level_3) if key and key != unit.id]
    query = (
        select(kind.sign_in_policy)
        .where(kind.id.in_(above), kind.sign_in_policy.is_not(None))
        .order_by(kind.depth.desc())
    )
    found: str | None = session.scalars(query.limit(1)).first() if session and above else None
    return in_force(found)


def password_expired(account: Any) -> bool:
    """True when an administrator's password is older than administrators' passwords may be (QCVN 12:2026: two
    months).
    """
    if account.kind != "admin" or account.changed_password_at is None:
        return False
    too_old: bool = account.changed_password_at < datetime.now(UTC) - timedelta(
        days=current_app.config["ADMIN_PASSWORD_DAYS"]
    )
    return too_old
