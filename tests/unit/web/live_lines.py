"""A line of the fake kiosk, and what is waited for on it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient, WebSocketTestSession

from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.visit import Stays, visits
from face_rec.domain.faces import Box
from face_rec.domain.kiosks.screens import Greeting, Label, Scene
from face_rec.domain.marks import Event, EventKind, Outcome, Receipt, Source
from face_rec.domain.recognition import Verdict
from face_rec.web.gate.gate_off import GateOff
from face_rec.web.live import live
from tests.fakes.live import FakeLive

URL = "ws://localhost/live?kiosk=front-door&screen=s1"
ORIGIN = {"origin": "http://localhost"}
PART = dict[str, Any]


@pytest.fixture
def fake() -> FakeLive:
    return FakeLive()


@pytest.fixture
def browser(fake: FakeLive) -> Iterator[TestClient]:
    routes = live.routes(lambda: fake.sources)
    app = Starlette(routes=routes, middleware=[Middleware(GateOff)])
    with TestClient(app, base_url="http://localhost") as client:
        yield client


def opened(browser: TestClient, screen: str = "s1") -> WebSocketTestSession:
    return browser.websocket_connect(URL.replace("s1", screen), headers=ORIGIN)


def until(socket: WebSocketTestSession, part: str, fits: Callable[[Any], bool]) -> Any:  # noqa: ANN401
    """The first value of the part that fits; the messages before are heard and forgotten."""
    while True:
        told: PART = socket.receive_json()
        if part in told and fits(told[part]):
            return told[part]


def event_of(fake: FakeLive, subject: str = "ana", number: int = 1) -> Event:
    return Event(
        f"{subject}-{number}", subject, fake.clock.now(), EventKind.PUNCH, Source.VIDEO,
        "front-door",
    )  # fmt: skip


def marked_now(fake: FakeLive, *events: Event) -> None:
    entries = [Entry(event, event.kind) for event in events]
    fake.marks.extend(visits(entries, Stays()))


def greeting_of(fake: FakeLive, event: Event) -> Greeting:
    return Greeting(Receipt(event, Outcome.MARKED), "Ana", fake.clock.monotonic())


def scene_of(fake: FakeLive, number: int, *verdicts: Verdict) -> Scene:
    labels = tuple(Label(n, Box(1, 2, 3, 4), one, "Ana") for n, one in enumerate(verdicts))
    return Scene(number, fake.clock.monotonic(), 640, 480, labels)
