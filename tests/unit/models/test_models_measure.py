"""Points measured from pairs of different people agree with a plain count."""

import numpy as np
import pytest

from face_rec.domain.errors import ModelError
from face_rec.domain.faces import Matrix
from face_rec.models.scores.impostors import FEWEST_PAIRS, measure


def _people(count: int, each: int = 2, dimension: int = 32) -> tuple[Matrix, list[str]]:
    generator = np.random.default_rng(7)
    centres = np.repeat(generator.normal(size=(count, dimension)), each, axis=0)
    rows = centres + generator.normal(scale=0.2, size=centres.shape)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), [f"p{n // each}" for n in range(count * each)]


@pytest.mark.heavy
def test_each_point_accepts_the_share_of_impostors_that_it_says() -> None:
    rows, people = _people(500)
    result = measure(rows, people)
    i, j = np.triu_indices(len(rows), 1)
    other = np.array([people[a] != people[b] for a, b in zip(i, j, strict=True)])
    scores = (rows @ rows.T)[i, j][other]
    assert result.pairs == other.sum() == 499_000
    for point in result.points:
        assert (scores >= point.cosine).mean() == pytest.approx(point.far, rel=0.05)
        assert point.far * result.pairs >= FEWEST_PAIRS


def test_pairs_of_one_person_do_not_count() -> None:
    rows, people = _people(500)
    result = measure(rows, people)
    assert max(point.cosine for point in result.points) < 0.9  # those of one person are near 0.96
    assert result.people == 500


def test_the_same_face_under_two_names_is_shown() -> None:
    rows, people = _people(300)
    rows[10] = rows[400]
    score, one, other = measure(rows, people).closest
    assert score == pytest.approx(1.0, abs=1e-5)
    assert {one, other} == {people[10], people[400]}


def test_too_few_pairs_are_refused() -> None:
    rows, people = _people(50)
    with pytest.raises(ModelError, match="pairs of different people"):
        measure(rows, people)
