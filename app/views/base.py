"""Hardened bases over Flask-AppBuilder: every screen derives from `Screen` or `Catalogue`, and no screen from
Flask-AppBuilder itself.

What each override closes is told beside it; tests/views/test_base_views.py shows every hole on the stock class and its
absence here.
"""

import copy
from typing import Any, cast

from flask import (
    abort,
    current_app,
    flash,
    g,
    has_request_context,
    redirect,
    request,
    url_for,
)
from flask_appbuilder import BaseView, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.widgets import FormWidget, ListWidget, ShowWidget
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Uuid, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from wtforms import StringField

from app.operations.content import remark_on
from app.operations.refusal import Refused
from app.security.requests import MemoryRequest
from app.security.scope import OutOfScope
from app.text.typed import number_of, uuid_of
from app.views.catalogue_list import Related, refuse_unknown
from app.views.entering import has_access
from app.views.fields import FlaskForm, Marked
from app.views.keeping import add_error, concerning, expose, refuse_again, refuse_stale

MAX_PAGE = 100
MAX_ROWS = 1000
COUNT_CAP = 10_000
READS = {"list": "read", "show": "read"}
WRITES = {"add": "write", "edit": "write", "delete": "write"}
# Query arguments that Flask-AppBuilder hands on to url_for as they come: a foreign endpoint, a scheme, an anchor.
RESERVED = ("endpoint", "self", "_scheme", "_external", "_anchor", "_method")
# Pages and sizes of its lists, which it reads from any argument that is called so, on every catalogue's screen.
NUMBERS = ("page_", "psize_")


def refuse_unreadable() -> None:
    """Before each request: address and headers are text, and no argument breaks what Flask-AppBuilder makes of it."""
    if not cast(MemoryRequest, request).is_readable:
        abort(400)
    if any(name in request.args for name in RESERVED):
        abort(400)
    for name, value in request.args.items(multi=True):
        if any(part in name for part in NUMBERS) and number_of(value) is None:
            abort(400)


class Table(SQLAInterface):
    """A table behind a catalogue: counting is capped, and a database error is one neutral sentence; nothing is half
    stored.
    """

    def get(self, id: Any, *arguments: Any, **named: Any) -> Any:
        """The row of that key; None also for what could be no key."""
        key = uuid_of(str(id)) if isinstance(self.get_pk().type, Uuid) else number_of(str(id))
        return None if key is None else super().get(key, *arguments, **named)

    def get_related_obj(self, col_name: str, value: Any) -> Any:
        """The row of that key on the other side of a relation; None also for what could be no key."""
        return self.get_related_interface(col_name).get(value)

    def query_count(self, query: Any, filters: Any = None, select_columns: Any = None) -> int:
        """The number of rows, counted up to the cap."""
        inner = self._apply_inner_all(query, filters, select_columns=None, aliases_mapping={})
        capped = inner.with_entities(self.get_pk()).order_by(None).limit(COUNT_CAP + 1)
        return int(self.session.execute(select(func.count()).select_from(capped.subquery())).scalar() or 0)

    def add(self, item: Any, commit: bool = True) -> None:
        """The row is stored. Raises Refused."""
        self._store(lambda: self.session.add(item))

    def edit(self, item: Any, commit: bool = True) -> None:
        """The row is stored. Raises Refused."""
        self._store(lambda: self.session.merge(item))

    def delete(self, item: Any, commit: bool = True) -> None:
        """The row is gone. Raises Refused."""
        self._store(lambda: self.session.delete(item))

    def _store(self, change: Any) -> None:
        # Stock Flask-AppBuilder shows the exception: SQL, parameters, once a password hash.
        try:
            change()
            self.session.commit()
        except IntegrityError:
            self.session.rollback()
            raise Refused(
                gettext("Dữ liệu này đã có, hoặc đang được dùng ở nơi khác; kiểm tra lại mã và tên")
            ) from None
        except OperationalError:
            raise  # the database is gone, or full: not what was typed
        except DBAPIError:
            self.session.rollback()
            current_app.logger.error("a catalogue row could not be stored")
            raise Refused(gettext("Không ghi được dữ liệu; kiểm tra lại các ô đã nhập")) from None


class PerRequestFilters:
    """View objects live as long as the process, and stock ones keep the request's search on themselves: one user's
    search shows in another's page.
    """

    @property
    def _filters(self) -> Any:
        kept = self.__dict__.get("_filters_of_class")
        if kept is None or not has_request_context():
            return kept
        store = g.setdefault("filters_of_request", {})
        if id(self) not in store:
            store[id(self)] = copy.copy(kept)
            store[id(self)].clear_filters()
        return store[id(self)]

    @_filters.setter
    def _filters(self, value: Any) -> None:
        self.__dict__["_filters_of_class"] = value


class PlainList(ListWidget):
    """A list without Flask-AppBuilder's scripts."""

    template = "administration/catalogue/list_widget.html"


class PlainShow(ShowWidget):
    """A page of one row."""

    template = "administration/catalogue/show_widget.html"


class PlainForm(FormWidget):
    """A form that shows its errors beside its fields."""

    template = "administration/catalogue/form_widget.html"


def _in_our_words(form: Any) -> Any:
    """The form class, saying what is wrong from our catalogues."""
    return type(form.__name__, (Marked, form), {"Meta": FlaskForm.Meta})


class Entered(ModelView):
    """Flask-AppBuilder's pages of a row, opened as ours are."""

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: Any) -> Any:
        """One row."""
        return ModelView.show.__wrapped__(self, pk)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        """A new row."""
        return ModelView.add.__wrapped__(self)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: Any) -> Any:
        """A row, changed."""
        return ModelView.edit.__wrapped__(self, pk)


class Catalogue(PerRequestFilters, Entered):
    """A table that Flask-AppBuilder draws.

    Subclasses name `datamodel = Table(...)`, their columns, and `class_permission_name`.
    """

    list_widget = PlainList
    show_widget = PlainShow
    add_widget = PlainForm
    edit_widget = PlainForm
    list_template = "administration/catalogue/list.html"
    show_template = "administration/catalogue/show.html"
    add_template = edit_template = "administration/catalogue/form.html"
    include_route_methods = {"list", "show", "add", "edit"}
    method_permission_name = READS | WRITES
    page_size = 25
    intro = ""
    related: tuple[Related, ...] = ()  # lists of other catalogues, of what belongs to a row
    told: Any = staticmethod(str)  # what a row is called in the title of its form

    def _init_forms(self) -> None:
        super()._init_forms()
        self.add_form: Any = _in_our_words(self.add_form)
        self.edit_form: Any = _in_our_words(self.edit_form)

    def _get_list_widget(
        self,
        filters: Any,
        *args: Any,
        order_column: str = "",
        order_direction: str = "",
        page: Any = None,
        page_size: Any = None,
        **kwargs: Any,
    ) -> Any:
        # Ordering by a column nobody may see tells its order; a page of a hundred million rows is an attack.
        if order_column not in self.order_columns:
            order_column = order_direction = ""
        page = max(page or 0, 0)
        page_size = min(max(page_size or self.page_size, 1), MAX_PAGE)
        return super()._get_list_widget(
            filters,
            *args,
            order_column=order_column,
            order_direction=order_direction,
            page=page,
            page_size=page_size,
            **kwargs,
        )

    @expose("/list/")
    @has_access
    def list(self) -> Any:
        """The list; a search by a filter that its column does not have is refused rather than raised."""
        refuse_unknown(self)
        return ModelView.list.__wrapped__(self)

    def render_template(self, template: str, **context: Any) -> Any:
        """The page; its widgets know the view they belong to."""
        return super().render_template(template, view=self, of=g.get("edited", ""), **context)

    def _add(self) -> Any:
        """The add form; what was typed survives a refusal, and nothing is half stored."""
        form = self.add_form.refresh()
        if request.method == "POST" and form.validate():
            refuse_again()
            item = self.datamodel.obj()
            if self._try(
                form,
                lambda: (form.populate_obj(item), self.pre_add(item), self.datamodel.add(item), self.post_add(item)),
            ):
                flash(str(self.add_row_message), "success")
                return None
        return self._get_add_widget(form=form)

    def _edit(self, pk: Any) -> Any:
        """The edit form, on a row fetched through the filters; as `_add`."""
        item = self.datamodel.get(pk, self._base_filters)
        if item is None:
            abort(404)
        form = self.edit_form.refresh(request.form if request.method == "POST" else item)
        form._id = self.datamodel.get_pk_value(item)
        if request.method == "POST":
            refuse_again()
        g.edited = self.told(item)
        concerning(form, item, *self.edit_columns)
        if (
            request.method == "POST"
            and form.validate()
            and self._try(
                form,
                lambda: self._store(form, item),
            )
        ):
            flash(str(self.edit_row_message), "success")
            return None
        return self._get_edit_widget(form=form)

    def _store(self, form: Any, item: Any) -> None:
        refuse_stale(form)
        form.populate_obj(item)
        self.pre_update(item)
        self.datamodel.edit(item)
        self.post_update(item)

    def _try(self, form: Any, change: Any) -> bool:
        try:
            with self.datamodel.session.no_autoflush:
                change()
        except Refused as refused:
            self.datamodel.session.rollback()
            add_error(form, refused)
            return False
        return True

    def _delete(self, pk: Any) -> None:
        item = self.datamodel.get(pk, self._base_filters)
        if item is None:
            abort(404)
        try:
            self.pre_delete(item)
            self.datamodel.delete(item)
            self.post_delete(item)
            flash(str(self.delete_row_message), "success")
        except Refused as refused:
            flash(refused.message, "danger")

    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: Any) -> Any:
        """A row is deleted by POST only, and only where the subclass lists the route."""
        self._delete(self._deserialize_pk_if_composite(pk))
        return self.post_delete_redirect()

    @expose("/download/<string:filename>")
    @has_access
    def download(self, filename: str) -> Any:
        """Stock Flask-AppBuilder sends any uploaded file to anyone; files are documents, opened by an operation."""
        abort(404)

    def _items_for(self, name: str, pks: Any) -> Any:
        # Stock Flask-AppBuilder fetches the rows of an action without any filter.
        if name not in self.actions:
            abort(404)
        if not self.appbuilder.sm.has_access(self.get_action_permission_name(name), self.class_permission_name):
            abort(403)
        items = [self.datamodel.get(self._deserialize_pk_if_composite(pk), self._base_filters) for pk in pks]
        if not items or any(item is None for item in items):
            abort(404)
        return items

    @expose("/action/<string:name>/<pk>", methods=["POST"])
    def action(self, name: str, pk: Any) -> Any:
        """An action on one row the account may see."""
        return self.actions[name].func(self._items_for(name, [pk])[0]) if name in self.actions else abort(404)

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> Any:
        """An action on rows the account may see: all of them, or none."""
        name = request.form.get("action", "")
        items = self._items_for(name, request.form.getlist("rowid")[:MAX_ROWS])
        return self.actions[name].func(items)

    def post_add_redirect(self) -> Any:
        """Back to the list: the history Flask-AppBuilder keeps in the session may point anywhere."""
        return redirect(url_for(f"{self.__class__.__name__}.list"))

    post_edit_redirect = post_delete_redirect = post_add_redirect


class Screen(BaseView):
    """A screen of our own: templates and operations, with permissions named on each method."""

    default_view = ""

    def render(self, template: str, **context: Any) -> Any:
        """The page."""
        return self.render_template(template, **context)


def typed_texts(form: Any) -> list[str]:
    """Every text of the form as it was typed."""
    return [field.data for field in form if isinstance(field, StringField) and isinstance(field.data, str)]


def warn_of_identity(texts: Any, people: list[dict[str, Any]]) -> None:
    """Whoever wrote a denouncer's name, number or address into a text is told; it is stored, and covered wherever
    identity is not open.
    """
    if remark := remark_on(texts, people):
        flash(remark[:1].upper() + remark[1:], "warning")


def remark(remarks: list[str]) -> None:
    """What an operation remarks upon is told beside what it did."""
    for text in remarks:
        flash(text[:1].upper() + text[1:], "warning")


def or_404(row: Any) -> Any:
    """The row, or a page that says it is not there; out of scope looks the same."""
    if row is None:
        abort(404)
    return row


__all__ = [
    "Catalogue",
    "OutOfScope",
    "Screen",
    "Table",
    "has_access",
    "lazy_gettext",
    "or_404",
    "remark",
    "typed_texts",
    "warn_of_identity",
]
