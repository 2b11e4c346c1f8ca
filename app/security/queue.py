"""The queue of long work, as the session writes it: what waits is there if, and only if, the transaction that asked for
it was committed.
"""

import json
import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

TASK = "job"  # the one task of the queue, and the queue's name
SCHEMA = "procrastinate"  # where its tables are

_DEFER = text(
    "select procrastinate.procrastinate_defer_jobs_v1(array[row(:queue, :task, 0, :lock, null,"
    " cast(:arguments as jsonb), null)]::procrastinate.procrastinate_job_to_defer_v1[])"
)


def defer(session: Session, job: uuid.UUID, lock: str) -> None:
    """The job's id waits in the queue with this transaction; of those with the same lock one runs at a time."""
    parameters = {"queue": TASK, "task": TASK, "lock": lock, "arguments": json.dumps({"job": str(job)})}
    session.execute(_DEFER, parameters)
