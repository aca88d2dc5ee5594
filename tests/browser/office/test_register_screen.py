"""Register's guided capture in a real browser: drawn once, said in words, no press lost."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocket, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.conftest import Cast
from tests.browser.support.axe import serious_in
from tests.browser.support.chromium import Browsers
from tests.browser.support.fake_camera import NIGHT, Shot, make_camera
from tests.browser.support.page_state import rest
from tests.browser.support.screens import RegisterScreen
from tests.browser.support.server import AppServer

pytestmark = [pytest.mark.browser, pytest.mark.models]

SIZES = {"desk": (1440, 900), "phone": (390, 844)}
SCROLLS = """() => { const main = document.querySelector('[data-testid=stMain]');
  return main.scrollWidth > main.clientWidth + 1; }"""
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
FAILS = """(name) => {
  const media = navigator.mediaDevices;
  if (media) media.getUserMedia = async () => { throw new DOMException('no', name); };
}"""


class Runs:
    """How often a page asks Streamlit for a run."""

    def __init__(self, page: Page) -> None:
        self.asked = 0
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        if "/_stcore/stream" in socket.url:
            socket.on("framesent", self._sent)

    def _sent(self, payload: str | bytes) -> None:
        said = BackMsg()
        said.ParseFromString(payload if isinstance(payload, bytes) else payload.encode())
        self.asked += said.WhichOneof("type") == "rerun_script"


def _begun(page: Page, plain: AppServer) -> RegisterScreen:
    """The page with nothing in it: what a page before it left is thrown away."""
    screen = RegisterScreen(page, plain.url)
    rest(page)
    if page.get_by_role("button", name="Begin anew").count():
        screen.begin_anew()
        rest(page)
    return screen


def _camera(tmp_path: Path, *shots: Shot) -> Path:
    return make_camera(tmp_path / "desk.mjpeg", shots)


def _expect_picture(page: Page) -> None:
    expect(page.get_by_test_id("camera")).to_have_attribute("data-state", "ok")


def test_while_the_camera_starts_and_films_the_page_asks_for_no_run_and_for_one_when_it_is_done(
    plain: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    """Each run that a component asks for ends the one before it, with the press that began it."""
    page = browse.page(_camera(tmp_path, Shot([], 6), Shot(cast.sides, 12.5)))
    runs = Runs(page)
    screen = _begun(page, plain)
    begun = runs.asked
    _expect_picture(page)
    expect(page.get_by_text("3 photos accepted")).to_be_visible()
    assert runs.asked == begun
    screen.expect_said("All views are taken")
    screen.expect_photos(5)
    assert runs.asked == begun + 1


def test_no_press_is_lost_while_the_camera_starts(
    plain: AppServer, browse: Browsers, tmp_path: Path, thorough: bool
) -> None:
    screen = _begun(browse.page(_camera(tmp_path, Shot([], 4))), plain)
    page = screen.page
    for number in range(4 if thorough else 2):
        screen.choose("Upload")  # the camera was just begun
        expect(page.get_by_test_id("stFileUploaderDropzoneInput")).to_have_count(1)
        rest(page)
        screen.fill(f"Cleo {number}", "3")
        screen.choose("Guided")
        expect(page.get_by_test_id("guide")).to_be_visible()
        rest(page)
        screen.begin_anew()
        expect(page.get_by_test_id("guide")).to_be_visible()
        rest(page)


@pytest.mark.nightly
def test_a_photo_that_is_removed_while_the_camera_films_is_asked_for_again(
    plain: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    page = browse.page(_camera(tmp_path, Shot(cast.sides[:2], 5)))
    runs = Runs(page)
    screen = _begun(page, plain)
    screen.expect_photos(2)
    begun = runs.asked
    step = page.get_by_role("listitem").filter(has_text="Left")
    expect(step).to_contain_text("taken")
    page.get_by_role("button", name="Remove: Turned left").click()
    screen.expect_photos(1)
    expect(step).not_to_contain_text("taken")
    screen.expect_photos(2)
    assert runs.asked == begun, "and the page has no part in it"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "The camera is blocked"),
        pytest.param("NotFoundError", "No camera found", marks=pytest.mark.nightly),
        pytest.param(
            "NotReadableError", "Another program may be using it", marks=pytest.mark.nightly
        ),
    ],
)
def test_why_there_is_no_picture_is_said_and_the_other_ways_are_there(
    plain: AppServer, browse: Browsers, error: str, words: str
) -> None:
    page = browse.page()
    page.add_init_script(f"({FAILS})('{error}')")
    screen = _begun(page, plain)
    expect(page.get_by_test_id("camera")).to_contain_text(words)
    expect(page.get_by_test_id("guide")).to_contain_text("Waiting for the camera.")
    expect(page.get_by_test_id("guide")).not_to_contain_text("Look straight")
    assert not serious_in(page, ".fr-enrol")
    screen.choose("Upload")
    expect(page.get_by_test_id("stFileUploaderDropzoneInput")).to_have_count(1)


@pytest.mark.nightly
def test_before_a_covered_camera_nobody_is_asked_to_look_at_it(
    plain: AppServer, browse: Browsers, tmp_path: Path
) -> None:
    page = browse.page(_camera(tmp_path, Shot([NIGHT], 8), Shot([], 8)))
    _begun(page, plain)
    _expect_picture(page)
    guide = page.get_by_test_id("guide")
    expect(guide).to_contain_text("The picture is dark")
    expect(guide).to_contain_text("Look at the camera")  # it is light again, and nobody is there


class ToldLine:
    """The line of a capture, spoken by the test; one that was cut for its silence, while the
    test looked at the page, begins anew by telling all that there is."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.mute = False
        self._latest: tuple[str, ...] = ("Look straight at the camera.",)
        page.route_web_socket("**/capture/live?*", self._opened)

    def _opened(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        if not self.mute:
            self.tell(*self._latest)

    def tell(self, hint: str, *taken: str) -> None:
        """The whole screen, as the first message of a line has it."""
        self._latest = (hint, *taken)
        views = ["front", "left", "right", "up", "down"]
        guide = {"hint": hint, "wanted": views[len(taken)], "taken": taken, "done": False}
        photos = [{"id": view, "view": view, "grade": "good", "picture": DOT} for view in taken]
        box = {"track": 0, "box": [200, 100, 420, 380], "mood": "looking", "name": ""}
        scene = {"number": 1, "width": 640, "height": 480, "faces": [box | {"problem": ""}]}
        told: dict[str, Any] = {"at": time.time(), "guide": guide, "photos": photos}
        self.sockets[-1].send(json.dumps(told | {"scene": scene}))


def test_hint_steps_and_photos_are_readable_and_silence_is_said(
    plain: AppServer, browse: Browsers, cast: Cast, tmp_path: Path
) -> None:
    page = browse.page(_camera(tmp_path, Shot([], 4)))
    line = ToldLine(page)
    _begun(page, plain)
    _expect_picture(page)
    wrong: list[str] = []
    for taken in ((), ("front", "left"), ("front", "left", "right", "up")):
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            hint = f"Turn your head slowly, {len(taken)} {size}."
            line.tell(hint, *taken)
            expect(page.get_by_test_id("guide")).to_contain_text(hint)
            wrong += [f"{len(taken)}, {size}: {one}" for one in serious_in(page, ".fr-enrol")]
            wrong += [f"{len(taken)}, {size}: the page scrolls aside"] * page.evaluate(SCROLLS)
    assert not wrong
    line.mute = True
    expect(page.get_by_test_id("camera")).to_have_attribute("data-state", "server")
    line.mute = False
    _expect_picture(page)  # a line that is silent is cut, and a new one begins by telling all
