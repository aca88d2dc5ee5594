"""For who sees what goes on now: Overview."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from face_rec.cameras.camera_health import CameraHealth
from face_rec.domain.groups import Groups
from face_rec.domain.health import HealthCheck
from face_rec.facades.attendance.attendance import AttendanceFacade
from face_rec.protocols.models import ModelSource
from face_rec.protocols.streams import Stream
from face_rec.site_options import LiveOptions


@dataclass(frozen=True, slots=True)
class OverviewFacade(AttendanceFacade):
    options: LiveOptions
    models: ModelSource
    streams: Callable[[], Sequence[Stream]]
    """The cameras that run."""
    camera_troubles: Callable[[], Mapping[str, str]]
    """Of each kiosk that takes the pictures of one camera only why it should be looked after."""
    own_cameras: Callable[[], Sequence[CameraHealth]]
    """How the cameras are that the site runs itself; may raise StoreUnavailable."""
    health: Callable[[], Sequence[HealthCheck]]
    """May take some seconds while a part does not answer."""
    visitors_here: Callable[[Groups], int]
    """How many visitors to people of these groups are in the house; may raise StoreUnavailable."""
