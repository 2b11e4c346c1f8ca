"""The audit trail, for auditors: what was done, never what it said."""

from typing import Any

from flask import abort, current_app, request, url_for
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext

from app.extensions import db
from app.reporting.trail import ORDERS, entries, heads, how_many
from app.security import audit
from app.views import columns
from app.views.administration.audit_columns import columns_in_words, detail_in_words
from app.views.administration.audit_words import act_name, table_name
from app.views.base import Screen, has_access
from app.views.keeping import expose
from app.views.paging import asked


def _chips(account: str, action: str) -> list[tuple[str, str]]:
    """Each filter in words, and the address of the trail without it."""
    said: list[tuple[str, dict[str, Any]]] = []
    if account:
        said.append((gettext("Tài khoản: %(account)s", account=account), {"action": action} if action else {}))
    if action:
        said.append(
            (gettext("Hành động: %(action)s", action=act_name(action)), {"account": account} if account else {})
        )
    return [(text, url_for("AuditView.entries", **kept)) for text, kept in said]


class AuditView(Screen):
    """What was done, by whom and when."""

    route_base = "/audit"
    class_permission_name = "Audit"

    @expose("/")
    @has_access
    @permission_name("read")
    def entries(self) -> Any:
        """A page of entries under the filters of the address."""
        account = request.args.get("account", "").strip()
        action = request.args.get("action", "")
        how = asked(ORDERS, columns.TRAIL)
        cap = current_app.config["COUNT_CAP"]
        count = how_many(db.session(), account, action, cap)
        try:
            page = entries(db.session(), account, action, how.order, how.spot, how.size)
        except ValueError:
            abort(400)
        audit.record(db.session(), "audit.read", detail={"account": account, "action": action})
        return self.render(
            "administration/audit.html",
            page=page,
            count=count,
            cap=cap,
            chips=_chips(account, action),
            how=how,
            columns=columns.TRAIL,
            kept={"account": account, "action": action} | how.kept(),
            account=account,
            action=action,
            actions=sorted(audit.ACTIONS, key=act_name),
            act_name=act_name,
            table_name=table_name,
            columns_in_words=columns_in_words,
            detail_in_words=detail_in_words,
        )

    @expose("/heads")
    @has_access
    @permission_name("read")
    def heads(self) -> Any:
        """Signed heads of the chain, for paper: whoever keeps one can tell a chain that was written anew."""
        audit.record(db.session(), "audit.read", detail={"heads": True})
        rows = [
            {
                "place": row.place,
                "at": row.signed_at,
                "hash": bytes(row.hash).hex(),
                "signature": bytes(row.signature).hex(),
            }
            for row in heads(db.session())
        ]
        return self.render("administration/audit_heads.html", rows=rows)
