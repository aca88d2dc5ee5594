"""A kiosk's cookie is worth nothing without the key of the tablet that was linked."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.control.cookie_names import KIOSK, PROOF
from face_rec.access.devices.device import SESSION_SECONDS
from face_rec.access.devices.devices import ROTATE_AFTER, TOKEN_LASTS
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.redis.client import Client
from tests.device_key import DeviceKey
from tests.fakes.clock import FakeClock
from tests.gate_app import ORIGIN, GateApp, access_on, prove, submit

PAGE = "/take_attendance?kiosk=front-door"
HTML = {"accept": "text/html"}
DOMAIN = "localhost.local"  # as the cookie jar calls a name without a dot


@pytest.fixture
def gate(redis_client: Client) -> GateApp:
    clock = FakeClock()
    made = GateApp(access_on(redis_client, clock), clock)
    made.add("ada")
    return made


@pytest.fixture
def key() -> DeviceKey:
    return DeviceKey()


@pytest.fixture
def tablet(gate: GateApp, key: DeviceKey) -> TestClient:
    return gate.kiosk(key=key)


def _inside(browser: TestClient) -> bool:
    return bool(browser.get(PAGE).text.startswith("inside"))


def _thief(gate: GateApp, tablet: TestClient, *names: str) -> TestClient:
    """Another browser, with copies of the tablet's cookies."""
    browser = gate.browser("192.0.2.66")
    for name in names:
        browser.cookies.set(name, tablet.cookies[name], domain=DOMAIN)
    return browser


def test_a_copied_cookie_opens_no_page_no_picture_and_no_socket(
    gate: GateApp, tablet: TestClient
) -> None:
    thief = _thief(gate, tablet, KIOSK)
    assert thief.get(PAGE).status_code == 401
    for path in ("/frames", "/frames/start", "/frames/still"):
        sent = thief.post(f"{path}?kiosk=front-door", content=b"x", headers=ORIGIN)
        assert sent.status_code == 401
    assert thief.get("/session").status_code == 401
    with (
        pytest.raises(WebSocketDisconnect),
        thief.websocket_connect("ws://localhost/_stcore/stream", headers=ORIGIN),
    ):
        pass
    assert prove(thief).status_code == 403
    assert _inside(tablet)


def test_a_device_without_a_proof_is_sent_to_make_one_and_then_on(
    gate: GateApp, tablet: TestClient
) -> None:
    fresh = _thief(gate, tablet, KIOSK)
    sent = fresh.get(PAGE, headers=HTML)
    assert sent.headers["location"] == "/kiosk/start?next=/take_attendance%3Fkiosk%3Dfront-door"
    start = fresh.get(sent.headers["location"])
    assert f'data-next="{PAGE}"' in start.text
    assert "script-src 'self'" in start.headers["content-security-policy"]
    assert 'data-next="/take_attendance?kiosk=front-door"' in fresh.get("/kiosk/start").text
    assert 'data-next="//evil' not in fresh.get("/kiosk/start?next=//evil.example").text
    nobody = gate.browser().get("/kiosk/start")
    assert nobody.headers["location"] == "/login?note=kiosk"
    assert "clear-site-data" not in nobody.headers


def test_a_proof_lapses_within_minutes_and_a_new_one_prolongs_the_same_session(
    gate: GateApp, tablet: TestClient, key: DeviceKey
) -> None:
    secret = tablet.cookies[PROOF]
    for _ in range(3):
        gate.clock.advance(SESSION_SECONDS - 10)
        assert prove(tablet, key).status_code == 204
        assert tablet.cookies[PROOF] == secret
        assert _inside(tablet)
    gate.clock.advance(SESSION_SECONDS)
    assert not _inside(tablet)
    assert prove(tablet, key).status_code == 204
    assert tablet.cookies[PROOF] != secret
    assert _inside(tablet)


def test_a_challenge_is_good_once_for_one_device_and_for_a_minute(
    gate: GateApp, tablet: TestClient, key: DeviceKey
) -> None:
    def challenge() -> str:
        return str(tablet.post("/kiosk/challenge", headers=ORIGIN).json()["challenge"])

    def answer(**said: str) -> int:
        return int(tablet.post("/kiosk/prove", json=said, headers=ORIGIN).status_code)

    signed = key.sign("front-door", challenge())
    assert answer(**signed) == 204
    assert answer(**signed) == 403
    assert answer(**key.sign("side-door", challenge())) == 403
    assert answer(**key.sign("front-door", "invented")) == 403
    late = key.sign("front-door", challenge())
    gate.clock.advance(61)
    assert answer(**late) == 403
    stolen = {**DeviceKey().sign("front-door", challenge()), "key": key.public}
    assert answer(**stolen) == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"challenge": 1, "signature": "x"}', b'{"challenge": "a"}', b"[" * 9000,
     b'{"challenge": "a", "signature": "' + b"x" * 4000 + b'"}', b'"\xff"'],
)  # fmt: skip
def test_what_is_no_proof_is_refused_in_words(tablet: TestClient, body: bytes) -> None:
    answer = tablet.post("/kiosk/prove", content=body, headers=ORIGIN)
    assert answer.status_code == 403
    assert "new link" in answer.json()["error"]


def test_a_proof_from_another_site_is_refused(tablet: TestClient) -> None:
    headers = {"origin": "https://evil.example"}
    assert tablet.post("/kiosk/challenge", headers=headers).status_code == 403


def test_a_key_that_is_no_point_of_the_curve_is_not_bound(gate: GateApp) -> None:
    tablet = _linked_only(gate)
    for public in ("", "AAAA", "BA" + "A" * 85):
        asked = tablet.post("/kiosk/challenge", headers=ORIGIN).json()
        signed = DeviceKey().sign(asked["device"], asked["challenge"]) | {"key": public}
        assert tablet.post("/kiosk/prove", json=signed, headers=ORIGIN).status_code == 403
    assert gate.access.devices.get("front-door").key is None  # type: ignore[union-attr]


def _linked_only(gate: GateApp) -> TestClient:
    """A tablet whose link was used and whose key was never seen: also one of before keys."""
    gate.decide(KioskRecord("front-door", title="Front door"))
    browser = gate.browser()
    path = f"/kiosk/link/{gate.access.devices.link('front-door')}"
    assert submit(browser, path, {}).status_code == 303
    return browser


def test_a_device_of_before_keys_is_bound_by_its_first_proof_and_only_once(gate: GateApp) -> None:
    tablet = _linked_only(gate)
    thief = _thief(gate, tablet, KIOSK)
    assert prove(tablet).status_code == 204
    assert prove(thief).status_code == 403


def test_a_new_link_ends_the_device_before_and_revoking_ends_this_one(
    gate: GateApp, tablet: TestClient, key: DeviceKey
) -> None:
    newer = DeviceKey()
    other = gate.kiosk(key=newer)
    gate.wait()
    assert _inside(other)
    assert not _inside(tablet)
    assert prove(tablet, key).status_code == 403
    gate.access.devices.revoke("front-door")
    gate.wait()
    assert not _inside(other)
    assert prove(other, newer).status_code == 403
    told = other.get("/kiosk/start").headers
    assert told["location"] == "/login?note=kiosk"
    assert told["clear-site-data"] == '"storage"'
    assert KIOSK not in other.cookies
    assert other.get("/", headers=HTML).headers["location"] == "/login"


# --- the token -----------------------------------------------------------------------------


def test_the_token_rotates_and_the_one_before_is_good_until_the_new_one_is_seen(
    gate: GateApp, tablet: TestClient, key: DeviceKey
) -> None:
    first = tablet.cookies[KIOSK]
    assert prove(tablet, key).status_code == 204
    assert tablet.cookies[KIOSK] == first
    gate.clock.advance(ROTATE_AFTER.total_seconds())
    lost = _thief(gate, tablet, KIOSK)  # the same tablet, whose answer got lost on the way
    assert prove(tablet, key).status_code == 204
    second = tablet.cookies[KIOSK]
    assert second != first
    assert prove(lost, key).status_code == 204
    third = lost.cookies[KIOSK]
    assert third not in (first, second)
    assert prove(lost, key).status_code == 204
    for old in (first, second):
        gone = gate.browser()
        gone.cookies.set(KIOSK, old, domain=DOMAIN)
        assert prove(gone, key).status_code == 403


def test_an_open_page_goes_on_when_the_token_rotates(
    gate: GateApp, tablet: TestClient, key: DeviceKey
) -> None:
    before = dict(tablet.cookies)
    gate.clock.advance(ROTATE_AFTER.total_seconds())
    assert prove(tablet, key).status_code == 204  # lapsed meanwhile: a session of its own
    open_page = {PROOF: tablet.cookies[PROOF], KIOSK: before[KIOSK]}
    assert prove(tablet, key).status_code == 204
    gate.wait()
    assert gate.access.of_cookies(open_page) is not None


def test_a_token_that_was_not_used_for_a_quarter_of_a_year_is_over(
    gate: GateApp, tablet: TestClient, key: DeviceKey
) -> None:
    gate.clock.advance((TOKEN_LASTS + timedelta(minutes=1)).total_seconds())
    assert prove(tablet, key).status_code == 403


def test_neither_the_token_nor_the_proof_is_in_the_database(
    tablet: TestClient, redis_client: Client
) -> None:
    held = b"".join(redis_client.dump(name) or b"" for name in redis_client.scan_iter())
    assert tablet.cookies[KIOSK].partition(".")[2].encode() not in held
    assert tablet.cookies[PROOF].encode() not in held
