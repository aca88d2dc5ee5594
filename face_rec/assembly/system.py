"""Everything that was built, and which of it each façade shows.

Only the app, its routes and commands see a :class:`System`; pages see a façade each.
"""

from collections.abc import Callable
from dataclasses import dataclass

from face_rec.access.accounts.deciding import Deciders
from face_rec.access.control.access_control import Access
from face_rec.access.devices.badge_check import BadgeCheck
from face_rec.assembly.page_facades import facades
from face_rec.assembly.people.invitations import Invitations
from face_rec.assembly.people.visitors import Visitors
from face_rec.assembly.site import site_now
from face_rec.assembly.site_cameras import Cameras
from face_rec.attendance.attendance_service import ServiceByZone
from face_rec.attendance.explore.views import Views
from face_rec.badges.badge_service import BadgeService
from face_rec.calendars.calendar_service import CalendarService
from face_rec.clock import Clock
from face_rec.facades.facade import SiteInfo
from face_rec.facades.facade import install as install_facades
from face_rec.journey.engine import Engine
from face_rec.journey.marking.mark import DurableMarker
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.kiosks.languages import Languages
from face_rec.kiosks.screen_status import ScreenReports
from face_rec.languages.translator import Translator, Translators
from face_rec.mobile.phone_punch import PhonePunch
from face_rec.models.model_service import ModelService
from face_rec.models.scores.own_people import OwnPeople
from face_rec.models.scores.own_report import Advice
from face_rec.notices.guardians.guardian_service import GuardianService
from face_rec.notices.personal.mail import PersonalMail
from face_rec.notices.reports.report_mail_service import ReportMailService
from face_rec.notices.running.composing import Told
from face_rec.notices.running.links import Links
from face_rec.notices.running.notice_service import NoticeService
from face_rec.people.change.change import ModelChange
from face_rec.people.directory import CachedDirectory
from face_rec.people.enrolment import Enrolment
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.people.lists.list_changes import PeopleLists
from face_rec.people.photos.captures import Captures
from face_rec.privacy.privacy_service import Privacy
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.people_store import PeopleReader
from face_rec.requests.attachments import Attachments
from face_rec.requests.leave_service import LeaveService
from face_rec.requests.request_service import RequestService
from face_rec.requests.swap_service import SwapService
from face_rec.site_options import LiveOptions
from face_rec.stores.snapshots.spool import SnapshotSpool
from face_rec.stores.vectors.agreements import Agreement
from face_rec.stores.verify.daily_check import DailyCheck
from face_rec.stores.verify.watch import ChainWatch
from face_rec.strangers.unknown_people import Strangers
from face_rec.timekeeping.watch import ClockWatch
from face_rec.web.frames.offline import Offline
from face_rec.web.gate.shedding import Overload
from face_rec.web.ops.health import Health


@dataclass(frozen=True, slots=True)
class System:
    """The whole, ready to use. All parts are safe to call from any thread."""

    installation: SiteInfo
    """As it was at the start."""
    options: LiveOptions
    clock: Clock
    clock_watch: ClockWatch
    people: PeopleReader
    attendance: MarkReader
    marker: DurableMarker
    pictures: SnapshotSpool
    models: ModelService
    change: ModelChange
    follower: GalleryFollower
    directory: CachedDirectory
    enrolment: Enrolment
    lists: PeopleLists
    engine: Engine
    badges: BadgeCheck
    badge_service: BadgeService
    kiosks: KioskRegister
    away: Callable[[], bool]
    services: ServiceByZone
    health: Health
    archive_lag: Callable[[], float | None]
    """Seconds that the archive is behind; None where there is none."""
    audited: Callable[[], Agreement | None]
    """Of a vector engine's newest answers, how many were exact; None where all are."""
    access: Access
    chain: ChainWatch
    daily_check: DailyCheck
    privacy: Privacy
    screens: ScreenReports
    captures: Captures
    offline: Offline
    own_people: OwnPeople
    advice: Advice
    notices: NoticeService
    told: Told
    links: Links
    guardians: GuardianService
    personal: PersonalMail
    invitations: Invitations
    mobile: PhonePunch
    requests: RequestService
    leave: LeaveService
    swaps: SwapService
    attachments: Attachments
    deciders: Deciders
    translators: Translators
    languages: Languages
    load: Overload
    cameras: Cameras
    strangers: Strangers
    views: Views
    report_mail: ReportMailService
    visitors: Visitors
    calendars: CalendarService

    def words(self, language: str | None) -> Translator:
        """What is said in this language; None: in the site's."""
        return self.translators.of(language or self.options.current().language)

    @property
    def site(self) -> SiteInfo:
        """What may be shown of the settings, as they stand now."""
        return site_now(self.installation, self.options)


class _Holder:
    """Routes are made before the system is built; they ask for it here at every request."""

    system: System | None = None


def install(system: System | None) -> None:
    """Make ``system`` the one that pages and routes get; None at shutdown."""
    _Holder.system = system
    install_facades(*(facades(system) if system is not None else ()))


def installed() -> System | None:
    """The installed system; None before the start and after shutdown."""
    return _Holder.system


def current() -> System:
    """The installed system; raises RuntimeError before start and after shutdown."""
    if _Holder.system is None:
        raise RuntimeError("The system is not started. Start the app with: python app.py")
    return _Holder.system
