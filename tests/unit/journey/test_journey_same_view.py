"""When a picture shows a view that was looked at before."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Box, Image
from face_rec.journey.same_view import SAME, FaceView, difference, repeated, view_of
from tests.fakes.journey import Actor, Stage

BOX = Box(200, 120, 360, 320)


def scene(seed: int = 1) -> Image:
    """A picture with detail of all sizes, as a face has."""
    rng = np.random.default_rng(seed)
    grain = rng.uniform(40, 215, (120, 160, 3)).astype(np.float32)
    detail = cv2.resize(
        cv2.GaussianBlur(grain, (0, 0), 1.2), (640, 480), interpolation=cv2.INTER_CUBIC
    )
    spread = (detail - detail.mean()) * 4 + 128
    return np.asarray(np.clip(spread, 30, 220), np.uint8)


def coded(image: Image, quality: int = 80) -> Image:
    jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def moved(image: Image, x: float, y: float) -> Image:
    by = np.array([[1, 0, x], [0, 1, y]], np.float32)
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpAffine(image, by, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def lit(image: Image, gain: float, more: float) -> Image:
    return np.asarray(cv2.convertScaleAbs(image, alpha=gain, beta=more), np.uint8)


def view(image: Image) -> FaceView:
    found = view_of(image, BOX)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("what", "again"),
    [
        ("the very same", lambda i: i),
        ("coded again", lambda i: coded(i, 60)),
        ("coded badly", lambda i: coded(i, 40)),
        ("brighter", lambda i: coded(lit(i, 1.0, 20))),
        ("darker and flatter", lambda i: coded(lit(i, 0.8, 0))),
        ("a pixel to the right", lambda i: coded(moved(i, 1, 0))),
        ("a pixel across", lambda i: coded(moved(i, 1, -1))),
        ("all of it", lambda i: coded(moved(lit(i, 1.05, 8), -1, 1), 60)),
        ("with a camera's grain", lambda i: coded(_grainy(i, 3))),
    ],
)
def test_a_picture_sent_again_is_the_same_view(what: str, again: Callable[[Image], Image]) -> None:
    image = coded(scene())
    assert difference(view(image), again(image)) <= SAME, what


def _grainy(image: Image, levels: float) -> Image:
    noise = np.random.default_rng(2).normal(0, levels, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("by", [(4, 0), (0, 4), (3, 3), (-5, 2)])
def test_a_face_that_moved_is_another_view(by: tuple[int, int]) -> None:
    image = coded(scene())
    assert difference(view(image), coded(moved(image, *by))) > SAME


def test_another_face_is_another_view() -> None:
    assert difference(view(scene(1)), scene(2)) > 0.2


def test_the_same_picture_in_another_size_is_the_same_view() -> None:
    image = coded(scene())
    smaller = coded(
        np.asarray(cv2.resize(image, (512, 384), interpolation=cv2.INTER_AREA), np.uint8)
    )
    assert difference(view(image), smaller) < 2 * SAME


def test_a_patch_without_detail_is_judged_by_its_colour() -> None:
    grey = np.full((480, 640, 3), 100, np.uint8)
    assert difference(view(grey), grey.copy()) == 0.0
    assert difference(view(grey), np.full_like(grey, 130)) == 1.0


def test_a_box_at_the_edge_or_outside_is_survived() -> None:
    image = scene()
    for box in (Box(-50, -50, 60, 60), Box(600, 440, 700, 560), Box(0, 0, 640, 480)):
        found = view_of(image, box)
        assert found is not None
        assert difference(found, image) <= SAME
    assert view_of(image, Box(700, 500, 800, 600)) is None


def test_the_look_that_was_taken_of_the_view_is_found() -> None:
    one, two = coded(scene(1)), coded(scene(2))
    assert repeated([view(one), view(two)], coded(one, 60)) == 0
    assert repeated([view(one), None], coded(two)) is None
    assert repeated([view(one)], one, same=0) is None


def test_one_picture_shown_for_seconds_names_nobody_and_somebody_who_moves_is_named() -> None:
    stage = Stage(same=SAME)
    stage.enrol("ada", 1)
    stage.show(Actor(1), frames=75)  # five seconds
    assert stage.marked == []
    for step in range(15):
        stage.show(Actor(1, left=100 + 5 * step))
    assert stage.marked == ["ada"]
