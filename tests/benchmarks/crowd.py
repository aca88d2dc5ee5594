"""The crowd of the video: who is who, followed back from the end frame by frame.

People are enrolled from the last frames, and recognised in those before. What is true of
the others is known by following each face backwards with a close search of every frame.
"""

import functools
from collections.abc import Mapping

import numpy as np

from face_rec.entities import Box, Face, Matrix
from face_rec.journey.geometry import boxes_of, iou
from tests.benchmarks import material

RATE = 25
_ENROLLED = 10
"""Frames at the end, for enrolment only."""
_FROM = (1, 5, 9)
"""Frames before the end that give a template."""
_CLOSE = 960
"""Detector's input, px: finds all that the loops compared here find."""
_SAME = 0.3
"""Overlap of one face in two neighbouring frames."""
_LARGE = 60
"""px; who is smaller at the end is not enrolled."""

Trail = Mapping[int, Face]
"""A face by frame number."""


def frames() -> tuple[material.Image, ...]:
    """Those to recognise people in."""
    return material.crowd_video()[:-_ENROLLED]


@functools.cache
def trails(pack: str) -> Mapping[str, Trail]:
    """Everybody who is large enough at the end: where they are in each frame."""
    detector = material.models_of(pack).detector
    video = material.crowd_video()
    last = len(video) - 1
    large = [f for f in detector.detect(video[last], _CLOSE) if f.box.width >= _LARGE]
    found: dict[str, dict[int, Face]] = {f"p{n}": {last: face} for n, face in enumerate(large)}
    for number in range(last - 1, -1, -1):
        faces = detector.detect(video[number], _CLOSE)
        for trail in found.values():
            face = _next(trail, number, faces)
            if face is not None:
                trail[number] = face
    return found


def _next(trail: Trail, number: int, faces: list[Face]) -> Face | None:
    """Who of ``faces`` was lately where ``trail`` ends; two frames may be missed."""
    before = min(trail)
    if not faces or before - number > 3:
        return None
    overlap = iou(boxes_of([trail[before]]), boxes_of(faces))[0]
    return faces[int(overlap.argmax())] if overlap.max() > _SAME else None


@functools.cache
def templates(pack: str) -> Mapping[str, Matrix]:
    """(1 to 3, D) of everybody, from the frames kept for enrolment."""
    embedder = material.models_of(pack).embedder
    video = material.crowd_video()
    numbers = [len(video) - back for back in _FROM]
    return {
        name: embedder.embed(
            [embedder.align(video[n], trail[n]) for n in numbers if n in trail]
        )
        for name, trail in trails(pack).items()
    }


def is_right(pack: str, who: str, frame: int, box: Box) -> bool:
    """Whether ``who`` was there in that frame, or in the one before or after."""
    trail = trails(pack)[who]
    near = [trail[n].box for n in (frame - 1, frame, frame + 1) if n in trail]
    return any(_overlap(box, other) > _SAME for other in near)


def _overlap(a: Box, b: Box) -> float:
    rows = np.array([[(x.left, x.top, x.right, x.bottom)] for x in (a, b)], np.float64)
    return float(iou(rows[0], rows[1])[0, 0])
