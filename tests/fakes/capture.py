"""A guided capture without an engine: what is submitted is looked at at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from face_rec.domain.faces import Image, View
from face_rec.domain.kiosks.screens import Greeting, Scene, StreamStats
from face_rec.journey.streams.listeners import Listeners
from face_rec.people.photos.capture import GuidedCapture
from face_rec.people.photos.captures import Capture, Captures
from face_rec.people.photos.photo_check import EnrolPhoto
from face_rec.protocols.streams import FrameProcessor
from face_rec.web.live.capture import CaptureSources
from tests.fakes.clock import FakeClock
from tests.fakes.enrolment import People, frame, painted

NOSES = {
    View.FRONT: (0.0, 0.0),
    View.LEFT: (0.12, 0.0),
    View.RIGHT: (-0.12, 0.0),
    View.UP: (0.0, -0.06),
    View.DOWN: (0.0, 0.06),
}
"""How a painted face's nose stands when it is seen from there."""


Guide = TypeVar("Guide", bound=FrameProcessor)


@dataclass
class LookingStream(Generic[Guide]):
    """Hands each picture to its guide in the thread that offers it, a tenth of a second after
    the one before."""

    name: str
    guide: Guide
    clock: FakeClock
    changed: Callable[[str], None]
    pictures: list[Image] = field(default_factory=list)
    newest: Scene | None = None

    def submit(self, image: Image) -> None:
        self.pictures.append(image)
        self.clock.advance(0.1)
        number, now = len(self.pictures), self.clock.monotonic()
        self.newest = self.guide.process(frame(image, number, now))
        self.changed(self.name)

    def scene(self) -> Scene | None:
        return self.newest

    def greetings(self, _since: float = 0.0) -> tuple[Greeting, ...]:
        return ()

    def stats(self) -> StreamStats:
        return StreamStats()

    def close(self) -> None: ...


class FakeCaptures:
    """The captures that are open, and what the routes read of them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.listeners = Listeners()
        self.captures = Captures()
        self.people = People()
        self.sources = CaptureSources(self.captures, self.listeners.listen, self.clock)
        self.uploaded: list[EnrolPhoto] = []

    def open(self) -> tuple[str, LookingStream[GuidedCapture]]:
        """A new capture: its name, and its camera's other end."""
        guide = self.people.enrolment.guided()
        stream = LookingStream("register:x", guide, self.clock, self.listeners.tell)

        def photos() -> tuple[EnrolPhoto, ...]:
            return (*self.uploaded, *guide.state().photos)

        def remove(photo: EnrolPhoto) -> None:
            self.uploaded[:] = [one for one in self.uploaded if one is not photo]
            guide.remove(photo)

        return self.captures.open(Capture(guide, stream, photos, remove)), stream

    def hold(self, stream: LookingStream[GuidedCapture], view: View, who: int = 1) -> None:
        """Somebody keeps still for a moment, turned as ``view`` says."""
        for _ in range(8):
            stream.submit(painted(who, NOSES[view]))
