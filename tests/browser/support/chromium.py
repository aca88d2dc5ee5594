"""Debian's Chromium with a fake camera, driven by Playwright."""

import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    sync_playwright,
)

OUTPUT = Path(__file__).parent.parent / "output"
DESKTOP, TABLET = (1440, 900), (1024, 768)
STARTS_WITHIN = 120_000
"""Milliseconds for Chromium to start; on two busy cores it has taken a minute."""
FLAGS = (
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--no-sandbox",
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    # Where a machine has no other address than 127.0.0.1, WebRTC has to do with that.
    "--allow-loopback-in-peer-connection",
    # Each window loads them for an address bar that no test has: 0.7 CPU seconds a page.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
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


class Chromium:
    """Chromium as the tests start it: a process for each camera, and one for all that need none;
    who opens a page in that one still gets cookies and a cache of their own."""

    def __init__(self, playwright: Playwright) -> None:
        self.playwright = playwright
        self._shared: Browser | None = None

    def start(self, flags: Sequence[str] = FLAGS) -> Browser:
        return self.playwright.chromium.launch(
            executable_path=executable(), args=list(flags), timeout=STARTS_WITHIN
        )

    def profile(self, folder: Path, flags: Sequence[str]) -> BrowserContext:
        """A browser that keeps in ``folder`` what a device keeps when it is switched off."""
        return self.playwright.chromium.launch_persistent_context(
            folder, executable_path=executable(), args=list(flags), timeout=STARTS_WITHIN,
            viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, permissions=["camera"],
        )  # fmt: skip

    def shared(self) -> Browser:
        """Started anew where it has crashed, so that one test's end is not that of all."""
        if self._shared is None or not self._shared.is_connected():
            self._shared = self.start()
        return self._shared

    def leave(self, context: BrowserContext) -> None:
        """Close it, and its process with it, unless that is shared."""
        browser = context.browser
        context.close()
        if browser is not None and browser is not self._shared:
            browser.close()


class Browsers:
    """Opens the pages of one test; closes them all, with screenshots after a failure."""

    def __init__(self, chromium: Chromium, test: str) -> None:
        self._chromium = chromium
        self._test = test
        self._open: list[BrowserContext] = []
        self.errors: list[str] = []
        """What went wrong in the pages themselves; an error there may leave a blank window."""

    def page(
        self,
        camera: Path | None = None,
        size: tuple[int, int] | None = None,
        camera_allowed: bool = True,
        user_agent: str | None = None,
        trusting: bool = False,
        *,
        locale: str = "en-GB",
    ) -> Page:
        """A page of somebody new, whose camera plays ``camera``, else Chromium's own test
        picture. ``size``: else a desk's, and with a camera a tablet's, which is half as much to
        draw with each picture. ``trusting``: takes any certificate. ``locale``: pages follow it;
        the usual one has 24 hours."""
        width, height = size or (TABLET if camera else DESKTOP)
        context = self._browser(camera, camera_allowed).new_context(
            viewport={"width": width, "height": height}, accept_downloads=True,
            permissions=["camera"] if camera_allowed else [], user_agent=user_agent,
            ignore_https_errors=trusting, locale=locale,
        )  # fmt: skip
        return self._opened(context, context.new_page())

    def device(self, folder: Path, camera: Path) -> Page:
        """The page of a device whose browser keeps all that it knows in ``folder``: closed and
        asked for again, it was switched off and on."""
        flags = [*FLAGS, f"--use-file-for-fake-video-capture={camera}"]
        context = self._chromium.profile(folder, flags)
        return self._opened(context, context.pages[0])

    def _opened(self, context: BrowserContext, page: Page) -> Page:
        context.set_default_timeout(30_000)
        self._open.append(context)
        context.on("console", self._told)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def _told(self, message: ConsoleMessage) -> None:
        """No page of any test may break a rule of its own security policy."""
        if "Security Policy" in message.text:
            self.errors.append(message.text)

    def _browser(self, camera: Path | None, camera_allowed: bool) -> Browser:
        if camera is None and camera_allowed:
            return self._chromium.shared()
        flags = [flag for flag in FLAGS if camera_allowed or "fake-ui" not in flag]
        if camera is not None:
            flags.append(f"--use-file-for-fake-video-capture={camera}")
        return self._chromium.start(flags)

    def close(self, page: Page) -> None:
        """Leave the page first, or the server keeps its camera for a while."""
        context = page.context
        self._open.remove(context)
        self._leave(context)

    def close_all(self, failed: bool) -> None:
        for number, context in enumerate(self._open):
            for page in context.pages if failed else ():
                OUTPUT.mkdir(exist_ok=True)
                page.screenshot(path=OUTPUT / f"{self._test}-{number}.png")
            self._leave(context)
        self._open.clear()

    def _leave(self, context: BrowserContext) -> None:
        for page in context.pages:
            _blank(page)
        self._chromium.leave(context)


def _blank(page: Page) -> None:
    """Away from whatever is shown; also where the page itself is just going somewhere."""
    try:
        page.goto("about:blank")
    except Error as error:
        if "interrupted by another navigation" not in error.message:
            raise
        page.wait_for_load_state()
        page.goto("about:blank")


@contextmanager
def chromium() -> Iterator[Chromium]:
    executable()
    with sync_playwright() as playwright:
        yield Chromium(playwright)


@contextmanager
def browsers(test: str) -> Iterator[Browsers]:
    """For what is no test."""
    with chromium() as started:
        yield Browsers(started, test)
