"""How the list of a catalogue is asked for: what is searched in which column, the order, the page, all in the address
as Flask-AppBuilder reads it.
"""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_appbuilder.models.sqla.filters import FilterContains


@dataclass(frozen=True)
class Search:
    """A column that is searched: how its argument is called, what it says, what was typed."""

    name: str
    label: Any
    typed: str


@dataclass(frozen=True)
class ListAsked:
    """A catalogue's list as this request asks for it."""

    view: str
    searches: tuple[Search, ...]
    order: tuple[str, str]  # column and asc or desc; empty where it stands in its own order

    @property
    def kept(self) -> dict[str, str]:
        """Searches, order and size, as an address goes on telling them."""
        found = {search.name: search.typed for search in self.searches if search.typed}
        if self.order[0]:
            found |= {f"_oc_{self.view}": self.order[0], f"_od_{self.view}": self.order[1]}
        size = request.args.get(f"psize_{self.view}")
        return found | ({f"psize_{self.view}": size} if size else {})

    def chips(self) -> list[tuple[str, str]]:
        """Each search in words, and the address of the list without it."""
        return [
            (f"{search.label}: {search.typed}", self._address(self.kept | {search.name: ""}))
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


def list_asked(view: Any) -> ListAsked:
    """How this request asks for the list of that catalogue."""
    name = type(view).__name__
    known = view._filters.get_search_filters()
    searches = []
    for column in view.search_columns:
        kinds = [type(kind) for kind in known.get(column, ())]
        if FilterContains in kinds:
            argument = f"_flt_{kinds.index(FilterContains)}_{column}"
            searches.append(Search(argument, view.label_columns[column], request.args.get(argument, "").strip()))
    order = (request.args.get(f"_oc_{name}", ""), request.args.get(f"_od_{name}", ""))
    known_order = order[0] in view.order_columns and order[1] in ("asc", "desc")
    return ListAsked(name, tuple(searches), order if known_order else ("", ""))
