"""Track: the same face from frame to frame.

A track is why recognition is cheap (a face is embedded once, not in every frame)
and why it is safe (several looks of one track must agree). When two tracks come
so close that they could be taken for each other, their looks so far prove
nothing: ``epoch`` moves on, and whoever keeps looks by (track, epoch) starts anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from face_rec.domain.faces import Box, Face

Floats = npt.NDArray[np.float64]

CARRY = 0.3
"""Seconds that a box is carried on by its speed; a guess further ahead does harm."""
LOST_AFTER, LOST_MISSES = 0.5, 3
"""A track ends when it was missed this often and this long (s) …"""
GONE_AFTER = 3.0
"""… or when nothing was seen for so long (s), whatever was searched."""
CROSSING = 0.25
"""Two tracks are contested when this much of the smaller box is covered."""
_IMPOSSIBLE = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One face over time.

    ``face`` is where it is now, ``measured`` where the detector last saw it, at
    ``seen_at`` (s); ``fresh`` says that it was in this very frame. ``velocity`` is in px/s.
    """

    id: int
    face: Face
    measured: Face
    seen_at: float
    velocity: tuple[float, float] = (0.0, 0.0)
    misses: int = 0
    epoch: int = 0
    contested: bool = False
    fresh: bool = True


class Tracker:
    """Gives faces their track numbers. One stream, one thread at a time."""

    def __init__(self) -> None:
        self._tracks: tuple[Track, ...] = ()
        self._next = 1

    def __call__(self, faces: Sequence[Face] | None, now: float) -> tuple[Track, ...]:
        """The tracks at ``now``, after a search that found ``faces`` (None: no search)."""
        recent = [track for track in self._tracks if now - track.seen_at <= GONE_AFTER]
        carried = [_carry(track, now) for track in recent]
        moved = carried if faces is None else self._follow(carried, faces, now)
        self._tracks = _contest([track for track in moved if not _lost(track, now)])
        return self._tracks

    def _follow(self, tracks: list[Track], faces: Sequence[Face], now: float) -> list[Track]:
        pairs = assign([track.face for track in tracks], faces)
        followed = [
            _seen(track, faces[pairs[index]], now) if index in pairs else _missed(track)
            for index, track in enumerate(tracks)
        ]
        taken = set(pairs.values())
        born = [self._birth(f, now) for index, f in enumerate(faces) if index not in taken]
        return followed + born

    def _birth(self, face: Face, now: float) -> Track:
        number, self._next = self._next, self._next + 1
        return Track(number, face, face, now)


def assign(known: Sequence[Face], found: Sequence[Face]) -> dict[int, int]:
    """Which of ``found`` is which of ``known``: index to index, the cheapest pairs overall."""
    if not known or not found:
        return {}
    costs = _costs(known, found)
    rows, columns = linear_sum_assignment(costs)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: column for row, column in pairs if costs[row, column] < _IMPOSSIBLE}


def _costs(known: Sequence[Face], found: Sequence[Face]) -> Floats:
    """Landmark distance in face sizes, plus what the boxes do not share."""
    a, b = boxes_of(known), boxes_of(found)
    size_a, size_b = np.sqrt(areas(a))[:, None], np.sqrt(areas(b))[None, :]
    apart = landmarks_of(known)[:, None] - landmarks_of(found)[None]
    distance = np.linalg.norm(apart, axis=-1).mean(axis=-1) / np.maximum((size_a + size_b) / 2, 1)
    overlap = iou(a, b)
    alike = (size_a < 2 * size_b) & (size_b < 2 * size_a)
    near = (overlap > 0.15) | (distance < 0.6)
    return np.where(alike & near, distance + 1 - overlap, _IMPOSSIBLE)


def _carry(track: Track, now: float) -> Track:
    ahead = min(now - track.seen_at, CARRY)
    face = shifted(track.measured, track.velocity[0] * ahead, track.velocity[1] * ahead)
    return replace(track, face=face, fresh=False)


def _seen(track: Track, face: Face, now: float) -> Track:
    elapsed = max(now - track.seen_at, 1e-3)
    (x, y), (old_x, old_y) = face.box.centre, track.measured.box.centre
    speed = ((x - old_x) / elapsed, (y - old_y) / elapsed)
    # Half old, half new: detector jitter on a standing face must not shake its box.
    velocity = ((speed[0] + track.velocity[0]) / 2, (speed[1] + track.velocity[1]) / 2)
    return replace(
        track, face=face, measured=face, seen_at=now, velocity=velocity, misses=0, fresh=True
    )


def _missed(track: Track) -> Track:
    return replace(track, misses=track.misses + 1)


def _lost(track: Track, now: float) -> bool:
    return now - track.seen_at > LOST_AFTER and track.misses >= LOST_MISSES


def _contest(tracks: list[Track]) -> tuple[Track, ...]:
    """Mark the tracks that could be taken for each other; a new contest voids the looks."""
    if len(tracks) < 2:
        return tuple(_settle(track, contested=False) for track in tracks)
    boxes = boxes_of([track.face for track in tracks])
    shared = covered(boxes, boxes)
    np.fill_diagonal(shared, 0.0)
    contested = (shared.max(axis=1) > CROSSING).tolist()
    return tuple(_settle(t, contested=c) for t, c in zip(tracks, contested, strict=True))


def _settle(track: Track, *, contested: bool) -> Track:
    if contested == track.contested:
        return track
    return replace(track, contested=contested, epoch=track.epoch + contested)


# --- boxes and landmarks as arrays


def boxes_of(faces: Sequence[Face]) -> Floats:
    """(N, 4): left, top, right, bottom in px."""
    rows = [(f.box.left, f.box.top, f.box.right, f.box.bottom) for f in faces]
    return np.array(rows, np.float64).reshape(len(rows), 4)


def landmarks_of(faces: Sequence[Face]) -> Floats:
    """(N, 5, 2) px."""
    return np.array([f.landmarks for f in faces], np.float64).reshape(len(faces), 5, 2)


def areas(boxes: Floats) -> Floats:
    """(N,) px²."""
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None)
    return np.asarray(sides[:, 0] * sides[:, 1])


def intersections(a: Floats, b: Floats) -> Floats:
    """(len(a), len(b)) px² shared by each pair of boxes."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.clip(high - low, 0.0, None)
    return np.asarray(sides[..., 0] * sides[..., 1])


def iou(a: Floats, b: Floats) -> Floats:
    """(len(a), len(b)) intersection over union, 0 to 1."""
    shared = intersections(a, b)
    union = areas(a)[:, None] + areas(b)[None, :] - shared
    return np.asarray(shared / np.maximum(union, 1e-9))


def covered(a: Floats, b: Floats) -> Floats:
    """(len(a), len(b)) shared area over the smaller box's area, 0 to 1."""
    smaller = np.minimum(areas(a)[:, None], areas(b)[None, :])
    return np.asarray(intersections(a, b) / np.maximum(smaller, 1e-9))


def shifted(face: Face, dx: float, dy: float) -> Face:
    """``face`` moved by (dx, dy) px."""
    if not dx and not dy:
        return face
    box = face.box
    moved = Box(box.left + dx, box.top + dy, box.right + dx, box.bottom + dy)
    offset = np.array([dx, dy], np.float32)
    return Face(moved, face.score, (face.landmarks + offset).astype(np.float32))
