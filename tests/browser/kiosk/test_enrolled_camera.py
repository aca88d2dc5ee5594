"""A kiosk that takes the pictures of its enrolled camera only, on one device with two cameras."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Known
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import PATIENCE, marks_today, register_kiosk
from tests.browser.support.page_state import choose, press, rest
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.models]


@pytest.mark.nightly
def test_a_kiosk_refuses_another_camera_in_words_and_takes_its_own(
    filled: AppServer, browse: Browsers, known: Known, tmp_path: Path
) -> None:
    kiosk, before = filled.fresh("own-camera"), marks_today(filled)
    empty = make_camera(tmp_path / "empty.mjpeg", [Shot([], 2)])
    other = make_camera(tmp_path / "other.mjpeg", [Shot(known.seen, 4)])
    device = tmp_path / "device"

    page = browse.device(device, empty)
    register_kiosk(page, filled.url, kiosk)
    office = browse.page()
    at_the_door(page, filled, kiosk).expect_picture()
    enrol_camera(office, filled.url, kiosk)
    browse.close(page)

    page = browse.device(device, other)
    door = at_the_door(page, filled, kiosk)
    expect(door.camera).to_contain_text("Another camera", timeout=PATIENCE)
    expect(door.camera).to_contain_text("Plug that one in, or ask an administrator.")
    office.goto(f"{filled.url}/kiosks")
    card = office.locator(f".st-key-kiosk_{kiosk}")
    expect(card).to_contain_text("Not its enrolled camera: marks nobody by face", timeout=PATIENCE)
    assert marks_today(filled) == before, "whoever stands before another camera is not marked"
    browse.close(page)

    make_camera(empty, [Shot(known.seen, 4)])  # somebody comes to the enrolled one
    page = browse.device(device, empty)
    at_the_door(page, filled, kiosk).expect_banner(known.name, "Marked at", timeout=60_000)


def at_the_door(page: Page, server: AppServer, kiosk: str) -> KioskScreen:
    page.goto(f"{server.url}/take_attendance?kiosk={kiosk}&transport=http")
    return KioskScreen(page)


def enrol_camera(page: Page, url: str, kiosk: str) -> None:
    """What the open screen has, chosen in the form of the page Kiosks."""
    page.goto(f"{url}/kiosks")
    rest(page)
    press(page.locator(f".st-key-edit_{kiosk} button"))
    dialog = page.get_by_role("dialog")
    choose(dialog.get_by_role("combobox", name="Camera"), "Only: ", exact=False)
    press(dialog.get_by_role("button", name="Save"))
    expect(dialog).to_have_count(0, timeout=PATIENCE)
