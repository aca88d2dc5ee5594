"""Fair turns for all streams."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from face_rec.journey.streams.workers import WorkerPool
from tests.fakes.clock import FakeClock

SOON = 20  # seconds that a thread may take before a test gives up


class FakeTask:
    """A stream whose frames are counted by :meth:`offer`."""

    def __init__(self, name: str, log: list[str], work: Callable[[], None] | None = None) -> None:
        self.name = name
        self.inside = 0
        self.most_inside = 0
        self._log = log
        self._work = work or (lambda: None)
        self._frames: deque[int] = deque(maxlen=1)
        self._lock = threading.Lock()
        self.ran = threading.Semaphore(0)

    @property
    def waiting(self) -> bool:
        return bool(self._frames)

    def offer(self, pool: WorkerPool) -> None:
        self._frames.append(1)
        pool.wake(self)

    def run(self) -> None:
        with self._lock:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        self._frames.clear()
        try:
            self._log.append(self.name)
            self._work()
        finally:
            with self._lock:
                self.inside -= 1
            self.ran.release()

    def wait(self, runs: int = 1) -> None:
        for _ in range(runs):
            assert self.ran.acquire(timeout=SOON)


@pytest.fixture
def one() -> Iterator[WorkerPool]:
    pool = WorkerPool(1, FakeClock())
    yield pool
    pool.close()


@pytest.fixture
def two() -> Iterator[WorkerPool]:
    pool = WorkerPool(2, FakeClock())
    yield pool
    pool.close()


def test_a_frame_is_processed(one: WorkerPool) -> None:
    task = FakeTask("a", [])
    task.offer(one)
    task.wait()


def test_a_stalled_stream_does_not_delay_another(two: WorkerPool) -> None:
    go_on, stalled = threading.Event(), threading.Event()

    def stall() -> None:
        stalled.set()
        assert go_on.wait(SOON)

    slow, quick = FakeTask("slow", [], stall), FakeTask("quick", [])
    slow.offer(two)
    assert stalled.wait(SOON)
    for _ in range(20):
        slow.offer(two)
        quick.offer(two)
        quick.wait()
    go_on.set()
    slow.wait(2)


def test_with_one_worker_streams_take_turns(one: WorkerPool) -> None:
    """A and B always have a newer frame by the time the worker is done."""
    log: list[str] = []
    hold, entered = threading.Event(), threading.Event()

    def refill(task_name: str) -> Callable[[], None]:
        def work() -> None:
            entered.set()
            assert hold.wait(SOON)
            if len(log) < 20:
                tasks[task_name].offer(one)

        return work

    tasks = {name: FakeTask(name, log, refill(name)) for name in "abc"}
    tasks["a"].offer(one)
    assert entered.wait(SOON)
    tasks["b"].offer(one)
    tasks["c"].offer(one)
    hold.set()
    for task in tasks.values():
        task.wait(6)
    assert "".join(log[:18]) == "abc" * 6


def test_a_stream_that_floods_gets_one_turn_like_the_others(one: WorkerPool) -> None:
    log: list[str] = []
    hold, entered = threading.Event(), threading.Event()

    def block() -> None:
        entered.set()
        assert hold.wait(SOON)

    first = FakeTask("first", log, block)
    flood, modest = FakeTask("flood", log), FakeTask("modest", log)
    first.offer(one)
    assert entered.wait(SOON)
    for _ in range(100):
        flood.offer(one)
    modest.offer(one)
    hold.set()
    modest.wait()
    flood.wait()
    assert log == ["first", "flood", "modest"]


def test_a_stream_is_processed_by_one_worker_at_a_time(two: WorkerPool) -> None:
    entered = threading.Semaphore(0)
    go_on = threading.Semaphore(0)

    def step() -> None:
        entered.release()
        assert go_on.acquire(timeout=SOON)

    task = FakeTask("a", [], step)
    task.offer(two)
    for _ in range(10):
        assert entered.acquire(timeout=SOON)
        task.offer(two)
        go_on.release()
    assert entered.acquire(timeout=SOON)
    go_on.release()
    task.wait(11)
    assert task.most_inside == 1


def test_frames_offered_while_busy_are_not_forgotten(one: WorkerPool) -> None:
    hold, entered = threading.Event(), threading.Event()

    def block() -> None:
        entered.set()
        assert hold.wait(SOON)

    task = FakeTask("a", [], block)
    task.offer(one)
    assert entered.wait(SOON)
    task.offer(one)
    hold.set()
    task.wait(2)


def test_an_exception_costs_one_frame_and_not_the_worker(
    one: WorkerPool, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("a bug")

    broken, sound = FakeTask("broken", [], fail), FakeTask("sound", [])
    with caplog.at_level(logging.ERROR, "face_rec"):
        for _ in range(5):
            broken.offer(one)
            broken.wait()
        sound.offer(one)
        sound.wait()
    assert one.failures == 5
    assert caplog.text.count("Traceback") == 1  # tracebacks at most every few seconds
    assert "stream=broken" in caplog.text


def test_an_idle_pool_waits_without_polling(two: WorkerPool) -> None:
    """Its threads sleep in a wait without a timeout."""
    waits: list[float | None] = []
    plain = two._turns.wait

    def wait(timeout: float | None = None) -> bool:
        waits.append(timeout)
        return plain(timeout)

    two._turns.wait = wait  # type: ignore[method-assign]
    task = FakeTask("a", [])
    for _ in range(4):
        task.offer(two)
        task.wait()
    two.close()
    assert set(waits) <= {None}


def test_a_closed_pool_finishes_its_frame_and_takes_no_more() -> None:
    pool = WorkerPool(1, FakeClock())
    task = FakeTask("a", [])
    task.offer(pool)
    task.wait()
    pool.close()
    task.offer(pool)
    assert not any(thread.alive for thread in pool._threads)
    assert task.ran.acquire(blocking=False) is False
