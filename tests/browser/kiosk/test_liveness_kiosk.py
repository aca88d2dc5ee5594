"""A kiosk that marks live faces only: a screen is held before its camera, then somebody comes.

The liveness models are ones of the tests, which take for live what stands before a green wall
(:mod:`tests.browser.support.strict_site`).
"""

from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from face_rec.domain.faces import Image
from face_rec.domain.liveness import Cue, Hold
from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import HEIGHT, WIDTH, Shot, make_camera
from tests.browser.support.kiosks import PATIENCE, marks_today
from tests.browser.support.page_state import rest
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.browser.support.strict_site import BLUE, GREEN, PEOPLE, strict_kiosk
from tests.data import Material
from tests.nightly import every_day_but

pytestmark = [pytest.mark.browser, pytest.mark.models]

SMALL = 0.42
"""Of the picture's height: what surrounds the face four times as wide must be in it."""


def standing(photo: Path, wall: tuple[int, int, int]) -> Image:
    """Somebody far enough away, before a wall of this colour (red, green, blue)."""
    face = cv2.imread(str(photo))
    assert face is not None
    side = round(HEIGHT * SMALL)
    face = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    scene = np.full((HEIGHT, WIDTH, 3), wall[::-1], np.uint8)
    top, left = (HEIGHT - side) // 2, (WIDTH - side) // 2
    scene[top : top + side, left : left + side] = face
    return scene


def replayed(photo: Path) -> Image:
    """The same person on a screen that is held before the camera: bluish, with a bezel."""
    scene = standing(photo, BLUE)
    cv2.rectangle(scene, (60, 20), (WIDTH - 60, HEIGHT - 20), (12, 12, 12), 24)
    return scene


@pytest.fixture
def camera(tmp_path: Path, cast: Cast, material: Material, transport: str) -> Path:
    photo = material.person(PEOPLE[transport])[2]
    shots = [Shot([replayed(photo)], 7), Shot([], 2), Shot([standing(photo, GREEN)], 6),
             Shot([], 2)]  # fmt: skip
    return make_camera(tmp_path / "door.mjpeg", shots)


@pytest.mark.parametrize("transport", every_day_but({"webrtc"}, ["webrtc", "http"]))
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
