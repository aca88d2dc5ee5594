"""Whether a camera sees anything: covered, dark, or the same picture again and again.

The rules are pure, over thumbnails; times are monotonic seconds."""

import hashlib
import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from face_rec.domain.faces import Image

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
