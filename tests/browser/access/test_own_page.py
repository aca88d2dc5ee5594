"""Somebody on their phone: in by ID and PIN, their day and its reasons, a correction and leave
that they ask for and a manager approves, their consent; and the office, which ends it while the
page is open."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import choose, press
from tests.browser.support.sign_in import GuardedServer, as_admin

pytestmark = pytest.mark.browser

PHONE, PIN = (390, 844), "402917"
_REGISTERED = """
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from face_rec.assembly.storage.chain import open_streams
from face_rec.assembly.storage.live_options import open_options
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.leave_type import Allowance, LeaveType
from face_rec.attendance.rules.roster import Assignment
from face_rec.attendance.rules.shift import Shift
from face_rec.clock import SystemClock
from face_rec.domain.marks import EventKind
from face_rec.domain.people import Consent, Person
settings, now = config.load(), datetime.now(UTC)
with assembly.build_redis(settings) as client:
    options = open_options(settings, open_streams(settings, client, SystemClock()))
    options.decide("own_page", "pin,link")
with assembly.build_attendance_stores(settings) as (service, stores):
    consent = Consent("I agree.", "1", now - timedelta(days=40))
    made = Person(subject={subject!r}, id={id!r}, name="Zoë Müller", consent=consent)
    person = stores.people.create(made, (), stores.people.revision())
    service.corrections.add(
        person.subject, now - timedelta(minutes=1), EventKind.IN, "boss", "Seen", within=ALL_GROUPS
    )
    service.rules.save(
        LeaveType("own", "Annual leave", counted=True), Allowance("own", "own", 28, 2020),
        Shift("own", "Every day", presence_only=True, days=frozenset(range(7))),
        Assignment({id!r}, "own", person.subject),
        authority=Authority(company=True),
    )
access.pins.set(person, {pin!r})
"""


def registered(server: GuardedServer) -> str:
    """The ID of somebody who has come in a minute ago and has a PIN; people may see their own
    attendance from now on."""
    name = server.fresh("E")
    subject = name.encode().hex().rjust(24, "0")[-24:]
    server.beside.run(_REGISTERED.format(subject=subject, id=name, pin=PIN))
    return name


def come_in(page: Page, url: str, person_id: str) -> None:
    """Through the form, once the server has taken up that it may be shown."""
    for _ in range(20):
        page.goto(f"{url}/my")
        if page.get_by_label("Your ID").count():
            break
        page.wait_for_timeout(500)
    page.get_by_label("Your ID").fill(person_id)
    page.get_by_label("PIN").fill(PIN)
    page.get_by_role("button", name="Sign in").click()


def _ask(phone: Page) -> None:
    """That the one mark there is does not count."""
    card = phone.locator(".st-key-own_ask_card")
    press(card.locator("summary"))
    choose(card.get_by_label("What is wrong?"), "is wrong", exact=False)
    reason = card.get_by_label("Reason")
    reason.fill("That was my sister")
    reason.press("Control+Enter")
    press(card.get_by_role("button", name="Send"))
    expect(card.get_by_text("waits for the office")).to_be_visible()


def _approve(office: Page, server: GuardedServer, person_id: str) -> None:
    as_admin(office, server)
    office.goto(f"{server.url}/records?view=Requests")
    asked = office.locator("[class*=st-key-request_]").filter(has_text=f"({person_id})").first
    expect(asked.get_by_text("That was my sister")).to_be_visible()
    press(asked.get_by_role("button", name="Approve"))
    expect(office.get_by_text("Approved: the mark is corrected.")).to_be_visible()


def _ask_for_leave(phone: Page) -> None:
    """For today, of which the page says what it takes; in words that would turn their line."""
    card = phone.locator(".st-key-own_leave_card")
    press(card.locator("summary"))
    expect(card.get_by_text("Days that this takes:")).to_be_visible()
    note = card.get_by_label("Note (optional)")
    note.fill("To the \u202esea")
    note.press("Control+Enter")
    press(card.get_by_role("button", name="Send"))
    expect(card.get_by_text("waits for the office")).to_be_visible()


def _approve_leave(office: Page, server: GuardedServer, person_id: str) -> None:
    office.goto(f"{server.url}/records?view=Requests")
    asked = office.locator("[class*=st-key-request_]").filter(has_text=f"({person_id})").first
    expect(asked.get_by_text("“\u2068To the sea\u2069”")).to_be_visible()
    expect(asked.get_by_text("left when all is approved")).to_be_visible()
    press(asked.get_by_role("button", name="Approve"))
    expect(office.get_by_text("Approved: the leave is entered.")).to_be_visible()


def test_somebody_sees_their_own_day_and_has_it_corrected_until_they_have_another_pin(
    guarded: GuardedServer, browse: Browsers
) -> None:
    person_id = registered(guarded)
    phone = browse.page(size=PHONE)
    come_in(phone, guarded.url, person_id)
    expect(phone.get_by_text("You are in since")).to_be_visible()
    expect(phone.get_by_text("Zoë Müller", exact=True)).to_be_visible()
    expect(phone.get_by_text("Why this status?")).to_be_visible()
    wide = phone.evaluate("document.scrollingElement.scrollWidth > innerWidth")
    assert not wide, "a phone has to scroll sideways"
    assert phone.request.get(f"{guarded.url}/records").status == 403
    _ask(phone)
    office = browse.page()
    _approve(office, guarded, person_id)
    phone.reload()
    expect(phone.get_by_text("approved · ")).to_be_visible()
    expect(phone.get_by_text("You have not been marked today.")).to_be_visible()
    _ask_for_leave(phone)
    _approve_leave(office, guarded, person_id)
    phone.reload()
    card = phone.locator(".st-key-own_leave_card")
    expect(card.get_by_text("approved · ")).to_be_visible()
    press(phone.get_by_role("button", name="Withdraw consent …"))
    press(phone.get_by_role("button", name="Withdraw it", exact=True))
    expect(phone.get_by_text("You withdrew your consent on")).to_be_visible()
    again = f"access.pins.set(Person(subject={{subject!r}}, id={person_id!r}, name=''), '730164')"
    subject = person_id.encode().hex().rjust(24, "0")[-24:]
    guarded.beside.run(
        f"from face_rec.domain.people import Person\n{again.format(subject=subject)}"
    )
    expect(phone.get_by_text("Your sign-in has ended.")).to_be_visible()
    expect(phone).to_have_url(f"{guarded.url}/my?note=ended")
