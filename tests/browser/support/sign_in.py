"""Signing in, for browser tests on an app whose accounts are switched on."""

import re
import urllib.error
import urllib.request
from threading import Event

from playwright.sync_api import Page, expect

from tests.browser.support.page_state import press
from tests.browser.support.server import AppServer

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


class ServerWithoutModel(GuardedServer):
    """The app as it is before a model is installed; that is enough where nobody is recognised."""

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as got:
                return bool(got.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def new_account(server: AppServer, word: str, role: str, groups: str = "ALL_GROUPS") -> str:
    """The name of an account that another process has made. ``role`` and ``groups``: as the code
    calls them."""
    name = server.fresh(word)
    server.beside.run(f"accounts.create({name!r}, {PASSWORD!r}, Role.{role}, {groups})")
    return name


def as_admin(page: Page, server: AppServer) -> str:
    """Sign ``page`` in as an admin of the test's own, whose name it returns. Draws nothing."""
    name = new_account(server, ADMIN, "ADMIN", "NO_GROUPS")
    enter(page, server, name)
    return name


def enter(page: Page, server: AppServer, name: str) -> None:
    """Sign in as the form does, without drawing it: for tests of what comes afterwards."""
    form = page.request.get(f"{server.url}/login").text()
    token = form.partition('name="form_token" value="')[2].partition('"')[0]
    answer = page.request.post(
        f"{server.url}/login", headers={"Origin": server.url}, max_redirects=0,
        form={"form_token": token, "name": name, "password": PASSWORD},
    )  # fmt: skip
    assert answer.status == 303, answer.text()


def first_admin(page: Page, server: GuardedServer) -> None:
    """Use the set-up link and put the rest off; the page is signed in as the admin afterwards."""
    page.goto(server.setup_link())
    page.get_by_label("Name", exact=True).fill(ADMIN)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect_inside(page, ADMIN)
    press(page.get_by_role("button", name="Set up later"))
    expect(page.get_by_role("heading", name="Overview")).to_be_visible(timeout=_PATIENCE)


def sign_in(page: Page, url: str, name: str = ADMIN, password: str = PASSWORD) -> None:
    """Through the form."""
    page.goto(f"{url}/login")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect_inside(page, name)


def expect_inside(page: Page, name: str) -> None:
    expect(page.get_by_test_id("account")).to_contain_text(name, timeout=_PATIENCE)
