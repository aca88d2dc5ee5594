"""Several looks at one face in one embedding."""

import numpy as np
import pytest

from face_rec.domain.faces import Vector
from face_rec.journey.fusion import LATEST, Fusion


def look(seed: int, around: Vector | None = None, noise: float = 0.04) -> Vector:
    """A look at the face whose true embedding is ``around``, (512,)."""
    chance = np.random.default_rng(seed)
    spread = chance.normal(0, noise, 512).astype(np.float32)
    raw = spread if around is None else around + spread
    return np.asarray(raw / np.linalg.norm(raw), np.float32)


def fused(*looks: Vector, quality: float = 0.8) -> Fusion:
    fusion = Fusion()
    for one in looks:
        fusion = fusion.add(one, quality)
    return fusion


def test_one_look_is_its_own_mean() -> None:
    only = look(1)
    np.testing.assert_allclose(fused(only).embedding, only, atol=1e-6)


def test_more_looks_come_nearer_to_the_face_than_any_of_them() -> None:
    face = look(0)
    looks = [look(seed, face) for seed in range(1, LATEST + 1)]
    nearest = max(float(one @ face) for one in looks)
    assert float(fused(*looks).embedding @ face) > nearest + 0.1


def test_the_mean_has_length_one() -> None:
    embedding = fused(look(1), look(2), look(3)).embedding
    assert float(np.linalg.norm(embedding)) == pytest.approx(1, abs=1e-6)
    assert embedding.dtype == np.float32


def test_better_looks_count_for_more() -> None:
    near, far = look(1), look(2)
    fusion = Fusion().add(far, 0.4).add(near, 0.8)
    assert float(fusion.embedding @ near) > 3.5 * float(fusion.embedding @ far)


def test_looks_of_no_quality_have_a_mean_too() -> None:
    assert np.isfinite(fused(look(1), look(2), quality=0.0).embedding).all()


def test_whoever_stood_there_before_is_soon_forgotten() -> None:
    before, now = look(1), look(2)
    fusion = fused(*[before] * 50, *[now] * LATEST)
    assert fusion.full
    assert float(fusion.embedding @ now) == pytest.approx(1, abs=1e-5)


def test_the_newest_look_can_be_taken_alone() -> None:
    assert float(fused(look(1), look(2)).newest().embedding @ look(2)) == pytest.approx(
        1, abs=1e-5
    )


def test_without_a_look_there_is_no_mean() -> None:
    with pytest.raises(ValueError, match="no look"):
        _ = Fusion().embedding
