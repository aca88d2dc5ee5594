"""The journey of one camera's pictures: only its region, only large faces, and only what the
office has it do."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from face_rec.cameras.camera import Camera
from face_rec.domain.errors import JournalError
from face_rec.domain.faces import Box, Frame, Image
from face_rec.domain.kiosks.screens import Scene
from face_rec.domain.marks import Event, Receipt
from face_rec.journey.marking.mark import DryRunMarker
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.streams.stream import NoticeBoard
from face_rec.protocols.marks import Marker


class FencedMarker:
    """A ``Marker`` that marks only while this worker serves the camera: one that was stopped for a
    while may go on in the middle of a picture that another has long looked at."""

    def __init__(self, marker: Marker, holds: Callable[[], bool]) -> None:
        self._marker = marker
        self._holds = holds

    def mark(self, event: Event) -> Receipt:
        """Raises JournalError where another worker has the camera."""
        if not self._holds():
            raise JournalError("Another worker has this camera now; it marks whoever is there.")
        return self._marker.mark(event)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The newest picture that was looked at, whole, and what was seen in it."""

    image: Image
    scene: Scene


class CameraJourney:
    """A ``FrameProcessor`` for one camera as the office has set it; another setting makes another
    one. The scenes that it returns are of the whole picture."""

    def __init__(
        self,
        camera: Camera,
        deps: PipelineDeps,
        holds: Callable[[], bool],
        *,
        cooldown: float,
        looked: Callable[[Scene], None] = lambda _: None,
    ) -> None:
        """``holds``: whether this worker serves the camera. ``cooldown``: seconds, of a camera
        that only watches. ``looked`` is told each scene, on the thread that made it."""
        marks = camera.purpose.marks
        marker: Marker = FencedMarker(deps.marker, holds) if marks else DryRunMarker(cooldown)
        self.seen: Seen | None = None
        self.board = NoticeBoard()
        self._camera = camera
        self._holds = holds
        self._deps = replace(deps, marker=marker, snapshots=deps.snapshots if marks else None)
        self._looked = looked
        self._size: tuple[int, int] | None = None
        self._journey: Journey | None = None

    def process(self, frame: Frame) -> Scene:
        height, width = frame.image.shape[:2]
        if not self._holds():
            return Scene(frame.number, frame.taken_at, width, height)
        left, top, right, bottom = self._camera.region.pixels(width, height)
        part = frame.image[top:bottom, left:right]
        scene = self._of(width, height).process(replace(frame, image=part))
        whole = _moved(scene, left, top, width, height)
        self.seen = Seen(frame.image, whole)
        self._looked(whole)
        return whole

    def _of(self, width: int, height: int) -> Journey:
        """Made anew where the camera's pictures have another size: what was followed is gone."""
        if self._journey is None or self._size != (width, height):
            self._size = (width, height)
            least = self._camera.smallest * min(width, height)
            policy = replace(self._deps.policy, min_face=max(self._deps.policy.min_face, least))
            deps = replace(self._deps, policy=policy)
            self._journey = Journey(self._camera.id, deps, self.board)
        return self._journey


def _moved(scene: Scene, left: int, top: int, width: int, height: int) -> Scene:
    labels = tuple(
        replace(one, box=Box(one.box.left + left, one.box.top + top,
                             one.box.right + left, one.box.bottom + top))
        for one in scene.labels
    )  # fmt: skip
    return replace(scene, width=width, height=height, labels=labels)
