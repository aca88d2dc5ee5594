"""A person whose face fails: a PIN from the office, and a mark by it at a live kiosk."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Known
from tests.browser.support.chromium import Browsers
from tests.browser.support.kiosks import register_kiosk
from tests.browser.support.page_state import press
from tests.browser.support.server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.models]

PATIENCE = 30_000  # ms
PIN = "402917"


def _give_pin(page: Page) -> None:
    page.get_by_label("New PIN", exact=True).fill(PIN)
    press(page.get_by_role("button", name="Set PIN"))
    expect(page.get_by_text("The PIN is saved.")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label("New PIN", exact=True)).to_have_value("")


def _typed(page: Page, person_id: str, pin: str) -> None:
    page.get_by_label("ID", exact=True).fill(person_id)
    page.get_by_role("textbox", name="PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Mark me").click()


@pytest.mark.nightly
def test_id_and_pin_mark_somebody_at_a_live_kiosk(
    filled: AppServer, browse: Browsers, known: Known
) -> None:
    """Daily: test_id_and_pin_mark_the_person_with_the_usual_greeting and
    test_an_unknown_id_and_a_wrong_pin_get_one_answer_which_names_nobody (test_pages_pin)."""
    page, kiosk = browse.page(), filled.fresh("door")
    page.goto(f"{filled.url}/people")
    number = known.name.split()[-1]
    press(page.get_by_role("button", name=re.compile(rf"{number}$")))
    _give_pin(page)
    register_kiosk(page, filled.url, kiosk, pin=True)

    door = browse.page()
    door.goto(f"{filled.url}/take_attendance?kiosk={kiosk}")
    looking = door.get_by_text(re.compile(r"[1-9]\d* looks/s"))
    expect(looking).to_be_visible(timeout=PATIENCE)
    door.get_by_role("button", name="No face? Use PIN").click(timeout=PATIENCE)
    pin = door.get_by_role("textbox", name="PIN", exact=True)
    expect(pin).to_have_attribute("type", "tel", timeout=PATIENCE)
    expect(pin).to_have_css("-webkit-text-security", "disc")
    _typed(door, known.id, "111222")
    expect(door.get_by_text("ID and PIN do not match")).to_be_visible(timeout=PATIENCE)
    expect(door.get_by_role("textbox", name="PIN", exact=True)).to_have_value("")
    _typed(door, known.id, PIN)
    greeting = door.get_by_test_id("greeting")
    expect(greeting).to_contain_text(known.name, timeout=PATIENCE)
    expect(greeting).to_contain_text("Marked at")
    form = door.get_by_role("textbox", name="PIN", exact=True)
    expect(form).to_have_count(1, timeout=PATIENCE)  # the form that was sent is leaving
    expect(form).to_have_value("", timeout=PATIENCE)
