"""Which worker serves which camera: leases, and what a worker may do while it cannot renew them.

A lease stands in Redis with an end. Who has it renews it every second; a worker that dies lets it
run out, and another takes the camera. A worker marks only while it *knows* that it has the lease:

- it was told so less than a lease's time ago, counted on its own machine from before it asked, so
  that the network's delay makes it give up early and never late; or
- the database has not answered since, and it has asked all the time. Then nobody can be told
  anything, and who stands before the camera is marked, as at a kiosk, by the journal. A worker
  that was stopped and goes on has not asked, and knows nothing until it has.

Where one worker is cut off from a database that others reach, a camera may be served by two until
it reaches it again; the cooldown makes one mark of both. Nothing else lets two serve one camera.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol

from face_rec.clock import MachineClock
from face_rec.domain.errors import StoreUnavailable

LEASE: Final = 5.0
"""Seconds that a lease holds after it was renewed."""
_SURE: Final = 0.5
"""Seconds before its end at which a worker takes it to be over: two machines' quartzes differ."""
_ASKED: Final = 4.0
"""Seconds since the last question after which a worker was away itself: longer than a question to
a database that hangs, shorter than a lease."""


@dataclass(frozen=True, slots=True)
class Share:
    """The cameras that a worker has, and those of them that it has too many."""

    cameras: tuple[str, ...]
    surplus: tuple[str, ...] = ()


class LeaseStore(Protocol):
    """All may raise StoreUnavailable. ``pool``: of the cameras that any worker can serve, "any";
    else the machine that alone can."""

    def share(self, worker: str, pool: str, cameras: Sequence[str]) -> Share:
        """Renew what ``worker`` has of ``cameras`` and take its part of what is free, in one
        step."""
        ...

    def release(self, worker: str, pool: str, cameras: Iterable[str], *, ends: bool) -> None:
        """Give back what ``worker`` has stopped with; ``ends``: it takes none any more."""
        ...


class Holdings:
    """What one worker knows of its leases. Safe from any thread; times are seconds since the
    machine was started, those in which it slept included."""

    def __init__(self, clock: MachineClock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._until: dict[str, float] = {}
        self._asked = float("-inf")
        self._away = False

    def asking(self) -> float:
        """Before each question to the database; its time is handed to what comes of it."""
        return self._clock.uptime()

    def told(self, asked: float, cameras: Iterable[str], pool: Iterable[str]) -> None:
        """The answer to a question of ``asked``: of ``pool``, the worker has ``cameras``."""
        with self._lock:
            for one in pool:
                self._until.pop(one, None)
            self._until |= dict.fromkeys(cameras, asked + LEASE - _SURE)
            self._asked, self._away = self._clock.uptime(), False

    def unanswered(self) -> None:
        """The database did not answer; what the worker had goes on, if it has asked all along."""
        with self._lock:
            now = self._clock.uptime()
            if now - self._asked > _ASKED:
                self._until.clear()  # away itself: nothing is known any more
            self._asked, self._away = now, True

    def drop(self, camera: str) -> None:
        with self._lock:
            self._until.pop(camera, None)

    def holds(self, camera: str) -> bool:
        """Whether the worker may serve the camera, and mark, now."""
        with self._lock:
            until, now = self._until.get(camera), self._clock.uptime()
            if until is None:
                return False
            return now < until or (self._away and now - self._asked <= _ASKED)


def shared(
    store: LeaseStore, holdings: Holdings, worker: str, pool: str, cameras: Sequence[str]
) -> Share | None:
    """One turn of ``worker``; None while the database does not answer."""
    asked = holdings.asking()
    try:
        share = store.share(worker, pool, cameras)
    except StoreUnavailable:
        holdings.unanswered()
        return None
    holdings.told(asked, share.cameras, cameras)
    return share
