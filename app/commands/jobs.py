"""One job of the queue, in a process of its own with its own limits of time and memory."""

import os
import resource
import signal
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from app.commands.operator import operator
from app.jobs.running import TooLong, run
from config import load

NICE = 10  # pages come before it


def job(options: Namespace) -> None:
    """The job is done, or has failed with a sentence its account reads; nothing, where it was already."""
    settings = load()
    os.nice(NICE)
    with operator("job", job=str(options.key)) as session:
        run(session, options.key, limited(settings["JOB_SECONDS"], settings["JOB_MEMORY_BYTES"]))


@contextmanager
def limited(seconds: int, memory: int) -> Iterator[None]:
    """What is done within takes no longer and no more private memory. Raises TooLong; MemoryError."""
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    # The soft limit only: what is started to open a stranger's file sets its own.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, most))
    signal.signal(signal.SIGALRM, _over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def _over(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong
