"""No thread of ours dies unseen."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable

import pytest

from face_rec import background
from face_rec.background import Background
from face_rec.retry import Backoff
from face_rec.web.ops import machine_checks
from tests.fakes.clock import FakeClock

SOON = 20.0
QUICK = Backoff(0.001, 0.002)


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


class Flaky:
    """Work that fails as often as it is told to, then waits to be stopped."""

    def __init__(self, *errors: BaseException | None) -> None:
        self._errors = list(errors)
        self.runs = 0
        self.steady = threading.Event()
        self.stop = threading.Event()

    def __call__(self) -> None:
        self.runs += 1
        if self._errors:
            error = self._errors.pop(0)
            if error is not None:
                raise error
            return
        self.steady.set()
        self.stop.wait(SOON)


@pytest.mark.parametrize("error", [ValueError("odd"), MemoryError(), SystemExit(3), None])
def test_work_that_fails_or_just_ends_is_begun_again(error: BaseException | None) -> None:
    work = Flaky(error, error)
    thread = Background("flaky", work, backoff=QUICK, wake=work.stop.set).start()
    assert work.steady.wait(SOON)
    assert (work.runs, thread.status().failures) == (3, 2)
    assert thread.stop(SOON)
    assert not thread.alive


def test_a_failure_is_logged_with_its_traceback_and_shown_for_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, work = FakeClock(), Flaky(ValueError("odd"))
    thread = Background("flaky", work, backoff=QUICK, wake=work.stop.set, clock=clock).start()
    assert work.steady.wait(SOON)
    (said,) = [r for r in caplog.records if "background_failed" in r.message]
    assert said.exc_info
    assert thread.status().problem == "ValueError"
    result = machine_checks.background_check(lambda: (thread.status(),))()
    assert (result.ok, result.warning) == (True, True)
    assert "flaky (1 ×: ValueError)" in result.detail
    clock.advance(3600)
    assert thread.status().problem == ""
    assert not machine_checks.background_check(lambda: (thread.status(),))().warning
    thread.stop(SOON)


def test_what_runs_is_listed_until_it_is_stopped() -> None:
    work = Flaky()
    thread = Background("listed", work, wake=work.stop.set).start()
    assert "listed" in [status.name for status in background.statuses()]
    thread.stop(SOON)
    assert "listed" not in [status.name for status in background.statuses()]


def test_a_thread_that_does_not_end_holds_a_stop_up_no_longer_than_it_may() -> None:
    work = Flaky()
    thread = Background("stuck", work).start()
    assert work.steady.wait(SOON)
    assert not thread.stop(0.05)
    work.stop.set()
    assert thread.stop(SOON)


def test_a_thread_that_ends_later_than_it_was_waited_for_is_no_failure() -> None:
    """It is named by nobody then, and yet not gone: its work and it hold each other."""
    work = Flaky()
    thread = Background("late", work).start()
    assert work.steady.wait(SOON)
    assert not thread.stop(0.05)
    work.stop.set()
    _until(lambda: not thread.alive)
    assert "late" not in [status.name for status in background.statuses()]


def test_threads_that_do_not_end_share_one_patience_when_the_app_ends() -> None:
    works = [Flaky() for _ in range(4)]
    threads = [Background(f"stuck{n}", work).start() for n, work in enumerate(works)]
    assert all(work.steady.wait(SOON) for work in works)
    begun = time.monotonic()
    with background.ending_within(0.0):
        assert not any(thread.stop(60.0) for thread in threads)
    assert time.monotonic() - begun < 60
    for work, thread in zip(works, threads, strict=True):
        work.stop.set()
        assert thread.stop(SOON)


def test_what_fails_while_it_is_stopped_is_not_begun_again() -> None:
    stop = threading.Event()

    def work() -> None:
        stop.wait(SOON)
        raise ValueError("at the last moment")

    thread = Background("ending", work, wake=stop.set).start()
    assert thread.stop(SOON)
    assert thread.status().failures == 1


def test_a_thread_that_was_never_started_can_be_stopped() -> None:
    assert Background("never", Flaky()).stop(0)


def test_a_failure_after_a_long_good_time_counts_as_the_first_again() -> None:
    clock, pauses = FakeClock(), list[float]()
    work = Flaky(*[ValueError()] * 4)

    def worked() -> None:
        clock.advance(1000)
        work()

    class Noting(Backoff):
        def jittered(self, failures: int) -> float:
            pauses.append(failures)
            return 0.001

    thread = Background("steady", worked, backoff=Noting(), wake=work.stop.set, clock=clock)
    thread.start()
    assert work.steady.wait(SOON)
    thread.stop(SOON)
    assert pauses == [1, 1, 1, 1]


def test_a_single_job_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    background.once("odd-job", Flaky(ValueError("odd")))
    _until(lambda: "background_job_failed thread=odd-job" in caplog.text)


def test_a_task_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("odd")

    async def run() -> None:
        failing = background.task("odd-task", fail())
        await asyncio.wait([failing])

    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert "background_task_failed task=odd-task" in caplog.text
