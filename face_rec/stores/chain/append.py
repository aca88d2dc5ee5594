"""Appending linked events: optimistic, because only the client can make a link.

The script appends only behind the head that the link was made over. Who loses the race
gets the new head with the refusal and tries again without asking anew.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from cachetools import LRUCache

from face_rec.stores.chain.links import Chain, Head, Stream

TRIES: Final = 100
_DAYS_KEPT: Final = 64
_PATIENCE: Final = 0.05  # seconds to wait for the other threads; then race them
_PAUSE: Final = 0.002  # seconds, about a round trip; grows with the number of lost races


class DayHeads:
    """The last head seen of each stream, and which were written since somebody asked.

    Threads of one process take turns, as far as that is quick, so that they do not race
    each other. Safe to call from any thread.
    """

    def __init__(self) -> None:
        self._heads: LRUCache[Stream, Head] = LRUCache(_DAYS_KEPT)
        self._written: set[Stream] = set()
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def get(self, day: Stream) -> Head:
        """The head as this process knows it; it may have moved on."""
        with self._lock:
            return self._heads.get(day, Head())

    def learn(self, day: Stream, head: Head, *, written: bool) -> None:
        """Redis said, or this process made it so, that ``head`` is the newest."""
        with self._lock:
            self._heads[day] = head
            if written:
                self._written.add(day)

    def drain(self) -> set[Stream]:
        """The streams written since the last call."""
        with self._lock:
            found, self._written = self._written, set()
        return found

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A courtesy, not a lock: while Redis hangs, nobody waits for another's answer."""
        taken = self._turn.acquire(timeout=_PATIENCE)
        try:
            yield
        finally:
            if taken:
                self._turn.release()


class Links:
    """The entries to try for one event, one after another."""

    def __init__(self, chain: Chain, heads: DayHeads, day: Stream, event: bytes) -> None:
        self._chain = chain
        self._heads = heads
        self._day = day
        self._event = event

    def tries(self) -> Iterator[tuple[bytes, Head, Head]]:
        """(entry, head it stands on, head it makes), bounded; pauses after lost races."""
        for number in range(TRIES):
            if number > 2:
                time.sleep(random.random() * _PAUSE * min(number, 20))  # noqa: S311
            before = self._heads.get(self._day)
            entry, after = self._chain.append(self._day, before, self._event)
            yield entry, before, after

    def moved(self, head: Head) -> None:
        """Somebody else appended first."""
        self._heads.learn(self._day, head, written=False)

    def made(self, head: Head) -> None:
        """The entry stands."""
        self._heads.learn(self._day, head, written=True)
