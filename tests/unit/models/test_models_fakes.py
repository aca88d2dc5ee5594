"""The fakes hold what the others rely on: found again, told apart, stable."""

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Box
from tests.fakes.models import FakeDetector, FakeEmbedder, blank_frame, colour_of, draw_face


@pytest.mark.parametrize("width", [24, 60, 150])
def test_a_drawn_face_is_found_where_it_was_drawn(width: int) -> None:
    image = blank_frame()
    draw_face(image, Box(100, 50, 100 + width, 50 + width), colour_of(3))
    (face,) = FakeDetector().detect(image, 640)
    assert face.box == Box(100, 50, 100 + width, 50 + width)


def test_a_face_survives_jpeg() -> None:
    image = blank_frame()
    draw_face(image, Box(100, 50, 200, 150), colour_of(3))
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 70])
    again = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    (face,) = FakeDetector().detect(again, 640)
    embedder = FakeEmbedder()
    vector = embedder.embed([embedder.align(again, face)])[0]
    assert abs(face.box.left - 100) <= 4
    assert vector @ embedder.vector_of(colour_of(3)) > 0.95


def test_all_colours_are_told_apart() -> None:
    embedder = FakeEmbedder()
    vectors = np.stack([embedder.vector_of(colour_of(n)) for n in range(48)])
    scores = vectors @ vectors.T - np.eye(48)
    assert scores.max() < 0.35


def test_a_region_a_small_size_and_a_moved_nose_count() -> None:
    image = blank_frame()
    draw_face(image, Box(100, 100, 140, 140), colour_of(1))
    draw_face(image, Box(400, 100, 500, 200), colour_of(2), nose=(0.1, 0.0))
    detector = FakeDetector()
    assert len(detector.detect(image, 640)) == 2
    (big,) = detector.detect(image, 160)
    assert big.landmarks[2, 0] == pytest.approx(460, abs=2)
    (left,) = detector.detect(image, 160, region=Box(60, 60, 200, 200))
    assert left.box.left == 100
