"""The engine: all streams of this process, and the stills.

State is keyed by the kiosk's name and lives here, not with the page that shows it,
so a reload, a second tab or a cut connection loses nothing while frames are fresh.
"""

import logging
from collections.abc import Callable
from functools import partial
from threading import Lock

from face_rec.domain.faces import Image
from face_rec.domain.kiosks.screens import Greeting, Label, Scene, StreamStats
from face_rec.domain.marks import Receipt, Source
from face_rec.journey.pipeline import Journey
from face_rec.journey.pipeline_deps import PipelineDeps
from face_rec.journey.still import Stills
from face_rec.journey.streams.listeners import Listener, Listeners
from face_rec.journey.streams.stream import LiveStream, NoticeBoard
from face_rec.journey.streams.workers import WorkerPool
from face_rec.kiosks.seats import Seats
from face_rec.protocols.streams import FrameProcessor, Stream

log = logging.getLogger(__name__)

EXPIRES_AFTER = 30.0
"""Seconds without a frame after which a stream's state is forgotten; a closed tab and a
restarted camera need about 20."""


class Engine:
    """Safe from any thread. ``deps``: what the journeys share, also with those that others run
    by themselves. ``workers``: the threads that infer; they are closed with the engine."""

    def __init__(self, deps: PipelineDeps, workers: WorkerPool) -> None:
        self.deps = deps
        self.seats = Seats(deps.clock)
        self._listeners = Listeners()
        self._stills = Stills(deps)
        self._pool = workers
        self._lock = Lock()
        self._streams: dict[str, LiveStream] = {}
        self._taken: dict[str, tuple[tuple[Label, ...], float]] = {}

    # --- streams

    def kiosk(self, name: str = "main") -> Stream:
        """The kiosk's stream: opened, or reused with all it remembers."""
        handle = StreamHandle(name, self, partial(self._kiosk, name), owner=False)
        self._kiosk(name)
        return handle

    def open(self, name: str, processor: FrameProcessor) -> Stream:
        """A stream with a processor of its own (a guided capture); its name must not be a
        kiosk's. A stream of this name with another processor is replaced."""
        make = partial(self._own, name, processor)
        make()
        return StreamHandle(name, self, make, owner=True)

    def streams(self) -> tuple[Stream, ...]:
        """Handles of all streams whose last frame is fresh, by name."""
        self._expire()
        with self._lock:
            names = sorted(self._streams)
        return tuple(
            StreamHandle(name, self, partial(self._kiosk, name), owner=False) for name in names
        )

    def listen(self, name: str, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` whenever the stream of this name has a new scene or greeting, in the
        thread that made it. Returns what ends that."""
        return self._listeners.listen(name, listener)

    def live(self, name: str) -> LiveStream | None:
        """For the handles."""
        return self._streams.get(name)

    def submit(self, stream: LiveStream, image: Image) -> None:
        """For the handles."""
        stream.put(image)
        self._pool.wake(stream)

    def drop(self, stream: LiveStream) -> None:
        """For the handles: forget ``stream``."""
        with self._lock:
            if self._streams.get(stream.name) is stream:
                del self._streams[stream.name]

    @property
    def failures(self) -> int:
        """Frames that ended in an exception (bugs; the log has them)."""
        return self._pool.failures

    @property
    def workers(self) -> int:
        return self._pool.size

    @property
    def load(self) -> float:
        """Share of the last seconds in which the workers were busy, 0 to 1."""
        return self._pool.load

    def close(self) -> None:
        """Finish the frames being processed and stop; streams take no more."""
        self._pool.close()
        with self._lock:
            self._streams.clear()

    def _kiosk(self, name: str) -> LiveStream:
        known = self._streams.get(name)
        if known is not None:
            return known
        board = NoticeBoard(partial(self._listeners.tell, name))
        return self._add(self._stream(name, Journey(name, self.deps, board), board))

    def _own(self, name: str, processor: FrameProcessor) -> LiveStream:
        known = self._streams.get(name)
        if known is not None and known.processor is processor:
            return known
        with self._lock:
            self._streams.pop(name, None)
        return self._add(self._stream(name, processor, NoticeBoard()))

    def _stream(self, name: str, processor: FrameProcessor, board: NoticeBoard) -> LiveStream:
        changed = partial(self._listeners.tell, name)
        ready = partial(self._ready, name)
        return LiveStream(name, processor, board, self.deps.clock, ready, changed=changed)

    def _add(self, stream: LiveStream) -> LiveStream:
        """``stream``, or the one that another thread added meanwhile."""
        self._expire()
        with self._lock:
            return self._streams.setdefault(stream.name, stream)

    def _ready(self, name: str) -> bool:
        """A badge needs no model."""
        badges = self.deps.badges
        return self.deps.models.current() is not None or bool(badges and badges.looks(name))

    def tell(self, kiosk: str) -> None:
        """Something of the kiosk has changed that its screens show."""
        self._listeners.tell(kiosk)

    def _expire(self) -> None:
        with self._lock:
            for stream in [s for s in self._streams.values() if s.idle() > EXPIRES_AFTER]:
                del self._streams[stream.name]
                log.info("stream_expired name=%s", stream.name)

    def show_turn(self, kiosk: str, nonce: str) -> None:
        """A screen of ``kiosk`` shows a turn of the head that was asked for."""
        self.deps.step_ups.show(kiosk, nonce, self.deps.clock.monotonic())

    # --- without a face

    def by_pin(self, subject: str, kiosk: str, *, live: bool = True) -> Receipt:
        """Mark somebody who gave their PIN; ``live``: greet them on the kiosk's stream too.

        Raises JournalError: then nothing may be confirmed.
        """
        board = self._kiosk(kiosk).board if live else None
        return self.deps.puncher(kiosk, Source.PIN, board).without_face(subject)

    def by_badge(self, subject: str, kiosk: str) -> Receipt:
        """The same for somebody whose badge was read on the kiosk's stream."""
        board = self._kiosk(kiosk).board
        return self.deps.puncher(kiosk, Source.BADGE, board).without_face(subject)

    # --- stills

    def still(self, image: Image, kiosk: str = "main") -> tuple[Label, ...]:
        """Recognise one deliberate picture, largest face first, and mark who is named.

        Runs in the caller's thread. Raises PackMissing while there is no model.
        """
        labels = self._stills(image, kiosk)
        self._taken[kiosk] = (labels, self.deps.clock.monotonic())
        return labels

    def last_still(self, kiosk: str, since: float) -> tuple[Label, ...] | None:
        """What the kiosk's last still came to; None without one after ``since`` (monotonic)."""
        labels, at = self._taken.get(kiosk, ((), float("-inf")))
        return labels if at >= since else None


class StreamHandle:
    """Implements Stream by name.

    It holds no state, so a page may keep it for hours: when the stream has expired in the
    meantime the next frame makes a new one.
    """

    def __init__(
        self, name: str, engine: "Engine", make: Callable[[], LiveStream], *, owner: bool
    ) -> None:
        self._name = name
        self._engine = engine
        self._make = make
        self._owner = owner
        self._closed = False

    @property
    def name(self) -> str:
        return self._name

    def submit(self, image: Image) -> None:
        """Offer the newest frame; nothing happens on a closed handle."""
        if not self._closed:
            self._engine.submit(self._make(), image)

    def scene(self) -> Scene | None:
        live = self._engine.live(self._name)
        return live.scene if live else None

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        live = self._engine.live(self._name)
        return live.board.greetings(since) if live else ()

    def stats(self) -> StreamStats:
        live = self._engine.live(self._name)
        return live.stats() if live else StreamStats()

    def close(self) -> None:
        """Take no more frames. A kiosk's state stays for its other tabs, and for this one
        when it comes back; it goes when no frame has come for a while."""
        self._closed = True
        live = self._engine.live(self._name)
        if self._owner and live:
            self._engine.drop(live)
