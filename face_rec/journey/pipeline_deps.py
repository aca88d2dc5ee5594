"""What all journeys of a process share."""

from dataclasses import dataclass

from face_rec.clock import Clock
from face_rec.journey.decide.decide import Policy
from face_rec.protocols.marks import Marker
from face_rec.protocols.models import Assessor, ModelSource
from face_rec.protocols.people import Directory, Gallery
from face_rec.protocols.snapshots import SnapshotSink


@dataclass(frozen=True, slots=True, eq=False)
class Services:
    """The collaborators; ``snapshots`` is None where no pictures are kept."""

    models: ModelSource
    gallery: Gallery
    directory: Directory
    marker: Marker
    snapshots: SnapshotSink | None
    assess: Assessor
    clock: Clock
    policy: Policy
