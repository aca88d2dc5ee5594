"""From the set-up link to the first greeting, as somebody does it who has just started the app."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.first_start import (
    Hand,
    Mirror,
    NewSite,
    follow,
    make_account,
    serving,
    step_now,
)
from tests.browser.support.screens import KioskScreen
from tests.browser.support.sign_in import PASSWORD
from tests.browser.support.tablet import Doorway
from tests.data import Material

pytestmark = [pytest.mark.browser, pytest.mark.models]

MOST_CLICKS = 7
PATIENCE = 60_000
VIEWS = ("Front", "Left", "Right", "Up", "Down")


@pytest.fixture
def mirror(material: Material) -> Iterator[Mirror]:
    files = {path.name: path.read_bytes() for path in material.pack.glob("*.onnx")}
    with serving(files) as mirror:
        yield mirror


@pytest.fixture
def site(tmp_path: Path, mirror: Mirror, material: Material) -> Iterator[NewSite]:
    with NewSite(tmp_path / "data", mirror.url, material.pack) as server:
        yield server


def recommended(page: Page) -> Locator:
    """The button of the pack for most."""
    expect(step_now(page)).to_have_text("2 Model", timeout=PATIENCE)
    card = page.locator("[class*='st-key-pack_']").filter(has_text="Recommended")
    return card.get_by_role("button")


def test_from_the_set_up_link_to_the_first_greeting(
    site: NewSite, browse: Browsers, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doorway = Doorway(tmp_path / "desk.y4m")
    doorway.show(cast.sides[0])
    page = browse.page(doorway.path)
    hand, began = Hand(page), time.monotonic()
    link = site.setup_link()
    make_account(hand, link, "ada.lovelace", PASSWORD)
    hand.press(recommended(page))
    expect(step_now(page)).to_have_text("3 You", timeout=PATIENCE)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ada Lovelace")
    expect(page.get_by_label("ID", exact=True)).to_have_value("ada.lovelace")
    hand.press(page.get_by_text("I agree", exact=True))
    posed = time.monotonic()
    follow(page, doorway, dict(zip(VIEWS, cast.sides, strict=True)))
    poses = time.monotonic() - posed
    doorway.show(cast.sides[0])
    hand.press(page.get_by_role("button", name="Save person"))
    KioskScreen(page).expect_banner("Ada Lovelace", "Marked at", timeout=PATIENCE)
    took = time.monotonic() - began
    with capsys.disabled():
        sys.stdout.write(
            f"first greeting: {took:.1f} s, {hand.clicks} clicks, {poses:.1f} s of it poses\n"
        )
    assert hand.clicks <= MOST_CLICKS
    expect(page.get_by_text("the kiosk knows you")).to_be_visible(timeout=PATIENCE)
    page.goto(link)
    expect(page.get_by_text("All set")).to_be_visible(timeout=PATIENCE)  # on the Overview
