"""Replay: hand on to Redis what only the journal holds so far."""

import logging
from collections.abc import Iterable
from threading import Condition, Thread

from face_rec.clock import Clock
from face_rec.entities import Event
from face_rec.errors import JournalError, StoreError, StoreUnavailable
from face_rec.protocols import AttendanceStore, Journal

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
"""Seconds between two tries; doubled after each one that fails."""


class Replayer:
    """A thread that sleeps while nothing is pending, and costs nothing then.

    Events keep their order. One that Redis refuses for good does not hold up the others;
    it stays in the journal and in the log.
    """

    def __init__(
        self,
        attendance: AttendanceStore,
        journal: Journal,
        clock: Clock,
        cooldown: float,
        waiting: Iterable[Event] = (),
    ) -> None:
        self._attendance = attendance
        self._journal = journal
        self._clock = clock
        self._cooldown = cooldown
        self._waiting = {event.id: event for event in waiting}
        self._changed = Condition()
        self._closed = False
        self._away = False
        self._thread = Thread(target=self._run, name="mark-replayer", daemon=True)
        self._thread.start()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def behind(self) -> bool:
        """Whether Redis was away at the last try; new events had better queue up."""
        return self._away

    def add(self, event: Event) -> None:
        """``event`` is in the journal and Redis did not take it."""
        with self._changed:
            self._waiting[event.id] = event
            self._away = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop after a last try."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while self._wait(pause):
            done = self._pass()
            pause = 0.0 if done else min(max(pause * 2, FIRST_WAIT), LONGEST_WAIT)
        self._pass()

    def _wait(self, pause: float) -> bool:
        """Until something is pending and ``pause`` seconds are over; False when closed."""
        with self._changed:
            if pause:
                self._changed.wait_for(lambda: self._closed, pause)
            self._changed.wait_for(lambda: self._closed or self._waiting)
            return not self._closed

    def _pass(self) -> bool:
        """Offer everything once; False when something is left."""
        before = self._clock.monotonic()
        events = list(self._waiting.values())
        handed = 0
        for event in events:
            try:
                handed += self._hand_on(event)
            except StoreUnavailable:
                self._away = True
                return False
        with self._changed:
            self._away = False
        if handed:
            seconds = self._clock.monotonic() - before
            log.info("journal_replayed events=%d seconds=%.1f", handed, seconds)
        return not self._waiting

    def _hand_on(self, event: Event) -> bool:
        """Whether Redis has ``event`` now; raises StoreUnavailable."""
        try:
            self._attendance.apply(event, self._cooldown, replay=True)
            self._journal.settle(event.id)
        except StoreUnavailable:
            raise
        except (StoreError, JournalError) as error:
            log.error("journal_entry_refused event=%s reason=%s", event.id, error)
            return False
        with self._changed:
            self._waiting.pop(event.id, None)
        return True
