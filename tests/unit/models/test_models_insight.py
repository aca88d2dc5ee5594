"""What stands around InsightFace's models: canvas, region, alignment."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from insightface.utils.face_align import norm_crop

from face_rec.domain.faces import Box, Face, Image, Matrix
from face_rec.models.runtime.canvas import shapes_of
from face_rec.models.runtime.insight import InsightDetector, InsightEmbedder, similarity
from face_rec.models.runtime.providers import CUDA


@dataclass
class FakeScrfd:
    """Sees one face, always at the same place of what it is shown."""

    row: tuple[float, ...] = (10.0, 20.0, 30.0, 50.0, 0.8)
    det_thresh: float = 0.0
    shown: list[tuple[tuple[int, ...], tuple[int, int]]] = field(default_factory=list)

    def detect(self, image: Image, input_size: tuple[int, int]) -> tuple[Any, Any]:
        self.shown.append((image.shape, input_size))
        rows = np.array([self.row], np.float32)
        return rows, np.full((1, 5, 2), 25.0, np.float32)


@dataclass
class FakeArcFace:
    """Says of a crop what its first three pixels are."""

    input_shape: tuple[Any, ...] = ("n", 3, 112, 112)
    input_size: tuple[int, int] = (112, 112)
    input_mean: float = 127.5
    input_std: float = 127.5
    sizes: list[int] = field(default_factory=list)

    def get_feat(self, crops: list[Image]) -> Matrix:
        self.sizes.append(len(crops))
        return np.stack([crop[0, :2].astype(np.float32).ravel() for crop in crops])


def _picture(width: int, height: int) -> Image:
    return np.zeros((height, width, 3), np.uint8)


@pytest.mark.parametrize(
    ("width", "height", "size", "canvas"),
    [
        (640, 360, 640, (640, 384)),
        (640, 360, 320, (320, 192)),
        (1920, 1080, 330, (352, 224)),
        (480, 640, 320, (256, 320)),
        (250, 250, 256, (256, 256)),
    ],
)
def test_the_canvas_has_the_shape_of_the_picture(
    width: int, height: int, size: int, canvas: tuple[int, int]
) -> None:
    model = FakeScrfd()
    InsightDetector(model).detect(_picture(width, height), size)
    assert model.shown == [((height, width, 3), canvas)]
    assert model.det_thresh == 0.5


def test_a_region_is_searched_alone_and_answered_in_pixels_of_the_picture() -> None:
    model = FakeScrfd()
    (face,) = InsightDetector(model).detect(_picture(640, 480), 128, Box(99.6, 50, 227.2, 178))
    assert model.shown == [((128, 129, 3), (128, 128))]
    assert face.box == Box(109, 70, 129, 100)
    assert face.landmarks.tolist() == [[124.0, 75.0]] * 5


def test_boxes_end_at_the_border_of_the_picture() -> None:
    model = FakeScrfd(row=(-20.0, -5.0, 30.0, 900.0, 0.8))
    (face,) = InsightDetector(model).detect(_picture(640, 480), 640)
    assert face.box == Box(0, 0, 30, 480)


@pytest.mark.parametrize("row", [(700.0, 0.0, 800.0, 50.0, 0.8), (np.nan, 0.0, 10.0, 10.0, 0.8)])
def test_what_lies_outside_or_nowhere_is_no_face(row: tuple[float, ...]) -> None:
    assert InsightDetector(FakeScrfd(row=row)).detect(_picture(640, 480), 640) == []


@pytest.mark.parametrize(
    ("width", "height", "region"),
    [
        (0, 0, None),
        (4000, 1, None),
        (640, 480, Box(700, 0, 900, 100)),
        (640, 480, Box(5, 5, 5, 9)),
    ],
)
def test_a_picture_without_room_for_a_face_has_none(
    width: int, height: int, region: Box | None
) -> None:
    model = FakeScrfd()
    assert InsightDetector(model).detect(_picture(width, height), 320, region) == []
    assert not model.shown


def test_alignment_is_insightfaces_own() -> None:
    generator = np.random.default_rng(3)
    image = generator.integers(0, 255, (300, 300, 3), np.uint8)
    front = np.array([[110, 120], [190, 118], [150, 160], [120, 200], [182, 203]], np.float32)
    embedder = InsightEmbedder(FakeArcFace(), "0" * 64)
    for _ in range(20):
        marks = (front + generator.normal(scale=8, size=(5, 2))).astype(np.float32)
        crop = embedder.align(image, Face(Box(0, 0, 1, 1), 1.0, marks))
        difference = np.abs(crop.astype(int) - norm_crop(image, marks, 112).astype(int))
        assert difference.mean() < 1.0


def test_landmarks_that_coincide_break_nothing() -> None:
    embedder = InsightEmbedder(FakeArcFace(), "0" * 64)
    face = Face(Box(0, 0, 10, 10), 1.0, np.full((5, 2), 5.0, np.float32))
    crop = embedder.align(np.full((20, 20, 3), 9, np.uint8), face)
    assert crop.shape == (112, 112, 3)
    assert np.isfinite(similarity(face.landmarks, face.landmarks)).all()


def test_rows_have_length_one_or_match_nobody() -> None:
    embedder = InsightEmbedder(FakeArcFace(), "0" * 64)
    rows = embedder.embed([np.full((112, 112, 3), 9, np.uint8), _picture(112, 112)])
    assert np.linalg.norm(rows, axis=1).tolist() == pytest.approx([1.0, 0.0])
    assert embedder.embed([]).shape == (0, 6)


def test_crops_go_one_by_one_where_the_model_has_no_batch_axis() -> None:
    crops = [_picture(112, 112)] * 3
    free, fixed = FakeArcFace(), FakeArcFace(input_shape=(1, 3, 112, 112))
    for model, sizes in ((free, [1, 3]), (fixed, [1, 1, 1, 1])):
        embedder = InsightEmbedder(model, "0" * 64)
        embedder.embed(crops)
        assert model.sizes == sizes  # the first asked for the dimension
        assert embedder.batches is (model is free)


@pytest.mark.parametrize(("faces", "batches"), [(1, 1), (2, 1), (8, 1), (9, 2), (16, 2)])
def test_a_graphics_card_is_shown_whole_batches_only(faces: int, batches: int) -> None:
    model = FakeArcFace()
    embedder = InsightEmbedder(model, "0" * 64, batch=shapes_of(CUDA).batch)
    crops = [np.full((112, 112, 3), 9 + number, np.uint8) for number in range(faces)]
    crops[0][0, 0] = 0
    rows = embedder.embed(crops)
    assert model.sizes == [8] * (1 + batches)  # the first asked for the dimension
    assert np.array_equal(rows, InsightEmbedder(FakeArcFace(), "0" * 64).embed(crops))


@given(width=st.integers(4, 2000), height=st.integers(4, 2000), size=st.integers(1, 640))
def test_a_graphics_card_never_sees_another_canvas_than_the_time_before(
    width: int, height: int, size: int
) -> None:
    model = FakeScrfd()
    InsightDetector(model, shapes_of(CUDA)).detect(np.empty((height, width, 3), np.uint8), size)
    assert model.shown in ([], [((640, 640, 3), (640, 640))])


def test_what_a_graphics_card_sees_is_answered_in_pixels_of_the_picture() -> None:
    detector = InsightDetector(FakeScrfd(), shapes_of(CUDA))
    face = detector.detect(_picture(1280, 960), 320, Box(100, 50, 740, 530))[0]
    assert face.box == Box(120, 90, 160, 150)  # twice (10, 20, 30, 50) from (100, 50) on
    assert face.landmarks[0].tolist() == [150, 100]


def test_the_contract_covers_the_weights_and_the_preprocessing() -> None:
    base = InsightEmbedder(FakeArcFace(), "0" * 64).contract
    assert InsightEmbedder(FakeArcFace(), "0" * 64).contract == base
    others = [
        InsightEmbedder(FakeArcFace(), "1" * 64),
        InsightEmbedder(FakeArcFace(input_mean=0.0), "0" * 64),
        InsightEmbedder(FakeArcFace(input_std=1.0), "0" * 64),
    ]
    assert len({base.digest, *(other.contract.digest for other in others)}) == 4
