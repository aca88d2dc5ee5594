"""Every page for everybody: axe-core finds nothing serious, in a light and in a dark theme, on a
desk and on a phone; words, headings and titles are right; and the theme is one's own choice."""

from collections.abc import Iterable, Sequence

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from face_rec.access.pages import Page
from face_rec.access.rights import Right
from tests.browser.access.test_own_page import come_in, registered
from tests.browser.support.axe import shut_out
from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press, rest
from tests.browser.support.server import AppServer
from tests.browser.support.sign_in import GuardedServer, as_admin

pytestmark = pytest.mark.browser

DESK, ZOOMED, PHONE = (1280, 800), (640, 400), (390, 844)
"""Zoomed: what a window of a desk has room for when everything is twice as large."""
VIEWS = ("records?view=Days", "records?view=Requests", "people?view=Table")
CONTRAST = ("color-contrast",)
ACCESS = (Page.ACCOUNTS, Page.TOKENS)
"""Are there only where there are accounts."""
FORMS = (
    "account",
    "account/factors",
    "account/sessions",
    "logout",
    "guide/",
    "guide/barriers",
)
_WIDE = "() => document.scrollingElement.scrollWidth > innerWidth"


def _open_in_menu(tab: Tab, page: Page) -> None:
    press(tab.get_by_test_id("stSidebarNav").get_by_role("link", name=page.title, exact=True))
    expect(tab).to_have_title(f"{page.title} · Attendance")
    rest(tab)


def _pale_in_the_dark(tab: Tab) -> list[str]:
    tab.emulate_media(color_scheme="dark")
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    found = shut_out(tab, CONTRAST)
    tab.emulate_media(color_scheme="light")
    return found


def _too_wide(tab: Tab, sizes: Sequence[tuple[int, int]]) -> list[str]:
    found = []
    for width, height in sizes:
        tab.set_viewport_size({"width": width, "height": height})
        tab.wait_for_timeout(250)
        found += [f"scrolls sideways at {width}"] * tab.evaluate(_WIDE)
    return found


def _of_the_menu(tab: Tab, pages: Iterable[Page]) -> dict[str, list[str]]:
    wrong = {"the menu": shut_out(tab)}
    for page in pages:
        _open_in_menu(tab, page)
        wrong[page.path] = shut_out(tab, but='[data-testid="stSidebar"]')
    return wrong


def _of_the_forms(tab: Tab, url: str, forms: Iterable[str]) -> dict[str, list[str]]:
    wrong = {}
    for form in forms:
        tab.goto(f"{url}/{form}")
        wrong[form] = shut_out(tab)
        tab.emulate_media(color_scheme="dark")
        wrong[f"{form} in the dark"] = shut_out(tab, CONTRAST)
        tab.emulate_media(color_scheme="light")
    return wrong


def test_nobody_is_shut_out_of_a_page_by_its_words_colours_or_order(
    demo: AppServer, browse: Browsers
) -> None:
    tab = browse.page(size=DESK)
    tab.goto(f"{demo.url}/overview")
    pages = [p for p in Page if p not in ACCESS and p.right is not Right.OWN]
    # A press in the menu is lost now and then while a camera's page draws itself: it is last.
    wrong = _of_the_menu(tab, sorted(pages, key=lambda page: page is Page.TAKE_ATTENDANCE))
    assert not any(wrong.values()), wrong


def test_nor_of_their_own_page_or_of_signing_in(guarded: GuardedServer, browse: Browsers) -> None:
    tab, phone = browse.page(size=DESK), browse.page(size=PHONE)
    as_admin(tab, guarded)
    tab.goto(f"{guarded.url}/overview")
    wrong = _of_the_menu(tab, ACCESS) | _of_the_forms(tab, guarded.url, FORMS)
    come_in(phone, guarded.url, registered(guarded))
    expect(phone.get_by_text("You are in since")).to_be_visible()
    wrong["my_attendance"] = shut_out(phone) + _pale_in_the_dark(phone)
    wrong["my_attendance"] += _too_wide(phone, (ZOOMED, PHONE))
    wrong |= _of_the_forms(phone, guarded.url, ("my/out", "my", "login"))
    assert not any(wrong.values()), wrong


@pytest.mark.nightly
def test_nor_in_the_dark_nor_on_a_phone_nor_where_everything_is_twice_as_large(
    demo: AppServer, browse: Browsers
) -> None:
    tab = browse.page(size=DESK)
    wrong = {}
    pages = [p.path for p in Page if p not in ACCESS and p.right is not Right.OWN]
    for path in (*pages, *VIEWS):
        tab.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        tab.goto(f"{demo.url}/{path}")
        rest(tab)
        wrong[path] = _pale_in_the_dark(tab) + _too_wide(tab, (ZOOMED, PHONE)) + shut_out(tab)
    assert not any(wrong.values()), wrong
