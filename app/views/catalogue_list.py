"""How the list of a catalogue is asked for: what is searched in which column, the order, the page, all in the address
as Flask-AppBuilder reads it.
"""

import re
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, request, url_for
from flask_appbuilder.models.sqla.filters import (
    FilterContains,
    FilterRelationManyToManyEqual,
    FilterRelationOneToManyEqual,
)

from app.security.manager import permissions
from app.views.paging import hidden_of

_SEARCHED = re.compile(r"_flt_(\d)_(.*)")
BELONGS = (FilterRelationOneToManyEqual, FilterRelationManyToManyEqual)


@dataclass(frozen=True)
class Search:
    """A column that is searched: how its argument is called, what it says, what was typed; `belongs`: what the row of
    another catalogue is called that is asked for by its key, which nobody types.
    """

    name: str
    label: Any
    typed: str
    belongs: str = ""


@dataclass(frozen=True)
class Related:
    """A list of another catalogue, of what belongs to a row: what it is called, its view and the column that says so,
    and what one needs to open it.
    """

    label: Any
    view: str
    column: str
    pair: tuple[str, str]


@dataclass(frozen=True)
class ListAsked:
    """A catalogue's list as this request asks for it."""

    view: str
    searches: tuple[Search, ...]
    order: tuple[str, str]  # column and asc or desc; empty where it stands in its own order
    columns: dict[str, Any]  # those that can be hidden, and what they are called; what names the row is always shown
    hidden: frozenset[str]

    @property
    def kept(self) -> dict[str, str]:
        """Searches, order, size and hidden columns, as an address goes on telling them."""
        found = {search.name: search.typed for search in self.searches if search.typed}
        if self.order[0]:
            found |= {f"_oc_{self.view}": self.order[0], f"_od_{self.view}": self.order[1]}
        size = request.args.get(f"psize_{self.view}")
        hidden = {"hide": ",".join(sorted(self.hidden))} if self.hidden else {}
        return found | ({f"psize_{self.view}": size} if size else {}) | hidden

    def shows(self, column: str) -> bool:
        """True when that column is shown."""
        return column not in self.hidden

    def chips(self) -> list[tuple[str, str]]:
        """Each search in words, and the address of the list without it."""
        return [
            (f"{search.label}: {search.belongs or search.typed}", self._address(self.kept | {search.name: ""}))
            for search in self.searches
            if search.typed
        ]

    def turned(self, page: int) -> str:
        """The address of that page, counted from 0."""
        return self._address(self.kept | {f"page_{self.view}": str(page)})

    def sized(self, size: int) -> str:
        """The address of the list with so many rows a page."""
        return self._address(self.kept | {f"psize_{self.view}": str(size)})

    def sorted_by(self, column: str) -> str:
        """The address of the list by that column, the other way round where it is so sorted now."""
        direction = "desc" if self.order == (column, "asc") else "asc"
        return self._address(self.kept | {f"_oc_{self.view}": column, f"_od_{self.view}": direction})

    def _address(self, told: dict[str, str]) -> str:
        named: dict[str, Any] = {name: value for name, value in told.items() if value}
        return url_for(f"{self.view}.list", **named)


def refuse_unknown(view: Any) -> None:
    """A search by a filter that its column does not have, or for what belongs to no row there is, is answered 400 or
    404.
    """
    known = view._filters.get_search_filters()
    for name, value in request.args.items():
        for index, column in _SEARCHED.findall(name):
            if int(index) >= len(known.get(column, range(10))):
                abort(400)
            related = value and column in known and view.datamodel.is_relation(column)
            if related and view.datamodel.get_related_obj(column, value) is None:
                abort(404)


def list_asked(view: Any) -> ListAsked:
    """How this request asks for the list of that catalogue."""
    name = type(view).__name__
    known = view._filters.get_search_filters()
    searches = []
    for column in view.search_columns:
        kinds = [type(kind) for kind in known.get(column, ())]
        for index, kind in enumerate(kinds):
            argument = f"_flt_{index}_{column}"
            typed = request.args.get(argument, "").strip()
            if kind is FilterContains:
                searches.append(Search(argument, view.label_columns[column], typed))
            elif kind in BELONGS and typed:
                row = view.datamodel.get_related_obj(column, typed)
                several = view.formatters_columns.get(column)
                said = several([row]) if several else str(row)
                searches.append(Search(argument, view.label_columns[column], typed, said))
    order = (request.args.get(f"_oc_{name}", ""), request.args.get(f"_od_{name}", ""))
    known_order = order[0] in view.order_columns and order[1] in ("asc", "desc")
    columns = {column: view.label_columns[column] for column in view.list_columns[1:]}
    return ListAsked(name, tuple(searches), order if known_order else ("", ""), columns, hidden_of(columns))


def related_lists(view: Any, pk: Any) -> list[tuple[Any, str]]:
    """The lists of what belongs to that row and the account may open: label and address."""
    views = {type(one).__name__: one for one in current_app.extensions["appbuilder"].baseviews}
    found = []
    for related in view.related:
        if related.pair in permissions():
            kinds = [type(kind) for kind in views[related.view]._filters.get_search_filters()[related.column]]
            index = next(index for index, kind in enumerate(kinds) if kind in BELONGS)
            address = url_for(f"{related.view}.list", **{f"_flt_{index}_{related.column}": pk})
            found.append((related.label, address))
    return found
