"""Columns of marks, kept by UTC day: in memory while there is room, closed days on disk; and whose
marks have changed since somebody looked."""

import itertools
import logging
import shutil
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from cachetools import LRUCache

from face_rec.attendance.marks import day_file
from face_rec.attendance.marks.list_columns import columns_of_list, differing, grown
from face_rec.attendance.marks.mark_columns import (
    MARK,
    Codes,
    MarkColumns,
    Marks,
    only,
)
from face_rec.clock import Clock
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import Progress

log = logging.getLogger(__name__)

_CLOSED_AFTER: Final = timedelta(days=1)
"""A day that is older lies on the disk as well. Who looks at today looks at the two days before
it, too, so that it gets there without being read again."""
_BYTES: Final = 256 * 1024 * 1024
_CHANGES: Final = 256
"""Changes of a day that are known; who looked before them takes all its marks for changed."""
T = TypeVar("T")


@dataclass(slots=True)
class _Track:
    """A day as it was read last: how long its list was, and the stamp that stands for it.
    ``changes``: the stamp before each change, and codes of those it was about."""

    length: int
    stamp: int
    changes: deque[tuple[int, Sequence[int] | None]] = field(
        default_factory=lambda: deque(maxlen=_CHANGES)
    )


class ColumnsCache:
    """Safe from any thread.

    A day's columns are good as long as its list has the same length, so late replays and
    corrections need no message to invalidate it. Files lie under the database's own epoch: a
    restored or emptied Redis never meets another one's files. They hold no names, only subjects
    and times.

    Raises StoreUnavailable where the store does; trouble with the disk only
    costs time and is logged.
    """

    def __init__(
        self,
        store: MarkReader,
        codes: Codes,
        clock: Clock,
        *,
        folder: Path | None,
        epoch: str,
        most: int = _BYTES,
    ) -> None:
        """``folder``: where closed days are kept, None for memory only.
        ``most``: bytes of columns that stay in memory (4,000 marks: 180 KB)."""
        self._store = store
        self._codes = codes
        self._clock = clock
        self._folder = folder / epoch if folder is not None else None
        self._memory: LRUCache[date, MarkColumns] = LRUCache(
            most, getsizeof=lambda one: min(one.bytes + 1, most)
        )
        self._tracks: dict[date, _Track] = {}
        self._filed: dict[date, int] = {}  # how long the list was that a file was made from
        self._stamps = itertools.count(1)
        self._lock = threading.Lock()
        if folder is not None:
            _forget_others(folder, epoch)

    def columns(
        self, days: Sequence[date], lengths: Sequence[int], progress: Progress | None = None
    ) -> list[MarkColumns]:
        """The columns of ``days``, whose lists are now ``lengths`` long."""
        found = []
        for number, (day, length) in enumerate(zip(days, lengths, strict=True)):
            found.append(self._day(day, length))
            if progress is not None:
                progress(number + 1, len(days))
        return found

    def keep(self, day: date, length: int) -> bool:
        """Write the file of a closed day, whose list is now ``length`` long, unless it lies there;
        True if it was written. Nothing stays in memory for it. Raises OSError where the disk does
        not take it, so that nobody reads the next days in vain."""
        path = self._path(day)
        if path is None or not length or not self._closed(day):
            return False
        if self._from_file(day, lambda file: day_file.holds(file, length)):
            return False
        known = self._known(day)
        if known is None or known.length != length:
            known = self._listed(day, length)
        day_file.write(path, known, self._codes)
        self._filed[day] = length
        return True

    def own(self, days: Sequence[date], lengths: Sequence[int], subject: str) -> Marks:
        """One person's marks on consecutive days (in order), by time. A day that lies on disk
        alone stays there: no more of it is read than their marks."""
        parts = [self._own(*one, subject) for one in zip(days, lengths, strict=True)]
        return np.concatenate([np.empty(0, MARK), *parts])

    def stamps(self, days: Sequence[date], lengths: Sequence[int]) -> list[int]:
        """By day, what stands for its marks: the same while they are. Only days that have grown
        are read."""
        return [self._stamp(day, length) for day, length in zip(days, lengths, strict=True)]

    def since(self, day: date, stamp: int) -> Sequence[int] | None:
        """Codes of those whose marks of the day have changed since ``stamp``, perhaps of some
        others too; None if that is not known."""
        with self._lock:
            track = self._tracks.get(day)
            if track is None:
                return None
            if track.stamp == stamp:
                return ()
            changes = list(track.changes)
        seen = [number for number, (before, _) in enumerate(changes) if before == stamp]
        if not seen:
            return None
        about = [codes for _, codes in changes[seen[0] :]]
        known = [codes for codes in about if codes is not None]
        return list(itertools.chain(*known)) if len(known) == len(about) else None

    @property
    def bytes(self) -> int:
        """What the columns in memory take."""
        with self._lock:
            return sum(one.bytes for one in self._memory.values())

    # --- one day

    def _known(self, day: date) -> MarkColumns | None:
        with self._lock:
            return self._memory.get(day)

    def _stamp(self, day: date, length: int) -> int:
        with self._lock:
            track = self._tracks.get(day)
            if track is None:
                track = self._tracks[day] = _Track(length, next(self._stamps))
            if track.length == length:
                return track.stamp
        self._day(day, length)
        with self._lock:
            return self._tracks[day].stamp

    def _day(self, day: date, length: int) -> MarkColumns:
        known = self._known(day)
        if known is not None and known.length > length:  # asked for a moment ago
            length = self._store.length(day)
        if known is not None and known.length == length:
            self._to_file(day, known)
            return known
        made, came = self._read(day, length, known)
        with self._lock:
            self._memory[day] = made
            self._note(day, known, made, came)
        self._to_file(day, made)
        return made

    def _note(
        self,
        day: date,
        known: MarkColumns | None,
        made: MarkColumns,
        came: Sequence[int] | None,
    ) -> None:
        track = self._tracks.get(day)
        if track is None:
            self._tracks[day] = _Track(made.length, next(self._stamps))
        elif track.length != made.length:
            codes: Sequence[int] | None = None
            if known is not None and known.length == track.length:
                codes = came
                if came is None:
                    codes = differing(known.marks, made.marks).tolist()
            track.changes.append((track.stamp, codes))
            track.length, track.stamp = made.length, next(self._stamps)

    def _read(
        self, day: date, length: int, known: MarkColumns | None
    ) -> tuple[MarkColumns, Sequence[int] | None]:
        """The day, and codes of those whose marks have come if nothing else has changed."""
        if not length:
            return MarkColumns(0, np.empty(0, MARK)), None
        kept = self._from_file(day, lambda path: day_file.whole(path, length, self._codes))
        if kept is not None:
            self._filed[day] = length
            return kept, None
        self._filed.pop(day, None)
        followed = self._followed(day, length, known) if known is not None else None
        if followed is not None:
            return followed
        return self._listed(day, length), None

    def _listed(self, day: date, length: int) -> MarkColumns:
        listed = self._store.raw(day, 0, length)
        parts, grows = self._store.glance(listed), not self._closed(day)
        return columns_of_list(parts, listed, length, self._codes, grows=grows)

    def _followed(
        self, day: date, length: int, known: MarkColumns
    ) -> tuple[MarkColumns, Sequence[int]] | None:
        """None where that is not the list that was read, or more than marks have come; with the
        codes of those whose marks came."""
        latest = list(known.latest)
        if not latest:
            return None
        listed = list(self._store.raw(day, known.length - len(latest), length))
        came = listed[len(latest) :]
        if listed[: len(latest)] != latest or len(came) != length - known.length:
            return None
        return grown(known, self._store.glance(came), came, self._codes)

    def _own(self, day: date, length: int, subject: str) -> Marks:
        if not length:
            return np.empty(0, MARK)
        known = self._known(day)
        if known is None or known.length != length:
            kept: Marks | None = self._from_file(
                day, lambda path: day_file.own(path, length, subject, self._codes)
            )
            if kept is not None:
                return kept
        known = self._day(day, length)
        return only([known], self._codes.code(subject))

    def _closed(self, day: date) -> bool:
        return day < self._clock.now().date() - _CLOSED_AFTER

    # --- files

    def _path(self, day: date) -> Path | None:
        return self._folder / f"{day}{day_file.SUFFIX}" if self._folder is not None else None

    def _from_file(self, day: date, read: Callable[[Path], T | None]) -> T | None:
        """None if the file is of another length or form, or cannot be read."""
        path = self._path(day)
        if path is None:
            return None
        try:
            return read(path)
        except FileNotFoundError:
            return None
        except Exception as error:  # of a damaged file NumPy and json raise many kinds
            log.warning("attendance_cache_unreadable file=%s error=%s", path.name, error)
            return None

    def _to_file(self, day: date, made: MarkColumns) -> None:
        """Once for each length that the list of a closed day has had."""
        path = self._path(day)
        if path is None or not self._closed(day) or self._filed.get(day, 0) == made.length:
            return
        self._filed[day] = made.length
        try:
            day_file.write(path, made, self._codes)
        except OSError as error:
            log.warning("attendance_cache_unwritable file=%s error=%s", path.name, error)


def _forget_others(folder: Path, epoch: str) -> None:
    """Drop the files of databases that are no longer used here, and of versions before."""
    for other in folder.glob("*"):
        if other.is_dir() and other.name != epoch:
            shutil.rmtree(other, ignore_errors=True)
    for old in folder.glob("*/*.npz"):
        old.unlink(missing_ok=True)
