"""Who may open a kiosk's live line, and who keeps it: the real gate, accounts, devices, Redis."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.control.access_control import Access
from face_rec.access.rights import Role
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.redis.client import Client
from face_rec.web.gate import tab_socket
from face_rec.web.live import live
from tests.device_key import DeviceKey
from tests.fakes.clock import FakeClock
from tests.fakes.live import FakeLive
from tests.gate_app import ORIGIN, GateApp, access_on, first_told, listen, prove

DOOR = "ws://localhost/live?kiosk=front-door&screen=s1"
OTHER = "ws://localhost/live?kiosk=other&screen=s1"


@pytest.fixture
def line() -> FakeLive:
    return FakeLive()


@pytest.fixture
def gate(redis_client: Client, line: FakeLive) -> GateApp:
    clock = FakeClock()
    routes = live.routes(lambda: line.sources)
    found = GateApp(access_on(redis_client, clock), clock, more=[*routes])
    found.add("ada")
    return found


def _end(browser: TestClient, change: Callable[[], object], url: str = DOOR) -> int:
    """The code with which an open line ends after ``change``."""
    with browser.websocket_connect(url, headers=ORIGIN) as socket:
        assert socket.receive_json()["state"]
        change()
        with pytest.raises(WebSocketDisconnect) as over:
            listen(socket)
    return over.value.code


# --- the handshake


def test_a_kiosk_s_device_has_its_own_line_and_no_other(gate: GateApp) -> None:
    tablet = gate.kiosk()
    assert first_told(tablet, DOOR)["site"]["title"] == "Test site"
    assert first_told(tablet, OTHER) is None


def test_an_admin_may_look_at_any_kiosk_and_a_manager_at_none(gate: GateApp) -> None:
    gate.add("max", Role.MANAGER)
    gate.add("reg", Role.REGISTRAR)
    admin = gate.signed_in("ada")
    assert first_told(admin, DOOR)
    assert first_told(admin, OTHER)
    assert first_told(gate.signed_in("max"), DOOR) is None
    assert first_told(gate.signed_in("reg"), DOOR) is None


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "https://evil.example"}, {"origin": "null"},
     {"origin": "http://localhost:99"}, {**ORIGIN, "host": "evil.example"},
     {**ORIGIN, "sec-fetch-site": "cross-site"}],
)  # fmt: skip
def test_no_other_site_s_page_opens_a_line(gate: GateApp, headers: dict[str, str]) -> None:
    assert first_told(gate.kiosk(), DOOR, headers) is None


def test_a_stranger_gets_no_line(gate: GateApp) -> None:
    assert first_told(gate.browser(), DOOR) is None
    thief = gate.browser()
    thief.cookies.set("fr_kiosk", gate.kiosk().cookies["fr_kiosk"])  # without its key
    assert first_told(thief, DOOR) is None


def test_outside_its_hours_a_kiosk_has_no_line(gate: GateApp) -> None:
    tablet = gate.kiosk()
    at = gate.clock.now().time()
    gate.decide(KioskRecord("front-door", opens=at.replace(hour=20), closes=at.replace(hour=22)))
    gate.wait()
    assert first_told(tablet, DOOR) is None
    ada = gate.signed_in("ada")
    assert first_told(ada, DOOR) is None, "hours are the kiosk's, whoever is it"
    assert first_told(ada, OTHER)


@pytest.mark.parametrize(
    "query", ["", "kiosk=nobody&screen=s", "kiosk=front-door", "kiosk=front-door&screen=",
              "kiosk=front-door&screen=" + "x" * 65, "kiosk=front-door&screen=a%20b",
              "kiosk=FRONT&screen=s", "screen=s"],
)  # fmt: skip
def test_a_line_names_a_kiosk_that_there_is_and_a_screen(gate: GateApp, query: str) -> None:
    assert first_told(gate.signed_in("ada"), f"ws://localhost/live?{query}") is None


def test_a_line_has_one_path(gate: GateApp) -> None:
    admin = gate.signed_in("ada")
    assert first_told(admin, "ws://localhost/records/live?kiosk=front-door&screen=s") is None
    answer = admin.get("/live?kiosk=front-door&screen=s")
    assert "site" not in answer.text


def test_before_the_system_stands_there_is_no_line(redis_client: Client) -> None:
    clock = FakeClock()
    starting = GateApp(access_on(redis_client, clock), clock, more=[*live.routes(lambda: None)])
    starting.add("ada")
    assert first_told(starting.signed_in("ada"), DOOR) is None


# --- while it is open


CHANGES: dict[str, Callable[[Access], object]] = {
    "another role": lambda a: a.accounts.change("eve", Role.MANAGER, ALL_GROUPS, active=True),
    "switched off": lambda a: a.accounts.change("eve", Role.ADMIN, ALL_GROUPS, active=False),
    "signed out": lambda a: a.sign_in.sign_out_everywhere("eve"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whoever_loses_the_right_loses_the_line_at_once(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch, change: Callable[[Access], object]
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", 3600.0)  # only word of the change can end it
    gate.add("eve")
    assert _end(gate.signed_in("eve"), lambda: change(gate.access)) == 1008


def test_a_revoked_device_loses_its_line_at_once(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", 3600.0)
    tablet = gate.kiosk()

    def revoke() -> None:
        gate.clock.advance(1)
        gate.access.devices.revoke("front-door")

    assert _end(tablet, revoke) == 1008


def test_a_line_ends_when_its_kiosk_closes(gate: GateApp) -> None:
    """Nobody changes anything: the hour comes, and the gate looks every two seconds."""
    tablet = gate.kiosk()
    now = gate.clock.now().time()
    closes = now.replace(minute=now.minute + 1)
    gate.decide(KioskRecord("front-door", opens=now, closes=closes))
    gate.wait()
    # Well within the five minutes for which its device has proved its key.
    assert _end(tablet, lambda: gate.clock.advance(70.0)) == 1008


def test_a_line_lasts_as_long_as_its_device_goes_on_proving_its_key(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", 0.05)
    key = DeviceKey()
    tablet = gate.kiosk(key=key)

    def wait(seconds: float) -> None:
        gate.clock.advance(seconds)

    with tablet.websocket_connect(DOOR, headers=ORIGIN) as socket:
        socket.receive_json()
        for _ in range(4):  # thirteen minutes, of which one proof lasts five
            wait(200.0)
            assert prove(tablet, key).status_code == 204
            socket.receive_json()
        wait(400.0)
        with pytest.raises(WebSocketDisconnect) as over:
            listen(socket)
    assert over.value.code == 1008


def test_while_the_database_is_away_a_line_stays_open(
    gate: GateApp, line: FakeLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", 0.05)

    def away(*_: object) -> None:
        raise StoreUnavailable("away")

    with gate.signed_in("ada").websocket_connect(DOOR, headers=ORIGIN) as socket:
        socket.receive_json()
        monkeypatch.setattr(gate.access.sign_in, "session_of", away)
        gate.wait()
        line.is_away = True
        assert socket.receive_json()["state"]["away"]
        assert set(socket.receive_json()) == {"at"}


def test_a_kiosk_that_is_removed_ends_its_lines(gate: GateApp, line: FakeLive) -> None:
    assert _end(gate.signed_in("ada"), lambda: line.records.pop("front-door")) == 1008


def test_the_hour_of_closing_is_told_before_the_line_ends(gate: GateApp, line: FakeLive) -> None:
    with gate.kiosk().websocket_connect(DOOR, headers=ORIGIN) as socket:
        assert not socket.receive_json()["state"]["closed"]
        line.shut("front-door")
        while not (told := socket.receive_json()).get("state"):
            pass
    assert told["state"]["closed"]
