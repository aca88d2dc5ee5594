"""Writes that people have seen confirmed, on this machine's disk: for a Redis that loses them.

One file of SQLite, which several processes may write to, which forgets one person without being
rewritten, and whose commits are on the disk when they return. What a write says is sealed; in
clear stand its random id, its time, its list and, until they are erased, the subjects and the
names of records whose data are in it.
"""

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from face_rec.clock import Clock, SystemClock
from face_rec.domain.errors import JournalError, StoreError
from face_rec.files import make_folder, write_durable
from face_rec.languages.sentence import sentence
from face_rec.protocols.sealing import Sealer
from face_rec.stores.chain.kept_write import KeptWrite
from face_rec.stores.chain.writes_file import prepared, transaction

log = logging.getLogger(__name__)

NAME: Final = "writes.db"
UNDER_WAY: Final = 5.0
"""Seconds in which a write may still be on its way to Redis: longer than any client waits. It is
nobody else's to run meanwhile, or whoever makes it would be told that it is there already."""
_CLOCKS: Final = 3600.0
"""Seconds by which a wall clock that nobody has set may differ from the time that has passed."""


class Aside(Protocol):
    """Where what cannot be read is shown. Methods may raise OSError."""

    def take(self, path: Path, what: str, why: str) -> None:
        """Move the file there; one that is there as ``what`` already is not kept twice."""
        ...

    def remove(self, age: float = 0.0) -> None:
        """What has been there for so many seconds for which this machine ran."""
        ...


class WriteLog:
    """Writes of the last ``seconds`` for which this machine ran, as ``operating_time`` says; 0
    keeps nothing. Safe for several threads and processes.

    ``sealer`` encrypts what they say. A file that is none is set ``aside``, and a new one begins.
    In it nobody can be looked for: all that was set aside goes at an erasure, and in time.
    """

    def __init__(
        self,
        path: Path,
        sealer: Sealer,
        seconds: float,
        aside: Aside,
        *,
        operating_time: Callable[[], float],
        clock: Clock | None = None,
    ) -> None:
        self._truncated = True
        self._path = path
        self._sealer = sealer
        self.seconds: Final = seconds
        self._aside = aside
        self._time = operating_time
        self._clock = clock or SystemClock()
        self._file: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._shown: set[str] = set()  # names of what does not open, and was set aside

    def __bool__(self) -> bool:
        return self.seconds > 0

    def put(self, write: KeptWrite, about: Sequence[str] = ()) -> None:
        """Returns when ``write`` is on the disk; ``about``: the subjects whose data are in it.
        Raises JournalError."""
        content = self._sealed(write)
        with self._opened() as file, transaction(file):
            number = file.execute(
                "INSERT INTO writes (id, at, stream, content, ran) VALUES (?, ?, ?, ?, ?)",
                (write.id, write.at, write.stream, content, self._time()),
            ).lastrowid
            file.executemany("INSERT INTO about VALUES (?, ?)", [(s, number) for s in about])

    def replace(self, write: KeptWrite) -> None:
        """It takes the place of what is kept under its id. Raises JournalError."""
        content = self._sealed(write)
        with self._opened() as file:
            file.execute("UPDATE writes SET content = ? WHERE id = ?", (content, write.id))

    def drop(self, write_id: str) -> None:
        """Nobody was told that this write succeeded. If the disk refuses, it is tried like any
        other one, and what it expects has to be there still."""
        try:
            with self._opened() as file:
                file.execute("DELETE FROM writes WHERE id = ?", (write_id,))
        except JournalError as error:
            log.error("write_not_dropped id=%s reason=%s", write_id, error)

    def forget(self, subject: str, noted: Callable[[KeptWrite], KeptWrite], but: str = "") -> int:
        """Remove for good what was written about somebody, ``but`` for the write of this id; how
        much that was. Of one that is linked in a list it stays that there was one, as ``noted``
        says it: else the list stayed shorter than it was witnessed. Raises JournalError."""
        with self._opened() as file, transaction(file):
            gone = file.execute(
                "SELECT id, number, stream, content FROM writes WHERE id != ? AND number IN"
                " (SELECT number FROM about WHERE subject = ?)",
                (but, subject),
            ).fetchall()
            for write_id, number, stream, content in gone:
                write = self._read(write_id, content) if stream else None
                if write is None:
                    file.execute("DELETE FROM writes WHERE number = ?", (number,))
                else:
                    file.execute("DELETE FROM about WHERE number = ?", (number,))
                    left = (self._sealed(noted(write)), number)
                    file.execute("UPDATE writes SET content = ? WHERE number = ?", left)
        if gone:  # what was there stands in the log of SQLite's own, too
            self._truncate()
        with self._disk():
            self._aside.remove()
        return len(gone)

    def has(self, write_id: str) -> bool:
        """Raises JournalError."""
        with self._opened() as file:
            found = file.execute("SELECT 1 FROM writes WHERE id = ?", (write_id,)).fetchone()
            return found is not None

    def subjects(self) -> set[str]:
        """Whose data are in it. Raises JournalError."""
        with self._opened() as file:
            return {row[0] for row in file.execute("SELECT DISTINCT subject FROM about")}

    def unlinked(self, subject: str) -> list[KeptWrite]:
        """What is kept of somebody beside the lists: their own keys. Raises JournalError."""
        with self._opened() as file:
            found = file.execute(
                "SELECT id, content FROM writes WHERE stream = '' AND number IN"
                " (SELECT number FROM about WHERE subject = ?) ORDER BY number",
                (subject,),
            ).fetchall()
        return [write for row in found if (write := self._read(*row)) is not None]

    def ids(self, stream: str) -> dict[str, int]:
        """The writes of ``stream`` and their numbers, in order, but for those that may be under
        way, of which the version before says their wall time alone. Raises JournalError."""
        now, ran = self._clock.now().timestamp(), self._time()
        with self._opened() as file:
            found = file.execute(
                "SELECT id, number FROM writes WHERE stream = ?"
                " AND NOT coalesce(ran > ?, at BETWEEN ? AND ?) ORDER BY number",
                (stream, ran - UNDER_WAY, now - UNDER_WAY, now),
            )
            return dict(found.fetchall())

    def order(self, stream: str) -> dict[str, int]:
        """The numbers of all writes of ``stream``: the order in which this machine made them,
        whatever its clock said. Raises JournalError."""
        with self._opened() as file:
            found = file.execute("SELECT id, number FROM writes WHERE stream = ?", (stream,))
            return dict(found.fetchall())

    def oldest(self) -> float | None:
        """When the first write was made, by the wall clock (seconds since 1970); 0.0 where that
        cannot tell: it was set since, for a write is younger by it than it can be. None where
        there is none. Raises JournalError."""
        with self._opened() as file:
            first, latest = file.execute(
                "SELECT min(at), max(at + (? - ran)) FROM writes", (self._time(),)
            ).fetchone()
        if latest is not None and latest > self._clock.now().timestamp() + _CLOCKS:
            return 0.0
        oldest: float | None = first
        return oldest

    def read(self, number: int) -> KeptWrite | None:
        """One of them; None if it is gone, or does not open. Raises JournalError."""
        with self._opened() as file:
            row = file.execute(
                "SELECT id, content FROM writes WHERE number = ?", (number,)
            ).fetchone()
        return None if row is None else self._read(*row)

    def _read(self, write_id: str, content: bytes) -> KeptWrite | None:
        try:
            return KeptWrite.read(self._sealer.open(content, _context(write_id)))
        except (StoreError, ValueError) as error:
            log.error("kept_write_does_not_open id=%s reason=%s", write_id, error)
            self._show(write_id, content, str(error))
            return None

    def _show(self, write_id: str, content: bytes, why: str) -> None:
        """A copy is set aside, once; it stays itself, for its key may come back."""
        name = hashlib.sha256(write_id.encode()).hexdigest()[:16]
        if name in self._shown:
            return
        self._shown.add(name)
        copy = self._path.with_name(f"{self._path.stem}-{name}")
        try:
            write_durable(copy, content)
            self._aside.take(copy, name, why)
        except OSError as error:
            log.error("kept_write_not_set_aside id=%s reason=%s", write_id, error)

    def _sealed(self, write: KeptWrite) -> bytes:
        return self._sealer.seal(write.written(), _context(write.id))

    def expire(self) -> None:
        """Remove what is old enough, and what an earlier removal had to leave. What does not say
        how old it is, of the version before, or says more than this machine has run for, counts
        from now. Raises JournalError."""
        now, wall = self._time(), self._clock.now().timestamp()
        with self._opened() as file, transaction(file):
            file.execute("UPDATE writes SET ran = ? WHERE ran > ?", (now, now))
            file.execute(
                "UPDATE writes SET ran = ? WHERE ran IS NULL AND at NOT BETWEEN ? AND ?",
                (now - UNDER_WAY, wall - UNDER_WAY, wall),
            )
            gone = file.execute("DELETE FROM writes WHERE ran < ?", (now - self.seconds,)).rowcount
        if gone or not self._truncated:
            self._truncate()
        with self._disk():
            self._aside.remove(self.seconds)

    def clear(self) -> int:
        """Remove everything; how many writes there were. Raises JournalError."""
        with self._opened() as file:
            count = file.execute("DELETE FROM writes").rowcount
        self._truncate()
        return count

    def _truncate(self) -> None:
        """Empty the log of SQLite's own. Not while another process reads, be it one that was
        stopped while it did: then :meth:`expire` does it."""
        with self._opened() as file:
            (busy, *_) = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._truncated = not busy
        if busy:
            log.warning("kept_writes_log_not_emptied")

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    # --- the file

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._disk():
            if self._file is None:
                make_folder(self._path.parent)
                self._file = self._connected()
            yield self._file

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise JournalError(
                sentence(
                    "Changes cannot be kept in {parent} ({error}), so this one "
                    "was not made. Make room on the disk and let the app write "
                    "there.",
                    parent=self._path.parent,
                    error=error,
                )
            ) from error

    def _connected(self) -> sqlite3.Connection:
        try:
            return prepared(self._path)
        except sqlite3.OperationalError:  # full, locked, not to be written
            raise
        except sqlite3.DatabaseError as error:
            name = f"{self._clock.now():%Y%m%dT%H%M%S}.db"
            log.error("kept_writes_unreadable file=%s reason=%s", name, error)
            why = sentence("the kept writes cannot be read: {error}", error=error)
            self._aside.take(self._path, name, why)
            for leftover in ("-wal", "-shm"):
                self._path.with_name(self._path.name + leftover).unlink(missing_ok=True)
            return prepared(self._path)


def _context(write_id: str) -> str:
    return f"write/{write_id}"
