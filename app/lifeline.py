"""A child goes when its parent goes, by whatever signal that ended: the kernel sees to it. Also gunicorn's
configuration, for its workers' sake.
"""

import ctypes
import os
import signal
from collections.abc import Callable
from typing import Any

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def tied(number: int = signal.SIGTERM) -> Callable[[], None]:
    """For `preexec_fn`: the child is sent the signal when this process ends."""
    parent = os.getpid()

    def tie() -> None:
        if _libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
        if os.getppid() != parent:  # it ended before the kernel knew
            os.kill(os.getpid(), number)

    return tie


def post_fork(_server: Any, worker: Any) -> None:
    """A worker of a gunicorn that was killed serves its request to the end and goes; it would hold the port for
    minutes.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != worker.ppid:
        os.kill(os.getpid(), signal.SIGTERM)
