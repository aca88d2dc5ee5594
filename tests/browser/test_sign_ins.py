"""One's own sign-ins and an account that was slowed down, as people meet them in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import STARTS_WITHIN, executable
from tests.browser.page_state import rest
from tests.browser.sign_in import ADMIN, GuardedServer, first_admin, sign_in
from tests.browser.test_flood import ServerWithoutModel

pytestmark = pytest.mark.browser

PATIENCE = 30_000
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GuardedServer]:
    with ServerWithoutModel(tmp_path / "data", tmp_path / "no-pack") as running:
        yield running


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=FLAGS, timeout=STARTS_WITHIN
        )
        yield browser
        browser.close()


def _guess(page: Page, url: str) -> None:
    page.goto(f"{url}/login")
    page.get_by_label("Name", exact=True).fill(ADMIN)
    page.get_by_label("Password", exact=True).fill("a wrong password")
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_new_sign_in_is_told_in_open_pages_and_ended_from_there(
    server: GuardedServer, chromium: Browser
) -> None:
    mine = chromium.new_context().new_page()
    first_admin(mine, server)
    other = chromium.new_context(user_agent=FIREFOX).new_page()
    sign_in(other, server.url)
    mine.goto(f"{server.url}/system")
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


def test_an_account_that_strangers_slowed_down_is_unlocked_on_its_page(
    server: GuardedServer, chromium: Browser
) -> None:
    mine = chromium.new_context().new_page()
    first_admin(mine, server)
    stranger = chromium.new_context().new_page()
    for _ in range(5):
        _guess(stranger, server.url)
        expect(stranger.get_by_role("alert")).to_be_visible(timeout=PATIENCE)
    mine.goto(f"{server.url}/accounts")
    rest(mine)
    mine.get_by_role("button", name="Change", exact=True).click(timeout=PATIENCE)
    mine.get_by_role("button", name="Unlock").click(timeout=PATIENCE)
    expect(mine.get_by_text("The wrong tries are forgotten")).to_be_visible(timeout=PATIENCE)
    rest(mine)
    mine.get_by_role("button", name="Change", exact=True).click(timeout=PATIENCE)
    expect(mine.get_by_role("button", name="Set password")).to_be_visible(timeout=PATIENCE)
    expect(mine.get_by_role("button", name="Unlock")).to_have_count(0)
