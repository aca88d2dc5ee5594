"""When to search for faces, and how closely."""

import numpy as np
import pytest

from face_rec.domain.faces import Face, Frame, Image
from face_rec.journey.detect import (
    LARGEST,
    SMALLEST,
    Cadence,
    Detect,
    MotionGate,
    Outlook,
    search_size,
    size_for,
    wait,
)
from tests.fakes.journey import Actor, picture
from tests.fakes.models import FakeDetector, blank_frame

CADENCE = Cadence()
EMPTY = Outlook()


@pytest.mark.parametrize(
    ("outlook", "moved", "seconds"),
    [
        (EMPTY, False, CADENCE.idle),
        (EMPTY, True, CADENCE.alert),
        (Outlook(faces=1, undecided=True), False, CADENCE.full),
        (Outlook(faces=1, missed=True), False, CADENCE.missed),
        (Outlook(faces=1), True, CADENCE.follow),
        (Outlook(faces=1), False, CADENCE.resting),
        (Outlook(faces=1, poor=True), True, CADENCE.poor),
    ],
)
def test_how_long_to_wait(outlook: Outlook, moved: bool, seconds: float) -> None:
    assert wait(outlook, moved, CADENCE) == seconds


def test_the_more_there_is_to_do_the_sooner_the_next_search() -> None:
    assert CADENCE.full <= CADENCE.missed <= CADENCE.poor <= CADENCE.follow <= CADENCE.resting
    assert CADENCE.alert < CADENCE.idle


def test_large_faces_are_searched_for_at_the_smallest_size() -> None:
    assert size_for(200, 20, 640) == SMALLEST


def test_small_faces_in_a_large_picture_are_searched_for_at_the_largest_size() -> None:
    assert size_for(40, 20, 1920) == LARGEST


def test_the_size_is_what_the_detector_takes() -> None:
    assert all(size_for(face, 20, 640) % 32 == 0 for face in range(1, 300))


def test_an_empty_scene_is_searched_for_the_smallest_face_worth_naming() -> None:
    assert search_size(EMPTY, False, 40, 640) == size_for(40, 20, 640)


def test_a_large_face_is_followed_at_a_small_size() -> None:
    assert search_size(Outlook(faces=1, smallest=200), False, 40, 640) == SMALLEST


def test_a_face_that_will_be_embedded_is_searched_more_closely() -> None:
    settled = search_size(Outlook(1, smallest=90), False, 40, 640)
    undecided = search_size(Outlook(1, smallest=90, undecided=True), False, 40, 640)
    assert undecided > settled


def test_a_sweep_finds_small_newcomers_beside_a_large_face() -> None:
    outlook = Outlook(faces=1, smallest=200)
    assert search_size(outlook, True, 40, 640) == size_for(40, 20, 640)


def test_a_missing_face_is_searched_for_more_closely() -> None:
    outlook = Outlook(faces=2, smallest=200, missed=True)
    assert search_size(outlook, False, 40, 640) == size_for(40, 20, 640)


def searches(images: list[Image], outlook: Outlook = EMPTY, rate: float = 15) -> list[int]:
    """The numbers of the frames that were searched."""
    detect, detector = Detect(40), FakeDetector()
    results: list[list[Face] | None] = [
        detect(detector, Frame(image, number, number / rate), outlook)
        for number, image in enumerate(images)
    ]
    return [number for number, found in enumerate(results) if found is not None]


def test_an_unchanged_empty_scene_is_searched_about_once_a_second() -> None:
    assert len(searches([picture()] * 60)) == 4


def test_somebody_appearing_is_found_in_the_first_frame_that_shows_them() -> None:
    images = [picture()] * 20 + [picture([Actor(1)])]
    assert searches(images)[-1] == 20


def test_in_an_empty_scene_only_what_changed_is_searched() -> None:
    detect, detector = Detect(40), FakeDetector()
    detect(detector, Frame(picture(), 1, 1.0), EMPTY)
    found = detect(detector, Frame(picture([Actor(1, left=500, side=60)]), 2, 1.2), EMPTY)
    assert found is not None
    assert len(found) == 1
    size, region = detector.calls[-1]
    assert size == SMALLEST
    assert region is not None
    assert region.area < 640 * 480 / 4


def test_motion_in_a_corner_does_not_hide_a_face_that_was_missed_once() -> None:
    """A fan turns; the face stands still and was not found when it came."""
    blind = FakeDetector(smallest=10_000)
    detect = Detect(40)
    fan = [picture([Actor(1)]), picture([Actor(1)])]
    fan[1][400:440, 560:600] = 200
    for number in range(3):
        detect(blind, Frame(fan[number % 2], number, number / 15), EMPTY)
    detector = FakeDetector()
    found = [
        detect(detector, Frame(fan[number % 2], number, number / 15), EMPTY) or []
        for number in range(3, 3 + 20)
    ]
    assert max(map(len, found)) == 1


def test_with_an_undecided_face_every_frame_is_searched() -> None:
    assert len(searches([picture([Actor(1)])] * 10, Outlook(1, 120, undecided=True))) == 10


def test_a_small_face_arriving_beside_a_large_one_is_found_soon() -> None:
    detect, detector = Detect(40), FakeDetector(smallest=18)
    both = picture([Actor(1, side=200), Actor(2, left=500, side=45)])
    outlook = Outlook(1, smallest=200, undecided=True)
    found = [
        detect(detector, Frame(both, number, number / 15), outlook) or [] for number in range(15)
    ]
    assert max(map(len, found)) == 2
    assert {size for size, _ in detector.calls} == {SMALLEST, size_for(40, 20, 640)}


def test_the_gate_ignores_noise() -> None:
    noise = np.random.default_rng(3)
    gate = MotionGate()
    gate.changed(blank_frame())
    gate.searched()
    for _ in range(20):
        noisy = blank_frame().astype(np.int16) + noise.integers(-10, 11, (480, 640, 3))
        assert not gate.changed(np.clip(noisy, 0, 255).astype(np.uint8))


def test_the_gate_sees_the_smallest_face_that_could_be_named() -> None:
    gate = MotionGate()
    gate.changed(picture())
    gate.searched()
    changed = gate.changed(picture([Actor(1, left=300, top=200, side=40)]))
    assert changed is not None
    assert (changed.left < 300, changed.right > 340) == (True, True)
    assert changed.area < 640 * 480 / 10


def test_slow_changes_add_up_at_the_gate() -> None:
    gate = MotionGate()
    gate.changed(blank_frame(grey=100))
    gate.searched()
    seen = [gate.changed(blank_frame(grey=100 + 4 * step)) for step in range(1, 6)]
    assert seen[0] is None
    assert seen[-1] is not None


def test_a_change_of_the_frames_size_counts_as_motion() -> None:
    gate = MotionGate()
    gate.changed(blank_frame(640, 480))
    gate.searched()
    assert gate.changed(blank_frame(640, 360))
    assert gate.changed(blank_frame(7, 5))
