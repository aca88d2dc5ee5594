"""eDifFIQA's contract, by a stand-in with its inputs and outputs: its own file is not here."""

import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from face_rec.domain.errors import PackBroken
from face_rec.domain.faces import Image
from face_rec.models.packs.catalogue import EDIFFIQA, PackFile
from face_rec.models.packs.digests import Digests
from face_rec.models.packs.install import QUALITY
from face_rec.models.runtime.models_beside import load_quality
from face_rec.people.photos.photo_check import Examiner
from face_rec.people.photos.quality import assess
from tests.fakes.enrolment import painted
from tests.fakes.models import FakeModelSource, fake_models


def write_ediffiqa(path: Path) -> PackFile:
    """Its weights are drawn by lot and differ by colour and place, so that it tells whether it
    is shown what eDifFIQA would be shown."""
    lots = np.random.default_rng(7).normal(0, 0.01, (3 * 112 * 112, 1)).astype(np.float32)
    nodes = [
        helper.make_node("Flatten", ["input"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["quality"]),
    ]
    graph = helper.make_graph(
        nodes, "quality",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 112, 112])],
        [helper.make_tensor_value_info("quality", TensorProto.FLOAT, [1, 1])],
        [numpy_helper.from_array(lots, "w")],
    )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=opset), path)
    data = path.read_bytes()
    return PackFile(path.name, len(data), hashlib.sha256(data).hexdigest())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def _digests(root: Path) -> Digests:
    return Digests(root / "digests.json")


def test_a_face_is_shown_as_the_publishers_code_shows_it(root: Path) -> None:
    """Against OpenCV's own reader, with the steps of OpenCV Zoo's ediffiqa.py."""
    wanted = write_ediffiqa(root / QUALITY / EDIFFIQA.name)
    model = load_quality(root, _digests(root), 1, wanted)
    assert model is not None
    crop = cv2.resize(painted(3), (112, 112))
    shown = (cv2.cvtColor(crop, cv2.COLOR_BGR2RGB) / 255 - 0.5) / 0.5
    net = cv2.dnn.readNetFromONNX(str(root / QUALITY / EDIFFIQA.name))
    net.setInput(np.moveaxis(shown[None], -1, 1).astype(np.float32))
    assert model.score(np.asarray(crop, np.uint8)) == pytest.approx(
        float(net.forward()[0, 0]), abs=1e-4
    )


def test_without_the_file_there_is_no_model_and_another_file_is_refused(root: Path) -> None:
    assert load_quality(root, _digests(root), 1) is None
    write_ediffiqa(root / QUALITY / EDIFFIQA.name)
    with pytest.raises(PackBroken, match="pull ediffiqa"):
        load_quality(root, _digests(root), 1)


def test_what_is_no_quality_model_is_said(root: Path) -> None:
    path = root / QUALITY / EDIFFIQA.name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no model")
    wanted = PackFile(path.name, 8, hashlib.sha256(b"no model").hexdigest())
    with pytest.raises(PackBroken, match="does not run"):
        load_quality(root, _digests(root), 1, wanted)


class _Says:
    def __init__(self, score: float) -> None:
        self.score_of_all = score

    def score(self, crop: Image) -> float:
        assert crop.shape == (112, 112, 3)
        return self.score_of_all


@pytest.mark.parametrize(("score", "weak"), [(0.7, ""), (0.3, "poor")])
def test_its_score_ranks_the_photos_and_marks_poor_ones_as_weak(score: float, weak: str) -> None:
    source = FakeModelSource()
    source.models = replace(fake_models(), quality=_Says(score))
    photo = Examiner(source, assess).examine(painted(1))
    assert (photo.quality.score, photo.weak) == (score, weak)
