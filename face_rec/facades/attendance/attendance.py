"""For who looks at attendance, corrects it and sets its rules: Overview to Settings."""

from dataclasses import dataclass

from face_rec.attendance.attendance_service import AttendanceService, ServiceByZone
from face_rec.attendance.explore.views import Views
from face_rec.facades.facade import Facade
from face_rec.protocols.people_store import Directory, PeopleReader
from face_rec.protocols.snapshots import SnapshotStore


@dataclass(frozen=True, slots=True)
class AttendanceFacade(Facade):
    services: ServiceByZone
    people: PeopleReader
    directory: Directory
    pictures: SnapshotStore
    views: Views
    """What managers keep of Explore."""

    @property
    def service(self) -> AttendanceService:
        """Attendance in the site's time zone."""
        return self.services.current()
