"""The search beside every page, by keyboard."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press, rest
from tests.browser.support.server import AppServer

pytestmark = pytest.mark.browser


def test_ctrl_k_finds_a_page_a_person_and_a_day(demo: AppServer, browse: Browsers) -> None:
    page = browse.page()
    page.goto(f"{demo.url}/reports")
    for asked, found, heading in (
        ("audit", "Audit log", "Audit log"),
        ("almeida", "Ada Almeida", "Records"),
        ("yesterday", "day, ", "Records"),
    ):
        dialog = page.get_by_role("dialog")
        _by_keyboard(page, dialog)
        page.get_by_label("Pages, people, days").press_sequentially(asked, delay=20)
        press(dialog.get_by_role("button", name=found).first)
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_text("days of")).to_be_visible()
    assert "day=" in page.url


def _by_keyboard(page: Page, dialog: Locator) -> None:
    """Whoever presses while the page draws itself anew has to press again."""
    for _ in range(30):
        rest(page)
        page.keyboard.press("Control+k")
        page.wait_for_timeout(1_000)
        if dialog.is_visible():
            return
