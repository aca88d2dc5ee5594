"""For who keeps the system running: Models, Privacy and System."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from face_rec.access.audit.audit_log import AuditLog
from face_rec.cameras.health import CameraHealth
from face_rec.domain.health import HealthCheck
from face_rec.facades.facade import Facade
from face_rec.models.scores.own_report import Advice, OwnReport
from face_rec.models.service import ModelService
from face_rec.people.change.change import ModelChange
from face_rec.people.gallery.follower import FollowerStatus
from face_rec.privacy.service import Privacy
from face_rec.protocols.marks import MarkReader
from face_rec.protocols.models import Progress
from face_rec.protocols.people import Gallery, PeopleReader
from face_rec.protocols.streams import Stream
from face_rec.stores.verify.chain_report import Report, WitnessStatus
from face_rec.stores.verify.daily_check import CheckStatus

__all__ = ["AdminFacade", "Report"]


class Chain(Protocol):
    """Whether marks are as they were written; tests have one that says what it is told to."""

    def status(self) -> WitnessStatus: ...

    def verify(self, progress: Progress | None = None) -> Report:
        """Check everything; raises StoreError."""
        ...


class Cameras(Protocol):
    """What runs in this process."""

    @property
    def workers(self) -> int:
        """Pictures recognised at once."""
        ...

    def streams(self) -> Sequence[Stream]: ...


class StrangerDays(Protocol):
    """For how many days unknown people are kept; 0: nobody is."""

    @property
    def days(self) -> int: ...

    @property
    def fixed(self) -> bool:
        """Whether the environment says it."""
        ...

    @property
    def count(self) -> Callable[[], int]:
        """Of the visits that are kept. May raise StoreUnavailable."""
        ...

    def change(self, days: int) -> None:
        """0 erases all that is kept. Raises OptionsRefused, Conflict, ProofNeeded."""
        ...


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
    privacy: Privacy
    strangers: StrangerDays
    """Whether unknown people are kept."""
    chain: Chain
    last_check: Callable[[], CheckStatus]
    """The chain's daily one."""
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
