"""What a screen says where its work became a job: on to the job's page."""

from typing import Any

from flask import flash, g, redirect, session, url_for
from flask_babel import gettext

from app.extensions import db
from app.jobs import asking
from app.models import Job
from app.operations.refusal import Refused
from app.security import sealed_files

KEY = "jobs"  # in the browser's session: the account has asked for some, the menu leads to them


def ask(kind: str, arguments: dict[str, Any], data: bytes | None = None) -> Any:
    """The job waits; on to its page. Raises Refused."""
    try:
        job = asking.ask(db.session(), g.user, kind, arguments, data)
    except sealed_files.NoRoom as trouble:
        raise Refused(str(trouble)) from None
    return gone_on(job)


def gone_on(job: Job) -> Any:
    """On to the page of the job, which goes on by itself."""
    remember()
    flash(gettext("Việc này chạy nền: làm việc khác được, trang này cho biết tiến độ và kết quả."), "info")
    return redirect(url_for("JobView.job", key=job.id))


def remember() -> None:
    """The menu of this browser leads to the account's jobs."""
    session[KEY] = True


def remembered() -> bool:
    """True where the menu leads there."""
    return bool(session.get(KEY))


def forget() -> None:
    """There are none any more."""
    session.pop(KEY, None)
