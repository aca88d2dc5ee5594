"""A stream: one camera's newest frame, processor, newest result and newest greetings.

The journey begins in a slot of one frame. A newer frame replaces it and the older one is counted
as dropped, so latency is bounded by one inference and never by a queue.
"""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.faces import Frame, Image
from face_rec.domain.kiosks.screens import Greeting, Scene, StreamStats
from face_rec.journey.streams.listeners import unheard
from face_rec.protocols.streams import FrameProcessor

SPAN = 3.0
"""Seconds over which a rate is taken."""
_KEPT = 200
_GREETINGS: Final = 50
"""Remembered a stream; a page asks for new ones several times a second."""


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


class Meter:
    """Events a second over the last SPAN seconds. ``deque`` makes it safe to read from
    another thread."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=_KEPT)

    def tick(self, now: float) -> None:
        self._times.append(now)

    def rate(self, now: float) -> float:
        """Events a second; 0 when the last one is longer ago than SPAN."""
        recent = [at for at in tuple(self._times) if now - at <= SPAN]
        if len(recent) < 2:
            return len(recent) / SPAN
        # Over the time observed, so that the first seconds of a stream do not read low.
        return (len(recent) - 1) / max(now - recent[0], 1e-6)


class NoticeBoard:
    """The newest greetings of one stream. Written by its worker, read by any thread."""

    def __init__(self, changed: Callable[[], None] = unheard) -> None:
        """``changed`` is called after each greeting, in the thread that posts it."""
        self._lock = Lock()
        self._changed = changed
        self._greetings: deque[Greeting] = deque(maxlen=_GREETINGS)
        self._time_to_mark: float | None = None

    def post(self, greeting: Greeting, time_to_mark: float | None = None) -> None:
        """Show ``greeting``. ``time_to_mark``: seconds from the first frame in which the
        face was large enough until the mark."""
        with self._lock:
            self._greetings.append(greeting)
            if time_to_mark is not None:
                self._time_to_mark = time_to_mark
        self._changed()

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        """Those shown from ``since`` (monotonic seconds) on, oldest first."""
        with self._lock:
            return tuple(g for g in self._greetings if g.shown_from >= since)

    @property
    def time_to_mark(self) -> float | None:
        """Of the newest mark."""
        return self._time_to_mark


class LiveStream:
    """The state of one stream; a Task of the worker pool."""

    def __init__(
        self,
        name: str,
        processor: FrameProcessor,
        board: NoticeBoard,
        clock: Clock,
        ready: Callable[[], bool],
        *,
        changed: Callable[[], None] = unheard,
    ) -> None:
        """``changed`` is called by the worker after each scene."""
        self.name = name
        self.board = board
        self.processor = processor
        self._clock = clock
        self._ready = ready
        self._changed = changed
        self._slot = LatestFrame(clock)
        self._scene: Scene | None = None
        self._inferred = 0
        self._arrivals, self._results = Meter(), Meter()
        self._born = clock.monotonic()

    def put(self, image: Image) -> None:
        """The newest frame is here; whoever calls must wake the pool."""
        self._slot.put(image)
        self._arrivals.tick(self._clock.monotonic())

    @property
    def waiting(self) -> bool:
        return self._slot.waiting

    def run(self) -> None:
        """Process the newest frame; without a model it is only counted."""
        frame = self._slot.take()
        if frame is None or not self._ready():
            return
        self._scene = self.processor.process(frame)
        self._inferred += 1
        self._results.tick(self._clock.monotonic())
        self._changed()

    @property
    def scene(self) -> Scene | None:
        return self._scene

    def idle(self) -> float:
        """Seconds without a frame."""
        age = self._slot.age()
        return self._clock.monotonic() - self._born if age is None else age

    def stats(self) -> StreamStats:
        now = self._clock.monotonic()
        return StreamStats(
            frames=self._slot.frames,
            dropped=self._slot.dropped,
            inferred=self._inferred,
            frame_rate=self._arrivals.rate(now),
            inference_rate=self._results.rate(now),
            time_to_mark=self.board.time_to_mark,
            frame_age=self._slot.age(),
        )
