"""A page in Arabic on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.support.chromium import Browsers
from tests.browser.support.page_state import rest
from tests.browser.support.server import AppServer

pytestmark = pytest.mark.browser

_EDGES = """group => {
  const box = group.getBoundingClientRect();
  return [...group.querySelectorAll('button')].map(button => {
    const own = button.getBoundingClientRect(), style = getComputedStyle(button);
    return [own.left >= box.left - 0.1 && own.right <= box.right + 0.1, style.borderLeftColor];
  });
}"""
_NONE = "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("width", [320, 390])
def test_what_is_chosen_from_side_by_side_has_all_its_edges(
    plain: AppServer, browse: Browsers, width: int
) -> None:
    page = browse.page(size=(width, 800), locale="ar")
    page.goto(f"{plain.url}/records")
    rest(page)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    for inside, edge in _edges(page):
        assert inside, "it stands out of its box, which may cut it off"
        assert edge != _NONE


def _edges(page: Page) -> list[tuple[bool, str]]:
    """Of each button side by side: whether it lies within its group, and the colour of its left
    edge."""
    groups = page.get_by_role("radiogroup").filter(
        has=page.locator("[data-variant=segmented_control]")
    )
    expect(groups).to_have_count(2)
    found: list[list[tuple[bool, str]]] = [one.evaluate(_EDGES) for one in groups.all()]
    return [edge for group in found for edge in group]
