"""The kiosk over plain HTTP: asked for, or because WebRTC does not connect."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Cast, Known
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import made_kiosk, marks_today
from tests.browser.support.page_state import press
from tests.browser.support.screens import BLOCKED, PEERS, KioskScreen
from tests.browser.support.server import AppServer
from tests.nightly import every_day_but

pytestmark = [pytest.mark.browser, pytest.mark.models]

SENT = """async () => {
  const peer = window.peers.find((one) => one.connectionState === 'connected');
  const told = [...(await peer.getStats()).values()];
  const sent = told.find((one) => one.type === "outbound-rtp");
  return [sent.targetBitrate, sent.frameWidth];
}"""
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


def open_kiosk(page: Page, app: AppServer, transport: str, kiosk: str = "") -> KioskScreen:
    """A kiosk of the test's own, unless it names one."""
    kiosk = kiosk or app.fresh("door")
    made_kiosk(app, kiosk)
    page.goto(f"{app.url}/take_attendance?kiosk={kiosk}&transport={transport}")
    return KioskScreen(page)


def seen(kiosk: KioskScreen, words: str) -> None:
    """What is drawn over the picture; the canvas says it for those who cannot see it."""
    canvas = kiosk.page.get_by_role("img", name=words)
    expect(canvas).to_be_visible(timeout=30_000)


@pytest.fixture
def door(tmp_path: Path, cast: Cast, known: Known) -> Path:
    """A camera that sees a stranger, nobody and then somebody who is registered."""
    shots = [Shot([cast.stranger], 4), Shot([], 1), Shot(known.seen, 4)]
    return make_camera(tmp_path / "door.mjpeg", shots)


# By WebRTC a stranger and somebody registered come every day in ../office/test_main_job.py; that
# it was by WebRTC, below.
@pytest.mark.parametrize("transport", every_day_but({"webrtc"}, ["webrtc", "http"]))
def test_either_transport_marks_who_is_registered_and_no_stranger(
    filled: AppServer, browse: Browsers, known: Known, door: Path, transport: str
) -> None:
    before = marks_today(filled)
    kiosk = open_kiosk(browse.page(door), filled, transport)
    kiosk.expect_banner("Not recognised")
    kiosk.expect_banner(known.name, "Marked at")
    seen(kiosk, known.name)
    kiosk.expect_banner(known.name, "Already marked at", timeout=40_000)
    kiosk.expect_marks(before + 1)
    wanted = {"webrtc": "over WebRTC", "http": "over HTTP"}[transport]
    expect(kiosk.page.get_by_test_id("kiosk-status")).to_contain_text(wanted)


@pytest.mark.nightly
def test_a_quiet_room_does_not_starve_the_video_of_who_comes_next(
    filled: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    page = browse.page(
        make_camera(tmp_path / "door.mjpeg", [Shot([], 3), Shot([cast.stranger], 2)])
    )
    page.add_init_script(PEERS)
    kiosk = open_kiosk(page, filled, "webrtc")
    for _ in range(2):
        seen(kiosk, "Unknown")
        seen(kiosk, "The camera's picture")  # nobody
    bits, width = page.evaluate(SENT)
    assert bits >= 450_000  # a busy machine takes some away; a starved video had 203,000
    assert width == 640


def test_auto_changes_to_http_where_webrtc_does_not_connect_and_says_so(
    filled: AppServer, browse: Browsers, cast: Cast, known: Known, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "door.mjpeg", [Shot(known.seen, 5), Shot([], 1)])
    page = browse.page(camera)
    page.add_init_script(BLOCKED)
    kiosk = open_kiosk(page, filled, "auto")
    kiosk.expect_banner(known.name, "Marked at", timeout=60_000)
    words = "over HTTP, as WebRTC does not connect"
    expect(page.get_by_test_id("kiosk-status")).to_contain_text(words)
    kiosk.expect_picture()


def test_http_comes_back_after_a_server_restart_and_after_the_camera_was_unplugged(
    filled: AppServer, browse: Browsers, cast: Cast, known: Known, tmp_path: Path
) -> None:
    before = marks_today(filled)
    camera = make_camera(tmp_path / "door.mjpeg", [Shot(known.seen, 5), Shot([], 1)])
    kiosk = open_kiosk(browse.page(camera), filled, "http")
    kiosk.expect_banner(known.name, "Marked at")
    filled.stop()
    expect(kiosk.camera).to_contain_text("The server does not answer", timeout=30_000)
    filled.start()
    kiosk.expect_picture(timeout=60_000)
    seen(kiosk, known.name)
    kiosk.page.evaluate(UNPLUG)
    # It may be back before anybody looks again, so that what it passed through is noted there.
    kiosk.page.wait_for_function("() => window.states.some((state) => state !== 'ok')")
    kiosk.expect_picture()
    seen(kiosk, known.name)
    kiosk.expect_marks(before + 1)


@pytest.mark.nightly
def test_the_newer_of_two_screens_is_the_kiosk_and_the_older_one_says_so(
    filled: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    """Daily: test_of_two_screens_of_one_kiosk_only_the_newest_feeds_it (test_feed),
    test_a_screen_that_is_replaced_is_told (test_live_line), and how the screen says so:
    test_every_state_is_said_readably_and_fits_every_screen."""
    camera = make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 4)])
    kiosk = filled.fresh("door")
    older = open_kiosk(browse.page(camera), filled, "http", kiosk)
    seen(older, "Unknown")
    newer = open_kiosk(browse.page(camera), filled, "http", kiosk)
    seen(newer, "Unknown")
    expect(older.camera).to_contain_text("Another screen is this kiosk now", timeout=30_000)
    newer.expect_picture()


@pytest.mark.nightly
def test_http_says_why_there_is_no_picture(
    filled: AppServer, browse: Browsers, cast: Cast
) -> None:
    kiosk = open_kiosk(browse.page(camera_allowed=False), filled, "http")
    expect(kiosk.camera).to_contain_text("The camera is blocked", timeout=30_000)
    kiosk.page.goto(f"{kiosk.page.url}&camera=photo")
    expect(kiosk.camera).to_contain_text("The camera is blocked", timeout=30_000)
    expect(kiosk.page.get_by_test_id("greeting")).to_be_visible()
    expect(kiosk.page.get_by_text("Look at the camera")).to_be_hidden()
    page = browse.page()
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined});")
    kiosk = open_kiosk(page, filled, "http")
    expect(kiosk.camera).to_contain_text("gives no camera to this address", timeout=30_000)


def test_how_the_video_travels_is_chosen_at_the_kiosk(
    filled: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 4)])
    kiosk = open_kiosk(browse.page(camera), filled, "http")
    status = kiosk.page.get_by_test_id("kiosk-status")
    seen(kiosk, "Unknown")
    press(kiosk.page.get_by_role("button", name=re.compile("Kiosk: door")))
    press(kiosk.page.get_by_role("radio", name="WebRTC"))
    expect(status).to_contain_text("over WebRTC", timeout=30_000)
    kiosk.expect_banner("Not recognised", timeout=60_000)
    kiosk.expect_picture(timeout=60_000)
    assert "transport=webrtc" in kiosk.page.url
