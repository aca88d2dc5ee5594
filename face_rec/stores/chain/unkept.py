"""Writes that Redis has and this machine's disk has refused to keep: done all the same.

Removals, and what the audit log tells of: nothing in them is about anybody who may be erased, but
what is sealed with the person's own key.
"""

import logging
import threading
from collections import deque
from typing import Final

from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.write_log import WriteLog

log = logging.getLogger(__name__)

_MOST: Final = 1000
"""So many are remembered: the newest; a process that ends on a full disk forgets them."""


class Unkept:
    """Of one process, in memory. Safe from any thread."""

    def __init__(self) -> None:
        self._writes: deque[KeptWrite] = deque(maxlen=_MOST)
        self._late = False
        self._lock = threading.Lock()

    def add(self, write: KeptWrite) -> None:
        with self._lock:
            self._writes.append(write)

    def has(self, write_id: str) -> bool:
        with self._lock:
            return any(write.id == write_id for write in self._writes)

    def keep(self, kept: WriteLog) -> None:
        """Put them into ``kept``, before whatever is made after them. Raises JournalError where
        the disk refuses still: then they are remembered on."""
        with self._lock:
            while self._writes:
                if not kept.has(self._writes[0].id):
                    kept.put(self._writes[0])
                self._writes.popleft()
                self._late = True

    def kept_late(self) -> bool:
        """Whether some were kept since the last question: Redis may have lost them before."""
        with self._lock:
            late, self._late = self._late, False
        if late:
            log.warning("unkept_writes_are_kept")
        return late
