"""The latest-frame slot: where every camera ends and the journey begins.

It holds one frame. A newer frame replaces it and the older one is counted as
dropped, so latency is bounded by one inference and never by a queue.
"""

from threading import Lock

from face_rec.clock import Clock
from face_rec.domain.faces import Frame, Image


class LatestFrame:
    """A slot of size one. Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._frame: Frame | None = None
        self._frames = 0
        self._dropped = 0
        self._last_at: float | None = None

    def put(self, image: Image) -> None:
        """Offer the newest picture; the caller must not write to it any more."""
        now = self._clock.monotonic()
        with self._lock:
            self._dropped += self._frame is not None
            self._frames += 1
            self._last_at = now
            self._frame = Frame(image, self._frames, now)

    def take(self) -> Frame | None:
        """The newest frame, once; None when there is no new one."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame

    @property
    def waiting(self) -> bool:
        """Whether a frame lies there that nobody has taken."""
        return self._frame is not None

    @property
    def frames(self) -> int:
        """Pictures offered so far."""
        return self._frames

    @property
    def dropped(self) -> int:
        """Pictures that a newer one replaced before anybody took them."""
        return self._dropped

    def age(self) -> float | None:
        """Seconds since the last picture was offered, None before the first."""
        last = self._last_at
        return None if last is None else self._clock.monotonic() - last
