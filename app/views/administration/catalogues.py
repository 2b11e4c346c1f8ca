"""Catalogues that Flask-AppBuilder draws: units, the calendar."""

from dataclasses import asdict
from typing import Any

from flask import flash, g, jsonify, request
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from sqlalchemy import inspect, select
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.extensions import db
from app.jobs.asking import ask_recount
from app.models import Holiday, HolidayYear, Unit
from app.operations import places
from app.operations.accounts.acts import widened_by_unit
from app.operations.accounts.confirmations import ask_policy
from app.operations.refusal import Refused
from app.operations.units import place_unit
from app.security import audit, scope
from app.security.policies import is_weaker
from app.text.fold import fold, words
from app.views.base import Catalogue, Screen, Table, has_access
from app.views.catalogue_list import Related
from app.views.fields import DayField, GlossaryField, UnitField, YearField, ever
from app.views.gates import ask_again, is_fresh
from app.views.jobs.asked import remember
from app.views.keeping import expose
from app.views.labels import day, say

TEXT = {"class": "form-control"}


class UnitView(Catalogue):
    """Agencies. Names are public; nothing here tells what a unit has received."""

    datamodel = Table(Unit)
    route_base = "/units"
    class_permission_name = "Units"
    list_title = lazy_gettext("Đơn vị")
    show_title = lazy_gettext("Đơn vị")
    add_title = lazy_gettext("Thêm đơn vị")
    edit_title = lazy_gettext("Sửa đơn vị")
    list_columns = ["code", "name", "level", "valid_from", "valid_to"]
    show_columns = ["code", "name", "level", "parent", "oversees", "sign_in_policy"]
    show_columns += ["valid_from", "valid_to", "uses_from", "into"]
    search_columns = ["code", "name", "parent"]
    related = (
        Related(lazy_gettext("Đơn vị trực thuộc"), "UnitView", "parent", ("can_read", "Units")),
        Related(lazy_gettext("Tài khoản của đơn vị"), "AccountView", "unit", ("can_read", "Accounts")),
    )
    order_columns = ["code", "name", "level", "valid_from", "valid_to"]
    base_order = ("path", "asc")
    add_columns = ["code", "name", "level", "parent", "oversees", "valid_from"]
    edit_columns = ["name", "oversees", "sign_in_policy", "valid_from", "valid_to", "uses_from", "into"]
    label_columns = {
        "code": lazy_gettext("Mã đơn vị"),
        "name": lazy_gettext("Tên đơn vị"),
        "level": lazy_gettext("Cấp"),
        "parent": lazy_gettext("Thuộc"),
        "oversees": lazy_gettext("Theo dõi toàn bộ"),
        "valid_from": lazy_gettext("Có từ ngày"),
        "valid_to": lazy_gettext("Đến hết ngày"),
        "uses_from": lazy_gettext("Dùng phần mềm từ ngày"),
        "into": lazy_gettext("Sáp nhập vào"),
        "sign_in_policy": lazy_gettext("Cách đăng nhập"),
    }
    formatters_columns = {
        "sign_in_policy": lambda value: say("sign_in_policy", value) or gettext("theo đơn vị cấp trên"),
        "level": lambda value: say("level", value),
        "valid_from": day,
        "valid_to": day,
        "uses_from": day,
    }
    add_form_extra_fields = {
        "code": StringField(lazy_gettext("Mã đơn vị"), [InputRequired(), Length(max=80)], render_kw=TEXT),
        "name": StringField(lazy_gettext("Tên đơn vị"), [InputRequired(), Length(max=250)], render_kw=TEXT),
        "level": GlossaryField(lazy_gettext("Cấp"), group="level"),
        "parent": UnitField(lazy_gettext("Thuộc (mã đơn vị)"), [Optional()], name="parent"),
        "oversees": UnitField(lazy_gettext("Theo dõi toàn bộ (mã đơn vị)"), [Optional()], name="oversees"),
        "valid_from": DayField(lazy_gettext("Có từ ngày"), [Optional()], latest=ever),
    }
    edit_form_extra_fields = {
        "name": StringField(lazy_gettext("Tên đơn vị"), [InputRequired(), Length(max=250)], render_kw=TEXT),
        "oversees": UnitField(lazy_gettext("Theo dõi toàn bộ (mã đơn vị)"), [Optional()], name="oversees"),
        "sign_in_policy": GlossaryField(
            lazy_gettext("Cách đăng nhập"), group="sign_in_policy", empty=lazy_gettext("theo đơn vị cấp trên")
        ),
        "valid_from": DayField(lazy_gettext("Có từ ngày"), [Optional()], latest=ever),
        "valid_to": DayField(lazy_gettext("Đến hết ngày"), [Optional()], latest=ever),
        "uses_from": DayField(
            lazy_gettext("Dùng phần mềm từ ngày"),
            [Optional()],
            description=lazy_gettext("Việc hết hạn trước ngày này được tách riêng, không tính là quá hạn."),
        ),
        "into": UnitField(lazy_gettext("Sáp nhập vào (mã đơn vị)"), [Optional()], name="into"),
    }

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """The form, for an administrator who has just shown who they are."""
        return super().add.__wrapped__(self) if is_fresh() else ask_again()

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: Any) -> Any:
        """The form, for an administrator who has just shown who they are."""
        return super().edit.__wrapped__(self, pk) if is_fresh() else ask_again()

    def pre_add(self, item: Unit) -> None:
        """The new unit has its place in the tree."""
        item.code = " ".join((item.code or "").split())
        place_unit(item, item.parent)

    def pre_update(self, item: Unit) -> None:
        """The period of validity is possible; who comes to oversee more waits for confirmation. Raises Refused."""
        item.sign_in_policy = item.sign_in_policy or None
        self._policy(item)
        if item.oversees is not None and inspect(item).attrs.oversees.history.has_changes():
            widened_by_unit(db.session(), item)
        if item.valid_from and item.valid_to and item.valid_to < item.valid_from:
            raise Refused(gettext("ngày hết hiệu lực trước ngày có hiệu lực"), "valid_to")

    @staticmethod
    def _policy(item: Unit) -> None:
        """A stronger way to sign in holds at once; a weaker one waits for somebody who leads the unit."""
        history: Any = inspect(item).attrs.sign_in_policy.history
        if not history.has_changes():
            return
        before = (history.deleted or [None])[0]
        wanted = item.sign_in_policy
        if is_weaker(item, before, wanted):
            item.sign_in_policy = before
            ask_policy(db.session(), item, wanted, scope.current(db.session()).name)
            flash(
                gettext(
                    "Cách đăng nhập nhẹ hơn chờ lãnh đạo hoặc người quản lý của đơn vị (không có thì cấp trên) quyết"
                    " định"
                ),
                "warning",
            )
        else:
            audit.record(db.session(), "unit.policy", detail={"unit": item.code, "policy": wanted})


class SuggestView(Screen):
    """Names of units for the fields that take a code."""

    route_base = "/units"
    class_permission_name = "Units"

    @expose("/suggest")
    @has_access
    @permission_name("read")
    def suggest(self) -> Any:
        """Up to twenty units whose code or name holds what was typed, diacritics aside."""
        typed = [fold(word) for word in words(request.args.get("q", ""))][:5]
        found = []
        for unit in db.session.scalars(select(Unit).order_by(Unit.code)):
            name = " ".join(fold(word) for word in words(f"{unit.code} {unit.name}"))
            if all(word in name for word in typed):
                found.append({"code": unit.code, "name": unit.name})
            if len(found) == 20:
                break
        return jsonify(found)


class PlaceView(Screen):
    """Provinces and communes for the fields that take an address."""

    route_base = "/places"
    class_permission_name = "Units"

    @expose("/suggest", methods=["POST"])
    @has_access
    @permission_name("read")
    def suggest(self) -> Any:
        """What the end of the typed address may mean. By POST: an address of a petitioner stands in no log."""
        return jsonify([asdict(offer) for offer in places.offers(db.session(), request.form.get("typed", "")[:300])])


class CalendarTable(Table):
    """A table of the calendar: with each change a job is asked for that recounts every open deadline."""

    def _store(self, change: Any) -> None:
        def both() -> None:
            change()
            self.session.flush()
            ask_recount(self.session, g.user)

        super()._store(both)


class _CalendarView(Catalogue):
    class_permission_name = "Holidays"
    include_route_methods = {"list", "show", "add", "edit", "delete"}

    def post_add(self, item: Any) -> None:
        """The administrator is told where to look."""
        remember()
        flash(gettext("Đang tính lại các thời hạn đang chạy; tiến độ ở màn hình Việc chạy nền"), "info")

    post_update = post_delete = post_add


class HolidayView(_CalendarView):
    """Days off and working weekend days."""

    datamodel = CalendarTable(Holiday)
    route_base = "/holidays"
    list_title = lazy_gettext("Ngày nghỉ")
    show_title = lazy_gettext("Ngày nghỉ")
    add_title = lazy_gettext("Thêm ngày nghỉ")
    edit_title = lazy_gettext("Sửa ngày nghỉ")
    intro = lazy_gettext(
        "Ngày nghỉ lễ, nghỉ bù và ngày làm bù của công chức. Sửa ở đây thì mọi thời hạn đang chạy được tính lại."
    )
    list_columns = show_columns = ["day", "kind", "doubtful", "name"]
    add_columns = edit_columns = ["day", "kind", "doubtful", "name"]
    search_columns = ["name"]
    order_columns = ["day", "kind", "doubtful", "name"]
    base_order = ("day", "desc")
    label_columns = {
        "day": lazy_gettext("Ngày"),
        "kind": lazy_gettext("Nghỉ hay làm"),
        "doubtful": lazy_gettext("Chưa rõ căn cứ"),
        "name": lazy_gettext("Tên"),
    }
    formatters_columns = {
        "day": day,
        "kind": lambda value: say("holiday_kind", value),
        "doubtful": lambda value: gettext("Có") if value else "",
    }

    add_form_extra_fields = edit_form_extra_fields = {
        "day": DayField(lazy_gettext("Ngày"), [InputRequired()], latest=ever),
        "kind": GlossaryField(lazy_gettext("Nghỉ hay làm"), group="holiday_kind"),
        "doubtful": BooleanField(lazy_gettext("Chưa rõ căn cứ pháp lý (thời hạn dựa vào ngày này là tạm tính)")),
        "name": StringField(lazy_gettext("Tên"), [Optional(), Length(max=120)], render_kw=TEXT),
    }


class HolidayYearView(_CalendarView):
    """Years with or without an official table."""

    datamodel = CalendarTable(HolidayYear)
    route_base = "/holiday-years"
    list_title = lazy_gettext("Lịch nghỉ theo năm")
    show_title = lazy_gettext("Lịch nghỉ")
    add_title = lazy_gettext("Thêm năm")
    edit_title = lazy_gettext("Sửa năm")
    intro = lazy_gettext("Năm chưa có lịch nghỉ chính thức thì thời hạn rơi vào năm đó là tạm tính.")
    list_columns = show_columns = add_columns = ["year", "official", "paper"]
    edit_columns = ["official", "paper"]
    search_columns = ["paper"]
    order_columns = ["year", "official", "paper"]
    base_order = ("year", "desc")
    label_columns = {
        "year": lazy_gettext("Năm"),
        "official": lazy_gettext("Đã có lịch chính thức"),
        "paper": lazy_gettext("Văn bản"),
    }
    formatters_columns = {"official": lambda value: gettext("Chính thức") if value else gettext("Ước tính")}
    _paper = StringField(lazy_gettext("Văn bản"), [Optional(), Length(max=120)], render_kw=TEXT)
    _official = BooleanField(lazy_gettext("Đã có lịch chính thức"))
    add_form_extra_fields = {
        "year": YearField(lazy_gettext("Năm"), [InputRequired()], least=2000, most=2199, render_kw=TEXT),
        "official": _official,
        "paper": _paper,
    }
    edit_form_extra_fields = {"official": _official, "paper": _paper}
