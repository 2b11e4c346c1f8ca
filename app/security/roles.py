"""Roles: one positive table that `init` writes, editable by admins afterwards; and the ceiling each kind of account has
whatever they tick.

A permission is a pair (permission, subject). Deny by default: what is not in the table is not granted.
"""

from collections.abc import Sequence
from typing import Any, Final

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

Pair = tuple[str, str]

READ_COMMON: Final[frozenset[Pair]] = frozenset(
    {("can_read", "Units"), ("can_read", "Holidays"), ("can_use", "OwnAccount")}
)

# Permissions over what petitions say or count. No admin account ever holds one.
DATA: Final[frozenset[Pair]] = frozenset(
    {
        ("can_read", "Petitions"),  # open lists and pages of petitions and cases
        ("can_register", "Petitions"),
        ("can_process", "Petitions"),  # classify, choose a direction
        ("can_settle", "Petitions"),  # accept, suspend, decide, execute
        ("can_approve", "Petitions"),  # extend, discontinue
        ("can_assign", "Petitions"),
        ("can_remove", "Petitions"),  # withdraw a record from the register
        ("can_correct", "Petitions"),  # change what was entered wrong, by the rules of operations/corrections
        ("can_reveal", "Identities"),  # a denouncer's identity, with a reason
        # the second person: allow another account to reveal, print, download, export what is secret
        (
            "can_release",
            "Secrets",
        ),
        ("can_import", "Registers"),
        ("can_export", "Petitions"),
        ("can_read", "Receptions"),
        ("can_write", "Receptions"),
        ("can_export", "Receptions"),
        ("can_read", "Forms"),
        ("can_type", "Forms"),
        ("can_confirm", "Holders"),  # that an account is its holder's: the unit's leaders
        ("can_ask", "Accounts"),  # ask for accounts for the unit, forward what units below ask for
        ("can_publish", "Decisions"),
        ("can_read", "Audit"),
        # What rows and texts the permissions above reach; read by security/account_scope.py.
        ("can_reach", "OwnUnit"),  # petitions and cases of the unit, text included; denunciations it handles
        ("can_reach", "Registered"),  # petitions this account registered
        ("can_reach", "UnitDenunciations"),  # every denunciation of the unit; text of units overseen
        ("can_reach", "SubtreeFacts"),  # facts and figures of the subtree and of what the unit oversees
    }
)
ACCOUNTS: Final[frozenset[Pair]] = frozenset(
    {
        ("can_read", "Accounts"),
        ("can_write", "Accounts"),
        ("can_read", "Roles"),
        ("can_write", "Roles"),
        ("can_write", "Units"),
        ("can_write", "Holidays"),
        ("can_read", "Jobs"),  # the queue of long work: kinds, states and times, no content
    }
)
# what a manager may whatever its users may
MANAGER_ALWAYS: Final[frozenset[Pair]] = frozenset({("can_confirm", "Holders")})
CEILING: Final[dict[str, frozenset[Pair]]] = {
    "admin": ACCOUNTS | READ_COMMON,
    "manager": DATA | READ_COMMON,
    "user": DATA | READ_COMMON,
}
ALL: Final[frozenset[Pair]] = DATA | ACCOUNTS | READ_COMMON


def _pairs(text: str) -> frozenset[Pair]:
    return frozenset((f"can_{action}", subject) for action, subject in (word.split(":") for word in text.split()))


ROLES: Final[dict[str, frozenset[Pair]]] = {
    "officer": (
        READ_COMMON
        | _pairs(
            "reach:OwnUnit read:Petitions register:Petitions process:Petitions settle:Petitions reveal:Identities"
            " import:Registers export:Petitions correct:Petitions"
        )
    ),
    "reception": (
        READ_COMMON
        | _pairs(
            "reach:Registered read:Petitions register:Petitions correct:Petitions read:Receptions write:Receptions"
            " export:Receptions"
        )
    ),
    "leader": (
        READ_COMMON
        | _pairs(
            "reach:UnitDenunciations reach:SubtreeFacts read:Petitions process:Petitions settle:Petitions"
            " approve:Petitions assign:Petitions remove:Petitions correct:Petitions reveal:Identities release:Secrets"
            " export:Petitions"
            " read:Receptions export:Receptions read:Forms confirm:Holders ask:Accounts"
        )
    ),
    "synthesis": (
        READ_COMMON
        | _pairs(
            "reach:SubtreeFacts read:Petitions read:Receptions read:Forms type:Forms export:Petitions export:Receptions"
        )
    ),
    "custodian": READ_COMMON | _pairs("release:Secrets"),
    "publisher": READ_COMMON | _pairs("publish:Decisions"),
    "auditor": READ_COMMON | _pairs("read:Audit"),
    "administrator": READ_COMMON | ACCOUNTS,
}


def permissions_of(session: Session, account_ids: list[int], kind: str) -> dict[int, frozenset[Pair]]:
    """What each of these accounts may do by its roles, cut to the ceiling of `kind`. One statement."""
    users = assoc_user_role
    roles = assoc_permissionview_role
    rows = session.execute(
        select(users.c.user_id, Permission.name, ViewMenu.name)
        .join(roles, roles.c.role_id == users.c.role_id)
        .join(PermissionView, PermissionView.id == roles.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(users.c.user_id.in_(account_ids))
    )
    found: dict[int, set[Pair]] = {account_id: set(READ_COMMON) for account_id in account_ids}
    for account_id, permission, subject in rows:
        found[account_id].add((permission, subject))
    return {account_id: frozenset(pairs & CEILING[kind]) for account_id, pairs in found.items()}


def rights_of(account_id: Any) -> ColumnElement[Any]:
    """For a statement over accounts: what the roles of the account in that column hold, each as permission and subject
    with a space between them.
    """
    users = assoc_user_role
    roles = assoc_permissionview_role
    pair = Permission.name + " " + ViewMenu.name
    held = (
        select(func.array_agg(pair))
        .select_from(users)
        .join(roles, roles.c.role_id == users.c.role_id)
        .join(PermissionView, PermissionView.id == roles.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(users.c.user_id == account_id)
    )
    return held.scalar_subquery()


def allowed_of(rights: Sequence[str] | None, kind: str) -> frozenset[Pair]:
    """What `rights_of` found, cut to the ceiling of `kind`; the same as `permissions_of`."""
    pairs = [right.split(" ", 1) for right in rights or ()]
    return (READ_COMMON | {(permission, subject) for permission, subject in pairs}) & CEILING[kind]


def permission_row(session: Session, permission: str, subject: str) -> PermissionView:
    """The row of that permission."""
    query = (
        select(PermissionView)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
    )
    return session.scalars(query.where(Permission.name == permission, ViewMenu.name == subject)).one()


def sync(session: Session) -> None:
    """Every permission exists, and every role of the table that was missing; a role an admin has edited is left as it
    is, but for permissions that this version brings: those its roles get as the table says.
    """
    names = {name: _get(session, Permission, name) for name in {permission for permission, _ in ALL}}
    subjects = {name: _get(session, ViewMenu, name) for name in {subject for _, subject in ALL}}
    known = {(item.permission.name, item.view_menu.name): item for item in session.scalars(select(PermissionView))}
    new = ALL - known.keys()
    for permission, subject in sorted(new):
        known[(permission, subject)] = PermissionView(permission=names[permission], view_menu=subjects[subject])
        session.add(known[(permission, subject)])
    present = {role.name: role for role in session.scalars(select(Role))}
    for name, pairs in ROLES.items():
        if name not in present:
            session.add(Role(name=name, permissions=[known[pair] for pair in sorted(pairs)]))
        else:
            present[name].permissions.extend(known[pair] for pair in sorted(pairs & new))
    session.flush()


def _get(session: Session, model: type, name: str) -> object:
    found = session.scalars(select(model).where(model.name == name)).first()  # type: ignore[attr-defined]
    if found is None:
        found = model(name=name)
        session.add(found)
    return found
