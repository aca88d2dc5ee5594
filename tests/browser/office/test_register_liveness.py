"""Register's guided camera before a picture and before a person; the liveness models are ones of
the tests (:mod:`tests.browser.support.strict_site`), the head turns as the page asks."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from face_rec.domain.liveness import Cue
from tests.browser.support.chromium import Browsers
from tests.browser.support.head_camera import HeadCamera
from tests.browser.support.head_views import head_views
from tests.browser.support.page_state import PATIENCE, press
from tests.browser.support.screens import RegisterScreen
from tests.browser.support.server import AppServer
from tests.browser.support.strict_site import BLUE, GREEN, NEW, SEEN
from tests.data import Material

pytestmark = [pytest.mark.browser, pytest.mark.models]

LOOKS_LIKE = "This looks like a picture of a face"
WORD = "Stands beside me, passport seen"


def _taken_for_live(page: Page) -> None:
    """A machine that is busy sees so few looks between two turns of the head that it may stay in
    doubt: then the views are taken again, as the page asks for."""
    sure = page.get_by_text("All views are taken. Save, or add more photos.").first
    doubt = page.get_by_text("All views are taken, but it is").first
    for _ in range(3):
        expect(sure.or_(doubt)).to_be_visible(timeout=3 * PATIENCE)
        if sure.is_visible():
            return
        press(page.get_by_role("button", name="Take them again"))
        expect(doubt).to_have_count(0)
    raise AssertionError("three times in doubt")


@pytest.mark.nightly
def test_a_person_is_taken_for_live_and_their_picture_needs_an_administrators_word(
    strict: AppServer, browse: Browsers, material: Material, tmp_path: Path
) -> None:
    page = browse.page()
    views = head_views(material, material.person(NEW)[SEEN["new"]], NEW, tmp_path)
    head = HeadCamera(page, views, GREEN)
    screen = RegisterScreen(page, strict.url)
    _taken_for_live(page)
    head.stand_before(BLUE)
    press(page.get_by_role("button", name="Take them again"))
    screen.expect_said(f"{LOOKS_LIKE}: {Cue.TEXTURE.words}")
    screen.fill("Petra Held", "P 1")
    screen.agree()
    screen.save()
    word = page.get_by_role("textbox", name="Does the camera err?")
    expect(word).to_be_visible()
    expect(page.get_by_text("is registered.")).to_have_count(0)
    word.fill(WORD)
    word.press("Tab")
    press(page.get_by_role("button", name="Save all the same"))
    screen.expect_saved("Petra Held")
    press(page.get_by_role("link", name="Profile"))
    screen.expect_said(f"{WORD} (against: {Cue.TEXTURE.words})")
    page.goto(f"{strict.url}/audit")
    expect(page.locator("td").filter(has_text=WORD).first).to_be_attached()
