"""Which way the video takes, and when WebRTC is given up."""

import pytest

from face_rec.kiosks.kiosk import Transport
from pages.ui.kiosk.transport import PATIENCE, Way


def ask(way: Way, seconds: float, camera: str = "connecting", age: float | None = None) -> bool:
    """Ask twice a second for ``seconds``, as the page does; the last answer."""
    start = way.silent_since or 0.0
    return [way.falls(age, camera, start + n / 2) for n in range(round(2 * seconds) + 1)][-1]


@pytest.mark.parametrize("camera", ["connecting", "unreachable", "stalled"])
def test_auto_falls_to_http_when_no_picture_has_come_for_a_while(camera: str) -> None:
    way = Way(Transport.AUTO)
    assert not ask(way, PATIENCE - 1, camera)
    assert str(way) == "over WebRTC"
    assert ask(way, PATIENCE, camera)
    assert way.http
    assert str(way) == "over HTTP, as WebRTC does not connect"


@pytest.mark.parametrize("camera", ["denied", "missing", "insecure", "busy", "prompt", "ok"])
def test_a_camera_that_http_could_not_open_either_is_no_reason(camera: str) -> None:
    way = Way(Transport.AUTO)
    assert not ask(way, 10 * PATIENCE, camera)
    assert not way.http


def test_while_pictures_come_nothing_changes() -> None:
    assert not ask(Way(Transport.AUTO), 10 * PATIENCE, age=0.1)


def test_a_picture_that_comes_in_time_starts_the_patience_anew() -> None:
    way = Way(Transport.AUTO)
    ask(way, PATIENCE - 1)
    assert not way.falls(0.1, "connecting", PATIENCE)
    assert not way.falls(None, "stalled", PATIENCE + 1)
    assert way.falls(None, "stalled", 2 * PATIENCE + 1)


def test_a_picture_of_long_ago_is_none() -> None:
    assert ask(Way(Transport.AUTO), PATIENCE, age=20.0)


def test_who_asks_for_webrtc_gets_nothing_else() -> None:
    way = Way(Transport.WEBRTC)
    assert not ask(way, 10 * PATIENCE)
    assert not way.http
    assert Way(Transport.HTTP).http
    assert str(Way(Transport.HTTP)) == "over HTTP"
