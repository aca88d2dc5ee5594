"""For who keeps the system running: Models and System."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from face_rec.access.audit.audit_log import AuditLog
from face_rec.cameras.camera_health import CameraHealth
from face_rec.domain.health import HealthCheck
from face_rec.facades.facade import Facade
from face_rec.models.model_service import ModelService
from face_rec.models.scores.own_report import Advice, OwnReport
from face_rec.people.change.change import ModelChange
from face_rec.people.gallery.follower import FollowerStatus
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import Progress
from face_rec.protocols.people_store import Gallery, PeopleReader
from face_rec.protocols.streams import Stream


class Cameras(Protocol):
    """What runs in this process."""

    @property
    def workers(self) -> int:
        """Pictures recognised at once."""
        ...

    def streams(self) -> Sequence[Stream]: ...


@dataclass(frozen=True, slots=True)
class AdminFacade(Facade):
    health: Callable[[], Sequence[HealthCheck]]
    """May take some seconds while a part does not answer."""
    engine: Cameras
    cameras: Callable[[], Sequence[CameraHealth]]
    """How those are that the site runs itself, wherever they are served; may raise
    StoreUnavailable."""
    models: ModelService
    change: ModelChange
    gallery: Gallery
    followed: Callable[[], FollowerStatus]
    """How far the gallery in memory is."""
    people: PeopleReader
    attendance: MarkReader
    audit: AuditLog
    measure: Callable[[Progress, bytes], OwnReport]
    """How well the model knows the people of this site; takes minutes, and gives way to the
    kiosks. The bytes are a CSV file of tags, or nothing; they are forgotten with the run. Raises
    PeopleError for another file, PackMissing and ModelError where there is nothing to measure."""
    advice: Advice
    picture: Callable[[str], bytes]
    """A JPEG by its key. Raises SnapshotMissing."""
    add_from_mark: Callable[[str, str], object]
    """Makes the picture under a key, of a mark of somebody, one of their photos; raises what
    ``Enrolment.check`` and ``add_photos`` do."""
