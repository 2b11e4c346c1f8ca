"""The first page, and the inbox: work by deadline, overdue first."""

from typing import Any

from flask import abort, current_app, g, redirect, request, url_for
from flask_appbuilder import IndexView
from flask_appbuilder.security.decorators import permission_name

from app.extensions import db
from app.law import secrecy
from app.models import Deadline, Petition
from app.operations.content import PETITIONER, denouncers_of, read_people, shown_body
from app.reporting.before_use import any_began
from app.reporting.inbox import ORDERS, Whose, inbox
from app.reporting.lists import texts_of
from app.security import audit
from app.security.manager import permissions
from app.security.scope import current
from app.views import columns
from app.views.base import Screen, has_access
from app.views.keeping import expose
from app.views.opening import broken_body, broken_people, opened
from app.views.paging import asked
from app.views.saved_lists import first_page
from app.views.secrecy.secrets import list_mark
from app.views.tasks.told import told

# Where an account lands: the first of these it may open.
LANDING = (
    (("can_process", "Petitions"), "InboxView.inbox"),
    (("can_write", "Receptions"), "ReceptionView.receptions"),
    (("can_read", "Forms"), "FormView.form"),
    (("can_read", "Petitions"), "PetitionView.petitions"),
    (("can_read", "Accounts"), "AccountView.list"),
    (("can_read", "Audit"), "AuditView.entries"),
)


class HomeView(IndexView):
    """The root address."""

    @expose("/")
    def index(self) -> Any:
        """On to the account's own first page; nobody signed in, to the sign-in form."""
        if not g.user.is_authenticated:
            return redirect(url_for("SignInView.login"))
        if (chosen := first_page()) is not None:
            return redirect(chosen)
        for pair, endpoint in LANDING:
            if pair in permissions():
                return redirect(url_for(endpoint))
        return self.render_template("petitions/empty_home.html", appbuilder=self.appbuilder)


class InboxView(Screen):
    """Open deadlines of mine, of my unit, of the subtree."""

    route_base = "/inbox"
    class_permission_name = "Petitions"

    @expose("/")
    @has_access
    @permission_name("read")
    def inbox(self) -> Any:
        """A page of open deadlines; `old=1`: of what ran out before the software was used."""
        whose = request.args.get("whose", "unit")
        scope = current(db.session())
        wide = ("can_reach", "SubtreeFacts") in permissions()
        if whose not in ("mine", "unit", "subtree") or (whose == "subtree" and not wide):
            abort(404)
        units = None if whose == "subtree" else scope.write or frozenset({g.user.unit_id})
        old = request.args.get("old") == "1"
        how = asked(ORDERS, columns.INBOX)
        handler = g.user.username if whose == "mine" else None
        try:
            page = inbox(
                db.session(), Whose(units, handler, old), how.order, how.spot, how.size, current_app.config["COUNT_CAP"]
            )
        except ValueError:
            abort(400)
        petitions = [_petition_of(row) for row in page.rows]
        tasks = [row.task for row in page.rows if row.task is not None]
        lines = summaries([petition for petition in petitions if petition is not None])
        audit.record(db.session(), "petition.listed", row_ids=[row.id for row in petitions if row is not None] or None)
        return self.render(
            "petitions/inbox.html",
            page=page,
            rows=list(zip(page.rows, petitions, strict=True)),
            lines=lines,
            whose=whose,
            old=old,
            how=how,
            columns=columns.INBOX,
            kept={"whose": whose} | ({"old": "1"} if old else {}) | how.kept(),
            began=any_began(db.session()),
            wide=wide,
            mark=list_mark([*petitions, *(task.petition or task.case for task in tasks)]),
            tasks=told(tasks),
        )


def _petition_of(row: Deadline) -> Petition | None:
    """What the clock is of, or the first petition of its case; of a task neither."""
    if row.case is not None:
        petitions: list[Petition] = row.case.petitions
        return petitions[0] if petitions else None
    own: Petition | None = row.petition
    return own


def summaries(rows: list[Any]) -> dict[Any, tuple[str, str]]:
    """For the petitions whose text the account may read: who sent it (never a denouncer) and what it is about, opened
    in one batch.
    """
    found = {}
    texts = texts_of(db.session(), rows)
    hidden = denouncers_of(db.session(), [text.petition for text in texts.values()])
    for key, text in texts.items():
        petition = text.petition
        people = (
            []
            if secrecy.content_closed(petition)
            else opened(read_people, petition, PETITIONER, otherwise=broken_people)
        )
        sender = people[0]["name"] + (f" (+{len(people) - 1})" if len(people) > 1 else "") if people else ""
        body = opened(shown_body, petition, hidden.get(petition.id, []), otherwise=broken_body)
        found[key] = (sender, body.get("summary", ""))
    return found
