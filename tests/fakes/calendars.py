"""Calendars that are read from outside, of a system in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.limits.throttle import Throttle
from face_rec.access.principal import Principal
from face_rec.access.rights import Act
from face_rec.access.storage import Records
from face_rec.calendars.calendar_service import CalendarService, Rights, digests_with
from face_rec.calendars.feed import Feed
from tests.fakes.access import MemoryAudit, MemoryCounters, MemoryRecords

if TYPE_CHECKING:
    from face_rec.attendance.attendance_service import ServiceByZone
    from tests.fakes.system import FakeSystem


@dataclass
class CalendarOffice:
    """Who may what at this moment: ``accounts`` as they stand, and whether the site is ``open``
    to people."""

    records: Records[Feed] = field(default_factory=MemoryRecords)
    accounts: dict[str, Principal] = field(default_factory=dict)
    open: bool = True
    epoch_of: Callable[[str], int | None] = lambda _: 0
    audit: MemoryAudit = field(default_factory=MemoryAudit)
    demand: Callable[[Act], None] = lambda _: None
    """Whether whoever asks has just proved who they are; they have."""

    def _epoch(self, name: str) -> int | None:
        return self.epoch_of(name)

    def service(self, system: "FakeSystem") -> CalendarService:
        return CalendarService(
            self.records,
            system.people,
            cast("ServiceByZone", SimpleNamespace(current=lambda: system.service)),
            rights=Rights(self.accounts.get, self._epoch, lambda: self.open),
            digests=digests_with([b"k" * 32], "main"),
            throttle=Throttle(MemoryCounters()),
            audit_log=AuditLog(self.audit, system.clock),
            clock=system.clock,
            words=lambda: ("Test", "away"),
            demand=self.demand,
        )
