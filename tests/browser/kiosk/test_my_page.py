"""From the door to one's own page: a linked tablet recognises somebody, shows them a code, and a
phone that scans it is theirs; the next one before the camera sees none of it."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import add_kiosk, become_kiosk
from tests.browser.support.people import import_people
from tests.browser.support.sign_in import GuardedServer, as_admin, new_account
from tests.data import Material

pytestmark = [
    pytest.mark.browser,
    pytest.mark.models,
    pytest.mark.nightly,
    pytest.mark.xdist_group("camera"),
]
TABLET, PHONE = (1280, 800), (390, 844)
_OPEN = """
from face_rec.assembly.storage.chain import open_streams
from face_rec.assembly.storage.live_options import open_options
from face_rec.clock import SystemClock
settings = config.load()
with assembly.build_redis(settings) as client:
    options = open_options(settings, open_streams(settings, client, SystemClock()))
    options.decide("own_page", "kiosk")
"""


@pytest.fixture
def server(tmp_path: Path, material: Material) -> Iterator[GuardedServer]:
    made = GuardedServer(tmp_path / "data", material.pack)
    import_people(made, tmp_path, material, {1: "Ana Álvarez"})
    with made:
        new_account(made, "first", "ADMIN", "NO_GROUPS")
        made.beside.run(_OPEN)
        yield made


def _read(tablet: Page) -> str:
    """What a phone reads off the screen."""
    code = tablet.get_by_test_id("mine").locator("img")
    expect(code).to_be_visible()
    picture = cv2.imdecode(np.frombuffer(code.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    found, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    return found


def test_whoever_is_recognised_at_the_door_opens_their_own_page_on_their_phone(
    server: GuardedServer, browse: Browsers, material: Material, tmp_path: Path
) -> None:
    admin = browse.page()
    as_admin(admin, server)
    link = add_kiosk(admin, server.url)
    shots = [Shot([material.person(1)[2]], 25), Shot([material.stranger(0)], 6)]
    tablet = browse.page(make_camera(tmp_path / "door.mjpeg", shots), TABLET)
    become_kiosk(tablet, link)
    mine = tablet.get_by_test_id("mine")
    mine.get_by_role("button", name="My page").click()
    address = _read(tablet)
    assert address.startswith(f"{server.url}/my/link/k")
    phone = browse.page(size=PHONE)
    phone.goto(address)
    expect(phone.get_by_text("This link opens the attendance of Ana Álvarez")).to_be_visible()
    phone.get_by_role("button", name="Open my attendance").click()
    expect(phone.get_by_text("Ana Álvarez", exact=True)).to_be_visible()
    second = browse.page(size=PHONE)
    second.goto(address)
    expect(second.get_by_text("This link was used")).to_be_visible()
    expect(mine.locator("img")).to_be_hidden()
    expect(tablet.get_by_test_id("greeting")).to_contain_text("Not recognised")
    expect(mine).to_be_hidden()
