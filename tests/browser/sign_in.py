"""Signing in, for browser tests on an app whose accounts are switched on."""

import re
from threading import Event

from playwright.sync_api import Page, expect

from tests.browser.server import AppServer

ADMIN, PASSWORD = "ada", "purple tiger walks uphill"
_PATIENCE = 30_000  # ms
_LINK = re.compile(r"https?://\S+/setup/\S+")


class GuardedServer(AppServer):
    """The app with accounts."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"ACCOUNTS": "on"}

    def setup_link(self) -> str:
        """The newest set-up link that the app has printed."""
        tick = Event()
        for _ in range(100):
            found = _LINK.findall(self.logged())
            if found:
                return str(found[-1])
            tick.wait(0.3)
        raise AssertionError(f"no set-up link was printed:\n{self.logged()[-3000:]}")


def first_admin(page: Page, server: GuardedServer) -> None:
    """Use the set-up link; the page is signed in as the admin afterwards."""
    page.goto(server.setup_link())
    page.get_by_label("Name", exact=True).fill(ADMIN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect_inside(page, ADMIN)


def sign_in(page: Page, url: str, name: str = ADMIN, password: str = PASSWORD) -> None:
    """Through the form."""
    page.goto(f"{url}/login")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect_inside(page, name)


def expect_inside(page: Page, name: str) -> None:
    expect(page.get_by_test_id("account")).to_contain_text(name, timeout=_PATIENCE)
