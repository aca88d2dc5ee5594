"""Adding a kiosk, and linking a tablet."""

from typing import Final

import httpx
from playwright.sync_api import Page, expect

from face_rec.domain.liveness import Check
from tests.browser.support.page_state import press, rest
from tests.browser.support.server import AppServer
from tests.redis_servers import wait_until

PATIENCE = 30_000  # ms
ADD_KIOSKS: Final = """
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.rules import Rules
from face_rec.kiosks.kiosk import KioskRecord
with assembly.build_attendance(config.load()) as service:
    for name in {names!r}:
        service.rules.save(KioskRecord(name), authority=Authority(kiosks=True),
                           begun=Rules(kiosks=()), since=None)
found = None
"""
"""For the process beside a server: kiosks of these names, without a page."""


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


def made_kiosk(
    server: AppServer, name: str, *, pin: bool = False, liveness: Check = Check.OBSERVE
) -> None:
    """Make the kiosk, unless there is one already, by another process: for tests of what comes
    afterwards, on a server without accounts. The page takes ten times as long to make it."""
    server.beside.run(_MADE.format(name=name, pin=pin, liveness=liveness.value))
    frames, headers = f"{server.url}/frames?kiosk={name}", {"Origin": server.url}
    wait_until(lambda: httpx.post(frames, headers=headers, timeout=30).status_code != _UNKNOWN)


def linked_kiosk(server: AppServer, name: str, *, pin: bool = False) -> str:
    """The link of a new kiosk on a server with accounts, by another process."""
    made = _MADE.format(name=name, pin=pin, liveness=Check.OBSERVE.value)
    server.beside.run(made)
    link = f"{server.url}/kiosk/link/{server.beside.run(_LINKED.format(name=name))}"
    # Slowly: who tries many links is held up.
    wait_until(lambda: httpx.get(link, timeout=30).is_success, seconds=12, every=0.4)
    return link


_UNKNOWN = 404
_MADE = """
from face_rec.attendance.rules.authority import Authority
from face_rec.attendance.rules.rules import Rules
from face_rec.domain.liveness import Check
from face_rec.kiosks.kiosk import KioskRecord
with assembly.build_attendance(config.load()) as service:
    if all(one.id != {name!r} for one in service.timesheets.rules().kiosks):
        service.rules.save(
            KioskRecord({name!r}, pin={pin}, liveness=Check({liveness!r})),
            authority=Authority(kiosks=True), begun=Rules(), since=None,
        )
found = None
"""
_LINKED = """
from face_rec.kiosks.kiosk import KioskRecord
access.devices._kiosk = KioskRecord  # commands do not know the kiosks
found = access.devices.link({name!r})
"""


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
