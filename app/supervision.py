"""Watching over processes: each that ends is begun again, after waits that grow; told to stop, they end in order, the
first begun last.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

Process = subprocess.Popen[bytes]
# seconds before a process that ended is begun again
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
CALM = 60.0  # seconds: one that ran so long and then ends starts with the first wait again
TICK = 0.25  # seconds between looks
GRACE = 60.0  # seconds a process told to end may take; then it is killed
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


class Child:
    """A process that is begun again whenever it ends, with all that it had begun itself gone first.

    `ready` says whether those begun after it may begin; `how` is the signal that ends it in good order.
    """

    def __init__(
        self,
        name: str,
        begin: Callable[[], Process],
        ready: Callable[[], bool] = lambda: True,
        how: int = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.how = how
        self.process: Process | None = None
        self._begin = begin
        self._asked = ready
        self._ready = False
        self._wait = FIRST_WAIT
        self._began = 0.0
        self._next = 0.0

    def look(self) -> None:
        """It runs, or will once its wait is over."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self._ended(self.process, now)
        if self.process is None and now >= self._next:
            self.process = self._begin()
            self._began = now
            self._ready = False

    def _ended(self, process: Process, now: float) -> None:
        _kill_group(process.pid)  # what it left behind would hold the port
        if now - self._began > CALM:
            self._wait = FIRST_WAIT
        how = f"bị tín hiệu {-process.returncode}" if process.returncode < 0 else f"mã {process.returncode}"
        print(f"{self.name} đã dừng ({how}); chạy lại sau {self._wait:.0f} giây", file=sys.stderr, flush=True)
        self.process = None
        self._next = now + self._wait
        self._wait = min(self._wait * 2, LONGEST_WAIT)

    def ready(self) -> bool:
        """True when it runs and has once answered since it was begun."""
        self._ready = self.process is not None and (self._ready or self._asked())
        return self._ready

    def tell_to_end(self) -> None:
        """It has been told."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.how)

    def end(self) -> None:
        """It and whatever it had begun have ended."""
        if self.process is None:
            return
        self.tell_to_end()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        _kill_group(self.process.pid)
        self.process.wait()
        self.process = None


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


class Watch:
    """What watches over them until it is told to stop by a signal."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False
        for number in STOPS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's wish is kept
                signal.signal(number, self._stop)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def add(self, child: Child) -> Child:
        """It is watched, and needs those added before it."""
        self.children.append(child)
        return child

    def until_stopped(self) -> None:
        """Everything runs until a signal tells to stop."""
        while not self.stopping:
            for child in self.children:
                child.look()
                if not child.ready():
                    break
            time.sleep(TICK)

    def end(self) -> None:
        """Nothing runs: the last added ended first."""
        for child in reversed(self.children):
            child.end()
