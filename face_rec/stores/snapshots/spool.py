"""Takes snapshots at once and stores them when the store has time for it.

A picture passes from memory to disk in one thread and from disk to the store in
another. A store that is away costs disk space and nothing else; what waits on
disk survives a restart, a crash included.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2

from face_rec.background import Background
from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Image
from face_rec.domain.pictures import check_key
from face_rec.languages.sentence import sentence
from face_rec.protocols.sealing import Sealer
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.retry import Backoff
from face_rec.stores.snapshots.spool_folder import SpoolFolder, SpoolLimits
from face_rec.stores.snapshots.spool_sender import SpoolSender

log = logging.getLogger(__name__)

__all__ = ["Backoff", "SnapshotSpool", "SpoolLimits", "SpoolStats"]

_JPEG_QUALITY = 85  # a 640×480 frame is then about 60 kB


@dataclass(frozen=True, slots=True)
class SpoolStats:
    """``dropped`` pictures were lost for want of room; ``aside`` cannot be read and hold
    nobody up; ``problem`` says why nothing is being stored, or is empty."""

    pending: int
    stored: int
    dropped: int
    problem: str
    aside: int = 0


class SnapshotSpool:
    """A SnapshotSink in front of ``store``, and a SnapshotStore that shows both as one.

    Safe to call from any thread. ``memory`` pictures at most wait to be encoded;
    more are dropped and counted, because a kiosk must not wait for a disk.
    ``folder`` may be shared by several processes; ``sealer`` encrypts what waits in it.
    """

    def __init__(
        self,
        store: SnapshotStore,
        folder: Path,
        *,
        limits: SpoolLimits | None = None,
        backoff: Backoff | None = None,
        memory: int = 16,
        adopt_every: float = 60.0,
        sealer: Sealer | None = None,
    ) -> None:
        self._store = store
        self._disk = SpoolFolder(folder, limits or SpoolLimits(), sealer)
        self._sender = SpoolSender(store, self._disk, backoff or Backoff(1.0, 5.0), adopt_every)
        self._memory = memory
        self._offered: OrderedDict[str, Image] = OrderedDict()
        self._changed = threading.Condition()
        self._closing = False
        self._dropped = 0
        self._listeners: list[Callable[[str], None]] = []
        self._writer = Background("snapshot-writer", self._write, wake=self._last_call).start()

    def offer(self, key: str, image: Image) -> None:
        """Take a BGR picture, which nobody may change afterwards; never blocks nor raises."""
        try:
            check_key(key)
        except StoreError as error:
            self._drop(key, str(error))
            return
        with self._changed:
            if not self._closing and len(self._offered) < self._memory:
                self._offered[key] = image
                self._changed.notify_all()
                return
        self._drop(key, "closing" if self._closing else "too many at once")

    def put(self, key: str, jpeg: bytes) -> None:
        """Take a JPEG; on disk when this returns. Raises StoreUnavailable, BadSnapshotKey."""
        self._disk.put(check_key(key), jpeg)
        self._sender.wake()

    def get(self, key: str) -> bytes:
        """The JPEG, wherever it is by now; raises SnapshotMissing, StoreUnavailable."""
        check_key(key)
        with self._changed:
            offered = self._offered.get(key)
        jpeg = _encode(offered) if offered is not None else self._disk.get(key)
        return jpeg if jpeg is not None else self._store.get(key)

    def delete(self, key: str) -> None:
        """Remove the snapshot everywhere, one being uploaded just now included.

        Raises StoreUnavailable when the store cannot be asked: try again then.
        """
        check_key(key)
        with self._changed:
            self._offered.pop(key, None)
        self._disk.remove(key)
        self._store.delete(key)
        for listener in tuple(self._listeners):
            listener(key)

    def when_deleted(self, listener: Callable[[str], None]) -> None:
        """See :class:`face_rec.protocols.snapshots.TellsDeletions`."""
        self._listeners.append(listener)

    def url(self, key: str, seconds: int = 300) -> str | None:
        """The store's presigned URL; None where the bytes must come from :meth:`get`."""
        with self._changed:
            waits = check_key(key) in self._offered
        return None if waits or self._disk.get(key) else self._store.url(key, seconds)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with ``prefix``, those that still wait here included."""
        waiting = {*self._disk.keys(), *self._offered.copy()}
        yield from sorted(key for key in waiting if key.startswith(prefix))
        yield from (key for key in self._store.keys(prefix) if key not in waiting)

    def sizes(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """Of those that have reached the store."""
        return self._store.sizes(prefix)

    def pending(self) -> int:
        """How many snapshots are not in the store yet."""
        return len(self._offered) + self._disk.size()[0]

    def stats(self) -> SpoolStats:
        """Counters since the start of this process."""
        return SpoolStats(
            pending=self.pending(),
            stored=self._sender.stored,
            dropped=self._dropped + self._disk.dropped,
            problem=self._sender.problem,
            aside=len(self._disk.quarantine),
        )

    def close(self, timeout: float = 5.0) -> None:
        """Bring everything to disk, and to the store what it takes within ``timeout`` s.

        What is left is taken over by the next process that opens the folder.
        """
        self._writer.stop(timeout)
        if self._sender.close(timeout):  # else the end of the process releases the folder
            self._disk.close()

    def _last_call(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._offered or self._closing)
                if not self._offered:
                    return
                key, image = next(iter(self._offered.items()))
            self._keep(key, image)

    def _keep(self, key: str, image: Image) -> None:
        """Write one picture, unless it is deleted or replaced before it is on disk."""
        try:
            self._disk.put(key, _encode(image), lambda: self._offered.get(key) is image)
        except StoreError as error:
            self._drop(key, str(error))
        with self._changed:
            if self._offered.get(key) is image:
                del self._offered[key]
        self._sender.wake()

    def _drop(self, key: str, reason: str) -> None:
        self._dropped += 1
        log.warning("snapshot_dropped key=%.80r reason=%s", key, reason)


def _encode(image: Image) -> bytes:
    """A JPEG of a BGR picture; raises StoreError for what is none."""
    try:
        _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    except cv2.error as error:
        raise StoreError(
            sentence("This picture cannot be stored as a JPEG ({err}).", err=error.err)
        ) from error
    return jpeg.tobytes()
