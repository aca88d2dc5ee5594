"""What timesheets are made from: people, rules, marks, heartbeats, each kept until it changes."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from face_rec.attendance.days.day_calculator import MARGIN
from face_rec.attendance.days.outages import Uptime
from face_rec.attendance.marks.clock_doubts import (
    NO_CHANGES,
    ClockChanges,
    ClockChangesReader,
    NoClockChanges,
)
from face_rec.attendance.marks.columns_cache import ColumnsCache
from face_rec.attendance.marks.kept_marks import EffectiveMarks
from face_rec.attendance.marks.mark_columns import MARK, Codes, MarkColumns, Marks
from face_rec.attendance.rules.rules import Rules, RulesReader
from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import PeopleReader

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


class Revision(NamedTuple):
    """Stands for marks, people and rules: while it is the same, so are they."""

    marks: tuple[int, ...]
    people: int
    rules: int


class CachedStores:
    """Cached access to the stores. Safe from any thread; all of it may raise
    StoreUnavailable."""

    def __init__(self, stores: Stores, clock: Clock) -> None:
        self._stores = stores
        self._clock = clock
        self.codes = Codes()
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
        return dict(zip(days, self._lengths(days), strict=True))

    def _lengths(self, days: Sequence[date]) -> Sequence[int]:
        lengths = self._stores.attendance.lengths(days)
        for day, length in zip(days, lengths, strict=True):
            if not length:
                self.standing.read(day, 0)  # a list that was lost and grows again is another one
        return lengths

    def columns(
        self, first: date, last: date, progress: Progress | None = None
    ) -> list[MarkColumns]:
        """Those that the local days ``first`` to ``last`` may need."""
        return self.columns_of(days_between(first - MARGIN, last + MARGIN), progress)

    def columns_of(
        self, days: Sequence[date], progress: Progress | None = None
    ) -> list[MarkColumns]:
        """Those of these UTC days."""
        lengths = self._lengths(days)
        return self._opened().columns(days, lengths, progress)

    def keep(self, day: date) -> bool:
        """Write the file of this UTC day where it is closed and has none yet; True if it was
        written. Raises OSError as well."""
        (length,) = self._lengths([day])
        return self._opened().keep(day, length)

    def own(self, days: Sequence[date], subjects: Sequence[str]) -> Marks:
        """The marks of a few people on these UTC days (in order), sorted by subject, then time;
        of days that are kept nobody else's are read."""
        lengths = self._lengths(days)
        mine = sorted(subjects, key=self.codes.code)
        found = [self._opened().own(days, lengths, subject) for subject in mine]
        return np.concatenate([np.empty(0, MARK), *found])

    def stamps(self, days: Sequence[date]) -> dict[date, int]:
        """What stands for the marks of each of these UTC days as they are now."""
        lengths = self._lengths(days)
        return dict(zip(days, self._opened().stamps(days, lengths), strict=True))

    def since(self, day: date, stamp: int) -> Sequence[int] | None:
        """Codes of those whose marks have changed since the ``stamp``; None: not known."""
        return self._opened().since(day, stamp)

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
                    stores.attendance,
                    self.codes,
                    self._clock,
                    folder=stores.folder,
                    epoch=stores.rules.epoch(),
                )
            return self._columns
