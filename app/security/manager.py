"""Flask-AppBuilder's security manager with our accounts, our ceilings, and nothing of its own screens or APIs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask, current_app, g
from flask import session as flask_session
from flask_appbuilder.security.sqla.manager import SecurityManager as FabSecurityManager
from flask_limiter import Limiter
from flask_login import current_user

from app.security import sessions
from app.security.account_scope import permissions_and_scope
from app.security.roles import Pair, allowed_of
from app.security.scope import NO_SCOPE, enter


class MenuByPermission:
    """What of the menu an account is shown follows from what it may open, so that a role's permissions govern both."""

    # Of each name in the menu: the permissions one of which shows it.
    menu_pairs: Mapping[str, frozenset[Pair]] = MappingProxyType({})

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """The names in the menu that the signed-in account is shown."""
        held = permissions()
        return {name for name in menu_names or () if self.menu_pairs.get(name, frozenset()) & held}


def make_manager(account_model: type, sign_in_view: type, limiter: Limiter) -> type[FabSecurityManager]:
    """A security manager class over this account model and sign-in view; both are given, since security imports neither
    models nor views.
    """

    class SecurityManager(MenuByPermission, FabSecurityManager):
        user_model = account_model
        userstatschartview = None

        def create_limiter(self, app: Flask) -> Limiter:
            """The application's one limiter."""
            return limiter

        def register_views(self) -> None:
            """Only the sign-in view: no account screens, no password API, no reset without a ceiling."""
            self.auth_view = self.appbuilder.add_view_no_menu(sign_in_view)

        def has_access(self, permission_name: str, view_name: str) -> bool:
            """True when the signed-in account may; permissions are read once a request."""
            return current_user.is_authenticated and (permission_name, view_name) in permissions()

        def load_user(self, pk: int) -> Any:
            """The account of the session on the server; none once that session is over, whatever the cookie says."""
            return _account_of_session(account_model, int(pk))

        def auth_user_db(self, username: str, password: str) -> None:
            """Closed: the sign-in view uses security/sign_in.py."""
            return

        @staticmethod
        def before_request() -> None:
            """The request's session has the account's scope, or none."""
            g.user = current_user
            enter_scope_of_request()

    return SecurityManager


def _account_of_session(account_model: type, key: int) -> Any:
    row = sessions.find(g_session(), flask_session.get("sid"), model=account_model)
    if row is None or row.account_id != key:
        return None
    account = getattr(row, account_model.__name__)
    if not account.active:
        return None
    g.sign_in_session = row
    return account


def permissions() -> frozenset[tuple[str, str]]:
    """What the account of this request may do."""
    found: frozenset[tuple[str, str]] = g.get("permissions", frozenset())
    return found


def enter_scope_of_request() -> None:
    """`g.permissions` and the session's scope are those of the signed-in account."""
    session: Any = g_session()
    account = current_user._get_current_object() if current_user.is_authenticated else None
    if account is None:
        g.permissions = frozenset()
        enter(session, NO_SCOPE)
        return
    g.permissions, scope = permissions_and_scope(session, account, _own_rights(account))
    session.info["audit_path"] = account.unit.path if account.unit else ""
    enter(session, scope)


def _own_rights(account: Any) -> frozenset[Pair] | None:
    """What its own roles allow the account, as the statement that found its session tells; None where none did: the
    account has signed in with this request.
    """
    row = g.get("sign_in_session")
    known = row is not None and row.account_id == account.id and "rights" in row._fields
    return allowed_of(row.rights, account.kind) if known else None


def g_session() -> Any:
    """The session of this request."""
    return current_app.extensions["sqlalchemy"].session()
