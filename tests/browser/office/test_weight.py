"""What a page brings over the line, cold and at the second visit; and that it looks right."""

import pytest
from playwright.sync_api import Page, expect

from tests.benchmarks.browser.pages import MOST_MB, measure
from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import rest
from tests.browser.support.server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.models]

_ICONS = """() => [...document.querySelectorAll('[data-testid=stIconMaterial]')]
  .filter(icon => icon.checkVisibility())
  .map(icon => [icon.textContent, icon.scrollWidth / parseFloat(getComputedStyle(icon).fontSize)])
"""


def _icons_are_drawn(page: Page) -> int:
    """An icon that the font lacks is shown as its name, which is wider than it is high."""
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    icons: list[tuple[str, float]] = page.evaluate(_ICONS)
    assert [name for name, width in icons if width > 1.5] == []
    return len(icons)


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("overview", "stHeading"),
        pytest.param("register", "stHeading", marks=pytest.mark.nightly),
        ("take_attendance", "camera"),
        pytest.param("take_attendance?transport=http", "camera", marks=pytest.mark.nightly),
    ],
)
def test_a_page_is_light_and_at_the_second_visit_hardly_anything(
    plain: AppServer, browse: Browsers, path: str, shows: str
) -> None:
    page = browse.page()
    cold = measure(page, f"{plain.url}/{path}", None)
    # Not a page that says no; over a picture that runs there is nothing to say, so it is hidden.
    expect(page.get_by_test_id(shows).first).to_be_attached()
    assert cold.megabytes < MOST_MB, cold.by_kind
    assert _icons_are_drawn(page) > 3
    page.goto("about:blank")
    warm = measure(page, f"{plain.url}/{path}", None)
    files = sum(warm.by_kind[kind] for kind in ("Script", "Font", "Stylesheet", "Document"))
    assert files < 30_000, warm.by_kind
    page.goto("about:blank")


@pytest.mark.nightly
def test_every_page_draws_its_icons(plain: AppServer, browse: Browsers) -> None:
    """Daily: test_the_icons_are_those_that_pages_can_show (test_web_assets)."""
    page = browse.page()
    for path in (
        "register", "people", "records", "reports", "settings", "models", "privacy", "system"
    ):  # fmt: skip
        page.goto(f"{plain.url}/{path}")
        rest(page)
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
        assert _icons_are_drawn(page) > 3, path
