"""YuNet, OpenCV Zoo's detector, behind our protocol.

onnxruntime runs it, so that provider and threads are those of every other model; the decoding
follows ``cv2.FaceDetectorYN`` (OpenCV's modules/objdetect/src/face_detect.cpp), which the tests
compare it with.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Final

import cv2
import numpy as np
import onnxruntime

from face_rec.domain.faces import Box, Face, Image, Landmarks, Matrix
from face_rec.models.packs.manifest import YUNET_OUTPUTS
from face_rec.models.runtime.canvas import EVERY_SHAPE, Shapes, canvas_for, cut, face_in, spread

DETECTION_THRESHOLD: Final = 0.7
"""Of YuNet's own scores. On the 43 faces of ``../shared/photos`` it finds all of them up to 0.8,
with 2 boxes beside them at 0.7 and 8 at 0.5."""
OVERLAP: Final = 0.3
"""IoU above which the weaker of two boxes is the same face; ``cv2.FaceDetectorYN``'s own."""
_STRIDES: Final = (8, 16, 32)
_OWN: Final = (0.70, 0.82, 0.87, 0.90, 0.915, 0.93, 1.0)
_SCRFD: Final = (0.50, 0.65, 0.71, 0.765, 0.80, 0.84, 1.0)
"""Scores of the two detectors that the same share of faces reaches, measured on 67 photos of LFW
as they are, blurred, dark, noisy, covered and turned: what the limits of quality say of a face's
score was measured with SCRFD."""


class YuNetDetector:
    """YuNet on a canvas that has the picture's own shape, as :class:`InsightDetector` does it.

    ``turn``: held while the model runs, for providers that cannot run one session in two
    threads. ``shapes``: what the provider is shown.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        turn: AbstractContextManager[object] | None = None,
        shapes: Shapes = EVERY_SHAPE,
    ) -> None:
        self._session = session
        self._shapes = shapes
        self._input = session.get_inputs()[0].name
        self._turn = turn or nullcontext()

    def detect(self, image: Image, size: int, region: Box | None = None) -> list[Face]:
        """Faces by falling score (on SCRFD's scale), boxes clipped to the picture; see
        ``protocols.Detector``."""
        left, top, part = cut(image, region)
        canvas = canvas_for(part, size, self._shapes.step)
        if canvas is None:
            return []
        side = self._shapes.canvas
        shown, scale = spread(part, min(size, side), side) if side else _letterboxed(part, canvas)
        rows, points = _strongest(*self._answers(shown))
        rows[:, :4] /= scale
        rows[:, 4] = np.interp(rows[:, 4], _OWN, _SCRFD)
        offset = np.array([left, top], np.float32)
        found = (
            face_in(row, marks / scale, offset, image)
            for row, marks in zip(rows, points, strict=True)
        )
        return [face for face in found if face is not None]

    def _answers(self, shown: Image) -> tuple[Matrix, Landmarks]:
        blob = shown.transpose(2, 0, 1)[None].astype(np.float32)
        with self._turn:
            answers = self._session.run(YUNET_OUTPUTS, {self._input: blob})
        by_name = dict(zip(YUNET_OUTPUTS, answers, strict=True))
        parts = [_decoded(by_name, stride, shown.shape[1] // stride) for stride in _STRIDES]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _letterboxed(part: Image, canvas: tuple[int, int]) -> tuple[Image, float]:
    """``part`` shrunk into the canvas (width, height) and padded at right and bottom with
    black; and by what it was multiplied."""
    width, height = canvas
    scale = min(width / part.shape[1], height / part.shape[0])
    inner = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    shown = np.zeros((height, width, 3), np.uint8)
    shown[: inner[1], : inner[0]] = cv2.resize(part, inner)
    return shown, scale


def _decoded(answers: dict[str, Matrix], stride: int, columns: int) -> tuple[Matrix, Landmarks]:
    """Rows (left, top, right, bottom, score) and (N, 5, 2) landmarks of one stride, of anchors
    above the threshold, in pixels of the canvas."""
    share, there = (answers[f"{kind}_{stride}"][0].clip(0, 1) for kind in ("cls", "obj"))
    scores = np.sqrt(share * there)[:, 0]
    (kept,) = np.nonzero(scores >= DETECTION_THRESHOLD)
    place = np.stack([kept % columns, kept // columns], axis=1).astype(np.float32)
    box, marks = (answers[f"{kind}_{stride}"][0, kept] for kind in ("bbox", "kps"))
    middle, half = (place + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride / 2
    rows = np.concatenate([middle - half, middle + half, scores[kept, None]], axis=1)
    return rows, (marks.reshape(-1, 5, 2) + place[:, None]) * stride


def _strongest(rows: Matrix, points: Landmarks) -> tuple[Matrix, Landmarks]:
    """One row a face, by falling score."""
    boxes = np.concatenate([rows[:, :2], rows[:, 2:4] - rows[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), rows[:, 4].tolist(), DETECTION_THRESHOLD, OVERLAP)
    order = np.asarray(kept, np.int64).ravel()
    return rows[order], points[order]
