"""Whether a camera sees anything."""

import numpy as np
import pytest

from face_rec.cameras.serving.served import BLIND_SECONDS, FROZEN_SECONDS, Sight, glance
from face_rec.domain.faces import Image


def noise(seed: int, level: int, spread: float) -> Image:
    random = np.random.default_rng(seed)
    return np.clip(random.normal(level, spread, (480, 640, 3)), 0, 255).astype(np.uint8)


def room(seed: int) -> Image:
    """A dim room with something in it, and a sensor's noise."""
    image = noise(seed, 60, 2)
    image[100:300, 200:400] += 60
    return image


@pytest.mark.parametrize(
    ("level", "spread", "sees"), [(3, 2, False), (12, 3, False), (200, 0, False), (255, 0, False)]
)
def test_a_covered_a_dark_and_a_blinded_camera_see_nothing(
    level: int, spread: float, sees: bool
) -> None:
    assert glance(noise(1, level, spread)).sees is sees


def test_a_dim_room_is_seen() -> None:
    assert glance(room(1)).sees


@pytest.mark.heavy
def test_a_hand_before_the_lens_for_a_moment_is_no_blindness() -> None:
    sight = Sight()
    for second in range(100):
        covered = second % 10 < 8
        sight.see(glance(noise(second, 2, 1) if covered else room(second)), second)
        assert not sight.blind
    for second in range(100, 100 + int(BLIND_SECONDS) + 1):
        sight.see(glance(noise(second, 2, 1)), second)
    assert sight.blind
    sight.see(glance(room(0)), 200)
    assert not sight.blind


def test_a_camera_that_is_dark_from_the_start_is_blind_after_a_while() -> None:
    sight = Sight()
    assert not sight.blind
    for second in range(int(BLIND_SECONDS) + 1):
        sight.see(glance(noise(second, 2, 1)), second)
    assert sight.blind


def test_the_same_picture_again_and_again_is_frozen_and_a_quiet_room_is_not() -> None:
    frozen, quiet = Sight(), Sight()
    same = glance(room(1))
    for second in range(int(FROZEN_SECONDS) + 2):
        frozen.see(same, second)
        quiet.see(glance(room(second // 10)), second)  # pictures that an encoder repeats
    assert frozen.frozen
    assert not quiet.frozen
    frozen.see(glance(room(2)), 100)
    assert not frozen.frozen
