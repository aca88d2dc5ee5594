"""Debian's Chromium with a fake camera, driven by Playwright."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

OUTPUT = Path(__file__).parent / "output"
DESKTOP = (1440, 900)
STARTS_WITHIN = 120_000
"""Milliseconds for Chromium to start; on two busy cores it has taken a minute."""
_FLAGS = (
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--no-sandbox",
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    # Where a machine has no other address than 127.0.0.1, WebRTC has to do with that.
    "--allow-loopback-in-peer-connection",
)  # fmt: skip


def executable() -> str:
    """The path of Chromium; without it the test is skipped, in CI it fails."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    reason = "no Chromium; install the package chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def check_network() -> None:
    """WebRTC needs an address besides 127.0.0.1, which aioice leaves out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; only chooses an address
        except OSError:
            pytest.skip("WebRTC needs a network address; run: ip address add 10.99.0.1/32 dev lo")


class Browsers:
    """Opens one browser process a camera; closes them all, with screenshots after a failure."""

    def __init__(self, playwright: Playwright, test: str) -> None:
        self._playwright = playwright
        self._test = test
        self._open: list[BrowserContext] = []
        self.errors: list[str] = []
        """What went wrong in the pages themselves; an error there may leave a blank window."""

    def page(
        self,
        camera: Path | None = None,
        size: tuple[int, int] = DESKTOP,
        camera_allowed: bool = True,
    ) -> Page:
        """A new browser whose camera plays ``camera``."""
        flags = [flag for flag in _FLAGS if camera_allowed or "fake-ui" not in flag]
        if camera is not None:
            flags.append(f"--use-file-for-fake-video-capture={camera}")
        browser = self._playwright.chromium.launch(
            executable_path=executable(), args=flags, timeout=STARTS_WITHIN
        )
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, accept_downloads=True,
            permissions=["camera"] if camera_allowed else [],
        )  # fmt: skip
        context.set_default_timeout(30_000)
        self._open.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def close(self, page: Page) -> None:
        """Leave the page first, or the server keeps its camera for a while."""
        context = page.context
        self._open.remove(context)
        _close(context)

    def close_all(self, failed: bool) -> None:
        for number, context in enumerate(self._open):
            for page in context.pages if failed else ():
                OUTPUT.mkdir(exist_ok=True)
                page.screenshot(path=OUTPUT / f"{self._test}-{number}.png")
            _close(context)
        self._open.clear()


def _close(context: BrowserContext) -> None:
    for page in context.pages:
        page.goto("about:blank")
    browser = context.browser
    context.close()
    if browser is not None:
        browser.close()


@contextmanager
def browsers(test: str) -> Iterator[Browsers]:
    executable()
    with sync_playwright() as playwright:
        yield Browsers(playwright, test)
