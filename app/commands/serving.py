"""What goes on beside serving, and what has to happen every day."""

import signal
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commands.operator import operator
from app.commands.trail import HEADS, keep_chain
from app.files.memory import sweep
from app.jobs.asking import sweep as sweep_jobs
from app.models import Document, Job
from app.operations.daily import run_daily
from app.operations.documents.work import work_once
from app.operations.exchange.register_held import sweep_held
from app.operations.indexing import index_anew
from app.operations.secrecy.conflicts import look_again
from app.security import audit
from app.security.audit_heads import export_heads, load_signing_key
from app.security.rotation import left_over
from app.security.sealed_files import orphans, unfinished
from config import audit_key_file, instance_dir, load

# seconds between looks for documents that wait, and for new holders of accounts
BETWEEN_LOOKS = 3.0
BETWEEN_LOOKS_AGAIN = 30.0
# seconds
BETWEEN_SEALS = 10.0
FIRST_DAILY = 60.0
BETWEEN_DAILY = 6 * 3600.0


def daily(_options: Namespace) -> None:
    """What has to happen every day has happened; safe to repeat.

    Prints a line for each thing done or to be worried about.
    """
    with operator("daily") as session:
        for line in _every_day(session):
            print(line)


def _every_day(session: Session) -> Iterator[str]:
    yield from run_daily(session)
    yield from sweep_jobs(session, datetime.now(UTC))


def background(_options: Namespace) -> None:
    """What must go on beside serving goes on: sealing, hourly heads, files held too long, the daily work.

    Ends only when it is stopped.
    """
    daily_at = time.monotonic() + FIRST_DAILY
    key = load_signing_key(audit_key_file())
    with operator("background") as session:
        export_heads(session, key, instance_dir() / HEADS)  # files that were cut off or lost are there again
        while True:
            keep_chain(session, key)
            sweep_held(session, datetime.now(UTC))
            session.commit()
            if time.monotonic() >= daily_at:
                for line in _every_day(session):
                    print(line, flush=True)
                daily_at = time.monotonic() + BETWEEN_DAILY
            time.sleep(BETWEEN_SEALS)


def work(_options: Namespace) -> None:
    """What waits in documents is done: scanned, made ready to look at, read; who came to hold an account is looked for
    among respondents; a rotation of keys that was cut off goes on. Ends only when it is stopped.
    """
    with operator("work") as session:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that a folder in memory is emptied on the way out
        sweep(load()["MEMORY_DIR"])
        looked = datetime.now(UTC) - timedelta(days=1)
        next_look = 0.0
        left: Iterator[int] | None = None
        next_left = 0.0
        while True:
            if work_once(session):  # first: whatever stops the rest does not hold up documents
                continue
            session.expunge_all()
            if time.monotonic() >= next_look:
                now = datetime.now(UTC)
                look_again(session, looked)
                session.commit()
                # what was committed late is not missed
                looked = now - timedelta(minutes=1)
                next_look = time.monotonic() + BETWEEN_LOOKS_AGAIN
            if left is None and time.monotonic() >= next_left:
                left = chain(left_over(session, load()["FILES_DIR"]), index_anew(session))
                next_left = time.monotonic() + BETWEEN_DAILY
            if left is None or next(left, None) is None:
                left = None
                time.sleep(BETWEEN_LOOKS)


def orphans_(options: Namespace) -> None:
    """Files of no document, and what was cut off while it was written, a day ago or more, are on standard output; gone
    where that was asked for.
    """
    with operator("orphans", remove=options.remove) as session:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        found = orphans(
            load()["FILES_DIR"],
            lambda keys: {
                key for kind in (Document, Job) for key in session.scalars(select(kind.id).where(kind.id.in_(keys)))
            },
            yesterday.timestamp(),
        )
        found += unfinished(load()["FILES_DIR"], yesterday.timestamp())
        for path in found:
            print(path.name)
            if options.remove:
                path.unlink()
        if options.remove:
            audit.record(
                session, "command.run", detail={"command": "orphans", "removed": [path.name for path in found]}
            )
    print(f"{len(found)} tệp không thuộc tài liệu nào{' đã xóa' if options.remove else ''}", file=sys.stderr)
