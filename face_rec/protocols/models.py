"""What the journey asks of recognition models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from face_rec.domain.faces import Box, Face, Image, Matrix, Quality
from face_rec.domain.people import Contract

Progress = Callable[[int, int], None]
"""Called with (done, total); total 0 means unknown."""


class Detector(Protocol):
    """Finds faces. Safe to call from several threads at once."""

    def detect(self, image: Image, size: int, region: Box | None = None) -> list[Face]:
        """Faces in ``image`` (BGR), found with the longer side scaled to ``size`` px.

        ``size`` is rounded up to a multiple of 32. With ``region`` only that
        part is searched; boxes and landmarks are always in pixels of ``image``.
        """
        ...


class Embedder(Protocol):
    """Turns faces into embeddings. Safe to call from several threads at once."""

    @property
    def contract(self) -> Contract: ...

    @property
    def batches(self) -> bool:
        """Whether several crops at once cost less than one by one."""
        ...

    def align(self, image: Image, face: Face) -> Image:
        """The aligned crop (S, S, 3) BGR that :meth:`embed` wants (S = 112)."""
        ...

    def embed(self, crops: Sequence[Image]) -> Matrix:
        """(len(crops), D) float32, L2-normalised, one row a crop."""
        ...


class Calibration(Protocol):
    """What the scores of one recognition model mean."""

    def threshold(self, people: int) -> float:
        """Lowest score that may name somebody among ``people`` (FAR ≤ 0.005/N). Where people
        have several templates each, N is the number of templates."""
        ...

    def margin(self, people: int) -> float:
        """Least lead over the second-best person."""
        ...

    def alike(self, people: int) -> float:
        """Lowest cosine of two photos that may show one person, among so many people."""
        ...

    @property
    def largest_gallery(self) -> int:
        """Beyond this many templates the threshold is no measurement any more."""
        ...


class LifeModels(Protocol):
    """Tells faces from pictures of faces, one picture at a time. Safe to call from several
    threads at once."""

    @property
    def licence(self) -> str:
        """As the publisher states it."""
        ...

    @property
    def count(self) -> int:
        """Of models that look at a face."""
        ...

    def scores(
        self, image: Image, faces: Sequence[Face], turns: Sequence[int] | None = None
    ) -> list[float | None]:
        """How live each of ``faces`` of ``image`` (BGR) looks, 0 to 1, to all models in the mean,
        or to the one whose turn it is; None where it cannot be told, because the face is too near
        or too close to the picture's edge."""
        ...


class FaceQuality(Protocol):
    """Says how good a face is for recognition. Safe to call from several threads at once."""

    def score(self, crop: Image) -> float:
        """Of an aligned face (112, 112, 3) BGR; higher is better."""
        ...


@dataclass(frozen=True, slots=True)
class FaceModels:
    """A loaded, warmed-up pack; ``life`` is None where no liveness models are installed, and
    ``quality`` where no quality model is."""

    pack: str
    provider: str
    detector: Detector
    embedder: Embedder
    calibration: Calibration
    custom: bool = False
    life: LifeModels | None = None
    quality: FaceQuality | None = None

    @property
    def contract(self) -> Contract:
        return self.embedder.contract


class ModelSource(Protocol):
    """The pack in use; None while there is none (not installed, still loading)."""

    def current(self) -> FaceModels | None: ...


class Assessor(Protocol):
    """Measures how good one face in one picture is."""

    def __call__(self, image: Image, face: Face) -> Quality: ...
