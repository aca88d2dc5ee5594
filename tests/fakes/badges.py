"""The office that makes badges, and the doors that read them, in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

from face_rec.access.audit.audit_log import AuditLog
from face_rec.access.devices.badge import Badge, BadgeKey
from face_rec.access.devices.badge_check import BadgeCheck
from face_rec.access.devices.badges import Badges, digests_with
from face_rec.access.limits.throttle import Throttle
from face_rec.clock import Clock
from face_rec.domain.people import Person
from face_rec.kiosks.badge_windows import BadgeWindows
from face_rec.kiosks.kiosk import BadgeUse
from tests.fakes.access import MemoryAudit, MemoryCounters, MemoryPins, MemoryRecords, memory_pins
from tests.fakes.clock import FakeClock
from tests.fakes.people import FakePeople
from tests.samples import a_template


@dataclass
class BadgeOffice:
    """``days``: for which a badge is valid."""

    clock: Clock = field(default_factory=FakeClock)
    days: int = 0
    audit: MemoryAudit = field(default_factory=MemoryAudit)
    records: MemoryRecords[Badge] = field(default_factory=MemoryRecords)
    keys: MemoryRecords[BadgeKey] = field(default_factory=MemoryRecords)
    pins: MemoryPins = field(default_factory=MemoryPins)

    def __post_init__(self) -> None:
        self.people = FakePeople(self.clock)
        self.badges = Badges(
            self.records, self.keys, digests=digests_with([b"k" * 32], "main"),
            throttle=Throttle(MemoryCounters()), audit_log=AuditLog(self.audit, self.clock),
            clock=self.clock, days=lambda: self.days,
        )  # fmt: skip

    def register(self, person: Person) -> Person:
        return self.people.create(person, [a_template()], self.people.revision())

    def door(self, use: Callable[[str], BadgeUse], away: Callable[[], bool] = bool) -> BadgeCheck:
        pins = memory_pins(self.pins, self.audit)
        return BadgeCheck(
            BadgeWindows(self.clock), self.badges, pins, self.people, use=use, away=away
        )
