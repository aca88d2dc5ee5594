"""``python -m face_rec evaluate``: on real faces at the figures that are promised, on drawn ones
without a mistake."""

import json
from pathlib import Path

import pytest

from face_rec.__main__ import main
from tests.data import Material, shared_data
from tests.synthetic.photos import ENROLLED, STRANGERS

pytestmark = pytest.mark.models


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MODEL_PACK", str(material.pack))
    monkeypatch.setenv("REDIS_HOST", "redis.invalid")  # which must not be needed


@pytest.mark.nightly
def test_one_photo_each_names_nearly_everybody_and_no_stranger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Daily: test_one_photo_each_names_people_and_no_strangers (test_model_recognition), and the
    command on drawn people below."""
    people, strangers = shared_data("faces/people"), shared_data("faces/strangers")
    words = ["evaluate", str(people), "--strangers", str(strangers), "--enrol", "1", "--json"]
    assert main(words) == 0
    output = capsys.readouterr()
    result = json.loads(output.out)
    assert list(result) == [
        "people", "probes", "strangers", "not_enrolled", "named_right", "named_wrong", "unnamed",
        "strangers_named", "threshold", "seconds",
    ]  # fmt: skip
    assert (result["people"], result["probes"], result["strangers"]) == (120, 493, 200)
    assert result["not_enrolled"] == 0
    assert result["named_right"] >= 0.98 * result["probes"]
    assert result["strangers_named"] <= result["strangers"] / 200
    named = result["named_right"] + result["named_wrong"]
    assert named + result["unnamed"] == result["probes"]
    assert "100%" in output.err
    assert not list((tmp_path / "data").rglob("*.aof"))


def test_drawn_people_are_all_named_and_no_stranger_is(
    drawn: Material, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MODEL_PACK", str(drawn.pack))
    words = ["evaluate", str(drawn.people), "--strangers", str(drawn.strangers), "--json"]
    assert main(words) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["people"], result["strangers"]) == (ENROLLED, STRANGERS)
    assert result["named_right"] == result["probes"] > 0
    assert (result["named_wrong"], result["strangers_named"]) == (0, 0)


def test_the_figures_are_printed_for_people_too(
    tmp_path: Path, material: Material, capsys: pytest.CaptureFixture[str]
) -> None:
    person = min(material.people.iterdir())
    (tmp_path / "people").mkdir()
    (tmp_path / "people" / person.name).symlink_to(person)
    assert main(["evaluate", str(tmp_path / "people"), "--enrol", "2"]) == 0
    assert "named right" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err
