"""The worker of the queue: takes an id, starts a process for it, and has it run again where that was cut off.

The queue says who is next; that a job is done once, and what it may do, is told by its row (`app/jobs/running.py`).
"""

import asyncio
import signal
import sys
from collections.abc import Mapping
from typing import Any

import procrastinate
from sqlalchemy import make_url

from app.database import application_url
from app.lifeline import tied
from app.security.queue import SCHEMA, TASK
from config import ROOT, load

BEAT = 3.0  # seconds between signs of life
SILENT = 12.0  # a worker that gave none for so long is gone
AGAIN = 2  # seconds before what was cut off is run again
KILLED_AFTER = 60  # seconds beyond the time a job may take, in which it may say so itself
FINISH = 20.0  # seconds a worker that is told to stop lets its jobs run on


class CutOff(RuntimeError):
    """The process of a job ended before the job did."""


async def work_through(environ: Mapping[str, str]) -> None:
    """What waits is run; what a worker that is gone had begun is run again. Ends when it is told to."""
    settings = load(environ)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=_address(environ), max_size=4))

    @app.task(name=TASK, queue=TASK, retry=procrastinate.RetryStrategy(wait=AGAIN))
    async def run(job: str) -> None:
        await _run_apart(job, environ, settings["JOB_SECONDS"] + KILLED_AFTER)

    async with app.open_async():
        again = asyncio.create_task(_again(app))
        worker = asyncio.create_task(
            app.run_worker_async(
                queues=[TASK],
                concurrency=settings["JOBS_AT_ONCE"],
                delete_jobs=procrastinate.jobs.DeleteJobCondition.ALWAYS,
                update_heartbeat_interval=BEAT,
                stalled_worker_timeout=SILENT,
                shutdown_graceful_timeout=FINISH,
            )
        )
        # Where either ends, so does this process: what watches over it begins it again.
        await asyncio.wait([again, worker], return_when=asyncio.FIRST_COMPLETED)
        again.cancel()
        if not worker.done():
            worker.cancel()
        await asyncio.gather(again, worker, return_exceptions=True)
    for task in (again, worker):
        if not task.cancelled() and (trouble := task.exception()) is not None:
            raise trouble


def _address(environ: Mapping[str, str]) -> str:
    """libpq's address of the application's role, with the queue's tables before all others."""
    url = make_url(application_url(environ)).set(drivername="postgresql")
    url = url.update_query_dict({"options": f"-csearch_path={SCHEMA}", "application_name": "donthu-jobs"})
    return url.render_as_string(hide_password=False)


async def _again(app: Any) -> None:
    """Jobs of workers that are gone wait anew."""
    while True:
        for stalled in await app.job_manager.get_stalled_jobs(queue=TASK, seconds_since_heartbeat=SILENT):
            await app.job_manager.retry_job(stalled)
        await asyncio.sleep(BEAT)


async def _run_apart(job: str, environ: Mapping[str, str], seconds: int) -> None:
    """The job's process has ended well. Raises CutOff where it did not.

    It goes with this one, and with the task that waits for it.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "job", job, cwd=ROOT, env=dict(environ), preexec_fn=tied(signal.SIGKILL)
    )
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        raise CutOff("its time was over") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise CutOff(f"it ended with status {process.returncode}")
