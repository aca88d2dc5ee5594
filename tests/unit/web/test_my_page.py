"""The button and the code that lead from a kiosk to one's own page: for whom, and how long."""

from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.types import ASGIApp, Receive, Scope, Send

from face_rec.access.principal import THIS_COMPUTER, Principal, PrincipalKind
from face_rec.domain.errors import StoreUnavailable
from face_rec.domain.faces import Box
from face_rec.domain.kiosks.screens import Label
from face_rec.domain.kiosks.screens import Scene as Seen
from face_rec.domain.liveness import Hold, Judgement, Liveness
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.recognition import Verdict
from face_rec.kiosks.banner import full_name
from face_rec.web.live import live
from face_rec.web.live.my_page import SHOWN, Caller, MyPage, OwnCode, recognised
from tests.fakes.clock import FakeClock
from tests.fakes.live import FakeLive
from tests.unit.web.live_lines import PART, URL, fake, until

__all__ = ["fake"]

DEVICE = Principal(
    PrincipalKind.DEVICE, "front-door", "kiosk Front door", frozenset(), kiosk="front-door"
)


class _AsDevice:
    """In the gate's place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            HTTPConnection(scope).state.principal = DEVICE
        await self._app(scope, receive, send)


@pytest.fixture
def browser(fake: FakeLive) -> Iterator[TestClient]:
    routes = live.routes(lambda: fake.sources)
    app = Starlette(routes=routes, middleware=[Middleware(_AsDevice)])
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def _scene(socket: WebSocketTestSession) -> PART:
    """The next message that tells of another scene, and with it whatever else that changes."""
    while True:
        told: PART = socket.receive_json()
        if "scene" in told:
            return told


def _event(fake: FakeLive, subject: str = "ana") -> Event:
    at = fake.clock.now()
    return Event(f"{subject}-1", subject, at, EventKind.PUNCH, Source.VIDEO, "front-door")


def _label(event: Event, *, track: int = 1, **other: Any) -> Label:  # noqa: ANN401
    given: PART = {"verdict": Verdict.NAMED, "receipt": Receipt(event, Outcome.ALREADY)} | other
    return Label(track, Box(1, 2, 3, 4), name="Ana", **given)


def _before(fake: FakeLive, *labels: Label) -> Seen:
    return Seen(1, fake.clock.monotonic(), 640, 480, labels)


def test_the_one_person_who_is_recognised_is_shown_a_code_until_another_face_comes(
    browser: TestClient, fake: FakeLive
) -> None:
    fake.codes, ana = True, _event(fake)
    fake.seats.take("front-door", "s1")
    with browser.websocket_connect(URL) as socket:
        fake.show("front-door", _before(fake, _label(ana)))
        button = until(socket, "mine", bool)
        assert (button["event"], button["name"], button["code"]) == (ana.id, "Ana", "")
        socket.send_json({"mine": {"event": _event(fake, "bo").id}})  # who is not there
        socket.send_json({"mine": {"event": ana.id}})
        socket.send_json({"mine": {"event": ana.id}})
        card = until(socket, "mine", lambda one: one["code"])
        assert card["code"].startswith("data:image/svg+xml;base64,")
        assert fake.linked == [("ana", "front-door")], "one press, one link"
        covered = _label(ana, verdict=Verdict.POOR, receipt=None)
        for seen in (_before(fake, covered), _before(fake), _before(fake, _label(ana, track=2))):
            fake.show("front-door", seen)
            assert "mine" not in _scene(socket), "a phone before the face ends nothing"
        fake.show("front-door", _before(fake, _label(ana), _label(_event(fake, "bo"), track=3)))
        assert until(socket, "mine", lambda one: one is None) is None
        fake.show("front-door", _before(fake, _label(ana)))
        assert until(socket, "mine", bool)["code"] == "", "it does not come back"


@pytest.mark.parametrize(
    "seen",
    [
        {"verdict": Verdict.UNKNOWN, "receipt": None},
        {"receipt": None},
        {"hold": Hold.UNSURE},
        {"problem": "the disk is full"},
        {"life": Judgement(Liveness.ATTACK)},
        {"receipt": "dry"},
        {"two": True},
    ],
    ids=str,
)
def test_nobody_else_is_offered_a_code(fake: FakeLive, seen: PART) -> None:
    ana = _event(fake)
    if seen.get("receipt") == "dry":
        seen = {"receipt": Receipt(ana, Outcome.DRY_RUN)}
    labels = [_label(ana)] * 2 if seen.pop("two", False) else [_label(ana, **seen)]
    assert recognised(_before(fake, *labels)) is None
    assert recognised(None) is None


def test_a_code_is_over_after_seconds_while_the_database_is_away_and_where_it_is_off() -> None:
    clock = FakeClock()
    fake = FakeLive(clock=clock, codes=True)
    fake.seats.take("front-door", "s1")
    ana, caller = _event(fake), Caller(DEVICE, "http://localhost")
    own, other = (OwnCode(fake.sources, "front-door", name, caller) for name in ("s1", "s2"))
    admin = OwnCode(fake.sources, "front-door", "s1", Caller(THIS_COMPUTER, "http://localhost"))

    def shown(of: OwnCode = own) -> MyPage | None:
        return of.shown(_before(fake, _label(ana)), fake.clock.monotonic(), full_name)

    def ask(of: OwnCode = own, event: str = ana.id) -> None:
        threads = anyio.CapacityLimiter(1)
        anyio.run(of.ask, event, _before(fake, _label(ana)), full_name, threads)

    for stranger in (other, admin):
        ask(stranger)
        assert shown(stranger) is None
    assert not fake.linked, "only the device's own screen, whose pictures these are"
    for event in ("", "bo-1"):
        ask(event=event)
    assert not fake.linked
    ask()
    first = shown()
    assert first is not None
    assert first.code
    fake.is_away = True
    assert shown() is None
    fake.is_away = False
    fake.codes = False
    assert shown() is None
    fake.codes = True
    clock.advance(SHOWN - 0.1)
    assert shown() == first
    clock.advance(0.2)
    over = shown()
    assert over is not None
    assert not over.code

    def fails() -> None:
        raise StoreUnavailable("away")

    fake.hold = fails
    ask()
    refused = shown()
    assert refused is not None
    assert (refused.code, refused.refused) == ("", True)
