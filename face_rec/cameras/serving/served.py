"""One camera that this worker serves: a thread reads it, the engine's workers look at it,
and it is said whether it sees anything."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from face_rec.background import Background
from face_rec.cameras.address import Address
from face_rec.cameras.camera import Camera, CameraEntry, Purpose
from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.cameras.serving.looking import CameraJourney, drawn
from face_rec.cameras.serving.reader import CameraReader
from face_rec.cameras.wall import Shot
from face_rec.clock import MachineClock
from face_rec.domain.faces import Image
from face_rec.domain.kiosks.screens import Scene
from face_rec.domain.recognition import Verdict
from face_rec.journey.detect import MotionGate
from face_rec.journey.engine import Engine

_PATIENCE: Final = 10.0
"""Seconds without a picture after which a camera does not answer."""
_GLANCES: Final = 0.5  # seconds between two looks at whether it sees anything
_ALARMS: Final = 60.0  # seconds between two alarms of one camera


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all cameras of a worker share. ``address`` of a camera may raise StoreError;
    ``folder``: of the files that may be cameras; ``cooldown``: seconds, as the site has it now;
    ``alarm`` is told that somebody is before a camera, in words; it must not raise."""

    engine: Engine
    clock: MachineClock
    address: Callable[[Camera], Address]
    folder: Path
    cooldown: Callable[[], float]
    alarm: Callable[[str, str], None]
    worker: str


class ServedCamera:
    """Started when made. ``holds``: whether this worker has it now. Safe from any thread."""

    def __init__(
        self, entry: CameraEntry, around: Surroundings, holds: Callable[[], bool]
    ) -> None:
        self.entry = entry
        self._around = around
        self._holds = holds
        self._sight, self._motion = Sight(), MotionGate()
        self._glanced = self._alarmed = float("-inf")
        self._began = around.clock.monotonic()
        self._shown: Image | None = None
        self._journey = CameraJourney(
            entry.camera, around.engine.deps, holds, cooldown=around.cooldown(),
            looked=self._looked,
        )  # fmt: skip
        self._stream = around.engine.open(entry.id, self._journey)
        self._thread = Background(f"camera-{entry.id}", self._read)
        self._reader = CameraReader(
            entry.id, lambda: around.address(entry.camera), around.folder, self._take,
            around.clock, stopping=self._thread.stopping,
        )  # fmt: skip
        self._thread.start()

    def stop(self, timeout: float = 0.3) -> None:
        """End it; one that waits for a camera that is silent ends some seconds later."""
        self._stream.close()
        self._thread.stop(timeout)

    @property
    def counts(self) -> bool:
        """Whether whoever comes past is marked: what a sign of life says."""
        return self.entry.camera.purpose.marks and self._holds() and self.state().sees

    def state(self) -> CameraState:
        reading, now = self._reader.reading, self._around.clock.monotonic()
        picture_at = reading.picture_at
        if picture_at is None or now - picture_at > _PATIENCE:
            waited = now - (self._began if picture_at is None else picture_at)
            return CameraState.STARTING if waited <= _PATIENCE else CameraState.LOST
        if self._sight.blind:
            return CameraState.BLIND
        return CameraState.FROZEN if self._sight.frozen else CameraState.RUNNING

    def health(self) -> CameraHealth:
        reading, stats, clock = self._reader.reading, self._stream.stats(), self._around.clock
        now, picture_at = clock.now(), reading.picture_at
        age = None if picture_at is None else timedelta(seconds=clock.monotonic() - picture_at)
        return CameraHealth(
            self.entry.id, self.state(), now, self._around.worker,
            picture_at=None if age is None else now - age,
            rate=round(reading.rate(), 1), looked=round(stats.inference_rate, 1),
            dropped=stats.dropped, reconnects=reading.reconnects,
            kilobits=round(reading.kilobits()), width=reading.width, height=reading.height,
            decoder=reading.decoder,
        ).with_problem(reading.problem)  # fmt: skip

    def picture(self) -> Shot | None:
        """The newest picture with boxes and names; None without another one since the last."""
        seen = self._journey.seen
        if seen is None or seen.image is self._shown:
            return None
        self._shown = seen.image
        return drawn(seen)

    # --- the camera's own thread

    def _read(self) -> None:
        self._reader.run()

    def _take(self, image: Image) -> bool:
        now = self._around.clock.monotonic()
        if now - self._glanced >= _GLANCES:
            self._glanced = now
            self._sight.see(glance(image), now)
        self._stream.submit(image)
        moved = self._motion.changed(image) is not None
        if moved:
            self._motion.searched()
        scene = self._stream.scene()
        return moved or bool(scene and scene.labels)

    # --- a thread of the engine

    def _looked(self, scene: Scene) -> None:
        if self.entry.camera.purpose is not Purpose.ALARM:
            return
        told = {label.verdict for label in scene.labels} & {Verdict.UNKNOWN, Verdict.NAMED}
        now = self._around.clock.monotonic()
        if told and now - self._alarmed >= _ALARMS:
            self._alarmed = now
            known = Verdict.UNKNOWN not in told
            words = "Somebody who is enrolled" if known else "Somebody unknown"
            self._around.alarm(self.entry.id, words)


# Whether a camera sees anything: covered, dark, or the same picture again and again.
#
# The rules are pure, over thumbnails; times are monotonic seconds.

BLIND_SECONDS: Final = 10.0
FROZEN_SECONDS: Final = 60.0
"""A sensor's noise changes every picture, and a clock in the picture every second; where an
encoder leaves out what did not change, at least its next key frame differs."""
_DARK: Final = 18.0  # grey levels, of 255: a covered lens or an unlit room, as kiosks take it
_EVEN: Final = 4.0  # of a hand or a bag before the lens; the plainest wall has more
_SIZE: Final = (64, 48)


@dataclass(frozen=True, slots=True)
class Glance:
    """What one picture is like. ``sees``: neither dark nor even; ``digest``: of all its pixels."""

    sees: bool
    digest: bytes


def glance(image: Image) -> Glance:
    """Some tenths of a millisecond, whatever its size."""
    step = max(1, image.shape[1] // 320)
    part = np.ascontiguousarray(image[::step, ::step, 1])
    small = cv2.resize(part, _SIZE, interpolation=cv2.INTER_AREA)
    sees = float(small.mean()) >= _DARK and float(small.std()) >= _EVEN
    return Glance(sees, hashlib.blake2b(part.tobytes(), digest_size=16).digest())


class Sight:
    """Follows one camera's pictures. Used by one thread at a time."""

    def __init__(self) -> None:
        self._saw_at = self._changed_at = self._looked_at = math.nan  # before the first picture
        self._digest = b""

    def see(self, picture: Glance, now: float) -> None:
        if picture.sees or math.isnan(self._saw_at):
            self._saw_at = now
        if picture.digest != self._digest:
            self._changed_at = now
        self._digest, self._looked_at = picture.digest, now

    @property
    def blind(self) -> bool:
        return bool(self._looked_at - self._saw_at >= BLIND_SECONDS)

    @property
    def frozen(self) -> bool:
        return bool(self._looked_at - self._changed_at >= FROZEN_SECONDS)
