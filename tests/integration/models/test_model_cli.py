"""``python -m face_rec models`` as a user types it."""

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

import config
from face_rec import assembly
from face_rec.cli.recognition import models
from face_rec.domain.errors import Conflict, ModelError
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.terms.model_facts import Origin
from tests.data import Material, shared_data
from tests.synthetic.material import write_pack

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("loaded_once")]

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command line on a data folder of its own."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MODEL_PACK", "mine")
    parser = argparse.ArgumentParser()
    models.add(parser.add_subparsers())

    def run(*words: str) -> int:
        options = parser.parse_args(["models", *words])
        return int(options.run(options))

    return run


@pytest.fixture
def packs(tmp_path: Path) -> InstalledPacks:
    return InstalledPacks(tmp_path / "data" / "models")


def test_the_list_shows_what_can_be_pulled_and_the_licence(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("list") == 0
    text = capsys.readouterr().out
    words = ("buffalo_l", "buffalo_sc", "289 MB", "LFW 99.83 %", "estimate", "opencv_zoo", "39 MB")
    for word in (*words, "a company may use it free of charge", "a company may use it only with"):
        assert word in text


def test_a_folder_is_imported_listed_and_verified(
    run: Run, packs: InstalledPacks, drawn: Material, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", str(drawn.pack), "--name", "mine") == 0
    output = capsys.readouterr()
    assert "non-commercial" in output.out
    assert "custom weights" in output.out
    assert "100%" in output.err  # the progress bar
    assert run("verify") == 0
    assert run("list") == 0
    assert "mine             installed  custom weights, 0 MB" in capsys.readouterr().out
    path = packs.find("mine").path(packs.find("mine").recognition)
    path.write_bytes(path.read_bytes()[:-1])
    assert run("verify", "mine") == 1
    assert "mine: BROKEN" in capsys.readouterr().out


def test_verify_without_packs_says_so(run: Run) -> None:
    with pytest.raises(ModelError, match="models list"):
        run("verify")


def test_only_official_names_can_be_pulled(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("pull", "antelope")
    assert "buffalo_sc" in capsys.readouterr().err


@pytest.mark.nightly
def test_a_calibration_replaces_the_built_in_one_and_comes_close_to_it(
    run: Run,
    packs: InstalledPacks,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    thorough: bool,
) -> None:
    run("import", str(shared_data("models/scrfd_mbf128")), "--name", "mine")
    built_in = packs.find("mine").calibration
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for folder in sorted(shared_data("faces/people").iterdir())[:: 1 if thorough else 2]:
        (pictures / folder.name).symlink_to(folder)
    assert run("calibrate", str(pictures)) == 0
    measured = packs.find("mine").calibration
    assert measured.origin is Origin.MEASURED
    assert measured != built_in
    assert measured.cosine_at(1e-3) == pytest.approx(built_in.cosine_at(1e-3), abs=0.03)
    assert "pairs of different people" in capsys.readouterr().out


def test_a_change_is_begun_followed_and_ended_from_a_terminal(
    run: Run, drawn: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The work itself is the running app's; here is none."""
    monkeypatch.setattr(config, "ROOT", tmp_path)
    run("import", str(drawn.pack), "--name", "mine")
    other = write_pack(tmp_path / "drawn128", dimension=128)
    run("import", str(other), "--name", "other")
    capsys.readouterr()
    assert run("change", "status") == 0
    assert "No change is under way" in capsys.readouterr().out
    with pytest.raises(Conflict, match="Begin one first"):
        run("change", "switch")
    run("change", "begin", "other")
    assert "From mine to other: making" in capsys.readouterr().out
    run("change", "pause")
    assert "paused" in capsys.readouterr().out
    run("change", "resume")
    with pytest.raises(Conflict, match="Wait for it"):
        run("change", "switch")
    capsys.readouterr()
    run("change", "end")
    assert "ending" in capsys.readouterr().out
    with assembly.build_access(config.load()) as access:
        said = [(one.action, one.target, one.kind) for one in access.audit.newest(10)]
    begun = ("models.change.begun", "other", "command")
    ended = ("models.change.ended", "other", "command")
    assert (said[-1], said[0]) == (begun, ended)
