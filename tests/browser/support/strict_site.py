"""A site that takes only live faces, by models of the tests: live is who stands before a green
wall, a picture who stands before a blue one, in doubt who stands before :data:`DOUBTFUL`.

What trained models notice is measured elsewhere; here it is followed from the camera to the
review.
"""

import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from face_rec.domain.liveness import Check
from pages.ui.access.kiosk_card import CHECKS
from tests.browser.support.kiosks import PATIENCE
from tests.browser.support.page_state import choose, press, rest
from tests.browser.support.people import import_people
from tests.browser.support.server import AppServer
from tests.data import Material
from tests.fakes.packs import write_liveness

GREEN, BLUE, DOUBTFUL = (40, 200, 40), (40, 40, 200), (115, 150, 115)
"""Red, green, blue."""
PEOPLE: Final = {"webrtc": 19, "http": 17, "turns": 20, "fails": 11}
"""Who is registered there, by whose test it is: each is marked once."""
SEEN: Final = {"turns": 2, "fails": 3, "new": 2}
"""Which of their photos can be turned to all sides."""
NEW: Final = 25
"""Somebody who is not registered."""


_PATIENT = """
import app
from face_rec.journey.liveness import challenge, step_ups
challenge.REACTION = 0.0
challenge.SHOWN_WITHIN = challenge.TURN_WITHIN = challenge.BACK_WITHIN = 60.0
challenge.SEEN_WITHIN = 60.0
step_ups.LATELY, step_ups.AGAIN = 900.0, 0.0
app.main()
"""


class PatientServer(AppServer):
    """It waits a minute for each turn of the head, counts the failed tries of a quarter of an
    hour, and tells the office of each: what the head does decides what comes of a try, and not
    how fast the machine is. What is too late or too early is tested in
    ``tests/unit/journey/test_step_up.py``, by times that the test gives."""

    def command(self) -> list[str]:
        return [sys.executable, "-c", _PATIENT]


def strict_server(folder: Path, material: Material) -> AppServer:
    """With liveness models and PEOPLE; not started yet."""
    server = PatientServer(folder / "data", material.pack)
    write_liveness(folder / "data" / "models" / "liveness", (4.0, 4.0), steep=0.02)
    names = {number: f"Person {number}" for number in PEOPLE.values()}
    import_people(server, folder, material, names)
    return server


def strict_kiosk(page: Page, url: str, name: str) -> None:
    """In the form of the page Kiosks."""
    page.goto(f"{url}/kiosks")
    rest(page)
    press(page.get_by_role("button", name="Add kiosk"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Name", exact=True).press("Tab")
    liveness = dialog.get_by_role("combobox", name="Pictures of faces (liveness)")
    choose(liveness, CHECKS[Check.ENFORCE])
    press(dialog.get_by_role("button", name="Create kiosk"))
    expect(page.locator(f".st-key-kiosk_{name}")).to_be_visible(timeout=PATIENCE)
