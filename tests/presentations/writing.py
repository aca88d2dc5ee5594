"""Clips written by as many processes as there are cores."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import cv2
from tqdm import tqdm

from face_rec.models.model_service import ModelService
from tests.data import shared_data
from tests.presentations.identities import identities
from tests.presentations.studio import Studio, save

LIVE: Final = "live"
"""The species of none: rendered heads, filmed once."""
_BATCH: Final = 10
_studios: list[Studio] = []
"""The one of this process."""


def studio(*, tuning: bool, seed: int, folder: Path) -> Studio:
    """Of the people and videos in ``../shared``; ``folder`` is for the detector's service."""
    models = ModelService(folder, str(shared_data("models/buffalo_sc"))).load()
    people = identities(shared_data("faces/people"), tuning=tuning)
    return Studio(people, shared_data("videos"), models.detector, seed)


def write(out: Path, species: Sequence[str], clips: int, *, tuning: bool, seed: int) -> None:
    """``clips`` of each of ``species`` (LIVE among them) under ``out``."""
    starts = range(0, clips, _BATCH)
    jobs = [(kind, n, min(n + _BATCH, clips)) for n in starts for kind in species]
    context = get_context("spawn")
    with ProcessPoolExecutor(
        initializer=_open, initargs=(tuning, seed), mp_context=context
    ) as pool:
        waiting = [pool.submit(_write, out, *job) for job in jobs]
        with tqdm(total=clips * len(species), unit="clip") as bar:
            for one in as_completed(waiting):
                bar.update(one.result())


def _open(tuning: bool, seed: int) -> None:
    cv2.setNumThreads(1)  # each process has a core
    with TemporaryDirectory() as folder:
        _studios.append(studio(tuning=tuning, seed=seed, folder=Path(folder)))


def _write(out: Path, species: str, start: int, end: int) -> int:
    """Clips ``start`` to ``end``; how many."""
    for number in range(start, end):
        if species == LIVE:
            name, pictures = _studios[0].rendered(number)
            save(out / "live" / "rendered" / name, pictures)
        else:
            name, pictures = _studios[0].attack(species, number)
            save(out / "attacks" / species / name, pictures)
    return end - start
