"""Running what waits in the queue within the test, as the worker's processes would."""

from sqlalchemy import select

from app.jobs.running import run
from app.models import Job
from app.models.job import RUNNING, WAITING


def run_waiting(installation):
    """Every job that waits, or was cut off, has been run once more, oldest first; their ids."""
    with installation.session("job") as session:
        query = select(Job.id).where(Job.state.in_((WAITING, RUNNING))).order_by(Job.asked_at)
        waiting = list(session.scalars(query))
        session.rollback()
    for key in waiting:
        with installation.session("job") as session:
            run(session, key)
    return waiting
