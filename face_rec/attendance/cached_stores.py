"""What timesheets are made from: people, rules, marks, heartbeats, each kept until it changes."""

import threading
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from face_rec.attendance.days.day_calculator import MARGIN
from face_rec.attendance.days.outages import Uptime
from face_rec.attendance.marks.columns_cache import ColumnsCache
from face_rec.attendance.marks.effective_marks import EffectiveMarks
from face_rec.attendance.marks.mark_columns import Codes, MarkColumns
from face_rec.attendance.rules.rules import Rules, RulesReader
from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import Progress
from face_rec.protocols.people import PeopleReader

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stores:
    """Where everything comes from. ``folder`` keeps closed days between
    starts; None keeps them in memory only."""

    attendance: MarkReader
    people: PeopleReader
    rules: RulesReader
    folder: Path | None = None


def days_between(first: date, last: date) -> list[date]:
    """Both included; empty if ``last`` lies before ``first``."""
    return [first + n * _DAY for n in range((last - first).days + 1)]


class CachedStores:
    """Cached access to the stores. Safe from any thread; all of it may raise
    StoreUnavailable."""

    def __init__(self, stores: Stores, clock: Clock, codes: Codes) -> None:
        self._stores = stores
        self._clock = clock
        self._codes = codes
        self.standing = EffectiveMarks(stores.attendance)
        self._rules: Rules | None = None
        self._columns: ColumnsCache | None = None
        self._lock = threading.Lock()

    def rules(self) -> Rules:
        """The rules as saved now."""
        version = self._stores.rules.version()
        known = self._rules
        if known is None or known.version != version:
            known = self._rules = self._stores.rules.load()
        return known

    def people(self) -> tuple[Person, ...]:
        """Everybody, sorted by subject."""
        return self._stores.people.everybody().people

    def revision(self, first: date, last: date) -> Hashable:
        """Stands for marks, people and rules as far as these local days depend on them: two
        equal revisions, equal stores."""
        near = days_between(first - MARGIN, last + MARGIN)
        stores = self._stores
        lengths = tuple(stores.attendance.lengths(near))
        return lengths, stores.people.revision(), self.rules().version

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
