"""A kiosk that marks live faces only: a screen is held before its camera, then somebody comes.

The liveness models are ones of the tests, which take for live what stands before a green wall:
what real ones notice is measured elsewhere, here it is followed from the camera to the review.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from face_rec.domain.faces import Image
from face_rec.domain.liveness import Cue, Hold
from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import HEIGHT, WIDTH, Shot, make_camera
from tests.browser.support.kiosks import PATIENCE, marks_today
from tests.browser.support.page_state import press, rest
from tests.browser.support.people import import_people
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.data import Material
from tests.fakes.packs import write_liveness

pytestmark = [pytest.mark.browser, pytest.mark.models]

PEOPLE = {"webrtc": 20, "http": 17}
GREEN, BLUE = (40, 200, 40), (200, 40, 40)
SMALL = 0.42
"""Of the picture's height: what surrounds the face four times as wide must be in it."""


def standing(photo: Path, wall: tuple[int, int, int]) -> Image:
    """Somebody far enough away, before a wall of this colour."""
    face = cv2.imread(str(photo))
    assert face is not None
    side = round(HEIGHT * SMALL)
    face = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    scene = np.full((HEIGHT, WIDTH, 3), wall, np.uint8)
    top, left = (HEIGHT - side) // 2, (WIDTH - side) // 2
    scene[top : top + side, left : left + side] = face
    return scene


def replayed(photo: Path) -> Image:
    """The same person on a screen that is held before the camera: bluish, with a bezel."""
    scene = standing(photo, BLUE)
    cv2.rectangle(scene, (60, 20), (WIDTH - 60, HEIGHT - 20), (12, 12, 12), 24)
    return scene


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, material: Material) -> Iterator[AppServer]:
    """The app with liveness models and two people."""
    folder = tmp_path_factory.mktemp("strict")
    server = AppServer(folder / "data", material.pack)
    write_liveness(folder / "data" / "models" / "liveness", (4.0, 4.0))
    names = {number: f"Person {number}" for number in PEOPLE.values()}
    import_people(server, folder, material, names)
    with server:
        yield server


def strict_kiosk(page: Page, url: str, name: str) -> None:
    """In the form of the page Kiosks."""
    page.goto(f"{url}/kiosks")
    rest(page)
    press(page.get_by_role("button", name="Add kiosk"))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    dialog.get_by_label("Name", exact=True).press("Tab")
    press(dialog.get_by_role("combobox", name="Pictures of faces (liveness)"))
    press(page.get_by_role("option", name="Only live faces are marked"))
    press(dialog.get_by_role("button", name="Create kiosk"))
    expect(page.locator(f".st-key-kiosk_{name}")).to_be_visible(timeout=PATIENCE)


@pytest.fixture
def camera(tmp_path: Path, cast: Cast, material: Material, transport: str) -> Path:
    photo = material.person(PEOPLE[transport])[2]
    shots = [Shot([replayed(photo)], 7), Shot([], 2), Shot([standing(photo, GREEN)], 6),
             Shot([], 2)]  # fmt: skip
    return make_camera(tmp_path / "door.mjpeg", shots)


@pytest.mark.parametrize("transport", ["webrtc", "http"])
def test_a_screen_is_refused_and_waits_in_the_review_and_the_person_is_marked(
    strict: AppServer, browse: Browsers, camera: Path, transport: str
) -> None:
    number, before = PEOPLE[transport], marks_today(strict)
    page = browse.page(camera)
    strict_kiosk(page, strict.url, f"door-{transport}")
    page.goto(f"{strict.url}/take_attendance?kiosk=door-{transport}&transport={transport}")
    kiosk = KioskScreen(page)
    kiosk.expect_banner(Hold.ATTACK.heading, Hold.ATTACK.text, "Ask the office", timeout=60_000)
    kiosk.expect_banner(f"Person {number}", "Marked at", timeout=60_000)
    kiosk.expect_marks(before + 1)
    page.goto(f"{strict.url}/records?view=Review")
    rest(page)
    held = page.locator('[class*="st-key-review_"]').filter(has_text=f"Person {number}")
    expect(held.first).to_contain_text(f"not marked: {Cue.TEXTURE.words}", timeout=PATIENCE)
    expect(held.first).to_contain_text(f"door-{transport}")
