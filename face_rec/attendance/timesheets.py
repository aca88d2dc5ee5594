"""Timesheets: events, people and rules become days, whenever asked; closed days are kept."""

import threading
from collections.abc import Hashable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from cachetools import LRUCache

from face_rec.attendance.cached_stores import CachedStores, Stores, days_between
from face_rec.attendance.days.day_calculator import MARGIN, DayCalculator
from face_rec.attendance.days.day_record import DAY, DayRecord, Days, Table, by_group_and_name
from face_rec.attendance.days.planner import Planner
from face_rec.attendance.days.punches import Directions
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.mark_columns import Codes, Marks, merged, only
from face_rec.attendance.marks.visit import KeptVisits, Visits, stays_of
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.terms.duration import begun
from face_rec.attendance.terms.filters import EVERYBODY, Filters
from face_rec.attendance.terms.status import Flag, Status
from face_rec.clock import Clock
from face_rec.domain.errors import PersonMissing
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.protocols.models import Progress


class ClosedDays:
    """One row array a day, with the key it was judged under. Safe from any thread."""

    def __init__(self, days: int = 800) -> None:
        """``days``: how many are kept (a thousand people: 50 KB a day)."""
        self._kept: LRUCache[date, tuple[Hashable, Days]] = LRUCache(days)
        self._lock = threading.Lock()

    def get(self, day: date, key: Hashable) -> Days | None:
        """The rows, if they were judged under this very key."""
        with self._lock:
            known = self._kept.get(day)
        return known[1] if known is not None and known[0] == key else None

    def put(self, day: date, key: Hashable, rows: Days) -> None:
        with self._lock:
            self._kept[day] = (key, rows)

    @property
    def bytes(self) -> int:
        with self._lock:
            return sum(rows.nbytes for _, rows in self._kept.values())


_NO_DOUBT = Flag.PROVISIONAL | Flag.STILL_IN | Flag.ODD_PUNCHES
"""Flags of a day on which somebody has come and nothing is odd."""
_FEW = 20  # so many people are judged by themselves instead of with everybody
_CLOSED_AFTER = timedelta(days=3)  # the longest window ends two days after its date


class Timesheets:
    """Answers every question about attendance. Safe from any thread; all
    methods may raise StoreUnavailable.

    ``now`` and "today" come from the clock and the site's zone.
    """

    def __init__(self, stores: Stores, clock: Clock, zone: ZoneInfo) -> None:
        self.zone = zone
        self.codes = Codes()
        self.sources = CachedStores(stores, clock, self.codes)
        self._clock = clock
        self._closed = ClosedDays()
        self._visits = KeptVisits(self.sources.standing, zone)

    # --- questions

    def now(self) -> datetime:
        """The current time in the site's zone."""
        return self._clock.now().astimezone(self.zone)

    def today(self) -> date:
        return self.now().date()

    def rules(self) -> Rules:
        """The rules as saved."""
        return self.sources.rules()

    def people(self, filters: Filters | None = None) -> list[Person]:
        """Those asked for, by group and name."""
        return sorted((filters or EVERYBODY).people(self.sources.people()), key=by_group_and_name)

    def marks(self, first: date, last: date) -> list[Entry]:
        """The marks of these local days that count, both included, by time."""
        found = self.sources.standing.local(first, last, self.zone)
        return [entry for entry in found if not entry.voided]

    def visits(self, day: date) -> Visits:
        """Those of one local day, with those of somebody who only stayed before a kiosk taken
        together."""
        return self._visits.of(day, stays_of(self.rules().kiosks, self.zone))

    def day(self, day: date, filters: Filters | None = None) -> list[DayRecord]:
        """Everybody expected or seen on one day."""
        return list(self.table(day, day, filters).records(filters))

    def person(self, subject: str, first: date, last: date) -> list[DayRecord]:
        """One person's days, both included; raises PersonMissing."""
        person = self.somebody(subject)
        table = self._judged(self.rules(), [person], days_between(first, last))
        return list(table.records())

    def late_by(self, event: Event) -> int:
        """Seconds, of which a begun minute counts whole, that its person has come late with this
        mark, as the day is judged by now. 0 for one that the lateness was not judged by, and
        wherever the day leaves a doubt: a kiosk was down, a mark was corrected, the mark before
        it lies outside the window …"""
        day = event.at.astimezone(self.zone).date()
        try:
            (judged,) = self.person(event.subject, day, day)
        except PersonMissing:
            return 0
        mine = judged.first is not None and int(judged.first.timestamp()) == int(
            event.at.timestamp()
        )
        sure = judged.status is Status.LATE and not judged.flags & ~_NO_DOUBT
        return begun(judged.late) if mine and sure else 0

    def table(
        self,
        first: date,
        last: date,
        filters: Filters | None = None,
        progress: Progress | None = None,
    ) -> Table:
        """Days × people for reports; people by group and name, days both included."""
        people = self.people(filters)
        days = days_between(first, last)
        if len(people) <= _FEW:
            return self._judged(self.rules(), people, days)
        return self._everybody(days, progress).of(people)

    def somebody(self, subject: str) -> Person:
        """The person; raises PersonMissing."""
        person = self.sources.person(subject)
        if person is None:
            raise PersonMissing("This person is no longer registered. Reload the page.")
        return person

    def under(self, rules: Rules, first: date, last: date) -> Table:
        """What everybody's days would be under other rules; nothing is kept."""
        return self._judged(rules, self.sources.people(), days_between(first, last))

    @property
    def bytes(self) -> int:
        """Memory held by both caches."""
        return self.sources.bytes + self._closed.bytes

    # --- judging

    def calculator(self, rules: Rules, first: date, last: date) -> tuple[Planner, DayCalculator]:
        """What judges these local days under ``rules``, as of now."""
        planner = Planner(rules, self.zone)
        directions = Directions(rules.kiosks, self.codes, self.zone)
        uptime = self.sources.uptime(first, last, rules)
        now = int(self._clock.now().timestamp())
        return planner, DayCalculator(planner, directions, uptime, self.codes, now)

    def _judged(
        self,
        rules: Rules,
        people: Sequence[Person],
        days: Sequence[date],
        progress: Progress | None = None,
    ) -> Table:
        if not days or not people:
            return self._table(days, people, np.empty((len(days), len(people)), DAY))
        _, calculator = self.calculator(rules, min(days), max(days))
        marks = self._marks(people, min(days), max(days), progress)
        return self._table(days, people, calculator.days(people, days, marks, progress))

    def _marks(
        self, people: Sequence[Person], first: date, last: date, progress: Progress | None
    ) -> Marks:
        columns = self.sources.columns(first, last, progress)
        if len(people) > _FEW:
            return merged(columns)
        codes = sorted(self.codes.code(person.subject) for person in people)
        return np.concatenate([only(columns, code) for code in codes])

    def _everybody(self, days: Sequence[date], progress: Progress | None) -> Table:
        """All people, closed days from memory where nothing has changed."""
        rules, people = self.rules(), self.sources.people()
        keys = self._keys(rules, people, days)
        kept = {day: self._closed.get(day, keys[day]) for day in days}
        missing = [day for day in days if kept[day] is None]
        judged = self._judged(rules, people, missing, progress)
        for day, rows in zip(missing, judged.rows, strict=True):
            kept[day] = rows
            if day < self.today() - _CLOSED_AFTER:
                self._closed.put(day, keys[day], rows)
        rows = [kept[day] for day in days]
        return self._table(days, people, np.stack([r for r in rows if r is not None]))

    def _keys(
        self, rules: Rules, people: Sequence[Person], days: Sequence[date]
    ) -> dict[date, Hashable]:
        """What the rows of each day depend on, besides a time long past."""
        if not days:
            return {}
        lengths = self.sources.lengths(days_between(min(days) - MARGIN, max(days) + MARGIN))
        who = hash(tuple(map(_of_days, people)))
        return {
            day: (
                rules.version,
                who,
                tuple(lengths[near] for near in days_between(day - MARGIN, day + MARGIN)),
            )
            for day in days
        }

    def _table(self, days: Sequence[date], people: Sequence[Person], rows: Days) -> Table:
        return Table(tuple(days), tuple(people), rows, self.zone, self.codes)


def _of_days(person: Person) -> Hashable:
    """What of a person their days depend on."""
    return (
        person.subject, person.group, person.active, person.created_at, person.deactivated_at,
        person.pauses, person.moved,
    )  # fmt: skip
