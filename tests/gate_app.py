"""The gate with everything around the sign-in, before an application that says who got in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from argon2 import PasswordHasher
from httpx import Response as Answer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from face_rec.access.control.access_control import Access
from face_rec.access.rights import Role
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.domain.groups import ALL_GROUPS, Groups
from face_rec.domain.site.own_ways import OwnWay
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.kiosks.kiosk_register import KioskRegister
from face_rec.languages.translator import ENGLISH
from face_rec.protocols.people_store import PeopleReader
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.redis.client import Client
from face_rec.web import entrance
from face_rec.web.base.reader import Words
from face_rec.web.gate.admission import Admission
from face_rec.web.gate.gate import Gate
from face_rec.web.gate.streamlit_messages import ForwardMessages
from face_rec.web.server.strict_http import StrictHttp
from face_rec.web.signin.provider import Provider
from tests.device_key import DeviceKey
from tests.fakes.clock import FakeClock

PASSWORD = "purple tiger walks uphill"
HOST = "localhost"
ORIGIN = {"origin": f"http://{HOST}"}
SOCKET = f"ws://{HOST}/_stcore/stream"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Office:
    """Decides about kiosks, in a real Redis; asked for one, it says what was decided."""

    def __init__(self, client: Client, clock: FakeClock) -> None:
        self._rules = RedisRules(client, "main")
        self._kiosks = KioskRegister(self._rules.kiosks, self._rules.put, clock)

    def __call__(self, name: str) -> KioskRecord | None:
        return self._kiosks.find(name)

    def decide(self, record: KioskRecord) -> None:
        self._rules.put(record)
        self._kiosks.forget()

    def give_up(self, name: str) -> None:
        self._rules.remove(KioskRecord(name))
        self._kiosks.forget()


def access_on(
    client: Client,
    clock: FakeClock,
    local: bool = True,
    factor_roles: frozenset[Role] = frozenset(),
    *,
    registered: PeopleReader | None = None,
    own_ways: Callable[[], frozenset[OwnWay]] = frozenset,
) -> Access:
    """Access control on a real Redis, with passwords that cost little."""
    options = AccessOptions(
        local=local, words=("Attendance",), hasher=CHEAP, factor_roles=factor_roles,
        kiosk=Office(client, clock), registered=registered, own_ways=own_ways,
    )  # fmt: skip
    return open_access(client, "main", clock, options)


async def _page(request: Request) -> Response:
    principal = request.state.principal
    return PlainTextResponse(f"inside as {principal.name if principal else 'nobody'}")


async def _take(request: Request) -> Response:
    return PlainTextResponse(f"took {len(await request.body())} bytes")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except Exception:
        return


@dataclass
class GateApp:
    """The application and a browser's way to it."""

    access: Access
    clock: FakeClock
    provider: Provider | None = None
    more: list[BaseRoute] = field(default_factory=list)
    seen: Callable[[], Access | None] | None = None
    hosts: frozenset[str] = frozenset({HOST})
    admission: Admission | None = None
    words: Words = lambda _: ENGLISH

    def __post_init__(self) -> None:
        routes: list[BaseRoute] = [
            *entrance.routes(
                lambda: self.access, lambda: "Attendance", self.provider, lambda: "k" * 40
            ),
            *self.more,
            WebSocketRoute("/_stcore/stream", _socket),
            Route("/_stcore/upload_file/{path:path}", _take, methods=["PUT"]),
            Route("/frames", _take, methods=["POST"]),
            Route("/{path:path}", _page, methods=["GET"]),
        ]
        strict = Middleware(StrictHttp, hosts=self.hosts, tls=False)
        gate = Middleware(
            Gate,
            access=self.seen or (lambda: self.access),
            handed=ForwardMessages(ForwardMsg).files,
            admission=self.admission,
            words=self.words,
        )
        self.app = Starlette(routes=routes, middleware=[strict, gate])

    def browser(self, address: str = "127.0.0.1") -> TestClient:
        """A browser with no cookies, on this machine or another."""
        return TestClient(
            self.app, base_url=f"http://{HOST}", client=(address, 5000), follow_redirects=False,
        )  # fmt: skip

    def add(self, name: str, role: Role = Role.ADMIN, groups: Groups = ALL_GROUPS) -> str:
        self.access.accounts.create(name, PASSWORD, role, groups)
        return name

    def signed_in(self, name: str, address: str = "127.0.0.1") -> TestClient:
        """A browser that went through the sign-in form."""
        browser = self.browser(address)
        answer = sign_in(browser, name)
        assert answer.status_code == 303, answer.text
        return browser

    def kiosk(self, name: str = "front-door", key: DeviceKey | None = None) -> TestClient:
        """A device that went through its link."""
        if self.access.kiosk(name) is None:
            self.decide(KioskRecord(name, title="Front door"))
        browser = self.browser()
        path = f"/kiosk/link/{self.access.devices.link(name)}"
        assert submit(browser, path, {}).status_code == 303
        assert prove(browser, key).status_code == 204
        return browser

    def decide(self, record: KioskRecord) -> None:
        """Register a kiosk, or change what is decided about it, as the page Kiosks does."""
        assert isinstance(self.access.kiosk, Office)
        self.access.kiosk.decide(record)
        self.access.changes.tell()

    def give_up(self, name: str) -> None:
        """Remove a kiosk, as the page Kiosks does."""
        assert isinstance(self.access.kiosk, Office)
        self.access.devices.remove(name)
        self.access.kiosk.give_up(name)
        self.access.changes.tell()

    def wait(self) -> None:
        """Until what is remembered for a moment is looked up again."""
        self.clock.advance(2)


def prove(browser: TestClient, key: DeviceKey | None = None) -> Answer:
    """What the kiosk's page does: have a challenge signed by the device's key."""
    asked: Answer = browser.post("/kiosk/challenge", headers=ORIGIN)
    if asked.status_code != 200:
        return asked
    told = asked.json()
    signed = (key or DeviceKey()).sign(told["device"], told["challenge"])
    answer: Answer = browser.post("/kiosk/prove", json=signed, headers=ORIGIN)
    return answer


def submit(browser: TestClient, path: str, form: dict[str, str]) -> Answer:
    """Open the page with the form, then send it, as a browser does."""
    page = browser.get(path)
    token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
    answer: Answer = browser.post(path, data={"form_token": token, **form}, headers=ORIGIN)
    return answer


def sign_in(browser: TestClient, name: str, password: str = PASSWORD, to: str = "/") -> Answer:
    return submit(browser, "/login", {"name": name, "password": password, "next": to})


def connects(browser: TestClient, headers: dict[str, str]) -> bool:
    """Whether a socket opens that carries messages."""
    try:
        with browser.websocket_connect(SOCKET, headers=headers) as socket:
            socket.send_text("hello")
            return bool(socket.receive_text() == "hello")
    except WebSocketDisconnect:
        return False


def first_told(browser: TestClient, url: str, headers: dict[str, str] = ORIGIN) -> Any:  # noqa: ANN401
    """The first message of a live line; None where it is refused before anything was said."""
    try:
        with browser.websocket_connect(url, headers=headers) as socket:
            return socket.receive_json()
    except WebSocketDisconnect:
        return None


def listen(socket: WebSocketTestSession) -> None:
    """Hear a live line to its end; raises WebSocketDisconnect."""
    while True:
        socket.receive_json()
