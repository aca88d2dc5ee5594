"""For people who are registered: their own attendance. Whoever asks names the subject of who is
signed in, and never one from an address or a form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Protocol

from face_rec.attendance.attendance_service import AttendanceService, ServiceByZone
from face_rec.attendance.rules.mobile import mobile_of
from face_rec.calendars.feed import Feed
from face_rec.domain.people import Person
from face_rec.facades.facade import Facade
from face_rec.languages.translator import Translator
from face_rec.protocols.people_store import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.requests.leave_service import LeaveService
from face_rec.requests.request_service import RequestService
from face_rec.requests.swap_service import SwapService


class OwnCalendar(Protocol):
    """What the page asks about one's own calendar; see
    :class:`face_rec.calendars.calendar_service.CalendarService`."""

    def own(self, subject: str) -> Feed | None: ...

    def renew_own(self, subject: str) -> str: ...

    def end_own(self, subject: str) -> int: ...


@dataclass(frozen=True, slots=True)
class OwnFacade(Facade):
    services: ServiceByZone
    people: PeopleReader
    pictures: SnapshotStore
    withdraw_consent: Callable[[str], object]
    """Ends a subject's consent; see :meth:`face_rec.privacy.consent.ConsentService.withdraw`."""
    copy: Callable[[str, IO[bytes], Translator], object]
    """Writes all that is held about a subject, as a ZIP whose README is in these words; see
    :meth:`face_rec.privacy.export.PersonExport.write_own`."""
    requests: RequestService
    leave: LeaveService
    swaps: SwapService
    calendars: OwnCalendar
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
