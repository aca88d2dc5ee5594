"""Threads of ours: none of them dies unseen.

Whatever the work of one raises is logged, counted and shown, and the work begins again after
a pause that grows. ``tests/unit/project/test_one_home.py`` refuses a thread made anywhere else.
"""

import asyncio
import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from face_rec.clock import Clock, SystemClock
from face_rec.retry import Backoff

log = logging.getLogger(__name__)

_SHOWN_SECONDS: Final = 600.0  # how long health speaks of a failure


@dataclass(frozen=True, slots=True)
class Status:
    """``problem``: what the thread failed of lately, or ""."""

    name: str
    alive: bool
    failures: int
    problem: str


def _nothing() -> None:
    """For work that looks at ``stopping`` by itself."""


class Background:
    """A thread that does ``work`` until it is stopped.

    ``work`` loops until :attr:`stopping` is set, and returns then. If it raises, or returns
    earlier, it is called again after a pause; so it must be able to begin anew at any time.
    ``wake`` makes it notice the stop; it runs on the stopping thread. All methods are safe
    from any thread.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        *,
        backoff: Backoff | None = None,
        wake: Callable[[], None] = _nothing,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self.stopping = threading.Event()
        self._work = work
        self._backoff = backoff or Backoff()
        self._wake = wake
        self._clock = clock or SystemClock()
        self._failures = 0
        self._problem = ""
        self._failed_at = 0.0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> "Background":
        _ALL.add(self)
        self._thread.start()
        return self

    def stop(self, timeout: float) -> bool:
        """Ask it to end and wait up to ``timeout`` s; False if it is still at it then."""
        self.stopping.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join(within(timeout))
        ended = not self._thread.is_alive()
        if ended:
            _ALL.discard(self)
        else:
            log.warning("background_still_busy thread=%s", self.name)
        return ended

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def status(self) -> Status:
        lately = self._clock.monotonic() - self._failed_at < _SHOWN_SECONDS
        return Status(self.name, self.alive, self._failures, self._problem if lately else "")

    def _run(self) -> None:
        in_a_row = 0
        while not self.stopping.is_set():
            begun = self._clock.monotonic()
            error = self._attempt()
            steady = self._clock.monotonic() - begun > 2 * self._backoff.longest
            in_a_row = 1 if steady else in_a_row + 1
            if error is not None or not self.stopping.is_set():
                self._pause(error, self._backoff.jittered(in_a_row))
        _ALL.discard(self)  # where whoever stopped it has not waited for that

    def _attempt(self) -> BaseException | None:
        try:
            self._work()
        except BaseException as error:  # SystemExit, too, would end the thread without a word
            return error
        return None

    def _pause(self, error: BaseException | None, seconds: float) -> None:
        self._failures += 1
        self._failed_at = self._clock.monotonic()
        self._problem = type(error).__name__ if error is not None else "it ended by itself"
        log.error(
            "background_failed thread=%s failures=%d again_in=%.1fs reason=%s",
            self.name, self._failures, seconds, self._problem, exc_info=error,
        )  # fmt: skip
        self.stopping.wait(seconds)


class Part(Protocol):
    """Something with threads of its own."""

    def start(self) -> object: ...

    def close(self) -> object: ...


P = TypeVar("P", bound=Part)


def started(part: P, stack: ExitStack) -> P:
    """``part``, started now and closed with ``stack``."""
    part.start()
    stack.callback(part.close)
    return part


_LEAST: Final = 0.2  # seconds that each thread is waited for, however late it is
_end_by = float("inf")  # monotonic seconds


@contextmanager
def ending_within(seconds: float) -> Iterator[None]:
    """Inside, all stops together wait no longer than this: each has its own patience with a
    server that hangs, and a dozen of them in a row outlast that of whoever stops the app."""
    global _end_by  # noqa: PLW0603
    _end_by = time.monotonic() + seconds
    try:
        yield
    finally:
        _end_by = float("inf")


def within(timeout: float, least: float = _LEAST) -> float:
    """Seconds that something which ends may be waited for: ``timeout``, or what is left."""
    return min(timeout, max(least, _end_by - time.monotonic()))


_ALL: "weakref.WeakSet[Background]" = weakref.WeakSet()


def statuses() -> tuple[Status, ...]:
    """Every thread of this process that was started and not stopped, by name."""
    return tuple(sorted((one.status() for one in tuple(_ALL)), key=lambda status: status.name))


def step_back(niceness: int) -> None:
    """This thread lets others go before it from now on, for good, where the system knows that of
    single threads (Linux)."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def once(name: str, work: Callable[[], object]) -> None:
    """Do ``work`` in a thread of its own and be done; what it raises is logged."""

    def run() -> None:
        try:
            work()
        except BaseException:
            log.exception("background_job_failed thread=%s", name)

    threading.Thread(target=run, name=name, daemon=True).start()


def task(name: str, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """``work`` on the running event loop; what it raises is logged, not lost with the task."""

    def ended(done: "asyncio.Task[None]") -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("background_task_failed task=%s", name, exc_info=error)

    made = asyncio.get_running_loop().create_task(work, name=name)
    made.add_done_callback(ended)
    return made
