"""The kiosk over plain HTTP: asked for, or because WebRTC does not connect."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Browsers
from tests.browser.conftest import Cast
from tests.browser.fake_camera import Shot, make_camera
from tests.browser.kiosks import register_kiosk
from tests.browser.screens import KioskScreen, RegisterScreen
from tests.browser.server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.models]

NAME = "Zoë <b>🙂</b> @Müller"
# A network that lets no peer connection through: it is made, and never comes about.
BLOCKED = """
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = function (...args) {
    const made = new Real(...args);
    made.setRemoteDescription = () => new Promise(() => {});
    return made;
  };
"""
UNPLUG = """() => {
  const card = document.querySelector('[data-testid=camera]');
  window.states = [];
  new MutationObserver(() => window.states.push(card.dataset.state))
    .observe(card, {attributes: true, attributeFilter: ['data-state']});
  const video = document.querySelector('.fr-stage video');
  const [track] = video.srcObject.getVideoTracks();
  track.stop();
  track.dispatchEvent(new Event('ended'));
}"""


def register(browse: Browsers, app: AppServer, photos: tuple[Path, ...]) -> None:
    screen = RegisterScreen(browse.page(), app.url)
    screen.upload(photos)
    screen.expect_photos(len(photos))
    screen.fill(NAME, "E 17", "Staff")
    screen.agree()
    screen.save()
    screen.expect_saved(NAME)
    browse.close(screen.page)


def open_kiosk(page: Page, app: AppServer, transport: str) -> KioskScreen:
    register_kiosk(page, app.url)
    page.goto(f"{app.url}/take_attendance?kiosk=front-door&transport={transport}")
    return KioskScreen(page)


def seen(kiosk: KioskScreen, words: str) -> None:
    """What is drawn over the picture; the canvas says it for those who cannot see it."""
    canvas = kiosk.page.get_by_role("img", name=words)
    expect(canvas).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("transport", ["webrtc", "http"])
def test_either_transport_marks_who_is_registered_and_no_stranger(
    app: AppServer, browse: Browsers, cast: Cast, tmp_path: Path, transport: str
) -> None:
    register(browse, app, cast.ana[:2])
    camera = make_camera(
        tmp_path / "door.mjpeg", [Shot([cast.stranger], 4), Shot([], 1), Shot(cast.ana[2:3], 4)]
    )
    kiosk = open_kiosk(browse.page(camera), app, transport)
    kiosk.expect_banner("Not recognised")
    kiosk.expect_banner(NAME, "Marked at")
    if transport == "http":
        seen(kiosk, NAME)
    kiosk.expect_banner(NAME, "Already marked at", timeout=40_000)
    kiosk.expect_marks(1)
    wanted = {"webrtc": "over WebRTC", "http": "over HTTP"}[transport]
    expect(kiosk.page.get_by_test_id("kiosk-status")).to_contain_text(wanted)


def test_auto_changes_to_http_where_webrtc_does_not_connect_and_says_so(
    app: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    register(browse, app, cast.ana[:2])
    camera = make_camera(tmp_path / "door.mjpeg", [Shot(cast.ana[2:3], 5), Shot([], 1)])
    page = browse.page(camera)
    page.add_init_script(BLOCKED)
    kiosk = open_kiosk(page, app, "auto")
    kiosk.expect_banner(NAME, "Marked at", timeout=60_000)
    words = "over HTTP, as WebRTC does not connect"
    expect(page.get_by_test_id("kiosk-status")).to_contain_text(words)
    kiosk.expect_picture()


def test_http_comes_back_after_a_server_restart_and_after_the_camera_was_unplugged(
    app: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    register(browse, app, cast.ana[:2])
    camera = make_camera(tmp_path / "door.mjpeg", [Shot(cast.ana[2:3], 5), Shot([], 1)])
    kiosk = open_kiosk(browse.page(camera), app, "http")
    kiosk.expect_banner(NAME, "Marked at")
    app.stop()
    expect(kiosk.camera).to_contain_text("The server does not answer", timeout=30_000)
    app.start()
    kiosk.expect_picture(timeout=60_000)
    seen(kiosk, NAME)
    kiosk.page.evaluate(UNPLUG)
    # It may be back before anybody looks again, so that what it passed through is noted there.
    kiosk.page.wait_for_function("() => window.states.some((state) => state !== 'ok')")
    kiosk.expect_picture()
    seen(kiosk, NAME)
    kiosk.expect_marks(1)


def test_the_newer_of_two_screens_is_the_kiosk_and_the_older_one_says_so(
    app: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 4)])
    older = open_kiosk(browse.page(camera), app, "http")
    seen(older, "Unknown")
    newer = open_kiosk(browse.page(camera), app, "http")
    seen(newer, "Unknown")
    expect(older.camera).to_contain_text("Another screen is this kiosk now", timeout=30_000)
    newer.expect_picture()


def test_http_says_why_there_is_no_picture(app: AppServer, browse: Browsers, cast: Cast) -> None:
    kiosk = open_kiosk(browse.page(camera_allowed=False), app, "http")
    expect(kiosk.camera).to_contain_text("The camera is blocked", timeout=30_000)
    page = browse.page()
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined});")
    kiosk = open_kiosk(page, app, "http")
    expect(kiosk.camera).to_contain_text("gives no camera to this address", timeout=30_000)


def test_how_the_video_travels_is_chosen_at_the_kiosk(
    app: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 4)])
    kiosk = open_kiosk(browse.page(camera), app, "http")
    status = kiosk.page.get_by_test_id("kiosk-status")
    seen(kiosk, "Unknown")
    kiosk.page.get_by_role("button", name="Kiosk: front-door").click()
    kiosk.page.get_by_role("radio", name="WebRTC").click()
    expect(status).to_contain_text("over WebRTC", timeout=30_000)
    kiosk.expect_banner("Not recognised", timeout=60_000)
    kiosk.expect_picture(timeout=60_000)
    assert "transport=webrtc" in kiosk.page.url
