"""What an address says of a list besides its filters: the order, how many rows, which page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, redirect, request, url_for
from markupsafe import Markup

from app.reporting.paging import Order, Spot

SIZES = (25, 50, 100)


@dataclass(frozen=True)
class Asked:
    """How a list is asked for."""

    spot: Spot
    size: int
    order: Order
    hidden: frozenset[str] = frozenset()  # columns that are not shown

    def kept(self) -> dict[str, Any]:
        """Order, size and hidden columns, as an address goes on telling them."""
        size = {} if self.size == current_app.config["PAGE_SIZE"] else {"size": self.size}
        hidden = {"hide": ",".join(sorted(self.hidden))} if self.hidden else {}
        return ({"order": self.order.name} if self.order.name else {}) | size | hidden

    def shows(self, column: str) -> bool:
        """True when that column is shown."""
        return column not in self.hidden

    def page(self) -> dict[str, Any]:
        """Which page it is, as an address tells it."""
        spot = self.spot
        told = {"after": spot.after, "before": spot.before, "last": "1" if spot.last else ""}
        return {name: value for name, value in told.items() if value}


TURNED = ("order", "size", "hide")  # what an address tells of a list besides its filters and the page


def turned_of(given: Mapping[str, str]) -> dict[str, str]:
    """Order, size and hidden columns among these."""
    return {name: given[name] for name in TURNED if given.get(name)}


def asked(orders: dict[str, Order], columns: Mapping[str, Any]) -> Asked:
    """How this request asks for a list with these columns; 400 for an order or a size that is not offered."""
    hidden = hidden_of(columns)
    arguments = request.args
    usual = current_app.config["PAGE_SIZE"]
    size = arguments.get("size", str(usual))
    if arguments.get("order", "") not in orders or size not in {*map(str, SIZES), str(usual)}:
        abort(400)
    spot = Spot(arguments.get("after", ""), arguments.get("before", ""), arguments.get("last") == "1")
    return Asked(spot, int(size), orders[arguments.get("order", "")], hidden)


def hidden_of(columns: Mapping[str, Any]) -> frozenset[str]:
    """The columns that this request hides. Columns that were ticked lead on to the address that hides the others."""
    if ticked := request.args.getlist("show"):
        hide = ",".join(sorted(columns.keys() - set(ticked)))
        told: dict[str, Any] = {name: value for name, value in request.args.items() if value} | {"hide": hide}
        del told["show"]
        abort(redirect(turn(request.endpoint or "", told)))
    return frozenset(request.args.get("hide", "").split(",")) & columns.keys()


def turn(endpoint: str, kept: dict[str, Any], **more: Any) -> str:
    """The address of the same list, otherwise turned, sorted or cut."""
    return url_for(endpoint, **{name: value for name, value in (kept | more).items() if value not in (None, "")})


def direction(order: str, down: str, up: str) -> Markup:
    """The attribute that says how a column of these two orders is sorted now."""
    said = {down: "descending", up: "ascending"}.get(order)
    return Markup(' aria-sort="{}"').format(said) if said else Markup("")
