"""The app is started while its Redis is away: a kiosk says so, and comes up by itself."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Cast
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.kiosks import add_kiosk, become_kiosk
from tests.browser.support.screens import KioskScreen, RegisterScreen
from tests.browser.support.server import AppServer
from tests.browser.support.sign_in import GuardedServer, first_admin
from tests.data import Material
from tests.redis_servers import Server, standalone

pytestmark = [pytest.mark.browser, pytest.mark.models]

PATIENCE = 30_000  # ms
BACK_WITHIN = 20_000
"""ms to the kiosk's own page after Redis is back; seconds are promised, the machine is busy."""
WAITS = "This kiosk waits for its database"


class OutsideServer(GuardedServer):
    """The app with accounts, on a Redis of the test's."""

    def __init__(self, data_dir: Path, pack: Path, redis: Server) -> None:
        super().__init__(data_dir, pack)
        self._redis = redis
        self.alone = False
        """Whether it is started without Redis, and so gets not ready."""

    def environment(self) -> dict[str, str]:
        outside = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(self._redis.port)}
        return super().environment() | outside

    def _ready(self) -> bool:
        return self._alive() if self.alone else super()._ready()

    def _alive(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).is_success
        except httpx.HTTPError:
            return False


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    lasting = ("--appendonly", "yes", "--appendfsync", "always")
    with standalone(tmp_path / "redis", *lasting) as server:
        yield server


@pytest.fixture
def outside(tmp_path: Path, redis: Server, material: Material) -> Iterator[OutsideServer]:
    (tmp_path / "app").mkdir()
    with OutsideServer(tmp_path / "app" / "data", material.pack, redis) as server:
        yield server


def _register(page: Page, app: AppServer, photos: tuple[Path, ...]) -> None:
    screen = RegisterScreen(page, app.url)
    screen.upload(photos)
    screen.expect_photos(len(photos))
    screen.fill("Ana", "1")
    screen.agree()
    screen.save()
    screen.expect_saved("Ana")


@pytest.mark.nightly
def test_a_kiosk_after_a_start_without_redis_says_so_and_marks_when_redis_is_back(
    outside: OutsideServer, redis: Server, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    admin = browse.page()
    first_admin(admin, outside)
    _register(admin, outside, cast.ana[:2])
    link = add_kiosk(admin, outside.url)
    browse.close(admin)
    camera = make_camera(tmp_path / "door.mjpeg", [Shot(cast.ana[2:3], 5), Shot([], 1)])
    tablet = browse.page(camera)
    become_kiosk(tablet, link)
    KioskScreen(tablet).expect_picture(timeout=60_000)

    outside.stop()
    redis.kill()
    outside.alone = True
    outside.start()
    expect(tablet.get_by_role("heading", name=WAITS)).to_be_visible(timeout=PATIENCE)
    tablet.goto(outside.url)  # the same for who switches the tablet on now
    expect(tablet.get_by_role("heading", name=WAITS)).to_be_visible(timeout=PATIENCE)

    redis.start()
    expect(tablet.get_by_test_id("greeting")).to_be_visible(timeout=BACK_WITHIN)
    kiosk = KioskScreen(tablet)
    kiosk.expect_banner("Ana", "arked at", timeout=60_000)
