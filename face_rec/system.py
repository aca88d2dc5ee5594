"""The built system's type: everything a page, a route or a command may call.

Built once a process by :mod:`face_rec.assembly`; nobody else makes one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from face_rec.access.access_control import Access
from face_rec.attendance.service import Office, OfficeByZone
from face_rec.clock import Clock
from face_rec.journey.engine import Engine
from face_rec.journey.mark import DurableMarker
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.models.service import ModelService
from face_rec.people.directory import CachedDirectory
from face_rec.people.enrolment import Enrolment
from face_rec.people.gallery.follower import GalleryFollower
from face_rec.privacy.service import Privacy
from face_rec.protocols.marks import AttendanceStore
from face_rec.protocols.people import Gallery, PeopleStore
from face_rec.protocols.snapshots import SnapshotStore
from face_rec.site_options import LiveOptions
from face_rec.stores.chain.patrol import ChainPatrol
from face_rec.stores.chain.watch import ChainWatch
from face_rec.stores.snapshots.spool import SnapshotSpool
from face_rec.web.frames.ice import IceServers
from face_rec.web.ops.health import Health


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What a page may show of the settings."""

    site: str
    title: str
    timezone: ZoneInfo
    consent_text: str
    consent_version: str
    cooldown: float
    save_snapshots: bool
    redis: str
    """Where Redis is, without password: for people."""
    snapshots: str
    """Where snapshots are kept: for people."""
    video_transport: str = "auto"
    """``auto``, ``webrtc`` or ``http``."""
    ice: IceServers = IceServers()
    """How WebRTC finds its way beyond the local network."""
    addresses: tuple[str, ...] = ()
    """Under which other devices reach the app, the best first; empty: this computer only."""


@dataclass(frozen=True, slots=True)
class System:
    """The whole, ready to use. All parts are safe to call from any thread."""

    installation: SiteInfo
    options: LiveOptions
    clock: Clock
    people: PeopleStore
    attendance: AttendanceStore
    marker: DurableMarker
    snapshots: SnapshotStore
    spool: SnapshotSpool
    models: ModelService
    gallery: Gallery
    follower: GalleryFollower
    directory: CachedDirectory
    enrolment: Enrolment
    engine: Engine
    kiosks: KioskRegister
    away: Callable[[], bool]
    """Whether Redis does not answer at the moment; asking costs nothing."""
    offices: OfficeByZone
    health: Health
    access: Access
    chain: ChainWatch
    patrol: ChainPatrol
    privacy: Privacy

    @property
    def site(self) -> SiteInfo:
        """What a page may show of the settings, as they stand now."""
        now = self.options.current()
        return replace(
            self.installation, title=now.title, timezone=now.timezone, cooldown=now.cooldown
        )

    @property
    def office(self) -> Office:
        """Attendance in the site's time zone."""
        return self.offices.current()


class _Holder:
    """Streamlit runs page scripts by path, so they cannot be handed the system."""

    system: System | None = None


def install(system: System | None) -> None:
    """Make ``system`` the one that pages and routes get; None at shutdown."""
    _Holder.system = system


def installed() -> System | None:
    """The installed system; None before the start and after shutdown."""
    return _Holder.system


def current() -> System:
    """The installed system; raises RuntimeError before start and after shutdown."""
    if _Holder.system is None:
        raise RuntimeError("The system is not started. Start the app with: python app.py")
    return _Holder.system
