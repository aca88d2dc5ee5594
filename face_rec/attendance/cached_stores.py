"""What timesheets are made from: people, rules, marks, heartbeats, each kept until it changes."""

import io
import logging
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache

from face_rec.attendance.days.day_calculator import MARGIN
from face_rec.attendance.days.outages import Uptime
from face_rec.attendance.marks.clock_doubts import (
    NO_CHANGES,
    ClockChanges,
    ClockChangesReader,
    NoClockChanges,
)
from face_rec.attendance.marks.kept_marks import DayRead, EffectiveMarks
from face_rec.attendance.marks.mark_columns import MARK, Codes, MarkColumns, columns_of
from face_rec.attendance.rules.rules import Rules, RulesReader
from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.files import make_folder, write_durable
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import Progress
from face_rec.protocols.people import PeopleReader

log = logging.getLogger(__name__)

_FORMAT = "2"
_CLOSED_AFTER = timedelta(days=2)  # a day is written to disk only once it has settled
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stores:
    """Where everything comes from. ``folder`` keeps closed days between
    starts; None keeps them in memory only."""

    attendance: MarkReader
    people: PeopleReader
    rules: RulesReader
    folder: Path | None = None
    clock: ClockChangesReader = NoClockChanges()


def days_between(first: date, last: date) -> list[date]:
    """Both included; empty if ``last`` lies before ``first``."""
    return [first + n * _DAY for n in range((last - first).days + 1)]


class ColumnsCache:
    """Columns of marks: in memory for every day read, on disk for closed days. Safe from any
    thread.

    A day's columns are good as long as its list has the same length, so late replays and
    corrections need no message to invalidate it. Files lie under the database's own epoch: a
    restored or emptied Redis never meets another one's files. They hold no names, only subjects
    and times.

    Raises StoreUnavailable where the store does; trouble with the disk only
    costs time and is logged.
    """

    def __init__(
        self,
        standing: EffectiveMarks,
        codes: Codes,
        clock: Clock,
        *,
        folder: Path | None,
        epoch: str,
        days: int = 800,
    ) -> None:
        """``folder``: where closed days are kept, None for memory only.
        ``days``: how many columns stay in memory (4,000 marks: 160 KB)."""
        self._standing = standing
        self._codes = codes
        self._clock = clock
        self._folder = folder / epoch if folder is not None else None
        self._memory: LRUCache[date, MarkColumns] = LRUCache(days)
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

    @property
    def bytes(self) -> int:
        """What the columns in memory take."""
        with self._lock:
            return sum(one.marks.nbytes for one in self._memory.values())

    def _day(self, day: date, length: int) -> MarkColumns:
        with self._lock:
            known = self._memory.get(day)
        if known is not None and known.length == length:
            return known
        made = self._read(day, length, known) if length else MarkColumns(0, np.empty(0, MARK))
        with self._lock:
            self._memory[day] = made
        return made

    def _read(self, day: date, length: int, known: MarkColumns | None) -> MarkColumns:
        path = self._folder / f"{day}.npz" if self._folder is not None else None
        if path is not None and path.exists():
            kept = _from_file(path, length, self._codes)
            if kept is not None:
                return kept
        closed = day < self._clock.now().date() - _CLOSED_AFTER
        made = self._made(self._standing.read(day, length, keep=not closed), known)
        if path is not None and closed:
            _to_file(path, made, self._codes)
        return made

    def _made(self, read: DayRead, known: MarkColumns | None) -> MarkColumns:
        """The columns of the day; of one that was known, with what has come to it since."""
        since = read.since(known.length, known.reading) if known is not None else None
        if known is not None and since is not None and not since.corrected:
            grown = known.grown(since.came, read.length, self._codes)
            if grown is not None:
                return grown
        return columns_of(read.found, read.length, self._codes, read.reading)


class Revision(NamedTuple):
    """Stands for marks, people and rules: while it is the same, so are they."""

    marks: tuple[int, ...]
    people: int
    rules: int


class CachedStores:
    """Cached access to the stores. Safe from any thread; all of it may raise
    StoreUnavailable."""

    def __init__(self, stores: Stores, clock: Clock, codes: Codes) -> None:
        self._stores = stores
        self._clock = clock
        self._codes = codes
        self.standing = EffectiveMarks(stores.attendance)
        self._rules: Rules | None = None
        self._clock_changes = NO_CHANGES, -1
        self._columns: ColumnsCache | None = None
        self._lock = threading.Lock()

    def rules(self) -> Rules:
        """The rules as saved now."""
        version = self._stores.rules.version()
        known = self._rules
        if known is None or known.version != version:
            known = self._rules = self._stores.rules.load()
        return known

    def clock_changes(self) -> ClockChanges:
        """When clocks were set; each raises the version of the rules."""
        version = self._stores.rules.version()
        known, of = self._clock_changes
        if of != version:
            known = self._stores.clock.all()
            self._clock_changes = known, version
        return known

    def people(self) -> tuple[Person, ...]:
        """Everybody, sorted by subject."""
        return self._stores.people.everybody().people

    def person(self, subject: str) -> Person | None:
        """One, who is asked for: a change of another one reads nobody else again."""
        return self._stores.people.get(subject)

    def revision(self, first: date, last: date) -> Revision:
        """What these local days depend on, as it is now."""
        near = days_between(first - MARGIN, last + MARGIN)
        stores = self._stores
        lengths = tuple(stores.attendance.lengths(near))
        return Revision(lengths, stores.people.revision(), self.rules().version)

    def lengths(self, days: Sequence[date]) -> dict[date, int]:
        """How long the lists of these UTC days are."""
        return dict(zip(days, self._stores.attendance.lengths(days), strict=True))

    def columns(
        self, first: date, last: date, progress: Progress | None = None
    ) -> list[MarkColumns]:
        """Those that the local days ``first`` to ``last`` may need."""
        days = days_between(first - MARGIN, last + MARGIN)
        lengths = self._stores.attendance.lengths(days)
        return self._opened().columns(days, lengths, progress)

    def uptime(self, first: date, last: date, rules: Rules) -> Uptime:
        """The kiosks' heartbeats over these local days."""
        if not rules.kiosks:
            return Uptime((), {}, rules.limits)
        beats = self._stores.rules.beats(days_between(first - MARGIN, last + MARGIN))
        return Uptime(rules.kiosks, beats, rules.limits)

    @property
    def bytes(self) -> int:
        """Memory held by columns."""
        return self._opened().bytes

    def _opened(self) -> ColumnsCache:
        with self._lock:
            if self._columns is None:
                stores = self._stores
                self._columns = ColumnsCache(
                    self.standing,
                    self._codes,
                    self._clock,
                    folder=stores.folder,
                    epoch=stores.rules.epoch(),
                )
            return self._columns


def _from_file(path: Path, length: int, codes: Codes) -> MarkColumns | None:
    """None if the file is of another length or form, or cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            version, *numbers = file["head"].tolist()
            if version != _FORMAT or int(numbers[0]) != length:
                return None
            marks = file["marks"]
            for column in ("subject", "kiosk"):
                codes_here = [codes.code(text) for text in file[column].tolist()]
                marks[column] = np.array(codes_here, np.int32)[marks[column]]
    except Exception as error:  # of a damaged file zipfile and NumPy raise many kinds
        log.warning("attendance_cache_unreadable file=%s error=%s", path.name, error)
        return None
    ordered = marks[np.argsort(marks["subject"], kind="stable")]
    return MarkColumns(length, ordered, int(numbers[1]), int(numbers[2]))


def _to_file(path: Path, made: MarkColumns, codes: Codes) -> None:
    marks, texts = made.marks.copy(), {}
    for column in ("subject", "kiosk"):
        used, marks[column] = np.unique(made.marks[column], return_inverse=True)
        texts[column] = np.array([codes.text(code) for code in used.tolist()], dtype=np.str_)
    head = np.array([_FORMAT, str(made.length), str(made.strangers), str(made.held)])
    buffer = io.BytesIO()
    np.savez(buffer, head=head, marks=marks, subject=texts["subject"], kiosk=texts["kiosk"])
    try:
        make_folder(path.parent)
        write_durable(path, buffer.getvalue(), sync=False)
    except OSError as error:
        log.warning("attendance_cache_unwritable file=%s error=%s", path.name, error)


def _forget_others(folder: Path, epoch: str) -> None:
    """Drop the files of databases that are no longer used here."""
    for other in folder.glob("*"):
        if other.is_dir() and other.name != epoch:
            shutil.rmtree(other, ignore_errors=True)
