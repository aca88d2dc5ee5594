"""Somebody who has a badge instead of showing their face: printed, held before the camera, marked,
withdrawn."""

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


def _profile(page: Page, url: str, known: Known) -> None:
    page.goto(f"{url}/people")
    number = known.name.split()[-1]
    press(page.get_by_role("button", name=re.compile(rf"{number}$")))
    expect(page.get_by_role("heading", name="Badge", exact=True)).to_be_visible(timeout=PATIENCE)


def _printed(page: Page) -> bytes:
    """As a file, of one card."""
    press(page.get_by_role("button", name="Print badge …"))
    press(page.get_by_role("dialog").get_by_role("button", name="Print", exact=True))
    with page.expect_download(timeout=PATIENCE) as download:
        press(page.get_by_role("button", name="Badges (PDF)"))
    return download.value.path().read_bytes()


def _show(page: Page) -> None:
    page.get_by_role("button", name="Badge", exact=True).click(timeout=PATIENCE)


def test_a_badge_is_printed_marks_once_at_a_kiosk_that_reads_them_and_is_refused_when_withdrawn(
    filled: AppServer, browse: Browsers, known: Known, tmp_path: Path
) -> None:
    kiosk = filled.fresh("door")
    office = browse.page()
    _profile(office, filled.url, known)
    assert _printed(office).startswith(b"%PDF")
    code = filled.beside.run(_SET_UP.format(kiosk=kiosk, id=known.id))  # a newer badge
    camera = make_camera(tmp_path / "badge.mjpeg", [Shot([badge_picture(code)], 1.0)])
    door = browse.page(camera)
    door.goto(f"{filled.url}/take_attendance?kiosk={kiosk}")
    expect(door.get_by_text(re.compile(r"[1-9]\d* looks/s"))).to_be_visible(timeout=PATIENCE)
    _show(door)
    greeting = door.get_by_test_id("greeting")
    expect(greeting).to_contain_text(known.name, timeout=PATIENCE)
    expect(greeting).to_contain_text("Marked at")
    office.goto(f"{filled.url}/people")
    _profile(office, filled.url, known)
    press(office.get_by_role("button", name="Withdraw", exact=True))
    expect(office.get_by_text("The badge is withdrawn.")).to_be_visible(timeout=PATIENCE)
    rest(office)
    _show(door)
    expect(door.get_by_test_id("badge")).to_contain_text(
        "This badge is not valid here", timeout=PATIENCE
    )
    assert filled.beside.run(_MARKS.format(id=known.id)) == [["badge", kiosk]]


_SET_UP = """
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.rules import Rules
from face_rec.kiosks.kiosk import BadgeUse, KioskRecord
with assembly.build_attendance(config.load()) as service:
    service.rules.save(
        KioskRecord("{kiosk}", badges=BadgeUse.BADGE), authority=Authority(kiosks=True),
        begun=Rules(), since=None,
    )
    found, _ = access.badges.print_for(service.stores.people.by_id("{id}"), "max")
"""
_MARKS = """
from face_rec.clock import SystemClock
with assembly.build_attendance(config.load()) as service:
    today = SystemClock().now().astimezone(service.timesheets.zone).date()
    one = service.stores.people.by_id("{id}")
    marks = [mark.event for visit in service.timesheets.visits(today).all for mark in visit.marks]
    found = [[mark.source.value, mark.kiosk] for mark in marks if mark.subject == one.subject]
"""
