"""A sign-in that ends in the middle of a form: whoever signs in again finds their words."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press
from tests.browser.support.sign_in import PASSWORD, GuardedServer, as_admin, expect_inside

pytestmark = [pytest.mark.browser, pytest.mark.models]

PATIENCE = 30_000  # ms


def _end_every_sign_in(server: GuardedServer, account: str) -> None:
    server.beside.run(f"accounts.sign_out_everywhere({account!r})")


def _sign_in_again(page: Page, account: str) -> None:
    curtain = page.get_by_test_id("signed-out")
    expect(curtain).to_be_visible(timeout=PATIENCE)
    with page.expect_popup() as opened:
        curtain.get_by_role("button", name="Sign in again").click()
    window = opened.value
    window.get_by_label("Name", exact=True).fill(account)
    window.get_by_label("Password", exact=True).fill(PASSWORD)
    window.get_by_role("button", name="Sign in", exact=True).click()
    expect(curtain).to_have_count(0, timeout=PATIENCE)


def test_what_was_typed_is_still_there_after_signing_in_again(
    guarded: GuardedServer, browse: Browsers
) -> None:
    page = browse.page()
    account = as_admin(page, guarded)
    page.goto(f"{guarded.url}/register")
    name = page.get_by_label("Name", exact=True)
    name.fill("Grace Hopper")
    name.press("Tab")
    _end_every_sign_in(guarded, account)
    _sign_in_again(page, account)
    expect(name).to_have_value("Grace Hopper")
    page.get_by_label("ID", exact=True).fill("E9")
    page.get_by_label("ID", exact=True).press("Tab")
    press(page.get_by_role("button", name="Save person"))
    expect(page.get_by_test_id("stAlert").first).to_be_visible(timeout=PATIENCE)  # no photo yet
    expect(name).to_have_value("Grace Hopper")


def test_behind_the_curtain_nothing_can_be_read_or_pressed(
    guarded: GuardedServer, browse: Browsers
) -> None:
    page = browse.page()
    account = as_admin(page, guarded)
    page.goto(f"{guarded.url}/overview")
    expect_inside(page, account)
    _end_every_sign_in(guarded, account)
    curtain = page.get_by_test_id("signed-out")
    expect(curtain).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(curtain).to_be_visible()
    curtain.get_by_role("button", name="Leave this page").click()
    expect(page.get_by_text("Your sign-in has ended")).to_be_visible(timeout=PATIENCE)
    assert "/login" in page.url


def test_leaving_register_keeps_what_was_begun_until_it_is_begun_anew(
    guarded: GuardedServer, browse: Browsers
) -> None:
    page = browse.page()
    as_admin(page, guarded)
    page.goto(f"{guarded.url}/overview")
    menu = page.get_by_test_id("stSidebarNav")
    press(menu.get_by_text("Register"))
    name = page.get_by_label("Name", exact=True)
    name.fill("Grace Hopper")
    name.press("Tab")
    press(page.get_by_text("The person agrees"))
    press(menu.get_by_text("People", exact=True).last)
    expect(page.get_by_role("heading", name="People")).to_be_visible(timeout=PATIENCE)
    press(menu.get_by_text("Register"))
    expect(name).to_have_value("Grace Hopper", timeout=PATIENCE)
    expect(page.get_by_role("checkbox", name="The person agrees")).to_be_checked()
    anew = page.get_by_role("button", name="Begin anew")
    press(anew)
    expect(anew).to_have_count(0, timeout=PATIENCE)
    expect(name).to_have_value("", timeout=PATIENCE)
