"""The server is away for minutes and people go on coming: the proof at full length, `make outage`.

A tablet that was linked stands at the door. App and Redis are killed; people step before the
camera one after the other; every second one taps, the others only stand there. In between the
page is loaded anew and the tablet's battery dies; both come back without a server. That is
killed once more while it takes over what the tablet kept. Then each of them has one mark, at a
moment at which they stood there. The ordinary run has a shorter form: test_kiosk_offline.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from face_rec.models.model_service import ModelService
from tests.browser.kiosk.test_kiosk_offline import KEY, MARKS
from tests.browser.support.chromium import Chromium
from tests.browser.support.kiosks import add_kiosk, become_kiosk
from tests.browser.support.page_state import until
from tests.browser.support.server import ROOT
from tests.browser.support.sign_in import GuardedServer, as_admin
from tests.browser.support.tablet import Doorway, Tablet
from tests.data import Material

MINUTES: Final = float(os.environ.get("MINUTES") or 10)
PEOPLE: Final = int(os.environ.get("PEOPLE") or 30)
SLOT: Final = MINUTES * 60 / PEOPLE
"""Seconds from one person to the next."""
THERE: Final = 0.75
"""Part of it for which they stand there."""
STARTS_WITHIN: Final = 60_000  # ms; the server, and the page finds it
STILL_WITHIN: Final = 1_000  # ms; looked at one by one, some 150 ms each on an idle machine
SETTLED: Final = timedelta(seconds=5)
"""By which a time may be wrong: what the server said last came over a busy machine."""
BEGUN: Final = """most => {
  const words = document.querySelector('.k-kept')?.textContent ?? '';
  return words.startsWith('Handing over') && Number(words.replace(/\\D/g, '')) <= most;
}"""
"""Whether a part was handed over; false once all was."""

pytestmark = [pytest.mark.browser, pytest.mark.models]


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody before the camera, by the clock that tablet and server share here."""

    person: str
    came: datetime
    went: datetime

    def holds(self, moment: datetime) -> bool:
        return self.came - SETTLED <= moment <= self.went + SETTLED


class Crowd:
    """People who are alone in their photos: two of each to enrol with, one to be seen with."""

    def __init__(self, material: Material, folder: Path, wanted: int) -> None:
        detector = ModelService(folder, str(material.pack), "cpu", 1).load().detector
        self.shown: dict[str, Path] = {}
        self._enrolled: dict[str, Sequence[Path]] = {}
        for place in sorted(material.people.iterdir()):
            photos = sorted(place.glob("*.jpg"))[:3]
            pictures = [np.asarray(cv2.imread(str(photo)), np.uint8) for photo in photos]
            if all(len(detector.detect(one, 640)) == 1 for one in pictures):
                name = f"E{len(self.shown)}"
                self.shown[name], self._enrolled[name] = photos[2], photos[:2]
            if len(self.shown) == wanted:
                return
        pytest.fail(f"only {len(self.shown)} people are alone in their photos: PEOPLE={wanted}")

    def enrol(self, server: GuardedServer, folder: Path) -> None:
        for name, photos in self._enrolled.items():
            (folder / name).mkdir(parents=True)
            for photo in photos:
                shutil.copy(photo, folder / name)
        rows = [f"{name},Person {name},Staff" for name in self.shown]
        (folder / "people.csv").write_text("\n".join(["id,name,group", *rows]), "utf-8")
        command = [sys.executable, "-m", "face_rec", "import", str(folder), "--consent", "yes"]
        # Two photos each, and some are spoilt: this is about marks, not about who may enrol.
        environment = server.environment() | {"PHOTO_CHECKS": "false"}
        subprocess.run(command, cwd=ROOT, check=True, timeout=900, env=environment)


class Outage:
    """Drives tablet and doorway while the server is away."""

    def __init__(self, page: Page, tablet: Tablet, doorway: Doorway, url: str) -> None:
        self.page = page
        self.visits: list[Visit] = []
        self._tablet = tablet
        self._doorway = doorway
        self._url = url

    def pass_by(self, crowd: Crowd) -> None:
        began = time.monotonic()
        between = {PEOPLE // 3: self._load_anew, 2 * PEOPLE // 3: self._lose_power}
        for number, (person, photo) in enumerate(crowd.shown.items()):
            between.get(number, _nothing)()
            self._visit(person, photo, taps=number % 2 == 0, until=began + SLOT * (number + THERE))
            self._doorway.show()
            self._wait(began + SLOT * (number + 1))

    def _visit(self, person: str, photo: Path, *, taps: bool, until: float) -> None:
        before, came = self.kept, datetime.now(UTC)
        self._doorway.show(photo)
        if taps:
            self._wait(time.monotonic() + 1.5)
            self.page.get_by_role("button", name="Tap to be noted").click()
            expect(self.page.get_by_text("Saved on this device at")).to_be_visible()
        self._wait(until)
        self.visits.append(Visit(person, came, datetime.now(UTC)))
        assert self.kept > before, f"nothing was kept of {person}"

    def _load_anew(self) -> None:
        self.page.reload()
        self._ready()

    def _lose_power(self) -> None:
        self._tablet.kill()
        self.page = self._tablet.start()
        self.page.goto(self._url)
        self._ready()

    def _ready(self) -> None:
        """What was kept is there, and so is the button to be noted with."""
        expect(self.page.get_by_role("button", name="Tap to be noted")).to_be_visible()
        assert self.kept > 0

    @property
    def kept(self) -> int:
        return kept(self.page)

    def _wait(self, until: float) -> None:
        self.page.wait_for_timeout(max(0.0, until - time.monotonic()) * 1000)


def _nothing() -> None:
    """Between most people."""


def kept(page: Page) -> int:
    """The pictures that the screen says are saved on this device."""
    found = re.search(r"([\d,]+) picture", page.locator(".k-kept").text_content() or "")
    return int(found[1].replace(",", "")) if found else 0


@contextmanager
def _tablet(chromium: Chromium, folder: Path) -> Iterator[tuple[Tablet, Doorway]]:
    doorway = Doorway(folder / "doorway.y4m")
    tablet = Tablet(chromium.playwright, folder, doorway)
    try:
        yield tablet, doorway
    finally:
        tablet.kill()


def _linked(chromium: Chromium, server: GuardedServer, tablet: Tablet) -> Page:
    """The tablet's page, which is the kiosk of the door and has the key to keep stills with."""
    admin = chromium.shared().new_context().new_page()
    as_admin(admin, server)
    link = add_kiosk(admin, server.url, "door")
    admin.context.close()
    page = tablet.start()
    become_kiosk(page, link)
    until(page, KEY, 60_000)
    return page


def _handed_over(page: Page, server: GuardedServer, stills: int) -> float:
    """Seconds from the server's first start to the last still, with the server killed once in the
    middle. It may take all of them before it calls itself ready, so the page is watched from the
    moment on at which the server is launched."""
    began, within = time.monotonic(), STARTS_WITHIN + stills * STILL_WITHIN
    server.launch()
    page.wait_for_function(BEGUN, arg=stills * 2 // 3, timeout=within)
    server.kill()
    assert kept(page) > 0, "all was handed over before the server was killed"
    server.start()
    expect(page.locator(".k-kept")).to_be_hidden(timeout=within)
    return time.monotonic() - began


@pytest.mark.timeout(MINUTES * 60 + 900)
def test_an_outage(chromium: Chromium, material: Material, tmp_path: Path) -> None:
    crowd = Crowd(material, tmp_path / "models", PEOPLE)
    server = GuardedServer(tmp_path / "data", material.pack)
    crowd.enrol(server, tmp_path / "people")
    with server, _tablet(chromium, tmp_path) as (tablet, doorway):
        page = _linked(chromium, server, tablet)
        address = page.url
        server.kill()
        away = datetime.now(UTC)
        expect(page.get_by_role("button", name="Tap to be noted")).to_be_visible()
        outage = Outage(page, tablet, doorway, address)
        outage.pass_by(crowd)
        stills, lasted = outage.kept, datetime.now(UTC) - away
        took = _handed_over(outage.page, server, stills)
        marks = server.beside.run(MARKS)
        server.stop()
    _check(outage.visits, marks)
    verified = subprocess.run(
        [sys.executable, "-m", "face_rec", "verify"], cwd=ROOT, env=server.environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stdout + verified.stderr
    sys.stderr.write(
        f"\n{len(outage.visits)} people in {lasted.total_seconds() / 60:.1f} minutes without a "
        f"server: {stills} stills kept, {len(marks)} marks, each at a moment at which they stood "
        f"there; handed over in {took:.0f} s with a kill in between. {verified.stdout}\n"
    )


def _check(visits: Sequence[Visit], marks: Sequence[tuple[str, str, str, bool]]) -> None:
    there = {visit.person: visit for visit in visits}
    wrong = [
        (there[person], at) for person, at, *_ in marks
        if not there[person].holds(datetime.fromisoformat(at))
    ]  # fmt: skip
    assert not wrong, "marked at a time at which they were not there"
    assert sorted(person for person, *_ in marks) == sorted(there), "not each of them once"
    assert {(source, reviewed) for *_, source, reviewed in marks} == {("offline", True)}
