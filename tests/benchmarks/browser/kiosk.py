"""How long a kiosk makes people wait when something is wrong: a server that starts again, a Redis
that hangs, a PIN that is not right.

A tablet that was linked, as it stands at a door, with the device's proof and all. Browser, two
video codecs and server share this machine.
"""

import os
import re
import signal
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from playwright.sync_api import Page, expect

from tests.benchmarks.report.row import Row
from tests.browser.support.chromium import DESKTOP, Browsers, browsers, check_network
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import add_kiosk, become_kiosk
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.browser.support.sign_in import GuardedServer, first_admin
from tests.data import shared_data

WAYS: Final = {"webrtc": "WebRTC", "http": "HTTP"}
MOST_FROZEN, MOST_BACK, MOST_REFUSED = 3.0, 4.0, 1.0
"""Seconds: until a frozen Redis is said, the picture is back, a wrong PIN is refused."""
_PATIENCE: Final = 60_000  # ms
_SHOWS: Final = """(state) =>
  document.querySelector('[data-testid=camera]')?.dataset.state === state"""
_SAYS: Final = """([words, wanted]) => wanted ===
  [...document.querySelectorAll('[data-testid=stAlert], .k-notice')].some(
    alert => alert.checkVisibility() && alert.innerText.includes(words))"""
_AWAY: Final = "The database does not answer"
_WRONG: Final = "ID and PIN do not match"


def run(quick: bool) -> list[Row]:
    """Rows of both transports; skips without Chromium, network address or test data."""
    check_network()
    times = 3 if quick else 12
    stranger = min(shared_data("faces/strangers").glob("*.jpg"))
    rows = []
    with tempfile.TemporaryDirectory() as folder, browsers("kiosk") as opened:
        camera = make_camera(Path(folder) / "door.mjpeg", [Shot([stranger], 2)])
        for way, name in WAYS.items():
            with (
                GuardedServer(Path(folder) / way, shared_data("models/buffalo_sc")) as app,
                _kiosk(opened, app, camera, way) as kiosk,
            ):
                rows += [
                    _row(
                        f"{name}: a frozen Redis is said after",
                        MOST_FROZEN,
                        frozen(kiosk, app, times),
                    ),
                    _row(
                        f"{name}: a wrong PIN is refused after",
                        MOST_REFUSED,
                        refused(kiosk, min(times, 4)),
                    ),
                    _row(
                        f"{name}: picture back after a restart", MOST_BACK, back(kiosk, app, times)
                    ),
                ]
    return rows


@contextmanager
def _kiosk(opened: Browsers, app: GuardedServer, camera: Path, way: str) -> Iterator[KioskScreen]:
    """A tablet at the door, with its picture."""
    admin = opened.page()
    first_admin(admin, app)
    link = add_kiosk(admin, app.url, pin=True)
    opened.close(admin)
    tablet = opened.page(camera, DESKTOP)
    become_kiosk(tablet, link)
    tablet.goto(f"{app.url}/take_attendance?kiosk=front-door&transport={way}")
    kiosk = KioskScreen(tablet)
    kiosk.expect_picture(timeout=_PATIENCE)
    yield kiosk
    opened.close(tablet)


def frozen(kiosk: KioskScreen, app: AppServer, times: int) -> list[float]:
    """Seconds from a stop of Redis' process to the words on the screen."""
    process = int(re.findall(r"redis_started pid=(\d+)", app.logged())[-1])
    random, waits = Random(9), []
    for _ in range(times):
        kiosk.page.wait_for_timeout(random.uniform(1500, 3500))
        os.kill(process, signal.SIGSTOP)
        try:
            waits.append(_seconds(kiosk.page, lambda page: _says(page, _AWAY, True)))
        finally:
            os.kill(process, signal.SIGCONT)
        _says(kiosk.page, _AWAY, False)
    return waits


def back(kiosk: KioskScreen, app: AppServer, times: int) -> list[float]:
    """Seconds from the first answer of a server that was stopped to a picture with results."""
    waits = []
    for _ in range(times):
        app.stop()
        _shows(kiosk.page, "server")
        answered: list[float] = []
        watch = threading.Thread(target=_first_answer, args=(app, answered))
        watch.start()
        app.start()
        watch.join()
        _shows(kiosk.page, "ok")
        waits.append(time.monotonic() - answered[0])
        kiosk.page.wait_for_timeout(2000)
        kiosk.expect_picture(timeout=_PATIENCE)
    return waits


def refused(kiosk: KioskScreen, times: int) -> list[float]:
    """Seconds from the press to the refusal on the screen; after five a kiosk must wait."""
    page, waits = kiosk.page, []
    page.get_by_role("button", name="No face? Use PIN").click()
    for number in range(times):
        page.get_by_label("ID", exact=True).fill(f"nobody {number}")
        page.get_by_label("PIN", exact=True).fill("111222")
        page.get_by_role("button", name="Mark me").click()
        waits.append(_seconds(page, lambda page: _says(page, _WRONG, True)))
        page.keyboard.press("Escape")
        page.reload()
        kiosk.expect_picture(timeout=_PATIENCE)
        page.get_by_role("button", name="No face? Use PIN").click()
        expect(page.get_by_label("PIN", exact=True)).to_be_visible(timeout=_PATIENCE)
    page.keyboard.press("Escape")
    return waits


def _first_answer(app: AppServer, answered: list[float]) -> None:
    while not answered:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{app.port}/healthz", timeout=2):
                answered.append(time.monotonic())
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)


def _seconds(page: Page, wait: Callable[[Page], None]) -> float:
    began = time.monotonic()
    wait(page)
    return time.monotonic() - began


def _says(page: Page, words: str, wanted: bool) -> None:
    page.wait_for_function(_SAYS, arg=[words, wanted], polling=30, timeout=_PATIENCE)


def _shows(page: Page, state: str) -> None:
    page.wait_for_function(_SHOWS, arg=state, polling=30, timeout=_PATIENCE)


def _row(name: str, most: float, waits: Sequence[float]) -> Row:
    """The worst of all counts."""
    note = f"worst of {len(waits)}; median {np.median(waits):.2f} s"
    return Row(name, max(waits), "s", most, note)


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(f"{row.name:60} {row.value:10.2f} {row.unit:12} {row.note}")
