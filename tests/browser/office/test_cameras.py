"""A camera that the site runs itself: added with its picture, seen live, marking who passes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.gate_camera import before_it, fill
from tests.browser.support.page_state import press, rest
from tests.browser.support.people import import_people
from tests.browser.support.sign_in import GuardedServer, as_admin, enter, new_account
from tests.data import Material
from tests.rtsp import RtspCamera, clip

pytestmark = [pytest.mark.browser, pytest.mark.models]

PATIENCE = 60_000  # ms; nothing here is a measurement
SOON = 10_000  # ms: a right that is lost is lost within seconds
NUMBER, NAME = 11, "Ana <b>Müller</b>"
SECRET = "purple rain 7"


@pytest.fixture
def camera(material: Material) -> Iterator[RtspCamera]:
    pictures = before_it(material.person(NUMBER)[2])
    with RtspCamera(clip(pictures), login=f"cam:{SECRET}") as served:
        yield served


def _add(page: Page, camera: RtspCamera, name: str) -> None:
    press(page.get_by_role("button", name="Add camera"))
    dialog = page.get_by_role("dialog")
    fill(page, "Address", camera.url)
    fill(page, "User", "cam")
    fill(page, "Password", "wrong")
    press(dialog.get_by_role("button", name="Show a picture"))
    expect(dialog).to_contain_text("refuses user and password", timeout=PATIENCE)
    fill(page, "Password", SECRET)
    press(dialog.get_by_role("button", name="Show a picture"))
    picture = dialog.get_by_alt_text("What the camera sees")
    expect(picture).to_be_visible(timeout=PATIENCE)
    fill(page, "Name", name)
    fill(page, "Title", "North gate")
    corner = dialog.get_by_role("button", name=re.compile("Corner top left"))
    corner.press("Shift+ArrowRight")
    press(dialog.get_by_role("button", name="Add camera", exact=True))
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=PATIENCE)


@pytest.mark.nightly
def test_a_camera_is_seen_before_it_is_saved_then_marks_and_stands_on_the_wall(
    guarded: GuardedServer, browse: Browsers, camera: RtspCamera, material: Material,
    tmp_path: Path,
) -> None:  # fmt: skip
    """Daily: test_a_camera_is_added_and_its_password_is_nowhere_on_the_page_again
    (test_pages_cameras), test_who_comes_past_a_camera_is_marked_once_and_it_says_how_it_is
    (test_camera_workers) and test_an_open_wall_ends_with_the_right (test_wall_gate)."""
    import_people(guarded, tmp_path, material, {NUMBER: NAME})
    page, name = browse.page(), guarded.fresh("gate")
    as_admin(page, guarded)
    page.goto(f"{guarded.url}/cameras")
    expect(page.get_by_text("No camera yet")).to_be_visible(timeout=PATIENCE)
    _add(page, camera, name)
    card = page.locator(f".st-key-camera_{name}")
    expect(card).to_contain_text("Running", timeout=PATIENCE)
    expect(card).to_contain_text("a part of the picture is looked at")

    press(card.get_by_role("button", name="Edit"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_placeholder("stored; enter to replace")).to_have_count(2)
    assert SECRET not in page.content()
    press(dialog.get_by_role("button", name="Show a picture"))  # with what is stored
    expect(dialog.get_by_alt_text("What the camera sees")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")

    page.goto(f"{guarded.url}/wall")
    tile = page.locator(f'[data-camera="{name}"]')
    expect(tile.get_by_role("img", name=f"North gate: {NAME}")).to_be_visible(timeout=PATIENCE)
    expect(tile.get_by_role("list")).to_contain_text(NAME)

    _a_wall_ends_with_its_right(guarded, browse)

    page.goto(f"{guarded.url}/records")
    rest(page)
    asked = page.get_by_role("textbox", name="Person")
    asked.fill(NAME)  # others may have been marked on this server before
    asked.press("Enter")
    expect(page.get_by_text(re.compile("1 mark of 1 person"))).to_be_visible(timeout=PATIENCE)
    page.goto(f"{guarded.url}/cameras")
    press(page.locator(f".st-key-camera_{name}").get_by_role("button", name="Edit"))
    press(page.get_by_text("Remove this camera"))
    press(page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True))
    expect(page.get_by_text("No camera yet")).to_be_visible(timeout=PATIENCE)


def _a_wall_ends_with_its_right(server: GuardedServer, browse: Browsers) -> None:
    """Pictures go at once, not only with the next page."""
    page, name = browse.page(), new_account(server, "ina", "ADMIN", "NO_GROUPS")
    enter(page, server, name)
    page.goto(f"{server.url}/wall")
    expect(page.locator(".fr-wall-tile img")).to_be_visible(timeout=PATIENCE)
    server.beside.run(f"accounts.change({name!r}, Role.MANAGER, ALL_GROUPS, active=True)")
    expect(page.locator(".fr-wall-tile img")).to_have_count(0, timeout=SOON)
