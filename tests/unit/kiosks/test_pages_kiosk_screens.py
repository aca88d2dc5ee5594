"""How the screens of a kiosk are, on the page Kiosks."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.offline import Tally
from face_rec.kiosks.screen_status import (
    SAID_WITHIN,
    CameraState,
    Report,
    ScreenStatus,
    camera_state,
    digest_of,
)
from pages.ui.access.kiosk_state import offline_words, screen_words
from tests.fakes.clock import MORNING

FINE = ScreenStatus("webrtc", "Front [1]", 14.8, False, 0.83, "ok", "3")


def _said(status: ScreenStatus, screen: str = "a", seconds: float = 1) -> Report:
    return Report("gate", screen, status, MORNING - timedelta(seconds=seconds))


def test_a_screen_s_way_rate_camera_battery_and_last_picture_are_told() -> None:
    told = screen_words([_said(FINE)], 1.2, MORNING)
    assert "WebRTC · 15 pictures/s · Front" in told
    assert "battery 83%" in told
    assert "last picture 1 s ago" in told
    assert "badge" not in told


@pytest.mark.parametrize(
    ("status", "warning"),
    [(replace(FINE, dark=True), "Sees nothing"), (replace(FINE, state="denied"), "Camera: denied"),
     (replace(FINE, battery=0.1), "Battery is low"),
     (replace(FINE, state="othercamera"), "Not its enrolled camera"),
     (replace(FINE, camera="OBS Virtual Camera (m-de:vice)"), "Calls itself a virtual camera")],
)  # fmt: skip
def test_what_somebody_should_look_after_stands_before_it(
    status: ScreenStatus, warning: str
) -> None:
    assert f":orange-badge[{warning}" in screen_words([_said(status)], 1.0, MORNING)


def test_two_screens_of_one_kiosk_are_noticed() -> None:
    both = [_said(FINE, "a"), _said(replace(FINE, transport="http"), "b")]
    told = screen_words(both, 1.0, MORNING)
    assert "2 screens are open" in told
    assert "HTTP" in told


def test_a_screen_that_has_gone_is_told_of_no_more() -> None:
    gone = _said(FINE, seconds=SAID_WITHIN.total_seconds() + 1)
    assert not screen_words([gone], None, MORNING)


def test_what_a_browser_calls_its_camera_is_no_markup() -> None:
    told = screen_words(
        [_said(replace(FINE, camera="[x](http://evil.example) :red[y]"))], 1, MORNING
    )
    assert "[x](" not in told.replace("\\", "|")


def test_what_became_of_stills_taken_while_the_server_was_away_is_told() -> None:
    told = offline_words(Tally(12, marks=8, nobody=3, refused=1, last=MORNING), UTC)
    assert "12 stills, 8 marked (under Records, Review), 3 with nobody recognised" in told
    assert "1 not taken: in the future, older than 72 h" in told
    assert f"Last {MORNING:%d %b %H:%M}" in told


def test_a_kiosk_that_never_went_on_alone_says_nothing_of_it() -> None:
    assert not offline_words(Tally(), UTC)


@pytest.mark.parametrize(
    "name",
    ["OBS Virtual Camera", "OBS-Camera", "ManyCam Virtual Webcam", "Dummy video device (0x0000)",
     "v4l2loopback", "Snap Camera", "XSplit VCam", "DroidCam Source 3", "fake_device_0"],
)  # fmt: skip
def test_what_calls_itself_a_virtual_camera_is_flagged(name: str) -> None:
    assert replace(FINE, camera=name).virtual


@pytest.mark.parametrize(
    "name", ["", "Integrated Camera (04f2:b6d9)", "FaceTime HD Camera", "camera2 1, facing front",
             "Logitech BRIO", "Observer Cam", "Android Webcam"],
)  # fmt: skip
def test_an_ordinary_one_is_not(name: str) -> None:
    assert not replace(FINE, camera=name).virtual


GATE = KioskRecord("gate", camera=digest_of("n1"), camera_label="Front")
HAS = replace(FINE, camera="Front", device=digest_of("n1"))


@pytest.mark.parametrize(
    ("status", "state"),
    [(HAS, CameraState.FINE), (replace(HAS, device=digest_of("n2")), CameraState.OTHER),
     (replace(HAS, camera="OBS"), CameraState.OTHER),
     (replace(HAS, device=""), CameraState.UNTOLD)],
)  # fmt: skip
def test_whether_a_screen_has_the_demanded_camera(
    status: ScreenStatus, state: CameraState
) -> None:
    report = _said(status)
    assert camera_state(GATE, report, MORNING) is state
    assert camera_state(KioskRecord("gate"), report, MORNING) is CameraState.FINE
    assert camera_state(GATE, report, MORNING + SAID_WITHIN) is CameraState.UNTOLD
    assert camera_state(GATE, None, MORNING) is CameraState.UNTOLD
