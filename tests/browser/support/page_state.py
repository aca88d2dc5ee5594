"""When a page may be worked: Streamlit draws it in runs, and a press in between is lost."""

import time

from playwright.sync_api import Error, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

PATIENCE = 30_000  # ms
_SHOWN, _OPENED = 3_000, 10  # ms, times


def rest(page: Page) -> None:
    """Until the page has drawn itself. What is pressed before that is pressed in a page that is
    being replaced: a dialog would close again. The page's title comes with its first run."""
    expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)
    whole = page.get_by_test_id("stApp")
    expect(whole).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)


def until(page: Page, asks: str, timeout: float = PATIENCE) -> None:
    """Until what ``asks`` says, a function that may be asynchronous, is true. Playwright's own
    ``wait_for_function`` takes the promise of an answer for the answer."""
    latest = time.monotonic() + timeout / 1000
    while not _answer(page, asks):
        assert time.monotonic() < latest, f"it never came to be: {asks}"
        page.wait_for_timeout(50)


def _answer(page: Page, asks: str) -> bool:
    try:
        return bool(page.evaluate(asks))
    except Error as error:
        if "context was destroyed" not in str(error):
            raise
        return False  # another page is on its way


def still(page: Page) -> None:
    """Until nothing moves any more: what unfolds takes half a second."""
    moves = "() => document.getAnimations().every((one) => one.playState !== 'running')"
    until(page, moves)


def press(what: Locator) -> None:
    """As a person does, who looks first: once the page rests."""
    rest(what.page)
    what.click()


def choose(field: Locator, option: str, *, exact: bool = True) -> None:
    """Streamlit closes a list that is open when a run draws what it hangs on anew: then it is
    opened again, as a person would."""
    wanted = field.page.get_by_role("option", name=option, exact=exact)
    for _ in range(_OPENED):
        press(field)
        try:
            wanted.click(timeout=_SHOWN)
        except TooLate:
            continue
        return
    raise AssertionError(f"no list that holds {option!r} stayed open")
