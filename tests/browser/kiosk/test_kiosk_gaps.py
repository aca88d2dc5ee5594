"""What a kiosk's screen goes through on a day: a network that is gone, a tablet that sleeps, a
connection that breaks, hours that are changed. None of it needs a hand, and none a reload."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from face_rec.kiosks.banner import SHOWN_FOR
from tests.browser.conftest import Known
from tests.browser.kiosk.test_http_kiosk import open_kiosk
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.screens import PEERS, KioskScreen
from tests.browser.support.server import AppServer
from tests.nightly import every_day_but

pytestmark = [pytest.mark.browser, pytest.mark.models]

WEBRTC_EVERY_DAY = pytest.mark.parametrize(
    "transport", every_day_but({"http"}, ["webrtc", "http"])
)
HTTP_EVERY_DAY = pytest.mark.parametrize(
    "transport", every_day_but({"webrtc"}, ["webrtc", "http"])
)


@pytest.fixture
def camera(tmp_path: Path, anybody: Known) -> Path:
    """Somebody who is registered, who comes and goes."""
    return make_camera(tmp_path / "gaps.mjpeg", [Shot([], 2), Shot(anybody.seen, 4)])


def _settled(
    page: Page, server: AppServer, transport: str, name: str, *, door: str = "", way: str = ""
) -> KioskScreen:
    """A kiosk at which somebody was marked, by ``way`` where that is not the ``transport`` it is
    set to; its page will tell should it be loaded again."""
    kiosk = open_kiosk(page, server, transport, door)
    kiosk.expect_banner(name)
    wanted = {"webrtc": "over WebRTC", "http": "over HTTP"}[way or transport]
    expect(kiosk.page.get_by_test_id("kiosk-status")).to_contain_text(wanted)
    kiosk.page.evaluate("window.never_loaded_again = true")
    return kiosk


def _goes_on(kiosk: KioskScreen, name: str) -> None:
    """The picture is there, people are seen, and the page is the one that it was."""
    kiosk.expect_picture()
    kiosk.expect_banner(name)
    assert kiosk.page.evaluate("window.never_loaded_again === true"), "the page was loaded again"


@WEBRTC_EVERY_DAY
def test_a_network_that_was_gone_is_said_and_forgotten(
    filled: AppServer, browse: Browsers, anybody: Known, camera: Path, transport: str
) -> None:
    page = browse.page(camera)
    kiosk = _settled(page, filled, transport, anybody.name)
    page.context.set_offline(True)
    expect(kiosk.camera).to_have_attribute("data-state", "server")
    page.context.set_offline(False)
    _goes_on(kiosk, anybody.name)


@HTTP_EVERY_DAY
def test_a_tablet_that_slept_wakes_as_the_kiosk(
    filled: AppServer, browse: Browsers, anybody: Known, camera: Path, transport: str
) -> None:
    page = browse.page(camera)
    kiosk = _settled(page, filled, transport, anybody.name)
    device = page.context.new_cdp_session(page)
    device.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.context.set_offline(True)
    time.sleep(6)  # longer than a line may be silent
    page.context.set_offline(False)
    device.send("Page.setWebLifecycleState", {"state": "active"})
    _goes_on(kiosk, anybody.name)


def test_in_auto_a_connection_that_breaks_in_the_middle_becomes_http(
    filled: AppServer, browse: Browsers, anybody: Known, camera: Path
) -> None:
    page = browse.page(camera)
    page.add_init_script(PEERS)
    kiosk = _settled(page, filled, "auto", anybody.name, way="webrtc")
    assert page.evaluate(_BREAK) > 0
    expect(page.get_by_test_id("kiosk-status")).to_contain_text("over HTTP")
    _goes_on(kiosk, anybody.name)


_BREAK = """() => {
  const up = window.peers.filter((peer) => peer.connectionState === "connected");
  up.forEach((peer) => peer.close());
  return up.length;
}"""


@pytest.mark.nightly
@pytest.mark.parametrize("transport", ["webrtc", "http"])
def test_hours_that_are_changed_close_and_open_the_screen_that_stands_there(
    filled: AppServer, browse: Browsers, anybody: Known, camera: Path, transport: str
) -> None:
    """Daily: test_outside_the_hours_nothing_is_shown_and_no_lease_renewed (test_live_line), and in
    a browser the states of test_every_state_is_said_readably_and_fits_every_screen, of which the
    ones after "closed" open it again."""
    page, name = browse.page(camera), filled.fresh("door")
    kiosk = _settled(page, filled, transport, anybody.name, door=name)
    _set_hours(filled, name, "time((hour + 2) % 24)", "time((hour + 3) % 24)")
    expect(kiosk.camera).to_have_attribute("data-state", "closed")
    expect(kiosk.banner.locator(".fr-banner")).to_have_count(0)
    _set_hours(filled, name, "time(0)", "time(0)")
    _goes_on(kiosk, anybody.name)


def _set_hours(server: AppServer, kiosk: str, opens: str, closes: str) -> None:
    server.beside.run(_HOURS.format(kiosk=kiosk, opens=opens, closes=closes))


_HOURS = """
from dataclasses import replace
from datetime import datetime, time
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.rules import Rules
with assembly.build_attendance(config.load()) as service:
    hour = datetime.now(service.timesheets.zone).hour
    (known,) = [one for one in service.timesheets.rules().kiosks if one.id == "{kiosk}"]
    service.rules.save(
        replace(known, opens={opens}, closes={closes}), authority=Authority(kiosks=True),
        begun=Rules(kiosks=(known,)), since=None,
    )
found = None
"""


POOR = {"offline": False, "latency": 300, "downloadThroughput": 100_000,
        "uploadThroughput": 100_000}  # fmt: skip
"""A telephone at the edge of its network: milliseconds, and bytes a second."""
_LEVEL = """() => [...document.querySelectorAll("*")].find((one) => one.live?.ways)
  .live.ways.http.connection.level"""


@pytest.mark.nightly
def test_over_a_poor_network_people_are_named_and_the_screen_says_how_it_is(
    filled: AppServer, browse: Browsers, anybody: Known, tmp_path: Path
) -> None:
    """Chromium slows requests and sockets this way; whether video over WebRTC too is not known."""
    queue = [
        Shot([], SHOWN_FOR + 5),
        Shot(anybody.seen, 6),
    ]  # each greeting is gone before the next
    camera = make_camera(tmp_path / "poor.mjpeg", queue)
    for transport in ("http", "webrtc"):
        page = browse.page(camera)
        kiosk = _settled(page, filled, transport, anybody.name)
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", POOR)
        _comes_anew(kiosk, anybody.name)
        expect(kiosk.camera).to_have_attribute("data-state", "ok")
        # Smaller pictures, so that they are not late.
        assert transport == "webrtc" or page.evaluate(_LEVEL) > 0
        network.send("Network.emulateNetworkConditions", {**POOR, "offline": True})
        expect(kiosk.camera).to_have_attribute("data-state", "server")
        network.send("Network.emulateNetworkConditions", POOR)
        _comes_anew(kiosk, anybody.name)
        _goes_on(kiosk, anybody.name)
        browse.close(page)


def _comes_anew(kiosk: KioskScreen, name: str) -> None:
    """Nobody is there, and then somebody is named."""
    kiosk.expect_banner("Look at the camera")
    kiosk.expect_banner(name)


_ANSWERED = """() => {
  const card = document.querySelector("[data-testid=camera]");
  const look = setInterval(async () => {
    const answer = window.answered ? null : await fetch("/healthz").catch(() => null);
    if (answer?.ok) window.answered = performance.now();
    if (!window.answered || card.dataset.state === "server") return;
    window.resumed ??= performance.now();
    clearInterval(look);
  }, 50);
}"""
"""Notes when the server first answers, and when the screen does not call it away any more."""


@pytest.mark.alone
@pytest.mark.nightly  # over HTTP test_http_kiosk.py shows it every day
def test_over_webrtc_too_a_server_that_starts_again_finds_the_kiosk_where_it_was(
    filled: AppServer, browse: Browsers, anybody: Known, camera: Path
) -> None:
    """The browser calls the connection to the server of before a good one for some time."""
    page = browse.page(camera)
    kiosk = _settled(page, filled, "webrtc", anybody.name)
    filled.stop()
    expect(kiosk.camera).to_have_attribute("data-state", "server")
    page.evaluate(_ANSWERED)
    filled.start()
    page.wait_for_function("() => window.resumed")
    assert page.evaluate("window.resumed - window.answered") < 3_000
    _goes_on(kiosk, anybody.name)
