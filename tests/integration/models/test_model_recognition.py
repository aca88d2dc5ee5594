"""Packs that run, trained ones and the drawn people's: other dimensions and thresholds, one
behaviour."""

import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import onnxruntime
import pytest

from face_rec.domain.errors import PackBroken, ProviderMissing
from face_rec.domain.faces import Box, Face, Image, Matrix
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.manifest import Pack
from face_rec.models.packs.model_files import Role, role_of
from face_rec.models.runtime import canvas, loading
from face_rec.models.runtime.loading import Loaded, load
from face_rec.models.runtime.providers import CPU, CUDA
from face_rec.models.scores import tail
from face_rec.protocols.models import FaceModels
from tests.data import PACKS, Material, real_material, shared_data
from tests.nightly import every_day_but
from tests.synthetic.material import write_pack
from tests.synthetic.photos import group_photo

pytestmark = pytest.mark.models

DIMENSIONS = {"drawn": 512, "buffalo_sc": 512, "scrfd_mbf128": 128}
DETECT_AT = 256
"""px; the photos have 250."""


@pytest.fixture(scope="module")
def loaded(each_material: Material, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    pack = InstalledPacks(tmp_path_factory.mktemp("models")).find(str(each_material.pack))
    return load(pack, "auto", threads=1)


@pytest.fixture(scope="module")
def models(loaded: Loaded) -> FaceModels:
    return loaded.models


@pytest.fixture(scope="module", params=every_day_but(PACKS[1:], PACKS))
def trained(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> FaceModels:
    """For what only photos of real people can tell."""
    folder = shared_data(f"models/{request.param}")
    pack = InstalledPacks(tmp_path_factory.mktemp("models")).find(str(folder))
    return load(pack, "auto", threads=1).models


@pytest.fixture(scope="module")
def people(each_material: Material) -> list[list[Path]]:
    return _photos(each_material)


@pytest.fixture
def pack(drawn: Material, tmp_path: Path) -> Pack:
    return InstalledPacks(tmp_path / "models").find(str(drawn.pack))


@pytest.fixture(scope="module")
def group(each_material: Material) -> Image:
    """Several people."""
    if each_material.real:
        return _read(shared_data("photos/bald_guys.jpg"))
    return group_photo()


def _photos(material: Material) -> list[list[Path]]:
    """Four at least of each person."""
    return [sorted(folder.glob("*.jpg")) for folder in sorted(material.people.iterdir())]


def _read(path: Path) -> Image:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def _middle(image: Image, faces: list[Face]) -> Face:
    """The face nearest to the middle: the one that a photo of the collection is about."""

    def distance(face: Face) -> float:
        x, y = (face.box.left + face.box.right) / 2, (face.box.top + face.box.bottom) / 2
        return float(abs(x - image.shape[1] / 2) + abs(y - image.shape[0] / 2))

    return min(faces, key=distance)


def _crops(models: FaceModels, paths: list[Path]) -> Iterator[Image]:
    for path in paths:
        image = _read(path)
        face = _middle(image, models.detector.detect(image, DETECT_AT))
        yield models.embedder.align(image, face)


def _rows(models: FaceModels, paths: list[Path]) -> Matrix:
    return models.embedder.embed(list(_crops(models, paths)))


def test_the_dimension_comes_from_the_model(models: FaceModels) -> None:
    assert models.contract.dimension == DIMENSIONS[models.pack]
    assert models.custom
    assert models.provider == CPU


def test_a_warm_model_says_what_a_frame_costs(loaded: Loaded) -> None:
    assert loaded.detect_seconds > 0
    assert loaded.embed_seconds > 0
    assert loaded.note == ""


def test_packs_have_contracts_of_their_own(pack: Pack, tmp_path: Path) -> None:
    smaller = write_pack(tmp_path / "smaller", dimension=128)
    other = load(InstalledPacks(tmp_path / "models").find(str(smaller)), "cpu", 1).models.contract
    first, again = (load(pack, "cpu", 1).models.contract for _ in range(2))
    assert first != other
    assert first == again


# --- detection -------------------------------------------------------------------


def _true_boxes() -> list[tuple[Path, list[Box]]]:
    """Group photos and the boxes that dlib's annotators drew, ignored ones left out."""
    folder = shared_data("photos")
    found = []
    for listing in ("training.xml", "testing.xml"):
        for image in ElementTree.parse(folder / listing).iter("image"):  # noqa: S314 - our own
            boxes = [_true_box(box) for box in image.iter("box") if "ignore" not in box.attrib]
            found.append((folder / image.attrib["file"], boxes))
    return [(path, boxes) for path, boxes in found if path.exists() and boxes]


def _true_box(box: ElementTree.Element) -> Box:
    left, top, width, height = (int(box.attrib[k]) for k in ("left", "top", "width", "height"))
    return Box(left, top, left + width, top + height)


def _holds_nose(box: Box, face: Face) -> bool:
    x, y = face.landmarks[2]
    return bool(box.left < x < box.right and box.top < y < box.bottom)


def test_the_faces_of_group_photos_are_found(trained: FaceModels) -> None:
    """At least nine in ten of those that a person marked, none of them twice."""
    marked = hits = 0
    for path, boxes in _true_boxes():
        faces = trained.detector.detect(_read(path), 640)
        found = [sum(_holds_nose(box, face) for face in faces) for box in boxes]
        assert max(found) <= 1, path.name
        marked, hits = marked + len(boxes), hits + sum(found)
        scores = [face.score for face in faces]
        assert scores == sorted(scores, reverse=True)
    assert marked > 20
    assert hits >= 0.9 * marked


def test_landmarks_lie_where_a_face_has_them(models: FaceModels, group: Image) -> None:
    faces = models.detector.detect(group, 640)
    assert len(faces) >= 3
    for face in faces:
        left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
        assert left_eye[0] < right_eye[0]
        assert left_mouth[0] < right_mouth[0]
        assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
        assert face.box.left < nose[0] < face.box.right


def test_a_region_gives_the_face_that_the_whole_picture_gives(
    models: FaceModels, group: Image
) -> None:
    wanted = models.detector.detect(group, 640)[0]
    box = wanted.box
    region = Box(
        box.left - box.width, box.top - box.height, box.right + box.width, box.bottom + box.height
    )
    found = models.detector.detect(group, 320, region)
    nearest = min(found, key=lambda face: float(np.abs(face.landmarks - wanted.landmarks).mean()))
    assert np.abs(nearest.landmarks - wanted.landmarks).mean() < 0.05 * box.width


@pytest.mark.parametrize("shape", [(640, 640), (0, 640), (3, 900), (2000, 40)])
def test_a_picture_without_faces_has_none(models: FaceModels, shape: tuple[int, int]) -> None:
    assert models.detector.detect(np.full((*shape, 3), 90, np.uint8), 320) == []


# --- recognition -----------------------------------------------------------------


def test_rows_are_normalised_and_a_batch_changes_nothing(
    models: FaceModels, people: list[list[Path]]
) -> None:
    crops = list(_crops(models, [photos[0] for photos in people[:20]]))
    together = models.embedder.embed(crops)
    one_by_one = np.concatenate([models.embedder.embed([crop]) for crop in crops])
    assert together.shape == (20, models.contract.dimension)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert np.allclose((together * one_by_one).sum(axis=1), 1.0, atol=1e-4)


def test_the_model_gets_rgb_scaled_as_it_was_trained(
    models: FaceModels, each_material: Material, people: list[list[Path]]
) -> None:
    """Against the bare session: RGB, (x - 127.5) / 127.5, planes first."""
    (crop,) = _crops(models, [people[0][0]])
    (path,) = (p for p in each_material.pack.glob("*.onnx") if role_of(p) is Role.RECOGNITION)
    session = onnxruntime.InferenceSession(str(path), providers=[CPU])
    rgb = (crop[:, :, ::-1].astype(np.float32) - 127.5) / 127.5
    planes = np.ascontiguousarray(rgb.transpose(2, 0, 1)[None])
    (row,) = session.run(None, {session.get_inputs()[0].name: planes})[0]
    cosine = models.embedder.embed([crop])[0] @ (row / np.linalg.norm(row))
    assert cosine == pytest.approx(1.0, abs=1e-4)


@pytest.fixture(scope="module")
def two_of_each(trained: FaceModels, thorough: bool) -> list[list[Image]]:
    """The faces of two photos of each of 120 people, by day of 60: all first ones, all second
    ones."""
    people = _photos(real_material())[: None if thorough else 60]
    return [list(_crops(trained, [photos[n] for photos in people])) for n in (0, 1)]


@pytest.fixture(scope="module")
def two_rows_of_each(trained: FaceModels, two_of_each: list[list[Image]]) -> list[Matrix]:
    return [trained.embedder.embed(crops) for crops in two_of_each]


@pytest.fixture(scope="module")
def strangers(trained: FaceModels, thorough: bool) -> Matrix:
    """One row of each of 200 others, by day of every other one."""
    photos = sorted(real_material().strangers.rglob("*.jpg"))
    return _rows(trained, photos[:: 1 if thorough else 2])


@pytest.mark.nightly
def test_faces_in_swapped_colours_are_recognised_worse(
    trained: FaceModels, two_of_each: list[list[Image]], two_rows_of_each: list[Matrix]
) -> None:
    """Over 120 people the right order must win clearly; swapped, it would lose as clearly."""
    right = two_rows_of_each
    swapped = [
        trained.embedder.embed([np.ascontiguousarray(crop[:, :, ::-1]) for crop in part])
        for part in two_of_each
    ]
    gains = (right[0] * right[1]).sum(axis=1) - (swapped[0] * swapped[1]).sum(axis=1)
    assert gains.mean() > 3 * gains.std() / np.sqrt(len(gains))


def test_several_threads_get_what_one_gets(models: FaceModels, group: Image) -> None:
    def look(size: int) -> tuple[int, Matrix]:
        faces = models.detector.detect(group, size)
        crops = [models.embedder.align(group, face) for face in faces[:3]]
        return len(faces), models.embedder.embed(crops)

    expected = {size: look(size) for size in (320, 480, 640)}
    wrong: list[int] = []

    def work(size: int) -> None:
        for _ in range(3):
            count, rows = look(size)
            if count != expected[size][0] or not np.allclose(rows, expected[size][1], atol=1e-4):
                wrong.append(size)

    threads = [threading.Thread(target=work, args=(size,)) for size in expected for _ in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_one_photo_each_names_people_and_no_strangers(
    trained: FaceModels, two_rows_of_each: list[Matrix], strangers: Matrix
) -> None:
    """The calibration's promise on people it was not fitted to one by one."""
    gallery, seen = two_rows_of_each
    threshold = trained.calibration.threshold(len(gallery))
    margin = trained.calibration.margin(len(gallery))

    def named(rows: Matrix) -> list[int | None]:
        scores = rows @ gallery.T
        order = np.argsort(-scores, axis=1)
        best, second = (np.take_along_axis(scores, order[:, [n]], axis=1)[:, 0] for n in (0, 1))
        sure = (best >= threshold) & (best - second >= margin)
        return [int(who) if ok else None for who, ok in zip(order[:, 0], sure, strict=True)]

    probes = named(seen)
    right = sum(who == person for person, who in enumerate(probes))
    assert sum(who not in (None, person) for person, who in enumerate(probes)) == 0
    assert right >= len(gallery) * (0.98 if trained.contract.dimension == 512 else 0.92)
    assert sum(who is not None for who in named(strangers)) <= 1


def test_what_the_tail_foretells_of_half_the_people_holds_for_the_other_half(
    two_rows_of_each: list[Matrix], strangers: Matrix
) -> None:
    """Extreme-value theory on real scores: photos of 320 people (by day 160), pair by pair; both
    halves foretell for each other which score one pair of strangers in a thousand reaches."""
    rows = np.concatenate([*two_rows_of_each, strangers])
    known = np.arange(len(two_rows_of_each[0]))
    people = np.concatenate([known, known, len(known) + np.arange(len(strangers))])
    pairs = [_impostors(rows[people % 2 == half], people[people % 2 == half]) for half in (0, 1)]
    for (scores, whose), (others, _) in (pairs, pairs[::-1]):
        found = tail.fit(scores, whose)
        assert found is not None
        best, bound = found.reached(1e-3), found.bounds(1e-3)[1]
        assert best < bound < best + 0.06
        assert float((others >= bound).mean()) <= 1e-3
        assert 0.3e-3 <= float((others >= best).mean()) <= 3e-3


def _impostors(
    rows: Matrix, people: "np.typing.NDArray[np.intp]"
) -> tuple[tail.Scores, "np.typing.NDArray[np.intp]"]:
    """The scores of all pairs of different people, and whose the first of each is."""
    one, other = np.triu_indices(len(rows), 1)
    differ = people[one] != people[other]
    scores = np.einsum("nd,nd->n", rows[one[differ]], rows[other[differ]])
    return scores.astype(np.float64), people[one[differ]]


# --- where it runs ---------------------------------------------------------------


def test_a_gpu_that_is_not_offered_is_refused(pack: Pack) -> None:
    if CUDA in loading.offered():
        pytest.skip("this onnxruntime offers CUDA")
    with pytest.raises(ProviderMissing, match="onnxruntime-gpu"):
        load(pack, "cuda", 1)


def test_a_gpu_that_cannot_start_is_said_and_never_replaced(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A driver that is missing: onnxruntime offers CUDA, then takes the CPU with a warning."""
    if CUDA in loading.offered():
        pytest.skip("this onnxruntime offers CUDA")
    monkeypatch.setattr(loading, "offered", lambda: [CUDA, CPU])
    with pytest.raises(ProviderMissing, match="cannot be started"):
        load(pack, "cuda", 1)
    loaded = load(pack, "auto", 1)
    assert loaded.models.provider == CPU
    assert "cuda" in loaded.note


def test_a_file_that_only_looks_like_a_model_is_not_loaded(tmp_path: Path) -> None:
    pack = InstalledPacks(tmp_path / "models").find(str(write_pack(tmp_path / "broken")))
    path = pack.path(pack.recognition)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PackBroken, match="again"):
        load(pack, "cpu", 1)


@pytest.mark.parametrize("size", [pytest.param(160, marks=pytest.mark.nightly), 320])
def test_one_shape_for_everything_sees_what_the_pictures_own_shape_sees(
    size: int, trained: FaceModels, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a graphics card is shown, here on the CPU: the border of what is small on a large
    canvas is black instead of cut off, which moves landmarks by a pixel or two."""
    monkeypatch.setattr(canvas, "SHAPES", {CPU: canvas.shapes_of(CUDA)})
    pack = InstalledPacks(tmp_path).find(str(shared_data(f"models/{trained.pack}")))
    one_shape = load(pack, "cpu", threads=1).models
    for path in sorted(shared_data("faces/people").glob("*/*_0001.jpg"))[:8]:
        image = np.asarray(cv2.imread(str(path)), np.uint8)
        usual = trained.detector.detect(image, size)[0]
        same = one_shape.detector.detect(image, size)[0]
        assert np.abs(usual.landmarks - same.landmarks).max() < 4, path.name
        crops = [trained.embedder.align(image, face) for face in (usual, same)]
        one, other = one_shape.embedder.embed(crops)
        assert np.allclose([one], trained.embedder.embed(crops[:1]), atol=1e-5)
        assert one @ other > 0.95, path.name
