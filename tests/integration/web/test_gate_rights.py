"""Attacks by who is signed in, or is a kiosk, with the real middleware, routes and Redis."""

from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.control.cookie_names import KIOSK, SESSION
from face_rec.access.principal import PrincipalKind
from face_rec.access.rights import Role
from face_rec.domain.errors import AccountRefused, StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.web.gate import tab_socket
from face_rec.web.gate.admission import MOST_OTHERS, MOST_SOCKETS
from tests.gate_app import ORIGIN, SOCKET, GateApp, connects, prove, submit


def _inside(browser: TestClient, path: str = "/system") -> bool:
    return bool(browser.get(path).text.startswith("inside"))


# --- rights ----------------------------------------


def test_a_manager_cannot_open_registration_by_its_address(gate: GateApp) -> None:
    gate.add("max", Role.MANAGER)
    browser = gate.signed_in("max")
    assert _inside(browser, "/records")
    assert _inside(browser, "/guide/teachers")
    assert gate.browser().get("/guide/teachers").status_code == 401
    assert browser.get("/register").status_code == 403
    upload = browser.put("/_stcore/upload_file/a/b", content=b"x", headers=ORIGIN)
    assert upload.status_code == 403


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(gate: GateApp) -> None:
    gate.add("ada")
    gate.add("eve")
    browser = gate.signed_in("eve")
    assert _inside(browser, "/accounts")
    gate.access.accounts.change("eve", Role.REGISTRAR, ALL_GROUPS, active=True)
    gate.wait()
    assert browser.get("/accounts").status_code == 403
    assert _inside(browser, "/register")
    gate.access.accounts.change("eve", Role.REGISTRAR, ALL_GROUPS, active=False)
    gate.wait()
    assert browser.get("/register").status_code == 401


def test_a_manager_of_some_groups_gets_no_snapshot_by_its_address(gate: GateApp) -> None:
    gate.add("ada")
    gate.add("max", Role.MANAGER, only("Staff"))
    assert gate.signed_in("max").get("/snapshots/a.jpg").status_code == 403
    assert _inside(gate.signed_in("ada"), "/snapshots/a.jpg")


def test_while_the_database_is_away_who_is_in_stays_in_and_nobody_new_comes_in(
    gate: GateApp, admin: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _inside(admin)

    def away(*_: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(gate.access.sign_in, "session_of", away)
    gate.wait()
    assert _inside(admin)
    stranger = gate.browser()
    stranger.cookies.set(SESSION, "x" * 43)
    assert stranger.get("/system").status_code == 503
    gate.clock.advance(601)
    assert admin.get("/system").status_code == 503


# --- kiosks ----------------------------------------


def test_a_kiosk_opens_its_own_page_and_nothing_else(gate: GateApp) -> None:
    gate.add("ada")
    kiosk = gate.kiosk()
    assert _inside(kiosk, "/take_attendance?kiosk=front-door")
    assert _inside(kiosk, "/static/js/a.js")
    for path in ("/", "/take_attendance", "/take_attendance?kiosk=other"):
        assert kiosk.get(path).headers["location"] == "/take_attendance?kiosk=front-door"
    closed = ("/overview", "/register", "/records", "/account", "/snapshots/a.jpg", "/metrics")
    for path in (*closed, "/guide/", "/guide/teachers"):
        assert kiosk.get(path).status_code in {303, 401, 403}
        assert not _inside(kiosk, path)
    assert kiosk.post("/frames?kiosk=front-door", content=b"x", headers=ORIGIN).status_code == 200
    assert kiosk.post("/frames?kiosk=other", content=b"x", headers=ORIGIN).status_code == 403


def test_a_kiosk_s_link_works_once(gate: GateApp) -> None:
    gate.add("ada")
    gate.kiosk()
    path = f"/kiosk/link/{gate.access.devices.link('front-door')}"
    assert gate.browser().get(path).status_code == 200
    assert gate.browser().get(path).status_code == 200  # looking uses nothing up
    first, second = gate.browser(), gate.browser()
    second.get(path)
    assert submit(first, path, {}).status_code == 303
    page = second.get(path)
    assert page.status_code == 410
    assert KIOSK not in second.cookies


def test_the_admin_does_not_stay_signed_in_on_the_tablet(gate: GateApp) -> None:
    gate.add("ada")
    tablet = gate.signed_in("ada")
    session = tablet.cookies[SESSION]
    gate.decide(KioskRecord("hall", title="Hall"))
    submit(tablet, f"/kiosk/link/{gate.access.devices.link('hall')}", {})
    gate.wait()
    assert not tablet.cookies.get(SESSION)
    assert not _inside(tablet, "/overview")
    thief = gate.browser()
    thief.cookies.set(SESSION, session)
    assert not _inside(thief)


def test_a_forged_or_replayed_kiosk_token_opens_nothing(gate: GateApp) -> None:
    gate.add("ada")
    kiosk = gate.kiosk()
    token = kiosk.cookies[KIOSK]
    name, _, secret = token.partition(".")
    forged = [f"{name}.{'A' * len(secret)}", f"other.{secret}", secret, f"{name}.", "." + secret,
              "\x7f", "x" * 5000]  # fmt: skip
    for value in forged:
        thief = gate.browser()
        thief.cookies.set(KIOSK, value)
        assert not _inside(thief, "/take_attendance?kiosk=front-door"), value
    gate.access.devices.revoke(name)
    gate.wait()
    assert not _inside(kiosk, "/take_attendance?kiosk=front-door")
    gate.kiosk()  # linked anew: the old token stays worthless
    gate.wait()
    assert not _inside(kiosk, "/take_attendance?kiosk=front-door")


def test_a_kiosk_outside_its_hours_takes_no_pictures(gate: GateApp) -> None:
    gate.add("ada")
    kiosk = gate.kiosk()
    at = gate.clock.now().time()
    gate.decide(KioskRecord("front-door", opens=at.replace(hour=20), closes=at.replace(hour=22)))
    gate.wait()
    admin = gate.signed_in("ada")  # a browser that is this kiosk is closed at the same hour
    for browser in (kiosk, admin):
        answer = browser.post("/frames?kiosk=front-door", content=b"x", headers=ORIGIN)
        assert (answer.status_code, answer.text) == (403, "This kiosk is closed at this hour.")
    assert admin.post("/frames?kiosk=main", content=b"x", headers=ORIGIN).status_code == 200


def test_a_device_whose_kiosk_was_given_up_opens_nothing_and_cannot_be_linked(
    gate: GateApp,
) -> None:
    kiosk, path = gate.kiosk(), f"/kiosk/link/{gate.access.devices.link('front-door')}"
    gate.give_up("front-door")
    assert not _inside(kiosk, "/take_attendance?kiosk=front-door")
    assert prove(kiosk).status_code == 403
    assert gate.browser().get(path).status_code == 410
    with pytest.raises(AccountRefused, match="no kiosk front-door"):
        gate.access.devices.link("front-door")
    gate.decide(KioskRecord("front-door"))  # a new one of the same name
    gate.wait()
    assert not _inside(kiosk, "/take_attendance?kiosk=front-door")
    assert gate.browser().get(path).status_code == 410


def test_asking_for_the_session_is_the_kiosk_s_sign_of_life(gate: GateApp) -> None:
    gate.add("ada")
    kiosk = gate.kiosk()
    assert kiosk.get("/session").status_code == 204
    beat = gate.access.devices.beats()["front-door"]
    assert (beat.address, beat.at) == ("127.0.0.1", gate.clock.now())
    assert gate.browser().get("/session").status_code == 401


# --- the WebSocket ----------------------------------------


def test_a_socket_opens_for_our_own_page_only(gate: GateApp, admin: TestClient) -> None:
    assert connects(admin, ORIGIN)
    assert not connects(admin, {})
    assert not connects(admin, {"origin": "https://evil.example"})
    assert not connects(admin, {"origin": "null"})
    assert not connects(admin, {**ORIGIN, "host": "evil.example"})
    assert not connects(gate.browser(), ORIGIN)


@pytest.mark.parametrize("end", ["sign out", "disable", "revoke"])
def test_an_open_socket_closes_within_seconds_of_the_session_s_end(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", 0.05)
    gate.add("ada")
    gate.add("eve")
    browser = gate.kiosk() if end == "revoke" else gate.signed_in("eve")
    with browser.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"
        if end == "sign out":
            gate.access.sign_in.sign_out_everywhere("eve")
        elif end == "disable":
            gate.access.accounts.change("eve", Role.ADMIN, ALL_GROUPS, active=False)
        else:
            gate.access.devices.revoke("front-door")
        gate.wait()
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


@pytest.mark.parametrize("kind", [PrincipalKind.DEVICE, PrincipalKind.USER])
def test_one_cookie_opens_no_more_pages_than_a_browser_has_a_use_for(
    gate: GateApp, kind: PrincipalKind
) -> None:
    """150 kiosk pages of one were served."""
    gate.add("eve")
    gate.add("ada")
    device = kind is PrincipalKind.DEVICE
    browser = gate.kiosk() if device else gate.signed_in("eve")
    most = MOST_SOCKETS[kind] if device else MOST_OTHERS
    with ExitStack() as stack:
        for _ in range(most - 1):
            stack.enter_context(browser.websocket_connect(SOCKET, headers=ORIGIN))
        with browser.websocket_connect(SOCKET, headers=ORIGIN):
            assert not connects(browser, ORIGIN)
            assert connects(gate.signed_in("ada"), ORIGIN)
        assert connects(browser, ORIGIN)
