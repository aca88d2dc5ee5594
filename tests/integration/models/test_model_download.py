"""Packs pulled over HTTP: whole and as published, or not at all."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from face_rec.access.audit.audit_log import AuditLog
from face_rec.domain.errors import ArchiveRefused, ModelError, PackBroken
from face_rec.models.model_service import ModelService
from face_rec.models.packs.catalogue import OFFICIAL
from face_rec.models.packs.install import Installer
from face_rec.models.packs.installed_packs import InstalledPacks
from face_rec.models.packs.pack_downloads import PARTS
from face_rec.retry import Backoff
from pages.ui.frame.jobs import JOBS, Job
from pages.ui.system.model_packs import JOB, Resuming
from tests.fakes.access import MemoryAudit
from tests.fakes.clock import FakeClock
from tests.fakes.packs import DETECTION, RECOGNITION, official_of, write_pack, zip_of


@dataclass
class Releases:
    """A server of files; ``cut`` bytes are kept back at the end of an answer. ``version``: the
    ETag; with one it sends the rest of a file (``sent``: bytes of each answer).
    ``refusal``: the status of the next answer, or of all (``always``)."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut: int = 0
    sized: bool = True
    url: str = ""
    version: str = ""
    sent: list[int] = field(default_factory=list)
    refusal: int = 0
    always: bool = False


@pytest.fixture
def releases() -> Iterator[Releases]:
    state = Releases()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if state.refusal:
                self.send_response(state.refusal)
                state.refusal = state.refusal if state.always else 0
                self.end_headers()
                return
            data = state.files.get(self.path)
            start = self._start() if data is not None else 0
            self.send_response(404 if data is None else 206 if start else 200)
            if state.version:
                self.send_header("ETag", state.version)
            if data is not None and state.sized:
                self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            if data is not None:
                rest = data[start : len(data) - state.cut]
                state.sent.append(len(rest))
                self.wfile.write(rest)

        def _start(self) -> int:
            asked = self.headers.get("Range", "")
            same = self.headers.get("If-Range") == state.version != ""
            return int(asked.removeprefix("bytes=").removesuffix("-")) if asked and same else 0

        def log_message(self, *arguments: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def packs(tmp_path: Path) -> InstalledPacks:
    return InstalledPacks(tmp_path / "models")


@pytest.fixture
def installer(
    packs: InstalledPacks, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Installer:
    """Knows one official pack, ``tiny``, which the server has."""
    folder = write_pack(tmp_path / "published")
    monkeypatch.setitem(OFFICIAL, "tiny", official_of(folder, "tiny"))
    releases.files["/tiny.zip"] = zip_of(folder, tmp_path / "tiny.zip").read_bytes()
    return Installer(packs, FakeClock(), releases.url)


def _nothing_left(packs: InstalledPacks) -> bool:
    """But for what came of a download, which the next try goes on with."""
    return not [path for path in packs.root.iterdir() if path.is_dir() and path.name != PARTS]


def test_a_pack_is_pulled_verified_and_installed(
    packs: InstalledPacks, installer: Installer, releases: Releases
) -> None:
    seen: list[tuple[int, int]] = []
    pack = installer.pull("tiny", lambda done, total: seen.append((done, total)))
    size = len(releases.files["/tiny.zip"])
    assert seen[-1] == (size, size)
    assert not pack.custom
    assert packs.find("tiny") == pack
    assert sorted(path.name for path in pack.folder.glob("*.onnx")) == [RECOGNITION, DETECTION]


def test_a_server_that_states_no_size_is_fine(installer: Installer, releases: Releases) -> None:
    releases.sized = False
    assert installer.pull("tiny").name == "tiny"


@pytest.mark.parametrize(("sized", "error"), [(True, ModelError), (False, ArchiveRefused)])
def test_a_download_that_breaks_off_installs_nothing(
    packs: InstalledPacks,
    installer: Installer,
    releases: Releases,
    sized: bool,
    error: type[Exception],
) -> None:
    releases.cut, releases.sized = 100, sized
    with pytest.raises(error):
        installer.pull("tiny")
    assert _nothing_left(packs)


def test_other_files_than_the_published_are_refused(
    packs: InstalledPacks, installer: Installer, releases: Releases, tmp_path: Path
) -> None:
    folder = write_pack(tmp_path / "forged", flavour="b")
    releases.files["/tiny.zip"] = zip_of(folder, tmp_path / "forged.zip").read_bytes()
    with pytest.raises(PackBroken, match="altered"):
        installer.pull("tiny")
    assert _nothing_left(packs)


def test_a_zip_without_the_published_files_is_refused(
    packs: InstalledPacks, installer: Installer, releases: Releases, tmp_path: Path
) -> None:
    folder = write_pack(tmp_path / "half")
    (folder / RECOGNITION).unlink()
    releases.files["/tiny.zip"] = zip_of(folder, tmp_path / "half.zip").read_bytes()
    with pytest.raises(PackBroken, match="missing"):
        installer.pull("tiny")
    assert _nothing_left(packs)


def test_a_failing_pull_leaves_the_installed_pack(
    packs: InstalledPacks, installer: Installer, releases: Releases
) -> None:
    before = installer.pull("tiny")
    releases.files.clear()
    with pytest.raises(ModelError, match="404"):
        installer.pull("tiny")
    assert packs.find("tiny") == before


def test_an_interrupted_pull_leaves_nothing(packs: InstalledPacks, installer: Installer) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        installer.pull("tiny", interrupt)
    assert _nothing_left(packs)


def test_no_network_is_said_with_another_way(packs: InstalledPacks, installer: Installer) -> None:
    offline = Installer(packs, FakeClock(), "http://127.0.0.1:9")
    with pytest.raises(ModelError, match=r"network.*models import ZIP"):
        offline.pull("tiny")


def test_a_full_disk_is_said(
    packs: InstalledPacks, installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("face_rec.models.packs.download._Part._write", full)
    with pytest.raises(ModelError, match="No space left"):
        installer.pull("tiny")
    assert _nothing_left(packs)


def test_an_endless_answer_is_cut(
    installer: Installer, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases.sized = False
    monkeypatch.setattr("face_rec.models.packs.download.LARGEST", 100)
    with pytest.raises(ModelError, match="does not end"):
        installer.pull("tiny")


def test_an_unknown_name_is_refused_with_those_that_exist(installer: Installer) -> None:
    with pytest.raises(ModelError, match="buffalo_l"):
        installer.pull("../evil")


def test_a_download_that_broke_off_is_gone_on_with(
    packs: InstalledPacks,
    installer: Installer,
    releases: Releases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also by another process: what has come, but for the last piece, lies on the disk."""
    monkeypatch.setattr("face_rec.models.packs.download._PIECE", 64)
    whole = len(releases.files["/tiny.zip"])
    releases.version, releases.cut = '"one"', 100
    with pytest.raises(ModelError, match="what has come is kept"):
        installer.pull("tiny")
    releases.cut = 0
    seen: list[tuple[int, int]] = []
    again = Installer(packs, FakeClock(), releases.url)
    assert again.pull("tiny", lambda done, total: seen.append((done, total))).name == "tiny"
    assert releases.sent[0] == whole - 100
    assert 100 <= releases.sent[1] < 100 + 64
    assert seen[-1] == (whole, whole)
    assert not any((packs.root / PARTS).iterdir())


@pytest.mark.parametrize("version", ['"two"', "", 'W/"one"'])
def test_another_version_of_the_file_is_begun_anew(
    packs: InstalledPacks, installer: Installer, releases: Releases, version: str
) -> None:
    whole = len(releases.files["/tiny.zip"])
    releases.version, releases.cut = version if version.startswith("W/") else '"one"', 100
    with pytest.raises(ModelError, match="what has come is kept"):
        installer.pull("tiny")
    releases.version, releases.cut = version, 0
    assert installer.pull("tiny") == packs.find("tiny")
    assert releases.sent == [whole - 100, whole], "what came is of no use"


@pytest.mark.parametrize("answer", [416, 503])
def test_what_has_come_survives_a_server_in_trouble_and_is_begun_anew_where_it_is_no_use(
    installer: Installer, releases: Releases, monkeypatch: pytest.MonkeyPatch, answer: int
) -> None:
    monkeypatch.setattr("face_rec.models.packs.download._PIECE", 64)
    whole = len(releases.files["/tiny.zip"])
    releases.version, releases.cut = '"one"', 100
    with pytest.raises(ModelError):
        installer.pull("tiny")
    releases.cut, releases.refusal = 0, answer
    if answer == 503:
        with pytest.raises(ModelError, match=r"503.*what has come is kept"):
            installer.pull("tiny")
    assert installer.pull("tiny").name == "tiny"
    assert (releases.sent[-1] == whole) is (answer == 416)


def test_a_server_that_always_says_that_there_is_no_such_rest_is_asked_once_more_only(
    installer: Installer, releases: Releases
) -> None:
    releases.version, releases.cut = '"one"', 100
    with pytest.raises(ModelError):
        installer.pull("tiny")
    releases.cut, releases.refusal, releases.always = 0, 416, True
    with pytest.raises(ModelError, match="416"):
        installer.pull("tiny")


def test_a_pack_of_single_files_is_pulled_as_one(
    packs: InstalledPacks,
    releases: Releases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = write_pack(tmp_path / "single")
    names = (DETECTION, RECOGNITION)
    releases.files |= {f"/at/{name}": (folder / name).read_bytes() for name in names}
    single = replace(
        official_of(folder, "single"),
        addresses={name: f"{releases.url}/at/{name}" for name in names},
    )
    monkeypatch.setitem(OFFICIAL, "single", single)
    seen: list[tuple[int, int]] = []
    installer = Installer(packs, FakeClock())
    assert not installer.pull("single", lambda *told: seen.append(told)).custom
    size = single.detection.bytes + single.recognition.bytes
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    releases.files[f"/at/{RECOGNITION}"] = b"forged"
    with pytest.raises(PackBroken, match="bytes instead of"):
        installer.pull("single")
    assert packs.find("single").files == (single.detection, single.recognition)


def test_a_pack_comes_from_the_mirror_where_one_is_set(
    packs: InstalledPacks, releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pack(tmp_path / "single")
    names = (DETECTION, RECOGNITION)
    releases.files |= {f"/{name}": (folder / name).read_bytes() for name in names}
    single = replace(
        official_of(folder, "single"), addresses=dict.fromkeys(names, "http://127.0.0.1:9/x")
    )
    monkeypatch.setitem(OFFICIAL, "single", single)
    installer = Installer(packs, FakeClock(), f"{releases.url}/")
    assert installer.downloads.sources(single) == tuple(f"{releases.url}/{name}" for name in names)
    assert installer.pull("single").files == (single.detection, single.recognition)


def test_what_came_of_a_broken_download_is_told_until_all_of_it_is_there(
    installer: Installer, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face_rec.models.packs.download._PIECE", 64)
    tiny, whole = OFFICIAL["tiny"], len(releases.files["/tiny.zip"])
    releases.cut, releases.version = 100, '"one"'
    assert installer.downloads.begun(tiny) == 0
    with pytest.raises(ModelError, match="page Models"):
        installer.pull("tiny")
    assert whole - 100 - 64 < installer.downloads.begun(tiny) <= whole - 100
    releases.cut = 0
    installer.pull("tiny")
    assert installer.downloads.begun(tiny) == 0


def _killed_at(installer: Installer, least: int) -> None:
    """Another process downloads, and is killed when so many bytes are here."""

    def told(done: int, total: int) -> None:
        if done >= least:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        try:
            installer.pull("tiny", told)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_download_that_ran_when_the_server_was_killed_goes_on_by_itself(
    packs: InstalledPacks,
    installer: Installer,
    releases: Releases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("face_rec.models.packs.download._PIECE", 64)
    whole = len(releases.files["/tiny.zip"])
    releases.version = '"one"'
    _killed_at(installer, whole // 2)
    assert installer.downloads.unfinished() == ["tiny"]
    models = cast("ModelService", SimpleNamespace(installer=installer, pull=installer.pull))
    Resuming(models, AuditLog(MemoryAudit(), FakeClock())).step()
    job = JOBS.get(JOB)
    assert job is not None
    assert job.ended.wait(60)
    JOBS.forget(JOB)
    assert job.error == ""
    assert packs.find("tiny") == job.result
    assert installer.downloads.unfinished() == []
    assert not any((packs.root / PARTS).iterdir())


def _waiting(installer: Installer, releases: Releases, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A download that went on by itself, and whose server does not answer yet."""
    monkeypatch.setattr("face_rec.models.packs.download._PIECE", 64)
    monkeypatch.setattr("pages.ui.system.model_packs._PAUSES", Backoff(0.05, 0.05))
    releases.version = '"one"'
    _killed_at(installer, 128)
    releases.refusal, releases.always = 503, True
    models = cast("ModelService", SimpleNamespace(installer=installer, pull=installer.pull))
    Resuming(models, AuditLog(MemoryAudit(), FakeClock())).step()
    job = JOBS.get(JOB)
    assert job is not None
    tick = threading.Event()
    while "the server answered 503. It is tried again by itself" not in job.waits:
        assert job.running, job.error
        tick.wait(0.01)
    return job


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_what_goes_on_by_itself_waits_in_words_until_the_server_answers(
    packs: InstalledPacks,
    installer: Installer,
    releases: Releases,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = _waiting(installer, releases, monkeypatch)
    releases.refusal = 0
    assert job.ended.wait(60)
    JOBS.forget(JOB)
    assert (job.error, job.waits) == ("", "")
    assert packs.find("tiny") == job.result


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_download_that_waits_for_the_network_can_be_stopped(
    installer: Installer, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = _waiting(installer, releases, monkeypatch)
    job.stopped = True
    assert job.ended.wait(60)
    JOBS.forget(JOB)
    assert job.stopped
    assert installer.downloads.unfinished() == [], "whoever stopped it begins it again"


def test_a_download_that_was_stopped_failed_or_is_under_way_does_not(
    installer: Installer, releases: Releases
) -> None:
    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert installer.downloads.unfinished() == [], "it is under way"
        with pytest.raises(ModelError, match="another process"):
            installer.pull("tiny")
        raise Stop

    with pytest.raises(Stop):
        installer.pull("tiny", stop)
    assert installer.downloads.unfinished() == []
    releases.files.clear()
    with pytest.raises(ModelError, match="404"):
        installer.pull("tiny")
    assert installer.downloads.unfinished() == []
