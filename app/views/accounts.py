"""Accounts and roles, for administrators. What they tick cannot widen a kind's ceiling: it is computed from `security/roles.py` at each request."""

from typing import Any

from flask import abort, current_app, flash, g, redirect, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_appbuilder.security.sqla.models import PermissionView, Role
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import BooleanField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from app.extensions import db
from app.models import Account
from app.models.account import ADMIN, KINDS, MANAGER, USER
from app.operations.accounts import end_sessions, find_account, reset_password, unlock
from app.operations.refusal import Refused
from app.security import passwords
from app.security.roles import ACCOUNTS, ALL, IDENTIFIER
from app.views.base import Catalogue, Screen, Table, expose, has_access, or_404
from app.views.fields import GlossaryField, UnitField
from app.views.labels import say

TEXT = {"class": "form-control"}


class RolesField(SelectMultipleField):
    """Roles by name; data is the roles themselves."""

    def _read(self) -> None:
        rows = db.session.scalars(select(Role).order_by(Role.name))
        self.found = {role.name: role for role in rows}
        self.choices = [(name, role_name(name)) for name in self.found]

    def iter_choices(self) -> Any:
        """Every role, those given ticked."""
        self._read()
        chosen = {role.name if isinstance(role, Role) else role for role in self.data or ()}
        return [(value, label, value in chosen, {}) for value, label in self.choices or ()]

    def pre_validate(self, form: Any) -> None:
        """Only roles that exist."""
        self._read()
        self.data = [self.found[name] for name in self.data or () if name in self.found]


def role_name(name: str) -> str:
    """A role in the reader's language; one that an admin made keeps its name."""
    try:
        return say("role", name)
    except KeyError:
        return name


class AccountsField(StringField):
    """Accounts by their identifiers, separated by spaces; data is the accounts."""

    typed = ""

    def _value(self) -> str:
        return self.typed or " ".join(account.username for account in self.data or () if isinstance(account, Account))

    def process_formdata(self, valuelist: Any) -> None:
        """The accounts of the typed identifiers."""
        self.typed, self.data = (valuelist[0] if valuelist else ""), []
        for identifier in self.typed.replace(",", " ").split():
            try:
                self.data.append(find_account(db.session(), identifier))
            except Refused as refused:
                raise ValueError(refused.message) from None


class AccountView(Catalogue):
    """Accounts."""

    datamodel = Table(Account)
    route_base = "/accounts"
    class_permission_name = "Accounts"
    list_title = lazy_gettext("Tài khoản")
    show_title = lazy_gettext("Tài khoản")
    add_title = lazy_gettext("Cấp tài khoản")
    edit_title = lazy_gettext("Sửa tài khoản")
    list_template, show_template = "accounts/list.html", "accounts/show.html"
    list_columns = ["username", "kind", "holder", "unit", "active"]
    show_columns = ["username", "kind", "holder", "unit", "roles", "manages", "document", "active", "locked_until", "last_login", "confirmed_by"]
    search_columns = ["username", "holder"]
    order_columns = ["username", "holder"]
    base_order = ("username", "asc")
    add_columns = ["username", "kind", "holder", "unit", "roles", "manages", "document"]
    edit_columns = ["holder", "roles", "manages", "document", "active"]
    label_columns = {
        "username": lazy_gettext("Tên tài khoản"), "kind": lazy_gettext("Loại"), "holder": lazy_gettext("Người giữ"), "unit": lazy_gettext("Đơn vị"),
        "active": lazy_gettext("Đang dùng"), "roles": lazy_gettext("Vai trò"), "manages": lazy_gettext("Quản lý người dùng"),
        "document": lazy_gettext("Văn bản cấp"), "locked_until": lazy_gettext("Khóa đến"), "last_login": lazy_gettext("Đăng nhập gần nhất"),
        "confirmed_by": lazy_gettext("Người xác nhận"),
    }  # fmt: skip
    formatters_columns = {
        "kind": lambda value: say("account_kind", value),
        "roles": lambda roles: ", ".join(role_name(role.name) for role in roles),
        "manages": lambda accounts: ", ".join(account.username for account in accounts),
        "active": lambda value: gettext("Có") if value else gettext("Đã khóa"),
        "locked_until": lambda value: f"{value:%H:%M %d/%m/%Y}" if value else "–",
        "last_login": lambda value: f"{value:%H:%M %d/%m/%Y}" if value else "–",
    }
    _holder = StringField(lazy_gettext("Người giữ (họ tên)"), [InputRequired(), Length(max=120)], render_kw=TEXT)
    _roles = RolesField(lazy_gettext("Vai trò"), render_kw={"class": "form-control", "size": 8})
    _manages = AccountsField(lazy_gettext("Quản lý người dùng (tên tài khoản, cách nhau dấu cách)"), [Optional()], render_kw=TEXT)
    _document = StringField(lazy_gettext("Văn bản cấp"), [Optional(), Length(max=120)], render_kw=TEXT)
    add_form_extra_fields = {
        "username": StringField(
            lazy_gettext("Tên tài khoản (mã định danh, không đổi được)"),
            [InputRequired(), Regexp(f"^{IDENTIFIER.pattern}$", message=lazy_gettext("3–64 ký tự A–Z, 0–9, dấu chấm, gạch ngang, gạch dưới"))],
            render_kw={"class": "form-control", "autocomplete": "off"},
        ),
        "kind": GlossaryField(lazy_gettext("Loại"), group="account_kind"),
        "holder": _holder,
        "unit": UnitField(lazy_gettext("Đơn vị (mã)"), [InputRequired()], name="unit"),
        "roles": _roles,
        "manages": _manages,
        "document": _document,
    }
    edit_form_extra_fields = {
        "holder": _holder,
        "roles": _roles,
        "manages": _manages,
        "document": _document,
        "active": BooleanField(lazy_gettext("Đang dùng")),
    }

    @property
    def alarms(self) -> list[Account]:
        """Accounts locked again and again: somebody is guessing, or keeping the holder out."""
        query = select(Account).where(Account.locks >= current_app.config["LOCKS_ALARM"]).order_by(Account.username)
        return list(db.session.scalars(query))

    def pre_add(self, item: Account) -> None:
        """A new account has a random password that must be changed; it is shown once, to the administrator who hands it over."""
        _check_roles(item)
        if db.session.scalars(select(Account.id).where(Account.username == item.username)).first() is not None:
            raise Refused(gettext("tên tài khoản này đã được cấp; mỗi tên chỉ cấp một lần"), "username")
        password = passwords.initial_password()
        item.password, item.must_change_password, item.active = passwords.hash_password(password), True, True
        item.first_name, item.last_name, item.email = "", item.holder, f"{item.username.lower()}@account.invalid"
        g.initial_password = password

    def post_add(self, item: Account) -> None:
        """The initial password is shown once."""
        flash(
            gettext(
                "Mật khẩu ban đầu của %(name)s: %(password)s – chỉ hiện một lần, phải đổi khi đăng nhập lần đầu",
                name=item.username,
                password=g.initial_password,
            ),
            "warning",
        )

    def pre_update(self, item: Account) -> None:
        """Roles fit the kind. Raises Refused."""
        _check_roles(item)
        item.last_name = item.holder
        if not item.active:
            end_sessions(item)


def _check_roles(item: Account) -> None:
    if item.kind not in KINDS:
        raise Refused(gettext("chọn loại tài khoản"), "kind")
    given = {role.name for role in item.roles}
    if item.kind == ADMIN and given - {"administrator"}:
        raise Refused(gettext("tài khoản quản trị không được giữ vai trò xem dữ liệu; chỉ chọn “Quản trị tài khoản”"), "roles")
    if item.kind != ADMIN and "administrator" in given:
        raise Refused(gettext("vai trò “Quản trị tài khoản” chỉ dành cho tài khoản quản trị"), "roles")
    if item.kind != MANAGER and item.manages:
        raise Refused(gettext("chỉ tài khoản quản lý mới quản lý người dùng khác"), "manages")
    if any(account.kind != USER for account in item.manages):
        raise Refused(gettext("tài khoản quản lý chỉ quản lý tài khoản người dùng"), "manages")


class AccountActionView(Screen):
    """What an administrator does to an account's sign-in."""

    route_base = "/accounts"
    class_permission_name = "Accounts"

    @expose("/<int:key>/unlock", methods=["POST"])
    @has_access
    @permission_name("write")
    def unlock(self, key: int) -> Any:
        """The password path is open again."""
        account = or_404(db.session.get(Account, key))
        unlock(db.session(), account)
        db.session.commit()
        flash(gettext("Đã mở khóa %(name)s", name=account.username), "success")
        return redirect(url_for("AccountView.show", pk=key))

    @expose("/<int:key>/reset", methods=["POST"])
    @has_access
    @permission_name("write")
    def reset(self, key: int) -> Any:
        """A new initial password, shown once."""
        account = or_404(db.session.get(Account, key))
        if account.id == g.user.id:
            abort(403)
        password = reset_password(db.session(), account)
        db.session.commit()
        flash(
            gettext("Mật khẩu ban đầu của %(name)s: %(password)s – chỉ hiện một lần, phải đổi khi đăng nhập lần đầu", name=account.username, password=password),
            "warning",
        )
        return redirect(url_for("AccountView.show", pk=key))


class PermissionsField(SelectMultipleField):
    """The permissions of a role; those over accounts are not offered, only the administrator role holds them."""

    def _read(self) -> None:
        rows = db.session.scalars(select(PermissionView))
        self.found = {f"{row.permission.name} {row.view_menu.name}": row for row in rows if (row.permission.name, row.view_menu.name) in ALL - ACCOUNTS}

    def iter_choices(self) -> Any:
        """Every permission that may be given, those held ticked."""
        self._read()
        held = {f"{item.permission.name} {item.view_menu.name}" if isinstance(item, PermissionView) else item for item in self.data or ()}
        return [(key, key.removeprefix("can_"), key in held, {}) for key in sorted(self.found)]

    def pre_validate(self, form: Any) -> None:
        """Only permissions that may be given."""
        self._read()
        self.data = [self.found[key] for key in self.data or () if key in self.found]


class RoleView(Catalogue):
    """Roles, as administrators edit them."""

    datamodel = Table(Role)
    route_base = "/roles"
    class_permission_name = "Roles"
    list_title = lazy_gettext("Vai trò")
    show_title = lazy_gettext("Vai trò")
    add_title = lazy_gettext("Thêm vai trò")
    edit_title = lazy_gettext("Sửa vai trò")
    intro = lazy_gettext("Dù đánh dấu gì ở đây, tài khoản quản trị không có quyền xem dữ liệu, tài khoản quản lý và người dùng không có quyền với tài khoản.")
    list_columns = ["name"]
    show_columns = ["name", "permissions"]
    search_columns = ["name"]
    order_columns = ["name"]
    base_order = ("name", "asc")
    add_columns = ["name", "permissions"]
    edit_columns = ["permissions"]
    label_columns = {"name": lazy_gettext("Tên"), "permissions": lazy_gettext("Quyền")}
    formatters_columns = {
        "name": role_name,
        "permissions": lambda rows: ", ".join(sorted(f"{row.permission.name.removeprefix('can_')} {row.view_menu.name}" for row in rows)),
    }
    _permissions = PermissionsField(lazy_gettext("Quyền"), render_kw={"class": "form-control", "size": 24})
    add_form_extra_fields = {"name": StringField(lazy_gettext("Tên"), [InputRequired(), Length(max=60)], render_kw=TEXT), "permissions": _permissions}
    edit_form_extra_fields = {"permissions": _permissions}

    def pre_update(self, item: Role) -> None:
        """The administrator role stays as it is. Raises Refused."""
        if item.name == "administrator":
            raise Refused(gettext("vai trò “Quản trị tài khoản” không sửa được"), "permissions")
