"""A kiosk while Redis is away, over an address that is not loopback."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.testclient import TestClient

from face_rec.access.control.access_control import Access
from face_rec.access.signin.sign_in import SignInService
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.stores.redis.client import RedisAddress, connect
from face_rec.stores.site.site_state import FileMark
from tests.device_key import DeviceKey
from tests.fakes.clock import FakeClock
from tests.gate_app import CHEAP, ORIGIN, GateApp, Office, prove
from tests.redis_servers import Server, standalone

JPEG = b"\xff\xd8\xff a picture \xff\xd9"


def _own_address() -> str:
    """An address of this machine besides loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; only chooses an address
        except OSError:
            pytest.skip("this machine has no address besides 127.0.0.1")
        return str(probe.getsockname()[0])


@contextmanager
def _served(gate: GateApp, address: str) -> Iterator[str]:
    """The gate and the application behind it on a real socket; its URL."""
    with socket.socket() as listener:
        listener.bind((address, 0))
        url = f"http://{address}:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(gate.app, log_level="error"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield url
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    with standalone(tmp_path / "redis") as server:
        yield server


def _access(redis: Server, folder: Path, clock: FakeClock) -> Access:
    client = connect(RedisAddress(nodes=(("127.0.0.1", redis.port),)))
    kiosk, mark = Office(client, clock), FileMark(folder / "accounts")
    options = AccessOptions(hasher=CHEAP, mark=mark, kiosk=kiosk)
    return open_access(client, "main", clock, options)


def _shown(browser: TestClient) -> dict[str, str]:
    return {cookie.name: str(cookie.value) for cookie in browser.cookies.jar}


def test_a_kiosk_goes_on_over_any_address_while_redis_is_away(
    redis: Server, tmp_path: Path
) -> None:
    address, clock = _own_address(), FakeClock()
    gate = GateApp(_access(redis, tmp_path, clock), clock, hosts=frozenset({"localhost", address}))
    gate.add("ada")
    key = DeviceKey()
    cookies = _shown(gate.kiosk(key=key))
    with _served(gate, address) as url, httpx.Client(base_url=url, cookies=cookies) as tablet:
        headers = {"origin": url, "content-type": "image/jpeg"}
        page = "/take_attendance?kiosk=front-door"
        assert tablet.get(page).text == "inside as kiosk Front door"
        redis.kill()
        gate.wait()
        assert tablet.get(page).text == "inside as kiosk Front door"
        sent = tablet.post("/frames?kiosk=front-door", content=JPEG, headers=headers)
        assert sent.text == f"took {len(JPEG)} bytes"
        assert tablet.get("/session").status_code == 204
        clock.advance(3600)  # the proof has lapsed: a new one is taken without the database
        assert tablet.get(page).status_code == 401
        assert _proves(tablet, url, DeviceKey()) == 403
        assert _proves(tablet, url, key) == 204
        assert tablet.get(page).text == "inside as kiosk Front door"
        stranger = httpx.get(f"{url}{page}", cookies={"fr_kiosk": "front-door.guessed"})
        assert stranger.status_code == 401
        assert httpx.get(f"{url}{page}", cookies={"fr_session": "x" * 43}).status_code == 503
        clock.advance(24 * 3600)
        assert _proves(tablet, url, key) == 503


def _proves(tablet: httpx.Client, url: str, key: DeviceKey) -> int:
    """The status of the answer to a proof."""
    headers = {"origin": url}
    asked = tablet.post("/kiosk/challenge", headers=headers)
    if asked.status_code != 200:
        return asked.status_code
    signed = key.sign(asked.json()["device"], asked.json()["challenge"])
    return tablet.post("/kiosk/prove", headers=headers, json=signed).status_code


def _door(redis: Server, folder: Path) -> SignInService:
    return _access(redis, folder, FakeClock()).sign_in


def test_that_there_was_an_account_is_known_after_a_restart_without_redis(
    redis: Server, tmp_path: Path
) -> None:
    door = _door(redis, tmp_path)
    assert door.needs_setup()
    GateApp(_access(redis, tmp_path, FakeClock()), FakeClock()).add("ada")
    assert not door.needs_setup()
    redis.kill()
    assert not door.needs_setup()
    assert not _door(redis, tmp_path).needs_setup()  # of a process that has never seen Redis


def test_without_that_knowledge_nobody_is_let_in_while_redis_is_away(
    redis: Server, tmp_path: Path
) -> None:
    clock = FakeClock()
    gate = GateApp(_access(redis, tmp_path, clock), clock)
    redis.kill()
    assert gate.browser("192.0.2.7").get("/").status_code == 503


WAITS = "This kiosk waits for its database"


def test_after_a_restart_without_redis_a_kiosk_is_told_so_and_comes_up_when_it_is_back(
    tmp_path: Path,
) -> None:
    """Nobody in the new process knows the device, nor a face: templates lie in Redis only."""
    page, html = "/take_attendance?kiosk=front-door", {"accept": "text/html"}
    with standalone(tmp_path / "redis", "--appendonly", "yes", "--appendfsync", "always") as redis:
        clock, key = FakeClock(), DeviceKey()
        gate = GateApp(_access(redis, tmp_path, clock), clock)
        gate.add("ada")
        cookies = _shown(gate.kiosk(key=key))
        assert not gate.access.sign_in.needs_setup()
        redis.kill()
        gate = GateApp(_access(redis, tmp_path, clock), clock)  # the app was started again
        tablet = gate.browser("192.0.2.7")
        tablet.cookies.update(cookies)
        sent = tablet.get(page, headers=html)
        assert sent.headers["location"].startswith("/kiosk/start?next=")
        for address in (sent.headers["location"], "/kiosk/start"):
            start = tablet.get(address)
            assert (start.status_code, WAITS in start.text) == (503, True)
            assert "script-src 'self'" in start.headers["content-security-policy"]
            assert f'data-next="{page}"' in start.text
        asked = tablet.post("/kiosk/challenge", headers=ORIGIN)
        assert (asked.status_code, asked.headers["x-waits-for"]) == (503, "database")
        assert tablet.get("/session").status_code == 401
        redis.start()
        gate.wait()
        assert prove(tablet, DeviceKey()).status_code == 403
        assert prove(tablet, key).status_code == 204
        assert WAITS not in tablet.get("/kiosk/start").text.partition("hidden")[0]
        assert tablet.get(page).text == "inside as kiosk Front door"


def test_a_new_machine_that_has_never_seen_redis_says_the_same_to_a_kiosk(
    redis: Server, tmp_path: Path
) -> None:
    clock = FakeClock()
    gate = GateApp(_access(redis, tmp_path / "old", clock), clock)
    gate.add("ada")
    cookies = _shown(gate.kiosk())
    redis.kill()
    gate = GateApp(_access(redis, tmp_path / "new", clock), clock)
    tablet = gate.browser("192.0.2.7")
    tablet.cookies.update(cookies)
    page = tablet.get("/take_attendance?kiosk=front-door", headers={"accept": "text/html"})
    assert (page.status_code, WAITS in page.text) == (503, True)
    assert page.headers["refresh"] == "5"
    assert tablet.get("/access.css").status_code == 200  # or the page has no look
    for answer in (tablet.get("/session"), tablet.post("/kiosk/challenge", headers=ORIGIN)):
        assert (answer.status_code, answer.headers["x-waits-for"]) == (503, "database")
    stranger = gate.browser("192.0.2.8").get("/", headers={"accept": "text/html"})
    assert (stranger.status_code, WAITS in stranger.text) == (503, False)
