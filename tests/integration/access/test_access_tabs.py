"""Open tabs, uploads and files belong to who opened them: attacks with the numbers of others."""

from collections.abc import Callable

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from face_rec.access.control.access_control import Access
from face_rec.access.rights import Role
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.redis.client import Client
from face_rec.web.gate import tab_socket
from tests.fakes.clock import FakeClock
from tests.gate_app import ORIGIN, GateApp, access_on, submit

SOCKET = "ws://localhost/_stcore/stream"
FILE = "0123456789abcdef" * 4
TAB = "f2b1d0c4-0000-4000-8000-1234567890ab"
OTHER_PROCESS = 0.05
"""Seconds between two looks in these tests; a change made here is told at once."""


def _button(address: str, label: str = "Download") -> bytes:
    message = ForwardMsg()
    message.delta.new_element.download_button.url = address
    message.delta.new_element.download_button.label = label
    return bytes(message.SerializeToString())


class Streamlit:
    """What Streamlit does with a socket, as far as the gate is concerned: it takes the tab that
    the header names or opens ``TAB``, runs the page in it, and sends an address of a file."""

    def __init__(self) -> None:
        self.access: Access | None = None
        self.sends = _button(f"/media/{FILE}.csv")
        self.resumed: list[str | None] = []

    async def stream(self, socket: WebSocket) -> None:
        parts = [p.strip() for p in socket.headers.get("sec-websocket-protocol", "").split(",")]
        self.resumed.append(parts[2] if len(parts) > 2 else None)
        await socket.accept(subprotocol=parts[0] or None)
        assert self.access is not None
        self.access.in_tab(TAB, socket.cookies)  # the page's first line
        await socket.send_bytes(self.sends)
        while True:
            try:
                await socket.send_text(await socket.receive_text())
            except WebSocketDisconnect:
                return

    async def file(self, _: Request) -> Response:
        return PlainTextResponse("name,time", headers={"cache-control": "public, max-age=999"})


@pytest.fixture
def streamlit() -> Streamlit:
    return Streamlit()


@pytest.fixture
def gate(redis_client: Client, streamlit: Streamlit) -> GateApp:
    clock = FakeClock()
    access = streamlit.access = access_on(redis_client, clock)
    more = [
        WebSocketRoute("/_stcore/stream", streamlit.stream),
        Route("/media/{path:path}", streamlit.file),
    ]
    gate = GateApp(access, clock, more=[*more])
    gate.add("ada")
    gate.add("max", Role.MANAGER)
    return gate


def _opened(browser: TestClient, tab: str | None = None) -> None:
    """A socket that comes and goes, of a browser that names ``tab``."""
    asked = ["streamlit", "xsrf", *([tab] if tab else [])]
    with browser.websocket_connect(SOCKET, subprotocols=asked, headers={**ORIGIN}) as socket:
        socket.receive_bytes()


# --- a tab ----------------------------------------


def test_who_opened_a_tab_comes_back_to_it(gate: GateApp, streamlit: Streamlit) -> None:
    ada = gate.signed_in("ada")
    _opened(ada)
    _opened(ada, TAB)
    assert streamlit.resumed == [None, TAB]


@pytest.mark.parametrize("thief", ["max", "kiosk", "ada, signed in again"])
def test_nobody_else_comes_into_a_tab_although_they_know_its_number(
    gate: GateApp, streamlit: Streamlit, thief: str
) -> None:
    ada = gate.signed_in("ada")
    _opened(ada)
    assert submit(ada, "/logout", {}).status_code == 303
    gate.clock.advance(1)
    other = gate.kiosk() if thief == "kiosk" else gate.signed_in(thief.partition(",")[0])
    _opened(other, TAB)
    assert streamlit.resumed == [None, None]


@pytest.mark.parametrize(
    "header",
    [f"streamlit,xsrf,{TAB}", f"streamlit, xsrf ,\t{TAB} ", f"streamlit,,{TAB}",
     f"streamlit,xsrf,{TAB},x", f",,{TAB}"],
)  # fmt: skip
def test_the_tab_s_number_is_read_in_every_spelling(
    gate: GateApp, streamlit: Streamlit, header: str
) -> None:
    _opened(gate.signed_in("ada"))
    headers = {**ORIGIN, "sec-websocket-protocol": header}
    with gate.signed_in("max").websocket_connect(SOCKET, headers=headers) as socket:
        socket.receive_bytes()
    assert streamlit.resumed[-1] is None


def test_a_tab_that_nobody_has_is_nobody_s(gate: GateApp, streamlit: Streamlit) -> None:
    _opened(gate.signed_in("ada"), "another-number")
    assert streamlit.resumed == [None]


# --- a change while a tab is open ----------------------------------------

CHANGES: dict[str, Callable[[Access], object]] = {
    "another role": lambda a: a.accounts.change("max", Role.KIOSK, ALL_GROUPS, active=True),
    "fewer groups": lambda a: a.accounts.change("max", Role.MANAGER, only("Office"), active=True),
    "switched off": lambda a: a.accounts.change("max", Role.MANAGER, ALL_GROUPS, active=False),
    "signed out everywhere": lambda a: a.sign_in.sign_out_everywhere("max"),
    "another password": lambda a: a.accounts.set_password("max", "green horse sings at noon"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_of_an_account_ends_its_open_tabs_at_once(
    gate: GateApp, streamlit: Streamlit, monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Access], object],
) -> None:  # fmt: skip
    monkeypatch.setattr(tab_socket, "EVERY", 3600.0)  # only word of the change can end it
    browser = gate.signed_in("max")
    with browser.websocket_connect(
        SOCKET, subprotocols=["streamlit"], headers={**ORIGIN}
    ) as socket:
        socket.receive_bytes()
        change(gate.access)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == 1008
    if browser.get("/session").status_code == 200 and browser.get("/").status_code == 200:
        _opened(browser, TAB)
        assert streamlit.resumed[-1] is None, "what was open before is not come back to"


def test_a_change_made_in_another_process_ends_them_within_seconds(
    gate: GateApp, redis_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", OTHER_PROCESS)
    elsewhere = access_on(redis_client, gate.clock)
    browser = gate.signed_in("max")
    with browser.websocket_connect(
        SOCKET, subprotocols=["streamlit"], headers={**ORIGIN}
    ) as socket:
        socket.receive_bytes()
        elsewhere.accounts.change("max", Role.REGISTRAR, ALL_GROUPS, active=True)
        gate.wait()
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


def test_a_change_of_somebody_else_leaves_a_tab_open(gate: GateApp) -> None:
    ada = gate.signed_in("ada")
    with ada.websocket_connect(SOCKET, headers={**ORIGIN}) as socket:
        socket.receive_bytes()
        gate.access.accounts.change("max", Role.KIOSK, ALL_GROUPS, active=True)
        for word in ("a", "b", "c"):
            socket.send_text(word)
            assert socket.receive_text() == word


@pytest.mark.parametrize("change", ["revoked", "other hours", "linked anew"])
def test_a_change_of_a_kiosk_ends_what_its_tablet_has_open(gate: GateApp, change: str) -> None:
    tablet = gate.kiosk()
    with tablet.websocket_connect(
        SOCKET, subprotocols=["streamlit"], headers={**ORIGIN}
    ) as socket:
        socket.receive_bytes()
        gate.clock.advance(1)
        if change == "revoked":
            gate.access.devices.revoke("front-door")
        elif change == "linked anew":
            gate.kiosk()
        else:
            nine = gate.clock.now().time().replace(hour=9)
            gate.decide(KioskRecord("front-door", opens=nine, closes=nine.replace(hour=17)))
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


# --- uploads ----------------------------------------


def test_a_file_goes_only_into_a_tab_of_one_s_own(gate: GateApp) -> None:
    gate.add("reg", Role.REGISTRAR)
    ada, reg = gate.signed_in("ada"), gate.signed_in("reg")
    _opened(ada)
    path = f"/_stcore/upload_file/{TAB}/file-1"
    assert ada.put(path, content=b"x", headers=ORIGIN).status_code == 200
    assert ada.put(f"/register{path}", content=b"x", headers=ORIGIN).status_code != 404
    for method in ("PUT", "DELETE"):
        assert reg.request(method, path, content=b"x", headers=ORIGIN).status_code == 404
        assert reg.request(method, f"/register{path}", headers=ORIGIN).status_code == 404
    assert ada.put("/_stcore/upload_file/x/y", content=b"x", headers=ORIGIN).status_code == 404
    assert submit(ada, "/logout", {}).status_code == 303
    assert ada.put(path, content=b"x", headers=ORIGIN).status_code == 401


# --- files that were made for somebody ----------------------------------------


def test_a_file_is_for_who_was_sent_its_address(gate: GateApp) -> None:
    manager, path = gate.signed_in("max"), f"/media/{FILE}.csv"
    assert manager.get(path).status_code == 404
    _opened(manager)
    answer = manager.get(path)
    assert (answer.status_code, answer.text) == (200, "name,time")
    assert manager.get(f"/records{path}").status_code != 404
    for other in (gate.signed_in("ada"), gate.kiosk()):
        assert other.get(path).status_code == 404
        assert other.get(f"/media/{FILE}").status_code == 404
        assert other.head(path).status_code == 404
    gate.access.accounts.change("max", Role.MANAGER, only("Office"), active=True)
    assert manager.get(path).status_code == 404, "made for all groups, and they see one now"


def test_who_writes_another_s_address_into_a_name_is_not_sent_the_file(
    gate: GateApp, streamlit: Streamlit
) -> None:
    """A name is shown to who wrote it, and so its words go over their socket."""
    path = f"/media/{FILE}.csv"
    streamlit.sends = _button("", label=path)
    registrar = gate.signed_in(gate.add("rita", Role.REGISTRAR))
    _opened(registrar)
    assert registrar.get(path).status_code == 404


def test_signing_out_takes_the_files_along(gate: GateApp) -> None:
    manager, path = gate.signed_in("max"), f"/media/{FILE}.csv"
    _opened(manager)
    assert submit(manager, "/logout", {}).status_code == 303
    assert manager.get(path).status_code == 401
    gate.clock.advance(1)
    assert gate.signed_in("max").get(path).status_code == 404


def test_a_browser_keeps_nothing_of_anybody_and_keeps_the_code(gate: GateApp) -> None:
    manager = gate.signed_in("max")
    _opened(manager)
    for path in ("/", "/records", f"/media/{FILE}.csv", "/account", "/session", "/nothing",
                 "/snapshots/a.jpg", "/api/v1/people", "/_stcore/health", "/login"):  # fmt: skip
        assert manager.get(path).headers["cache-control"] == "no-store", path
    for path in ("/static/js/index.js", "/component/streamlit_webrtc/a.js", "/access.css"):
        assert "no-store" not in manager.get(path).headers.get("cache-control", ""), path


def test_an_open_page_is_told_that_it_was_drawn_under_other_rights(gate: GateApp) -> None:
    manager = gate.signed_in("max")
    before = manager.get("/session").headers["x-standing"]
    assert manager.get("/session").headers["x-standing"] == before
    gate.access.accounts.change("max", Role.MANAGER, only("Office"), active=True)
    narrowed = manager.get("/session").headers["x-standing"]
    assert narrowed != before
    assert submit(manager, "/logout", {}).status_code == 303
    gate.clock.advance(1)
    assert gate.signed_in("max").get("/session").headers["x-standing"] == narrowed
