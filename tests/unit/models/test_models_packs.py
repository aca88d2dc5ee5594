"""A pack is there whole and as it was installed, or it is not there."""

import os
import shutil
import stat
import zipfile
from pathlib import Path

import onnx
import pytest

from face_rec.domain.errors import ArchiveRefused, ModelError, PackBroken, PackMissing
from face_rec.models.packs import digests
from face_rec.models.packs.install import Installer
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.manifest import MANIFEST, Pack
from face_rec.models.packs.model_files import Role, role_of
from face_rec.models.scores.calibration import Point
from face_rec.models.terms.model_facts import Origin
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.packs import (
    DETECTION,
    RECOGNITION,
    write_detector,
    write_other,
    write_pack,
    write_recogniser,
    zip_of,
)


@pytest.fixture
def packs(tmp_path: Path) -> InstalledPacks:
    return InstalledPacks(tmp_path / "data" / "models")


@pytest.fixture
def installer(packs: InstalledPacks) -> Installer:
    return Installer(packs, FakeClock())


@pytest.fixture
def installed(packs: InstalledPacks, installer: Installer, tmp_path: Path) -> Pack:
    return installer.import_from(write_pack(tmp_path / "mine"))


def _left_behind(packs: InstalledPacks) -> list[str]:
    return [path.name for path in packs.root.iterdir() if path.is_dir()]


# --- roles ---------------------------------------------------------------------


def test_a_role_is_told_from_the_graph_and_not_from_the_name(tmp_path: Path) -> None:
    assert role_of(write_detector(tmp_path / "recognition.onnx")) is Role.DETECTION
    assert role_of(write_recogniser(tmp_path / "detection.onnx")) is Role.RECOGNITION
    assert role_of(write_recogniser(tmp_path / "small.onnx", side=80)) is Role.OTHER
    assert role_of(write_other(tmp_path / "w600k.onnx")) is Role.OTHER


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_half_downloaded_model_is_broken(tmp_path: Path, share: float) -> None:
    path = write_recogniser(tmp_path / "model.onnx")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(PackBroken, match="again"):
        role_of(path)


def test_weights_in_other_files_are_refused(tmp_path: Path) -> None:
    path = write_recogniser(tmp_path / "model.onnx")
    model = onnx.load(path)
    weight = onnx.helper.make_tensor("w", onnx.TensorProto.FLOAT, [1], [1.0])
    weight.data_location = onnx.TensorProto.EXTERNAL
    model.graph.initializer.append(weight)
    path.write_bytes(model.SerializeToString())
    with pytest.raises(PackBroken, match="one file"):
        role_of(path)


# --- installing ----------------------------------------------------------------


@pytest.mark.parametrize("inside", ["", "mine/", "models/mine/"])
def test_a_zip_is_installed_with_only_what_is_needed(
    packs: InstalledPacks, installer: Installer, tmp_path: Path, inside: str
) -> None:
    archive = zip_of(write_pack(tmp_path / "mine"), tmp_path / "mine.zip", inside)
    seen: list[tuple[int, int]] = []
    pack = installer.import_from(archive, progress=lambda done, total: seen.append((done, total)))
    assert pack.name == "mine"
    assert pack.custom
    assert pack.installed_at == MORNING
    assert sorted(path.name for path in pack.folder.iterdir()) == [
        RECOGNITION,
        DETECTION,
        MANIFEST,
    ]
    assert seen[-1][0] == seen[-1][1] > 0
    assert packs.installed() == [pack] == [packs.find("mine")]
    assert _left_behind(packs) == ["mine"]


def test_importing_twice_changes_nothing(installer: Installer, installed: Pack) -> None:
    again = installer.import_from(installed.folder, installed.name)
    assert again.files == installed.files


def test_other_weights_never_take_a_name_over(
    packs: InstalledPacks, installer: Installer, installed: Pack, tmp_path: Path
) -> None:
    other = write_pack(tmp_path / "other", flavour="b")
    with pytest.raises(ModelError, match="--name"):
        installer.import_from(other, installed.name)
    assert packs.find(installed.name) == installed
    assert installer.import_from(other, "second").files != installed.files


def test_a_calibration_is_kept_with_its_pack(
    packs: InstalledPacks, installer: Installer, installed: Pack
) -> None:
    assert installed.calibration.origin is Origin.UNKNOWN
    points = (Point(1e-3, 0.4), Point(1e-4, 0.5))
    measured = Pack(
        installed.name, installed.folder, installed.detection, installed.recognition, None, points
    )
    installer.recalibrate(measured)
    assert packs.find(installed.name).calibration.origin is Origin.MEASURED
    installer.import_from(installed.folder, installed.name)
    assert packs.find(installed.name).measured == points


def test_a_folder_of_the_users_own_is_not_written_to(
    packs: InstalledPacks, installer: Installer, tmp_path: Path
) -> None:
    folder = write_pack(tmp_path / "mine")
    with pytest.raises(ModelError, match="import it"):
        installer.recalibrate(packs.find(str(folder)))
    assert not (folder / MANIFEST).exists()


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "ü", "x" * 65])
def test_a_name_that_is_no_folder_name_is_refused(
    packs: InstalledPacks, installer: Installer, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ModelError, match="cannot name a pack"):
        installer.import_from(write_pack(tmp_path / "mine"), name)
    assert _left_behind(packs) == []


@pytest.mark.parametrize("missing", [DETECTION, RECOGNITION])
def test_a_pack_needs_one_of_each(installer: Installer, tmp_path: Path, missing: str) -> None:
    folder = write_pack(tmp_path / "mine")
    (folder / missing).unlink()
    with pytest.raises(PackBroken, match="exactly one"):
        installer.import_from(folder)


def test_two_detectors_are_one_too_many(installer: Installer, tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "mine")
    shutil.copy(folder / DETECTION, folder / "second.onnx")
    with pytest.raises(PackBroken, match="exactly one detection"):
        installer.import_from(folder)


def test_what_a_killed_process_left_is_swept_after_a_day(
    packs: InstalledPacks, installer: Installer, tmp_path: Path
) -> None:
    old, young = packs.root / ".incoming-old", packs.root / ".incoming-young"
    for folder in (old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    installer.import_from(write_pack(tmp_path / "mine"))
    assert not old.exists()
    assert young.exists()
    assert [pack.name for pack in packs.installed()] == ["mine"]


# --- hostile archives ----------------------------------------------------------


def _zip_with(target: Path, *entries: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for entry, data in entries:
            archive.writestr(entry, data)
    return target


def _link() -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("model.onnx")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("../../evil.onnx", "outside"),
        ("/etc/evil.onnx", "outside"),
        ("a\\..\\..\\evil.onnx", "outside"),
        ("C:/evil.onnx", "outside"),
        (_link(), "link"),
        ("readme.txt", r"\*\.onnx"),
    ],
)
def test_an_unsafe_zip_is_refused_whole(
    packs: InstalledPacks,
    installer: Installer,
    tmp_path: Path,
    entry: zipfile.ZipInfo | str,
    reason: str,
) -> None:
    archive = _zip_with(tmp_path / "bad.zip", (entry, b"x"))
    with pytest.raises(ArchiveRefused, match=reason):
        installer.import_from(archive)
    assert _left_behind(packs) == []
    assert not list(tmp_path.rglob("evil*"))


def test_a_zip_bomb_is_refused_before_it_unpacks(
    monkeypatch: pytest.MonkeyPatch, installer: Installer, tmp_path: Path
) -> None:
    monkeypatch.setattr("face_rec.models.packs.model_files.LARGEST_FILE", 1000)
    archive = _zip_with(tmp_path / "bomb.zip", ("a.onnx", bytes(2000)))
    with pytest.raises(ArchiveRefused, match="more than"):
        installer.import_from(archive)
    monkeypatch.setattr("face_rec.models.packs.model_files.LARGEST_FILE", 3000)
    monkeypatch.setattr("face_rec.models.packs.model_files.LARGEST_TOTAL", 3000)
    many = _zip_with(tmp_path / "many.zip", ("a.onnx", bytes(2000)), ("b.onnx", bytes(2000)))
    with pytest.raises(ArchiveRefused, match="more than"):
        installer.import_from(many)


def test_what_unpacks_to_a_hundred_times_its_size_is_refused(
    installer: Installer, tmp_path: Path
) -> None:
    archive = tmp_path / "zeros.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.onnx", bytes(5_000_000))
    with pytest.raises(ArchiveRefused, match="not safe"):
        installer.import_from(archive)


def test_too_many_files_and_twins_are_refused(installer: Installer, tmp_path: Path) -> None:
    many = [(f"{n}.txt", b"") for n in range(501)]
    with pytest.raises(ArchiveRefused, match="500"):
        installer.import_from(_zip_with(tmp_path / "many.zip", *many))
    twins = _zip_with(tmp_path / "twins.zip", ("a/m.onnx", b"1"), ("b/M.onnx", b"2"))
    with pytest.raises(ArchiveRefused, match="different names"):
        installer.import_from(twins)


def test_a_damaged_zip_is_refused(
    packs: InstalledPacks, installer: Installer, tmp_path: Path
) -> None:
    archive = zip_of(write_pack(tmp_path / "mine"), tmp_path / "mine.zip")
    data = bytearray(archive.read_bytes())
    data[60] ^= 0xFF
    archive.write_bytes(data)
    with pytest.raises(ArchiveRefused, match="no complete ZIP"):
        installer.import_from(archive)
    archive.write_bytes(data[: len(data) // 2])
    with pytest.raises(ArchiveRefused, match="no complete ZIP"):
        installer.import_from(archive)
    assert _left_behind(packs) == []


def test_an_encrypted_zip_is_refused(installer: Installer, tmp_path: Path) -> None:
    archive = zip_of(write_pack(tmp_path / "mine"), tmp_path / "mine.zip")
    data = bytearray(archive.read_bytes())
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(magic)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(magic, at + 4)
    archive.write_bytes(data)
    with pytest.raises(ArchiveRefused, match="encrypted"):
        installer.import_from(archive)


# --- verifying -----------------------------------------------------------------


def test_an_altered_file_is_never_used(packs: InstalledPacks, installed: Pack) -> None:
    path = installed.path(installed.recognition)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(PackBroken, match="altered"):
        packs.find(installed.name)


def test_a_short_or_missing_file_is_never_used(packs: InstalledPacks, installed: Pack) -> None:
    path = installed.path(installed.detection)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PackBroken, match="bytes instead of"):
        packs.find(installed.name)
    path.unlink()
    with pytest.raises(PackBroken, match="missing"):
        packs.find(installed.name)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format": 2}', '{"format": 1, "installed_at": 3}']
)
def test_a_manifest_that_makes_no_sense_is_a_broken_pack(
    packs: InstalledPacks, installed: Pack, text: str
) -> None:
    (installed.folder / MANIFEST).write_text(text)
    with pytest.raises(PackBroken, match="manifest"):
        packs.find(installed.name)
    assert packs.installed() == []
    assert packs.names() == [installed.name]


def test_a_manifest_cannot_point_out_of_its_folder(packs: InstalledPacks, installed: Pack) -> None:
    manifest = installed.folder / MANIFEST
    manifest.write_text(manifest.read_text().replace(DETECTION, f"../{DETECTION}"))
    with pytest.raises(PackBroken):
        packs.find(installed.name)


def test_a_second_start_reads_no_weights(
    monkeypatch: pytest.MonkeyPatch, packs: InstalledPacks, installed: Pack
) -> None:
    def refuse(path: Path) -> str:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(digests, "sha256_of", refuse)
    InstalledPacks(packs.root).find(installed.name)
    with pytest.raises(AssertionError, match="was read"):
        InstalledPacks(packs.root).find(installed.name, fresh=True)


def test_a_damaged_memory_of_digests_only_costs_time(
    packs: InstalledPacks, installed: Pack
) -> None:
    (packs.root / "verified.json").write_text("[1, 2")
    assert packs.find(installed.name) == installed


def test_a_folder_is_a_pack_without_a_manifest(packs: InstalledPacks, tmp_path: Path) -> None:
    pack = packs.find(str(write_pack(tmp_path / "my models")))
    assert pack.name == "my-models"
    assert pack.detection.name == DETECTION
    assert pack.recognition.name == RECOGNITION
    assert pack.custom


@pytest.mark.parametrize(
    ("wanted", "advice"),
    [("buffalo_l", "models pull buffalo_l"), ("mine", "import"), ("./nowhere", "MODEL_PACK")],
)
def test_a_missing_pack_says_how_to_get_one(
    packs: InstalledPacks, wanted: str, advice: str
) -> None:
    with pytest.raises(PackMissing, match=advice):
        packs.find(wanted)
