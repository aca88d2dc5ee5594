"""Many presentations, by two processes: each is rendered from all sides once and answers often."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
import numpy as np
from tqdm import tqdm

from face_rec.domain.faces import Image, Matrix
from face_rec.domain.liveness import Failure
from face_rec.models.model_service import ModelService
from face_rec.protocols.models import FaceModels
from tests.data import shared_data
from tests.presentations.identities import Identity, identities, photo_of
from tests.presentations.studio import Studio
from tests.turns.attempts import tries
from tests.turns.movements import ByItself, Movement, Obeys, practised, willing
from tests.turns.presenters import PRESENTERS
from tests.turns.views import Views, views_of

PERFECT: Final = "video_perfect"
"""A video by itself whose every turn is read as one: what luck alone is worth."""
_PROCESSES: Final = 2
_NAMED_AMONG: Final = 100
"""People among whom the victim is named."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One presentation of ``who`` before one kiosk: what each of its tries came to, and the
    seconds that it took; empty: it was not named as the victim."""

    species: str
    who: str
    tries: Sequence[tuple[Failure | None, float]]


def measure(
    species: Sequence[str], people: int, times: int, seed: int, *, tune: bool
) -> list[Answered]:
    """``people`` shown as each of ``species``, each of which answers so many ``times``."""
    jobs = [(kind, number) for number in range(people) for kind in species]
    found = list(_answers(PERFECT, Views.perfect(), people * times, seed))
    context = get_context("spawn")
    with ProcessPoolExecutor(
        _PROCESSES, initializer=_open, initargs=(tune, seed), mp_context=context
    ) as pool:
        waiting = {pool.submit(_seen, *job): job[0] for job in jobs}
        for one in tqdm(as_completed(waiting), total=len(jobs), unit="presentation"):
            found += _answers(waiting[one], one.result(), times, seed)
    return found


def _answers(species: str, views: Views, times: int, seed: int) -> list[Answered]:
    if views.front is None:
        return [Answered(species, views.who, ())] * times
    random = np.random.default_rng([seed, *species.encode(), *views.who.encode()])
    return [
        Answered(species, views.who, tries(views, _movement(species, views, random), random))
        for _ in range(times)
    ]


def _movement(species: str, views: Views, random: np.random.Generator) -> Movement:
    if species.startswith("video"):
        return ByItself(practised(views), random)
    heads = {"live", "print_cut_out", "print_partial"}
    return Obeys(willing() if species in heads else practised(views), random)


class _Stage:
    """The people of one process, and the models that look at them."""

    def __init__(self, tune: bool, seed: int, folder: Path) -> None:
        self._models = ModelService(folder, str(shared_data("models/buffalo_sc"))).load()
        self._people = identities(shared_data("faces/people"), tuning=tune)
        self._seed = seed
        videos = shared_data("videos")
        self._studio = Studio(self._people, videos, self._models.detector, seed)
        self._vectors = cache(self._enrolled)

    def seen(self, species: str, number: int) -> Views:
        random = np.random.default_rng([self._seed, number, *species.encode()])
        photo, head = self._studio.somebody(random, number)
        _, other = self._studio.somebody(random, number + len(self._people) // 2)
        shown = PRESENTERS[species](photo, head, other, random)
        threshold = self._models.calibration.threshold(_NAMED_AMONG)
        return views_of(photo.who, shown, self._models, self._vectors(photo.who), threshold)

    def _enrolled(self, who: str) -> Matrix:
        (person,) = (one for one in self._people if one.name == who)
        return self._models.embedder.embed([*_crops(person, self._models)])


def _crops(person: Identity, models: FaceModels) -> Iterator[Image]:
    for path in person.enrol:
        photo = photo_of(path, person.name, models.detector)
        if photo is not None:
            yield models.embedder.align(photo.image, photo.face)


_stages: list[_Stage] = []
"""The one of this process."""


def _open(tune: bool, seed: int) -> None:
    cv2.setNumThreads(1)  # each process has a core
    with TemporaryDirectory() as folder:
        _stages.append(_Stage(tune, seed, Path(folder)))


def _seen(species: str, number: int) -> Views:
    return _stages[0].seen(species, number)
