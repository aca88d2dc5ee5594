"""InsightFace's SCRFD and ArcFace behind our protocols."""

import hashlib
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
from face_rec.models.packs.catalogue import Preprocessing
from face_rec.models.runtime.canvas import EVERY_SHAPE, Shapes, canvas_for, cut, face_in, spread

DETECTION_THRESHOLD = 0.5
"""InsightFace's own; quality asks for more where it matters."""
_ALIGNMENT = "similarity-5-v1"
"""Part of the contract; changes whenever :meth:`InsightEmbedder.align` does."""
_LARGEST_BATCH = 16
"""Bounds the memory that a crowd can ask for."""


class InsightDetector:
    """SCRFD on a canvas that has the picture's own shape: its cost grows with area, and
    padding a 16:9 picture to a square would nearly double it.

    ``shapes``: what the provider is shown. ``turn``: held while the model runs, for providers
    that cannot run one session in two threads.
    """

    def __init__(
        self,
        model: SCRFD,
        shapes: Shapes = EVERY_SHAPE,
        turn: AbstractContextManager[object] | None = None,
    ) -> None:
        model.det_thresh = DETECTION_THRESHOLD
        self._model = model
        self._shapes = shapes
        self._turn = turn or nullcontext()

    def detect(self, image: Image, size: int, region: Box | None = None) -> list[Face]:
        """Faces by falling score, boxes clipped to the picture; see ``protocols.Detector``."""
        left, top, part = cut(image, region)
        canvas = canvas_for(part, size, self._shapes.step)
        if canvas is None:
            return []
        rows, points = self._seen(part, size, canvas)
        offset = np.array([left, top], np.float32)
        found = (
            face_in(row, marks, offset, image) for row, marks in zip(rows, points, strict=True)
        )
        return [face for face in found if face is not None]

    def _seen(self, part: Image, size: int, canvas: tuple[int, int]) -> tuple[Matrix, Landmarks]:
        """Rows (left, top, right, bottom, score) and landmarks in pixels of ``part``."""
        side, scale = self._shapes.canvas, 1.0
        if side:
            canvas = side, side
            part, scale = spread(part, min(size, side), side)
        with self._turn:
            rows, points = self._model.detect(part, input_size=canvas)
        if scale != 1.0:
            rows[:, :4] /= scale
            points = points / scale
        return rows, points


class InsightEmbedder:
    """ArcFace, and whatever is shown faces as it is (SFace among them). ``sha256`` is that of
    the model's file; the dimension is asked of the model. ``shown``: what it wants to be shown,
    where InsightFace cannot read it from the graph. ``batch``: see
    :class:`~face_rec.models.runtime.canvas.Shapes`."""

    def __init__(
        self,
        model: ArcFaceONNX,
        sha256: str,
        turn: AbstractContextManager[object] | None = None,
        shown: Preprocessing | None = None,
        batch: int = 0,
    ) -> None:
        if shown:
            model.input_mean, model.input_std = shown.mean, shown.std
        self._model = model
        self._colours = shown.colours if shown else "RGB"
        self._side = int(model.input_size[0])
        self._turn = turn or nullcontext()
        self._batch = batch
        self._points = _where_landmarks_go(self._side)
        dimension = int(self._raw([np.zeros((self._side, self._side, 3), np.uint8)]).shape[1])
        self._contract = Contract(_digest(model, sha256, self._colours), dimension)

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
        step = (self._batch or _LARGEST_BATCH) if self.batches else 1
        parts = [self._raw(crops[i : i + step]) for i in range(0, len(crops), step)]
        rows = np.nan_to_num(np.concatenate(parts).astype(np.float32))
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(lengths > 1e-6, lengths, np.inf), np.float32)

    def _raw(self, crops: Sequence[Image]) -> Matrix:
        """What the model says to BGR crops; InsightFace turns them round and scales them."""
        if self._colours == "BGR":
            crops = [crop[..., ::-1] for crop in crops]
        with self._turn:
            return np.asarray(self._model.get_feat(self._filled(crops)), np.float32)[: len(crops)]

    def _filled(self, crops: Sequence[Image]) -> list[Image]:
        """A whole batch: the last face as often as it takes."""
        missing = self._batch - len(crops) if self.batches else 0
        return [*crops, *[crops[-1]] * missing]


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


def _digest(model: ArcFaceONNX, sha256: str, colours: str) -> str:
    """What makes embeddings comparable, in one short text."""
    facts = (sha256, *model.input_size, model.input_mean, model.input_std, colours, _ALIGNMENT)
    return hashlib.sha256("|".join(str(fact) for fact in facts).encode()).hexdigest()[:32]


def exclusive() -> AbstractContextManager[object]:
    """A turn that only one thread can have."""
    return threading.Lock()
