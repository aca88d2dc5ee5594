"""Somebody unknown before three kiosks: they stand in the inbox, a notice tells of them, they are
enrolled by their pictures, and marked the next time."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.page_state import press, rest
from tests.browser.support.screens import KioskScreen, RegisterScreen
from tests.browser.support.server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.models]

NAME = "Bo Unknown"
PATIENCE = 60.0
_TOLD = """
with assembly.build_redis(config.load()) as client:
    entries = client.xrange("notices:{main}:outbox")
    found = [json.loads(fields[b"notice"])["kind"] for _, fields in entries]
"""
_SEEN = """
with assembly.build_redis(config.load()) as client:
    people = client.hvals("strangers:{main}:people")
    found = sorted(json.loads(one)["times"] for one in people)
"""


def until(server: AppServer, asks: str, holds: Callable[[list[object]], bool]) -> None:
    """Ask the database until it answers so."""
    end = time.monotonic() + PATIENCE
    while not holds(found := server.beside.run(asks)):
        assert time.monotonic() < end, f"the database still says {found}"
        time.sleep(0.5)


def switch_on(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/privacy")
    rest(page)
    press(page.get_by_text("The notice hangs at every camera"))
    press(page.get_by_role("button", name="Keep them"))
    expect(page.get_by_text("Kept for 14 days")).to_be_visible()


def enrol_chosen(page: Page, name: str, person_id: str) -> None:
    """The one who is listed, by their pictures."""
    press(page.get_by_text("Choose", exact=True))
    press(page.get_by_role("button", name="Enrol"))
    expect(page.get_by_text("The photos come from the page Unknown")).to_be_visible()
    expect(page.get_by_text("accepted")).to_be_visible()
    register = RegisterScreen.__new__(RegisterScreen)
    register.page = page
    register.fill(name, person_id)
    register.save()
    expect(page.get_by_text("only with the person's consent")).to_be_visible()
    register.agree()
    register.save()
    register.expect_saved(name)


@pytest.mark.nightly
def test_somebody_unknown_is_seen_again_enrolled_and_marked_next_time(
    app: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    """Daily: test_somebody_unknown_is_enrolled_by_their_pictures_and_named_next_time
    (test_strangers_real) and
    test_who_is_enrolled_goes_to_register_with_the_photos_and_is_asked_for_consent
    (test_pages_unknown)."""
    camera = make_camera(tmp_path / "door.mjpeg", [Shot(cast.bo[:1], 5), Shot([], 4)])
    office = browse.page()
    switch_on(office, app)
    for number, door in enumerate(("door", "yard", "gate"), 1):
        kiosk = KioskScreen.open(browse.page(camera), app.url, door)
        kiosk.expect_banner("Not recognised")
        until(app, _SEEN, lambda found, number=number: found == [number])  # type: ignore[misc]
        browse.close(kiosk.page)
    until(app, _TOLD, lambda found: "stranger.seen" in found)

    office.goto(f"{app.url}/unknown")
    expect(office.get_by_text("3 times", exact=True)).to_be_visible()
    expect(office.get_by_alt_text("Unknown person, 3 visits")).to_be_visible()
    enrol_chosen(office, NAME, "B 1")
    expect(office.get_by_text("Seen before as unknown: 3 times")).to_be_visible()

    again = make_camera(tmp_path / "again.mjpeg", [Shot(cast.bo[1:2], 5), Shot([], 1)])
    kiosk = KioskScreen.open(browse.page(again), app.url, "door")
    kiosk.expect_banner(NAME, "Marked at")
    office.goto(f"{app.url}/unknown")
    expect(office.get_by_text("Assigned (1)")).to_be_visible()
