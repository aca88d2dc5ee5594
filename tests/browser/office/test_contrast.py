"""Every page's words can be read: contrast as WCAG 2.2 AA asks (1.4.3), judged by axe-core."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import rest, until
from tests.browser.support.server import AppServer

pytestmark = pytest.mark.browser

PAGES = ("overview", "records", "records?view=Days", "reports", "people", "register", "settings",
         "models", "privacy", "system", "audit")  # fmt: skip
CONTRAST = {"runOnly": ["color-contrast"]}


# Streamlit pales what it is about to draw anew, and some pages draw parts of themselves every few
# seconds: such words are pale for a moment, the ones that this test is after are always.
SETTLED = "() => !document.getAnimations().some(one => one instanceof CSSTransition)"
LOOKS = 8
BETWEEN = 400  # ms


def _pale_words(page: Page) -> dict[str, str]:
    """What is too pale at every look at the page at rest, by its place in the page."""
    pale = _pale_now(page)
    for _ in range(LOOKS - 1):
        if not pale:
            break
        page.wait_for_timeout(BETWEEN)
        again = _pale_now(page)
        pale = {place: words for place, words in pale.items() if place in again}
    return pale


def _pale_now(page: Page) -> dict[str, str]:
    rest(page)
    expect(page.locator('[data-stale="true"]')).to_have_count(0)
    until(page, SETTLED)
    found = Axe().run(page, options=CONTRAST).response["violations"]
    nodes = (node for one in found for node in one["nodes"])
    return {str(node["target"]): node["html"][:200] for node in nodes}


@pytest.mark.nightly
def test_no_word_on_any_page_is_too_pale_to_read(demo: AppServer, browse: Browsers) -> None:
    page = browse.page()
    pale: dict[str, dict[str, str]] = {}
    for name in PAGES:
        page.goto(f"{demo.url}/{name}")
        pale[name] = _pale_words(page)
    assert not any(pale.values()), pale
