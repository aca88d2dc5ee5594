"""One's own sign-ins and an account that was slowed down, as people meet them in a browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press, rest
from tests.browser.support.sign_in import GuardedServer, as_admin, sign_in

pytestmark = pytest.mark.browser

PATIENCE = 30_000
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"


def _guess(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/login")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill("a wrong password")
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_new_sign_in_is_told_in_open_pages_and_ended_from_there(
    guarded: GuardedServer, browse: Browsers
) -> None:
    mine, other = browse.page(), browse.page(user_agent=FIREFOX)
    name = as_admin(mine, guarded)
    mine.goto(f"{guarded.url}/overview")
    sign_in(other, guarded.url, name)
    mine.goto(f"{guarded.url}/system")
    told = mine.get_by_test_id("new-sign-in")
    expect(told).to_contain_text("Firefox on Windows", timeout=PATIENCE)
    told.get_by_role("link", name="Look at it").click()
    expect(mine.get_by_role("alert")).to_contain_text("from a new browser", timeout=PATIENCE)
    mine.get_by_role("button", name="End this sign-in").click()
    expect(mine.get_by_role("status")).to_contain_text("Ended", timeout=PATIENCE)
    curtain = other.get_by_test_id("signed-out")  # over the page that was open there
    expect(curtain).to_be_visible(timeout=PATIENCE)
    curtain.get_by_role("button", name="Leave this page").click()
    other.wait_for_url("**/login?note=ended", timeout=PATIENCE)


@pytest.mark.nightly
def test_an_account_that_strangers_slowed_down_is_unlocked_on_its_page(
    guarded: GuardedServer, browse: Browsers
) -> None:
    mine, stranger = browse.page(), browse.page()
    name = as_admin(mine, guarded)
    for _ in range(5):
        _guess(stranger, guarded.url, name)
        expect(stranger.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    mine.goto(f"{guarded.url}/accounts")
    rest(mine)
    press(mine.locator(f".st-key-change_{name} button"))
    press(mine.get_by_role("button", name="Unlock"))
    expect(mine.get_by_text("The wrong tries are forgotten")).to_be_visible(timeout=PATIENCE)
    rest(mine)
    press(mine.locator(f".st-key-change_{name} button"))
    expect(mine.get_by_role("button", name="Set password")).to_be_visible(timeout=PATIENCE)
    expect(mine.get_by_role("button", name="Unlock")).to_have_count(0)
