"""Timesheets: events, people and rules become days, whenever asked; closed days are kept."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from face_rec.attendance.cached_stores import CachedStores, Stores, days_between
from face_rec.attendance.days.day_calculator import DayCalculator
from face_rec.attendance.days.day_record import DAY, DayRecord, Days, Table
from face_rec.attendance.days.planner import Planner
from face_rec.attendance.days.population import taken
from face_rec.attendance.kept_days import KeptDays
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.visit import KeptVisits, Visits, stays_of
from face_rec.attendance.row_calculator import FEW
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.terms.duration import begun
from face_rec.attendance.terms.filters import EVERYBODY, Filters
from face_rec.attendance.terms.status import Flag, Status
from face_rec.clock import Clock
from face_rec.domain.errors import PersonMissing
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.protocols.models import Progress

_NO_DOUBT = Flag.PROVISIONAL | Flag.STILL_IN | Flag.ODD_PUNCHES
"""Flags of a day on which somebody has come and nothing is odd."""


class Timesheets:
    """Answers every question about attendance. Safe from any thread; all
    methods may raise StoreUnavailable.

    ``now`` and "today" come from the clock and the site's zone.
    """

    def __init__(self, stores: Stores, clock: Clock, zone: ZoneInfo) -> None:
        self.zone = zone
        self.sources = CachedStores(stores, clock)
        self.codes = self.sources.codes
        self._clock = clock
        self._kept = KeptDays(self.sources, zone, self.now)
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
        return list(self._kept.chosen(filters or EVERYBODY).people)

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
        days = days_between(first, last)
        chosen = self._kept.chosen(filters or EVERYBODY)
        if len(chosen.people) <= FEW:
            return self._judged(self.rules(), chosen.people, days)
        population, rows = self._kept.rows(self.rules(), days, progress)
        chosen = self._kept.chosen(filters or EVERYBODY, population)
        return self._table(days, chosen.people, taken(rows, chosen.places))

    def somebody(self, subject: str) -> Person:
        """The person; raises PersonMissing."""
        person = self.sources.person(subject)
        if person is None:
            raise PersonMissing(msgid("This person is no longer registered. Reload the page."))
        return person

    def under(self, rules: Rules, first: date, last: date) -> Table:
        """What everybody's days would be under other rules; nothing is kept."""
        return self._judged(rules, self.sources.people(), days_between(first, last))

    @property
    def bytes(self) -> int:
        """Memory held by both caches."""
        return self.sources.bytes + self._kept.bytes

    # --- judging

    @property
    def judged(self) -> int:
        """How many people's days were judged so far, of those that are kept for everybody."""
        return self._kept.judged

    def calculator(self, rules: Rules, first: date, last: date) -> tuple[Planner, DayCalculator]:
        """What judges these local days under ``rules``, as of now."""
        return self._kept.judging.calculator(
            rules, (first, last), int(self._clock.now().timestamp())
        )

    def _judged(self, rules: Rules, people: Sequence[Person], days: Sequence[date]) -> Table:
        if not days or not people:
            return self._table(days, people, np.empty((len(days), len(people)), DAY))
        _, calculator = self.calculator(rules, min(days), max(days))
        return self._table(days, people, self._kept.judging.rows(calculator, people, days))

    def _table(self, days: Sequence[date], people: Sequence[Person], rows: Days) -> Table:
        return Table(tuple(days), tuple(people), rows, self.zone, self.codes)
