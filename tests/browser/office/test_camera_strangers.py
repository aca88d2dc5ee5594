"""The whole way in the browser: a camera is added and seen live, somebody unknown before it stands
in the inbox and in a mail, is enrolled by their pictures, and marked the next time."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Cast
from tests.browser.office.test_notifications import add_channel, type_choice
from tests.browser.office.test_unknown import enrol_chosen, switch_on
from tests.browser.support.chromium import Browsers
from tests.browser.support.gate_camera import before_it, fill
from tests.browser.support.page_state import choose, press, rest
from tests.browser.support.server import AppServer
from tests.integration.notices.receiver import Mailbox, mailbox
from tests.redis_servers import wait_until
from tests.rtsp import RtspCamera, clip

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.nightly]

NAME = "Bo Unknown"
PATIENCE = 60_000  # ms; nothing here is a measurement


@pytest.fixture
def camera(cast: Cast) -> Iterator[RtspCamera]:
    with RtspCamera(clip(before_it(cast.bo[0], away=3))) as served:
        yield served


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


def _rule(page: Page) -> None:
    press(page.get_by_role("button", name="Add rule"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Gate")
    dialog.get_by_label("Name").press("Tab")
    for kind in ("Marked", "Unknown person"):
        press(dialog.get_by_role("button", name=kind, exact=True))
    type_choice(page, "By which channels", "Office")
    press(dialog.get_by_role("button", name="Save"))
    expect(dialog).to_have_count(0, timeout=PATIENCE)


def _add(page: Page, camera: RtspCamera) -> None:
    press(page.get_by_role("button", name="Add camera"))
    fill(page, "Address", camera.url)
    fill(page, "Name", "gate")
    fill(page, "Title", "North gate")
    press(page.get_by_role("dialog").get_by_role("button", name="Add camera"))
    expect(page.locator(".st-key-camera_gate")).to_contain_text("Running", timeout=PATIENCE)


def test_who_is_unknown_to_a_camera_is_told_of_enrolled_and_marked_next_time(
    app: AppServer, browse: Browsers, camera: RtspCamera, mail: Mailbox
) -> None:
    page = browse.page()
    page.goto(f"{app.url}/notices")
    add_channel(page, "Office", mail.address)
    _rule(page)
    switch_on(page, app)
    page.goto(f"{app.url}/cameras")
    _add(page, camera)
    page.goto(f"{app.url}/wall")
    seen = page.get_by_role("img", name="North gate: nobody recognised")
    expect(seen).to_be_visible(timeout=PATIENCE)
    wait_until(lambda: bool(mail.letters), 60)
    assert "Unknown person" in mail.letters[0]
    assert "North gate" in mail.letters[0]

    page.goto(f"{app.url}/unknown")
    rest(page)
    choose(page.get_by_role("combobox", name="Seen"), "All", exact=False)
    expect(page.get_by_alt_text("Unknown person, 1 visit")).to_be_visible(timeout=PATIENCE)
    enrol_chosen(page, NAME, "B 1")
    wait_until(lambda: any(NAME in one for one in mail.letters), 60)
    page.goto(f"{app.url}/records")
    expect(page.get_by_text("1 mark of 1 person")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(NAME).first).to_be_attached()  # in the table, which is a canvas
