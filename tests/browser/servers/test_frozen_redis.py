"""A Redis that hangs: the kiosk says so while people still stand before it."""

import os
import re
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.alone]

PATIENCE = 30_000  # ms
SAID_WITHIN = 4.0
"""Seconds. Promised are 3 (by arithmetic 2.1 and the drawing); the rest is for a busy machine."""


def _redis_of(app: AppServer) -> int:
    """The process of the app's own Redis, as its log names it."""
    return int(re.findall(r"redis_started pid=(\d+)", app.logged())[-1])


def test_a_frozen_redis_is_said_on_the_kiosk_and_forgotten_when_it_answers(
    plain: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    camera = make_camera(tmp_path / "door.mjpeg", [Shot([cast.stranger], 2)])
    kiosk = KioskScreen.open(browse.page(camera), plain.url)
    kiosk.expect_picture(timeout=60_000)
    kiosk.expect_marks(0)
    said = kiosk.page.get_by_text("The database does not answer")
    process = _redis_of(plain)
    os.kill(process, signal.SIGSTOP)
    try:
        frozen = time.monotonic()
        expect(said.first).to_be_visible(timeout=PATIENCE)
        waited = time.monotonic() - frozen
        kiosk.expect_picture()  # and goes on looking
    finally:
        os.kill(process, signal.SIGCONT)
    assert waited < SAID_WITHIN, f"it was said after {waited:.1f} s"
    expect(said).to_have_count(0, timeout=PATIENCE)
    kiosk.expect_marks(0)
