"""Workers: a few threads that serve all streams in turn.

A stream that has a new frame queues up once, is served by one worker, and if it has
a newer frame by then it queues up again, behind all others. So turns are fair, a
stream is never processed by two threads at once, and idle streams cost nothing.
"""

import logging
from collections import deque
from threading import Condition
from typing import Protocol

from face_rec.background import Background
from face_rec.clock import Clock

log = logging.getLogger(__name__)

_LOG_EVERY = 10.0
"""Seconds between two tracebacks in the log: a broken stream fails 15 times a second."""
SPAN = 3.0
"""Seconds over which the load is taken."""
_KEPT = 200  # pieces of work a thread


class Task(Protocol):
    """One stream, as the pool sees it."""

    @property
    def name(self) -> str: ...

    @property
    def waiting(self) -> bool:
        """Whether there is something to run for; asked after each run."""
        ...

    def run(self) -> None:
        """Process one frame. May raise: that is logged and counted."""
        ...


class Load:
    """What share of the time some threads were busy, over the last SPAN seconds. Each piece of
    work is told when it ends; safe to read from another thread."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._works: deque[tuple[float, float]] = deque(maxlen=_KEPT * threads)

    def worked(self, began: float, ended: float) -> None:
        self._works.append((began, ended))

    def share(self, now: float) -> float:
        """0 (idle) to 1 (all threads, all the time)."""
        busy = sum(max(0.0, ended - max(began, now - SPAN)) for began, ended in tuple(self._works))
        return min(1.0, busy / (SPAN * self._threads))


class WorkerPool:
    """``size`` threads, started at once; safe from any thread."""

    def __init__(self, size: int, clock: Clock) -> None:
        self._clock = clock
        self._turns = Condition()
        self._queue: deque[Task] = deque()
        self._busy: set[Task] = set()  # in the queue or with a worker
        self._closed = False
        self._failures = 0
        self._logged_at = float("-inf")
        self._load = Load(max(1, size))
        self._threads = [
            Background(f"journey-{number}", self._work) for number in range(1, max(1, size) + 1)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def size(self) -> int:
        return len(self._threads)

    @property
    def load(self) -> float:
        """Share of the last seconds in which the threads were busy, 0 to 1."""
        return self._load.share(self._clock.monotonic())

    @property
    def failures(self) -> int:
        """Runs that ended in an exception."""
        return self._failures

    def wake(self, task: Task) -> None:
        """``task`` has a new frame; costs microseconds."""
        with self._turns:
            if self._closed or task in self._busy:
                return
            self._busy.add(task)
            self._queue.append(task)
            self._turns.notify()

    def close(self, timeout: float = 5.0) -> None:
        """Let each worker finish its frame, then end it."""
        for thread in self._threads:
            thread.stopping.set()
        with self._turns:
            self._closed = True
            self._queue.clear()
            self._turns.notify_all()
        for thread in self._threads:
            thread.stop(timeout)

    def _work(self) -> None:
        while (task := self._next()) is not None:
            began = self._clock.monotonic()
            try:
                task.run()
            except Exception as error:  # a bug must cost one frame, not a worker
                self._failed(task, error)
            finally:  # nor the stream all its later turns
                self._load.worked(began, self._clock.monotonic())
                self._done(task)

    def _next(self) -> Task | None:
        with self._turns:
            self._turns.wait_for(lambda: self._queue or self._closed)
            return None if self._closed else self._queue.popleft()

    def _done(self, task: Task) -> None:
        with self._turns:
            self._busy.discard(task)
            if task.waiting and not self._closed:
                self._busy.add(task)
                self._queue.append(task)
                self._turns.notify()

    def _failed(self, task: Task, error: Exception) -> None:
        now = self._clock.monotonic()
        with self._turns:
            self._failures += 1
            loud = now - self._logged_at >= _LOG_EVERY
            self._logged_at = now if loud else self._logged_at
        if loud:
            log.error(
                "frame_failed stream=%s failures=%d", task.name, self._failures, exc_info=error
            )
