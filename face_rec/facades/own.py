"""For people who are registered: their own attendance. Whoever asks names the subject of who is
signed in, and never one from an address or a form."""

from collections.abc import Callable
from dataclasses import dataclass

from face_rec.attendance.service import AttendanceService, ServiceByZone
from face_rec.facades.facade import Facade
from face_rec.languages.translator import Translator
from face_rec.privacy.service import Privacy
from face_rec.protocols.people import PeopleReader
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.requests.desk import RequestDesk
from face_rec.requests.leave_desk import LeaveDesk


@dataclass(frozen=True, slots=True)
class OwnFacade(Facade):
    services: ServiceByZone
    people: PeopleReader
    pictures: SnapshotStore
    privacy: Privacy
    requests: RequestDesk
    leave: LeaveDesk
    words: Callable[[str | None], Translator]
    """What is said in the language of a code; None: the site's."""

    @property
    def service(self) -> AttendanceService:
        """Attendance in the site's time zone."""
        return self.services.current()
