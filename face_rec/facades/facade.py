"""What every façade has: the clock, what may be shown of the settings, and a place to find it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo

from face_rec.clock import Clock
from face_rec.domain.kiosks.look import Look
from face_rec.web.frames.ice import IceServers


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
    own_threshold: bool = False
    """Whether a threshold or margin is set by hand, for the model in use."""
    keep_photos: bool = True
    """Whether every accepted enrolment photo is kept."""
    video_transport: str = "auto"
    """``auto``, ``webrtc`` or ``http``."""
    ice: IceServers = IceServers()
    """How WebRTC finds its way beyond the local network."""
    addresses: tuple[str, ...] = ()
    """Under which other devices reach the app, the best first; empty: this computer only."""
    stranger_notice: str = ""
    """What stands at the door where unknown people are kept."""
    look: Look = Look()
    """How the screens of its kiosks look, unless one does otherwise."""


@dataclass(frozen=True, slots=True)
class Facade:
    """All parts are safe to call from any thread.

    Streamlit runs page scripts by path, so they cannot be handed anything: what was installed is
    found here, by its class.
    """

    clock: Clock
    asked_site: Callable[[], SiteInfo]

    @property
    def site(self) -> SiteInfo:
        """What a page may show of the settings, as they stand now."""
        return self.asked_site()

    def ice_servers(self) -> list[dict[str, Any]]:
        """How a browser's WebRTC reaches this server, with credentials of this moment."""
        return self.site.ice.at(self.clock.now())

    @classmethod
    def current(cls) -> Self:
        """The installed one; raises RuntimeError before the start and after shutdown."""
        found = _INSTALLED.get(cls)
        if isinstance(found, cls):
            return found
        raise RuntimeError("The system is not started. Start the app with: python app.py")


_INSTALLED: dict[type[Facade], Facade] = {}


def install(*facades: Facade) -> None:
    """Make these the ones that pages get, one of each class; none at shutdown."""
    _INSTALLED.clear()
    _INSTALLED.update({type(one): one for one in facades})
