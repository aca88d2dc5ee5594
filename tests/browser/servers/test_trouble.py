"""What the pages with a camera do when things go wrong."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import made_kiosk
from tests.browser.support.page_state import press
from tests.browser.support.screens import KioskScreen, RegisterScreen
from tests.browser.support.server import AppServer

# Lets a test pull the plug: keeps hold of the camera's tracks.
TRACKS = """
const media = navigator.mediaDevices, ask = media?.getUserMedia.bind(media);
if (media) media.getUserMedia = async (what) => {
  const stream = await ask(what);
  (window.tracks ??= []).push(...stream.getTracks());
  return stream;
};
"""

pytestmark = [pytest.mark.browser, pytest.mark.models]


def fill_and_save(screen: RegisterScreen, name: str, person_id: str) -> None:
    screen.fill(name, person_id)
    screen.agree()
    screen.save()


def test_refusals_are_explained_and_nobody_is_mixed_with_anybody(
    filled: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff not a picture")
    screen = RegisterScreen(browse.page(), filled.url)
    screen.upload([*cast.ana[:2], cast.stranger, broken])
    screen.expect_photos(2)
    screen.expect_said("does not look like the one in the other photos")
    screen.expect_said("broken.jpg")
    screen.fill("Ana", "1")
    screen.save()
    screen.expect_said("only with the person's consent")
    screen.agree()
    screen.save()
    screen.expect_saved("Ana")

    # The same face under another ID, and another face under the same ID.
    screen = RegisterScreen(screen.page, filled.url)
    screen.upload(cast.ana[2:3])
    screen.expect_photos(1)
    fill_and_save(screen, "Somebody", "2")
    screen.expect_said("This face is already registered")
    screen.expect_said("Ana")
    screen = RegisterScreen(screen.page, filled.url)
    screen.begin_anew()
    screen.upload(cast.bo[:1])
    screen.expect_photos(1)
    fill_and_save(screen, "Bo", "1")
    screen.expect_said("This ID is already in use")
    screen.fill("Bo", "2")
    screen.save()
    screen.expect_saved("Bo")


def test_an_abandoned_registration_waits_and_begun_anew_leaves_nothing_for_the_next(
    filled: AppServer, browse: Browsers, cast: Cast
) -> None:
    screen = RegisterScreen(browse.page(), filled.url)
    screen.upload(cast.ana[:1])
    screen.expect_photos(1)
    screen.fill("Cleo", "3")
    screen.agree()
    press(screen.page.get_by_role("link", name="People", exact=True))
    expect(screen.page.get_by_role("heading", name="People")).to_be_visible(timeout=30_000)
    expect(screen.page.get_by_text("Cleo")).to_have_count(0)
    press(screen.page.get_by_role("link", name="Register", exact=True))
    expect(screen.page.get_by_label("Name", exact=True)).to_have_value("Cleo")
    screen.expect_photos(1)
    screen.begin_anew()
    screen.upload(cast.bo[:1])
    screen.expect_photos(1)


def test_a_blocked_camera_is_explained_and_photos_are_offered(
    filled: AppServer, browse: Browsers, cast: Cast
) -> None:
    kiosk = KioskScreen.open(browse.page(camera_allowed=False), filled.url)
    expect(kiosk.camera).to_contain_text("The camera is blocked", timeout=30_000)
    expect(kiosk.page.get_by_role("radio", name="Photo")).to_be_visible()


def test_a_kiosk_has_a_name_that_can_be_one(
    filled: AppServer, browse: Browsers, cast: Cast
) -> None:
    kiosk = KioskScreen.open(browse.page(), filled.url, kiosk="../x")
    expect(kiosk.page.get_by_text("This address names no kiosk")).to_be_visible(timeout=30_000)


def test_a_camera_that_stops_is_started_again(
    filled: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "room.mjpeg", [Shot([cast.stranger], 2)])
    page = browse.page(camera)
    page.add_init_script(TRACKS)
    made_kiosk(filled, "hall")
    page.goto(f"{filled.url}/take_attendance?kiosk=hall")
    kiosk = KioskScreen(page)
    kiosk.expect_picture()
    page.evaluate("window.tracks.forEach((track) => track.stop())")
    expect(kiosk.camera).to_have_attribute("data-state", "stalled", timeout=30_000)
    kiosk.expect_picture(timeout=60_000)
