"""Drawn faces and the pack that knows them: found where they are, told apart, and told from
whatever is no face, by the models as the product runs them."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.domain.faces import Face, Image, Matrix, View
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.runtime.loading import load
from face_rec.people.photos.quality import CAPTURE, assess, shortcoming
from face_rec.protocols.models import FaceModels
from tests.data import Material
from tests.synthetic.detector import save_detector
from tests.synthetic.faces import PEOPLE, Pose, draw
from tests.synthetic.material import write_pack
from tests.synthetic.photos import all_sides, photo
from tests.synthetic.wires import Graph

pytestmark = pytest.mark.heavy

SIZES = (640, 320, 160)


@pytest.fixture(scope="module")
def models(drawn: Material, tmp_path_factory: pytest.TempPathFactory) -> FaceModels:
    pack = InstalledPacks(tmp_path_factory.mktemp("models")).find(str(drawn.pack))
    return load(pack, "cpu", 1).models


def _room(grey: int = 110) -> Image:
    return np.full((480, 640, 3), grey, np.uint8)


def _filmed(image: Image, random: np.random.Generator) -> Image:
    """With a camera's grain, and coded as a browser sends it."""
    grainy = np.clip(image + random.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
    jpeg = cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def _only_face(models: FaceModels, image: Image, size: int) -> Face:
    (face,) = models.detector.detect(image, size)
    return face


def _row(models: FaceModels, image: Image) -> Matrix:
    face = _only_face(models, image, 256)
    row = models.embedder.embed([models.embedder.align(image, face)])[0]
    return np.asarray(row, np.float32)


@pytest.mark.parametrize("size", [pytest.param(640, marks=pytest.mark.nightly), *SIZES[1:]])
@pytest.mark.parametrize("light", [1.0, 0.6])
def test_a_drawn_face_is_found_where_it_is(models: FaceModels, size: int, light: float) -> None:
    random = np.random.default_rng(size)
    for person in range(24):
        width = float(np.exp(random.uniform(np.log(60 * 640 / size), np.log(280))))
        x, y = (random.uniform(0.7 * width, side - 0.7 * width) for side in (640, 480))
        pose = Pose(x, y, width, random.uniform(-20, 20))
        image = _room()
        draw(image, person, pose, light)
        face = _only_face(models, _filmed(image, random), size)
        away = np.linalg.norm(face.landmarks - pose.landmarks(), axis=1)
        assert away.max() < 0.15 * width
        assert away.mean() < 0.07 * width
        box, true = face.box, pose.box()
        for side in ("left", "top", "right", "bottom"):
            assert abs(getattr(box, side) - getattr(true, side)) < 0.08 * width
        assert face.score > 0.65


def test_it_is_not_found_twice_and_others_beside_it_are_found_too(models: FaceModels) -> None:
    image = _room()
    poses = [Pose(120, 150, 110), Pose(330, 160, 130), Pose(540, 150, 90), Pose(330, 400, 80)]
    for person, pose in enumerate(poses):
        draw(image, person, pose)
    found = models.detector.detect(image, 640)
    assert len(found) == len(poses)
    for pose in poses:
        nearest = min(np.abs(face.landmarks - pose.landmarks()).max() for face in found)
        assert nearest < 0.05 * pose.width


def test_one_person_is_one_and_no_two_are(models: FaceModels) -> None:
    """Elsewhere, larger, inclined, darker: still above what names somebody; others far below."""
    first, second = (
        np.stack([_row(models, photo(person, number)) for person in range(PEOPLE)])
        for number in (0, 1)
    )
    cosines = first @ second.T
    own = np.eye(PEOPLE, dtype=bool)
    needed = models.calibration.threshold(PEOPLE)
    assert cosines[own].min() > needed + 0.3
    assert cosines[~own].max() < needed - 0.05


def test_a_mirror_image_is_the_same_person(models: FaceModels) -> None:
    image = photo(0, 0)
    mirrored = np.ascontiguousarray(image[:, ::-1])
    assert _row(models, image) @ _row(models, mirrored) > 0.9


def test_a_turned_head_looks_turned_and_good_enough_to_enrol(models: FaceModels) -> None:
    seen = []
    for image in all_sides(9):
        quality = assess(image, _only_face(models, image, 256))
        assert shortcoming(quality, CAPTURE) is None
        seen.append(quality.view)
    assert seen == [View.FRONT, View.LEFT, View.RIGHT, View.UP, View.DOWN]


@pytest.mark.parametrize("part", ["left eye", "mouth", "lower half"])
def test_a_face_that_is_half_hidden_is_none(models: FaceModels, part: str) -> None:
    image = _room()
    draw(image, 0, Pose(320, 240, 160))
    hidden = {
        "left eye": np.s_[180:240, 260:315],
        "mouth": np.s_[265:320, 270:370],
        "lower half": np.s_[240:, :],
    }
    image[hidden[part]] = 110
    assert models.detector.detect(image, 320) == []


def test_colours_alone_are_no_face(models: FaceModels) -> None:
    """Every colour of a face, in patches and in noise."""
    random = np.random.default_rng(1)
    face = _room()
    draw(face, 0, Pose(320, 240, 300))
    patches = face[180:300, 240:400].copy()
    pixels = patches.reshape(-1, 3).copy()
    random.shuffle(pixels)
    for image in (cv2.flip(face, 0), pixels.reshape(patches.shape)):
        assert models.detector.detect(np.asarray(image, np.uint8), 320) == []


def test_what_shows_no_face_is_nobody(models: FaceModels) -> None:
    grey = models.embedder.embed([np.full((112, 112, 3), 128, np.uint8)])[0]
    assert np.linalg.norm(grey) == pytest.approx(1, abs=1e-3)  # a pack has to give a direction
    faces = np.stack([_row(models, photo(person, 0)) for person in range(6)])
    assert np.abs(faces @ grey).max() < 0.2


@pytest.mark.nightly
def test_the_pack_is_small_and_the_same_every_time(tmp_path: Path) -> None:
    once, again = (write_pack(tmp_path / name) for name in ("once", "again"))
    for name in ("detector.onnx", "recogniser.onnx"):
        assert (once / name).read_bytes() == (again / name).read_bytes()
    assert sum(path.stat().st_size for path in once.iterdir()) < 600_000


def test_a_graph_that_is_no_sound_model_is_not_written(tmp_path: Path) -> None:
    graph = Graph()
    graph.output("out", [1], graph.input("in", [1]).of("NoSuchOperator"))
    with pytest.raises(Exception, match="NoSuchOperator"):
        graph.save(tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()
    save_detector(tmp_path / "detector.onnx")
