"""Statutory forms on screen: computed for a unit and a period, checked, exported as .xlsx; 06/QLKNTC typed in."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import current_app, flash, g, redirect, request, send_file, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import SelectField
from wtforms.validators import Optional

from app.clock import today
from app.extensions import db, limiter
from app.jobs.asking import FORM
from app.jobs.kinds import form_name
from app.law.forms import Column
from app.law.forms.registry import CURRENT, TYPED, NoSuchForm, find_form
from app.law.periods import current_quarter, periods_of, reporting_year
from app.models import TypedForm, Unit
from app.operations import typed_forms
from app.operations.refusal import Refused
from app.operations.units import count_below
from app.reporting.filling import Filled, fill, fill_folded
from app.reporting.workbook import XLSX, heading_spans, ms_text, write_form
from app.security import audit
from app.security.manager import permissions
from app.security.scope import current
from app.text.typed import number_of
from app.views.base import Screen, has_access
from app.views.fields import AmountField, CountField, DayField, FlaskForm, Form, UnitField, reported
from app.views.gates import account_key
from app.views.jobs.asked import ask
from app.views.keeping import add_error, expose, submitted


class ChooseForm(Form):
    """Which form, which unit, which period; it stands in the address."""

    form = SelectField(lazy_gettext("Biểu"), render_kw={"class": "form-control"})
    period = SelectField(lazy_gettext("Kỳ báo cáo"), render_kw={"class": "form-control"}, validate_choice=False)
    start = DayField(lazy_gettext("hoặc từ ngày"), [Optional()], latest=reported)
    end = DayField(lazy_gettext("đến ngày"), [Optional()], latest=reported)
    unit = UnitField(lazy_gettext("Đơn vị (và các đơn vị trực thuộc)"), name="unit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.choices = [(form.key, f"{form.key} – {form.title}") for form in CURRENT.forms]
        year = reporting_year(today())
        self.period.choices = [
            (f"{p.key}-{y}", p.name) for y in (year, year - 1) for p in periods_of(y) if p.end >= CURRENT.since
        ]

    def dates(self) -> tuple[date, date]:
        """The period: typed days first, then the named one, then the quarter we are in. Raises Refused."""
        if self.start.data and self.end.data:
            if self.end.data < self.start.data:
                raise Refused(gettext("Ngày cuối kỳ trước ngày đầu kỳ; sửa lại một trong hai ngày"), "end")
            return self.start.data, self.end.data
        key, _, year = (self.period.data or "").partition("-")
        if (found := number_of(year, 2200)) and found > 2000:
            for period in periods_of(found):
                if period.key == key:
                    return period.start, period.end
        quarter = current_quarter(today())
        self.period.data = f"{quarter.key}-{reporting_year(today())}"
        return quarter.start, quarter.end


def default_unit() -> Unit:
    """The unit whose subtree the account reports on: what it oversees, else its own."""
    unit: Unit = g.user.unit.oversees or g.user.unit
    return unit


def opens(unit: Unit) -> bool:
    """True where the account's facts reach the unit."""
    return current(db.session()).facts.covers(unit.path, unit.id)


def checked_unit(unit: Unit | None) -> Unit:
    """The unit, where the account's facts reach all of it. Raises Refused."""
    unit = unit or default_unit()
    if not opens(unit):
        raise Refused(
            gettext("Đơn vị này nằm ngoài phạm vi của tài khoản; chọn đơn vị mình hoặc đơn vị cấp dưới"), "unit"
        )
    return unit


def _back_to_the_form() -> Any:
    asked: dict[str, Any] = request.args.to_dict()
    return redirect(url_for("FormView.form", **asked))


class FormView(Screen):
    """Statutory forms."""

    route_base = "/forms"
    class_permission_name = "Forms"

    @expose("/")
    @has_access
    @permission_name("read")
    def form(self) -> Any:
        """The form on screen, folded to the level below; a broken rule in red with its text."""
        chosen = self._chosen()
        filled = self._fill(chosen, fill_folded)
        return self.render(
            "reports/forms.html",
            chosen=chosen,
            filled=filled,
            ms_text=ms_text,
            may_type=("can_type", "Forms") in permissions(),
            typed=TYPED,
            headings=heading_rows(filled) if filled else [],
            address=dict(request.args),
            opens=opens,
        )

    @expose("/export")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("read")
    def export(self) -> Any:
        """The same form as .xlsx, a row for each unit: at once, or by a job where it has many units."""
        chosen = self._chosen()
        found = self._period_and_unit(chosen)
        if found is None:
            return _back_to_the_form()
        start, end, unit = found
        if count_below(db.session(), unit) > current_app.config["FORM_AT_ONCE"]:
            arguments = {
                "form": chosen.form.data,
                "unit": unit.code,
                "start": start.isoformat(),
                "end": end.isoformat(),
            }
            try:
                return ask(FORM, arguments)
            except Refused as refused:
                db.session.rollback()
                flash(refused.message[:1].upper() + refused.message[1:], "warning")
                return redirect(url_for("JobView.jobs"))
        filled = self._fill(chosen, fill)
        if filled is None:
            return _back_to_the_form()
        target = io.BytesIO()
        write_form(filled, target)
        audit.record(db.session(), "form.exported", detail={"form": filled.form.key, "unit": filled.unit.code})
        target.seek(0)
        return send_file(target, XLSX, as_attachment=True, download_name=form_name(filled))

    def _period_and_unit(self, chosen: ChooseForm) -> tuple[date, date, Unit] | None:
        """What the address names, where it names something this account may have."""
        if request.args and not chosen.validate():
            return None
        try:
            return (*chosen.dates(), checked_unit(chosen.unit.data))
        except Refused:
            return None  # the screen it leads to says so

    def _chosen(self) -> ChooseForm:
        chosen = ChooseForm(request.args)
        if not chosen.form.data or chosen.form.data == "None":
            chosen.form.data = "02/XLD"
        return chosen

    def _fill(self, chosen: ChooseForm, how: Callable[..., Filled]) -> Filled | None:
        if request.args and not chosen.validate():
            return None
        try:
            start, end = chosen.dates()
            unit = checked_unit(chosen.unit.data)
            chosen.unit.data = unit
            chosen.unit.typed = unit.code
            return how(db.session(), chosen.form.data, unit, start, end)
        except NoSuchForm as trouble:
            flash(str(trouble)[:1].upper() + str(trouble)[1:], "danger")
        except Refused as refused:
            add_error(chosen, refused)
        return None

    @expose("/typed", methods=["GET", "POST"])
    @has_access
    @permission_name("type")
    def typed(self) -> Any:
        """Typing 06/QLKNTC for one's own unit and a period."""
        chosen = ChooseForm(request.args)
        try:
            start, end = chosen.dates()
            shape = find_form(TYPED, end)
        except (NoSuchForm, Refused) as trouble:
            flash(str(trouble)[:1].upper() + str(trouble)[1:], "danger")
            return redirect(url_for("FormView.form"))
        entries = {f"c{column.number}": entry_field(column) for column in shape.columns}
        form_class = type("TypedEntryForm", (FlaskForm,), entries)
        found = db.session.scalars(
            select(TypedForm).where(
                TypedForm.unit_id == g.user.unit_id,
                TypedForm.form == TYPED,
                TypedForm.start_on == start,
                TypedForm.end_on == end,
            )
        ).first()
        form = form_class(data={f"c{number}": value for number, value in (found.values if found else {}).items()})

        def type_in() -> None:
            values = {str(column.number): form[f"c{column.number}"].data for column in shape.columns}
            typed_forms.type_in(db.session(), g.user.unit, TYPED, start, end, values)

        if submitted(form, type_in):
            flash(gettext("Đã ghi biểu %(form)s", form=TYPED), "success")
            return redirect(
                url_for(
                    "FormView.form", form=TYPED, start=f"{start:%d/%m/%Y}", end=f"{end:%d/%m/%Y}", unit=g.user.unit.code
                )
            )
        return self.render("reports/typed_form.html", form=form, shape=shape, start=start, end=end)


def entry_field(column: Column) -> Any:
    """What a column is typed in: money and land are amounts, all else is counted."""
    return (AmountField if column.decimals else CountField)(" – ".join(column.heading), [Optional()])


def heading_rows(filled: Filled) -> list[list[tuple[str, int, int]]]:
    """The merged headings as table rows: (text, columns spanned, rows spanned)."""
    headings = [column.heading for column in filled.form.columns]
    depth = max(map(len, headings))
    return [
        [
            (headings[start][level], end - start + 1, depth - level if len(headings[start]) == level + 1 else 1)
            for start, end in heading_spans(headings, level)
        ]
        for level in range(depth)
    ]
