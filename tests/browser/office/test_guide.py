"""Help: from a page to its chapter, and on in the guide."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press
from tests.browser.support.server import AppServer

_PHONE = (390, 844)
pytestmark = pytest.mark.browser


def test_a_page_leads_to_its_chapter_and_the_guide_keeps_nobody_out(
    demo: AppServer, browse: Browsers
) -> None:
    page = browse.page()
    page.goto(f"{demo.url}/records")
    with page.expect_popup() as opening:
        press(page.get_by_test_id("help"))
    guide = opening.value
    expect(guide.get_by_role("heading", name="Marks and days")).to_be_in_viewport()
    for size, scheme in (((1280, 800), "light"), (_PHONE, "dark")):
        guide.set_viewport_size({"width": size[0], "height": size[1]})
        guide.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found = Axe().run(guide)
        assert found.violations_count == 0, found.generate_report()
    guide.get_by_role("searchbox").fill("stolen")
    guide.keyboard.press("Enter")
    guide.get_by_role("link", name="What to do when … › A tablet was stolen").click()
    expect(guide.get_by_role("heading", name="A tablet was stolen")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Records")).to_be_visible()
