"""The server dies, people go on coming, and each is marked once, at the minute they came."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import add_kiosk, become_kiosk
from tests.browser.support.page_state import until
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import ROOT, AppServer
from tests.browser.support.sign_in import GuardedServer, as_admin
from tests.browser.support.told_kiosk import OVERFLOWS, SCROLLING, SCROLLS, SERIOUS, SIZES
from tests.data import Material

pytestmark = [pytest.mark.browser, pytest.mark.models]

LONG = 120_000  # ms; a picture every three seconds, and each looked at
PEOPLE = (2, 17, 20)
"""Alone in their photos."""
KEY = """async () => {
  const named = (await indexedDB.databases()).some((one) => one.name.endsWith('-offline'));
  if (!named) return false;
  const base = await new Promise((done) => {
    const opening = indexedDB.open('face-attendance-offline');
    opening.onsuccess = () => done(opening.result);
  });
  const keys = await new Promise((done) => {
    const asked = base.transaction('keys').objectStore('keys').getAll();
    asked.onsuccess = () => done(asked.result);
  });
  base.close();
  return keys.length === 1 && !keys[0].extractable && keys[0].usages.join() === 'encrypt';
}"""
"""Whether the device has its kiosk's key, which can seal and neither be read nor open."""
GONE = (
    """async () => !(await indexedDB.databases()).some((one) => one.name.endsWith('-offline'))"""
)
NO_CAMERA = """if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException('none', 'NotFoundError');
};"""
WORKS = "async () => Boolean(navigator.serviceWorker.controller) && (await caches.keys()).length"
FORGOTTEN = """async () => !(await navigator.serviceWorker.getRegistrations()).length
  && !(await caches.keys()).length"""
MARKS = """
from datetime import UTC, datetime, timedelta
now = datetime.now(UTC)
with assembly.build_attendance(config.load()) as service:
    names = {one.subject: one.id for one in service.timesheets.people()}
    days = [(now + timedelta(days=n)).date() for n in (-1, 0, 1)]
    marks = [mark for day in days for mark in service.stores.attendance.day(day)]
    marks.sort(key=lambda mark: mark.at)
    doubts = service.mark_queries.review(days[0], days[-1])
    found = [[names[m.subject], m.at.isoformat(), m.source.value,
              any(d.entry.event.id == m.id for d in doubts)] for m in marks]
"""


def _enrol(server: AppServer, material: Material, folder: Path) -> None:
    """While the server is away, so that nobody can have been marked before."""
    for number in PEOPLE:
        (folder / f"E{number}").mkdir(parents=True)
        for photo in material.person(number)[:2]:
            shutil.copy(photo, folder / f"E{number}")
    rows = [f"E{number},Person {number},Staff" for number in PEOPLE]
    (folder / "people.csv").write_text("\n".join(["id,name,group", *rows]), "utf-8")
    command = [sys.executable, "-m", "face_rec", "import", str(folder), "--consent", "yes"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=300, env=server.environment())


def _until_ready_to_keep(page: Page) -> None:
    until(page, KEY, 60_000)


def _tap(page: Page) -> None:
    page.get_by_role("button", name="Tap to be noted").click()
    expect(page.get_by_text("Saved on this device at")).to_be_visible()


def _fits_every_screen(page: Page, folder: Path) -> None:
    for name in SIZES.keys() - SCROLLING:
        width, height = SIZES[name]
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_role("button", name="Tap to be noted")).to_be_in_viewport(ratio=1)
        page.screenshot(path=folder / f"{name}.png")
        assert not page.evaluate(SCROLLS), name
        assert not page.evaluate(OVERFLOWS), name
    found = Axe().run(page, context=".k-frame").response["violations"]
    assert not [one["id"] for one in found if one["impact"] in SERIOUS]


def _queue(material: Material) -> Sequence[Shot]:
    return [shot for number in PEOPLE for shot in
            (Shot([material.person(number)[2]], 4), Shot([], 1))]  # fmt: skip


def test_who_comes_while_the_server_is_away_is_marked_once_at_the_right_minute(
    browse: Browsers, material: Material, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "queue.mjpeg", _queue(material))
    with AppServer(tmp_path / "data", material.pack) as server:
        kiosk = KioskScreen.open(browse.page(camera), server.url)
        page = kiosk.page
        kiosk.expect_picture(timeout=60_000)
        _until_ready_to_keep(page)
        server.stop()
        began = datetime.now(UTC)
        _tap(page)
        _fits_every_screen(page, tmp_path)
        kept = page.locator(".k-kept")
        expect(kept).to_have_text(
            re.compile(r"^(9|\d\d) pictures saved on this device"), timeout=LONG
        )
        ended = datetime.now(UTC) + timedelta(seconds=10)
        context = page.context
        page.close()  # the tab is closed with all it remembers
        _enrol(server, material, tmp_path / "people")
        context.add_init_script(NO_CAMERA)  # nobody can be marked any other way
        server.start()
        back = KioskScreen.open(context.new_page(), server.url)
        expect(back.page.get_by_text(re.compile(r"Today.*\b3 marks$"))).to_be_visible(timeout=LONG)
        expect(back.page.locator(".k-kept")).to_be_hidden()
        marks = server.beside.run(MARKS)
        assert {name for name, *_ in marks} == {f"E{number}" for number in PEOPLE}
        assert len(marks) == len(PEOPLE)
        for _, at, source, reviewed in marks:
            assert began - timedelta(seconds=5) <= datetime.fromisoformat(at) <= ended
            assert (source, reviewed) == ("offline", True)
        back.page.goto(f"{server.url}/kiosks")
        expect(back.page.get_by_text("Taken while the server was away: ")).to_be_visible()


def _keeps_nothing_signed_out(page: Page, server: AppServer) -> None:
    """Somebody with an account who has looked at a kiosk."""
    page.goto(f"{server.url}/take_attendance?kiosk=door")
    until(page, WORKS)
    page.goto(f"{server.url}/logout")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("note=out"))
    until(page, FORGOTTEN)


@pytest.mark.nightly
def test_a_device_that_is_revoked_meanwhile_hands_over_nothing_and_keeps_nothing(
    browse: Browsers, material: Material, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "queue.mjpeg", _queue(material))
    with GuardedServer(tmp_path / "data", material.pack) as server:
        admin = browse.page()
        as_admin(admin, server)
        link = add_kiosk(admin, server.url, "door")
        _keeps_nothing_signed_out(admin, server)
        browse.close(admin)
        tablet = browse.page(camera)
        become_kiosk(tablet, link)
        _until_ready_to_keep(tablet)
        until(tablet, WORKS)
        server.stop()
        _tap(tablet)
        tablet.reload()  # the worker's page goes on
        _tap(tablet)
        server.beside.run("access.devices.remove('door')")
        server.start()
        expect(tablet).to_have_url(re.compile("note=kiosk"))
        until(tablet, FORGOTTEN)
        until(tablet, GONE, LONG)  # a database goes when the last page has let go of it
        assert not server.beside.run(MARKS)
