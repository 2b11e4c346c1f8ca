"""A record's page knows the list it was opened from: the way back, and the records before and after it there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.extensions import db
from app.reporting import case_list, lists, reception_list
from app.reporting.paging import Order
from app.views import columns
from app.views.filters import CaseFilterForm, FilterForm, ListForm, ReceptionFilterForm
from app.views.paging import asked


@dataclass(frozen=True)
class Register:
    """A list whose rows have pages: its form of filters, its orders and columns, the endpoints of list and page, and
    how the neighbours of a row are found.
    """

    form: type[ListForm]
    orders: dict[str, Order]
    columns: Mapping[str, Any]
    endpoint: str
    page: str
    beside: Callable[..., tuple[Any, Any]]

    def around(self, row: Any) -> dict[str, Any]:
        """`back`: the list as it was; `before`, `after`: the pages of the row's neighbours. Nothing where the address
        tells of no list.
        """
        if "list" not in request.args:
            return {"back": None}
        filters = self.form(request.args).filters()
        how = asked(self.orders, self.columns)
        if filters is None:
            return {"back": None}
        there = self.form.kept(request.args) | how.kept() | how.page()
        before, after = self.beside(db.session(), filters, how.order, row)

        def page(key: Any) -> str | None:
            return url_for(self.page, key=key, list=1, **there) if key is not None else None

        return {"back": url_for(self.endpoint, **there), "before": page(before), "after": page(after)}


PETITIONS = Register(
    FilterForm, lists.ORDERS, columns.PETITIONS, "PetitionView.petitions", "PetitionView.petition", lists.beside
)
CASES = Register(CaseFilterForm, case_list.ORDERS, columns.CASES, "CaseView.cases", "CaseView.case", case_list.beside)
RECEPTIONS = Register(
    ReceptionFilterForm,
    reception_list.ORDERS,
    columns.RECEPTIONS,
    "ReceptionView.receptions",
    "ReceptionView.reception",
    reception_list.beside,
)
