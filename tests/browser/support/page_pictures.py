"""The pictures of the pages for README and guide, of a running app with the demo's company in it.

The face is the portrait of the astronaut Eileen Collins that scikit-image ships (NASA,
public domain); everybody else is of the demo company and has no face.
"""

import io
import subprocess
import sys
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image as Pillow
from playwright.sync_api import Page
from skimage import data

from face_rec.domain.faces import Image
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.page_state import press, rest
from tests.browser.support.screens import KioskScreen, RegisterScreen
from tests.browser.support.server import ROOT, AppServer

SIZE: Final = (1280, 800)
NAME: Final = "Eileen Collins"
PAGES: Final = (
    "overview", "people", "reports", "explore", "settings", "models", "privacy", "system",
    "kiosks",
)  # fmt: skip
_OF_RECORDS: Final = {"records": "Days", "review": "Review"}
NAMES: Final = frozenset({"register", "kiosk", *PAGES, *_OF_RECORDS})
"""Of all pictures that :func:`take` makes."""
_SETTLED = 4_000  # ms; for looks, not for truth


class PicturedServer(AppServer):
    """The app on an empty folder, at a site that has said in which time zone it is."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"TIMEZONE": "UTC"}


def portrait() -> Image:
    """(300, 300, 3) BGR: head and shoulders."""
    whole: Image = data.astronaut()  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(whole[0:300, 80:380, ::-1])


def take(server: AppServer, browse: Browsers, folder: Path, to: Path) -> None:
    """Fill the system of ``server``, which runs and is empty, and write each picture into ``to``;
    ``folder``: for files on the way."""
    command = [sys.executable, "-m", "face_rec", "demo"]
    subprocess.run(command, cwd=ROOT, env=server.environment(), check=True)
    camera = make_camera(folder / "camera.mjpeg", [Shot([portrait()], 8)])
    page = browse.page(camera, SIZE)
    _register(page, server.url, folder, to)
    KioskScreen.open(page, server.url, "gate").expect_banner(NAME)
    page.wait_for_timeout(1_000)
    _picture(page, to, "kiosk")
    for name in PAGES:
        page.goto(f"{server.url}/{name}")
        _settled(page)
        _picture(page, to, name)
    for name, view in _OF_RECORDS.items():
        page.goto(f"{server.url}/records")
        press(page.get_by_text(view, exact=True).first)
        _settled(page)
        _picture(page, to, name)
    browse.close(page)


def _register(page: Page, url: str, folder: Path, to: Path) -> None:
    screen = RegisterScreen(page, url)
    page.wait_for_timeout(2 * _SETTLED)
    screen.fill(NAME, "STS-93", "Crew")
    screen.agree()
    _picture(page, to, "register")
    photo = folder / "portrait.png"
    cv2.imwrite(str(photo), portrait())
    screen.upload([photo])
    screen.expect_photos(1)
    screen.save()
    screen.expect_saved(NAME)


def _settled(page: Page) -> None:
    rest(page)
    page.wait_for_timeout(_SETTLED)


def _picture(page: Page, to: Path, name: str) -> None:
    with Pillow.open(io.BytesIO(page.screenshot())) as whole:
        whole.save(to / f"{name}.webp", "WEBP", quality=82, method=6)
