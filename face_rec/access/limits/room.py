"""Room for so many callers at once, and for so many of each."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from face_rec.domain.errors import TryLater
from face_rec.languages.language import msgid

_SECONDS: Final = 2.0
_FULL: Final = msgid("Too many people are signing in at this moment. Try again in a few seconds.")


class Room:
    """Who finds no place is refused at once, instead of waiting. Safe to call from any thread.

    ``places``: for everybody; ``reserved``: more, for those that are known; ``a_lane``: the most
    of all places for one lane, such as a network, so that it cannot take everybody's.
    """

    def __init__(self, places: int, reserved: int = 0, a_lane: int | None = None) -> None:
        self._places = places
        self._reserved = reserved
        self._a_lane = places if a_lane is None else a_lane
        self._lanes: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def place(self, lane: str = "", *, known: bool = False) -> Iterator[None]:
        """One place for as long as it is needed. Raises TryLater where none is free."""
        with self._lock:
            places = self._places + (self._reserved if known else 0)
            if self._lanes.total() >= places or self._lanes[lane] >= self._a_lane:
                raise TryLater(_FULL, _SECONDS)
            self._lanes[lane] += 1
        try:
            yield
        finally:
            with self._lock:
                self._lanes[lane] -= 1
                self._lanes += Counter()  # forgets who has left
