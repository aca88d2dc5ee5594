"""The models of a running app: missing, installed, exchanged, broken."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from face_rec.domain.errors import ModelError, PackBroken, PackMissing, ProviderMissing
from face_rec.models import model_service as module
from face_rec.models.model_service import ModelService
from face_rec.models.packs.manifest import Pack
from face_rec.models.terms.model_facts import FREE, RESEARCH, UNSAID, Origin
from face_rec.models.terms.model_status import ModelState
from tests.data import Material, shared_data
from tests.synthetic.material import write_pack

pytestmark = pytest.mark.models


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with fewer figures a face than the other."""
    return write_pack(tmp_path_factory.mktemp("packs") / "drawn128", dimension=128)


@pytest.fixture
def large(drawn: Material) -> Path:
    return drawn.pack


@pytest.fixture
def build(root: Path) -> Iterator[Callable[..., ModelService]]:
    """Makes services on one folder and closes them."""
    made: list[ModelService] = []

    def make(pack: str, provider: str = "cpu") -> ModelService:
        made.append(ModelService(root, pack, provider))
        return made[-1]

    yield make
    for service in made:
        service.close()


def _eventually(check: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.05)
    return False


def test_without_a_pack_it_says_how_to_get_one(build: Callable[..., ModelService]) -> None:
    service = build("buffalo_l")
    with pytest.raises(PackMissing):
        service.load()
    assert service.current() is None
    assert service.status().state is ModelState.MISSING
    assert "models pull buffalo_l" in service.status().message


def test_a_folder_is_used_as_it_stands(build: Callable[..., ModelService]) -> None:
    service = build(str(shared_data("models/buffalo_sc")))
    models = service.load()
    status = service.status()
    assert service.current() is models
    assert status.state is ModelState.READY
    assert (status.pack, status.provider, status.custom) == ("buffalo_sc", "cpu", True)
    assert (status.dimension, status.contract) == (512, models.contract.digest)
    assert (status.calibration, status.largest_gallery) == (Origin.MEASURED, 500)
    assert status.licence == UNSAID
    assert status.speed is not None
    assert "measured" in str(status.speed)


def test_the_first_pack_installed_is_used_at_once_and_after_a_restart(
    build: Callable[..., ModelService], small: Path
) -> None:
    service = build("buffalo_l")
    pack = service.import_archive(small, "mine")
    models = service.current()
    assert models is not None
    assert models.pack == pack.name == "mine"
    assert build("buffalo_l").load().contract == models.contract


def test_packs_are_exchanged_while_it_runs(
    build: Callable[..., ModelService], small: Path, large: Path
) -> None:
    service = build("one")
    before = service.import_archive(small, "one") and service.current()
    service.import_archive(large, "two")
    assert service.current() is before  # installed is not yet chosen
    after = service.use("two")
    assert service.current() is after
    assert before is not None
    assert after.contract.dimension != before.contract.dimension
    assert build("one").load().pack == "two"  # chosen since
    assert build(str(small)).load().pack == small.name  # MODEL_PACK was edited since


def test_a_choice_that_cannot_be_loaded_changes_nothing(
    build: Callable[..., ModelService], small: Path, large: Path
) -> None:
    service = build("one")
    service.import_archive(small, "one")
    pack = service.import_archive(large, "two")
    before = service.current()
    pack.path(pack.detection).write_bytes(b"half")
    with pytest.raises(PackBroken):
        service.use("two")
    assert service.current() is before
    assert service.status().pack == "one"
    assert build("one").load().pack == "one"


def test_a_broken_pack_is_not_loaded_and_says_so(
    build: Callable[..., ModelService], small: Path
) -> None:
    pack = build("one").import_archive(small, "one")
    pack.path(pack.recognition).unlink()
    service = build("one")
    with pytest.raises(PackBroken):
        service.load()
    assert service.current() is None
    assert service.status().state is ModelState.FAILED
    assert "missing" in service.status().message


def test_a_missing_provider_is_a_failure_with_advice(
    build: Callable[..., ModelService], small: Path
) -> None:
    service = build(str(small), "directml")
    with pytest.raises(ProviderMissing):
        service.load()
    assert service.status().state is ModelState.FAILED
    assert "onnxruntime-directml" in service.status().message


def test_a_pack_that_another_process_installs_is_taken_up(
    build: Callable[..., ModelService], small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_AGAIN", 0.05)
    running = build("one")
    running.start()
    assert _eventually(lambda: running.status().state is ModelState.MISSING)
    build("one").installer.import_from(small, "one")
    assert _eventually(lambda: running.current() is not None)
    assert running.status().state is ModelState.READY


def test_a_running_pack_outlives_the_loss_of_its_files(
    build: Callable[..., ModelService], small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_AGAIN", 0.05)
    service = build("one")
    service.import_archive(small, "one")
    before = service.current()
    service.start()
    shutil.rmtree(service.packs.root / "one")
    assert _eventually(lambda: "stays in use" in service.status().warning)
    assert service.current() is before
    assert service.status().state is ModelState.READY


def test_weights_nobody_calibrated_are_told(
    build: Callable[..., ModelService], small: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    shutil.copytree(small, folder)
    recogniser = folder / "recogniser.onnx"
    recogniser.write_bytes(recogniser.read_bytes() + b"\x32\x00")  # an empty field: same model
    service = build(str(folder))
    service.load()
    assert service.status().calibration is Origin.UNKNOWN
    assert "models calibrate" in service.status().warning


def test_official_packs_are_offered_with_what_one_must_know(
    build: Callable[..., ModelService],
) -> None:
    offers = {offer.name: offer for offer in build("buffalo_l").offers()}
    assert list(offers) == ["opencv_zoo", "buffalo_l", "buffalo_sc"]
    large, small = offers["buffalo_l"], offers["buffalo_sc"]
    assert large.bytes > small.bytes > 10_000_000
    assert large.speed.embed > small.speed.embed > 0
    assert "estimate" in str(large.speed)
    assert "LFW" in large.accuracy
    assert (large.licence, offers["opencv_zoo"].licence) == (RESEARCH, FREE)
    assert offers["opencv_zoo"].licence.companies
    assert not large.installed


def test_custom_weights_under_an_official_name_are_not_the_official_pack(
    build: Callable[..., ModelService], tmp_path: Path
) -> None:
    service = build("buffalo_sc")
    assert service.import_archive(write_pack(tmp_path / "buffalo_sc")).name == "buffalo_sc"
    assert service.status().custom
    assert not any(offer.installed for offer in service.offers())
    assert [pack.custom for pack in service.installed()] == [True]


def test_two_installations_at_once_are_refused(
    build: Callable[..., ModelService], small: Path
) -> None:
    service = build("one")
    refused: list[str] = []

    def second() -> None:
        try:
            service.import_archive(small, "two")
        except ModelError as error:
            refused.append(str(error))

    def meanwhile(done: int, total: int) -> None:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()

    service.import_archive(small, "one", meanwhile)
    assert refused
    assert all("being installed" in reason for reason in refused)
    assert _names(service.installed()) == ["one"]


def _names(packs: list[Pack]) -> list[str]:
    return [pack.name for pack in packs]
