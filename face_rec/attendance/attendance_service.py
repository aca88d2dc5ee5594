"""Everything about attendance in one object, for pages and commands."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from face_rec.attendance.answers import Answers
from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.mark_queries import MarkQueries
from face_rec.attendance.marks import correction
from face_rec.attendance.marks.correction import Author
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.roster_service import RosterService
from face_rec.attendance.rule_service import RuleService
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import Clock
from face_rec.domain.errors import CorrectionRefused, NotAllowed, PersonMissing
from face_rec.domain.groups import Groups
from face_rec.domain.marks import Event, EventKind
from face_rec.languages.language import msgid
from face_rec.protocols.marks import MarkWriter

# Where managers correct marks. Everything is checked before anything is written.


class CorrectionService:
    """Writes corrections. All methods raise CorrectionRefused, with nothing
    written, and may raise StoreUnavailable; each returns the event written.

    ``within``: whose marks the author may correct; NotAllowed is raised for anybody else's,
    whatever the page has shown.
    """

    def __init__(
        self, marks: MarkWriter, timesheets: Timesheets, mark_queries: MarkQueries, clock: Clock
    ) -> None:
        self._marks = marks
        self._timesheets = timesheets
        self._mark_queries = mark_queries
        self._clock = clock

    def add(
        self, subject: str, at: datetime, kind: EventKind, author: str, reason: str, *,
        within: Groups,
    ) -> Event:  # fmt: skip
        """Add a punch that is missing; ``at`` is aware. Raises PersonMissing."""
        _check_group(within, self._timesheets.somebody(subject).group)
        if at.tzinfo is None:
            raise CorrectionRefused(msgid("The time needs a zone. Give it in the site's zone."))
        return self._write(correction.added(subject, at, kind, self._by(author, reason)))

    def correct(
        self, kind: EventKind, event: Event, author: str, reason: str, *,
        within: Groups, becomes: EventKind | None = None,
    ) -> Event:  # fmt: skip
        """Correct a mark, which itself stays as it was; ``becomes``: what to count it as, where
        that is the correction."""
        entry = self._entry(event, within)
        return self._write(correction.corrected(entry, kind, self._by(author, reason), becomes))

    def decide(
        self, events: Sequence[Event], right: bool, author: str, reason: str, *, within: Groups
    ) -> list[Event]:
        """Confirm all of ``events``, or void them all: every one is checked before the first is
        written. Those that somebody else decided meanwhile are left as they are; returns what
        was written."""
        by = self._by(author, reason)
        entries = [self._entry(event, within) for event in events]
        waiting = [entry for entry in entries if not entry.confirmed and not entry.voided]
        kind = EventKind.CONFIRM if right else EventKind.VOID
        made = [correction.corrected(entry, kind, by) for entry in waiting]
        return [self._write(event) for event in made]

    def _entry(self, event: Event, within: Groups) -> Entry:
        """The mark as it stands, if it is of somebody ``within``."""
        entry = self._mark_queries.entry(event)
        try:
            group: str | None = self._timesheets.somebody(entry.event.subject).group
        except PersonMissing:
            group = None
        _check_group(within, group)
        return entry

    def _by(self, author: str, reason: str) -> Author:
        return Author(author, reason, self._clock.now())

    def _write(self, event: Event) -> Event:
        # As a replay: a manager's word is not subject to the cooldown.
        self._marks.apply(event, cooldown=0.0, replay=True)
        return event


def _check_group(within: Groups, group: str | None) -> None:
    if not within.holds(group):
        raise NotAllowed(msgid("You may not correct this person's marks. Nothing was changed."))


@dataclass(frozen=True, slots=True)
class AttendanceService:
    """``timesheets`` answer, ``answers`` keep what they said, ``mark_queries`` explain, the three
    services change things; ``stores`` are below them. Safe from any thread."""

    stores: Stores
    timesheets: Timesheets
    answers: Answers
    mark_queries: MarkQueries
    corrections: CorrectionService
    rules: RuleService
    rosters: RosterService


class ServiceByZone:
    """The service in the site's time zone; a new one where an admin has changed the zone. Safe
    from any thread."""

    def __init__(
        self, opened: Callable[[ZoneInfo], AttendanceService], zone: Callable[[], ZoneInfo]
    ) -> None:
        self._opened = opened
        self._zone = zone
        self._lock = threading.Lock()
        self._known: tuple[ZoneInfo, AttendanceService] | None = None

    def current(self) -> AttendanceService:
        zone = self._zone()
        with self._lock:
            if self._known is None or self._known[0] != zone:
                self._known = (zone, self._opened(zone))
            return self._known[1]
