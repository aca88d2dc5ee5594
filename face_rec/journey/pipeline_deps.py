"""What the journeys of all kiosks share."""

from collections.abc import Callable
from dataclasses import dataclass, field

from face_rec.clock import Clock
from face_rec.domain.liveness import Check
from face_rec.domain.marks import Source
from face_rec.journey.badge import BadgeReader
from face_rec.journey.decide import Policy
from face_rec.journey.liveness.judge import LivenessCounts
from face_rec.journey.liveness.step_ups import StepUps
from face_rec.journey.marking.punch import Puncher
from face_rec.journey.streams.stream import NoticeBoard
from face_rec.kiosks.offline import Capture
from face_rec.protocols.marks import Marker
from face_rec.protocols.misses import MissSink
from face_rec.protocols.models import Assessor, ModelSource
from face_rec.protocols.people_store import Directory, Gallery
from face_rec.protocols.snapshots import SnapshotSink
from face_rec.protocols.stranger_sink import StrangerSink


@dataclass(frozen=True, slots=True, eq=False)
class PipelineDeps:
    """What all journeys share; ``snapshots`` and ``strangers`` are None where none are kept,
    ``missed`` where nobody counts who is missed.
    ``liveness``: what the office has decided for a kiosk; asked at every frame, so from memory;
    ``colours``: whether its screen may show some, too."""

    models: ModelSource
    gallery: Gallery
    directory: Directory
    marker: Marker
    snapshots: SnapshotSink | None
    assess: Assessor
    clock: Clock
    policy: Policy
    liveness: Callable[[str], Check] = lambda _: Check.OBSERVE
    colours: Callable[[str], bool] = lambda _: False
    lives: LivenessCounts = field(default_factory=LivenessCounts)
    step_ups: StepUps = field(default_factory=StepUps)
    strangers: StrangerSink | None = None
    missed: MissSink | None = None
    badges: BadgeReader | None = None

    def puncher(
        self,
        kiosk: str,
        source: Source,
        board: NoticeBoard | None = None,
        capture: Capture | None = None,
    ) -> Puncher:
        """What marks at ``kiosk``, and greets on its ``board``; by ``capture``: at its time."""
        return Puncher(
            kiosk, source, marker=self.marker, directory=self.directory,
            snapshots=self.snapshots, clock=self.clock, board=board, capture=capture,
        )  # fmt: skip
