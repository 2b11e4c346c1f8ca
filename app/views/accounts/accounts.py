"""Accounts and roles, for administrators. What they tick cannot widen a kind's ceiling: it is computed from
`security/roles.py` at each request; and what would let an account reach more than before waits for somebody who
leads.
"""

from typing import Any, ClassVar

from flask import current_app, flash, g, request
from flask_appbuilder.security.sqla.models import Role
from flask_babel import gettext, lazy_gettext
from sqlalchemy import inspect, select
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.clock import today
from app.extensions import db
from app.models import Account
from app.models.base import now
from app.operations.accounts.accounts import NewAccount, add_account, check_managed, check_roles, find_account
from app.operations.accounts.acts import changed_holder, widened
from app.operations.accounts.minutes import make_minutes
from app.operations.accounts.reviews import unreviewed
from app.operations.daily import crls_running_out
from app.operations.documents.state import for_administrators
from app.operations.refusal import Refused
from app.views.base import Catalogue, Table, has_access
from app.views.fields import GlossaryField, UnitField
from app.views.gates import ask_again, is_fresh
from app.views.keeping import expose
from app.views.labels import moment, say

TEXT = {"class": "form-control"}


class RolesField(SelectMultipleField):
    """Roles by name; data is the roles themselves."""

    data: Any

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
        self.typed = valuelist[0] if valuelist else ""
        self.data = []
        for identifier in self.typed.replace(",", " ").split():
            try:
                self.data.append(find_account(db.session(), identifier))
            except Refused as refused:
                raise ValueError(refused.message) from None


def told_of(act: str, acted_by: str | None, acted_at: Any, confirmed_by: str | None, confirmed_at: Any) -> str:
    """What was last done to an account, by whom, and who confirmed it."""
    done = f"{say('account_act', act)}: {acted_by or '–'}, {moment(acted_at)}"
    if not confirmed_at:
        return f"{done}; {gettext('chờ xác nhận')}"
    return f"{done}; {gettext('xác nhận: %(who)s, %(moment)s', who=confirmed_by, moment=moment(confirmed_at))}"


class AccountView(Catalogue):
    """Accounts."""

    datamodel = Table(Account)
    route_base = "/accounts"
    class_permission_name = "Accounts"
    list_title = lazy_gettext("Tài khoản")
    show_title = lazy_gettext("Tài khoản")
    add_title = lazy_gettext("Cấp tài khoản")
    edit_title = lazy_gettext("Sửa tài khoản")
    list_template = "accounts/list.html"
    show_template = "accounts/show.html"
    list_columns = ["username", "kind", "holder", "unit", "state"]
    show_columns = [
        "username",
        "kind",
        "holder",
        "holder_known",
        "unit",
        "roles",
        "manages",
        "paper",
        "state",
        "locked_until",
        "certificate",
        "signed_in_at",
        "confirmation",
        "reviewed_at",
    ]
    search_columns = ["username", "holder", "unit", "roles"]
    order_columns = ["username", "kind", "holder"]
    base_order = ("username", "asc")
    add_columns = ["username", "kind", "holder", "id_number", "unit", "roles", "manages", "paper"]
    edit_columns = ["id_number", "roles", "manages", "paper"]  # another holder is a hand-over
    label_columns = {
        "username": lazy_gettext("Tên tài khoản"),
        "kind": lazy_gettext("Loại"),
        "holder": lazy_gettext("Người giữ"),
        "holder_known": lazy_gettext("Số định danh"),
        "unit": lazy_gettext("Đơn vị"),
        "state": lazy_gettext("Tình trạng"),
        "roles": lazy_gettext("Vai trò"),
        "manages": lazy_gettext("Quản lý người dùng"),
        "paper": lazy_gettext("Văn bản cấp"),
        "locked_until": lazy_gettext("Khóa đến"),
        "signed_in_at": lazy_gettext("Đăng nhập gần nhất"),
        "confirmation": lazy_gettext("Xác nhận"),
        "certificate": lazy_gettext("Thiết bị lưu khóa"),
        "reviewed_at": lazy_gettext("Rà soát quyền gần nhất"),
    }
    formatters_columns: ClassVar[dict[str, Any]] = {
        "kind": lambda value: say("account_kind", value),
        "roles": lambda roles: ", ".join(role_name(role.name) for role in roles),
        "manages": lambda accounts: ", ".join(account.username for account in accounts),
        "state": lambda value: say("account_state", value),
        "holder_known": lambda known: gettext("đã ghi (mã băm)") if known else gettext("chưa ghi"),
        "certificate": lambda bound: f"{bound.serial} ({bound.valid_to:%d/%m/%Y})" if bound else "–",
        "confirmation": lambda last: told_of(*last),
        "locked_until": moment,
        "signed_in_at": moment,
        "reviewed_at": moment,
    }
    _holder = StringField(lazy_gettext("Người giữ (họ tên)"), [InputRequired(), Length(max=120)], render_kw=TEXT)
    # Never stored: what is kept is a keyed hash, to shut the holder out of denunciations against them.
    _id_number = StringField(
        lazy_gettext("Số định danh cá nhân của người giữ (chỉ lưu mã băm; để trống: giữ nguyên)"),
        [Optional(), Length(max=40)],
        render_kw={"class": "form-control", "autocomplete": "off", "value": ""},
    )
    _roles = RolesField(lazy_gettext("Vai trò"), render_kw={"class": "form-control", "size": 8})
    _manages = AccountsField(
        lazy_gettext("Quản lý người dùng (tên tài khoản, cách nhau dấu cách)"), [Optional()], render_kw=TEXT
    )
    _paper = StringField(
        lazy_gettext("Văn bản cấp (cần khi cấp ngoài quy định)"), [Optional(), Length(max=120)], render_kw=TEXT
    )
    add_form_extra_fields = {
        "username": StringField(
            lazy_gettext("Tên tài khoản (mã định danh, không đổi được)"),
            [InputRequired()],
            render_kw={"class": "form-control", "autocomplete": "off"},
        ),
        "kind": GlossaryField(
            lazy_gettext("Loại"), [InputRequired()], group="account_kind", empty=lazy_gettext("Chọn loại"), default=""
        ),
        "holder": _holder,
        "id_number": _id_number,
        "unit": UnitField(lazy_gettext("Đơn vị (mã)"), [InputRequired()], name="unit"),
        "roles": _roles,
        "manages": _manages,
        "paper": _paper,
    }
    edit_form_extra_fields = {"id_number": _id_number, "roles": _roles, "manages": _manages, "paper": _paper}

    @property
    def alarms(self) -> list[Account]:
        """Accounts locked again and again: somebody is guessing, or keeping the holder out."""
        query = select(Account).where(Account.locks >= current_app.config["LOCKS_ALARM"]).order_by(Account.username)
        return list(db.session.scalars(query))

    @property
    def unreviewed(self) -> int:
        """How many accounts' rights nobody has looked at for half a year."""
        return unreviewed(db.session(), today())

    @property
    def crl_alarms(self) -> list[str]:
        """Authorities whose list of revoked certificates is missing or about to run out: then nobody gets in by
        token.
        """
        return crl_alarms()

    @property
    def held_documents(self) -> list[str]:
        """What documents wait for, in numbers."""
        return for_administrators(db.session())

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """The form; once granted, the page that shows the initial password, once."""
        if not is_fresh():
            return ask_again()
        widget = self._add()
        if widget:
            return self.render_template(self.add_template, title=self.add_title, widgets=widget)
        return self.render_template(
            "accounts/granted.html", account=g.granted, password=g.initial_password, minutes=g.minutes, advice=g.advice
        )

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: Any) -> Any:
        """The form, for an administrator who has just shown who they are."""
        return super().edit.__wrapped__(self, pk) if is_fresh() else ask_again()

    def _add(self) -> Any:
        """The form; granted by the one operation that grants, in one transaction with its record."""
        form = self.add_form.refresh()
        if request.method == "POST" and form.validate() and self._try(form, lambda: self._grant(form)):
            return None
        return self._get_add_widget(form=form)

    @staticmethod
    def _grant(form: Any) -> None:
        session = db.session()
        roles = [role.name for role in form.roles.data]
        manages = [account.username for account in form.manages.data or ()]
        asked = NewAccount(
            form.username.data,
            form.kind.data,
            form.unit.data,
            roles,
            manages,
            form.holder.data,
            form.paper.data or None,
            form.id_number.data or "",
        )
        try:
            g.granted, g.initial_password, g.advice = add_account(session, asked)
        except Refused as refused:
            raise Refused(refused.message, "username" if refused.field == "identifier" else refused.field) from None
        g.minutes = make_minutes(session, "grant", g.granted, g.granted.paper)
        session.flush()

    def pre_update(self, item: Account) -> None:
        """Roles fit the kind; more of them than before, and another identity number, wait for confirmation.

        Raises Refused.
        """
        check_roles(item.kind, item.roles)
        check_managed(item.kind, item.manages)
        session = db.session()
        state: Any = inspect(item)
        if item.id_number and item.id_number.strip() and changed_holder(session, item, item.id_number):
            flash(
                gettext(
                    "Đã ghi số định danh: tài khoản không mở dữ liệu cho đến khi lãnh đạo hoặc người quản lý xác nhận"
                ),
                "warning",
            )
        if state.attrs.roles.history.added or state.attrs.manages.history.added:
            widened(session, [item])
            flash(
                gettext(
                    "Quyền rộng hơn trước: tài khoản không mở dữ liệu cho đến khi lãnh đạo hoặc người quản lý xác nhận"
                ),
                "warning",
            )


def crl_alarms() -> list[str]:
    """A sentence for each authority whose CRL is missing, has run out or is about to."""
    found = []
    for authority, end in crls_running_out(now()):
        if end is None:
            found.append(
                gettext(
                    "Thiếu danh sách thu hồi của %(name)s: không ai đăng nhập được bằng thiết bị lưu khóa",
                    name=authority,
                )
            )
        else:
            names = {"name": authority, "moment": moment(end)}
            found.append(
                gettext(
                    "Danh sách thu hồi của %(name)s hết hạn lúc %(moment)s; quá giờ đó không ai đăng nhập được bằng"
                    " thiết bị lưu khóa",
                    **names,
                )
            )
    return found
