"""Who may feed and watch a guided capture, and who keeps it: the real gate, accounts, Redis."""

from collections.abc import Callable

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import SESSION
from face_rec.access.rights import Role
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS
from face_rec.stores.redis.client import Client
from face_rec.web.gate import tab_socket
from face_rec.web.live import capture
from tests.fakes.capture import FakeCaptures
from tests.fakes.clock import FakeClock
from tests.gate_app import ORIGIN, GateApp, access_on, first_told, listen


@pytest.fixture
def captures() -> FakeCaptures:
    return FakeCaptures()


@pytest.fixture
def gate(redis_client: Client, captures: FakeCaptures) -> GateApp:
    clock = FakeClock()
    routes = capture.routes(lambda: captures.sources)
    found = GateApp(access_on(redis_client, clock), clock, more=[*routes])
    found.add("reg", Role.REGISTRAR)
    return found


def _opened_by(gate: GateApp, captures: FakeCaptures, browser: TestClient) -> str:
    """The name of a capture that the page in ``browser`` opened."""
    who = gate.access.of_cookies(dict(browser.cookies))
    assert who is not None
    name, _ = captures.open()
    assert gate.access.captures.claim(name, who)
    return name


def _url(name: str) -> str:
    return f"ws://localhost/capture/live?capture={name}"


def _fed(browser: TestClient, name: str) -> int:
    answer: httpx.Response = browser.post(f"/capture/start?capture={name}", headers=ORIGIN)
    return answer.status_code


def test_who_opened_a_capture_feeds_and_watches_it_and_nobody_else(
    gate: GateApp, captures: FakeCaptures
) -> None:
    desk = gate.signed_in("reg")
    name = _opened_by(gate, captures, desk)
    assert _fed(desk, name) == 200
    assert first_told(desk, _url(name))["guide"]["wanted"] == "front"
    gate.add("ada")
    gate.add("eve", Role.REGISTRAR)
    gate.clock.advance(1)
    for other in (gate.signed_in("ada"), gate.signed_in("eve"), gate.signed_in("reg")):
        assert _fed(other, name) == 404, "not even the same account in another sign-in"
        assert first_told(other, _url(name)) is None
        for verb in ("/capture", "/capture/start"):
            assert other.post(f"{verb}?capture={name}", headers=ORIGIN).status_code == 404


def test_who_may_not_register_people_has_no_capture(gate: GateApp, captures: FakeCaptures) -> None:
    gate.add("max", Role.MANAGER)
    manager, tablet, stranger = gate.signed_in("max"), gate.kiosk(), gate.browser()
    for browser in (manager, tablet):
        name = _opened_by(gate, captures, browser)
        assert _fed(browser, name) == 403
        assert first_told(browser, _url(name)) is None
    assert _fed(stranger, name) == 401
    assert first_told(stranger, _url(name)) is None


@pytest.mark.parametrize("name", ["", "invented", "../x"])
def test_a_name_that_was_not_given_out_opens_nothing(gate: GateApp, name: str) -> None:
    desk = gate.signed_in("reg")
    assert _fed(desk, name) == 404
    assert first_told(desk, _url(name)) is None


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "https://evil.example"}, {"origin": "null"},
     {"origin": "http://localhost:99"}, {**ORIGIN, "host": "evil.example"},
     {**ORIGIN, "sec-fetch-site": "cross-site"}],
)  # fmt: skip
def test_no_other_site_s_page_opens_a_line_or_sends_a_picture(
    gate: GateApp, captures: FakeCaptures, headers: dict[str, str]
) -> None:
    desk = gate.signed_in("reg")
    name = _opened_by(gate, captures, desk)
    assert first_told(desk, _url(name), headers) is None
    if headers:  # a request without an origin is no page's
        answer = desk.post(f"/capture/start?capture={name}", headers=headers)
        assert answer.status_code in {400, 403, 421}


def test_a_line_has_one_path(gate: GateApp, captures: FakeCaptures) -> None:
    desk = gate.signed_in("reg")
    name = _opened_by(gate, captures, desk)
    with pytest.raises(WebSocketDisconnect):
        desk.websocket_connect(f"ws://localhost/live?capture={name}", headers=ORIGIN).__enter__()


CHANGES: dict[str, Callable[[Access], object]] = {
    "another role": lambda a: a.accounts.change("eve", Role.MANAGER, ALL_GROUPS, active=True),
    "switched off": lambda a: a.accounts.change("eve", Role.REGISTRAR, ALL_GROUPS, active=False),
    "signed out": lambda a: a.sign_in.sign_out_everywhere("eve"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whoever_loses_the_right_loses_line_and_camera_at_once(
    gate: GateApp, captures: FakeCaptures, monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Access], object],
) -> None:  # fmt: skip
    monkeypatch.setattr(tab_socket, "EVERY", 3600.0)  # only word of the change can end it
    gate.add("eve", Role.REGISTRAR)
    desk = gate.signed_in("eve")
    name = _opened_by(gate, captures, desk)
    with desk.websocket_connect(_url(name), headers=ORIGIN) as socket:
        assert socket.receive_json()["guide"]
        change(gate.access)
        with pytest.raises(WebSocketDisconnect) as over:
            listen(socket)
    assert over.value.code == 1008
    assert _fed(desk, name) in {401, 403}


def test_while_the_database_is_away_the_line_stays_open(
    gate: GateApp, captures: FakeCaptures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", 0.05)

    def away(*_: object) -> None:
        raise StoreUnavailable("away")

    desk = gate.signed_in("reg")
    name = _opened_by(gate, captures, desk)
    with desk.websocket_connect(_url(name), headers=ORIGIN) as socket:
        socket.receive_json()
        monkeypatch.setattr(gate.access.sign_in, "session_of", away)
        gate.wait()
        captures.clock.advance(3)
        assert set(socket.receive_json()) == {"at"}


def test_a_stolen_name_without_the_cookie_is_nothing(
    gate: GateApp, captures: FakeCaptures
) -> None:
    desk = gate.signed_in("reg")
    name = _opened_by(gate, captures, desk)
    thief = gate.browser()
    thief.cookies.set(SESSION, "invented")
    assert first_told(thief, _url(name)) is None
    assert _fed(thief, name) == 401
