"""What an account opened last."""

from typing import Any

from flask import g
from flask_appbuilder.security.decorators import permission_name

from app.extensions import db
from app.reporting.recent import recent
from app.security import audit
from app.views.base import Screen, has_access
from app.views.keeping import expose
from app.views.secrecy.secrets import list_mark


class RecentView(Screen):
    """Petitions, cases and receptions, by when they were opened."""

    route_base = "/recent"
    class_permission_name = "OwnAccount"

    @expose("/")
    @has_access
    @permission_name("use")
    def recent(self) -> Any:
        """The last ones, facts only."""
        found = recent(db.session(), g.user.username)
        audit.record(db.session(), "petition.listed", row_ids=[opened.row.id for opened in found] or None)
        marked = [opened.row for opened in found if opened.noun != "reception"]
        return self.render("petitions/recent.html", found=found, mark=list_mark(marked) if marked else "")
