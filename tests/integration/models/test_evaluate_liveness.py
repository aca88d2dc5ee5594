"""Liveness models as a user installs, checks and measures them: with models that take for live
what stands before something blue."""

import argparse
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec.__main__ import main
from face_rec.cli.recognition import evaluate_liveness
from face_rec.domain.errors import ModelError, SourceError
from face_rec.domain.faces import Image
from face_rec.models.model_service import ModelService
from tests.data import Material
from tests.fakes.packs import write_liveness
from tests.synthetic.photos import photo

pytestmark = pytest.mark.models
BLUE, GREY = (150, 112, 112), (120, 120, 120)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, drawn: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MODEL_PACK", str(drawn.pack))
    monkeypatch.setenv("REDIS_HOST", "redis.invalid")  # which must not be needed


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return write_liveness(tmp_path / "mine", scales=(4.0, 5.0), live=0)


def before(colour: tuple[int, int, int], person: int, number: int = 0, left: int = 500) -> Image:
    """A photo of a drawn person on a wall of this colour; the detector of drawn faces knows them
    on grey only."""
    image = np.full((960, 1280, 3), colour, np.uint8)
    image[355:605, left : left + 250] = photo(person, number)
    return image


def clip(folder: Path, colour: tuple[int, int, int], person: int) -> None:
    """Somebody who moves a little, as frames."""
    folder.mkdir(parents=True)
    for number in range(12):
        image = before(colour, person, number % 4, left=500 + 4 * number)
        cv2.imwrite(str(folder / f"{number:03}.png"), image)


def test_models_are_imported_listed_verified_and_taken_up(
    tmp_path: Path, models: Path, drawn: Material, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "import", "--liveness", str(models)]) == 0
    assert "For tests only." in capsys.readouterr().out
    assert main(["models", "verify"]) == 0
    assert "liveness: whole and unaltered" in capsys.readouterr().out
    assert main(["models", "list"]) == 0
    assert "tells faces from pictures: a.onnx, b.onnx" in capsys.readouterr().out
    root = tmp_path / "data" / "models"
    service = ModelService(root, str(drawn.pack))
    assert service.load().life is not None
    assert service.status().liveness == "For tests only."
    (root / "liveness" / "a.onnx").write_bytes(b"broken")
    assert main(["models", "verify", "liveness"]) == 1
    assert "liveness: BROKEN" in capsys.readouterr().out
    assert service.load().life is None, "and faces are recognised all the same"
    assert "a.onnx" in service.status().warning
    shutil.rmtree(root / "liveness")
    assert (service.load().life, service.status().warning.count("a.onnx")) == (None, 0)


@pytest.mark.nightly
def test_live_faces_and_attacks_are_counted_on_the_way_that_a_kiosk_takes(
    tmp_path: Path, models: Path, drawn: Material, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("LIVENESS_PACK", str(models))
    bonafide, attacks = tmp_path / "live", tmp_path / "attacks"
    clip(bonafide / "anna", BLUE, 1)
    cv2.imwrite(str(bonafide / "still.png"), before(BLUE, 2))
    cv2.imwrite(str(bonafide / "nobody.png"), np.full((480, 640, 3), 120, np.uint8))
    clip(attacks / "screen" / "one", GREY, 1)
    clip(attacks / "screen" / "two", BLUE, 2)  # which these models do not notice
    cv2.imwrite(str(attacks / "print_.png"), before(GREY, 1))  # no species of its own
    (attacks / "print").mkdir()
    cv2.imwrite(str(attacks / "print" / "flat.png"), before(GREY, 3))
    words = ["evaluate-liveness", str(bonafide), "--attacks", str(attacks),
             "--people", str(drawn.people)]  # fmt: skip
    assert main([*words, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    live = result["bonafide"]["live faces"]
    assert (live["bpcer"]["errors"], live["bpcer"]["of"]) == (0, 2)
    assert (live["no_response"]["errors"], live["no_response"]["of"]) == (1, 3)
    screen, prints = result["species"]["screen"], result["species"]["print"]
    assert (screen["apcer"]["errors"], screen["apcer"]["of"]) == (1, 2)
    assert (screen["iapmr"]["errors"], screen["unnoticed"]["errors"]) == (1, 1)
    assert (screen["named"]["errors"], screen["observed"]["errors"]) == (2, 1)
    assert (prints["apcer"]["errors"], prints["apcer"]["of"]) == (0, 1)
    assert set(result["species"]) == {"screen", "print"}
    assert result["worst"] == "screen"
    assert result["milliseconds"]["without"] > 0
    two = result["clips"][str(attacks / "screen" / "two")]
    assert (two["live"], two["marked"], two["first"]) == (True, True, "live")
    assert main(words) == 0
    assert "insufficient data" in capsys.readouterr().out


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    def run(bonafide: Path, attacks: Path) -> None:
        options = argparse.Namespace(bonafide=bonafide, attacks=attacks, people=None, json=False)
        evaluate_liveness.run(options)

    full, empty = tmp_path / "full", tmp_path / "empty"
    (full / "print").mkdir(parents=True)
    cv2.imwrite(str(full / "print" / "a.png"), before(BLUE, 1))
    empty.mkdir()
    with pytest.raises(SourceError, match="There is no folder"):
        run(tmp_path / "nowhere", full)
    with pytest.raises(SourceError, match="holds no videos"):
        run(empty, full)
    with pytest.raises(SourceError, match="one for each species"):
        run(full, empty)
    with pytest.raises(ModelError, match="--liveness"):
        run(full, full)
