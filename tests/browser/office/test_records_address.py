"""What is chosen in Records stands in the address: a browser's Back and Forward, a second tab and
loading the page anew find it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press, rest
from tests.browser.support.screens import PATIENCE
from tests.browser.support.server import AppServer

pytestmark = pytest.mark.browser


def _choose(page: Page, label: str) -> None:
    press(page.get_by_role("radio", name=label, exact=True))
    rest(page)


def _chosen(page: Page, *labels: str) -> None:
    for label in labels:
        button = page.get_by_role("radio", name=label, exact=True)
        expect(button).to_be_checked(timeout=PATIENCE)


def _address(page: Page, query: str) -> None:
    expect(page).to_have_url(re.compile(rf"/records{re.escape(query)}$"), timeout=PATIENCE)


def test_back_and_forward_a_second_tab_and_a_reload_find_what_is_chosen(
    demo: AppServer, browse: Browsers
) -> None:
    page = browse.page()
    page.goto(f"{demo.url}/overview")
    rest(page)
    page.goto(f"{demo.url}/records")
    rest(page)
    _address(page, "")
    _choose(page, "Days")
    _address(page, "?view=Days&span=7+days")
    _choose(page, "Yesterday")
    _address(page, "?view=Days&span=Yesterday")
    other = page.context.new_page()
    other.goto(page.url)
    rest(other)
    _chosen(other, "Days", "Yesterday")
    _choose(other, "Review")
    _address(other, "?view=Review&span=30+days")
    _address(page, "?view=Days&span=Yesterday")
    other.close()
    page.reload()
    rest(page)
    _chosen(page, "Days", "Yesterday")
    page.go_back()
    _address(page, "?view=Days&span=7+days")
    _chosen(page, "Days", "7 days")
    page.go_back()
    _address(page, "")
    _chosen(page, "Marks", "Today")
    page.go_forward()
    _chosen(page, "Days", "7 days")
    page.go_back()
    _chosen(page, "Marks", "Today")
    page.go_back()
    expect(page).to_have_url(re.compile(r"/overview$"), timeout=PATIENCE)
