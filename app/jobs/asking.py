"""What an account does with its jobs: ask, look, fetch. And what the installation does with everybody's."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, desc, func, select
from sqlalchemy.orm import Session

from app.models import Account, Job, JobProgress
from app.models.job import DONE, EXPIRED, FAILED, FETCHED, RUNNING, WAITING
from app.operations.refusal import Refused
from app.operations.rights import demand, demand_operator, demand_own
from app.security import audit, queue, sealed_files
from app.security.keys import DOCUMENT
from app.security.scope import system_scope, within
from app.security.sealed import seal, unseal
from app.settings import setting

EXPORT = "export"
REGISTER = "register"
FORM = "form"
RECOUNT = "recount"
# what the account has to be allowed, when it asks, when the job runs, and when it fetches
RIGHTS = {
    EXPORT: ("can_export", "Petitions"),
    REGISTER: ("can_import", "Registers"),
    FORM: ("can_read", "Forms"),
    RECOUNT: ("can_write", "Holidays"),
}
MOST_OPEN = 5  # jobs an account may have waiting or running
MOST_SHOWN = 100
KEPT = timedelta(days=1)  # a result nobody fetched
REMEMBERED = timedelta(days=30)  # that there was a job


@dataclass(frozen=True)
class Shown:
    """A job as its account sees it."""

    row: Job
    told: dict[str, Any]
    done: int
    total: int

    @property
    def open(self) -> bool:
        """True while it waits or runs."""
        return self.row.state in (WAITING, RUNNING)


def ask(session: Session, account: Account, kind: str, arguments: dict[str, Any], data: bytes | None = None) -> Job:
    """The job waits, with this transaction; `data` lies sealed until it ran. Raises Refused."""
    demand_own(session, account.username)
    demand(session, *RIGHTS[kind])
    mine = select(func.count()).select_from(Job).where(Job.account == account.username)
    if (session.scalar(mine.where(Job.state.in_((WAITING, RUNNING)))) or 0) >= MOST_OPEN:
        raise Refused(f"tài khoản đang có {MOST_OPEN} việc chạy nền chưa xong; đợi một việc xong rồi làm lại")
    job = Job(account=account.username, kind=kind)
    job.arguments = seal(job, "arguments", arguments, DOCUMENT)
    if data is not None:
        folder = setting("FILES_DIR")
        sealed_files.check_room(folder, len(data), setting("FREE_BYTES"))
        sealed_files.write(folder, job.id, sealed_files.INPUT, data, DOCUMENT)
    session.add(job)
    session.flush()
    session.add(JobProgress(id=job.id))
    session.flush()
    queue.defer(session, job.id, str(account.id))
    audit.record(session, "job.asked", table_name="jobs", row_ids=[job.id], detail={"kind": kind})
    return job


def ask_recount(session: Session, account: Account) -> Job:
    """Every open deadline will follow the calendar as this transaction leaves it: the account's recounting that has not
    begun will see it, or a new one waits.
    """
    demand_own(session, account.username)
    query = select(Job).where(Job.account == account.username, Job.kind == RECOUNT, Job.state == WAITING)
    # Held until this transaction ends: it does not begin before.
    waiting = session.scalars(query.limit(1).with_for_update()).first()
    return waiting or ask(session, account, RECOUNT, {})


def mine(session: Session, username: str) -> list[Shown]:
    """The account's jobs, newest first. Raises Refused."""
    demand_own(session, username)
    query = select(Job).where(Job.account == username).order_by(desc(Job.asked_at)).limit(MOST_SHOWN)
    return [_shown(session, job) for job in session.scalars(query)]


def find(session: Session, username: str, key: uuid.UUID) -> Shown | None:
    """That job, where it is the account's. Raises Refused."""
    demand_own(session, username)
    job = session.scalars(select(Job).where(Job.id == key, Job.account == username)).first()
    return None if job is None else _shown(session, job)


def _shown(session: Session, job: Job) -> Shown:
    progress = session.get(JobProgress, job.id)
    told = unseal(job, "told") or {}
    return Shown(job, told, progress.done if progress else 0, progress.total if progress else 0)


def fetch(session: Session, username: str, key: uuid.UUID) -> tuple[bytes, str] | None:
    """The file and its name, and from here on nobody gets it again; None where there is no such job of the account.

    The caller commits, and then `put_away`. Raises Refused where there is nothing to fetch, or the right has gone.
    """
    demand_own(session, username)
    query = select(Job).where(Job.id == key, Job.account == username).with_for_update()
    job = session.scalars(query.execution_options(populate_existing=True)).first()
    if job is None:
        return None
    demand(session, *RIGHTS[job.kind])
    if job.state != DONE or not job.has_file:
        raise Refused("kết quả này chưa có, đã tải hoặc đã hết hạn; nếu còn cần, làm lại việc đó")
    data = sealed_files.read(setting("FILES_DIR"), job.id, sealed_files.RESULT)
    job.state = FETCHED
    session.flush()
    audit.record(session, "job.fetched", table_name="jobs", row_ids=[job.id], detail={"kind": job.kind})
    return data, (unseal(job, "told") or {})["name"]


def put_away(key: uuid.UUID) -> None:
    """Neither what the job took in nor what it gave out lies on disk."""
    for part in (sealed_files.INPUT, sealed_files.RESULT):
        sealed_files.remove(setting("FILES_DIR"), key, part)


@dataclass(frozen=True)
class Queued:
    """What administrators see of a job: never whose words it holds, nor what came of it."""

    account: str
    kind: str
    state: str
    attempts: int
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def everybodys(session: Session) -> list[Queued]:
    """The newest jobs of all accounts. Raises Refused."""
    demand(session, "can_read", "Jobs")
    columns = [getattr(Job, name) for name in Queued.__dataclass_fields__]
    with within(session, system_scope("queue")) as inner:
        rows = inner.execute(select(*columns).order_by(desc(Job.asked_at)).limit(MOST_SHOWN)).tuples().all()
    return [Queued(*row) for row in rows]


def sweep(session: Session, moment: datetime) -> Iterator[str]:
    """Results nobody fetched within a day are gone, and jobs that ended a month ago; a line where there were any.

    Raises Refused.
    """
    demand_operator(session)
    late = list(session.scalars(select(Job).where(Job.state == DONE, Job.has_file, Job.finished_at < moment - KEPT)))
    for job in late:
        job.state = EXPIRED
        audit.record(session, "job.expired", table_name="jobs", row_ids=[job.id], detail={"kind": job.kind})
    session.flush()
    over = Job.state.in_((DONE, FAILED, FETCHED, EXPIRED))
    session.execute(delete(Job).where(over, Job.finished_at < moment - REMEMBERED))
    session.commit()
    for job in late:
        put_away(job.id)
    if late:
        yield f"đã xóa {len(late)} kết quả việc chạy nền không ai tải trong một ngày"
