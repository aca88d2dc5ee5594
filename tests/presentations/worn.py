"""A print of somebody's face that somebody else wears: cut out, or only a part of it."""

import cv2
import numpy as np

from tests.presentations.camera import Floats
from tests.presentations.heads import Head, Turned
from tests.presentations.identities import Photo
from tests.presentations.surfaces import PAPER, printed


class Worn:
    """A print of ``victim`` on the face of ``wearer``, eyes over eyes. ``whole``: all of the face,
    with holes for the eyes; else a part from the brows to the mouth without. ``edge``: a
    rectangle of paper; else cut along the face."""

    def __init__(self, wearer: Head, victim: Photo, *, whole: bool, edge: bool) -> None:
        self._rest = wearer.landmarks
        sheet = _sheet(victim, edge=edge)
        cut = _cut(victim, whole=whole, edge=edge)
        matrix = _similar(victim.face.landmarks, wearer.landmarks)
        size = wearer.size
        self._print = cv2.warpAffine(sheet, matrix, size, flags=cv2.INTER_AREA)
        self._cut = cv2.warpAffine(cut, matrix, size, flags=cv2.INTER_AREA)

    def on(self, head: Turned) -> Turned:
        """``head`` with the print on it, which lies flat and goes along."""
        matrix = _affine(self._rest, head.landmarks)
        size = (head.image.shape[1], head.image.shape[0])
        image = cv2.warpAffine(self._print, matrix, size)
        cut = cv2.warpAffine(self._cut, matrix, size)
        shadow = cv2.GaussianBlur(cut, (0, 0), 4)[..., None] * (1 - cut[..., None]) * 0.35
        under = head.image * (1 - shadow)
        mixed = under * (1 - cut[..., None]) + image * cut[..., None]
        person = np.maximum(head.person, cut)
        return Turned(
            np.asarray(mixed, np.float32), np.asarray(person, np.float32), head.landmarks
        )


def _sheet(victim: Photo, *, edge: bool) -> Floats:
    """(H, W, 3): the print, with a white rim where it has an edge."""
    image = printed(victim.image.astype(np.float32))
    if edge:
        left, top, right, bottom = _paper(victim, 0.0)
        rim = np.ones(image.shape[:2], bool)
        rim[max(0, top) : bottom, max(0, left) : right] = False
        image[rim] = PAPER
    return image


def _cut(victim: Photo, *, whole: bool, edge: bool) -> Floats:
    """(H, W), 0 to 1: what is there of the print."""
    cut = np.zeros(victim.image.shape[:2], np.uint8)
    (x, y), wide, high = victim.face.box.centre, victim.face.box.width, victim.face.box.height
    if edge:
        left, top, right, bottom = _paper(victim, 0.06)
        cut[max(0, top) : bottom, max(0, left) : right] = 255
    else:
        axes = (round(0.52 * wide), round(0.53 * high))
        cv2.ellipse(cut, (round(x), round(y)), axes, 0, 0, 360, 255, -1)
    eyes, mouth = victim.face.landmarks[:2], victim.face.landmarks[3:]
    if whole:
        for eye in eyes:
            hole = (round(0.11 * wide), round(0.055 * high))
            cv2.ellipse(cut, (round(float(eye[0])), round(float(eye[1]))), hole, 0, 0, 360, 0, -1)
    else:
        cut[: max(0, round(float(eyes[:, 1].mean() - 0.16 * high)))] = 0
        cut[round(float(mouth[:, 1].mean() + 0.06 * high)) :] = 0
    return np.asarray(cv2.GaussianBlur(cut.astype(np.float32) / 255, (0, 0), 0.6), np.float32)


def _paper(victim: Photo, rim: float) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a rectangle about the face, wider by ``rim`` of its width."""
    box = victim.face.box
    (x, y), wide, high = box.centre, (0.68 + rim) * box.width, 0.66 * box.height + rim * box.width
    return round(x - wide), round(y - high), round(x + wide), round(y + high)


def _similar(source: Floats, target: Floats) -> Floats:
    matrix, _ = cv2.estimateAffinePartial2D(source, target, method=cv2.LMEDS)
    return np.asarray(matrix, np.float32)


def _affine(source: Floats, target: Floats) -> Floats:
    """(2, 3): the affine map of least squares."""
    known = np.column_stack([source, np.ones(len(source))])
    return np.asarray(np.linalg.lstsq(known, target, rcond=None)[0].T, np.float32)
