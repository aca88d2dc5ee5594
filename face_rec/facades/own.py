"""For people who are registered: their own attendance. Whoever asks names the subject of who is
signed in, and never one from an address or a form."""

from collections.abc import Callable
from dataclasses import dataclass

from face_rec.attendance.rules.mobile import mobile_of
from face_rec.attendance.service import AttendanceService, ServiceByZone
from face_rec.calendars.desk import CalendarDesk
from face_rec.domain.people import Person
from face_rec.facades.facade import Facade
from face_rec.languages.translator import Translator
from face_rec.privacy.service import Privacy
from face_rec.protocols.people import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.requests.desk import RequestDesk
from face_rec.requests.leave_desk import LeaveDesk
from face_rec.requests.swap_desk import SwapDesk


@dataclass(frozen=True, slots=True)
class OwnFacade(Facade):
    services: ServiceByZone
    people: PeopleReader
    pictures: SnapshotStore
    privacy: Privacy
    requests: RequestDesk
    leave: LeaveDesk
    swaps: SwapDesk
    calendars: CalendarDesk
    address: Callable[[str], str]
    """The whole address of a path."""
    words: Callable[[str | None], Translator]
    """What is said in the language of a code; None: the site's."""

    @property
    def service(self) -> AttendanceService:
        """Attendance in the site's time zone."""
        return self.services.current()

    def punches(self, person: Person) -> bool:
        """Whether people of this one's group mark themselves on their phone."""
        rules = self.service.timesheets.rules().mobiles
        return mobile_of(rules, person.group) is not None
