"""From an account to its scope: what its roles reach, in its unit, the subtree, and what the unit oversees.

A manager: the union of its users'.

And back, from a row to the accounts that could reach it, whatever their roles are today (`WAYS`): who must be looked at
before it opens.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.security.roles import MANAGER_ALWAYS, READ_COMMON, Pair, permissions_of
from app.security.scope import NOTHING, Range, Scope

WRITES = frozenset(
    {
        ("can_register", "Petitions"),
        ("can_process", "Petitions"),
        ("can_settle", "Petitions"),
        ("can_approve", "Petitions"),
        ("can_assign", "Petitions"),
        ("can_correct", "Petitions"),
    }
    | {
        ("can_remove", "Petitions"),
        ("can_import", "Registers"),
        ("can_write", "Receptions"),
        ("can_type", "Forms"),
        ("can_release", "Secrets"),
    }
)


@dataclass(frozen=True)
class Standing:
    """Where a row stands: its unit, and the accounts it names as registrar, handlers or verifiers."""

    unit: Any
    named: frozenset[str] = frozenset()

    @property
    def above(self) -> list[Any]:
        """The ids of the unit and of all units above it."""
        unit = self.unit
        return [key for key in (unit.level_0, unit.level_1, unit.level_2, unit.level_3) if key is not None]


@dataclass(frozen=True)
class Way:
    """One way in which scope gives an account a row: through which parts of Scope, and which accounts it means (of a
    model, for a Standing).
    """

    key: str
    parts: frozenset[str]
    accounts: Callable[[Any, Standing], Any]


def _overseers(accounts: Any, standing: Standing) -> Any:
    units = type(standing.unit)
    return accounts.unit_id.in_(select(units.id).where(units.oversees_id.in_(standing.above)))


# Every way there is. A part of Scope that gives rows and stands in none of these fails a test: then a respondent could
# come by it.
WAYS: Final = (
    Way(
        "unit",
        frozenset({"facts", "text", "receptions", "reception_text", "audit", "officer_units", "lead_units"}),
        lambda accounts, row: accounts.unit_id == row.unit.id,
    ),
    Way(
        "above",
        frozenset({"facts", "receptions", "audit"}),
        lambda accounts, row: accounts.unit_id.in_(row.above),
    ),
    Way("overseers", frozenset({"facts", "text", "receptions", "reception_text", "audit"}), _overseers),
    Way("named", frozenset({"accounts", "registrars"}), lambda accounts, row: accounts.username.in_(row.named)),
)


def who_reaches(session: Session, accounts: Any, standing: Standing) -> list[Any]:
    """The accounts that a row there could open to by any of the WAYS, and those that manage one of them; whatever their
    roles, confirmed or not.
    """
    open_ones = (accounts.closed_at.is_(None), accounts.kind != "admin")
    direct = list(
        session.scalars(
            select(accounts).where(or_(*(way.accounts(accounts, standing) for way in WAYS)), *open_ones)
        ).unique()
    )
    managers = select(accounts).where(accounts.manages.any(accounts.id.in_([one.id for one in direct])), *open_ones)
    found = {one.id: one for one in [*direct, *(session.scalars(managers).unique() if direct else ())]}
    return list(found.values())


def reaches(account: Any) -> tuple[list[Any], list[str]]:
    """The same the other way: the units at or below which rows could open to the account, itself or through those it
    manages; and who it acts as.
    """
    members = [account, *account.manages]
    units = {each.id: each for one in members if one.unit for each in (one.unit, one.unit.oversees) if each is not None}
    return list(units.values()), [one.username for one in members]


@dataclass
class _Reach:
    """Units alone, and units with everything below them."""

    own: list[Any] = field(default_factory=list)
    subtree: list[Any] = field(default_factory=list)


def _members(account: Any) -> list[Any]:
    """The accounts whose rights together are the account's: those a manager manages; otherwise itself."""
    if account.kind != "manager":
        return [account]
    return [member for member in account.manages if member.kind in ("manager", "user")]


def permissions_and_scope(
    session: Session, account: Any, own: frozenset[Pair] | None = None
) -> tuple[frozenset[Pair], Scope]:
    """What the account may do and which rows it may see and write: an admin, or an account without a unit, no rows.

    `own`: what its own roles allow it, where that was just read; a manager's users are always asked for.

    An account that nobody has confirmed since an administrator last acted on it opens nothing; a manager may confirm
    its users.
    """
    if account.kind != "admin" and account.confirmed_at is None:
        return READ_COMMON, Scope(account.username)
    members = _members(account)
    active = [member for member in members if member.opens_data and member.unit is not None]
    by_account = _by_account(session, account, members, own)
    allowed = READ_COMMON.union(
        *(by_account[member.id] for member in (active if account.kind == "manager" else members))
    )
    allowed |= MANAGER_ALWAYS if account.kind == "manager" else frozenset()
    if account.kind == "admin":
        return allowed, Scope(account.username, rights=allowed)
    reaches: dict[str, _Reach] = {name: _Reach() for name in ("facts", "text", "receptions", "reception_text", "audit")}
    for member in active:
        _add(reaches, member, by_account[member.id])
    having = {pair: [member for member in active if pair in by_account[member.id]] for pair in allowed}
    registrars = having.get(("can_reach", "Registered"), [])
    ranges: dict[str, Any] = {name: _union(session, reach) for name, reach in reaches.items()}
    return allowed, Scope(
        name=account.username,
        **ranges,
        holder_keys=frozenset(key for key in (account.username, account.holder_key) if key),
        accounts=frozenset({account.username, *(member.username for member in active)}),
        registrars=frozenset(member.username for member in registrars)
        | ({account.username} if registrars else frozenset()),
        officer_units=frozenset(member.unit.id for member in having.get(("can_reach", "OwnUnit"), [])),
        lead_units=frozenset(member.unit.id for member in having.get(("can_reach", "UnitDenunciations"), [])),
        grants=frozenset((permission, member.unit.id) for member in active for permission, _ in by_account[member.id]),
        rights=allowed,
        write=frozenset(member.unit.id for member in active if by_account[member.id] & WRITES),
    )


def _by_account(
    session: Session, account: Any, members: list[Any], own: frozenset[Pair] | None
) -> dict[int, frozenset[Pair]]:
    if own is not None and account.kind != "manager":
        return {account.id: own}
    return permissions_of(session, [member.id for member in [*members, account]], account.kind)


def _add(reaches: dict[str, _Reach], member: Any, allowed: frozenset[Pair]) -> None:
    unit = member.unit
    above = [member.unit, *([member.unit.oversees] if member.unit.oversees else [])]
    if ("can_reach", "OwnUnit") in allowed:
        reaches["facts"].own.append(unit)
        reaches["text"].own.append(unit)
    if ("can_reach", "SubtreeFacts") in allowed:
        reaches["facts"].subtree.extend(above)
        reaches["receptions"].subtree.extend(above)
    if ("can_reach", "UnitDenunciations") in allowed:
        reaches["text"].own.append(unit)
        reaches["text"].subtree.extend(above[1:])
        reaches["reception_text"].own.append(unit)
        reaches["reception_text"].subtree.extend(above[1:])
    if ("can_write", "Receptions") in allowed:
        reaches["receptions"].own.append(unit)
        reaches["reception_text"].own.append(unit)
    if ("can_read", "Audit") in allowed:
        reaches["audit"].subtree.extend(above)


def _union(session: Session, reach: _Reach) -> Range:
    trees = list({unit.id: unit for unit in reach.subtree}.values())
    trees = [
        unit for unit in trees if not any(unit is not other and unit.path.startswith(other.path) for other in trees)
    ]
    alone = [
        unit
        for unit in {unit.id: unit for unit in reach.own}.values()
        if not any(unit.path.startswith(tree.path) for tree in trees)
    ]
    ranges = [tree.subtree() for tree in trees] + [unit.own() for unit in alone]
    if not ranges:
        return NOTHING
    if len(ranges) == 1:
        found: Range = ranges[0]
        return found
    units = {unit.id for unit in alone}
    if trees:
        kind = type(trees[0])
        units |= set(
            session.scalars(
                select(kind.id).where(or_(*(getattr(kind, f"level_{tree.depth}") == tree.id for tree in trees)))
            )
        )
    return Range(min(item.low for item in ranges), max(item.high for item in ranges), units=frozenset(units))
