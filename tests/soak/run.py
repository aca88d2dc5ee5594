"""One run: the app with a company in it, everything that asks something of it, and samples."""

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import numpy as np

from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.redis.embedded import EmbeddedRedis
from tests.benchmarks.browser.many_kiosks import CompanyServer
from tests.browser.support.chromium import DESKTOP, Browsers, browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.hand_made import script, signed_in
from tests.browser.support.page_state import rest
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import ROOT
from tests.browser.support.sign_in import PASSWORD, enter, new_account
from tests.data import shared_data
from tests.soak import cameras
from tests.soak.clients import KIOSKS, PEOPLE
from tests.soak.held import ALLOWED, Held, held, marks_by_cameras, seconds_of_marks
from tests.soak.trend import Trend, trend

EVERY: Final = 5.0
"""Seconds between two samples."""
_SHOWN: Final = 180.0  # seconds between two figures of the report
SLOWEST: Final = 0.2
"""Seconds that 99 of 100 marks may take."""
_PAGES: Final = ("overview", "records", "records?view=Days", "people", "reports", "register",
                 "kiosks", "audit", "system", "models")  # fmt: skip
_A_PAGE: Final = 2.0
"""Seconds between two pages without a browser."""
_TABS: Final = ("webrtc", "http")
_TAB_STAYS: Final = 10_000  # ms
_READ: Final = ("/api/v1/attendance", "/metrics", "/readyz", "/api/v1/openapi.json")
_LINKS: Final = """
from face_rec.kiosks.kiosk import KioskRecord
access.devices._kiosk = KioskRecord  # commands do not know the kiosks; they have been registered
found = [access.devices.link(name) for name in {names!r}]
"""
_TOKEN: Final = """
from face_rec.access.rights import Scope
scopes = frozenset({Scope.ATTENDANCE_READ, Scope.METRICS_READ})
_, found = access.tokens.create("Payroll", scopes, 30, "soak")
"""


class SoakedServer(CompanyServer):
    """With accounts. Somebody who comes again after half a minute is marked again."""

    people = PEOPLE

    def environment(self) -> dict[str, str]:
        return super().environment() | {"ACCOUNTS": "on", "COOLDOWN_SECONDS": "30"}

    def links(self) -> list[str]:
        """The secret of a link to each of the kiosks."""
        names = [f"door-{number}" for number in range(KIOSKS)]
        return list(self.beside.run(_LINKS.format(names=names)))

    def token(self) -> str:
        """For who reads the API."""
        return str(self.beside.run(_TOKEN))


@dataclass
class Report:
    """What came of it."""

    samples: list[Held] = field(default_factory=list)
    pages: int = 0
    tabs: int = 0
    read: int = 0
    failed: list[str] = field(default_factory=list)
    """Answers of the API that were no success."""
    visits: int = 0
    named: int = 0
    marks: list[float] = field(default_factory=list)
    """Seconds of each."""
    by_cameras: int = 0

    @property
    def trends(self) -> dict[str, Trend]:
        times = [one.at for one in self.samples]
        return {
            name: trend(times, [float(getattr(one, name)) for one in self.samples])
            for name in ALLOWED
        }

    @property
    def slowest(self) -> float:
        """Seconds that 99 of 100 marks took at most."""
        return float(np.quantile(self.marks, 0.99)) if self.marks else float("nan")

    @property
    def flaws(self) -> list[str]:
        grown = [
            f"{name} has grown by {one.least:.1f} or more, {ALLOWED[name]:g} allowed"
            for name, one in self.trends.items() if one.exceeds(ALLOWED[name])
        ]  # fmt: skip
        slow = [] if self.slowest <= SLOWEST else [f"marks took {self.slowest:.2f} s (p99)"]
        blind = [] if self.by_cameras else ["no camera marked anybody"]
        return [*grown, *slow, *blind, *self.failed[:5]]

    def __str__(self) -> str:
        first, last = self.samples[0], self.samples[-1]
        lines = [
            f"{last.at / 60:.0f} minutes: {self.visits} visits, {self.named} named, "
            f"{len(self.marks)} marks (p99 {self.slowest:.3f} s), {self.by_cameras} of them by "
            f"{cameras.CAMERAS} cameras, {self.pages} pages and "
            f"{self.tabs} kiosk tabs opened and closed, {self.read} answers of the API",
            "",
            "| | first | last | grown after warm-up (95 %) | allowed |",
            "|---|---|---|---|---|",
        ]
        for name, one in self.trends.items():
            grown = f"{one.grown:+.1f} ({one.least:+.1f} to {one.most:+.1f})"
            held_then, held_now = getattr(first, name), getattr(last, name)
            lines.append(
                f"| {name} | {held_then:.0f} | {held_now:.0f} | {grown} | {ALLOWED[name]:g} |"
            )
        lines += ["", f"MB of memory by minute: {self._memory()}"]
        return "\n".join([*lines, "", *(self.flaws or ["Nothing grows."])])

    def _memory(self) -> str:
        """Whether it grows on or comes to rest can be seen here."""
        step = max(1, round(_SHOWN / EVERY))
        return ", ".join(f"{one.at / 60:.0f}: {one.memory:.0f}" for one in self.samples[::step])


class Run:
    """``folder`` is empty. ``browser``: whether Chromium opens pages and kiosk tabs, too."""

    def __init__(self, folder: Path, seconds: float, *, browser: bool = True) -> None:
        self._folder = folder
        self._seconds = seconds
        self._browser = browser
        self._over = threading.Event()

    def report(self) -> Report:
        """Takes ``seconds`` and a minute. Skips without Chromium or test data."""
        report = Report()
        with SoakedServer(self._folder / "data") as app, cameras.playing() as addresses:
            app.beside.run(cameras.added(addresses))
            clients_of = [sys.executable, "-m", "tests.soak.clients"]
            command = [*clients_of, app.url, str(self._seconds), *app.links()]
            token, office = app.token(), new_account(app, "eve", "ADMIN")
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as clients:
                assert clients.stdout is not None
                clients.stdout.readline()  # its pictures are made
                with (
                    self._beside(lambda: self._sample(app, report)),
                    self._beside(lambda: self._read(app, token, report)),
                    self._beside(lambda: self._open_and_close(app, office, report)),
                ):
                    self._visit_pages(app, report)
                    told = clients.stdout.read()
            report.visits, report.named = json.loads(told)
            report.marks, report.by_cameras = seconds_of_marks(app), marks_by_cameras(app)
        return report

    @contextmanager
    def _beside(self, work: Callable[[], None]) -> Iterator[None]:
        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _sample(self, app: SoakedServer, report: Report) -> None:
        redis = EmbeddedRedis(app.data_dir)  # the app's own is joined
        client = connect(RedisAddress(unix_socket=str(redis.start())))
        began = time.monotonic()
        while not self._over.wait(EVERY):
            report.samples.append(held(app, client, time.monotonic() - began))
        client.close()
        redis.stop()

    def _read(self, app: SoakedServer, token: str, report: Report) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        for path in itertools.cycle(_READ):
            if self._over.wait(0.5):
                return
            answer = httpx.get(app.url + path, headers=headers, timeout=30)
            report.read += 1
            if answer.is_error:
                report.failed.append(f"{path} answered {answer.status_code}")

    def _open_and_close(self, app: SoakedServer, name: str, report: Report) -> None:
        """Pages, without a browser: many more than one could open."""
        form = {"name": name, "password": PASSWORD}
        with closing(signed_in(app, "/login", form)) as client:
            for path in itertools.cycle(_PAGES):
                if self._over.wait(_A_PAGE):
                    return
                with script(app, client, path.partition("?")[0]):
                    report.pages += 1

    def _visit_pages(self, app: SoakedServer, report: Report) -> None:
        if not self._browser:
            return
        ends = time.monotonic() + self._seconds
        photos = sorted(next(shared_data("faces/people").iterdir()).glob("*.jpg"))
        camera = make_camera(self._folder / "door.mjpeg", [Shot([], 2), Shot(photos[:1], 4)])
        name = new_account(app, "ada", "ADMIN")
        with browsers("soak") as opened:
            for number, path in enumerate(itertools.cycle(_PAGES)):
                if time.monotonic() > ends:
                    return
                page = opened.page()
                enter(page, app, name)
                page.goto(f"{app.url}/{path}")
                rest(page)
                opened.close(page)
                report.pages += 1
                if number % 3 == 0:
                    self._stand_at_tab(app, name, opened, camera, _TABS[number // 3 % 2])
                    report.tabs += 1

    def _stand_at_tab(
        self, app: SoakedServer, name: str, opened: Browsers, camera: Path, transport: str
    ) -> None:
        page = opened.page(camera, DESKTOP)
        enter(page, app, name)
        page.goto(f"{app.url}/take_attendance?transport={transport}")
        KioskScreen(page).expect_picture(timeout=90_000)
        page.wait_for_timeout(_TAB_STAYS)
        opened.close(page)
