"""What cameras see now, for the live wall: few pictures, for those who look, kept nowhere.

Pictures go from the worker to the app by Redis' publish and subscribe, which hands each to
whoever listens at that moment and writes none of it anywhere: a key, even one that expires, would
stand in the append-only file on the disk. A worker draws and sends only while somebody looks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import Final, Protocol

from face_rec.background import Background
from face_rec.clock import Clock

LOOKED_AT: Final = 5.0
"""Seconds for which a camera is taken to be looked at after each time it was asked for."""
_KEPT: Final = timedelta(seconds=5)
_IDLE: Final = 15.0  # seconds without anybody who looks, after which nothing is listened to


@dataclass(frozen=True, slots=True)
class Shot:
    """A JPEG with boxes and names in it, and whom it shows: the names of those who are known."""

    jpeg: bytes = field(repr=False)
    seen: tuple[str, ...] = ()


NOTHING: Final = Shot(b"")


class WallLine(Protocol):
    """Between workers and apps; all may raise StoreUnavailable."""

    def look(self, cameras: Iterable[str]) -> None:
        """Somebody looks at these for the next seconds."""
        ...

    def looked_at(self, cameras: Iterable[str]) -> frozenset[str]: ...

    def send(self, camera: str, shot: Shot) -> None:
        """To whoever listens now; nothing is kept."""
        ...

    def pictures(self, stopping: Event) -> Iterator[tuple[str, Shot]]:
        """As they come, by camera, and ("", NOTHING) each second without any; ends soon after
        ``stopping`` is set."""
        ...


@dataclass(frozen=True, slots=True)
class WallPicture:
    """A shot, and when it came."""

    shot: Shot
    at: datetime


class WallFeed:
    """The newest picture of each camera that somebody looks at. Safe to call from any thread; its
    own thread runs only while somebody looks."""

    def __init__(self, line: WallLine, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        self._lock = Lock()
        self._newest: dict[str, WallPicture] = {}
        self._asked = float("-inf")
        self._thread: Background | None = None

    def pictures(self, cameras: Iterable[str]) -> dict[str, WallPicture]:
        """The newest of ``cameras``, those of the last five seconds; the first comes a second or
        two after the first question. To be asked again every second or two for as long as
        somebody looks, and only by who may see them. May raise StoreUnavailable."""
        wanted = list(cameras)
        self._listen()
        self._line.look(wanted)
        oldest = self._clock.now() - _KEPT
        with self._lock:
            self._newest = {one: picture for one, picture in self._newest.items()
                            if picture.at >= oldest}  # fmt: skip
            return {one: self._newest[one] for one in wanted if one in self._newest}

    def close(self) -> None:
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.stop(3.0)

    def _listen(self) -> None:
        with self._lock:
            self._asked = self._clock.monotonic()
            if self._thread is None:
                self._thread = Background("camera-wall", self._run)
                self._thread.start()

    def _run(self) -> None:
        thread = self._thread
        if thread is None:
            return
        for camera, shot in self._line.pictures(thread.stopping):
            if camera:
                with self._lock:
                    self._newest[camera] = WallPicture(shot, self._clock.now())
            if self._clock.monotonic() - self._asked > _IDLE:
                self._rest(thread)
                return

    def _rest(self, thread: Background) -> None:
        """Nobody looks any more: the thread ends by itself, and the pictures are forgotten."""
        with self._lock:
            self._newest.clear()
            if self._thread is thread:
                self._thread = None
        thread.stopping.set()
