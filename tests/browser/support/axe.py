"""axe-core on an open page: what keeps somebody out, in words."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.support.page_state import rest, until

_SERIOUS = ("serious", "critical")
_ORDER = ("heading-order", "page-has-heading-one", "landmark-one-main", "region")
"""Called moderate there."""
_LOOKS = 8
_BETWEEN = 400  # ms
_RUN = """async ([rules, left]) => {
  const options = { resultTypes: ["violations"], elementRef: false };
  if (rules.length) options.runOnly = rules;
  return (await axe.run(left ? { exclude: [[left]] } : document, options)).violations;
}"""
_RUN_IN = """async (part) =>
  (await axe.run(part, { resultTypes: ["violations"], elementRef: false })).violations"""
# Streamlit pales what it is about to draw anew, and some pages draw parts of themselves every few
# seconds: such words are pale for a moment, those that are too pale are always.
_SETTLED = "() => !document.getAnimations().some(one => one instanceof CSSTransition)"


def shut_out(page: Page, rules: Sequence[str] = (), but: str = "") -> list[str]:
    """What axe finds that is serious at every look at the page at rest; ``rules``: only those;
    ``but``: the selector of a part that has been looked at."""
    found = _look(page, rules, but)
    for _ in range(_LOOKS):
        if not found:
            break
        page.wait_for_timeout(_BETWEEN)
        again = _look(page, rules, but)
        found = [one for one in found if one in again]
    return found


def serious_in(page: Page, part: str) -> list[str]:
    """The rules that what the selector ``part`` names breaks seriously, as it is now."""
    _bring(page)
    found = page.evaluate(_RUN_IN, part)
    return [one["id"] for one in found if one["impact"] in _SERIOUS]


def _bring(page: Page) -> None:
    """Once: pages of the menu share one document, and axe is half a megabyte of code."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)


def _look(page: Page, rules: Sequence[str], but: str) -> list[str]:
    if page.get_by_test_id("stApp").count():
        rest(page)
        expect(page.locator('[data-stale="true"]')).to_have_count(0)
    until(page, _SETTLED)
    _bring(page)
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]}"
        for one in page.evaluate(_RUN, [list(rules), but])
        if one["impact"] in _SERIOUS or one["id"] in _ORDER
        for node in _nodes(one)
    ]


def _nodes(violation: dict[str, Any]) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = violation["nodes"]
    return nodes
