"""How an account has to sign in: by token only, by token or password with a second factor, or by password.

Set per unit, inherited down the tree.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import object_session

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
        return current_app.config["SIGN_IN_POLICY"] or PROFILES[current_app.config["PROFILE"]].sign_in_policy
    own: str | None = account.unit.sign_in_policy
    return own or policy_above(account.unit)


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
    return found or current_app.config["SIGN_IN_POLICY"] or PROFILES[current_app.config["PROFILE"]].sign_in_policy


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
