"""The screen of roles: what each role may do."""

from typing import Any

from flask import flash
from flask_appbuilder.security.sqla.models import PermissionView, Role
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from sqlalchemy import inspect, select
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app.extensions import db
from app.operations.accounts.confirmations import ask_role_change
from app.operations.refusal import Refused
from app.security import scope
from app.security.roles import ACCOUNTS, ALL, DATA
from app.views.accounts.accounts import TEXT, role_name
from app.views.accounts.permission_names import GROUPS, permission_name
from app.views.base import Catalogue, Table, has_access
from app.views.catalogue_list import Related
from app.views.gates import ask_again, is_fresh
from app.views.keeping import expose


def _tick_boxes(field: "PermissionsField", **_kw: Any) -> Markup:
    """A box for each permission, with what it opens, in groups."""
    ticked = {value: chosen for value, _, chosen, _ in field.iter_choices()}
    parts = []
    for title, group in GROUPS:
        lines = [
            Markup(
                '<li><label><input type="checkbox" name="{}" value="{}"{}> <strong>{}</strong></label> {}</li>'
            ).format(field.name, key, Markup(" checked") if ticked[key] else "", name, line)
            for (permission, subject), (name, line) in group.items()
            if (key := f"{permission} {subject}") in ticked
        ]
        if lines:
            listed = Markup("").join(lines)
            parts.append(Markup("<fieldset><legend>{}</legend><ul>{}</ul></fieldset>").format(title, listed))
    return Markup('<div class="permissions" id="{}">{}</div>').format(field.id, Markup("").join(parts))


class PermissionsField(SelectMultipleField):
    """Permissions that roles may hold; data is the permissions themselves.

    Those over accounts stand in the administrator role only.
    """

    widget = staticmethod(_tick_boxes)
    data: Any

    def _read(self) -> None:
        found = {(row.permission.name, row.view_menu.name): row for row in db.session.scalars(select(PermissionView))}
        self.found = {
            f"{name} {subject}": found[(name, subject)]
            for name, subject in sorted(ALL - ACCOUNTS)
            if (name, subject) in found
        }
        self.choices = [(key, key.removeprefix("can_")) for key in self.found]

    def iter_choices(self) -> Any:
        """Every permission, those given ticked."""
        self._read()
        chosen = {
            f"{row.permission.name} {row.view_menu.name}" if isinstance(row, PermissionView) else row
            for row in self.data or ()
        }
        return [(value, label, value in chosen, {}) for value, label in self.choices or ()]

    def pre_validate(self, form: Any) -> None:
        """Only permissions that may be given."""
        self._read()
        self.data = [self.found[key] for key in self.data or () if key in self.found]


def _name_of(role: Role) -> str:
    return str(role_name(role.name))


class RoleView(Catalogue):
    """Roles, as administrators edit them."""

    datamodel = Table(Role)
    route_base = "/roles"
    class_permission_name = "Roles"
    told = staticmethod(_name_of)
    list_title = lazy_gettext("Vai trò")
    show_title = lazy_gettext("Vai trò")
    add_title = lazy_gettext("Thêm vai trò")
    edit_title = lazy_gettext("Sửa vai trò")
    intro = lazy_gettext(
        "Dù đánh dấu gì ở đây, tài khoản quản trị không có quyền xem dữ liệu, tài khoản quản lý và người dùng không có"
        " quyền với tài khoản. Quyền dữ liệu thêm vào hoặc bỏ khỏi một vai trò chỉ có hiệu lực khi lãnh đạo hoặc người"
        " quản lý cấp cao nhất xác nhận."
    )
    list_columns = ["name"]
    show_columns = ["name", "permissions"]
    search_columns = ["name"]
    related = (Related(lazy_gettext("Tài khoản có vai trò này"), "AccountView", "roles", ("can_read", "Accounts")),)
    order_columns = ["name"]
    base_order = ("name", "asc")
    add_columns = ["name", "permissions"]
    edit_columns = ["permissions"]
    label_columns = {"name": lazy_gettext("Tên"), "permissions": lazy_gettext("Quyền")}
    formatters_columns = {
        "name": role_name,
        "permissions": lambda rows: ", ".join(sorted(map(permission_name, rows))),
    }
    _permissions = PermissionsField(lazy_gettext("Quyền"))
    add_form_extra_fields = {
        "name": StringField(lazy_gettext("Tên"), [InputRequired(), Length(max=60)], render_kw=TEXT),
        "permissions": _permissions,
    }
    edit_form_extra_fields = {"permissions": _permissions}

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: Any) -> Any:
        """The form, for an administrator who has just shown who they are."""
        return super().edit.__wrapped__(self, pk) if is_fresh() else ask_again()

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """The form, for an administrator who has just shown who they are."""
        return super().add.__wrapped__(self) if is_fresh() else ask_again()

    def pre_add(self, item: Role) -> None:
        """A new role begins without permissions over data; those wait for confirmation like any that are added."""
        self._ask(item, list(item.permissions), [])

    def pre_update(self, item: Role) -> None:
        """The administrator role stays as it is; what lets a role's holders reach more or less waits for confirmation.

        Raises Refused.
        """
        if item.name == "administrator":
            raise Refused(gettext("vai trò “Quản trị tài khoản” không sửa được"), "permissions")
        history = inspect(item).attrs.permissions.history
        self._ask(item, list(history.added), list(history.deleted))

    @staticmethod
    def _ask(item: Role, added: list[PermissionView], removed: list[PermissionView]) -> None:
        # Through what a role may do those are found who confirm: taking it off is as grave as adding to it.
        asked = 0
        for rows, removal in ((added, False), (removed, True)):
            for row in rows:
                if (row.permission.name, row.view_menu.name) not in DATA:
                    continue
                (item.permissions.append if removal else item.permissions.remove)(row)
                by = scope.current(db.session()).name
                ask_role_change(db.session(), item, row.permission.name, row.view_menu.name, removal, by)
                asked += 1
        if asked:
            said = gettext(
                "%(number)s thay đổi về quyền dữ liệu chờ lãnh đạo hoặc người quản lý cấp cao nhất xác nhận",
                number=asked,
            )
            flash(said, "warning")
