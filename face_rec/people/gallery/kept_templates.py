"""Templates of those few people who are looked at again, fetched from the store and kept for a
while."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cachetools import LRUCache

from face_rec.domain.faces import Matrix
from face_rec.domain.people import GalleryEntry

MOST_BYTES: Final = 64 << 20
"""Of 10,000 people with three templates of 512 numbers: the usual ones, and who is like them."""


class KeptTemplates:
    """By subject, the latest used. Safe from any thread, but a person must not be fetched while
    they are dropped, or what was before could stay; the gallery's lock sees to that."""

    def __init__(
        self, read: Callable[[Sequence[str]], Iterable[GalleryEntry]], most: int = MOST_BYTES
    ) -> None:
        """``read``: those who have templates now, in one round trip; may raise StoreError."""
        self._read = read
        self._kept: LRUCache[str, Matrix] = LRUCache(most, getsizeof=lambda rows: rows.nbytes)
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        return int(self._kept.currsize)

    def of(self, subjects: Sequence[str]) -> dict[str, Matrix]:
        """Those of ``subjects`` who have any."""
        with self._lock:
            found = {one: rows for one in subjects if (rows := self._kept.get(one)) is not None}
        missing = [one for one in dict.fromkeys(subjects) if one not in found]
        fresh = {e.subject: e.vectors for e in self._read(missing)} if missing else {}
        with self._lock:
            for subject, rows in fresh.items():
                if rows.nbytes <= self._kept.maxsize:
                    self._kept[subject] = rows
        return found | fresh

    def drop(self, subject: str) -> None:
        """They changed, or are gone."""
        with self._lock:
            self._kept.pop(subject, None)
