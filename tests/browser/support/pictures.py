"""Takes the README's pictures: ``python -m tests.browser.support.pictures MODEL_PACK``.

The face is the portrait of the astronaut Eileen Collins that scikit-image ships (NASA,
public domain); everybody else is of the demo company and has no face.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page
from skimage import data

from face_rec.domain.faces import Image
from tests.browser.support.chromium import Browsers, browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.screens import KioskScreen, RegisterScreen
from tests.browser.support.server import ROOT, AppServer

PICTURES = ROOT / ".github" / "images"
SIZE = (1280, 800)
NAME = "Eileen Collins"
_PAGES = ("people", "records", "reports", "settings", "models", "system")
_SETTLED = 4_000  # ms; for looks, not for truth


def portrait() -> Image:
    """(300, 300, 3) BGR: head and shoulders."""
    whole: Image = data.astronaut()  # type: ignore[no-untyped-call]
    return np.ascontiguousarray(whole[0:300, 80:380, ::-1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pack", type=Path, help="folder of a model pack")
    pack = parser.parse_args().pack.resolve()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, browsers("pictures") as browse:
        folder = Path(name)
        with AppServer(folder / "data", pack) as server:
            _fill(server)
            _take(server, browse, folder)


def _fill(server: AppServer) -> None:
    """A company with ninety days of attendance."""
    command = [sys.executable, "-m", "face_rec", "demo"]
    subprocess.run(command, cwd=ROOT, env=server.environment(), check=True)


def _take(server: AppServer, browse: Browsers, folder: Path) -> None:
    camera = make_camera(folder / "camera.mjpeg", [Shot([portrait()], 8)])
    page = browse.page(camera, SIZE)
    _register(page, server.url, folder)
    kiosk = KioskScreen.open(page, server.url, "front-door")
    kiosk.expect_banner(NAME)
    page.wait_for_timeout(1_000)
    _picture(page, "kiosk")
    page.goto(server.url)
    page.wait_for_timeout(_SETTLED)
    _picture(page, "overview")
    for name in _PAGES:
        page.goto(f"{server.url}/{name}")
        page.wait_for_timeout(_SETTLED)
        _picture(page, name)
    browse.close(page)


def _register(page: Page, url: str, folder: Path) -> None:
    screen = RegisterScreen(page, url)
    page.wait_for_timeout(2 * _SETTLED)
    screen.fill(NAME, "STS-93", "Crew")
    screen.agree()
    _picture(page, "register")
    photo = folder / "portrait.png"
    cv2.imwrite(str(photo), portrait())
    screen.upload([photo])
    screen.expect_photos(1)
    screen.save()
    screen.expect_saved(NAME)


def _picture(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
