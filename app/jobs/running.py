"""A job is run: as the account that asked, what it changes and that it is done in one transaction.

Killed at any point it is run again from its beginning, since nothing of it was committed; run twice at once the second
waits for the first one's lock and finds it done.
"""

import time
import uuid
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.files import memory
from app.jobs.asking import RIGHTS, put_away
from app.jobs.kinds import RUN
from app.models import Account, Job, JobProgress
from app.models.job import DONE, FAILED, RUNNING, WAITING
from app.operations.progress import listen
from app.operations.refusal import Refused
from app.operations.rights import demand, demand_operator
from app.security import audit, sealed_files
from app.security.account_scope import permissions_and_scope
from app.security.keys import DOCUMENT
from app.security.scope import Scope, current, enter
from app.security.sealed import seal, unseal
from app.settings import setting

UNLIMITED = nullcontext()
MOST_ATTEMPTS = 3
BETWEEN_TELLS = 0.5  # seconds
LOST_RIGHT = "tài khoản đã bị khóa, tạm dừng, đóng hoặc chờ xác nhận; sau khi dùng lại được thì làm lại việc này"
GAVE_UP = (
    f"việc này đã bị dừng giữa chừng {MOST_ATTEMPTS} lần (máy chủ khởi động lại, hết bộ nhớ hoặc hết giờ), chưa ghi gì;"
    " chia nhỏ rồi làm lại, hoặc báo quản trị"
)
TOO_LONG = "việc này chạy quá thời gian cho phép, chưa ghi gì; chia nhỏ rồi làm lại, hoặc báo quản trị"
TOO_MUCH = "việc này cần nhiều bộ nhớ hơn mức cho phép, chưa ghi gì; chia nhỏ rồi làm lại, hoặc báo quản trị"
NO_ROOM = "ổ đĩa của máy chủ sắp đầy nên chưa ghi được kết quả; báo quản trị giải phóng chỗ trống rồi làm lại"


class TooLong(KeyboardInterrupt):
    """The job's time is over. An interrupt: the driver then cancels the statement that runs, and lets its locks go."""


def run(session: Session, key: uuid.UUID, limits: AbstractContextManager[None] = UNLIMITED) -> None:
    """The job is done within its limits, or has failed with a sentence; nothing, where it was already. Raises Refused.

    The session is a job's own; what stops it in between leaves the job as it was, but for one attempt more.
    """
    demand_operator(session)
    system = current(session)
    job = _claimed(session, key)
    if job is None:
        return
    try:
        with limits:
            _work(session, job)
    except Refused as refused:
        _fail(session, system, key, refused.message, getattr(refused, "problems", None))
    except TooLong:
        _fail(session, system, key, TOO_LONG)
    except MemoryError:
        _fail(session, system, key, TOO_MUCH)
    except sealed_files.NoRoom:
        _fail(session, system, key, NO_ROOM)
    sealed_files.remove(setting("FILES_DIR"), key, sealed_files.INPUT)


def _claimed(session: Session, key: uuid.UUID) -> Job | None:
    """The job, running, its row locked; None where there is nothing to do.

    That it was begun is committed first, so that one which kills its process is not begun for ever.
    """
    job = _locked(session, key)
    if job is None or job.state not in (WAITING, RUNNING):
        session.rollback()
        # It may have been killed after its commit and before what it was given was removed.
        sealed_files.remove(setting("FILES_DIR"), key, sealed_files.INPUT)
        return None
    if job.attempts >= MOST_ATTEMPTS:
        _fail(session, current(session), key, GAVE_UP)
        put_away(key)
        memory.clear(setting("MEMORY_DIR"), str(key))
        return None
    job.state = RUNNING
    job.attempts += 1
    job.started_at = datetime.now(UTC)
    mine = job.attempts
    session.commit()
    job = _locked(session, key)
    if job is None or job.state != RUNNING or job.attempts != mine:
        session.rollback()
        return None
    return job


def _locked(session: Session, key: uuid.UUID) -> Job | None:
    query = select(Job).where(Job.id == key).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _work(session: Session, job: Job) -> None:
    """What was asked is done, and told, in one transaction."""
    account = session.scalars(select(Account).where(Account.username == job.account)).unique().one()
    if account.closed_at is not None or not account.opens_data:
        raise Refused(LOST_RIGHT)
    _, scope = permissions_and_scope(session, account)
    session.info["audit_path"] = account.unit.path if account.unit else ""
    enter(session, scope)
    demand(session, *RIGHTS[job.kind])
    listen(session, _Teller(session, job.id, scope))
    outcome = RUN[job.kind](session, account, job.id, unseal(job, "arguments"))
    if outcome.data is not None:
        folder = setting("FILES_DIR")
        sealed_files.check_room(folder, len(outcome.data), setting("FREE_BYTES"))
        sealed_files.write(folder, job.id, sealed_files.RESULT, outcome.data, DOCUMENT)
    job.has_file = outcome.data is not None
    _end(session, job, DONE, outcome.told)
    session.commit()


def _end(session: Session, job: Job, state: str, told: dict[str, Any]) -> None:
    job.state = state
    job.finished_at = datetime.now(UTC)
    job.told = seal(job, "told", told, DOCUMENT)
    job.arguments = None
    audit.record(session, f"job.{state}", table_name="jobs", row_ids=[job.id], detail={"kind": job.kind})
    session.flush()


def _fail(session: Session, system: Scope, key: uuid.UUID, sentence: str, lines: list[str] | None = None) -> None:
    """Nothing of it was stored but that it failed, and why."""
    session.rollback()
    enter(session, system)
    job = _locked(session, key)
    if job is not None and job.state in (WAITING, RUNNING):
        _end(session, job, FAILED, {"said": sentence, "lines": lines or []})
    session.commit()


class _Teller:
    """Writes how far the job is, in transactions of its own and not too often."""

    def __init__(self, session: Session, key: uuid.UUID, scope: Scope) -> None:
        self._bind = session.get_bind()
        self._key = key
        self._scope = scope
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BETWEEN_TELLS
        with Session(self._bind) as apart:
            enter(apart, self._scope)
            apart.execute(update(JobProgress).where(JobProgress.id == self._key).values(done=done, total=total))
            apart.commit()
