"""YuNet and SFace behind our protocols give what OpenCV's own classes give."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from face_rec.domain.errors import PackBroken
from face_rec.domain.faces import Face, Image
from face_rec.models.packs.catalogue import DetectorKind, Preprocessing
from face_rec.models.packs.install import Installer
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.manifest import MANIFEST
from face_rec.models.runtime.canvas import canvas_for
from face_rec.models.runtime.insight import DETECTION_THRESHOLD as SCRFD_THRESHOLD
from face_rec.models.runtime.loading import load
from face_rec.models.runtime.yunet import DETECTION_THRESHOLD, OVERLAP
from face_rec.protocols.models import FaceModels
from tests.data import real_material, shared_data
from tests.fakes.clock import FakeClock
from tests.fakes.packs import zip_of
from tests.fakes.sface import write_sface

pytestmark = pytest.mark.models

SHOWN = {"recognition": {"input": {"mean": 0.0, "std": 1.0, "colours": "RGB"}}}
"""What the catalogue says of SFace by its digest, which a stand-in cannot have."""
Rows = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def yunet() -> Path:
    (path,) = shared_data("models/yunet").glob("*.onnx")
    return path


@pytest.fixture(scope="module")
def folder(yunet: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack as OpenCV Zoo's, with a stand-in for SFace."""
    folder = tmp_path_factory.mktemp("zoo")
    shutil.copy(yunet, folder)
    write_sface(folder / "sface.onnx")
    (folder / MANIFEST).write_text(json.dumps(SHOWN), "utf-8")
    return folder


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> InstalledPacks:
    return InstalledPacks(tmp_path_factory.mktemp("data") / "models")


@pytest.fixture(scope="module")
def models(folder: Path, packs: InstalledPacks) -> FaceModels:
    Installer(packs, FakeClock()).import_from(folder, "zoo")
    return load(packs.find("zoo"), "cpu", threads=1).models


def _photos() -> list[Image]:
    material = real_material()
    paths = (material.person(number)[0] for number in range(24))
    return [np.asarray(cv2.imread(str(path)), np.uint8) for path in paths]


def _blurred(photo: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), 9), np.uint8)


def _opencv_rows(yunet: Path, image: Image, canvas: tuple[int, int]) -> Rows:
    """What cv2.FaceDetectorYN finds in ``image``, which has the canvas's size."""
    detector = cv2.FaceDetectorYN.create(str(yunet), "", canvas, DETECTION_THRESHOLD, OVERLAP)
    found = detector.detect(image)[1]
    return np.zeros((0, 15), np.float32) if found is None else np.asarray(found, np.float32)


def _row(face: Face) -> Rows:
    """A face as OpenCV's classes hand it to each other."""
    box = face.box
    size = (box.right - box.left, box.bottom - box.top)
    return np.array([box.left, box.top, *size, *face.landmarks.ravel(), face.score], np.float32)


def test_yunet_finds_what_opencvs_own_decoder_finds(models: FaceModels, yunet: Path) -> None:
    seen = 0
    for photo in _photos():
        image = np.asarray(cv2.resize(photo, (256, 256)), np.uint8)
        ours = models.detector.detect(image, 256)
        theirs = _opencv_rows(yunet, image, (256, 256))
        assert len(ours) == len(theirs)
        for face, row in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(face.landmarks.ravel(), row[4:14], atol=0.05)
            inside = np.clip([*row[:2], *(row[:2] + row[2:4])], 0, 256)
            box = (face.box.left, face.box.top, face.box.right, face.box.bottom)
            np.testing.assert_allclose(box, inside, atol=0.05)
            seen += 1
    assert seen >= 20


def test_a_photo_of_any_shape_is_searched_whole_and_answered_in_its_own_pixels(
    models: FaceModels,
) -> None:
    photo = _photos()[0]
    (alone,) = models.detector.detect(photo, 256)
    wide = np.zeros((360, 900, 3), np.uint8)
    wide[60:310, 500:750] = photo
    (found,) = models.detector.detect(wide, 900)
    np.testing.assert_allclose(found.landmarks - [500, 60], alone.landmarks, atol=6)
    assert canvas_for(wide, 900, 32) == (928, 384)
    (region,) = models.detector.detect(wide, 256, found.box)
    assert abs(region.landmarks - found.landmarks).max() < 15


def test_yunets_scores_are_on_the_scale_that_the_limits_were_measured_on(
    models: FaceModels,
) -> None:
    clear = [models.detector.detect(photo, 256)[0].score for photo in _photos()]
    assert min(clear) > 0.7, "a clear photo is clear to the limits of quality"
    blurred = [
        face.score
        for photo in _photos()
        for face in models.detector.detect(_blurred(photo), 256)[:1]
    ]
    assert np.median(blurred) < np.median(clear) - 0.05
    assert min(blurred) >= SCRFD_THRESHOLD


def test_an_empty_wall_has_no_face(models: FaceModels) -> None:
    lots = np.random.default_rng(1)
    for level in (0, 40, 255):
        noise = lots.normal(level, 12, (480, 640, 3)).clip(0, 255).astype(np.uint8)
        assert models.detector.detect(noise, 640) == []
    assert models.detector.detect(np.zeros((2, 900, 3), np.uint8), 640) == []


def test_sface_is_shown_what_opencv_shows_it(models: FaceModels, folder: Path) -> None:
    """Alignment, colours and scale: the stand-in's answer to OpenCV and to us is one."""
    opencv = cv2.FaceRecognizerSF.create(str(folder / "sface.onnx"), "")
    for photo in _photos()[:8]:
        (face, *_) = models.detector.detect(photo, 256)
        crop = models.embedder.align(photo, face)
        theirs = opencv.alignCrop(photo, _row(face))
        assert np.abs(crop.astype(int) - theirs.astype(int)).mean() < 1.0
        (ours,) = models.embedder.embed([crop])
        expected = np.asarray(opencv.feature(theirs), np.float32).ravel()
        cosine = float(ours @ (expected / np.linalg.norm(expected)))
        assert cosine > 0.999
        (turned,) = models.embedder.embed([np.ascontiguousarray(crop[..., ::-1])])
        assert float(turned @ ours) < 0.99, "the stand-in tells one order of colours from another"


def test_a_pack_of_its_own_says_how_its_recogniser_is_fed_and_who_may_use_it(
    folder: Path, packs: InstalledPacks, models: FaceModels, tmp_path: Path
) -> None:
    source = tmp_path / "own"
    shutil.copytree(folder, source)
    said = {
        "recognition": {"input": {"mean": 127.5, "std": 128.0, "colours": "BGR"}},
        "licence": {"companies": True, "text": "Ours."},
        "calibration": [{"far": 1e-3, "cosine": 0.3}, {"far": 1e-4, "cosine": 0.4}],
    }
    (source / MANIFEST).write_text(json.dumps(said), "utf-8")
    installer = Installer(packs, FakeClock())
    pack = installer.import_from(zip_of(source, tmp_path / "own.zip"), "own")
    assert pack == packs.find("own")
    assert pack.detector is DetectorKind.YUNET
    assert pack.preprocessing == Preprocessing(127.5, 128.0, "BGR")
    assert (pack.licence.companies, pack.licence.text) == (True, "Ours.")
    assert pack.calibration.threshold(50) == pytest.approx(0.4)
    other = load(pack, "cpu", threads=1).models
    assert other.contract != models.contract, "fed otherwise, embeddings cannot be compared"


@pytest.mark.parametrize(
    "said",
    [
        '{"recognition": {"input": {"mean": 1, "std": 0}}}',
        '{"recognition": {"input": {"mean": 1, "std": 1, "colours": "CMYK"}}}',
        '{"recognition": {"sha256": "of another file"}}',
        '{"licence": {"companies": "yes", "text": "x"}}',
        '{"calibration": [{"far": 1}]}',
        "[1]",
        "{",
        "[" * 200_000,
    ],
    ids=lambda said: said[:30],
)
def test_a_manifest_that_cannot_be_meant_is_refused(
    folder: Path, packs: InstalledPacks, tmp_path: Path, said: str
) -> None:
    source = tmp_path / "odd"
    shutil.copytree(folder, source)
    (source / MANIFEST).write_text(said, "utf-8")
    with pytest.raises(PackBroken, match=MANIFEST):
        Installer(packs, FakeClock()).import_from(source, "odd")
    assert not (packs.root / "odd").exists()


def test_yunet_with_any_arcface_knows_people(packs: InstalledPacks, tmp_path: Path) -> None:
    """A detector and a recogniser are parts: a folder of two files, no line of code."""
    source = tmp_path / "mixed"
    source.mkdir()
    shutil.copy(next(shared_data("models/yunet").glob("*.onnx")), source)
    shutil.copy(shared_data("models/buffalo_sc/w600k_mbf.onnx"), source)
    Installer(packs, FakeClock()).import_from(source, "mixed")
    mixed = load(packs.find("mixed"), "cpu", threads=1).models
    people = [real_material().person(number) for number in range(20)]
    first, second = (
        np.concatenate([_embedding(mixed, paths[number]) for paths in people]) for number in (0, 1)
    )
    scores = first @ second.T
    assert (scores.argmax(axis=1) == np.arange(len(people))).mean() >= 0.95
    strangers = scores[~np.eye(len(people), dtype=bool)]
    assert strangers.max() < mixed.calibration.threshold(50) + 0.1


def _embedding(models: FaceModels, path: Path) -> Rows:
    image = np.asarray(cv2.imread(str(path)), np.uint8)
    (face, *_) = models.detector.detect(image, 256)
    return models.embedder.embed([models.embedder.align(image, face)])
