"""Everything about attendance in one object, for pages and commands."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.corrections import CorrectionService
from face_rec.attendance.mark_queries import MarkQueries
from face_rec.attendance.rule_service import RuleService
from face_rec.attendance.rules.rules import RulesWriter
from face_rec.attendance.timesheets import Timesheets
from face_rec.clock import Clock
from face_rec.protocols.marks import MarkWriter


@dataclass(frozen=True, slots=True)
class Office:
    """``book`` answers, ``inquiry`` explains, the two services change things;
    ``stores`` are below them. Safe from any thread."""

    stores: Stores
    book: Timesheets
    inquiry: MarkQueries
    corrections: CorrectionService
    rules: RuleService


def open_office(
    stores: Stores, marks: MarkWriter, rules: RulesWriter, clock: Clock, zone: ZoneInfo
) -> Office:
    """All of it over these stores, with the writers of ``marks`` and ``rules``; nothing is read
    yet."""
    book = Timesheets(stores, clock, zone)
    inquiry = MarkQueries(book, stores.attendance)
    return Office(
        stores,
        book,
        inquiry,
        CorrectionService(marks, book, inquiry, clock),
        RuleService(stores.rules, rules, book),
    )


class OfficeByZone:
    """The office in the site's time zone; a new one where an admin has changed the zone. Safe
    from any thread."""

    def __init__(self, opened: Callable[[ZoneInfo], Office], zone: Callable[[], ZoneInfo]) -> None:
        self._opened = opened
        self._zone = zone
        self._lock = threading.Lock()
        self._known: tuple[ZoneInfo, Office] | None = None

    def current(self) -> Office:
        zone = self._zone()
        with self._lock:
            if self._known is None or self._known[0] != zone:
                self._known = (zone, self._opened(zone))
            return self._known[1]
