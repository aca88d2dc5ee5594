"""Who may see the live wall, and for how long: the real gate, accounts, Redis."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.rights import Role
from face_rec.cameras.camera import Camera, CameraEntry
from face_rec.cameras.camera_health import CameraHealth, CameraState
from face_rec.cameras.wall import Shot, WallFeed
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.redis.client import Client
from face_rec.web.gate import tab_socket
from face_rec.web.live import wall
from face_rec.web.live.line import TRY_LATER, UNFIT
from face_rec.web.live.wall import WallSources
from tests.fakes.cameras import MemoryBoard
from tests.fakes.clock import MORNING, FakeClock
from tests.gate_app import ORIGIN, GateApp, access_on, listen

WALL = "ws://localhost/seen"
POLICY = 1008


class Site:
    """A gate that runs, and a yard that is switched off."""

    def __init__(self) -> None:
        self.board = MemoryBoard()
        self.clock = FakeClock()
        self.away = False
        self.feed = WallFeed(self.board, self.clock)
        self.entries = [
            CameraEntry(
                Camera(name, "", "rtsp://x", "ada", MORNING, enabled=name == "gate"),
                KioskRecord(name, title=name.title(), site="North"),
            )
            for name in ("gate", "yard")
        ]

    def all(self) -> list[CameraEntry]:
        if self.away:
            raise StoreUnavailable("away")
        return self.entries

    def healths(self, said_at: datetime = MORNING) -> list[CameraHealth]:
        return [CameraHealth(one.id, CameraState.RUNNING, said_at) for one in self.entries]

    def sources(self) -> WallSources:
        return WallSources(self.all, self.healths, self.feed.pictures, self.clock)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.feed.close()


@pytest.fixture
def gate(redis_client: Client, site: Site) -> GateApp:
    found = GateApp(
        access_on(redis_client, site.clock), site.clock, more=[*wall.routes(site.sources)]
    )
    found.add("ada")
    return found


def _opens(browser: TestClient, headers: dict[str, str] = ORIGIN) -> bool:
    try:
        with browser.websocket_connect(WALL, headers=headers) as socket:
            return bool(socket.receive_json()["cameras"])
    except WebSocketDisconnect:
        return False


def _end(browser: TestClient, change: Callable[[], object]) -> int:
    """The code with which an open wall ends after ``change``."""
    with browser.websocket_connect(WALL, headers=ORIGIN) as socket:
        assert socket.receive_json()["cameras"]
        change()
        with pytest.raises(WebSocketDisconnect) as over:
            listen(socket)
    return over.value.code


def _ended_at_once(browser: TestClient) -> WebSocketDisconnect:
    socket = browser.websocket_connect(WALL, headers=ORIGIN)
    with pytest.raises(WebSocketDisconnect) as over, socket as line:
        line.receive_text()
    return over.value


def test_an_admin_sees_it_and_nobody_else(gate: GateApp) -> None:
    for name, role in (("max", Role.MANAGER), ("hr", Role.HR), ("reg", Role.REGISTRAR)):
        gate.add(name, role)
        assert not _opens(gate.signed_in(name))
    assert not _opens(gate.kiosk())
    assert not _opens(gate.browser())
    assert not _opens(gate.signed_in("ada"), {"origin": "https://evil.example"})
    assert _opens(gate.signed_in("ada"))


def test_what_is_switched_on_comes_with_its_picture_and_whom_it_sees(
    gate: GateApp, site: Site
) -> None:
    with gate.signed_in("ada").websocket_connect(WALL, headers=ORIGIN) as socket:
        (tile,) = socket.receive_json()["cameras"]
        assert tile["id"] == "gate"
        assert (tile["title"], tile["site"], tile["seen"]) == ("Gate", "North", [])
        assert site.board.looks == {"gate"}
        site.board.send("gate", Shot(b"\xff\xd8 a\npicture", ("Zoë",)))
        told, picture = [], b""
        while not picture:
            message = socket.receive()
            picture = message.get("bytes") or b""
            told += [json.loads(message["text"])] if message.get("text") else []
        assert picture == b"gate\n\xff\xd8 a\npicture"
        assert told[-1]["cameras"][0]["seen"] == ["Zoë"]


def test_nothing_is_asked_of_cameras_while_no_wall_is_open(gate: GateApp, site: Site) -> None:
    assert _opens(gate.signed_in("ada"))
    site.board.looks.clear()
    gate.wait()
    assert site.board.looks == set()


@pytest.mark.parametrize("role", [Role.MANAGER, Role.HR])
def test_an_open_wall_ends_with_the_right(gate: GateApp, role: Role) -> None:
    account = gate.access.accounts
    gate.add("ina")
    over = _end(
        gate.signed_in("ina"), lambda: account.change("ina", role, ALL_GROUPS, active=True)
    )
    assert over == POLICY


def test_an_open_wall_ends_when_another_process_takes_the_right(
    gate: GateApp, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", 0.05)
    gate.add("ina")
    elsewhere = access_on(redis_client, gate.clock).accounts

    def change() -> None:
        elsewhere.change("ina", Role.MANAGER, ALL_GROUPS, active=True)
        gate.wait()

    assert _end(gate.signed_in("ina"), change) == POLICY


def test_a_wall_says_nothing_to_the_server(gate: GateApp) -> None:
    with gate.signed_in("ada").websocket_connect(WALL, headers=ORIGIN) as socket:
        socket.send_text("{}")
        with pytest.raises(WebSocketDisconnect) as over:
            listen(socket)
    assert over.value.code == UNFIT


def test_no_more_than_some_are_open_at_once(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall, "MOST", 1)
    browser = gate.signed_in("ada")
    with browser.websocket_connect(WALL, headers=ORIGIN) as first:
        first.receive_json()
        second = _ended_at_once(browser)
        assert second.code == TRY_LATER
    assert _opens(browser)


def test_without_the_database_a_wall_ends_and_says_so(gate: GateApp, site: Site) -> None:
    site.away = True
    over = _ended_at_once(gate.signed_in("ada"))
    assert (over.code, over.reason) == (TRY_LATER, "The database does not answer.")
