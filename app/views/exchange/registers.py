"""Bringing in an Excel register: the template, a preview that lists every row's problems, then all rows or none."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import current_app, flash, g, redirect, request, send_file, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import Length

from app.clock import today
from app.extensions import db
from app.jobs.asking import REGISTER
from app.law.steps import BY_KEY, PETITION
from app.operations.exchange.register_headings import COLUMNS as ALL_COLUMNS
from app.operations.exchange.register_headings import HEADING_OF, RegisterColumn
from app.operations.exchange.register_held import held, hold, let_go
from app.operations.exchange.register_in import (
    RegisterFile,
    RegisterReport,
    check_register,
    import_register,
    imported_before,
    imported_twice,
)
from app.operations.exchange.register_left_out import write_left_out
from app.operations.exchange.register_matter_headings import RARE
from app.operations.exchange.register_names import name_headings, names_of
from app.operations.exchange.register_read import Register, read_register
from app.operations.exchange.register_receptions import (
    HEADINGS,
    READ,
    RECEPTIONS,
    TEMPLATE,
    check_receptions,
    import_receptions,
    read_receptions,
)
from app.operations.exchange.register_template import write_template
from app.operations.refusal import Refused
from app.reporting.workbook import XLSX
from app.security.manager import permissions
from app.text.tcvn6909 import DECODERS
from app.views.base import Screen, has_access
from app.views.fields import FlaskForm
from app.views.jobs.asked import ask
from app.views.keeping import add_error, expose, keep

MOST_SAID = 40  # warnings after an import; the preview shows them all
COLUMNS = [column for column in ALL_COLUMNS[:-1] if column.key not in RARE]
LEFT_OUT = "cac-dong-co-loi.xlsx"
ASKED = ("anonymous", "again", "closed", "sort")  # what the form asks before it goes on with the same file


class UploadForm(FlaskForm):
    """The register's file, or the one that was previewed."""

    sort = SelectField(lazy_gettext("Loại sổ"), default="", render_kw={"class": "form-control"})
    file = FileField(lazy_gettext("Tệp sổ (.xlsx hoặc .csv)"), render_kw={"accept": ".xlsx,.csv"})
    encoding = SelectField(lazy_gettext("Bảng mã của tệp .csv"), default="", render_kw={"class": "form-control"})
    anonymous = BooleanField(lazy_gettext("Sổ không có cột họ tên: nhập tất cả là đơn nặc danh"))
    again = BooleanField(lazy_gettext("Nhập lại tệp đã nhập"))
    closed = StringField(
        lazy_gettext("Hồ sơ trong sổ đã xong: nơi có kết quả (để trống: vẫn đang giải quyết)"),
        [Length(max=120)],
        render_kw={"class": "form-control", "autocomplete": "off"},
    )
    held = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sort.choices = [("", gettext("Sổ đơn")), (RECEPTIONS, gettext("Sổ tiếp công dân"))]
        if ("can_write", "Receptions") not in permissions():
            del self.sort
        if not may_close():
            del self.closed
        self.encoding.choices = [("", gettext("Tự nhận biết")), *((name, name.upper()) for name in DECODERS)]


def may_close() -> bool:
    """True for who may close records of before the day from which the unit uses the software."""
    able = (BY_KEY[(PETITION, "close")].permission, "Petitions") in permissions()
    return able and g.user.unit is not None and g.user.unit.uses_from is not None


def _of_receptions(form: UploadForm) -> bool:
    return "sort" in form and form.sort.data == RECEPTIONS


def _columns(form: UploadForm) -> list[RegisterColumn]:
    """What a heading that was not recognised may mean."""
    if _of_receptions(form):
        return [RegisterColumn(key, HEADINGS[key]) for key in HEADINGS if key in READ - {"ignored", "unit"}]
    return COLUMNS


def _headings(form: UploadForm) -> Mapping[str, str]:
    return HEADINGS if _of_receptions(form) else HEADING_OF


def _closed_in(form: UploadForm) -> str:
    """Where the results of the register's records are told, where they are said to be finished."""
    return (form.closed.data or "") if "closed" in form else ""


class RegisterView(Screen):
    """Excel registers."""

    route_base = "/registers"
    class_permission_name = "Registers"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("import")
    def register(self) -> Any:
        """Upload, preview, import. The previewed file is held sealed, so that it need not be chosen again."""
        form = UploadForm()
        register = None
        name = ""
        before = []
        unknown: list[str] = []
        if form.validate_on_submit():
            try:
                data, name = self._file(form)
                self._name_headings(form)
                if "import" in request.form or "good" in request.form:
                    return self._import(form, data, name)
                register = self._preview(form, data, name)
                if "bad" in request.form:
                    return self._bad(form, register)
                before = imported_before(db.session(), data, g.user.unit.code)
                self._hold(form, data, name)
            except Refused as refused:
                db.session.rollback()
                unknown = getattr(refused, "unknown", [])
                if refused.field in ASKED or unknown:
                    self._hold(form, data, name)
                elif not name:
                    form.held.data = ""
                add_error(form, Refused(refused.message, refused.field if refused.field in ASKED else "file"))
        return self.render(
            "exchange/register.html",
            form=form,
            register=register,
            name=name,
            before=before,
            columns=_columns(form),
            unknown=register.unknown if register else unknown,
        )

    @staticmethod
    def _name_headings(form: UploadForm) -> None:
        """What was said of columns that were not recognised is remembered for the unit. Raises Refused."""
        given = dict(zip(request.form.getlist("heading"), request.form.getlist("column"), strict=False))
        if given:
            name_headings(db.session(), g.user.unit, given, _headings(form).keys())
            keep()

    def _file(self, form: UploadForm) -> tuple[bytes, str]:
        """The chosen file, else the one that was previewed. Raises Refused."""
        if form.file.data and form.file.data.filename:
            form.held.data = ""
            return form.file.data.read(), form.file.data.filename
        if not form.held.data:
            raise Refused(gettext("chọn tệp sổ"))
        return held(db.session(), g.user.id, form.held.data, datetime.now(UTC))

    def _hold(self, form: UploadForm, data: bytes, name: str) -> None:
        if not form.held.data:
            form.held.data = hold(db.session(), g.user.id, data, name, datetime.now(UTC))
            keep()

    def _preview(self, form: UploadForm, data: bytes, name: str) -> Register:
        unit = g.user.unit.code
        names = names_of(db.session(), unit)
        if _of_receptions(form):
            register = read_receptions(data, name, unit, form.encoding.data or None, names)
            check_receptions(db.session(), register, today(), unit)
            return register
        register = read_register(data, name, unit, form.encoding.data or None, form.anonymous.data, names)
        check_register(db.session(), register, today(), unit)
        return register

    @staticmethod
    def _bad(form: UploadForm, register: Register) -> Any:
        """The rows with problems, to be mended and imported by themselves."""
        target = io.BytesIO()
        write_left_out(register.bad, target, _headings(form))
        target.seek(0)
        return send_file(target, XLSX, as_attachment=True, download_name=LEFT_OUT)

    def _import(self, form: UploadForm, data: bytes, name: str) -> Any:
        unit = g.user.unit.code
        if form.held.data:
            let_go(db.session(), g.user.id, form.held.data, datetime.now(UTC))
        if len(data) > current_app.config["IMPORT_AT_ONCE"]:
            return self._ask(form, data, name)
        of_receptions = _of_receptions(form)
        taken = import_receptions if of_receptions else import_register
        report = taken(
            db.session(),
            RegisterFile(
                data,
                name,
                unit,
                form.encoding.data or None,
                form.anonymous.data,
                "good" in request.form,
                _closed_in(form),
            ),
            today(),
            unit,
            g.user.username,
            form.again.data,
        )
        if of_receptions:
            flash(gettext("Đã nhập %(number)s lượt tiếp", number=report.added["reception"]), "success")
        else:
            flash(gettext("Đã nhập %(number)s đơn", number=report.added["petition"]), "success")
        for warning in report.warnings[:MOST_SAID]:
            flash(warning, "info")
        if report.left_out:
            return self._rest(form, report)
        return redirect(url_for("ReceptionView.receptions" if of_receptions else "PetitionView.petitions"))

    def _rest(self, sent: UploadForm, report: RegisterReport) -> Any:
        """The page with the rows that were left out, which are held instead of the file."""
        target = io.BytesIO()
        write_left_out(report.left_out, target, _headings(sent))
        form = UploadForm(formdata=None)
        for name in ("sort", "closed", "anonymous"):
            if name in form:
                form[name].data = sent[name].data
        form.held.data = hold(db.session(), g.user.id, target.getvalue(), LEFT_OUT, datetime.now(UTC))
        keep()
        register = Register(report.left_out, [], set())
        return self.render(
            "exchange/register.html",
            form=form,
            register=register,
            name=LEFT_OUT,
            before=[],
            columns=COLUMNS,
            unknown=[],
        )

    @staticmethod
    def _ask(form: UploadForm, data: bytes, name: str) -> Any:
        """A job imports the file. Raises Refused, also where it was imported before and nobody said again."""
        before = imported_before(db.session(), data, g.user.unit.code)
        if before and not form.again.data:
            raise Refused(imported_twice(before), "again")
        arguments = {"name": name, "encoding": form.encoding.data or None, "closed": _closed_in(form)}
        arguments |= {"sort": RECEPTIONS} if _of_receptions(form) else {}
        return ask(
            REGISTER,
            arguments | {"anonymous": form.anonymous.data, "again": form.again.data} | {"good": "good" in request.form},
            data,
        )

    @expose("/template")
    @has_access
    @permission_name("import")
    def template(self) -> Any:
        """The template to fill in, of petitions or of receptions."""
        target = io.BytesIO()
        name = "mau-so-don.xlsx"
        if request.args.get("sort") == RECEPTIONS:
            name = "mau-so-tiep-cong-dan.xlsx"
            write_template(target, TEMPLATE, ("received_on",), "Sổ tiếp công dân")
        else:
            write_template(target)
        target.seek(0)
        return send_file(target, XLSX, as_attachment=True, download_name=name)
