"""JPEGs on local disk that wait to be uploaded, oldest first, within bounds."""

import itertools
import logging
import re
import secrets
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from face_rec.domain.errors import BadSnapshotKey, StoreUnavailable
from face_rec.domain.pictures import check_key
from face_rec.files import ClaimedFolder, sync_folder, write_synced
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.protocols.sealing import Sealer
from face_rec.stores.journal.quarantine import Quarantine
from face_rec.stores.people.person_codec import Unsealed
from face_rec.stores.sealing.sealer import DataKeyMissing, SealBroken
from face_rec.stores.snapshots.picture_owners import OwnerGone
from face_rec.stores.snapshots.sealed_snapshots import context

log = logging.getLogger(__name__)

_SUM = re.compile(rb"\n#crc32:([0-9a-f]{8})\Z")
_SUM_BYTES = 16
_SLASH = "~"  # no key holds it, so a key is one flat file name and back


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """How much may wait, for the store or for Redis, which is asked whether the person is still
    here: at 60 kB a snapshot 35,000 marks."""

    files: int = 100_000
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
    the upload. What waits is sealed by ``sealer``; what cannot be read is set aside, holds
    nobody up, and is tried again at the next start. Safe to call from several threads.
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
        # Beside the folder: what lies in it is taken for the folders of processes.
        self.quarantine = Quarantine(parent.with_name(parent.name + "-quarantine"))
        self._try_again()

    def put(self, key: str, jpeg: bytes, wanted: Callable[[], bool] = _always) -> None:
        """Let ``jpeg`` wait, unless ``wanted`` says at the last moment that it need not; on the
        disk when this returns.

        Raises StoreUnavailable when the disk refuses.
        """
        part = self._claim.path / ("." + secrets.token_hex(8))
        sealed = _summed(self._sealer.seal(jpeg, context(key)))
        try:
            write_synced(part, sealed)
            with self._lock:
                if wanted():
                    part.replace(self._path(key))
                    self._add(key, len(sealed))
            part.unlink(missing_ok=True)
            sync_folder(self._claim.path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise StoreUnavailable(
                sentence(
                    "A snapshot cannot be kept in {parent} ({error}). Check that "
                    "the disk is not full.",
                    parent=self._claim.path.parent,
                    error=error.strerror or error,
                )
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
        """Forget ``key`` here, in the folders of all other processes and where it was set
        aside."""
        with self._lock, self._claim.alone():
            self._drop(key)
            self.quarantine.remove(self._path(key).name)
            for folder in self._claim.others():
                (folder / self._path(key).name).unlink(missing_ok=True)

    def take(self) -> tuple[Waiting, bytes | None] | None:
        """The oldest one and its JPEG (None: deleted by another process, or the person in it was
        erased), or None."""
        while (waiting := self._oldest()) is not None:
            try:
                return waiting, self._content(waiting.key)
            except OwnerGone:
                return waiting, None
            except (OSError, SealBroken, DataKeyMissing) as error:
                self._set_aside(waiting, str(error))
        return None

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

    def keys(self) -> set[str]:
        """What waits in whichever process, and what was set aside."""
        names = {one.name for one in self.quarantine.all()}
        for folder in self._claim.others():
            with suppress(FileNotFoundError):  # adopted by another process just now
                names |= {path.name for path in self._claim.files(folder)}
        with self._lock:
            return {*self._waiting, *(name.replace(_SLASH, "/") for name in names)}

    def size(self) -> tuple[int, int]:
        """How many files wait, and their bytes."""
        with self._lock:
            return len(self._waiting), self._bytes

    def close(self) -> None:
        """Give the folder up; the next process adopts what still waits."""
        self._claim.release()

    def _path(self, key: str) -> Path:
        return self._claim.path / check_key(key).replace("/", _SLASH)

    def _oldest(self) -> Waiting | None:
        with self._lock:
            waiting = next(iter(self._waiting.values()), None)
            self._sending = waiting.key if waiting else None
            return waiting

    def _content(self, key: str) -> bytes | None:
        """What waits; None if another process has deleted it. Raises what keeps it unread."""
        try:
            stored = self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        return self._sealer.open(_checked(stored), context(key))

    def _set_aside(self, waiting: Waiting, reason: str) -> None:
        log.error("snapshot_set_aside key=%s reason=%s", waiting.key, reason)
        path = self._path(waiting.key)
        try:
            with self._lock:
                self.quarantine.take(path, path.name, reason)
                self._drop(waiting.key)
        except OSError as error:
            self.postpone(waiting)
            raise StoreUnavailable(
                sentence(
                    "A snapshot cannot be set aside ({error}). Check the disk.",
                    error=error.strerror or error,
                )
            ) from error

    def _try_again(self) -> None:
        with self._lock:
            for one in self.quarantine.all():
                self.quarantine.back(one.name, self._claim.path)
                path = self._claim.path / one.name
                self._add(one.name.replace(_SLASH, "/"), path.stat().st_size)

    def _read(self, path: Path, key: str) -> bytes | None:
        try:
            stored = path.read_bytes()
        except OSError:
            return None
        try:
            return self._sealer.open(_checked(stored), context(key))
        except OwnerGone:
            return None

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
        files = sorted(self._claim.files(folder), key=_age)
        for path in files:
            try:
                self._take_over(path)
            except (OSError, BadSnapshotKey) as error:
                log.error("snapshot_set_aside file=%s reason=%s", path.name, error)
                self.quarantine.take(path, path.name, str(error))
        sync_folder(self._claim.path)
        return len(files)

    def _take_over(self, path: Path) -> None:
        key, size = path.name.replace(_SLASH, "/"), path.stat().st_size
        if not path.is_file():
            raise BadSnapshotKey(f"{path.name} is no file.")
        if check_key(key) in self._waiting:  # ours is the newer one
            path.unlink()
            return
        path.replace(self._path(key))
        self._add(key, size)


def _summed(content: bytes) -> bytes:
    """With a checksum behind its end, where whatever shows a JPEG passes over it. Sealed pictures
    have one too: whose they are stands outside the seal."""
    return content + b"\n#crc32:%08x" % zlib.crc32(content)


def _checked(stored: bytes) -> bytes:
    """``stored`` without its checksum; older versions wrote none. Raises SealBroken."""
    known = _SUM.search(stored, max(0, len(stored) - _SUM_BYTES))
    if known is None:
        return stored
    content = stored[: known.start()]
    if int(known[1], 16) != zlib.crc32(content):
        raise SealBroken(
            msgid("The picture was damaged on the disk after it was taken. Remove it.")
        )
    return content


def _age(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
