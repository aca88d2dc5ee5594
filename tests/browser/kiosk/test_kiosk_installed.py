"""A kiosk that is an app of its tablet: the browser offers it, and it opens while the server is
away. The worker alone is tested with a small server; the journey with the whole app."""

import base64
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread

import anyio
import httpx
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from face_rec.languages.translator import ENGLISH
from face_rec.web.base.problem import WAITS
from face_rec.web.server import installed
from face_rec.web.server.installed import AwayFiles, Branding
from face_rec.web.server.strict_http import StrictHttp
from pages.ui.kiosk import screen_files
from tests.browser.kiosk.test_kiosk_offline import (
    LONG,
    MARKS,
    NO_CAMERA,
    PEOPLE,
    _enrol,
    _tap,
    _until_ready_to_keep,
)
from tests.browser.support.chromium import FLAGS, Browsers, Chromium
from tests.browser.support.fake_camera import Shot, make_camera
from tests.browser.support.page_state import until
from tests.browser.support.screens import KioskScreen
from tests.browser.support.server import AppServer
from tests.browser.support.told_kiosk import OVERFLOWS, SERIOUS, SIZES
from tests.data import Material
from tests.nginx_server import Nginx, in_front_of
from tests.redis_servers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.models]

KEPT = """async () => {
  const names = await caches.keys();
  const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return kept.flat().map((one) => new URL(one.url).pathname);
}"""
"""The paths of all that lies in the browser's Cache Storage."""
TAKEN_OVER = "() => navigator.serviceWorker.controller?.state === 'activated'"
CODE = ("/static/", "/component/")
SCROLLS = """() => document.documentElement.scrollHeight > innerHeight + 1
  || document.documentElement.scrollWidth > innerWidth + 1"""


# --- the journey ------------------------------------------------------------------------------


def _is_offered(page: Page) -> None:
    """By what Chromium itself says of the page."""
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["url"].endswith("/kiosk/app.webmanifest?kiosk=main")
    assert not found["errors"]
    assert not session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    session.detach()


def _fits(page: Page) -> None:
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        expect(page.get_by_role("button", name="Tap to be noted")).to_be_in_viewport(ratio=1)
        assert not page.evaluate(SCROLLS), name
        assert not page.evaluate(OVERFLOWS), name
    found = Axe().run(page).response["violations"]
    assert not [one["id"] for one in found if one["impact"] in SERIOUS]


@pytest.mark.nightly
def test_a_tablet_that_starts_while_the_server_is_away_notes_people_and_comes_back_by_itself(
    browse: Browsers, material: Material, tmp_path: Path
) -> None:
    shots = [Shot([material.person(PEOPLE[0])[2]], 4), Shot([], 1)]
    camera, device = make_camera(tmp_path / "one.mjpeg", shots), tmp_path / "device"
    with AppServer(tmp_path / "data", material.pack) as server:
        page = browse.device(device, camera)
        kiosk = KioskScreen.open(page, server.url)
        kiosk.expect_picture(timeout=60_000)
        _until_ready_to_keep(page)
        until(page, TAKEN_OVER)
        _is_offered(page)
        page.reload()  # what the page is drawn with comes by the worker now
        kiosk.expect_picture(timeout=60_000)
        kept = page.evaluate(KEPT)
        assert set(installed.AWAY) <= set(kept)
        assert all(path.startswith(CODE) or path in installed.AWAY for path in kept)
        server.stop()
        began = datetime.now(UTC)
        browse.close(page)

        page = browse.device(device, camera)  # switched off, and on again
        page.goto(f"{server.url}/take_attendance?kiosk=main")
        _tap(page)
        expect(page.get_by_text("The server does not answer for")).to_be_visible()
        expect(page).to_have_title("Attendance")
        _fits(page)
        ended = datetime.now(UTC)
        browse.close(page)

        page = browse.device(device, camera)  # and once more: it is still there
        page.goto(f"{server.url}/take_attendance?kiosk=main")
        expect(page.locator(".k-kept")).to_contain_text("saved on this device")
        _enrol(server, material, tmp_path / "people")
        page.context.add_init_script(NO_CAMERA)  # nobody can be marked any other way
        server.start()
        expect(page.locator("html[data-alone]")).to_have_count(0)  # the page itself, by itself
        expect(page.get_by_text("1 mark", exact=False)).to_be_visible(timeout=LONG)
        expect(page.locator(".k-kept")).to_be_hidden(timeout=LONG)
        ((who, at, source, reviewed),) = server.beside.run(MARKS)
        assert (who, source, reviewed) == (f"E{PEOPLE[0]}", "offline", True)
        noted = datetime.fromisoformat(at)
        assert began - timedelta(seconds=5) <= noted <= ended + timedelta(seconds=5)


# --- the worker -------------------------------------------------------------------------------

AWAY = AwayFiles(
    screen_files.away_page(ENGLISH),
    screen_files.AWAY_CSS,
    screen_files.away_script(ENGLISH),
    screen_files.WORKER,
)
PAGE = """<!doctype html><title>The page</title><h1>The page</h1><script>
navigator.serviceWorker.register('/kiosk/worker.js', {scope: '/take_attendance'})</script>"""


@dataclass
class Place:
    """An app with nothing but the worker's routes, a page, code and answers about somebody.
    ``says``: what stands in place of the page's answer, such as a proxy's; ``hangs``: there
    is none."""

    files: AwayFiles = AWAY
    says: tuple[int, dict[str, str]] | None = None
    hangs: bool = False
    port: int = 0
    server: uvicorn.Server | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/take_attendance?kiosk=main"

    async def page(self, _: Request) -> Response:
        while self.hangs:
            await anyio.sleep(0.1)
        if self.says:
            return HTMLResponse("<h1>Somebody else</h1>", *self.says)
        return HTMLResponse(PAGE)

    async def other(self, request: Request) -> Response:
        lasting = "public, max-age=9, immutable" if "-kept" in request.url.path else "no-store"
        return PlainTextResponse("1", headers={"Cache-Control": lasting})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        branding = Branding(lambda: "Northwind Primary School", lambda: "#0f766e")
        routes = [
            *installed.routes(self.files, branding, "take_attendance"),
            Route("/take_attendance", self.page, methods=["GET", "HEAD"]),
            Route("/{path:path}", self.other),
        ]
        strict = Middleware(StrictHttp, hosts=frozenset({"localhost"}), tls=False)
        await Starlette(routes=routes, middleware=[strict])(scope, receive, send)


@pytest.fixture
def place() -> Iterator[Place]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        place = Place(port=listening.getsockname()[1])
        config = uvicorn.Config(place, log_level="error", lifespan="off")
        server = place.server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        wait_until(lambda: server.started)
        yield place
        place.hangs, server.should_exit = False, True
        thread.join()


def _taken_over(page: Page, place: Place) -> None:
    page.goto(place.url)
    until(page, TAKEN_OVER)


def test_the_worker_keeps_the_app_s_lasting_code_and_nothing_else(
    browse: Browsers, place: Place
) -> None:
    page = browse.page()
    _taken_over(page, place)
    code = ["/static/js/a-kept.js", "/component/x/assets/b-kept.css"]
    others = ["/static/js/changes.js", "/media/face-kept.jpg", "/session", "/api/v1/people-kept"]
    page.evaluate("(paths) => Promise.all(paths.map((one) => fetch(one)))", [*code, *others])
    until(page, f"async () => (await ({KEPT})()).length >= {3 + len(code)}")
    assert sorted(page.evaluate(KEPT)) == sorted([*installed.AWAY, *code])


def test_a_proxy_s_answer_is_none_and_the_app_s_own_is_shown_as_it_is(
    browse: Browsers, place: Place
) -> None:
    page = browse.page()
    _taken_over(page, place)
    for status, headers in ((404, {}), (500, {}), (503, WAITS)):
        place.says = status, headers
        page.goto(place.url)
        expect(page.get_by_role("heading")).to_have_text("Somebody else")
    for status in (502, 503, 504):
        place.says = status, {}
        page.goto(place.url)
        expect(page.get_by_text("The server does not answer")).to_be_visible()
    place.says = None
    expect(page).to_have_title("The page")  # nobody has touched anything


def test_a_server_that_hangs_is_one_that_is_away(browse: Browsers, place: Place) -> None:
    page = browse.page()
    _taken_over(page, place)
    place.hangs = True
    page.goto(place.url)
    expect(page.get_by_text("The server does not answer")).to_be_visible()
    place.hangs = False  # what was asked meanwhile is answered late
    expect(page).to_have_title("The page")


@pytest.fixture
def encrypted(tmp_path: Path, place: Place) -> Iterator[Nginx]:
    with in_front_of(place.port, tmp_path / "nginx") as proxy:
        yield proxy


def _trusts(certificate: Path) -> str:
    """For a Chromium that takes this certificate as one of an authority that it knows: before
    another it lets no worker in."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = base64.b64encode(sha256(der).digest()).decode()
    return f"--ignore-certificate-errors-spki-list={digest}"


@pytest.mark.nightly
def test_behind_nginx_over_https_the_worker_stands_in_for_an_app_that_is_away(
    chromium: Chromium, encrypted: Nginx, place: Place, tmp_path: Path
) -> None:
    flags = [*FLAGS, _trusts(encrypted.certificate)]
    device = chromium.profile(tmp_path / "device", flags)
    try:
        page, address = device.pages[0], f"{encrypted.url}/take_attendance?kiosk=main"
        page.goto(address)
        until(page, TAKEN_OVER)
        assert place.server
        place.server.should_exit = True
        wait_until(lambda: httpx.get(address, verify=False).status_code == 502)  # noqa: S501
        page.goto(address)
        expect(page.get_by_text("The server does not answer")).to_be_visible(timeout=30_000)
    finally:
        chromium.leave(device)


@pytest.mark.nightly
def test_another_version_takes_the_place_of_the_one_before_with_all_that_it_kept(
    browse: Browsers, place: Place
) -> None:
    page = browse.page()
    _taken_over(page, place)
    before = page.evaluate("caches.keys()")
    assert before == [f"kiosk-{AWAY.version}"]
    place.files = replace(AWAY, page=AWAY.page.replace("<title>Attendance", "<title>New"))
    page.reload()
    now = f"kiosk-{place.files.version}"
    until(page, f"async () => (await caches.keys()).join() === '{now}'")
    place.says = 502, {}
    page.goto(place.url)
    expect(page.get_by_text("The server does not answer")).to_be_visible()
    shown = page.evaluate("caches.match('/kiosk/away').then((one) => one.text())")
    assert "<title>New" in shown
