"""Whoever loses the right while what they send is still on its way: none of it is taken."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import replace
from datetime import time

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from face_rec.access.rights import Role
from face_rec.access.rights import Scope as Allowed
from face_rec.domain.groups import ALL_GROUPS
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.redis.client import Client
from tests.fakes.clock import FakeClock
from tests.gate_app import HOST, ORIGIN, GateApp, access_on

FRAMES, PEOPLE = "/frames?kiosk=front-door", "/api/v1/people"


async def _take(request: Request) -> Response:
    return PlainTextResponse(f"took {len(await request.body())} bytes")


@pytest.fixture
def slow(redis_client: Client, monkeypatch: pytest.MonkeyPatch) -> GateApp:
    """Each body is one that takes longer than a moment."""
    monkeypatch.setattr("face_rec.web.gate.asking._MOMENT", 0.0)
    clock = FakeClock()
    more = [Route(PEOPLE, _take, methods=["POST"])]
    return GateApp(access_on(redis_client, clock), clock, more=[*more])


def _sent(
    gate: GateApp, path: str, shown: dict[str, str], meanwhile: Callable[[], object]
) -> tuple[int, str]:
    """Status and text for a body between whose halves something happens. Its end comes alone, as
    that of one in pieces does."""
    came: list[Message] = []
    asked, _, query = path.partition("?")
    headers = {"host": HOST, **ORIGIN, **shown}
    scope: Scope = {
        "type": "http", "method": "POST", "path": asked, "raw_path": asked.encode(),
        "query_string": query.encode(), "root_path": "", "scheme": "http", "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 5000), "server": (HOST, 80), "state": {}, "asgi": {},
    }  # fmt: skip
    parts = iter((b"half", b"half", b""))

    async def receive() -> Message:
        part = next(parts)
        if not part:
            Context().run(meanwhile)  # somebody else's doing
            gate.wait()
        return {"type": "http.request", "body": part, "more_body": bool(part)}

    async def send(message: Message) -> None:
        came.append(message)

    anyio.run(gate.app, scope, receive, send)
    return int(came[0]["status"]), b"".join(one.get("body", b"") for one in came).decode()


def _cookies(browser: TestClient) -> dict[str, str]:
    return {"cookie": "; ".join(f"{one.name}={one.value}" for one in browser.cookies.jar)}


def _close(gate: GateApp) -> None:
    """By its hours."""
    record = gate.access.kiosk("front-door") or KioskRecord("front-door")
    gate.decide(replace(record, opens=time(3), closes=time(3, 1)))


def _link_anew(gate: GateApp) -> None:
    gate.access.devices.enrol(gate.access.devices.link("front-door"), "127.0.0.1")


_LOSES: dict[str, Callable[[GateApp], None]] = {
    "revoked": lambda gate: gate.access.devices.revoke("front-door"),
    "linked anew": _link_anew,
    "given up": lambda gate: gate.give_up("front-door"),
    "closed": _close,
}


@pytest.mark.parametrize("lost", _LOSES)
def test_a_picture_that_began_before_its_kiosk_lost_the_right_is_not_taken(
    slow: GateApp, lost: str
) -> None:
    shown = _cookies(slow.kiosk())
    assert _sent(slow, FRAMES, shown, lambda: None) == (200, "took 8 bytes")
    status, text = _sent(slow, FRAMES, shown, lambda: _LOSES[lost](slow))
    assert status == 401
    assert "took" not in text


def test_what_a_program_sends_is_not_taken_once_its_token_is_revoked(slow: GateApp) -> None:
    scopes = frozenset({Allowed.PEOPLE_WRITE})
    token, bearer = slow.access.tokens.create("roster", scopes, 1, "ada")
    shown = {"authorization": f"Bearer {bearer}"}
    assert _sent(slow, PEOPLE, shown, lambda: None) == (200, "took 8 bytes")
    status, text = _sent(slow, PEOPLE, shown, lambda: slow.access.tokens.revoke(token.id))
    assert (status, "took" in text) == (401, False)


def test_an_upload_ends_with_the_account_s_right_and_not_with_a_new_proof(slow: GateApp) -> None:
    slow.add("first")
    slow.add("eve", Role.KIOSK)
    slow.decide(KioskRecord("front-door"))
    shown = _cookies(slow.signed_in("eve"))

    def demoted() -> None:
        slow.access.accounts.change("eve", Role.HR, ALL_GROUPS, active=True)

    assert _sent(slow, FRAMES, shown, lambda: None) == (200, "took 8 bytes")
    assert _sent(slow, FRAMES, shown, demoted)[0] == 401


def test_what_comes_within_a_moment_is_asked_about_once(
    slow: GateApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face_rec.web.gate.asking._MOMENT", 60.0)
    shown = _cookies(slow.kiosk())
    asked: list[object] = []
    monkeypatch.setattr("face_rec.web.gate.asking.still_stands", lambda *_: asked.append(1))
    assert _sent(slow, FRAMES, shown, lambda: None) == (200, "took 8 bytes")
    assert not asked
