"""The account's long work: what waits, how far it is, its result once; and the queue, for administrators."""

import io
import uuid
from typing import Any

from flask import abort, current_app, flash, g, redirect, send_file, url_for
from flask_appbuilder.security.decorators import permission_name

from app.extensions import db, limiter
from app.jobs import asking
from app.operations.refusal import Refused
from app.reporting.workbook import XLSX
from app.views.base import Screen, has_access, or_404
from app.views.gates import account_key
from app.views.jobs.asked import forget, remember
from app.views.keeping import expose, once_kept


class JobView(Screen):
    """The account's own jobs."""

    route_base = "/jobs"
    class_permission_name = "OwnAccount"

    @expose("/")
    @has_access
    @permission_name("use")
    def jobs(self) -> Any:
        """All of them, newest first."""
        found = asking.mine(db.session(), g.user.username)
        if found:
            remember()
        else:
            forget()
        return self.render("jobs/jobs.html", jobs=found, going=any(job.open for job in found))

    @expose("/<uuid:key>")
    @has_access
    @permission_name("use")
    def job(self, key: uuid.UUID) -> Any:
        """One: how far it is, what came of it."""
        found = or_404(asking.find(db.session(), g.user.username, key))
        return self.render("jobs/job.html", job=found, going=found.open)

    @expose("/<uuid:key>/result", methods=["POST"])
    @limiter.limit(lambda: current_app.config["EXPORT_LIMIT"], key_func=account_key)
    @has_access
    @permission_name("use")
    def result(self, key: uuid.UUID) -> Any:
        """The file, once."""
        try:
            found = asking.fetch(db.session(), g.user.username, key)
        except Refused as refused:
            db.session.rollback()
            flash(refused.message[:1].upper() + refused.message[1:], "warning")
            return redirect(url_for("JobView.job", key=key))
        if found is None:
            abort(404)
        once_kept(lambda: asking.put_away(key))
        data, name = found
        return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=name)


class QueueView(Screen):
    """Everybody's jobs: kinds, states and times."""

    route_base = "/jobs"
    class_permission_name = "Jobs"

    @expose("/queue")
    @has_access
    @permission_name("read")
    def queue(self) -> Any:
        """The newest of the installation."""
        return self.render("jobs/queue.html", jobs=asking.everybodys(db.session()))
