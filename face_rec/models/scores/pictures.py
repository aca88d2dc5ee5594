"""Embeddings of a folder of people, for measuring a model on them."""

import logging
from pathlib import Path

import numpy as np

from face_rec.domain.errors import ModelError, PictureError
from face_rec.domain.faces import Face, Matrix
from face_rec.people.photos.photos import SUFFIXES, decode
from face_rec.protocols.models import FaceModels, Progress

log = logging.getLogger(__name__)

_DETECT_AT = 320
"""px of the longer side; calibration pictures are mostly one face."""


def embed_people(
    models: FaceModels, folder: Path, progress: Progress
) -> tuple[Matrix, tuple[str, ...]]:
    """One row for each picture ``folder/<person>/*`` with one clear face, and whose it is.

    Other pictures are left out. Raises ModelError when none is left.
    """
    pictures = [(path, path.parent.name) for path in _pictures(folder)]
    rows, people = [], []
    for done, (path, person) in enumerate(pictures, start=1):
        row = _row(models, path)
        progress(done, len(pictures))
        if row is not None:
            rows.append(row)
            people.append(person)
    if not rows:
        raise ModelError(f"{folder} holds no pictures with one face as FOLDER/<person>/*.jpg.")
    return np.concatenate(rows), tuple(people)


def _pictures(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*/*")) if path.suffix.lower() in SUFFIXES]


def _row(models: FaceModels, path: Path) -> Matrix | None:
    try:
        image = decode(path.read_bytes())
    except (PictureError, OSError) as error:
        log.warning("picture left out file=%s reason=%s", path.name, error)
        return None
    face = _main_face(models.detector.detect(image, _DETECT_AT))
    return models.embedder.embed([models.embedder.align(image, face)]) if face else None


def _main_face(faces: list[Face]) -> Face | None:
    """The only face, or one that is far larger than those in the background."""
    by_size = sorted(faces, key=lambda face: face.box.area, reverse=True)
    if not by_size or (len(by_size) > 1 and by_size[1].box.area * 4 > by_size[0].box.area):
        return None
    return by_size[0]
