"""A small office over stores in memory, for tests of the attendance book."""

from datetime import date, datetime, timedelta
from pathlib import Path

from face_rec.assembly.storage.services import open_service
from face_rec.attendance.attendance_service import AttendanceService
from face_rec.attendance.cached_stores import Stores
from face_rec.attendance.rules.rules import Item
from face_rec.attendance.terms.status import Status
from face_rec.domain.marks import Event
from face_rec.domain.people import Person
from tests.attendance_days import ADA, BERLIN, DAY_SHIFT, LONG_AGO, MONDAY, at, punches
from tests.fakes.attendance import FakeAttendance
from tests.fakes.clock import FakeClock
from tests.fakes.people import FakePeople
from tests.fakes.rules import FakeRules

BOB = Person("s-bob", "8", "Bob", group="Shop", created_at=LONG_AGO)
LATER = at(MONDAY + timedelta(days=10), "12:00")


class CountedAttendance(FakeAttendance):
    """Remembers which days were read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[date] = []

    def day(self, utc_day: date) -> list[Event]:
        self.read.append(utc_day)
        return super().day(utc_day)


class World:
    def __init__(self, *items: Item, now: datetime = LATER, folder: Path | None = None) -> None:
        self.clock = FakeClock(now)
        self.people = FakePeople(self.clock)
        self.attendance = CountedAttendance()
        self.rules = FakeRules(*(items or (DAY_SHIFT,)))
        self.folder = folder
        for person in (ADA, BOB):
            self.people.create(person, (), self.people.revision())

    def service(self) -> AttendanceService:
        stores = Stores(self.attendance, self.people, self.rules, self.folder)
        return open_service(stores, self.attendance, self.rules, self.clock, BERLIN)

    def mark(self, text: str, day: date = MONDAY) -> list[Event]:
        events = punches(text, day)
        for event in events:
            self.attendance.apply(event, 0.0, replay=True)
        return events


def statuses(service: AttendanceService, day: date = MONDAY) -> dict[str, Status]:
    return {record.person.name: record.status for record in service.timesheets.day(day)}
