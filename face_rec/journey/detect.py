"""Detect: when to look for faces, and how closely.

A detector's cost grows with the area it is given, so each search is as small and
as rare as what is going on allows. The rules are pure; :class:`Detect` keeps the
times of one stream, :class:`MotionGate` tells whether anything in the picture has
changed, and where.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Box, Face, Frame, Image
from face_rec.protocols.models import Detector

SMALLEST, LARGEST = 160, 640
"""Limits of the detector's input, px on the longer side."""
FIND_PX = 20
"""A face this wide at the detector's input is found (SCRFD's smallest anchor is 16 px)."""
FOLLOW_PX = 24
"""A face this wide is found again without fail; enough for those already decided on."""
ALIGN_PX = 40
"""A face this wide has landmarks good enough to embed it. Embeddings of 50 LFW faces agreed
with those from 640 px landmarks by a cosine of .97 at 24 to 40 px, .98 at 48 px and more."""

_WIDTH = 80
"""Pixels of the thumbnail: a face of 1/16 of the picture's width covers 25 of its pixels."""
_STEP = 15
"""Grey levels (of 255) a thumbnail pixel must change by: far above what is left of camera
noise and video compression after averaging, below the contrast of a face to its background."""
_PIXELS = 8
"""So many pixels must change."""
_AROUND = 0.5
"""Border added to what changed, in its own sides: a detector wants to see a face in context."""

Thumbnail = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Cadence:
    """Seconds between two searches."""

    full: float = 0.05  # somebody waits for a verdict: as often as looks may follow each other
    missed: float = 0.08  # the last search did not find everybody
    idle: float = 1.0  # nobody there, nothing moves; also the longest without a whole search
    alert: float = 0.12  # nobody there, but something moves
    poor: float = 0.1  # somebody, but too small, dark or turned away
    follow: float = 0.15  # everybody there has been decided on
    resting: float = 0.5  # and nothing moves
    sweep: float = 0.4  # a search that also finds small newcomers


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the last frame left to do.

    ``smallest``: narrowest face followed, px. ``undecided``: somebody waits for a verdict.
    ``missed``: the last search did not find everybody. ``poor``: somebody cannot be judged.
    """

    faces: int = 0
    smallest: float = 0.0
    undecided: bool = False
    missed: bool = False
    poor: bool = False


def wait(outlook: Outlook, moved: bool, cadence: Cadence) -> float:
    """Seconds that must pass between two searches."""
    if outlook.undecided:
        return cadence.full
    if outlook.missed:
        return cadence.missed
    if not outlook.faces:
        return cadence.alert if moved else cadence.idle
    if not moved:
        return cadence.resting
    return cadence.poor if outlook.poor else cadence.follow


def size_for(face: float, pixels: float, longer_side: float) -> int:
    """The detector size at which a face of ``face`` px becomes ``pixels`` px wide."""
    wanted = pixels / max(face, 1.0) * longer_side
    rounded = -(-int(wanted) // 32) * 32
    return max(SMALLEST, min(LARGEST, rounded))


def search_size(outlook: Outlook, sweep: bool, min_face: float, longer_side: int) -> int:
    """Small while the faces are large, larger when they are small or somebody is missing."""
    find = size_for(min_face, FIND_PX, longer_side)
    if not outlook.faces:
        return find
    pixels = ALIGN_PX if outlook.undecided else FOLLOW_PX
    follow = size_for(outlook.smallest, pixels, longer_side)
    return max(find, follow) if sweep or outlook.missed else follow


class Detect:
    """Searches the frames of one stream when it is worth it."""

    def __init__(self, min_face: float, cadence: Cadence | None = None) -> None:
        self._min_face = min_face
        self._cadence = cadence or Cadence()
        self._motion = MotionGate()
        self._searched_at = self._swept_at = float("-inf")

    def __call__(self, detector: Detector, frame: Frame, outlook: Outlook) -> list[Face] | None:
        """The faces in ``frame``, or None when it was not searched."""
        now, changed = frame.taken_at, self._motion.changed(frame.image)
        if now - self._searched_at < wait(outlook, changed is not None, self._cadence):
            return None
        self._motion.searched()
        self._searched_at = now
        # Nobody was there at the last search: who is there now is, as a rule, where it changed.
        if changed and not outlook.faces and now - self._swept_at < self._cadence.idle:
            size = size_for(self._min_face, FIND_PX, max(changed.width, changed.height))
            return detector.detect(frame.image, size, changed)
        return detector.detect(frame.image, self._size(frame, outlook))

    def _size(self, frame: Frame, outlook: Outlook) -> int:
        now = frame.taken_at
        sweep = now - self._swept_at >= self._cadence.sweep
        if sweep or outlook.missed or not outlook.faces:
            self._swept_at = now
        return search_size(outlook, sweep, self._min_face, max(frame.image.shape[:2]))


class MotionGate:
    """Compares each frame with the one that was last searched for faces.

    Comparing with that frame, and not with the one just before, lets slow changes add up.
    """

    def __init__(self) -> None:
        self._reference: Thumbnail | None = None
        self._latest: Thumbnail | None = None

    def changed(self, image: Image) -> Box | None:
        """The part of ``image`` that differs from the last one searched, with a border;
        all of it before the first, None when nothing has changed."""
        height, width = image.shape[:2]
        self._latest = _thumbnail(image)
        before = self._reference
        if before is None or before.shape != self._latest.shape:
            return Box(0, 0, width, height)
        mask = np.asarray(cv2.absdiff(before, self._latest) > _STEP, np.uint8)
        if int(np.count_nonzero(mask)) < _PIXELS:
            return None
        return _around(cv2.boundingRect(mask), width / mask.shape[1], width, height)

    def searched(self) -> None:
        """The picture last given to :meth:`changed` has been searched for faces."""
        self._reference = self._latest


def _around(area: Sequence[int], scale: float, width: int, height: int) -> Box:
    """``area`` (x, y, width, height in thumbnail pixels) and a border, in picture pixels."""
    x, y, across, down = (value * scale for value in area)
    border = _AROUND * max(across, down)
    return Box(
        max(0.0, x - border),
        max(0.0, y - border),
        min(float(width), x + across + border),
        min(float(height), y + down + border),
    )


def _thumbnail(image: Image) -> Thumbnail:
    """The green channel in small: every n-th pixel first, since averaging all of a
    1080p frame would cost more than the gate is worth."""
    height, width = image.shape[:2]
    step = max(1, width // (_WIDTH * 3))
    green = np.ascontiguousarray(image[::step, ::step, 1])
    size = (_WIDTH, max(1, round(_WIDTH * height / width)))
    return cv2.resize(green, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
