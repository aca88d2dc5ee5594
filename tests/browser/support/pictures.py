"""Takes the pictures of README, docs and guide:
``python -m tests.browser.support.pictures MODEL_PACK``; with ``--states`` only those of the
kiosk's states, with ``--pages`` only the others."""

import argparse
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image as Pillow
from playwright.sync_api import Page

from tests.browser.support.chromium import Browsers, browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import register_kiosk
from tests.browser.support.page_pictures import PicturedServer, portrait, take
from tests.browser.support.screens import BLOCKED, KioskScreen
from tests.browser.support.server import ROOT, AppServer
from tests.browser.support.told_kiosk import CAMERA, STATES, TROUBLES, ToldLine, fail_camera

PICTURES = ROOT / "docs" / "pictures"
STATE_PICTURES = PICTURES / "kiosk"
EMPTY_ROOM = {"idle", "welcomed", "listed", "resting", "closed", "replaced", *TROUBLES}
"""States of the screen with nobody before it."""
WALL, TABLET, PHONE = (1920, 1080), (800, 1280), (390, 844)
_AS_APP = """
  const asked = window.matchMedia.bind(window);
  window.matchMedia = (query) => (query.includes("display-mode")
    ? { matches: true, addEventListener() {}, removeEventListener() {} } : asked(query));
"""
"""The page as an app of its tablet, which has the window to itself."""
_EVERYWHERE = {"idle", "marked"}
_HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
_GIVES_UP = 40
"""Looks, of 0.3 s, after which a video that does not come about is given up."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pack", type=Path, help="folder of a model pack")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--states", action="store_true", help="of the kiosk's states only")
    only.add_argument("--pages", action="store_true", help="of all but the kiosk's states")
    arguments = parser.parse_args()
    pack = arguments.pack.resolve()
    STATE_PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, browsers("pictures") as browse:
        folder = Path(name)
        with PicturedServer(folder / "data", pack) as server:
            if not arguments.pages:
                _take_states(server, browse, folder)
            if not arguments.states:
                take(server, browse, folder, PICTURES)


def _take_states(server: AppServer, browse: Browsers, folder: Path) -> None:
    """Each as it hangs on a wall; some on a tablet that stands and on a phone, too."""
    rooms = {
        "nobody": make_camera(folder / "nobody.mjpeg", [Shot([], 8)]),
        "somebody": make_camera(folder / "somebody.mjpeg", [Shot([portrait()], 8)]),
    }
    for room, camera in rooms.items():
        page, line = _opened(browse, camera, f"{server.url}/take_attendance?transport=http")
        KioskScreen(page).expect_picture(timeout=60_000)
        for state, (parts, _) in STATES.items():
            if (state in EMPTY_ROOM) == (room == "nobody"):
                _state(page, line, state, parts)
        if room == "nobody":
            _take_troubles(page, line)
        browse.close(page)
    _take_pin(server, browse, rooms["nobody"])
    _take_unreachable(server, browse, rooms["nobody"])


def _opened(browse: Browsers, camera: Path, address: str, *scripts: str) -> tuple[Page, ToldLine]:
    page = browse.page(camera, WALL)
    for script in (_AS_APP, CAMERA, *scripts):
        page.add_init_script(script)
    line = ToldLine(page)
    page.goto(address)
    return page, line


def _take_pin(server: AppServer, browse: Browsers, camera: Path) -> None:
    office = browse.page()
    register_kiosk(office, server.url, "gate", pin=True)
    browse.close(office)
    page, line = _opened(browse, camera, f"{server.url}/take_attendance?kiosk=gate&transport=http")
    KioskScreen(page).expect_picture(timeout=60_000)
    page.get_by_role("button", name="No face? Use PIN").click()
    page.get_by_label("ID", exact=True).fill("4711")
    page.get_by_role("textbox", name="PIN", exact=True).fill("402917")
    _state(page, line, "pin", {})
    browse.close(page)


def _take_unreachable(server: AppServer, browse: Browsers, camera: Path) -> None:
    """A network that lets no WebRTC through, on a kiosk that is set to it alone."""
    page, line = _opened(browse, camera, f"{server.url}/take_attendance?transport=webrtc", BLOCKED)
    KioskScreen(page).camera.wait_for()
    for _ in range(_GIVES_UP):  # a line that is silent would be said
        page.wait_for_timeout(300)
        line.tell()
    page.get_by_text("No video connection").wait_for()
    _state(page, line, "unreachable", {})
    browse.close(page)


def _take_troubles(page: Page, line: ToldLine) -> None:
    page.emulate_media(reduced_motion="reduce")
    line.tell()
    page.evaluate("document.querySelector('.fr-kiosk').classList.add('k-dim')")
    page.wait_for_timeout(500)
    _state_picture(page, "resting", WALL)
    page.evaluate("document.querySelector('.fr-kiosk').classList.remove('k-dim')")
    for state, (error, words) in TROUBLES.items():
        fail_camera(page, error)
        page.get_by_text(words).wait_for()
        _state(page, line, state, {})
    fail_camera(page, "")
    KioskScreen(page).expect_picture(timeout=60_000)
    page.evaluate(_HIDE, True)
    _state(page, line, "hidden", {})
    page.evaluate(_HIDE, False)
    line.silent = True
    page.wait_for_selector('[data-testid="camera"][data-state="server"]')
    _state_picture(page, "server", WALL)


def _tell(page: Page, line: ToldLine, parts: Mapping[str, object]) -> None:
    """A line that is silent would be said. On a busy machine one is cut meanwhile: what the screen
    says while the next begins is no part of the state."""
    begins = page.locator('[data-testid="camera"][data-state="connecting"]')
    for look in range(_GIVES_UP):
        line.tell(**parts)
        page.wait_for_timeout(300)
        if look >= 3 and not begins.count():
            return


def _state(page: Page, line: ToldLine, name: str, parts: Mapping[str, object]) -> None:
    more = {"": WALL} | ({"-tablet": TABLET, "-phone": PHONE} if name in _EVERYWHERE else {})
    for where, size in more.items():
        page.set_viewport_size({"width": size[0], "height": size[1]})
        _tell(page, line, parts)
        _state_picture(page, f"{name}{where}", size)
    page.set_viewport_size({"width": WALL[0], "height": WALL[1]})


def _state_picture(page: Page, name: str, size: tuple[int, int]) -> None:
    """Half as large: it is looked at beside others."""
    whole = Pillow.open(io.BytesIO(page.screenshot()))
    whole.resize((size[0] // 2, size[1] // 2), Pillow.Resampling.LANCZOS).save(
        STATE_PICTURES / f"{name}.webp", "WEBP", quality=80, method=6
    )


if __name__ == "__main__":
    main()
