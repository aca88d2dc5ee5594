"""When a page may be worked: Streamlit draws it in runs, and a press in between is lost."""

from playwright.sync_api import Locator, Page, expect

PATIENCE = 30_000  # ms


def rest(page: Page) -> None:
    """Until the page has drawn itself. What is pressed before that is pressed in a page that is
    being replaced: a dialog would close again. The page's title comes with its first run."""
    expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)
    whole = page.get_by_test_id("stApp")
    expect(whole).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)


def press(what: Locator) -> None:
    """As a person does, who looks first: once the page rests."""
    rest(what.page)
    what.click()
