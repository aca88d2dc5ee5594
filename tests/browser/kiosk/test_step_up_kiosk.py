"""A kiosk that marks live faces only asks whoever stays in doubt to turn the head.

The head is rendered from a photo and turned by the page's own arrows, as a person does it; the
liveness models are ones of the tests, which leave whoever stands before this wall in doubt.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from face_rec.domain.liveness import Check, Failure, Hold
from face_rec.journey.liveness.challenge import MORE_TURNS, TURNS
from face_rec.journey.liveness.step_ups import TRIES
from tests.browser.support.chromium import Browsers
from tests.browser.support.head_camera import HeadCamera
from tests.browser.support.head_views import head_views
from tests.browser.support.kiosks import PATIENCE, made_kiosk, marks_today
from tests.browser.support.page_state import press, rest
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.browser.support.strict_site import DOUBTFUL, PEOPLE, SEEN
from tests.data import Material

pytestmark = [pytest.mark.browser, pytest.mark.models]

PIN = "402917"
TRIES_TAKE = 420_000
"""Milliseconds for all that is asked. Nothing is too late here, but a try may fail where so few
pictures are looked at that a turned head passes for another face: then another one begins."""
_NOTE = """
  window.shown = [];
  const note = (text) => { if (text && text !== window.shown.at(-1)) window.shown.push(text); };
  new MutationObserver(() => {
    const turn = document.querySelector('[data-testid="turn"]');
    if (turn && !turn.hidden && turn.dataset.side !== "back")
      note(["b", "em"].map((name) => turn.querySelector(name).textContent).join(": "));
    if (!turn || turn.hidden)
      note(document.querySelector('[data-testid="greeting"]')?.textContent);
  }).observe(document, { attributes: true, childList: true, subtree: true });
"""
"""Keeps in the page which turns it asks for and what it says instead, however short each is
shown."""


def somebody(page: Page, material: Material, who: str, folder: Path) -> HeadCamera:
    photo = material.person(PEOPLE[who])[SEEN[who]]
    return HeadCamera(page, head_views(material, photo, PEOPLE[who], folder), DOUBTFUL)


def test_who_stays_in_doubt_turns_the_head_as_the_arrows_say_and_is_marked(
    strict: AppServer, browse: Browsers, material: Material, tmp_path: Path
) -> None:
    before, page = marks_today(strict), browse.page()
    made_kiosk(strict, "turning-door", liveness=Check.ENFORCE)
    somebody(page, material, "turns", tmp_path)
    page.add_init_script(_NOTE)
    page.goto(f"{strict.url}/take_attendance?kiosk=turning-door&transport=http")
    turn, kiosk = page.get_by_test_id("turn"), KioskScreen(page)
    expect(turn).to_contain_text("Cannot turn? Ask the office.", timeout=120_000)
    kiosk.expect_banner(f"Person {PEOPLE['turns']}", "Marked at", timeout=TRIES_TAKE)
    asked = [one for one in page.evaluate("window.shown") if re.search(r"Turn \d+ of", one)]
    turns = len(asked) - max(at for at, one in enumerate(asked) if "Turn 1 of" in one)
    assert turns in {TURNS, MORE_TURNS}, asked  # of the try that counted
    for number, one in enumerate(asked[-turns:], 1):
        words = f"Turn your head to the (left|right): Turn {number} of {turns}"
        assert re.fullmatch(words, one), asked
    expect(turn).to_be_hidden()
    kiosk.expect_marks(before + 1)


@pytest.mark.nightly
def test_after_three_failed_tries_a_face_is_paused_the_pin_marks_and_the_office_knows_why(
    strict: AppServer, browse: Browsers, material: Material, tmp_path: Path
) -> None:
    before, page, person = marks_today(strict), browse.page(), PEOPLE["fails"]
    give_pin(page, strict.url, person)
    made_kiosk(strict, "pin-door", pin=True, liveness=Check.ENFORCE)
    head = somebody(page, material, "fails", tmp_path)
    page.add_init_script(_NOTE)
    page.goto(f"{strict.url}/take_attendance?kiosk=pin-door&transport=http")
    head.obey(gladly=False)
    kiosk, turn = KioskScreen(page), page.get_by_test_id("turn")
    expect(turn).to_contain_text("Cannot turn? Use your PIN.", timeout=120_000)
    kiosk.expect_banner(Hold.PAUSED.heading, Hold.PAUSED.text, timeout=TRIES_TAKE)
    shown = page.evaluate("window.shown")
    steps = (f"1 of {TURNS}", Hold.FAILED.text, f"1 of {MORE_TURNS}", Hold.PAUSED.text)
    first = [next(at for at, one in enumerate(shown) if step in one) for step in steps]
    assert first == sorted(first), shown
    assert sum("Turn 1 of" in one for one in shown) == TRIES, shown
    expect(page.get_by_text(f"Person {person}")).to_have_count(0)
    use_pin(page, f"E {person}")
    kiosk.expect_banner(f"Person {person}", "Marked at", timeout=60_000)
    kiosk.expect_marks(before + 1)
    page.goto(f"{strict.url}/records?view=Review")
    rest(page)
    held = page.locator('[class*="st-key-review_"]').filter(has_text=f"Person {person}")
    expect(held.filter(has_text=Failure.WRONG.words).first).to_be_visible(timeout=PATIENCE)


def give_pin(page: Page, url: str, number: int) -> None:
    page.goto(f"{url}/people")
    rest(page)
    press(page.get_by_role("button", name=re.compile(rf"Person {number}$")))
    page.get_by_label("New PIN", exact=True).fill(PIN)
    press(page.get_by_role("button", name="Set PIN"))
    expect(page.get_by_text("The PIN is saved.")).to_be_visible(timeout=PATIENCE)


def use_pin(page: Page, person_id: str) -> None:
    page.get_by_role("button", name="No face? Use PIN").click(timeout=PATIENCE)
    page.get_by_label("ID", exact=True).fill(person_id)
    page.get_by_role("textbox", name="PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Mark me").click()
