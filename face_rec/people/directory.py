"""Names for subjects, kept in memory for the screens."""

import threading
from collections.abc import Collection

from face_rec.clock import Clock
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.protocols.people_store import PeopleReader
from face_rec.retry import Backoff

_LARGEST = 20_000
# While the store is away, screens and marks do not wait for it at every label, and the longer
# it is, the less often.
_OUTAGE = Backoff(2.0, 16.0)


class CachedDirectory:
    """Implements Directory. Each person is read once and again after a change.

    Give :meth:`forget` to the gallery's follower as a listener. While the store is away, what
    was last known is shown. Any thread.
    """

    def __init__(self, store: PeopleReader, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Person] = {}
        self._fresh: dict[str, float] = {}  # subject → monotonic seconds when read
        self._changes = 0
        self._failures = 0  # in a row
        self._ask_again_at = 0.0

    def name(self, subject: str) -> str:
        """The person's name; "" for a subject that maps to nobody (any more)."""
        person = self.person(subject)
        return person.name if person else ""

    def person(self, subject: str) -> Person | None:
        with self._lock:
            known = self._known.get(subject)
            if subject in self._fresh:
                return known
        try:
            return self.latest(subject)
        except StoreUnavailable:
            return known

    def latest(self, subject: str, within: float = 0.0) -> Person | None:
        """See ``Directory``; somebody who is deleted is known no more, whoever deleted them."""
        with self._lock:
            now, changes = self._clock.monotonic(), self._changes
            if within and now - self._fresh.get(subject, float("-inf")) < within:
                return self._known.get(subject)
            if now < self._ask_again_at:
                raise StoreUnavailable(
                    msgid("The people cannot be asked for now. It is tried again.")
                )
        try:
            found = self._store.get(subject)
        except StoreUnavailable:
            self._failures += 1
            self._ask_again_at = self._clock.monotonic() + _OUTAGE.after(self._failures)
            raise
        self._failures = 0
        self._remember(subject, found, changes)
        return found

    def forget(self, subjects: Collection[str] | None) -> None:
        """These people (None: all) may have changed: read them again when next asked for.

        Those named are dropped at once, because they may have been erased.
        """
        with self._lock:
            self._changes += 1
            self._ask_again_at = 0.0  # who tells has it from the store
            if subjects is None:
                self._fresh.clear()
                return
            for subject in subjects:
                self._drop(subject)

    def _remember(self, subject: str, person: Person | None, changes: int) -> None:
        with self._lock:
            if changes != self._changes:  # it may have been read before the change
                return
            self._drop(subject)
            if person is None:
                return
            if len(self._known) >= _LARGEST:
                self._drop(next(iter(self._known)))  # the one read longest ago
            self._known[subject] = person
            self._fresh[subject] = self._clock.monotonic()

    def _drop(self, subject: str) -> None:
        self._known.pop(subject, None)
        self._fresh.pop(subject, None)
