"""Live video through a real browser, by WebRTC and by HTTP: how quick, and at what cost.

Somebody who is registered comes before a fake camera and goes again, over and over. Browser
and server share this machine, so what counts is how the two compare.
"""

import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from math import nan
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import Page

from tests.benchmarks.report.row import Row
from tests.browser.support.chromium import DESKTOP, Browsers, browsers, check_network
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import register_kiosk
from tests.browser.support.screens import KioskScreen, RegisterScreen
from tests.browser.support.server import AppServer
from tests.data import shared_data

WATCH = Path(__file__).with_suffix(".js")
NAMES = {"webrtc": "WebRTC", "http": "HTTP"}
_WARM_UP = 6.0
_PLAYS = """() => ["[data-testid=first-picture] video", ".fr-kiosk video"]
  .flatMap((which) => [...document.querySelectorAll(which)])
  .some((one) => one.currentTime > 0 && one.videoWidth && getComputedStyle(one).opacity > 0)"""


def run(quick: bool) -> list[Row]:
    """Rows of both transports; skips without Chromium, network address or test data."""
    check_network()
    photos = sorted(shared_data("faces/people/Adam_Sandler").glob("*.jpg"))
    seconds = 25.0 if quick else 90.0
    with tempfile.TemporaryDirectory() as folder, browsers("transports") as opened:
        camera = make_camera(Path(folder) / "door.mjpeg", [Shot(photos[2:3], 3), Shot([], 2.5)])
        with AppServer(Path(folder) / "data", shared_data("models/buffalo_sc")) as app:
            _register(opened, app, photos[:2])
            return [
                row
                for transport in NAMES
                for row in _measure(transport, opened, app, camera, seconds)
            ]


def _register(opened: Browsers, app: AppServer, photos: Sequence[Path]) -> None:
    screen = RegisterScreen(opened.page(), app.url)
    screen.upload(photos)
    screen.expect_photos(len(photos))
    screen.fill("Ana", "E 17")
    screen.agree()
    screen.save()
    screen.expect_saved("Ana")
    for kiosk in NAMES:
        register_kiosk(screen.page, app.url, kiosk)
    opened.close(screen.page)


def _measure(
    transport: str, opened: Browsers, app: AppServer, camera: Path, seconds: float
) -> list[Row]:
    page = opened.page(camera, DESKTOP)
    page.add_init_script(path=WATCH)
    (first, ready), *again = [_first_picture(page, app, transport) for _ in range(4)]
    page.wait_for_timeout(_WARM_UP * 1000)
    page.evaluate("() => { window.notes.named = []; window.notes.results = []; }")
    before, since = _figures(app, transport), time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    after, span = _figures(app, transport), time.monotonic() - since
    notes: dict[str, list[float]] = page.evaluate("() => window.notes")
    opened.close(page)
    rates = [(now - then) / span for now, then in zip(after, before, strict=True)]
    return [
        Row(f"{NAMES[transport]}: first picture after", first, "s", note="page load included"),
        Row(f"{NAMES[transport]}: looks for faces after", ready, "s", note="page load included"),
        *_of_before(NAMES[transport], *zip(*again, strict=True)),
        *_rows(NAMES[transport], rates, notes),
    ]


def _of_before(name: str, first: Sequence[float], ready: Sequence[float]) -> list[Row]:
    return [
        Row(f"{name}: first picture, been here before", median(first), "s"),
        Row(f"{name}: looks for faces, been here before", median(ready), "s"),
    ]


def _first_picture(page: Page, app: AppServer, transport: str) -> tuple[float, float]:
    """Until whoever stands there sees themselves, and until pictures go to the server."""
    began = time.monotonic()
    page.goto(
        f"{app.url}/take_attendance?kiosk={transport}&transport={transport}", wait_until="commit"
    )
    page.wait_for_function(_PLAYS, polling="raf", timeout=90_000)
    first = time.monotonic() - began
    KioskScreen(page).expect_picture(timeout=90_000)
    return first, time.monotonic() - began


def _rows(name: str, rates: list[float], notes: dict[str, list[float]]) -> list[Row]:
    pictures, looks, cpu = rates
    rows = [
        Row(f"{name}: pictures a second at the server", pictures, "1/s"),
        Row(f"{name}: results a second", looks, "1/s"),
        Row(f"{name}: CPU of the server", 100 * cpu, "% of a core", note="recognition included"),
        *_times(f"{name}: person appears to name on the screen", notes["named"]),
    ]
    if notes["results"]:
        rows += _times(f"{name}: camera to the server's answer", notes["results"])
    return rows


def _times(name: str, milliseconds: Sequence[float]) -> list[Row]:
    note = f"of {len(milliseconds)}"
    p50, p95 = np.percentile(milliseconds, [50, 95]) if milliseconds else (nan, nan)
    return [
        Row(f"{name}, p50", float(p50), "ms", note=note),
        Row(f"{name}, p95", float(p95), "ms", note=note),
    ]


def _figures(app: AppServer, kiosk: str) -> tuple[float, float, float]:
    """Pictures and looks of ``kiosk``, and the server's CPU seconds, so far."""
    with urllib.request.urlopen(f"http://127.0.0.1:{app.port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return (
        _value(text, f'face_rec_frames_received_total{{kiosk="{kiosk}"}}'),
        _value(text, f'face_rec_frames_inferred_total{{kiosk="{kiosk}"}}'),
        _value(text, "process_cpu_seconds_total"),
    )


def _value(text: str, metric: str) -> float:
    found = re.search(rf"^{re.escape(metric)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else nan


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(f"{row.name:60} {row.value:10.1f} {row.unit:12} {row.note}")
