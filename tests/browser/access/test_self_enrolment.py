"""Somebody registers on their own phone by an invitation: consent in their language, five views by
their camera, and the office, which approves the photos; the link is of no use afterwards."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.page_state import press
from tests.browser.support.sign_in import GuardedServer, as_admin

pytestmark = [pytest.mark.browser, pytest.mark.models]

PHONE = (390, 844)
_LISTED = """
from contextlib import ExitStack
from face_rec.assembly.storage.chain import open_streams
from face_rec.assembly.storage.live_options import open_options
from face_rec.clock import SystemClock
from face_rec.domain.people import Person
settings = config.load()
with assembly.build_redis(settings) as client:
    options = open_options(settings, open_streams(settings, client, SystemClock()))
    options.decide("self_enrolment", "ask")
with assembly.build_attendance_stores(settings) as (service, stores):
    made = Person(subject={subject!r}, id={id!r}, name="Zoë Müller", group="1a")
    stores.people.create(made, (), stores.people.revision())
"""


def listed(server: GuardedServer) -> str:
    """The ID of somebody whom the office has listed; people may register from now on."""
    name = server.fresh("S")
    subject = name.encode().hex().rjust(24, "0")[-24:]
    server.beside.run(_LISTED.format(subject=subject, id=name))
    return name


def _invited(office: Page, server: GuardedServer, person_id: str) -> str:
    """The link, as the office takes it from the list of links."""
    office.goto(f"{server.url}/invitations")
    press(office.get_by_role("button", name="Invite people"))
    press(office.get_by_role("button", name="Invite", exact=True))
    expect(office.get_by_text("Links to print and as a table")).to_be_visible()
    # The end of the work draws the page anew, which loses Streamlit's answer to who takes a file.
    office.goto(f"{server.url}/invitations")
    press(office.get_by_role("radio", name="Invited", exact=True))
    links = office.get_by_role("button", name="Links")
    expect(links).to_be_visible()
    with office.expect_download() as taken:
        press(links)
    lines = Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()
    (line,) = [one for one in lines if one.startswith(f"{person_id},")]
    path = line.partition("/enrol/")[2].partition(",")[0]
    return f"{server.url}/enrol/{path}"


def test_somebody_registers_on_their_phone_and_the_office_approves_it(
    guarded: GuardedServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    person_id = listed(guarded)
    office = browse.page()
    as_admin(office, guarded)
    link = _invited(office, guarded, person_id)
    phone = browse.page(make_camera(tmp_path / "phone.mjpeg", [Shot(cast.sides, 12.5)]), PHONE)
    phone.goto(f"{link}?lang=de")
    expect(phone.get_by_text("Diese Einladung ist für Zoë Müller.")).to_be_visible()
    phone.get_by_label("Ich stimme zu").check()
    phone.get_by_role("button", name="Weiter").click()
    send = phone.get_by_role("button", name="Senden")
    expect(send).to_be_visible(timeout=120_000)
    wide = phone.evaluate("document.scrollingElement.scrollWidth > innerWidth")
    assert not wide, "a phone has to scroll sideways"
    send.click()
    expect(phone.get_by_text("Das Büro sieht sich Ihre Fotos jetzt an")).to_be_visible()
    phone.goto(link)
    expect(phone.get_by_role("alert")).to_be_visible()
    office.goto(f"{guarded.url}/invitations")
    waiting = office.locator("[class*=st-key-enrolment_]").filter(has_text=person_id)
    expect(waiting.locator("figure")).to_have_count(5)
    press(waiting.get_by_role("button", name="Approve"))
    expect(office.get_by_text("Zoë Müller is registered")).to_be_visible()
    expect(waiting).to_have_count(0)
