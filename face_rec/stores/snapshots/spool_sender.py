"""The thread that brings waiting snapshots from disk to the store."""

import logging
import threading

from face_rec.background import Background
from face_rec.domain.errors import StoreError
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.retry import Backoff
from face_rec.stores.snapshots.picture_owners import OwnerGone
from face_rec.stores.snapshots.spool_folder import SpoolFolder, Waiting

log = logging.getLogger(__name__)


class SpoolSender:
    """Stores the oldest first; tries again for as long as it takes.

    Looks for the folders of dead processes at the start and, when there is
    nothing else to do, every ``adopt_every`` seconds.
    """

    def __init__(
        self, store: SnapshotStore, disk: SpoolFolder, backoff: Backoff, adopt_every: float
    ) -> None:
        self._store = store
        self._disk = disk
        self._backoff = backoff
        self._adopt_every = adopt_every
        self._work = threading.Event()
        self._unwanted: set[str] = set()
        self.stored = 0
        self.problem = ""
        self._thread = Background("snapshot-sender", self._run, wake=self._work.set)
        self._closing = self._thread.stopping
        self._thread.start()

    def wake(self) -> None:
        """There is something new on disk."""
        self._work.set()

    def close(self, timeout: float) -> bool:
        """Send what can be sent within ``timeout`` s; False if it is still at it then."""
        return self._thread.stop(timeout)

    def _run(self) -> None:
        failures = 0
        self._adopt()
        while True:
            sent = self._try_next()
            failures = failures + 1 if sent is False else 0
            if self._closing.is_set() and not sent:
                return
            if sent is False:
                self._closing.wait(self._backoff.jittered(failures))
            elif sent is None and not self._work.wait(self._adopt_every):
                self._adopt()

    def _try_next(self) -> bool | None:
        """Store the oldest: True if that went well, False if not, None if there is none."""
        self._work.clear()
        try:
            sent = self._send_next()
        except Exception as error:  # whatever it is, the thread must go on
            self._say(_words(error))
            return False
        self._say("")
        return sent

    def _send_next(self) -> bool | None:
        self._erase_unwanted()
        taken = self._disk.take()
        if taken is None:
            return None
        waiting, jpeg = taken
        arrived = jpeg is not None and self._store_one(waiting, jpeg)
        if self._disk.settle(waiting) and arrived:
            self.stored += 1
        else:  # deleted while on its way, or the person in it was erased
            self._unwanted.add(waiting.key)
            self._erase_unwanted()
        return True

    def _store_one(self, waiting: Waiting, jpeg: bytes) -> bool:
        """False if there is nobody any more whose picture it is."""
        try:
            self._store.put(waiting.key, jpeg)
        except OwnerGone:
            log.info("snapshot_of_nobody_dropped key=%s", waiting.key)
            return False
        except Exception:
            self._disk.postpone(waiting)
            raise
        return True

    def _erase_unwanted(self) -> None:
        for key in list(self._unwanted):
            self._store.delete(key)
            self._unwanted.discard(key)

    def _adopt(self) -> None:
        try:
            adopted = self._disk.adopt()
        except (OSError, StoreError) as error:
            self._say(_words(error))
            return
        if adopted:
            log.info("snapshots_adopted count=%d", adopted)

    def _say(self, problem: str) -> None:
        """Remember the problem; log its begin and its end, not every try."""
        if problem and not self.problem:
            log.warning("snapshots_wait reason=%s", problem)
        elif self.problem and not problem:
            log.info("snapshots_stored_again")
        self.problem = problem


def _words(error: Exception) -> str:
    return (error.said if isinstance(error, StoreError) else str(error)) or type(error).__name__
