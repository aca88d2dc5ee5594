"""Events on local disk until Redis has them: what is confirmed outlives a crash.

Each process writes a file of its own and holds a lock on it; a file without a lock
belonged to a process that died, and whoever finds it takes it over. A line is
``{"event": …}`` or ``{"settled": id}``; a line cut by a crash was never confirmed
and is skipped.
"""

import json
import logging
import os
import secrets
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from face_rec.entities import Event
from face_rec.errors import JournalError
from face_rec.stores import events, locks
from face_rec.stores.codec import compact

log = logging.getLogger(__name__)

_ROTATE_BYTES: Final = 1 << 20  # rewrite a file that one stuck event keeps from emptying
_SUFFIX: Final = ".jsonl"


class FileJournal:
    """A ``Journal``. Safe to call from several threads; several processes may share ``folder``.

    Threads that append at once share one fsync. Every method but :meth:`settle` raises
    JournalError when the disk does not take or give what it should.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pending: dict[str, Event] = {}
        self._lock = threading.Lock()  # the file, and what is pending
        self._syncing = (
            threading.Lock()
        )  # one fsync at a time; whoever wants both takes _lock first
        self._written = self._synced = 0  # records since the start
        self._broken = False  # a write or fsync failed: what the file holds is unknown
        with self._disk():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locks.exclusive(folder / "lock"):
                self._path, self._file = self._fresh([])
        self._adopt()

    def append(self, event: Event) -> None:
        """Returns when ``event`` is on the disk."""
        with self._lock, self._disk():
            if self._broken or os.fstat(self._file).st_size > _ROTATE_BYTES:
                with self._syncing, locks.exclusive(self._folder / "lock"):
                    self._move_on(self._pending)
            self._write(_event_line(event))
            self._pending[event.id] = event
            ticket = self._written
        try:
            self._sync(ticket)
        except JournalError:
            with self._lock:
                self._pending.pop(event.id, None)
            raise

    def settle(self, event_id: str) -> None:
        """Forget an event. Not fsynced: forgetting twice is harmless."""
        with self._lock:
            if self._pending.pop(event_id, None) is None:
                return
            try:
                if self._pending or self._broken:
                    self._write(compact({"settled": event_id}) + b"\n")
                else:
                    os.ftruncate(self._file, 0)
            except OSError as error:
                log.warning("journal not settled event=%s reason=%s", event_id, error)

    def pending(self) -> list[Event]:
        """Events not settled, oldest first, also those of processes that died."""
        self._adopt()
        with self._lock:
            return list(self._pending.values())

    def close(self) -> None:
        """Let go of the file; what is pending in it is found by the next to open ``folder``."""
        with self._lock, self._syncing:
            os.close(self._file)
            if not self._pending:
                self._path.unlink(missing_ok=True)

    # --- writing

    def _write(self, line: bytes) -> None:
        try:
            _write_all(self._file, line)
        except OSError:
            self._broken = True
            raise
        self._written += 1

    def _sync(self, ticket: int) -> None:
        """Return when record ``ticket`` is on the disk; a sync covers all written before it."""
        with self._syncing, self._disk():
            if self._synced >= ticket:
                return
            if self._broken:  # after a failed fsync the next one may succeed and mean nothing
                raise OSError("the file could not be written")
            reach = self._written
            try:
                os.fsync(self._file)
            except OSError:
                self._broken = True
                raise
            self._synced = reach

    def _move_on(self, kept: dict[str, Event]) -> None:
        """Go on in a new file that holds ``kept``; the caller has all three locks."""
        old_path, old_file = self._path, self._file
        self._path, self._file = self._fresh(kept.values())
        self._pending = kept
        self._synced, self._broken = self._written, False
        _discard(old_path, old_file)

    def _fresh(self, kept: Iterable[Event]) -> tuple[Path, int]:
        """A new file of our own that holds ``kept``; called under the folder's lock, so
        that nobody takes it for a leftover before it is locked."""
        path = self._folder / f"{secrets.token_hex(8)}{_SUFFIX}"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            locks.lock(file)
            _write_all(file, b"".join(map(_event_line, kept)))
            os.fsync(file)
            _sync_folder(self._folder)
        except OSError:
            _discard(path, file)
            raise
        return path, file

    # --- taking over what dead processes left

    def _adopt(self) -> None:
        with self._lock, self._disk():
            leftovers = [p for p in self._folder.glob(f"*{_SUFFIX}") if p != self._path]
            if leftovers:
                with self._syncing, locks.exclusive(self._folder / "lock"):
                    self._take_over(leftovers)

    def _take_over(self, leftovers: Sequence[Path]) -> None:
        dead = [(path, file) for path in leftovers if (file := _if_dead(path)) is not None]
        try:
            found = {e.id: e for path, _ in dead for e in _unsettled(path)}
            if found:
                log.info("journal adopted files=%d events=%d", len(dead), len(found))
                self._move_on({**found, **self._pending})
        except OSError:
            for _, file in dead:
                os.close(file)
            raise
        for path, file in dead:
            _discard(path, file)

    def _disk(self) -> "_Disk":
        return _Disk(self._folder)


class _Disk:
    """Turns what the disk says into JournalError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise JournalError(
                f"The journal in {self._folder} cannot be kept ({error.strerror or error}), so no "
                "mark can be confirmed. Make room on the disk and let the app write there."
            ) from error


def _event_line(event: Event) -> bytes:
    return b'{"event":' + events.encode(event) + b"}\n"


def _if_dead(path: Path) -> int | None:
    """The file, locked, if no living process holds it."""
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:  # another was faster
        return None
    if locks.lock(file):
        return file
    os.close(file)
    return None


def _unsettled(path: Path) -> list[Event]:
    """The events of a file, without those that it says are settled."""
    found: dict[str, Event] = {}
    for line in path.read_bytes().splitlines():
        try:
            record = json.loads(line)
            if "event" in record:
                event = events.event_of(record["event"])
                found[event.id] = event
            else:
                found.pop(record["settled"], None)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("journal line skipped file=%s reason=%s", path.name, error)
    return list(found.values())


def _write_all(file: int, data: bytes) -> None:
    """Raises OSError when not all of it could be written."""
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def _discard(path: Path, file: int) -> None:
    """Empty, close and remove; on Windows an open file cannot be removed."""
    os.ftruncate(file, 0)
    os.close(file)
    path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a new file's name last as well; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
