"""What the texture models see, and what they say to it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.domain.errors import PackBroken
from face_rec.domain.faces import Box, Face, Image
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.liveness_pack import LivenessPack, LivenessPacks, TextureFile
from face_rec.models.runtime.texture import OVERHANG, TextureModels, load_textures, place_of
from tests.data import shared_data
from tests.fakes.packs import liveness_file, write_recogniser

EMPTY: Image = np.zeros((480, 640, 3), np.uint8)


def a_face(box: Box) -> Face:
    return Face(box, 0.9, np.zeros((5, 2), np.float32))


def test_a_model_sees_so_many_times_the_box_and_nothing_else() -> None:
    place = place_of(EMPTY, Box(270, 190, 370, 290), 4.0)
    assert place == (120, 40, 521, 441)


@pytest.mark.parametrize(
    ("box", "fits"),
    [
        (Box(270, 190, 370, 290), True),
        (Box(260, 180, 385, 305), False),  # four times as high as the picture
        (Box(150, 190, 250, 290), True),  # touches the left edge
        (Box(101, 190, 201, 290), True),  # moved by just as much as it may be
        (Box(95, 190, 195, 290), False),
        (Box(270, 30, 370, 130), False),
    ],
    ids=str,
)
def test_a_face_is_judged_only_where_what_surrounds_it_is_in_the_picture(
    box: Box, fits: bool
) -> None:
    place = place_of(EMPTY, box, 4.0)
    assert (place is not None) is fits
    if place:
        left, top, right, bottom = place
        assert 0 <= left < right <= 640
        assert 0 <= top < bottom <= 480
    assert OVERHANG == 0.125


@pytest.fixture
def greens(tmp_path: Path) -> TextureModels:
    """Models that take for live what is green."""
    folder = tmp_path
    write_recogniser(folder / "a.onnx", side=80)
    write_recogniser(folder / "b.onnx", side=80, flavour="b")
    models = (
        liveness_file(folder / "a.onnx", scale=2.0),
        liveness_file(folder / "b.onnx", scale=4.0),
    )
    return load_textures(LivenessPack("green", folder, models, "free"), 1)


def test_all_faces_of_a_picture_are_judged_at_once_and_those_that_do_not_fit_are_not(
    greens: TextureModels,
) -> None:
    image = EMPTY.copy()
    image[:, 320:, 1] = 200
    image[:, :320, 0] = 200
    faces = [
        a_face(Box(430, 200, 510, 280)),
        a_face(Box(0, 0, 200, 200)),
        a_face(Box(130, 200, 210, 280)),
    ]
    live, near, dead = greens.scores(image, faces)
    assert near is None
    assert live is not None
    assert dead is not None
    assert live > 0.99
    assert dead < 0.01
    assert greens.scores(image, []) == []
    assert greens.scores(image, faces[1:2]) == [None]


def test_the_score_is_the_mean_of_all_models(greens: TextureModels) -> None:
    image = EMPTY.copy()
    image[:, :, 0] = 200
    image[160:320, 240:400] = (0, 200, 0)  # what the first model sees, and the second hardly
    (score,) = greens.scores(image, [a_face(Box(280, 200, 360, 280))])
    assert score == pytest.approx(0.5, abs=0.01)


def test_models_that_take_turns_look_at_one_face_each(greens: TextureModels) -> None:
    image = EMPTY.copy()
    image[:, :, 0] = 200
    image[160:320, 240:400] = (0, 200, 0)  # what the first model sees, and the second hardly
    face, near = a_face(Box(280, 200, 360, 280)), a_face(Box(0, 0, 200, 200))
    assert greens.count == 2
    first, none, second, third = greens.scores(image, [face, near, face, face], [0, 1, 1, 2])
    assert none is None
    assert first == pytest.approx(1, abs=0.01)
    assert second == pytest.approx(0, abs=0.01)
    assert third == first


def test_a_file_that_is_no_such_model_is_refused(tmp_path: Path) -> None:
    write_recogniser(tmp_path / "a.onnx", side=112)
    one = liveness_file(tmp_path / "a.onnx", scale=2.0)
    with pytest.raises(PackBroken, match="does not run"):
        load_textures(LivenessPack("odd", tmp_path, (one,), ""), 1)
    (tmp_path / "b.onnx").write_bytes(b"no model")
    two = TextureFile("b.onnx", 8, "", 2.0)
    with pytest.raises(PackBroken, match=r"b\.onnx does not run"):
        load_textures(LivenessPack("odd", tmp_path, (two,), ""), 1)


# --- the real ones

GOLDEN = {
    "image_T1.jpg": (Box(118, 110, 297, 351), 0.998),
    "image_F1.jpg": (Box(192, 105, 386, 355), 0.153),
    "image_F2.jpg": (Box(148, 193, 357, 507), 0.080),
}


@pytest.mark.models
@pytest.mark.parametrize("name", GOLDEN)
def test_minifasnet_says_what_it_said_when_its_contract_was_pinned(
    name: str, tmp_path: Path
) -> None:
    """BGR, 0 to 255, class 1 is live: the publisher's samples, one live and two photos of photos,
    come out as they should, and to these digits. Each has room around it by repeating its edge,
    for their faces fill them; the boxes are given, so that no detector's rounding counts."""
    packs = LivenessPacks(tmp_path, Digests(tmp_path / "seen.json"))
    models = load_textures(packs.read(shared_data("models/liveness")), 1)
    image = cv2.imread(str(shared_data(f"photos/liveness/{name}")))
    assert image is not None
    around = cv2.copyMakeBorder(image, 500, 500, 500, 500, cv2.BORDER_REPLICATE)
    box, score = GOLDEN[name]
    moved = Box(box.left + 500, box.top + 500, box.right + 500, box.bottom + 500)
    (found,) = models.scores(np.asarray(around, np.uint8), [a_face(moved)])
    assert found == pytest.approx(score, abs=0.01)
