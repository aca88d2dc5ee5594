"""The office's work without a mouse: nothing is out of reach, and the focus is never lost; and the
theme, which is chosen so as well."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import rest
from tests.browser.support.server import AppServer

pytestmark = pytest.mark.browser


def _press(what: Locator, keys: str = "Enter") -> None:
    """As who has come there by Tab."""
    rest(what.page)
    what.focus()
    what.press(keys)
    rest(what.page)


def _open_a_day(page: Page, url: str) -> Locator:
    """Row by row in the table, a canvas with cells for who cannot see it."""
    page.goto(f"{url}/records?view=Days")
    rest(page)
    why = page.locator(".st-key-why")
    table = page.get_by_test_id("data-grid-canvas").first
    expect(table).to_be_attached()
    for _ in range(5):  # a table that is being replaced takes no key
        _press(table, "ArrowDown")
        page.keyboard.press("Shift+Space")
        rest(page)
        page.wait_for_timeout(300)
        if why.count():
            break
    expect(why).to_be_visible()
    return why


def test_a_day_is_explained_and_a_dialog_gives_the_focus_back_without_a_mouse(
    demo: AppServer, browse: Browsers
) -> None:
    page = browse.page()
    page.goto(f"{demo.url}/overview")
    rest(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    why = _open_a_day(page, demo.url)
    opener = why.get_by_role("button", name="Add a mark")
    _press(opener)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
    # What is pressed goes away with all around it: the focus waits where its like stood.
    gone = why.get_by_role("button", name="all days")
    _press(gone)
    expect(gone).to_have_count(0)
    expect(page.locator("main :focus")).to_have_count(1)


def test_the_menu_folds_opens_pages_and_has_a_theme_for_all_of_them_without_a_mouse(
    demo: AppServer, browse: Browsers
) -> None:
    page = browse.page()
    page.goto(f"{demo.url}/privacy")
    rest(page)
    menu = page.get_by_test_id("stSidebarNav")
    group = menu.get_by_role("button", name="Attendance", exact=True)
    _press(group)
    expect(group).to_have_attribute("aria-expanded", "false")
    _press(group)
    expect(group).to_have_attribute("aria-expanded", "true")
    link = menu.get_by_role("link", name="Reports", exact=True)
    _press(link)
    expect(page).to_have_title(re.compile("^Reports"))
    expect(link).to_be_focused()
    expect(link).to_have_attribute("aria-current", "page")
    expect(page.locator("body > [role=status]")).to_have_text(re.compile("^Reports"))
    _press(page.get_by_role("button", name="Main menu"))
    _press(page.get_by_role("menuitemradio", name="Dark"))
    dark = page.locator('html[data-theme="dark"]')
    expect(dark).to_have_count(1)
    page.goto(f"{demo.url}/system")  # another address than the one where it was chosen
    expect(dark).to_have_count(1)
    rest(page)
    paper = "() => getComputedStyle(document.querySelector('#root')).filter"
    assert page.evaluate(paper) == "none"
    page.emulate_media(media="print")
    page.wait_for_function(f"({paper})().includes('invert')")
