"""One camera, from either side."""

from typing import Protocol

from face_rec.domain.faces import Frame, Image
from face_rec.domain.kiosks.screens import Greeting, Scene, StreamStats


class FrameProcessor(Protocol):
    """What a worker does with the newest frame of one stream.

    Called by one worker thread at a time, never by two at once; must return
    within about one inference and must not raise for bad pictures.
    """

    def process(self, frame: Frame) -> Scene: ...


class Stream(Protocol):
    """One camera as the rest of the app sees it. Safe from any thread."""

    @property
    def name(self) -> str: ...

    def submit(self, image: Image) -> None:
        """Offer the newest frame; costs microseconds, drops the one before."""
        ...

    def scene(self) -> Scene | None:
        """The newest result, or None before the first."""
        ...

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        """Messages shown from ``since`` (monotonic seconds) on, oldest first."""
        ...

    def stats(self) -> StreamStats: ...

    def close(self) -> None: ...
