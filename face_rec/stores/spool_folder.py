"""JPEGs on local disk that wait to be uploaded, oldest first, within bounds."""

import itertools
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from face_rec.errors import StoreUnavailable
from face_rec.stores.claim import ClaimedFolder
from face_rec.stores.codec import Sealer, Unsealed
from face_rec.stores.folder_snapshots import write_private
from face_rec.stores.sealed_snapshots import context
from face_rec.stores.snapshot_keys import check_key

log = logging.getLogger(__name__)

_SLASH = "~"  # no key holds it, so a key is one flat file name and back


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """How much may wait: at 60 kB a snapshot about nine days of 2,000 marks."""

    files: int = 20_000
    bytes: int = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file that waits; ``version`` tells a replaced one from its predecessor."""

    key: str
    version: int
    size: int


def _always() -> bool:
    return True


class SpoolFolder:
    """The waiting files of this process, and adopted ones of dead processes.

    The file is the truth: who deletes it, in whatever process, has cancelled
    the upload. What waits is sealed by ``sealer``. Safe to call from several threads.
    """

    def __init__(self, parent: Path, limits: SpoolLimits, sealer: Sealer | None = None) -> None:
        self._claim = ClaimedFolder(parent)
        self._limits = limits
        self._sealer = sealer or Unsealed()
        self._lock = threading.Lock()
        self._waiting: dict[str, Waiting] = {}
        self._versions = itertools.count()
        self._bytes = 0
        self._sending: str | None = None
        self.dropped = 0

    def put(self, key: str, jpeg: bytes, wanted: Callable[[], bool] = _always) -> None:
        """Let ``jpeg`` wait, unless ``wanted`` says at the last moment that it need not.

        Raises StoreUnavailable when the disk refuses.
        """
        part = self._claim.path / ("." + secrets.token_hex(8))
        sealed = self._sealer.seal(jpeg, context(key))
        try:
            write_private(part, sealed)
            with self._lock:
                if wanted():
                    part.replace(self._path(key))
                    self._add(key, len(sealed))
            part.unlink(missing_ok=True)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StoreUnavailable(
                f"A snapshot cannot be kept in {self._claim.path.parent} "
                f"({error.strerror or error}). Check that the disk is not full."
            ) from error

    def get(self, key: str) -> bytes | None:
        """The waiting JPEG of whichever process, or None."""
        own = self._read(self._path(key), key)
        if own is not None:
            return own
        name = self._path(key).name
        others = (self._read(folder / name, key) for folder in self._claim.others())
        return next((jpeg for jpeg in others if jpeg is not None), None)

    def remove(self, key: str) -> None:
        """Forget ``key`` here and in the folders of all other processes."""
        with self._lock, self._claim.alone():
            self._drop(key)
            for folder in self._claim.others():
                (folder / self._path(key).name).unlink(missing_ok=True)

    def take(self) -> tuple[Waiting, bytes | None] | None:
        """The oldest one and its JPEG (None: deleted by another process), or None."""
        with self._lock:
            waiting = next(iter(self._waiting.values()), None)
            self._sending = waiting.key if waiting else None
        if waiting is None:
            return None
        return waiting, self._read(self._path(waiting.key), waiting.key)

    def settle(self, sent: Waiting) -> bool:
        """Forget what was uploaded; False if it was deleted in the meantime.

        A newer picture under the same key stays and is uploaded in its turn.
        """
        with self._lock:
            self._sending = None
            waiting = self._waiting.get(sent.key)
            if waiting and waiting.version != sent.version:
                return True
            there = self._path(sent.key).exists()
            self._drop(sent.key)
            return there

    def postpone(self, failed: Waiting) -> None:
        """Put it behind the others, so that a bad one holds nobody up."""
        with self._lock:
            self._sending = None
            waiting = self._waiting.pop(failed.key, None)
            if waiting:
                self._waiting[failed.key] = waiting

    def adopt(self) -> int:
        """Take over what dead processes left; returns how many files."""
        with self._lock, self._claim.alone():
            return sum(self._adopt(folder) for folder in self._claim.abandoned())

    def keys(self) -> list[str]:
        """What waits in this process."""
        with self._lock:
            return list(self._waiting)

    def size(self) -> tuple[int, int]:
        """How many files wait, and their bytes."""
        with self._lock:
            return len(self._waiting), self._bytes

    def close(self) -> None:
        """Give the folder up; the next process adopts what still waits."""
        self._claim.release()

    def _path(self, key: str) -> Path:
        return self._claim.path / check_key(key).replace("/", _SLASH)

    def _read(self, path: Path, key: str) -> bytes | None:
        try:
            stored = path.read_bytes()
        except OSError:
            return None
        return self._sealer.open(stored, context(key))

    def _add(self, key: str, size: int) -> None:
        old = self._waiting.pop(key, None)
        self._bytes += size - (old.size if old else 0)
        self._waiting[key] = Waiting(key, next(self._versions), size)
        self._make_room()

    def _drop(self, key: str) -> None:
        gone = self._waiting.pop(key, None)
        self._bytes -= gone.size if gone else 0
        self._path(key).unlink(missing_ok=True)

    def _make_room(self) -> None:
        """Drop the oldest until the bounds hold: the newest are worth more."""
        for key in list(self._waiting):
            if len(self._waiting) <= self._limits.files and self._bytes <= self._limits.bytes:
                return
            if key != self._sending:
                self._drop(key)
                self.dropped += 1
                log.warning("snapshot_dropped key=%s reason=spool_full", key)

    def _adopt(self, folder: Path) -> int:
        files = sorted(self._claim.files(folder), key=lambda path: path.stat().st_mtime_ns)
        for path in files:
            key, size = path.name.replace(_SLASH, "/"), path.stat().st_size
            if key not in self._waiting:  # ours is the newer one
                path.replace(self._path(key))
                self._add(key, size)
        return len(files)
