"""A guided capture as its page sees it: pictures in, and what the line tells of them."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from face_rec.domain.faces import View
from face_rec.people.photos.capture import STEPS
from face_rec.web.frames.exchange import HEADER
from face_rec.web.gate.gate_off import GateOff
from face_rec.web.live import capture
from face_rec.web.live import line as line_module
from tests.fakes.capture import FakeCaptures
from tests.unit.web.test_web_frames import a_jpeg

ORIGIN = {"origin": "http://localhost"}
JPEG = ORIGIN | {"Content-Type": "image/jpeg"}


@pytest.fixture
def fake() -> FakeCaptures:
    return FakeCaptures()


@pytest.fixture
def browser(fake: FakeCaptures) -> Iterator[TestClient]:
    routes = capture.routes(lambda: fake.sources)
    app = Starlette(routes=routes, middleware=[Middleware(GateOff)])
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def _open(
    browser: TestClient, name: str, headers: dict[str, str] = ORIGIN
) -> WebSocketTestSession:
    return browser.websocket_connect(
        f"ws://localhost/capture/live?capture={name}", headers=headers
    )


def _until(socket: WebSocketTestSession, part: str, fits: Callable[[Any], bool]) -> Any:  # noqa: ANN401
    """The first value of the part that fits; the messages before are heard and forgotten."""
    while True:
        told = socket.receive_json()
        if part in told and fits(told[part]):
            return told[part]


def _end(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as over:
        _until(socket, "", lambda _: False)
    return over.value.code


def _numbers(browser: TestClient, name: str) -> list[str]:
    answer = browser.post(f"/capture/start?capture={name}", headers=ORIGIN)
    assert answer.status_code == 200, answer.text
    given: list[str] = answer.json()["numbers"]
    return given


def _send(
    browser: TestClient, name: str, number: str, headers: dict[str, str] = JPEG
) -> httpx.Response:
    answer: httpx.Response = browser.post(
        f"/capture?capture={name}", content=a_jpeg(), headers=headers | {HEADER: number}
    )
    return answer


# --- pictures


def test_a_picture_reaches_its_capture_and_the_answer_brings_the_next_number(
    browser: TestClient, fake: FakeCaptures
) -> None:
    name, stream = fake.open()
    number, _ = _numbers(browser, name)
    answer = _send(browser, name, number)
    assert answer.status_code == 200
    assert set(answer.json()) == {"number", "fresh", "took"}
    (picture,) = stream.pictures
    assert picture.shape == (48, 64, 3)
    assert _send(browser, name, number).status_code == 428, "a recorded one is not taken again"
    assert _send(browser, name, answer.json()["number"]).status_code == 200
    assert len(stream.pictures) == 2


def test_a_capture_that_has_ended_takes_no_picture(
    browser: TestClient, fake: FakeCaptures
) -> None:
    name, stream = fake.open()
    number, _ = _numbers(browser, name)
    fake.captures.close(name)
    answer = _send(browser, name, number)
    assert answer.status_code == 404
    assert "has ended" in answer.json()["error"]
    assert not stream.pictures


@pytest.mark.parametrize("query", ["", "?capture=", "?capture=invented", "?kiosk=main"])
def test_a_capture_that_there_is_not_gets_no_number(browser: TestClient, query: str) -> None:
    assert browser.post(f"/capture/start{query}", headers=ORIGIN).status_code == 404


def test_no_other_site_s_page_feeds_a_capture(browser: TestClient, fake: FakeCaptures) -> None:
    name, stream = fake.open()
    number, _ = _numbers(browser, name)
    foreign = JPEG | {"origin": "https://evil.example"}
    assert _send(browser, name, number, foreign).status_code == 403
    assert _send(browser, name, number, JPEG | {"Content-Type": "text/plain"}).status_code == 415
    assert not stream.pictures


def test_the_route_itself_asks_where_a_picture_comes_from(fake: FakeCaptures) -> None:
    """Also where no gate stands before it."""
    name, _ = fake.open()
    bare = TestClient(Starlette(routes=capture.routes(lambda: fake.sources)))
    answer = bare.post(
        f"/capture/start?capture={name}", headers={"origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_before_the_system_stands_the_browser_is_told_to_come_again() -> None:
    app = Starlette(routes=capture.routes(lambda: None), middleware=[Middleware(GateOff)])
    early = TestClient(app, base_url="http://localhost")
    assert early.post("/capture/start?capture=x", headers=ORIGIN).status_code == 503
    with pytest.raises(WebSocketDisconnect), _open(early, "x"):
        pass


# --- the line


def test_a_line_tells_what_to_do_and_what_was_taken_until_it_is_done(
    browser: TestClient, fake: FakeCaptures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "_TICK", 3600.0)
    monkeypatch.setattr(line_module, "BEAT", 3600.0)
    name, stream = fake.open()
    with _open(browser, name) as socket:
        first = socket.receive_json()
        assert set(first) == {"at", "scene", "guide", "photos"}
        assert first["guide"]["hint"] == "Look straight at the camera."
        assert first["guide"]["wanted"] == "front"
        assert first["photos"] == []
        shown = first
        for number, view in enumerate(STEPS, 1):
            fake.hold(stream, view)
            while len(shown["photos"]) < number:
                shown |= socket.receive_json()
            newest = shown["photos"][-1]
            assert newest["view"] == view
            assert newest["picture"].startswith("data:image/jpeg;base64,")
            assert newest["grade"] in {"excellent", "good", "fair"}
    assert shown["guide"]["done"]
    assert shown["guide"]["taken"] == list(STEPS)
    assert shown["guide"]["wanted"] is None


def test_whom_the_camera_sees_is_told_without_a_name(
    browser: TestClient, fake: FakeCaptures
) -> None:
    name, stream = fake.open()
    with _open(browser, name) as socket:
        socket.receive_json()
        fake.hold(stream, View.FRONT)
        scene = _until(socket, "scene", lambda scene: scene["faces"])
    assert (scene["width"], scene["height"]) == (640, 480)
    assert [(face["mood"], face["name"]) for face in scene["faces"]] == [("looking", "")]


def test_a_photo_is_taken_out_by_its_line_however_it_was_given(
    browser: TestClient, fake: FakeCaptures
) -> None:
    fake.uploaded.append(fake.people.photo(1))
    name, stream = fake.open()
    fake.hold(stream, View.FRONT)
    with _open(browser, name) as socket:
        uploaded, taken = socket.receive_json()["photos"]
        socket.send_json({"remove": taken["id"]})
        assert _until(socket, "photos", lambda photos: len(photos) == 1) == [uploaded]
        assert stream.guide.state().wanted is View.FRONT, "its view is asked for again"
        socket.send_json({"remove": uploaded["id"]})
        assert _until(socket, "photos", lambda photos: not photos) == []
        socket.send_json({"remove": uploaded["id"]})  # pressed twice
        assert not fake.uploaded


def test_of_two_photos_that_are_the_same_one_is_taken_out(
    browser: TestClient, fake: FakeCaptures
) -> None:
    fake.uploaded += [fake.people.photo(1), fake.people.photo(1)]
    name, _ = fake.open()
    with _open(browser, name) as socket:
        first, second = socket.receive_json()["photos"]
        socket.send_json({"remove": second["id"]})
        assert _until(socket, "photos", lambda photos: len(photos) == 1) == [first]


@pytest.mark.parametrize(
    ("said", "code"),
    [("junk", 1003), ('{"remove":1}', 1003), ('{"remove":"x","more":1}', 1003),
     ('{"beat":{"transport":"http"}}', 1003), ('{"remove":"' + "x" * 65 + '"}', 1003),
     ('{"remove":"x"}' + " " * 4096, 1008)],
)  # fmt: skip
def test_anything_else_ends_the_line(
    browser: TestClient, fake: FakeCaptures, said: str, code: int
) -> None:
    name, _ = fake.open()
    with _open(browser, name) as socket:
        socket.receive_json()
        socket.send_text(said)
        assert _end(socket) == code


def test_too_many_words_end_the_line(browser: TestClient, fake: FakeCaptures) -> None:
    name, _ = fake.open()
    with _open(browser, name) as socket:
        for _ in range(50):
            socket.send_json({"remove": "x"})
        assert _end(socket) == 1008


def test_the_line_ends_with_its_capture(browser: TestClient, fake: FakeCaptures) -> None:
    name, _ = fake.open()
    with _open(browser, name) as socket:
        socket.receive_json()
        fake.captures.close(name)
        assert _end(socket) == 1008
    assert not fake.listeners._of, "and is called no more"


def test_a_page_that_connects_anew_has_one_line(browser: TestClient, fake: FakeCaptures) -> None:
    name, _ = fake.open()
    with _open(browser, name) as old, _open(browser, name) as new:
        assert new.receive_json()["guide"]
        old.receive_json()
        assert _end(old) == 1000


@pytest.mark.parametrize("name", ["", "invented"])
def test_a_capture_that_there_is_not_has_no_line(browser: TestClient, name: str) -> None:
    with pytest.raises(WebSocketDisconnect), _open(browser, name):
        pass


def test_no_other_site_s_page_opens_a_line(browser: TestClient, fake: FakeCaptures) -> None:
    name, _ = fake.open()
    for headers in ({}, {"origin": "https://evil.example"}, {"origin": "null"}):
        with pytest.raises(WebSocketDisconnect), _open(browser, name, headers):
            pass
