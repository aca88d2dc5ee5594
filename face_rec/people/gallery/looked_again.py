"""The second look at a probe: of those whom something coarser found, the best by their templates.

Exact for as long as the likest are among those found; who coarser means order a little otherwise
is why some more are looked at than count.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix, Vector
from face_rec.people.gallery.rows import Places
from face_rec.people.gallery.shared_rows import centroids

BESIDE: Final = 8
"""Persons whose templates are read besides the candidates: of all of them those with the likest
centroids count, now by floats. So they are those that exact rows find, although bytes order near
neighbours a little otherwise, and every score and lead is the same."""


def looked_again(
    probe: Vector, people: Sequence[Matrix], left_out: npt.NDArray[np.bool_], count: int
) -> tuple[Places, Vector]:
    """Which ``count`` of ``people``, by their templates (T, D), have the centroids likest to
    ``probe`` (D,), and their scores: half best template, half centroid; -inf for who is
    ``left_out``, (R,)."""
    counts = np.array([len(vectors) for vectors in people])
    vectors = np.concatenate(people)
    best = np.maximum.reduceat(vectors @ probe, np.cumsum(counts) - counts)
    alike = np.where(left_out, -np.inf, centroids(vectors, counts) @ probe)
    chosen = np.argsort(-alike, kind="stable")[:count]
    return chosen, np.asarray((best + alike) / 2, np.float32)[chosen]
