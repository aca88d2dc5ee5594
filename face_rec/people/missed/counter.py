"""Counts how often somebody was missed: a thread of its own, off the path of a mark."""

import logging
import threading
from datetime import UTC, date
from typing import Final, Protocol

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import StoreError
from face_rec.domain.recognition import Unnamed
from face_rec.people.missed.visits import UnnamedVisits, nearest
from face_rec.protocols.people_store import PeopleReader

log = logging.getLogger(__name__)

_EVERY: Final = 5.0


class MissedVisits(Protocol):
    """How often somebody was missed, by day (UTC); may raise StoreUnavailable."""

    def add(self, subject: str, version: int, day: date) -> bool:
        """One more visit of ``day``, unless their record has changed since ``version``: they may
        not be recognised any more. Whether it was counted."""
        ...


class MissCounter:
    """A ``MissSink``. Runs from :meth:`start` to :meth:`close`; safe from any thread. A visit that
    is still open when it is closed, or when the store is away, is not counted."""

    def __init__(self, visits: MissedVisits, people: PeopleReader, clock: Clock) -> None:
        self._store = visits
        self._people = people
        self._clock = clock
        self._lock = threading.Lock()
        self._visits = UnnamedVisits()
        self._thread = Background("missed-visits", self._run)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(2)

    def unnamed(self, track: Unnamed) -> None:
        subject = nearest(track)
        if subject is not None:
            with self._lock:
                self._visits.unnamed(track.kiosk, subject, self._clock.monotonic())

    def named(self, kiosk: str, subject: str) -> None:
        with self._lock:
            self._visits.named(kiosk, subject, self._clock.monotonic())

    def _run(self) -> None:
        while not self._thread.stopping.wait(_EVERY):
            self.count()

    def count(self) -> None:
        """Write down the visits that are over."""
        with self._lock:
            over = self._visits.over(self._clock.monotonic())
        for subject in over:
            try:
                self._count(subject)
            except StoreError as error:
                log.info("missed_visit_not_counted reason=%s", error)

    def _count(self, subject: str) -> None:
        person = self._people.get(subject)
        if person is not None and person.matchable:
            day = self._clock.now().astimezone(UTC).date()
            self._store.add(subject, person.version, day)
