"""Reads one camera: opens it, decodes what is of use, and opens it again when it is lost."""

import logging
from collections import deque
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event, Lock
from typing import Final

import av
from av.video.frame import VideoFrame

from face_rec.cameras.address import Address
from face_rec.cameras.opening import Opened, open_address
from face_rec.cameras.picture import bgr
from face_rec.cameras.serving.gop import Gop, VideoPacket
from face_rec.clock import Clock
from face_rec.domain.errors import CameraRefused, SourceError, StoreError
from face_rec.domain.faces import Image
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.retry import Backoff

log = logging.getLogger(__name__)

PAUSES: Final = Backoff(0.5, 3.0)
"""Seconds before a lost camera is opened again; with a quarter more and the time that opening
takes it is back within five seconds after it answers, however long it was away."""
RATE: Final = 15.0
"""Pictures a second that are looked at, of those that come; kiosks send fourteen."""
_RESTING: Final = 4.0  # a second, of cameras whose pictures are all key frames
_STEADY: Final = 5.0  # seconds of pictures after which a camera counts as back


class CameraReader:
    """The loop of one camera's thread: :meth:`run` returns once ``stopping`` is set.

    ``address`` is asked at each opening, for its password may have been changed, and may raise
    StoreError. ``sink`` takes each picture, on this thread. ``busy`` says whether somebody is
    before the camera, so that every picture counts."""

    def __init__(
        self,
        camera: str,
        address: Callable[[], Address],
        folder: Path,
        sink: Callable[[Image], bool],
        clock: Clock,
        *,
        stopping: Event,
    ) -> None:
        """``sink`` returns whether something moves in the picture or somebody is there."""
        self.reading = Reading(clock)
        self._camera = camera
        self._address = address
        self._folder = folder
        self._sink = sink
        self._clock = clock
        self._stopping = stopping

    def run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            steady = self._once()
            failures = 1 if steady else failures + 1
            pause = PAUSES.jittered(failures)
            if self._stopping.wait(0.0 if self.reading.plays_again else pause):
                return

    def _once(self) -> bool:
        """Whether it gave pictures for a while."""
        begun = self._clock.monotonic()
        try:
            address = self._address()
            with closing(open_address(address, self._folder)) as opened:
                self.reading.opened(opened, file=address.file)
                self._read(opened)
            self.reading.lost(ENDED)
        except (SourceError, CameraRefused, StoreError) as error:
            self.reading.lost(error.said)
        except (av.FFmpegError, OSError, ValueError) as error:
            self.reading.lost(sentence("It was lost ({kind}).", kind=type(error).__name__))
        if not self.reading.plays_again and not self._stopping.is_set():
            log.warning("camera_lost camera=%s reason=%s", self._camera, self.reading.problem)
        return self._clock.monotonic() - begun >= _STEADY

    def _read(self, opened: Opened) -> None:
        gop, pace = Gop(), _Pace(self._clock, opened, self._stopping, self.reading.file)
        for packet in opened.container.demux(opened.video):
            if self._stopping.is_set():
                return
            if packet.size:
                pace.wait(packet)
                self.reading.packet(packet.size)
                self._take(opened, gop, packet)

    def _take(self, opened: Opened, gop: Gop, packet: VideoPacket) -> None:
        now = self._clock.monotonic()
        newest: VideoFrame | None = None
        for one in gop.take(packet, now):
            try:
                for frame in opened.video.codec_context.decode(one):
                    newest = frame
            except av.InvalidDataError:
                continue  # a picture that was damaged on its way costs itself alone
        if newest is not None and self.reading.due(now, RATE if gop.awake(now) else _RESTING):
            self.reading.picture(newest.width, newest.height)
            if self._sink(bgr(newest)):
                gop.moved(now)


class _Pace:
    """Files are played at their own pace; what comes over a network has it already."""

    def __init__(self, clock: Clock, opened: Opened, stopping: Event, file: bool) -> None:
        self._clock = clock
        self._base = opened.video.time_base
        self._stopping = stopping
        self._file = file
        self._start: float | None = None

    def wait(self, packet: VideoPacket) -> None:
        at = packet.pts if packet.pts is not None else packet.dts
        if not self._file or at is None or self._base is None:
            return
        seconds = float(at * self._base)
        now = self._clock.monotonic()
        if self._start is None:
            self._start = now - seconds
        self._stopping.wait(max(0.0, min(1.0, self._start + seconds - now)))


# What one camera's thread has read so far: written by it, read by any.

ENDED: Final = msgid("It has ended.")
_SPAN: Final = 5.0
_KEPT: Final = 1000


class Reading:
    """Figures of one camera. Safe from any thread; times are monotonic seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._packets: deque[tuple[float, int]] = deque(maxlen=_KEPT)
        self._due_at = float("-inf")
        self._openings = 0
        self.file = False
        self.connected = False
        self.problem = ""
        self.decoder = ""
        self.width = self.height = 0
        self.picture_at: float | None = None

    def opened(self, opened: Opened, *, file: bool) -> None:
        with self._lock:
            self._openings += 1
            self.file, self.connected, self.problem = file, True, ""
            self.decoder = opened.decoder
            self._due_at = float("-inf")

    def lost(self, problem: str) -> None:
        with self._lock:
            self.connected, self.problem = False, problem

    @property
    def plays_again(self) -> bool:
        """Whether it is a file that was played to its end: it begins anew, as a camera would."""
        return self.file and self.picture_at is not None and self.problem == ENDED

    def packet(self, size: int) -> None:
        with self._lock:
            self._packets.append((self._clock.monotonic(), size))

    def due(self, now: float, rate: float) -> bool:
        """Whether a picture is looked at now, of which ``rate`` a second are."""
        if now < self._due_at:
            return False
        self._due_at = max(self._due_at, now - 1 / rate) + 1 / rate
        return True

    def picture(self, width: int, height: int) -> None:
        with self._lock:
            self.width, self.height = width, height
            self.picture_at = self._clock.monotonic()

    @property
    def reconnects(self) -> int:
        """How often it was opened again; the rounds of a file are none."""
        return 0 if self.file else max(0, self._openings - 1)

    def rate(self) -> float:
        """Pictures a second that come, decoded or not."""
        recent = self._recent()
        return len(recent) / _SPAN

    def kilobits(self) -> float:
        """A second."""
        return sum(size for _, size in self._recent()) * 8 / 1000 / _SPAN

    def _recent(self) -> list[tuple[float, int]]:
        since = self._clock.monotonic() - _SPAN
        with self._lock:
            return [one for one in self._packets if one[0] >= since]
