"""For who says whom the site tells of what: the page Notifications."""

from dataclasses import dataclass

from face_rec.facades.facade import Facade
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.notices.guardians.guardian_service import GuardianService
from face_rec.notices.personal.mail import PersonalMail
from face_rec.notices.running.composing import Told
from face_rec.notices.running.notice_service import NoticeService
from face_rec.protocols.people_store import PeopleReader
from face_rec.site_options import LiveOptions


@dataclass(frozen=True, slots=True)
class NoticesFacade(Facade):
    notices: NoticeService
    people: PeopleReader
    kiosks: KioskRegister
    guardians: GuardianService
    personal: PersonalMail
    options: LiveOptions
    told: Told
    """What messages are put into words with."""
