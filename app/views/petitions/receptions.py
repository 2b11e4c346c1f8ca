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
from app.extensions import db, limiter
from app.law import secrecy
from app.law.crowds import CROWD
from app.models import Petition, Reception, ReceptionDay
from app.operations import search
from app.operations.content import beside_names, denouncers_behind, shown_reception, strings_in
from app.operations.corrections import of_receptions
from app.operations.petitions import receptions
from app.operations.reception_text import closes
from app.operations.records import RECEPTION_PARTS
from app.operations.refusal import Refused
from app.operations.secrecy import identity
from app.reporting import reception_list
from app.reporting.list_book import NAMES_COST
from app.reporting.lists import Page
from app.reporting.reception_book import write_receptions
from app.reporting.reception_list import ReceptionFilters
from app.security import audit
from app.security.manager import permissions
from app.security.scope import current
from app.views import columns, in_list
from app.views.acts import act_of
from app.views.base import Screen, has_access, or_404, warn_of_identity
from app.views.exporting import exported, workbook
from app.views.fields import CountField, DayField, FlaskForm, ReasonForm, TermField, ever
from app.views.filters import MOST_LOOSER, ReceptionFilterForm, narrowed
from app.views.gates import account_key
from app.views.keeping import carry_out, expose, submitted
from app.views.labels import choices, number, say
from app.views.opening import broken_body, opened
from app.views.paging import SIZES, Asked, asked
from app.views.petitions.forms import PetitionerForm, RespondentForm, filled, respondents


class ReceptionForm(FlaskForm):
    """A meeting with citizens, on one page."""

    on = DayField(lazy_gettext("Ngày tiếp"), [InputRequired()], start_today=True)
    kind = TermField(lazy_gettext("Hình thức tiếp"))
    people = CountField(lazy_gettext("Số người"), [InputRequired()], default=1, least=1, most=100_000)
    matter = StringField(
        lazy_gettext("Vụ việc (gõ như lần trước nếu tiếp lại)"),
        [Optional(), Length(max=300)],
        render_kw={"class": "form-control"},
    )
    petitioners = FieldList(
        FormField(PetitionerForm), min_entries=2, max_entries=20, label=lazy_gettext("Người được tiếp")
    )
    summary = TextAreaField(
        lazy_gettext("Nội dung"), [Optional(), Length(max=20_000)], render_kw={"class": "form-control", "rows": 4}
    )
    result = TextAreaField(
        lazy_gettext("Kết quả tiếp"), [Optional(), Length(max=5_000)], render_kw={"class": "form-control", "rows": 2}
    )
    about = TermField(lazy_gettext("Nội dung thuộc loại"), default="")
    respondents = FieldList(
        FormField(RespondentForm), min_entries=1, max_entries=20, label=lazy_gettext("Người bị khiếu nại, tố cáo")
    )
    petition = StringField(
        lazy_gettext("Số đơn đã vào sổ"),
        [Optional(), Length(max=80)],
        render_kw={"class": "form-control", "autocomplete": "off"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices("reception_kind")
        self.about.choices = choices("kind", gettext("chưa xác định"))

    def values(self) -> dict[str, Any]:
        """The values as `operations.receptions.receive` takes them."""
        names = ("on", "kind", "people", "matter", "summary", "result", "petition", "about")
        people = {"petitioners": filled(self.petitioners.data), "respondents": respondents(self.respondents.data)}
        return {name: self[name].data for name in names if name in self} | people


class AnnounceForm(FlaskForm):
    """A day announced."""

    on = DayField(lazy_gettext("Ngày công bố tiếp"), [InputRequired()], latest=ever)
    holder = TermField(lazy_gettext("Người tiếp"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holder.choices = [(code, say("reception_kind", code)) for code in ("head", "authorised")]


def _shown(rows: list[Reception]) -> dict[uuid.UUID, dict[str, Any]]:
    """What the account may see of the texts of receptions."""
    behind = denouncers_behind(db.session(), rows)
    return {row.id: opened(shown_reception, row, behind, otherwise=broken_body) for row in rows}


def _words(rows: list[Reception]) -> dict[uuid.UUID, str]:
    """The same as one text each, as it stands now."""
    return {
        key: " ".join(strings_in([body.get(name) for name in RECEPTION_PARTS])) for key, body in _shown(rows).items()
    }


def _how_many(filters: ReceptionFilters) -> int:
    """Without the words: what holds them is known only once it was opened."""
    return 0 if filters.text.strip() else reception_list.how_many(db.session(), filters, MOST_LOOSER)


class ReceptionView(Screen):
    """Receptions."""

    route_base = "/receptions"
    class_permission_name = "Receptions"

    @expose("/")
    @limiter.limit(
        lambda: current_app.config["SEARCH_LIMIT"],
        key_func=account_key,
        exempt_when=lambda: not request.args.get("text"),
    )
    @has_access
    @permission_name("read")
    def receptions(self) -> Any:
        """A page of the register under the filters of the address."""
        form = ReceptionFilterForm(request.args)
        filters = form.filters()
        how = asked(reception_list.ORDERS, columns.RECEPTIONS)
        kept = ReceptionFilterForm.kept(request.args)
        page = Page([])
        if filters is not None:
            try:
                page = self._page_of(filters, how)
            except ValueError:
                abort(400)
        audit.record(db.session(), "reception.read", row_ids=[row.id for row in page.rows] or None)
        return self.render(
            "petitions/receptions.html",
            page=page,
            form=form,
            kept=kept | how.kept(),
            here=kept | how.kept() | how.page(),
            how=how,
            columns=columns.RECEPTIONS,
            **narrowed(form, "ReceptionView.receptions", filters, page, _how_many),
            looked_at=reception_list.LOOKED_AT,
            bodies=_shown(page.rows),
            may=permissions(),
        )

    @staticmethod
    def _page_of(filters: ReceptionFilters, how: Asked) -> Page:
        session = db.session()
        if not filters.text.strip():
            cap = current_app.config["COUNT_CAP"]
            return reception_list.receptions(session, filters, how.spot, how.size, cap, how.order)
        page = reception_list.holding(session, filters, _words, SIZES[-1])
        search.record(session, "reception.searched", filters.text, page.count)
        return page

    @expose("/search", methods=["POST"])
    @has_access
    @permission_name("read")
    def search(self) -> Any:
        """Filters as they were typed become an address, in which searched words stand sealed."""
        return redirect(url_for("ReceptionView.receptions", **ReceptionFilterForm.address_of(request.form)))

    @expose("/export")
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("export")
    def export(self) -> Any:
        """The filtered register as .xlsx, with what the account may read; of denunciations the facts alone."""
        form = ReceptionFilterForm(request.args)
        filters = form.filters()
        if filters is None:
            abort(400)
        session = db.session()
        most = current_app.config["EXPORT_AT_ONCE"] // NAMES_COST
        found: Any = reception_list.all_of(session, filters)
        if filters.text.strip():
            found = reception_list.holding(session, filters, _words, reception_list.LOOKED_AT).rows[::-1]
            search.record(session, "reception.searched", filters.text, len(found))
        elif reception_list.how_many(session, filters, most) > most:
            flash(
                gettext("Sổ có hơn %(most)s lượt tiếp; lọc theo ngày tiếp rồi xuất từng phần.", most=number(most)),
                "warning",
            )
            return redirect(url_for("ReceptionView.receptions", **ReceptionFilterForm.kept(request.args)))
        narrowed = "; ".join(said for name, said in form.chips().items() if name != "text")
        return workbook(
            f"so-tiep-cong-dan-{today():%Y%m%d}.xlsx",
            lambda target, temporary: write_receptions(session, found, target, temporary, (narrowed, exported())),
        )

    @expose("/new", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def new(self) -> Any:
        """Entering a meeting."""
        form = ReceptionForm()
        values = form.values()
        if number := submitted(
            form, lambda: receptions.receive(db.session(), g.user.unit, values, g.user.username, today()).number
        ):
            flash(gettext("Đã vào sổ tiếp công dân số %(number)s", number=number), "success")
            if secrecy.closed(values["about"]):
                texts = [values[name] for name in ("matter", "summary", "result")]
                warn_of_identity(strings_in(texts) + beside_names(values["respondents"]), values["petitioners"])
            return redirect(url_for("ReceptionView.receptions"))
        return self.render("petitions/reception_new.html", form=form, crowd=CROWD)

    @expose("/<uuid:key>")
    @has_access
    @permission_name("read")
    def reception(self, key: uuid.UUID) -> Any:
        """One meeting; who came about a denunciation is not shown."""
        return self._page(self._find(key))

    @expose("/<uuid:key>/reveal", methods=["POST"])
    @has_access
    @permission_name("read")
    def reveal(self, key: uuid.UUID) -> Any:
        """Who came about a denunciation, for this one page, with a reason written down first."""
        row = self._find(key)
        try:
            return self._page(row, identity.reveal_reception(db.session(), g.user, row, ReasonForm().note.data or ""))
        except Refused as refused:
            flash(refused.message[:1].upper() + refused.message[1:], "danger")
            return redirect(url_for("ReceptionView.reception", key=key))

    @expose("/<uuid:key>/link", methods=["POST"])
    @has_access
    @permission_name("write")
    def link(self, key: uuid.UUID) -> Any:
        """The meeting was about a petition that was registered before."""
        row = self._find(key)
        number = request.form.get("petition", "").strip()

        def join() -> None:
            petition = db.session.scalars(select(Petition).where(Petition.number == number)).first()
            if petition is None:
                raise Refused(f"không có đơn số “{number[:80]}” trong phạm vi của tài khoản; kiểm tra lại số đơn")
            receptions.link(db.session(), row, petition, g.user.username)

        carry_out(join, gettext("Đã gắn lượt tiếp với đơn"))
        return redirect(url_for("ReceptionView.reception", key=key))

    @staticmethod
    def _find(key: uuid.UUID) -> Reception:
        found: Reception = or_404(
            db.session.scalars(select(Reception).where(Reception.id == key).options(joinedload(Reception.text))).first()
        )
        return found

    def _page(self, row: Reception, revealed: list[dict[str, Any]] | None = None) -> Any:
        audit.record(db.session(), "reception.read", row_ids=[row.id])
        body = _shown([row])[row.id]
        scope = current(db.session())
        secret = closes(row)
        return self.render(
            "petitions/reception.html",
            reception=row,
            **in_list.RECEPTIONS.around(row),
            body=body,
            secret=secret and revealed is None,
            people=revealed or body.get("petitioners", []),
            approval=current_app.config["REVEAL_APPROVAL"],
            may_correct=of_receptions.may_correct(db.session(), row),
            may_withdraw=of_receptions.may_withdraw(db.session(), row, today()),
            may_link=row.petition_id is None
            and row.removed_at is None
            and row.text is not None
            and {("can_write", "Receptions"), ("can_register", "Petitions")} <= permissions(),
            may_reveal=secret and row.text is not None and revealed is None and scope.may("can_reveal", row.unit_id),
            reason=ReasonForm(),
            may_decide=secret and row.text is not None and scope.may("can_assign", row.unit_id),
        )

    @expose("/days", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def days(self) -> Any:
        """The announced days, and announcing one."""
        form = AnnounceForm()
        may_write = ("can_write", "Receptions") in permissions()
        if request.method == "POST" and not may_write:
            abort(403)
        if submitted(form, lambda: receptions.announce(db.session(), g.user.unit, act_of(form).on, form.holder.data)):
            return redirect(url_for("ReceptionView.days"))
        rows = db.session.scalars(
            select(ReceptionDay).order_by(desc(ReceptionDay.held_on)).limit(60).options(joinedload(ReceptionDay.unit))
        )
        return self.render("petitions/reception_days.html", form=form, rows=list(rows), may_write=may_write)
