"""Texture models: how much a face and what is around it look like the real thing, in one picture.

The contract of MiniFASNet was pinned by its answers (``tests/unit/models/test_texture.py``):
pixels as they come, BGR and 0 to 255, neither scaled to 1 nor normalised, although several of its
ports say so; scaled to 1 it gives the same answer to everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from face_rec.domain.errors import PackBroken
from face_rec.domain.faces import Box, Face, Image
from face_rec.languages.sentence import sentence
from face_rec.models.packs.liveness_pack import LivenessPack

SIDE: Final = 80
OVERHANG: Final = 0.125
"""Share of a crop's side that it may be moved by to lie in the picture. MiniFASNet was trained on
crops that were moved so; moved further, or made smaller, its answers are worth little."""

Floats = npt.NDArray[np.float32]
Crop = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels; the last two exclusive."""


@dataclass(frozen=True, slots=True, eq=False)
class TextureModel:
    """A loaded model; see :class:`~face_rec.models.packs.liveness_pack.TextureFile`."""

    session: onnxruntime.InferenceSession
    scale: float
    live: int

    def __call__(self, crops: Sequence[Image]) -> Floats:
        """(N,) probabilities that crops (80, 80, 3) BGR are of live faces."""
        pictures = np.stack(crops).astype(np.float32).transpose(0, 3, 1, 2)
        feed = {self.session.get_inputs()[0].name: np.ascontiguousarray(pictures)}
        logits = np.asarray(self.session.run(None, feed)[0], np.float64)
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(raised[:, self.live] / raised.sum(axis=1), np.float32)


class TextureModels:
    """Implements ``protocols.models.LifeModels``: the mean of all models of a pack.

    They run on the CPU whatever MODEL_PROVIDER says: pictures of 80 pixels gain nothing elsewhere.
    """

    def __init__(self, models: Sequence[TextureModel], licence: str) -> None:
        self._models = tuple(models)
        self.licence = licence

    @property
    def count(self) -> int:
        return len(self._models)

    def scores(
        self, image: Image, faces: Sequence[Face], turns: Sequence[int] | None = None
    ) -> list[float | None]:
        """How live each face looks, 0 to 1: to all models, or to the one with the number of its
        turn; None where a model's crop does not fit the picture, whoever's turn it is."""
        places = [self._places(image, face.box) for face in faces]
        answers: list[list[float]] = [[] for _ in faces]
        for index, model in enumerate(self._models):
            asked = [
                (number, place[index])
                for number, place in enumerate(places)
                if place is not None and (turns is None or turns[number] % self.count == index)
            ]
            if asked:
                found = model([_cut(image, place) for _, place in asked])
                for (number, _), score in zip(asked, found.tolist(), strict=True):
                    answers[number].append(score)
        return [fmean(scores) if scores else None for scores in answers]

    def _places(self, image: Image, box: Box) -> list[Crop] | None:
        found = [place_of(image, box, model.scale) for model in self._models]
        return [one for one in found if one is not None] if all(found) else None


def place_of(image: Image, box: Box, scale: float) -> Crop | None:
    """Where a model that sees ``scale`` times ``box`` looks; None where that does not fit."""
    height, width = image.shape[:2]
    across = _span(box.centre[0], box.width * scale, width)
    down = _span(box.centre[1], box.height * scale, height)
    return (across[0], down[0], across[1], down[1]) if across and down else None


def _span(centre: float, length: float, limit: int) -> tuple[int, int] | None:
    """From where to where, moved into 0 … ``limit`` by at most OVERHANG of its length."""
    low = centre - length / 2
    moved = min(max(low, 0.0), limit - length)
    if length < 1 or moved < 0 or abs(moved - low) > OVERHANG * length:
        return None
    return int(moved), min(limit, int(moved + length) + 1)


def _cut(image: Image, place: Crop) -> Image:
    left, top, right, bottom = place
    return np.asarray(cv2.resize(image[top:bottom, left:right], (SIDE, SIDE)), np.uint8)


def load_textures(pack: LivenessPack, threads: int) -> TextureModels:
    """The models of a verified pack, run once; raises PackBroken."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # cores are shared
    models = []
    for one in pack.models:
        path = pack.folder / one.name
        try:
            session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            model = TextureModel(session, one.scale, one.live)
            answer = model([np.full((SIDE, SIDE, 3), 128, np.uint8)] * 2)
        except Exception as error:  # onnxruntime raises many kinds
            raise PackBroken(
                sentence(
                    "{path} does not run as a liveness model ({error}).", path=path, error=error
                )
            ) from error
        if answer.shape != (2,) or not np.isfinite(answer).all():
            raise PackBroken(sentence("{path} gives no probability for each face.", path=path))
        models.append(model)
    return TextureModels(models, pack.licence)
