"""Embeddings of as many people as one likes, spread as those of real faces are.

Of the photos in the test data (120 people with four photos or more, 200 with one) two spreads are
taken: of people's means, and of photos about the mean of their person. People are drawn with the
first, photos of each with the second. As the means of 320 people leave some of the dimensions
empty, a part of the spread is the same in all directions (:data:`EVEN`), so large that strangers
score as the real ones do (standard deviation 0.067 with buffalo_sc); photos are spread until two
of one person are as alike as real ones (0.60).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from face_rec.domain.faces import Matrix

EVEN = 0.3
_APART = 1.2
"""By so much photos of one person lie further from their mean than from the mean of those few."""


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """``middle``: (D,), of everybody. ``people`` and ``photos``: (K, D), directions that are added
    with a weight from a standard normal distribution each."""

    middle: Matrix
    people: Matrix
    photos: Matrix

    def faces(self, count: int, chance: np.random.Generator) -> Matrix:
        """(count, D): the middle of each of so many people, not normalised."""
        weights = chance.standard_normal((count, len(self.people)), dtype=np.float32)
        rows = weights @ self.people * np.float32(np.sqrt(1 - EVEN))
        dimension = rows.shape[1]
        each = np.sqrt(EVEN * (self.people**2).sum() / dimension)
        rows += np.float32(each) * chance.standard_normal(rows.shape, dtype=np.float32)
        return np.asarray(rows + self.middle, np.float32)

    def photos_of(self, faces: Matrix, chance: np.random.Generator) -> Matrix:
        """A photo of each of ``faces`` (N, D), normalised."""
        weights = chance.standard_normal((len(faces), len(self.photos)), dtype=np.float32)
        rows = faces + weights @ self.photos
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows, np.float32)


def spread_of(photos: Matrix, whose: npt.NDArray[np.intp]) -> Spread:
    """Of real ``photos`` (N, D), normalised, and whose each is, from 0."""
    groups = [photos[whose == person] for person in range(int(whose.max()) + 1)]
    means = np.array([group.mean(axis=0) for group in groups])
    about = [
        (group - group.mean(axis=0)) * np.sqrt(len(group) / (len(group) - 1))
        for group in groups
        if len(group) >= 4
    ]
    middle = means.mean(axis=0)
    residuals = np.concatenate(about)
    return Spread(
        np.asarray(middle, np.float32),
        np.asarray((means - middle) / np.sqrt(len(means) - 1), np.float32),
        np.asarray(residuals * _APART / np.sqrt(len(residuals)), np.float32),
    )
