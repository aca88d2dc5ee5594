"""How soon what was broken works again, by the parts of the app as it puts them together: a real
Redis that dies, comes back and hangs, and a disk without room."""

import errno
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest import mock

from face_rec import files
from face_rec.clock import SystemClock
from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Outcome
from face_rec.journey.marking.mark import DurableMarker
from face_rec.stores.attendance.attendance import RedisAttendance
from face_rec.stores.journal.journal import FileJournal
from face_rec.stores.redis.client import (
    MARK_RETRIES,
    MARK_SECONDS,
    Client,
    RedisAddress,
    connect,
)
from face_rec.stores.redis.redis_health import pulse_of
from tests.benchmarks.report.row import Row
from tests.benchmarks.stores.marks import new_event
from tests.chaos.proxy import Line, Proxy
from tests.redis_servers import Server, wait_until
from tests.samples import a_chain

_WAITING: Final = 10_000
_STEP: Final = 0.002
"""Seconds between two looks."""
_PASSES: Final = 0.05
"""Seconds between two people at a kiosk."""
_LONGEST: Final = 120.0


@dataclass(frozen=True, slots=True)
class Place:
    """A kiosk's marker, the line between it and its Redis, and that Redis."""

    marker: DurableMarker
    attendance: RedisAttendance
    proxy: Proxy
    server: Server
    client: Client

    def mark(self) -> Outcome:
        """Somebody new stands there."""
        return self.marker.mark(new_event()).outcome


def run(quick: bool = False) -> list[Row]:
    rounds, waiting = (1, 500) if quick else (12, _WAITING)
    with _place() as place:
        return [*_back(place, rounds), _drained(place, waiting), *_hangs(place), *_no_room(place)]


def _back(place: Place, rounds: int) -> Iterator[Row]:
    """``rounds`` times Redis is killed, people are marked, and it comes back after 1 to 12 s."""
    later, next_ones = list[float](), list[float]()
    for number in range(rounds):
        place.server.kill()
        saved = [place.mark() for _ in range(3)]
        assert set(saved) == {Outcome.SAVED_HERE}, saved
        time.sleep(1 + number)
        place.server.start()  # it answers
        begun = time.monotonic()
        wait_until(lambda: place.mark() is Outcome.MARKED, _LONGEST, _PASSES)
        next_ones.append(time.monotonic() - begun)
        wait_until(lambda: not place.marker.pending_count(), _LONGEST, _STEP)
        later.append(time.monotonic() - begun)
    note = f"the longest of {rounds} times that Redis was killed and away for 1 to {rounds} s"
    yield Row("Redis answers again → a mark in Redis", max(next_ones), "s", 1, note)
    yield Row("… → all that waited in Redis", max(later), "s", 1, note)


def _drained(place: Place, waiting: int) -> Row:
    place.server.kill()
    with mock.patch("os.fsync"):  # filling up is not what is measured
        for _ in range(waiting):
            place.mark()
    assert place.marker.pending_count() == waiting
    place.server.start()
    begun, spent = time.monotonic(), time.process_time()
    wait_until(lambda: not place.marker.pending_count(), _LONGEST, _STEP)
    took, spent = time.monotonic() - begun, time.process_time() - spent
    note = f"Redis syncs every second; {spent:.1f} s of them the app's processor"
    return Row(f"Redis answers again → {waiting:,} waiting marks in Redis", took, "s", 5, note)


def _hangs(place: Place) -> Iterator[Row]:
    """Nothing arrives, and nobody is told so; twenty people come one after the other."""
    place.proxy.set(Line.HALF_OPEN)
    told = [_timed(place.mark) for _ in range(20)]
    place.proxy.set(Line.GOOD)
    place.proxy.drop()  # what was swallowed is lost to these connections
    assert {outcome for _, outcome in told} == {Outcome.SAVED_HERE}
    begun = time.monotonic()
    wait_until(lambda: place.mark() is Outcome.MARKED, _LONGEST, _PASSES)
    back = time.monotonic() - begun
    yield Row("Redis hangs: the longest that one of 20 people waits", max(told)[0], "s", 1)
    yield Row("… the median", sorted(told)[len(told) // 2][0], "s")
    yield Row("… it hangs no more → a mark in Redis", back, "s", 1)


def _no_room(place: Place) -> Iterator[Row]:
    """Whoever comes is refused in words; there is room again, and the next one is marked."""
    refused = []
    with mock.patch.object(files, "write_all", _full):
        for _ in range(20):
            begun = time.monotonic()
            try:
                place.mark()
            except JournalError:
                refused.append(time.monotonic() - begun)
    assert len(refused) == 20
    begun = time.monotonic()
    assert place.marker.check() == ""
    assert place.mark() is Outcome.MARKED
    marked = time.monotonic() - begun
    yield Row("disk full: the longest until one of 20 people is told", max(refused), "s", 1)
    yield Row("… room again → a mark", marked, "s", 2)


def _full(descriptor: int, content: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@contextmanager
def _place() -> Iterator[Place]:
    """As :mod:`face_rec.assembly` makes it, with a line between that can be spoilt."""
    with TemporaryDirectory() as folder:
        server = Server(Path(folder) / "redis", "--appendonly", "yes").start()
        proxy = Proxy(server.port)
        address = RedisAddress(nodes=(("127.0.0.1", proxy.port),))
        client = connect(address, patience=MARK_SECONDS, retries=MARK_RETRIES)
        pulse, clock = pulse_of(address, "main", lambda _: ""), SystemClock()
        pulse.start()
        attendance = RedisAttendance(client, "main", chain=a_chain())
        journal = FileJournal(
            Path(folder) / "journal", keep=72 * 3600.0, operating_time=clock.uptime
        )
        marker = DurableMarker(attendance, journal, clock, lambda: 60.0, away=pulse.away)
        try:
            yield Place(marker, attendance, proxy, server, client)
        finally:
            marker.close()
            journal.close()
            pulse.close()
            client.close()
            proxy.close()
            server.stop()


def _timed(work: Callable[[], Outcome]) -> tuple[float, Outcome]:
    begun = time.monotonic()
    outcome = work()
    return time.monotonic() - begun, outcome
