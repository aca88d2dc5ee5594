"""For who says who may do what: Accounts, Kiosks, API tokens and the audit log."""

from dataclasses import dataclass

from face_rec.access.access_control import Access
from face_rec.attendance.service import Office, OfficeByZone
from face_rec.facades.facade import Facade
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.protocols.people import PeopleReader


@dataclass(frozen=True, slots=True)
class AccessFacade(Facade):
    access: Access
    kiosks: KioskRegister
    people: PeopleReader
    offices: OfficeByZone

    @property
    def office(self) -> Office:
        """Attendance in the site's time zone: what a mark at a kiosk means is a rule."""
        return self.offices.current()
