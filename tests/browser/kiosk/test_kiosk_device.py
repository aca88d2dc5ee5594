"""A tablet that was linked as a kiosk: every control takes a finger's tap, on every address."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import become_kiosk, linked_kiosk
from tests.browser.support.page_state import press
from tests.browser.support.sign_in import GuardedServer

pytestmark = [pytest.mark.browser, pytest.mark.models]

PATIENCE = 30_000  # ms


def test_a_copy_of_a_tablet_s_cookies_is_no_kiosk(
    guarded: GuardedServer, browse: Browsers
) -> None:
    tablet = browse.page()
    become_kiosk(tablet, linked_kiosk(guarded, guarded.fresh("door")))
    lasting = [one for one in tablet.context.cookies() if one["name"] == "fr_kiosk"]
    thief = browse.page()
    thief.context.add_cookies(lasting)  # type: ignore[arg-type]
    thief.goto(guarded.url)
    expect(thief.get_by_text("This is not the device that was linked")).to_be_visible(
        timeout=PATIENCE
    )
    tablet.reload()
    expect(tablet.get_by_test_id("greeting")).to_be_visible(timeout=PATIENCE)


def _every_control_works(page: Page) -> None:
    """As a finger would: Playwright presses where the control is seen, and fails where that
    press would reach something else, or nothing."""
    page.get_by_role("button", name="Sound off").click()
    expect(page.get_by_role("button", name="Sound on")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Sound on").click()
    page.get_by_role("button", name="Full screen").click()
    leave = page.get_by_role("button", name="Leave full screen")
    expect(leave).to_be_visible(timeout=PATIENCE)
    leave.click()
    page.get_by_role("button", name="No face? Use PIN").click()
    expect(page.get_by_role("textbox", name="PIN", exact=True)).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    press(page.get_by_role("radio", name="Photo"))
    page.get_by_role("button", name="Take photo").click(timeout=PATIENCE)
    expect(page.get_by_text("Not recognised")).to_be_visible(timeout=PATIENCE)
    press(page.get_by_role("radio", name="Video"))
    expect(page.get_by_test_id("camera")).to_be_attached(timeout=PATIENCE)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/", id="bare"),
        pytest.param("/?kiosk={kiosk}", id="bare-named", marks=pytest.mark.nightly),
        pytest.param("/take_attendance", id="page", marks=pytest.mark.nightly),
        pytest.param("/take_attendance?kiosk={kiosk}", id="deep", marks=pytest.mark.nightly),
    ],
)
def test_every_control_of_a_linked_kiosk_takes_a_tap_on_every_address(
    guarded: GuardedServer, browse: Browsers, cast: Cast, tmp_path: Path, address: str
) -> None:
    kiosk = guarded.fresh("door")
    link = linked_kiosk(guarded, kiosk, pin=True)
    camera = make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 2)])
    tablet = browse.page(camera)
    become_kiosk(tablet, link)
    tablet.goto(guarded.url + address.format(kiosk=kiosk))
    expect(tablet.get_by_test_id("greeting")).to_be_visible(timeout=PATIENCE)
    expect(tablet.get_by_role("dialog")).to_have_count(0)
    expect(tablet.get_by_test_id("camera")).to_have_attribute("data-state", "ok", timeout=PATIENCE)
    for name in ("Full screen", "No face? Use PIN"):  # a finger does not look below the screen
        expect(tablet.get_by_role("button", name=name)).to_be_in_viewport(timeout=PATIENCE)
    _every_control_works(tablet)
