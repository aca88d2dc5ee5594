"""Adding a kiosk, and linking a tablet."""

from playwright.sync_api import Page, expect

from tests.browser.support.page_state import press, rest
from tests.browser.support.server import AppServer

PATIENCE = 30_000  # ms


def add_kiosk(page: Page, url: str, name: str = "front-door", *, pin: bool = False) -> str:
    """As the admin who is signed in on ``page``: make the kiosk and its link."""
    register_kiosk(page, url, name, pin=pin)
    return new_link(page, name)


def register_kiosk(page: Page, url: str, name: str = "front-door", *, pin: bool = False) -> None:
    """Make the kiosk, unless there is one already."""
    page.goto(f"{url}/kiosks")
    rest(page)
    expect(page.locator('[class*="st-key-kiosk_"]').first).to_be_visible(timeout=PATIENCE)
    if page.locator(f".st-key-kiosk_{name}").count():
        return
    press(page.get_by_role("button", name="Add kiosk"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Name", exact=True).press("Tab")
    if pin:
        press(dialog.get_by_text("People may use their PIN"))
    press(dialog.get_by_role("button", name="Create kiosk"))
    expect(page.locator(f".st-key-kiosk_{name}")).to_be_visible(timeout=PATIENCE)


def new_link(page: Page, name: str = "front-door") -> str:
    """Read the link from the dialog, as it stands on the screen."""
    rest(page)
    press(page.locator(f".st-key-link_{name} button"))
    press(page.get_by_role("button", name="Make a link"))
    shown = page.get_by_role("dialog").get_by_test_id("stCode").first
    expect(shown).to_contain_text("/kiosk/link/", timeout=PATIENCE)
    link = shown.inner_text().strip()
    page.keyboard.press("Escape")
    return link


def marks_today(server: AppServer) -> int:
    """How many marks the day has so far, as every kiosk tells it."""
    found: int = server.beside.run(_MARKS)
    return found


_MARKS = """
from face_rec.clock import SystemClock
with assembly.build_attendance(config.load()) as service:
    today = SystemClock().now().astimezone(service.timesheets.zone).date()
    found = len(service.timesheets.visits(today).all)
"""


def become_kiosk(page: Page, link: str) -> None:
    """On the tablet: open the link and press its button."""
    page.goto(link)
    page.get_by_role("button", name="Start this kiosk").click()
    expect(page.get_by_test_id("greeting")).to_be_visible(timeout=PATIENCE)  # whoever stands there
