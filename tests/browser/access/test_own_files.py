"""A doctor's note: laid beside a request on a phone, and taken by who decides."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.access.test_own_page import PHONE, come_in, registered
from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import press
from tests.browser.support.sign_in import GuardedServer, as_admin

pytestmark = [pytest.mark.browser, pytest.mark.nightly]


def test_a_note_goes_from_a_phone_to_who_decides(
    guarded: GuardedServer, browse: Browsers, tmp_path: Path
) -> None:
    person_id, note = registered(guarded), tmp_path / "note.png"
    Image.new("RGB", (300, 200), "#dde").save(note)
    phone = browse.page(size=PHONE)
    come_in(phone, guarded.url, person_id)
    card = phone.locator(".st-key-own_leave_card")
    press(card.locator("summary"))
    expect(card.get_by_text("Days that this takes:")).to_be_visible()
    press(card.get_by_role("button", name="Send"))
    card.get_by_role("link", name="Attachments").click()
    phone.get_by_label("Attach a file").set_input_files(note)
    phone.get_by_role("button", name="Attach", exact=True).click()
    with phone.expect_download() as own:
        phone.get_by_role("link", name="Picture 1").click()
    assert Image.open(own.value.path()).format == "JPEG"
    phone.get_by_role("link", name="Back").click()
    expect(card.get_by_role("link", name="Attachments (1)")).to_be_visible()
    office = browse.page()
    as_admin(office, guarded)
    office.goto(f"{guarded.url}/records?view=Requests")
    asked = office.locator("[class*=st-key-request_]").filter(has_text=f"({person_id})").first
    with office.expect_download() as taken:
        press(asked.get_by_role("button", name="Picture 1"))
    data = Path(taken.value.path()).read_bytes()
    assert Image.open(io.BytesIO(data)).size == (300, 200)
