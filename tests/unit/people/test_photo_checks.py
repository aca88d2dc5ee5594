"""The check of what a photo must show, on numbers and on real people."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from face_rec.domain.faces import Face
from face_rec.models.model_service import ModelService
from face_rec.people.photos.photo_checks import (
    CODES,
    WEIGHTS,
    Signs,
    check_photo,
    features,
    signs_of,
)
from face_rec.protocols.models import FaceModels
from tests.data import shared_data
from tests.defects.fitting import SIGNS
from tests.defects.looked_at import SPOILT
from tests.defects.painter import DEFECTS
from tests.defects.report import refused
from tests.defects.samples import GOOD, Sample, Studio, is_for_tuning, photos
from tests.fakes.enrolment import painted
from tests.fakes.models import FakeDetector


def _face(number: int = 3) -> Face:
    return FakeDetector().detect(painted(number), 640)[0]


def test_every_sign_has_a_code_and_what_is_fitted_a_weight() -> None:
    assert {field.name for field in fields(Signs)} == set(CODES)
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        found = features(painted(3), _face())
        sizes = {name: stored[name].shape[-1] - 1 for name in stored.files if name != "about"}
    assert sizes == {
        "sharp": len(found.detail),
        "natural": len(found.detail),
        "direct": len(found.detail) + len(found.colour),
        "eyes layer": found.eyes.shape[1],
        "eyes": SIGNS["eyes"].units,
        "mouth": len(found.lower),
    }


def test_any_picture_and_any_landmarks_give_numbers() -> None:
    face = _face()
    flat = np.full((90, 120, 3), 77, np.uint8)
    odd = [np.zeros((5, 2), np.float32), face.landmarks - 500, face.landmarks * 0.01]
    for image in (painted(3), flat):
        for landmarks in (face.landmarks, *odd):
            signs = signs_of(features(image, replace(face, landmarks=landmarks)), 0.1)
            assert all(np.isfinite(getattr(signs, sign)) for sign in CODES)


def test_one_dark_cheek_and_burnt_skin_are_measured() -> None:
    image, face = painted(3), _face()
    even = signs_of(features(image, face), 0.1)
    x = int(face.landmarks[:2, 0].mean())
    half = image.copy()
    half[:, x:] //= 8
    assert signs_of(features(half, face), 0.1).evenly_lit < 0 < even.evenly_lit
    burnt = np.full_like(image, 255)
    assert signs_of(features(burnt, face), 0.1).exposed < 0 < even.exposed


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> FaceModels:
    pack = shared_data("models/buffalo_sc")
    return ModelService(tmp_path_factory.mktemp("models"), str(pack), "cpu", 1).load()


def _kept_back(count: int) -> Sequence[tuple[int, tuple[str, Path]]]:
    """Photos, with their numbers, of different people who had no part in the fitting."""
    found: dict[str, tuple[int, tuple[str, Path]]] = {}
    for number, photo in enumerate(photos(shared_data("faces/people"))):
        if not is_for_tuning(photo[0]):
            found.setdefault(photo[0], (number, photo))
    return list(found.values())[:count]


@pytest.mark.models
@pytest.mark.heavy
def test_spoilt_photos_of_people_kept_back_do_not_come_in_and_good_ones_do(
    models: FaceModels,
) -> None:
    """A short form of ``python -m tests.defects``, whose figures are in docs/quality.md."""
    studio = Studio(models)
    let_in: dict[str, int] = dict.fromkeys(["good", *DEFECTS], 0)
    seen = dict.fromkeys(let_in, 0)
    for number, photo in _kept_back(24):
        image = studio.read(photo[1])
        face = studio.face(image)
        assert face is not None
        seen["good"] += 1
        let_in["good"] += studio.comes_in(image)
        for place, (kind, spoil) in enumerate(DEFECTS.items()):
            if (number + place) % 3 == 0:
                seen[kind] += 1
                spoilt = spoil(image, face, np.random.default_rng([number, 2, place]))
                let_in[kind] += studio.comes_in(spoilt)
    assert let_in.pop("good") >= seen.pop("good") - 1
    assert min(seen.values()) >= 6
    assert sum(let_in.values()) <= 0.04 * sum(seen.values()), let_in


@pytest.mark.models
def test_a_photo_that_hangs_upside_down_is_known_by_the_detector(models: FaceModels) -> None:
    studio = Studio(models)
    (_, photo), *_ = _kept_back(1)
    image = studio.read(photo[1])
    turned = np.ascontiguousarray(image[::-1, ::-1])
    face = studio.face(turned)
    assert face is not None
    assert check_photo(turned, face, models.detector) == "upside_down"


def test_photos_called_spoilt_are_of_people_who_had_no_part_in_the_fitting() -> None:
    whose = {path.name: who for who, path in photos(shared_data("faces"))}
    assert not any(is_for_tuning(whose[name]) for name in SPOILT)


def test_the_report_counts_good_photos_with_and_without_those_spoilt_in_truth() -> None:
    drawn = features(painted(3), _face())
    samples = [
        Sample("somebody", name, GOOD, "as it is", "", 0.0, 1.0, drawn)
        for name in ("Somebody_0001.jpg", *SPOILT)
    ]
    rows = [line.split(" | ")[:4] for line in refused(samples[:3])]
    assert rows[2] == ["| as it is", "3", "0.0%", "100.0%"]
    assert ["| as it is, without those spoilt in truth", "1", "0.0%", "100.0%"] in rows
