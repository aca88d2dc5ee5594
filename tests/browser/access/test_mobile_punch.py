"""Somebody punches on their phone: from too far away, then at the gate, where they turn their
head; the mark stands on their own page, and the office sees that it came by a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Geolocation, Page, expect

from tests.browser.access.test_own_page import PHONE, PIN, come_in
from tests.browser.support.chromium import Browsers
from tests.browser.support.head_camera import HeadCamera
from tests.browser.support.head_views import head_views
from tests.browser.support.page_state import choose, press
from tests.browser.support.people import import_people
from tests.browser.support.sign_in import GuardedServer, as_admin
from tests.browser.support.strict_site import GREEN, PEOPLE, SEEN
from tests.data import Material
from tests.fakes.packs import write_liveness

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.nightly]

_WHO = PEOPLE["turns"]
_GATE = Geolocation(latitude=52.516300, longitude=13.377700, accuracy=12)
_FAR = Geolocation(latitude=52.525300, longitude=13.377700, accuracy=12)
_MAY = """
from contextlib import ExitStack
from face_rec.assembly.storage.chain import open_streams
from face_rec.assembly.storage.live_options import open_options
from face_rec.clock import SystemClock
settings = config.load()
with assembly.build_redis(settings) as client:
    options = open_options(settings, open_streams(settings, client, SystemClock()))
    options.decide("own_page", "pin,link")
with assembly.build_attendance_stores(settings) as (service, stores):
    person = stores.people.by_id({id!r})
access.pins.set(person, {pin!r})
"""


@pytest.fixture
def live_server(tmp_path: Path, material: Material) -> Iterator[GuardedServer]:
    """With accounts, liveness models, and one person of the group Staff."""
    server = GuardedServer(tmp_path / "data", material.pack)
    write_liveness(tmp_path / "data" / "models" / "liveness", (4.0, 4.0), steep=0.02)
    import_people(server, tmp_path, material, {_WHO: "Zoë Müller"})
    with server:
        server.beside.run(_MAY.format(id=f"E {_WHO}", pin=PIN))
        yield server


def _let_staff_punch(office: Page, url: str) -> None:
    office.goto(f"{url}/settings")
    press(office.get_by_text("Punch by phone", exact=True).first)
    group = office.get_by_role("combobox", name="Group")
    choose(group, "Staff", exact=False)
    for label, text in (("Place 1", "Main gate"), ("Latitude, longitude", "52.516300, 13.377700")):
        field = office.get_by_role("textbox", name=label)
        field.fill(text)
        field.press("Tab")
    press(office.get_by_role("button", name="Add", exact=True))
    expect(office.get_by_text("Saved.")).to_be_visible()


def test_somebody_punches_on_their_phone_at_the_gate_and_not_from_a_kilometre_away(
    live_server: GuardedServer, browse: Browsers, material: Material, tmp_path: Path
) -> None:
    office = browse.page()
    as_admin(office, live_server)
    _let_staff_punch(office, live_server.url)
    phone = browse.page(size=PHONE)
    phone.context.grant_permissions(["camera", "geolocation"])
    phone.context.set_geolocation(_FAR)
    HeadCamera(
        phone, head_views(material, material.person(_WHO)[SEEN["turns"]], _WHO, tmp_path), GREEN
    )
    come_in(phone, live_server.url, f"E {_WHO}")
    press(phone.get_by_role("link", name="Punch", exact=True))
    phone.get_by_label("I agree").check()
    phone.get_by_role("button", name="Go on").click()
    punch = phone.get_by_role("button", name="Punch", exact=True)
    punch.click()
    expect(phone.locator("#said")).to_contain_text("You are 1,001 m from Main gate.")
    expect(phone.get_by_role("img", name="1,001 m from Main gate")).to_be_visible()
    phone.context.set_geolocation(_GATE)
    punch.click()
    expect(phone.locator("#said")).to_contain_text("You are marked:", timeout=90_000)
    assert not phone.evaluate("document.scrollingElement.scrollWidth > innerWidth")
    phone.get_by_role("link", name="My attendance").click()
    expect(phone.get_by_text("You are in since")).to_be_visible()
    office.goto(f"{live_server.url}/records")
    expect(office.get_by_text("Phone").first).to_be_attached()
