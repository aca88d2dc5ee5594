"""A visit from the reception's side and the visitor's: announced, agreed to, let in by the kiosk's
camera, on the list of who is in the house, out again, erased."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Known
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.page_state import press, rest
from tests.browser.support.server import AppServer
from tests.synthetic.badge_pictures import badge_picture

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.nightly]

PATIENCE = 30_000  # ms
NAME = "Zaphod <b>Quartz</b>"


def test_a_visitor_is_announced_greeted_by_the_kiosk_listed_and_erased(
    filled: AppServer, browse: Browsers, known: Known, tmp_path: Path
) -> None:
    kiosk = filled.fresh("lobby")
    filled.beside.run(_SET_UP.format(kiosk=kiosk))
    office = browse.page()
    _announced(office, filled.url, known)
    press(office.get_by_role("button", name="Consent …"))
    asked = office.get_by_role("dialog")
    expect(asked).to_contain_text("No picture of your face is taken")
    press(asked.get_by_role("button", name="I agree"))
    expect(office.get_by_text("Has agreed to version 1 of the text")).to_be_visible()
    assert _badge(office).startswith(b"%PDF")
    code = filled.beside.run(_BADGE)
    camera = make_camera(tmp_path / "visitor.mjpeg", [Shot([badge_picture(code)], 1.0)])
    door = browse.page(camera)
    door.goto(f"{filled.url}/take_attendance?kiosk={kiosk}")
    expect(door.get_by_text(re.compile(r"[1-9]\d* looks/s"))).to_be_visible(timeout=PATIENCE)
    door.get_by_role("button", name="Badge", exact=True).click(timeout=PATIENCE)
    greeting = door.get_by_test_id("badge")
    expect(greeting).to_contain_text(f"Welcome, {NAME}", timeout=PATIENCE)
    expect(greeting).to_contain_text("You are entered as a visitor")
    expect(office.get_by_role("radio", name="Here (1)")).to_be_visible(timeout=PATIENCE)
    press(office.get_by_role("radio", name="In the house"))
    expect(office.get_by_text(re.compile(r"and 1 visitor in the house"))).to_be_visible()
    assert _saved(office, "Print (PDF)").startswith(b"%PDF")
    assert NAME in _saved(office, "CSV").decode("utf-8-sig")
    press(office.get_by_role("radio", name=re.compile("^Here")))
    press(office.get_by_role("button", name="Check out"))
    expect(office.get_by_text("No visitor is here")).to_be_visible(timeout=PATIENCE)
    _erased(office)
    assert filled.beside.run(_LEFT) == [0, 0, 0]


def _announced(page: Page, url: str, known: Known) -> None:
    page.goto(f"{url}/visitors")
    press(page.get_by_role("button", name="Announce a visitor"))
    form = page.get_by_role("dialog")
    form.get_by_label("Name", exact=True).fill(NAME)
    form.get_by_role("combobox", name=re.compile("Host")).fill(known.id)
    page.get_by_role("option").first.click()
    press(form.get_by_label("Until").first)
    press(form.get_by_role("button", name="Announce", exact=True))
    expect(page.get_by_text("Has not agreed yet")).to_be_visible(timeout=PATIENCE)


def _badge(page: Page) -> bytes:
    return _saved(page, "Badge")


def _saved(page: Page, name: str) -> bytes:
    rest(page)
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name=name, exact=True).click()
    return download.value.path().read_bytes()


def _erased(page: Page) -> None:
    press(page.get_by_role("radio", name=re.compile("^Gone")))
    press(page.get_by_role("button", name="Erase", exact=True))
    press(page.get_by_role("dialog").get_by_role("button", name="Erase", exact=True))
    expect(page.get_by_text("Nobody has left lately")).to_be_visible(timeout=PATIENCE)


_SET_UP = """
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.rules import Rules
from face_rec.kiosks.kiosk import BadgeUse, KioskRecord
from face_rec.assembly.storage.chain import open_streams
from face_rec.assembly.storage.live_options import open_options
from face_rec.clock import SystemClock
settings = config.load()
with assembly.build_redis(settings) as client:
    open_options(settings, open_streams(settings, client, SystemClock())).decide("visitors", "on")
with assembly.build_attendance(settings) as service:
    service.rules.save(
        KioskRecord("{kiosk}", badges=BadgeUse.BADGE), authority=Authority(kiosks=True),
        begun=Rules(), since=None,
    )
found = True
"""
_BADGE = """
from datetime import timedelta
from face_rec.clock import SystemClock
with assembly.build_redis(config.load()) as client:
    (name,) = client.hkeys("access:{main}:visits")
found = access.badges.make(name.decode(), "max", SystemClock().now() + timedelta(hours=1))
"""
_LEFT = """
with assembly.build_redis(config.load()) as client:
    found = [client.hlen("access:{main}:" + kind) for kind in ("visits", "badges", "badge-keys")]
"""
