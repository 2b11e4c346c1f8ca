"""The reception register: meetings with citizens, and the days announced for them."""

import uuid
from typing import Any

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from sqlalchemy import desc, select
from sqlalchemy.orm import joinedload
from wtforms import FieldList, FormField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.clock import today
from app.extensions import db
from app.models import Reception, ReceptionDay
from app.operations import receptions
from app.operations.persons import read_reception
from app.reporting import lists
from app.security import audit
from app.security.manager import permissions
from app.views.base import Screen, expose, has_access, or_404, submitted
from app.views.fields import CountField, DayField, FlaskForm, TermField, ever
from app.views.labels import choices, say
from app.views.opening import broken_body, opened
from app.views.petition_forms import PetitionerForm, filled


class ReceptionForm(FlaskForm):
    """A meeting with citizens, on one page."""

    on = DayField(lazy_gettext("Ngày tiếp"), [InputRequired()], start_today=True)
    kind = TermField(lazy_gettext("Hình thức tiếp"))
    people = CountField(lazy_gettext("Số người"), [InputRequired()], default=1, least=1, most=100_000)
    matter = StringField(lazy_gettext("Vụ việc (gõ như lần trước nếu tiếp lại)"), [Optional(), Length(max=300)], render_kw={"class": "form-control"})
    petitioners = FieldList(FormField(PetitionerForm), min_entries=2, max_entries=20, label=lazy_gettext("Người được tiếp"))
    summary = TextAreaField(lazy_gettext("Nội dung"), [Optional(), Length(max=20_000)], render_kw={"class": "form-control", "rows": 4})
    result = TextAreaField(lazy_gettext("Kết quả tiếp"), [Optional(), Length(max=5_000)], render_kw={"class": "form-control", "rows": 2})
    petition = StringField(lazy_gettext("Số đơn đã vào sổ"), [Optional(), Length(max=80)], render_kw={"class": "form-control", "autocomplete": "off"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices("reception_kind")

    def values(self) -> dict[str, Any]:
        """The values as `operations.receptions.receive` takes them."""
        return {name: self[name].data for name in ("on", "kind", "people", "matter", "summary", "result", "petition")} | {
            "petitioners": filled(self.petitioners.data)
        }


class AnnounceForm(FlaskForm):
    """A day announced."""

    on = DayField(lazy_gettext("Ngày công bố tiếp"), [InputRequired()], latest=ever)
    holder = TermField(lazy_gettext("Người tiếp"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holder.choices = [(code, say("reception_kind", code)) for code in ("head", "authorised")]


class ReceptionView(Screen):
    """Receptions."""

    route_base = "/receptions"
    class_permission_name = "Receptions"

    @expose("/")
    @has_access
    @permission_name("read")
    def receptions(self) -> Any:
        """A page of the register, newest first."""
        try:
            page = lists.receptions(db.session(), request.args.get("after"), current_app.config["PAGE_SIZE"])
        except ValueError:
            abort(400)
        bodies = {row.id: opened(read_reception, row.text, otherwise=broken_body) for row in page.rows}
        audit.record(db.session(), "reception.read", row_ids=[row.id for row in page.rows] or None)
        answer = self.render("receptions.html", rows=page.rows, next=page.next, bodies=bodies, may=permissions())
        db.session.commit()
        return answer

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def new(self) -> Any:
        """Entering a meeting."""
        form = ReceptionForm()
        if reception := submitted(form, lambda: receptions.receive(db.session(), g.user.unit, form.values(), g.user.username, today())):
            flash(gettext("Đã vào sổ tiếp công dân số %(number)s", number=reception.number), "success")
            return redirect(url_for("ReceptionView.receptions"))
        return self.render("reception_new.html", form=form)

    @expose("/<uuid:key>")
    @has_access
    @permission_name("read")
    def reception(self, key: uuid.UUID) -> Any:
        """One meeting."""
        row = or_404(db.session.scalars(select(Reception).where(Reception.id == key).options(joinedload(Reception.text))).first())
        audit.record(db.session(), "reception.read", row_ids=[row.id])
        answer = self.render(
            "reception.html", reception=row, body=opened(read_reception, row.text, otherwise=broken_body), secret=bool(row.text and row.text.compartment)
        )
        db.session.commit()
        return answer

    @expose("/days", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def days(self) -> Any:
        """The announced days, and announcing one."""
        form, may_write = AnnounceForm(), ("can_write", "Receptions") in permissions()
        if request.method == "POST" and not may_write:
            abort(403)
        if submitted(form, lambda: receptions.announce(db.session(), g.user.unit, form.on.data, form.holder.data)):
            return redirect(url_for("ReceptionView.days"))
        rows = db.session.scalars(select(ReceptionDay).order_by(desc(ReceptionDay.held_on)).limit(60).options(joinedload(ReceptionDay.unit)))
        return self.render("reception_days.html", form=form, rows=list(rows), may_write=may_write)
