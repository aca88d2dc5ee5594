"""Register's guided camera before a picture and before a person; the liveness models are ones of
the tests (:mod:`tests.browser.support.strict_site`), the head turns as the page asks."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from face_rec.domain.liveness import Cue
from tests.browser.support.chromium import Browsers
from tests.browser.support.head_camera import HeadCamera
from tests.browser.support.head_views import head_views
from tests.browser.support.page_state import press
from tests.browser.support.screens import RegisterScreen
from tests.browser.support.server import AppServer
from tests.browser.support.strict_site import BLUE, GREEN, NEW, SEEN
from tests.data import Material

pytestmark = [pytest.mark.browser, pytest.mark.models]

LOOKS_LIKE = "This looks like a picture of a face"
WORD = "Stands beside me, passport seen"


def test_a_person_is_taken_for_live_and_their_picture_needs_an_administrators_word(
    strict: AppServer, browse: Browsers, material: Material, tmp_path: Path
) -> None:
    page = browse.page()
    views = head_views(material, material.person(NEW)[SEEN["new"]], NEW, tmp_path)
    head = HeadCamera(page, views, GREEN)
    screen = RegisterScreen(page, strict.url)
    screen.expect_said("All views are taken. Save, or add more photos.")
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
