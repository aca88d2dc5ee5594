"""Liveness models are there whole and as they were installed, or they are not there."""

import json
from pathlib import Path

import pytest

from face_rec.domain.errors import ModelError, PackBroken
from face_rec.models.packs.install import Installer
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.liveness_pack import MANIFEST, LivenessPacks
from tests.data import shared_data
from tests.fakes.clock import FakeClock
from tests.fakes.packs import write_liveness, write_pack, write_recogniser, zip_of


@pytest.fixture
def packs(tmp_path: Path) -> InstalledPacks:
    return InstalledPacks(tmp_path / "data" / "models")


@pytest.fixture
def liveness(packs: InstalledPacks) -> LivenessPacks:
    return LivenessPacks(packs.root, packs.digests)


@pytest.fixture
def installer(packs: InstalledPacks) -> Installer:
    return Installer(packs, FakeClock())


def test_none_is_there_until_somebody_installs_one(liveness: LivenessPacks) -> None:
    assert liveness.find("liveness") is None
    assert liveness.find("/nowhere/at/all") is None


def test_a_folder_with_a_manifest_is_installed_and_is_no_recognition_pack(
    packs: InstalledPacks, liveness: LivenessPacks, installer: Installer, tmp_path: Path
) -> None:
    made = installer.import_liveness(write_liveness(tmp_path / "mine"))
    found = liveness.find("liveness", fresh=True)
    assert found is not None
    assert [(one.name, one.scale) for one in found.models] == [("a.onnx", 2.0), ("b.onnx", 4.0)]
    assert (found.licence, found.known, made.models) == ("For tests only.", False, found.models)
    assert packs.installed() == []
    assert [path.name for path in packs.root.iterdir() if path.is_dir()] == ["liveness"]


def test_it_is_installed_again_over_itself_but_never_over_a_recognition_pack(
    installer: Installer, tmp_path: Path
) -> None:
    source = write_liveness(tmp_path / "mine")
    installer.import_liveness(source)
    installer.import_liveness(source)
    installer.import_from(write_pack(tmp_path / "faces"))
    with pytest.raises(ModelError, match="--name"):
        installer.import_liveness(source, "faces")


def test_a_model_that_was_altered_is_not_used(
    liveness: LivenessPacks, installer: Installer, tmp_path: Path
) -> None:
    pack = installer.import_liveness(write_liveness(tmp_path / "mine"))
    path = pack.folder / "b.onnx"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(PackBroken, match="altered"):
        liveness.find("liveness", fresh=True)
    path.unlink()
    with pytest.raises(PackBroken, match="is missing"):
        liveness.find("liveness")


def test_an_unknown_model_without_a_manifest_is_refused_with_what_to_do(
    installer: Installer, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    write_recogniser(folder / "a.onnx", side=80)
    with pytest.raises(PackBroken, match=r"docs/liveness\.md"):
        installer.import_liveness(folder)
    (folder / "a.onnx").unlink()
    with pytest.raises(PackBroken, match="holds no"):
        installer.import_liveness(folder)


@pytest.mark.parametrize(
    "odd",
    [
        {"format": 2}, {"models": []}, {"models": [{"name": "a.onnx"}]}, {"models": 3},
        {"models": [{"name": "../a.onnx", "bytes": 1, "sha256": "", "scale": 2}]},
        {"models": [{"name": "a.onnx", "bytes": 1, "sha256": "", "scale": 99}]},
        {"models": [{"name": "a.onnx", "bytes": 1, "sha256": "", "scale": 2, "live": -1}]},
        {"licence": None, "models": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_refused(
    odd: dict[str, object], liveness: LivenessPacks, tmp_path: Path
) -> None:
    folder = write_liveness(tmp_path / "mine")
    content = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(content | odd))
    with pytest.raises(PackBroken):
        liveness.find(str(folder))


def test_a_zip_of_known_models_needs_no_manifest(
    liveness: LivenessPacks, installer: Installer, tmp_path: Path
) -> None:
    archive = zip_of(shared_data("models/liveness"), tmp_path / "minifasnet.zip", "inside/")
    installer.import_liveness(archive)
    found = liveness.find("liveness")
    assert found is not None
    assert sorted(one.scale for one in found.models) == [2.7, 4.0]
    assert found.known
    assert "Apache" in found.licence
