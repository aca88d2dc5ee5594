"""InsightFace's SCRFD and ArcFace behind our protocols."""

import hashlib
import math
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

import cv2
import numpy as np
from insightface.model_zoo.arcface_onnx import ArcFaceONNX
from insightface.model_zoo.scrfd import SCRFD
from insightface.utils.face_align import arcface_dst

from face_rec.domain.faces import Box, Face, Image, Landmarks, Matrix
from face_rec.domain.people import Contract

DETECTION_THRESHOLD = 0.5
"""InsightFace's own; quality asks for more where it matters."""
_STRIDE = 32
"""SCRFD's coarsest: both sides of what it sees are multiples of it."""
_ALIGNMENT = "similarity-5-v1"
"""Part of the contract; changes whenever :meth:`InsightEmbedder.align` does."""
_LARGEST_BATCH = 16
"""Bounds the memory that a crowd can ask for."""


class InsightDetector:
    """SCRFD on a canvas that has the picture's own shape: its cost grows with area, and
    padding a 16:9 picture to a square would nearly double it.

    ``step``: to what multiple canvas sides are rounded up. ``turn``: held while the model
    runs, for providers that cannot run one session in two threads.
    """

    def __init__(
        self, model: SCRFD, step: int = _STRIDE, turn: AbstractContextManager[object] | None = None
    ) -> None:
        model.det_thresh = DETECTION_THRESHOLD
        self._model = model
        self._step = step
        self._turn = turn or nullcontext()

    def detect(self, image: Image, size: int, region: Box | None = None) -> list[Face]:
        """Faces by falling score, boxes clipped to the picture; see ``protocols.Detector``."""
        left, top, part = _cut(image, region)
        canvas = _canvas(part, size, self._step)
        if canvas is None:
            return []
        with self._turn:
            rows, points = self._model.detect(part, input_size=canvas)
        offset = np.array([left, top], np.float32)
        found = (_face(row, marks, offset, image) for row, marks in zip(rows, points, strict=True))
        return [face for face in found if face is not None]


def _cut(image: Image, region: Box | None) -> tuple[int, int, Image]:
    """The part of ``image`` to search, with its left and top."""
    height, width = image.shape[:2]
    if region is None:
        return 0, 0, image
    left, top = max(0, math.floor(region.left)), max(0, math.floor(region.top))
    right, bottom = min(width, math.ceil(region.right)), min(height, math.ceil(region.bottom))
    return left, top, image[top : max(bottom, top), left : max(right, left)]


def _canvas(part: Image, size: int, step: int) -> tuple[int, int] | None:
    """Width and height that the model is to see; None for a picture with no room for a face
    (empty, or a strip that would shrink to nothing)."""
    height, width = part.shape[:2]
    if min(height, width) < 4:
        return None
    longer = _rounded_up(size, step)
    scale = longer / max(height, width)
    if min(height, width) * scale < 4:
        return None
    return _rounded_up(width * scale, step), _rounded_up(height * scale, step)


def _rounded_up(length: float, step: int) -> int:
    return max(1, math.ceil(length / step - 1e-6)) * step


def _face(row: Matrix, marks: Landmarks, offset: Landmarks, image: Image) -> Face | None:
    """A row (left, top, right, bottom, score) as a face; None if it lies outside ``image``."""
    if not (np.isfinite(row).all() and np.isfinite(marks).all()):
        return None
    height, width = image.shape[:2]
    left, right = np.clip(row[[0, 2]] + offset[0], 0, width)
    top, bottom = np.clip(row[[1, 3]] + offset[1], 0, height)
    if right - left < 1 or bottom - top < 1:
        return None
    box = Box(float(left), float(top), float(right), float(bottom))
    return Face(box, float(row[4]), (marks + offset).astype(np.float32))


class InsightEmbedder:
    """ArcFace. ``sha256`` is that of the model's file; the dimension is asked of the model."""

    def __init__(
        self, model: ArcFaceONNX, sha256: str, turn: AbstractContextManager[object] | None = None
    ) -> None:
        self._model = model
        self._side = int(model.input_size[0])
        self._turn = turn or nullcontext()
        self._points = _where_landmarks_go(self._side)
        dimension = int(self._raw([np.zeros((self._side, self._side, 3), np.uint8)]).shape[1])
        self._contract = Contract(_digest(model, sha256), dimension)

    @property
    def contract(self) -> Contract:
        return self._contract

    @property
    def batches(self) -> bool:
        """Whether the model's batch axis is free."""
        return not isinstance(self._model.input_shape[0], int)

    def align(self, image: Image, face: Face) -> Image:
        """(S, S, 3) BGR, the five landmarks where the model expects them."""
        matrix = similarity(face.landmarks, self._points)
        crop = cv2.warpAffine(image, matrix, (self._side, self._side), borderValue=0.0)
        return np.asarray(crop, np.uint8)

    def embed(self, crops: Sequence[Image]) -> Matrix:
        """(len(crops), D) float32, L2-normalised; a row is zero (it matches nobody) where the
        model gave no direction."""
        if not crops:
            return np.zeros((0, self._contract.dimension), np.float32)
        step = _LARGEST_BATCH if self.batches else 1
        parts = [self._raw(crops[i : i + step]) for i in range(0, len(crops), step)]
        rows = np.nan_to_num(np.concatenate(parts).astype(np.float32))
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(lengths > 1e-6, lengths, np.inf), np.float32)

    def _raw(self, crops: Sequence[Image]) -> Matrix:
        """What the model says to BGR crops; InsightFace turns them to RGB and scales them."""
        with self._turn:
            return np.asarray(self._model.get_feat(list(crops)), np.float32)


def similarity(source: Landmarks, target: Landmarks) -> Matrix:
    """(2, 3) float32: the rotation, scale and shift that bring ``source`` closest to ``target``.

    Least squares over points as complex numbers, w ≈ a z + b; the same result as
    scikit-image's SimilarityTransform in InsightFace's ``norm_crop``. Points that all coincide
    give a matrix that shows one colour.
    """
    z = source[:, 0].astype(np.float64) + 1j * source[:, 1]
    w = target[:, 0].astype(np.float64) + 1j * target[:, 1]
    centred = z - z.mean()
    spread = float(np.sum(np.abs(centred) ** 2))
    a = np.sum(centred.conj() * (w - w.mean())) / spread if spread > 1e-9 else 1e6 + 0j
    b = w.mean() - a * z.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]], np.float32)


def _where_landmarks_go(side: int) -> Landmarks:
    """ArcFace's five points for crops of ``side`` px (112 and 128 differ by a border)."""
    if side % 112 == 0:
        return np.asarray(arcface_dst * (side / 112), np.float32)
    return np.asarray((arcface_dst + np.array([8.0, 0.0])) * (side / 128), np.float32)


def _digest(model: ArcFaceONNX, sha256: str) -> str:
    """What makes embeddings comparable, in one short text."""
    facts = (sha256, *model.input_size, model.input_mean, model.input_std, "RGB", _ALIGNMENT)
    return hashlib.sha256("|".join(str(fact) for fact in facts).encode()).hexdigest()[:32]


def exclusive() -> AbstractContextManager[object]:
    """A turn that only one thread can have."""
    return threading.Lock()
