"""Every hole of Flask-AppBuilder's stock views, shown on a stock view, and closed in our base.

Rows are petitions of unit A and C; the account is A's.

The session scope is lifted here on purpose (system scope), so that it is the base alone that closes the hole.
"""

import threading
from unittest import mock

import pytest
from flask import g, request
from flask_appbuilder import ModelView, action
from flask_appbuilder.models.sqla.filters import FilterEqual
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import select

from app import views
from app.extensions import db
from app.models import Case, Petition, Unit
from app.security import manager, roles
from app.security.scope import enter, system_scope
from app.views.base import Catalogue, Table
from tests.conftest import Browser, copied, make_application
from tests.support.world import CANARY, build

NAMES = {
    "list": "read",
    "show": "read",
    "add": "write",
    "edit": "write",
    "delete": "write",
    "download": "read",
    "close": "write",
    "close_many": "write",
}


class Common:
    class_permission_name = "Petitions"
    method_permission_name = dict.fromkeys(NAMES, "read")
    list_columns = show_columns = ["number"]
    edit_columns = ["people"]
    search_columns = ["number"]
    order_columns = ["number"]
    allowed = []

    @action("close", "Close", single=True, multiple=True)
    def close(self, items):
        for item in items if isinstance(items, list) else [items]:
            item.people = 77
        db.session.commit()
        return "closed"


class StockView(Common, ModelView):
    datamodel = SQLAInterface(Petition)
    route_base = "/stock"


class HardView(Common, Catalogue):
    datamodel = Table(Petition)
    route_base = "/hard"
    include_route_methods = {"list", "show", "add", "edit", "delete", "download", "action", "action_post"}
    method_permission_name = dict.fromkeys(NAMES, "read")


class StockUnitView(ModelView):
    datamodel = SQLAInterface(Unit)
    route_base = "/stock-units"
    class_permission_name = "Petitions"
    method_permission_name = dict.fromkeys(NAMES, "read")
    add_columns = ["code", "name", "level", "path", "depth"]
    list_columns = ["code"]


class StockDefaultView(ModelView):
    """As it comes: no columns named."""

    datamodel = SQLAInterface(Case)
    route_base = "/stock-cases"
    class_permission_name = "Petitions"


class HardUnitView(Catalogue):
    datamodel = Table(Unit)
    route_base = "/hard-units"
    class_permission_name = "Petitions"
    method_permission_name = dict.fromkeys(NAMES, "read")
    add_columns = ["code", "name", "level", "path", "depth"]
    list_columns = ["code"]


@pytest.fixture(scope="module")
def world(cluster, tmp_path_factory):
    with copied(cluster) as installation:
        keys = build(installation, tmp_path_factory.mktemp("base"))
        with installation.session() as session:
            unit = session.scalars(select(Unit.id).where(Unit.code == "A")).one()
        for view in (StockView, HardView):
            view.base_filters = [["unit_id", FilterEqual, unit]]
        with mock.patch.object(
            views, "VIEWS", (*views.VIEWS, StockView, HardView, StockUnitView, HardUnitView, StockDefaultView)
        ):
            installation.app = make_application(installation.environ)

        def everything():
            g.permissions = roles.ALL
            enter(db.session(), system_scope("base-view test"))

        with mock.patch.object(manager, "enter_scope_of_request", everything):
            yield installation, keys


@pytest.fixture
def browser(world):
    browser = Browser(world[0].app)
    browser.sign_in("OFFICER")
    return browser


def people_of(world, key):
    with world[0].owner() as connection:
        return connection.execute("select people from petitions where id = %s", [key]).fetchone()[0]


@pytest.mark.parametrize(("base", "leaks"), [("stock", True), ("hard", False)])
def test_an_action_reaches_a_row_outside_the_filter(world, browser, base, leaks):
    answer = browser.post(f"/{base}/action/close/{world[1]['petition']}")
    assert (people_of(world, world[1]["petition"]) == 77) == leaks
    assert (answer.status_code == 404) != leaks
    with world[0].owner() as connection:
        connection.execute("update petitions set people = 1")


@pytest.mark.parametrize(("base", "leaks"), [("stock", True), ("hard", False)])
def test_a_bulk_action_reaches_rows_outside_the_filter(world, browser, base, leaks):
    answer = browser.post(f"/{base}/action_post", {"action": "close", "rowid": [world[1]["own"], world[1]["petition"]]})
    assert (people_of(world, world[1]["petition"]) == 77) == leaks
    assert leaks or (answer.status_code == 404 and people_of(world, world[1]["own"]) != 77)
    with world[0].owner() as connection:
        connection.execute("update petitions set people = 1")


def test_an_action_nobody_declared_is_not_there(world, browser):
    assert browser.post(f"/hard/action/steal/{world[1]['own']}").status_code == 404
    assert browser.post("/hard/action_post", {"action": "steal", "rowid": world[1]["own"]}).status_code == 404
    with pytest.raises(AttributeError):  # the stock view falls over before it asks for a permission
        browser.post(f"/stock/action/steal/{world[1]['own']}")


@pytest.mark.parametrize(("base", "bad"), [("stock", True), ("hard", False)])
def test_ordering_by_a_column_nobody_may_see(world, browser, base, bad):
    view = "StockView" if base == "stock" else "HardView"
    with mock.patch.object(
        SQLAInterface, "apply_order_by", autospec=True, side_effect=SQLAInterface.apply_order_by
    ) as ordered:
        browser.get(f"/{base}/list/?_oc_{view}=registered_by&_od_{view}=asc")
    used = [call.args[2] for call in ordered.call_args_list]
    assert ("registered_by" in used) == bad


@pytest.mark.parametrize(("base", "size"), [("stock", 100_000_000), ("hard", 100)])
def test_the_page_size_a_stranger_asks_for(world, browser, base, size):
    view = "StockView" if base == "stock" else "HardView"
    with mock.patch.object(SQLAInterface, "query", autospec=True, return_value=(0, [])) as query:
        browser.get(f"/{base}/list/?psize_{view}=100000000")
    assert query.call_args.kwargs["page_size"] == size


@pytest.mark.parametrize(
    "arguments", ["psize_HardView=x", "page_HardView=-1", "endpoint=HomeView.index", "_scheme=javascript"]
)
def test_arguments_that_are_none_are_refused_not_raised(world, browser, arguments):
    assert browser.get(f"/hard/list/?{arguments}").status_code == 400


def test_a_download_sends_no_file(world, browser, tmp_path):
    (tmp_path / "1_sep_secret.pdf").write_text(CANARY)
    world[0].app.config["UPLOAD_FOLDER"] = str(tmp_path)
    assert CANARY in browser.get("/stock/download/1_sep_secret.pdf").get_data(as_text=True)
    assert browser.get("/hard/download/1_sep_secret.pdf").status_code == 404


def test_nothing_is_deleted_by_get(world, browser):
    # the stock route answers GET, and only CSRFProtect keeps it from deleting
    assert browser.get(f"/stock/delete/{world[1]['own']}").status_code == 302
    assert browser.get(f"/hard/delete/{world[1]['own']}").status_code == 405
    with world[0].owner() as connection:
        assert connection.execute("select count(*) from petitions where id = %s", [world[1]["own"]]).fetchone()[0] == 1


def test_a_database_error_shows_no_sql_and_loses_nothing_typed(world, browser):
    values = {"code": "MỚI", "name": f"Tên {CANARY}", "level": "department", "path": ".x.", "depth": "99999999999"}
    stock = browser.post("/stock-units/add", values, follow_redirects=True).get_data(as_text=True)
    hard = browser.post("/hard-units/add", values, follow_redirects=True).get_data(as_text=True)
    assert "out of range" in stock and "INSERT INTO units" in stock
    assert "out of range" not in hard and "INSERT" not in hard
    assert "Không ghi được dữ liệu" in hard and f"Tên {CANARY}" in hard


def test_one_users_search_does_not_show_in_anothers_page(world):
    """Threads share the view object: on the stock view the search of one shows in the page of the other."""
    app = world[0].app
    seen = {}
    barrier = threading.Barrier(2, timeout=20)

    def visit(view, name):
        with app.test_request_context(f"/x/?_flt_0_number={name}"):
            g.permissions = roles.ALL
            view._filters.clear_filters()
            view._filters.add_filter("number", FilterEqual, request.args["_flt_0_number"])
            barrier.wait()
            seen.setdefault(view.__class__.__name__, {})[name] = str(view._filters.values)

    for base in ("StockView", "HardView"):
        view = next(item for item in app.extensions["appbuilder"].baseviews if item.__class__.__name__ == base)
        threads = [threading.Thread(target=visit, args=(view, name)) for name in ("an", "binh")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert "binh" not in seen["HardView"]["an"] and "an" not in seen["HardView"]["binh"]
    assert seen["StockView"]["an"] == seen["StockView"]["binh"]


def kinds_of(form):
    return {name: field.field_class.__name__ for name, field in form.__dict__.items() if hasattr(field, "field_class")}


def test_related_rows_and_backrefs_are_never_offered_as_a_list(world):
    """Stock forms list whole tables, and take rows of other parents through backrefs; ours name their columns, and a
    unit is typed by its code.
    """
    stock = kinds_of(
        next(
            view for view in world[0].app.extensions["appbuilder"].baseviews if isinstance(view, StockDefaultView)
        ).edit_form
    )
    assert stock["unit"] == "QuerySelectField" and stock["petitions"] == "QuerySelectMultipleField"
    for view in world[0].app.extensions["appbuilder"].baseviews:
        if isinstance(view, Catalogue) and view.__class__.__module__.startswith("app."):
            for form in (view.add_form, view.edit_form):
                assert not [kind for kind in kinds_of(form).values() if kind.startswith("QuerySelect")], view
            assert not {"petitions", "steps", "persons"} & {
                *view.add_columns,
                *view.edit_columns,
                *view.show_columns,
                *view.list_columns,
            }


def test_screens_derive_from_our_bases_only(world):
    ours = [
        view.__class__
        for view in world[0].app.extensions["appbuilder"].baseviews
        if view.__class__.__module__.startswith("app.")
    ]
    assert len(ours) > 12
    for view in ours:
        if issubclass(view, ModelView):
            assert issubclass(view, Catalogue), view
            assert view.search_columns and view.list_columns and view.show_columns, view
