"""For those who lead or manage: confirming accounts and additions to roles, looking at rights again, and the open work
of an account that changes hands.
"""

import uuid
from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext

from app.clock import today
from app.extensions import db
from app.models import Account
from app.operations.accounts.confirmations import (
    changes_for,
    confirm,
    decide_change,
    decide_policy,
    policies_for,
    waiting_for,
)
from app.operations.accounts.reviews import overdue_since, reaches_of, review, to_review
from app.reporting.lists import open_work
from app.security import audit
from app.text.typed import number_of
from app.views.accounts.own_account import me
from app.views.base import Screen, has_access, or_404
from app.views.gates import fresh
from app.views.keeping import carry_out, expose


class HolderView(Screen):
    """Accounts, as their unit's leaders and managers answer for them."""

    route_base = "/holders"
    class_permission_name = "Holders"

    @expose("/")
    @has_access
    @permission_name("confirm")
    def holders(self) -> Any:
        """What waits for this account's word, and the accounts whose rights it looks at."""
        session = db.session()
        waiting = waiting_for(session, me())
        return self.render(
            "accounts/holders.html",
            waiting=waiting,
            reaches=reaches_of(session, waiting),
            changes=changes_for(session, me()),
            policies=policies_for(session, me()),
            mine=to_review(session, me()),
            due=overdue_since(today()),
        )

    @expose("/<int:key>/confirm", methods=["POST"])
    @has_access
    @fresh
    @permission_name("confirm")
    def confirm(self, key: int) -> Any:
        """The account is its holder's."""
        account = or_404(next((one for one in waiting_for(db.session(), me()) if one.id == key), None))
        seen = request.form.get("seen", "")
        carry_out(
            lambda: confirm(db.session(), account, me(), seen), gettext("Đã xác nhận %(name)s", name=account.username)
        )
        return redirect(url_for("HolderView.holders"))

    @expose("/changes/<uuid:key>", methods=["POST"])
    @has_access
    @fresh
    @permission_name("confirm")
    def change(self, key: uuid.UUID) -> Any:
        """The role is changed, or the change is refused."""
        return self._decided(changes_for, decide_change, key)

    @expose("/policies/<uuid:key>", methods=["POST"])
    @has_access
    @fresh
    @permission_name("confirm")
    def policy(self, key: uuid.UUID) -> Any:
        """The unit's accounts may sign in by weaker means, or not."""
        return self._decided(policies_for, decide_policy, key)

    @staticmethod
    def _decided(waiting: Any, decide: Any, key: uuid.UUID) -> Any:
        found = or_404(next((one for one in waiting(db.session(), me()) if one.id == key), None))
        granted = request.form.get("granted") == "1"
        said = gettext("Đã đồng ý") if granted else gettext("Đã từ chối")
        carry_out(lambda: decide(db.session(), found, me(), granted), said)
        return redirect(url_for("HolderView.holders"))

    @expose("/review", methods=["POST"])
    @has_access
    @fresh
    @permission_name("confirm")
    def review(self) -> Any:
        """The ticked accounts are as they should be."""
        wanted = set(map(number_of, request.form.getlist("account")))
        mine = [account for account in to_review(db.session(), me()) if account.id in wanted]
        carry_out(
            lambda: review(db.session(), me(), mine), gettext("Đã rà soát %(number)s tài khoản", number=len(mine))
        )
        return redirect(url_for("HolderView.holders"))

    @expose("/<int:key>/work")
    @has_access
    @permission_name("confirm")
    def work(self, key: int) -> Any:
        """The petitions that account handles or registered and that are still open, as far as the reader's scope
        goes.
        """
        account = or_404(db.session.get(Account, key))
        if account.unit_id != me().unit_id and account not in me().manages:
            or_404(next((one for one in waiting_for(db.session(), me()) if one.id == key), None))
        rows = open_work(db.session(), account.username)
        audit.record(db.session(), "petition.listed", row_ids=[row.id for row in rows] or None)
        return self.render("accounts/holder_work.html", account=account, rows=rows)
