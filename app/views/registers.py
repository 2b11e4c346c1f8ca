"""Bringing in an Excel register: the template, a preview that lists every row's problems, then all rows or none."""

import io
from typing import Any

from flask import flash, g, redirect, request, send_file, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField

from app.clock import today
from app.extensions import db
from app.operations.refusal import Refused
from app.operations.register_in import check_register, import_register
from app.operations.register_read import Register, read_register
from app.operations.register_template import write_template
from app.text.tcvn6909 import DECODERS
from app.views.base import Screen, add_error, expose, has_access
from app.views.fields import FlaskForm
from app.views.petitions import XLSX


class UploadForm(FlaskForm):
    """The register's file."""

    file = FileField(lazy_gettext("Tệp sổ đơn (.xlsx hoặc .csv)"), [FileRequired()], render_kw={"accept": ".xlsx,.csv"})
    encoding = SelectField(lazy_gettext("Bảng mã của tệp .csv"), default="", render_kw={"class": "form-control"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.encoding.choices = [("", gettext("Tự nhận biết")), *((name, name.upper()) for name in DECODERS)]


class RegisterView(Screen):
    """Excel registers."""

    route_base = "/registers"
    class_permission_name = "Registers"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("import")
    def register(self) -> Any:
        """Upload, preview, import. The file is read again for the import: nothing of it is kept in between."""
        form, register = UploadForm(), None
        if form.validate_on_submit():
            data, name = form.file.data.read(), form.file.data.filename or ""
            try:
                if "import" in request.form:
                    return self._import(data, name, form.encoding.data or None)
                register = self._preview(data, name, form.encoding.data or None)
            except Refused as refused:
                db.session.rollback()
                add_error(form, Refused(refused.message, "file"))
        return self.render("register.html", form=form, register=register)

    def _preview(self, data: bytes, name: str, encoding: str | None) -> Register:
        register = read_register(data, name, g.user.unit.code, encoding)
        check_register(db.session(), register, today(), g.user.unit.code)
        return register

    def _import(self, data: bytes, name: str, encoding: str | None) -> Any:
        unit = g.user.unit.code
        report = import_register(db.session(), data, name, unit, encoding, today(), only_unit=unit, by=g.user.username)
        db.session.commit()
        flash(gettext("Đã nhập %(number)s đơn", number=report.added["petition"]), "success")
        for warning in report.warnings:
            flash(warning, "info")
        return redirect(url_for("PetitionView.petitions"))

    @expose("/template")
    @has_access
    @permission_name("import")
    def template(self) -> Any:
        """The template to fill in."""
        target = io.BytesIO()
        write_template(target)
        target.seek(0)
        return send_file(target, XLSX, as_attachment=True, download_name="mau-so-don.xlsx")
