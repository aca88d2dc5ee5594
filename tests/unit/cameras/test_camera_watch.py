"""Who is told how cameras are: checks, metrics and notices."""

from dataclasses import replace
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from face_rec.assembly.noticed import cameras_seen, tell_alarm
from face_rec.cameras.camera import Camera, CameraEntry
from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.cameras.camera_status import standing
from face_rec.domain.errors import StoreUnavailable
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.sources.conditions import Condition
from face_rec.web.ops.camera_figures import camera_metrics, site_cameras_check
from tests.fakes.clock import MORNING, FakeClock

GATE = CameraHealth(
    "gate", CameraState.RUNNING, MORNING, "m:1", MORNING - timedelta(seconds=2), 14.8, 12.0, 3, 2,
    900.0,
)  # fmt: skip
ENTRY = CameraEntry(Camera("gate", "", "rtsp://x", "ada", MORNING), KioskRecord("gate"))


@pytest.mark.parametrize("state", CameraState)
def test_a_check_warns_of_what_somebody_must_look_after(state: CameraState) -> None:
    check = site_cameras_check(lambda: [GATE, replace(GATE, camera="yard", state=state)])()
    assert check.ok  # of the site, not of this process
    assert check.warning is state.wrong
    assert (f"yard: {state.words}" in check.detail) is state.wrong


def test_a_check_says_nothing_of_cameras_while_the_database_is_away() -> None:
    def away() -> list[CameraHealth]:
        raise StoreUnavailable("away")

    assert not site_cameras_check(away)().warning


def test_metrics_tell_of_each_camera_that_is_to_run() -> None:
    off = replace(GATE, camera="off", state=CameraState.OFF)
    lost = replace(GATE, camera="lost", state=CameraState.LOST, picture_at=None)
    found = {
        sample.name: {s.labels["camera"]: s.value for s in metric.samples}
        for metric in camera_metrics([GATE, off, lost], MORNING)
        for sample in metric.samples
    }
    assert found["face_rec_camera_up"] == {"gate": 1.0, "lost": 0.0}
    assert found["face_rec_camera_frame_age_seconds"] == {"gate": 2.0}
    assert found["face_rec_camera_reconnects_total"] == {"gate": 2.0, "lost": 2.0}
    assert camera_metrics([off], MORNING) == []


def _conditions(*healths: CameraHealth, seconds: float = 60) -> list[Condition]:
    clock = FakeClock()
    stores = SimpleNamespace(
        kiosks=None, cameras=SimpleNamespace(healths=lambda *_: list(healths))
    )
    begun = clock.now() - timedelta(seconds=seconds)
    return list(cameras_seen(cast("Any", stores), clock, lambda: ZoneInfo("UTC"), begun))


@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        (CameraState.LOST, NoticeKind.CAMERA_SILENT),
        (CameraState.UNSERVED, NoticeKind.CAMERA_SILENT),
        (CameraState.BLIND, NoticeKind.CAMERA_BLIND),
        (CameraState.FROZEN, NoticeKind.CAMERA_BLIND),
        (CameraState.RUNNING, None),
    ],
)
def test_a_camera_that_is_silent_or_blind_is_told_of(
    state: CameraState, wrong: NoticeKind | None
) -> None:
    told = [one.kind for one in _conditions(replace(GATE, state=state)) if one.wrong]
    assert told == ([wrong] if wrong else [])


@pytest.mark.parametrize("state", [CameraState.OFF, CameraState.CLOSED, CameraState.STARTING])
def test_nothing_is_told_of_a_camera_that_is_not_to_run(state: CameraState) -> None:
    assert _conditions(replace(GATE, state=state)) == []


def test_a_process_that_has_just_begun_tells_of_nobody_s_silence() -> None:
    assert _conditions(replace(GATE, state=CameraState.UNSERVED), seconds=5) == []


def test_a_camera_outside_its_hours_is_closed_and_one_that_is_off_is_off() -> None:
    closed = replace(ENTRY, kiosk=replace(ENTRY.kiosk, opens=time(20), closes=time(22)))
    off = replace(ENTRY, camera=replace(ENTRY.camera, enabled=False))
    assert standing(closed, GATE, MORNING, MORNING).state is CameraState.CLOSED
    assert standing(off, GATE, MORNING, MORNING).state is CameraState.OFF


def test_an_alarm_is_told_once_a_minute_and_a_database_that_is_away_harms_nobody() -> None:
    told: list[Notice] = []

    class Outbox:
        away = False

        def publish_once(self, _: str, notices: list[Notice]) -> int:
            if self.away:
                raise StoreUnavailable("away")
            told.extend(notices)
            return len(notices)

    outbox: Any = Outbox()
    for seconds in (0, 30, 70):
        tell_alarm(outbox, "yard", "Somebody unknown", MORNING + timedelta(seconds=seconds))
    assert len({one.id for one in told}) == 2
    assert {(one.kind, one.kiosk) for one in told} == {(NoticeKind.CAMERA_ALARM, "yard")}
    outbox.away = True
    tell_alarm(outbox, "yard", "Somebody unknown", MORNING)
