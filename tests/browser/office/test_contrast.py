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
# seconds: words that are pale while such a run is on may be so for that reason alone.
WATCH = """() => {
  window.runs = 0;
  new MutationObserver((found) => window.runs += found.length).observe(document.body, {
    subtree: true, attributeFilter: ['data-stale', 'data-test-script-state'],
  });
}"""
SETTLED = "() => !document.getAnimations().some(one => one instanceof CSSTransition)"
LOOKS = 10


def _pale_words(page: Page) -> list[str]:
    """What a look at the page at rest finds; that of the last one where it never rests."""
    page.evaluate(WATCH)
    pale: list[str] = []
    for _ in range(LOOKS):
        rest(page)
        expect(page.locator('[data-stale="true"]')).to_have_count(0)
        until(page, SETTLED)  # words that were pale a moment ago are still on their way back
        before = page.evaluate("window.runs")
        found = Axe().run(page, options=CONTRAST).response["violations"]
        pale = [node["html"][:200] for one in found for node in one["nodes"]]
        if not pale or page.evaluate("window.runs") == before:
            break
    return pale


def test_no_word_on_any_page_is_too_pale_to_read(demo: AppServer, browse: Browsers) -> None:
    page = browse.page()
    pale: dict[str, list[str]] = {}
    for name in PAGES:
        page.goto(f"{demo.url}/{name}")
        pale[name] = _pale_words(page)
    assert not any(pale.values()), pale
