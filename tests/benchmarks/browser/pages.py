"""What a page weighs and takes on a slow line, and what an idle kiosk tab costs the server.

A fresh browser each time, with nothing cached; Chromium itself holds the line at 1.5 Mbit/s
(DevTools' own emulation, 40 ms round trip), so that server and disk are as they are.
"""

import re
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.benchmarks.browser.filled import FilledServer
from tests.benchmarks.report.row import Row
from tests.browser.support.chromium import DESKTOP, Browsers, browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.data import shared_data

PAGES: Final = ("overview", "register", "records", "take_attendance?transport=http")
SLOW: Final = {"offline": False, "latency": 40, "downloadThroughput": 1.5e6 / 8,
               "uploadThroughput": 0.5e6 / 8}  # fmt: skip
MOST_MB, MOST_SECONDS = 1.6, 8.0
MOST_IDLE, MOST_BUSY = 3.0, 15.0
WAYS: Final = {"http": "HTTP", "webrtc": "WebRTC"}
STANDS: Final = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  const main = document.querySelector('[data-testid=stMainBlockContainer]');
  const waits = document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]');
  const camera = document.querySelector('[data-testid=camera]');
  const last = camera || /Save person/.test(main?.innerText);
  return !!main?.querySelector('h1, [data-testid=camera]') && !waits &&
    (last || app?.dataset.testScriptState === 'notRunning');
}"""
"""Where fragments run all the time, as on Register and at the kiosk, by what is drawn last."""


@dataclass
class Load:
    """``seconds``: until everything of the page stands. ``bytes``: what came over the line,
    headers included, by kind of file."""

    seconds: float = 0.0
    requests: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def megabytes(self) -> float:
        return sum(self.by_kind.values()) / 1e6


def run(quick: bool) -> list[Row]:
    """Rows of each page, cold; and of an idle kiosk tab. Skips without Chromium or test data."""
    with (
        tempfile.TemporaryDirectory() as folder,
        browsers("pages") as opened,
        FilledServer(Path(folder) / "data") as app,
    ):
        rows = []
        for page in PAGES[:2] if quick else PAGES:
            rows += _cold(opened, app, page)
        seconds = 20.0 if quick else 60.0
        for who, (photos, most) in _before().items():
            camera = make_camera(Path(folder) / f"{who}.mjpeg", [Shot(photos, 4)])
            for way, name in WAYS.items():
                share = _tab(opened, app, camera, way, seconds)
                rows.append(Row(f"kiosk tab ({name}), {who}: server", share, "% of a core", most))
        return rows


def _before() -> dict[str, tuple[list[Path], float]]:
    """Who stands before the camera, and the most that the server may spend, % of a core."""
    stranger = min(shared_data("faces/strangers").glob("*.jpg"))
    return {"nobody": ([], MOST_IDLE), "a stranger": ([stranger], MOST_BUSY)}


def _cold(opened: Browsers, app: AppServer, path: str) -> list[Row]:
    page = opened.page()
    slow = measure(page, f"{app.url}/{path}", SLOW)
    opened.close(page)
    page = opened.page()
    quick = measure(page, f"{app.url}/{path}", None)
    opened.close(page)
    name = path.partition("?")[0]
    note = f"{slow.requests} requests; " + ", ".join(
        f"{kind} {size / 1e6:.2f}" for kind, size in slow.by_kind.most_common(4)
    )
    return [
        Row(f"{name}: over the line, cold", slow.megabytes, "MB", MOST_MB, note),
        Row(f"{name}: until it stands, 1.5 Mbit/s", slow.seconds, "s", MOST_SECONDS),
        Row(f"{name}: until it stands, no limit", quick.seconds, "s"),
    ]


def measure(page: Page, url: str, line: Mapping[str, Any] | None) -> Load:
    """Load ``url`` in ``page``, which must be of a fresh browser."""
    tools, load = page.context.new_cdp_session(page), Load()
    kinds: dict[str, str] = {}

    def began(event: dict[str, Any]) -> None:
        load.requests += 1
        kinds[event["requestId"]] = event.get("type", "Other")

    def ended(event: dict[str, Any]) -> None:
        load.by_kind[kinds.get(event["requestId"], "Other")] += event["encodedDataLength"]

    def framed(event: dict[str, Any]) -> None:
        load.by_kind["WebSocket"] += len(event["response"]["payloadData"]) * 3 // 4

    tools.on("Network.requestWillBeSent", began)
    tools.on("Network.loadingFinished", ended)
    tools.on("Network.webSocketFrameReceived", framed)
    tools.send("Network.enable")
    if line is not None:
        tools.send("Network.emulateNetworkConditions", dict(line))
    began_at = time.monotonic()
    page.goto(url, wait_until="commit", timeout=240_000)
    page.wait_for_function(STANDS, timeout=240_000)
    load.seconds = time.monotonic() - began_at
    page.wait_for_timeout(1500)  # what is fetched afterwards weighs, too
    return load


def _tab(opened: Browsers, app: AppServer, camera: Path, way: str, seconds: float) -> float:
    """Per cent of a core that the server spends on one open kiosk."""
    page = opened.page(camera, DESKTOP)
    page.goto(f"{app.url}/take_attendance?transport={way}")
    KioskScreen(page).expect_picture(timeout=90_000)
    page.wait_for_timeout(15_000)
    before, since = cpu_seconds(app), time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    share = (cpu_seconds(app) - before) / (time.monotonic() - since)
    opened.close(page)
    return 100 * share


def cpu_seconds(app: AppServer) -> float:
    """CPU time of the server process so far."""
    with urllib.request.urlopen(f"http://127.0.0.1:{app.port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found = re.search(r"^process_cpu_seconds_total (\S+)$", text, re.MULTILINE)
    assert found is not None
    return float(found[1])


if __name__ == "__main__":
    for row in run("--quick" in sys.argv):
        print(f"{row.name:60} {row.value:10.2f} {row.unit:12} {row.note}")
