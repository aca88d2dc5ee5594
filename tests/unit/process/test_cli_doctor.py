"""``doctor`` says of each part how it is, what is wrong and what to do."""

import argparse
import shutil
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from face_rec import __version__
from face_rec.__main__ import parser
from face_rec.cli import doctor
from face_rec.cli.doctor import snapshots_check
from face_rec.cli.parts.file_checks import journal_files_check
from face_rec.cli.tls import write_pair
from face_rec.domain.health import HealthCheck
from face_rec.domain.liveness import Check
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.redis.redis_health import ahead_of_redis, redis_clock_check
from face_rec.stores.snapshots.plain_snapshots import FolderSnapshots
from face_rec.timekeeping.ntp import Kept
from face_rec.timekeeping.watch import ClockWatch
from face_rec.web.ops import host_checks
from tests.data import Material
from tests.fakes.clock import FakeClock
from tests.fakes.models import blank_frame
from tests.redis_servers import redis_binary, standalone
from tests.rtsp import RtspCamera
from tests.rtsp import clip as recorded

NOW = datetime(2026, 5, 1, tzinfo=UTC)
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs the command with these settings; exit status and what it printed."""
    monkeypatch.setattr("config.ROOT", tmp_path)  # no .env of this checkout
    for name in ("REDIS_URL", "REDIS_HOST", "REDIS_NODES", "S3_BUCKET", "TLS_CERT", "TLS_KEY"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, **settings: str) -> tuple[int, str]:
        monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        options: argparse.Namespace = parser().parse_args(["doctor", *arguments])
        status = options.run(options)
        return status, capsys.readouterr().out

    return call


def test_a_healthy_installation_passes(run: Run, material: Material) -> None:
    redis_binary()
    status, said = run(MODEL_PACK=str(material.pack))
    assert status == 0, said
    for part in ("settings", "data folder", "disk", "tls", "kiosk cameras", "clock", "redis",
                 "redis data", "snapshots", "models", "liveness",
                 "enrolled cameras"):  # fmt: skip
        assert f" {part}: " in said
    assert "FAIL" not in said


def test_a_setting_that_cannot_be_is_all_there_is_to_say(run: Run) -> None:
    status, said = run(PORT="many")
    assert status == 1
    version, settings, *_ = said.splitlines()
    assert version.startswith("ok   version: ")
    assert settings.startswith("FAIL settings: PORT is 'many'")
    assert "1 failed" in said


def test_the_version_is_said_first_also_where_a_setting_is_wrong(run: Run) -> None:
    """SECURITY.md and the form for bugs rely on it."""
    _, said = run(PORT="none")
    assert said.startswith(f"ok   version: {__version__} on Python 3.")


@pytest.mark.heavy
def test_what_is_wrong_comes_with_what_to_do(run: Run, tmp_path: Path) -> None:
    status, said = run(REDIS_URL="redis://127.0.0.1:1/0", MODEL_PACK="none-such")
    assert status == 1
    lines = said.splitlines()
    for part in ("redis", "models"):
        at = next(n for n, line in enumerate(lines) if line.startswith(f"FAIL {part}: "))
        assert lines[at + 1].startswith("     → "), said


def test_a_kiosk_that_cannot_mark_by_face_as_it_is_set_is_warned_of(
    run: Run, material: Material, tmp_path: Path
) -> None:
    with standalone(tmp_path / "redis") as server:
        url = f"redis://127.0.0.1:{server.port}/0"
        RedisRules(connect(RedisAddress(nodes=(("127.0.0.1", server.port),))), "main").put(
            KioskRecord("door", liveness=Check.ENFORCE),
            KioskRecord("gate", camera="c0ffee", camera_label="OBS Virtual Camera"),
            KioskRecord("yard", camera="c0ffee", camera_label="Front"),
        )
        _, said = run(REDIS_URL=url, MODEL_PACK=str(material.pack))
    assert "WARN liveness: door: nobody is marked by face" in said
    assert "WARN enrolled cameras: gate: its enrolled camera calls itself a virtual one" in said
    assert "yard" not in said


def test_every_failure_and_warning_has_advice() -> None:
    assert "→" in doctor.shown(HealthCheck("x", ok=False, detail="d", advice="a"))
    assert doctor.shown(HealthCheck("x", ok=True, detail="d")) == "ok   x: d"
    warned = HealthCheck("x", ok=True, detail="d", advice="a", warning=True)
    assert doctor.shown(warned).startswith("WARN")


# --- camera -----------------------------------


def test_a_camera_that_shows_something_passes(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    cv2.imwrite(str(path), np.zeros((48, 64, 3), np.uint8))
    found = doctor.camera_check(str(path))
    assert (found.ok, found.detail) == (True, "64×48 px")


@pytest.mark.parametrize("source", ["99", "no-such-file.mp4"])
def test_a_camera_that_is_not_there_fails_with_advice(source: str) -> None:
    found = doctor.camera_check(source)
    assert not found.ok
    assert found.advice


@pytest.mark.heavy
def test_a_camera_of_the_network_is_opened_as_its_worker_opens_it() -> None:
    clip = recorded([blank_frame(64, 48, grey) for grey in range(30)], 15)
    with RtspCamera(clip, "cam:right") as camera:
        address = camera.url.replace("//", "//cam:{}@")
        found = doctor.camera_check(address.format("right"))
        assert (found.ok, found.detail) == (True, "64×48 px, h264")
        refused = doctor.camera_check(address.format("wr0ng"))
    assert not refused.ok
    assert "refuses user and password" in refused.advice
    assert "wr0ng" not in repr(refused)
    gone = doctor.camera_check(camera.url)
    assert "takes no connection" in gone.advice


def test_a_camera_that_does_not_answer_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        found = doctor.camera_check(f"rtsp://127.0.0.1:{port}/none", seconds=0.2)
    assert not found.ok
    assert found.advice


# --- the machine -----------------------------------


def _tls(folder: Path, made: datetime, now: datetime) -> HealthCheck:
    cert, key = write_pair(folder, ["kiosk.local"], made)
    return host_checks.tls_check(cert, key, now)()


def test_a_certificate_is_good_until_shortly_before_its_end(tmp_path: Path) -> None:
    good = _tls(tmp_path / "a", NOW, NOW)
    assert (good.ok, good.warning) == (True, False)
    assert "kiosk.local" in good.detail
    ending = _tls(tmp_path / "b", NOW - timedelta(days=810), NOW)
    assert (ending.ok, ending.warning) == (True, True)
    over = _tls(tmp_path / "c", NOW - timedelta(days=900), NOW)
    assert not over.ok
    assert over.advice


def test_a_key_of_another_certificate_fails(tmp_path: Path) -> None:
    cert, _ = write_pair(tmp_path / "a", ["a"], NOW)
    _, key = write_pair(tmp_path / "b", ["b"], NOW)
    assert not host_checks.tls_check(cert, key, NOW)().ok


def test_http_for_other_machines_is_warned_of() -> None:
    assert host_checks.browsers_check(loopback=False, https=False)().warning
    assert not host_checks.browsers_check(loopback=True, https=False)().warning
    assert not host_checks.browsers_check(loopback=False, https=True)().warning


@pytest.mark.parametrize(("said", "warned"), [(True, False), (False, True), (None, False)])
def test_a_clock_that_nobody_sets_is_warned_of(said: bool | None, warned: bool) -> None:
    assert host_checks.clock_check(lambda: Kept(said))().warning is warned


def test_a_clock_that_was_set_is_warned_of_for_an_hour() -> None:
    clock = FakeClock()
    watch = ClockWatch(clock, lambda: Kept(None), {}, lambda _: None)
    check = host_checks.clock_watch_check(watch.state)
    clock.advance(60)
    watch.look()
    assert not check().warning
    clock.set(clock.now() - timedelta(minutes=10))
    watch.look()
    assert "-600 s" in check().detail
    assert "it was 10 min ahead" in check().advice
    clock.advance(1800)
    assert check().warning
    clock.advance(1900)
    assert not check().warning


def test_a_clock_that_is_wrong_is_warned_of_until_it_is_set() -> None:
    clock, said = FakeClock(), {"ahead": 181.0}
    watch = ClockWatch(
        clock, lambda: Kept(False), {"redis": lambda: said["ahead"]}, lambda _: None
    )
    check = host_checks.clock_watch_check(watch.state)
    watch.look()
    assert (check().warning, check().detail) == (True, "3 min ahead, says redis")
    assert check().extra["ahead_of_redis"] == "181.0"
    said["ahead"] = 0.2
    clock.advance(60)
    watch.look()
    assert (check().warning, check().detail) == (False, "not kept by NTP")


def test_how_well_the_clock_is_kept_is_said_in_seconds() -> None:
    found = host_checks.clock_check(lambda: Kept(True, offset=0.0123, worst=0.25))()
    assert found.detail == "kept by NTP, +0.012 s to correct, at worst 0.250 s off"


def test_a_data_folder_that_is_not_there_fails(tmp_path: Path) -> None:
    assert host_checks.folder_check(tmp_path)().ok
    assert not host_checks.folder_check(tmp_path / "none")().ok


# --- stores -----------------------------------


def test_a_redis_with_another_time_is_warned_of(tmp_path: Path) -> None:
    with standalone(tmp_path / "redis") as server:
        client = connect(RedisAddress(nodes=(("127.0.0.1", server.port),)))
        assert not redis_clock_check(ahead_of_redis(client, _at(datetime.now(UTC))))().warning
        assert redis_clock_check(ahead_of_redis(client, _at(NOW)))().warning


def _at(moment: datetime) -> FakeClock:
    return FakeClock(moment)


def test_snapshots_are_tried_and_leave_nothing(tmp_path: Path) -> None:
    store = FolderSnapshots(tmp_path / "snapshots")
    assert snapshots_check(store, "folder")().ok
    assert list(store.keys()) == []


def test_a_place_for_snapshots_that_is_none_fails(tmp_path: Path) -> None:
    place = tmp_path / "snapshots"
    store = FolderSnapshots(place)
    shutil.rmtree(place, ignore_errors=True)
    place.write_text("a file")
    assert not snapshots_check(store, "folder")().ok


def test_a_file_of_the_journal_that_cannot_be_read_fails_with_what_to_do(tmp_path: Path) -> None:
    assert journal_files_check(tmp_path / "none")().ok
    (tmp_path / "0123.jsonl").write_bytes(b"")
    assert journal_files_check(tmp_path)().ok
    (tmp_path / "abcd.jsonl").mkdir()  # an unreadable file would be readable to root
    found = journal_files_check(tmp_path)()
    assert not found.ok
    assert "abcd.jsonl" in found.detail
    assert str(tmp_path) in found.advice
