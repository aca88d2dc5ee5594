"""The live feed of the API: through the gate, over a real server, as a program reads it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn

from face_rec.access.rights import Scope
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING
from tests.fakes.system import FakeSystem
from tests.integration.web.test_access_api import Api
from tests.redis_servers import free_port
from tests.samples import added

MARK = Notice("e1", NoticeKind.MARK, MORNING, "s1", "door", "e1", "Check-in")


@pytest.fixture
def served(redis_client: Client) -> Iterator[Api]:
    with FakeSystem().running() as fake:
        yield Api(redis_client, fake)


@contextmanager
def _serving(api: Api) -> Iterator[str]:
    """The gate and what is behind it, on a port of this machine."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(api.gate.app, port=port, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
        yield f"http://localhost:{port}/api/v1/events"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _reading(api: Api, address: str, **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    bearer = api.program().headers["authorization"]
    headers = {**headers, "authorization": bearer}
    with (
        httpx.Client(timeout=60) as client,
        client.stream("GET", address, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    found: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            found[name] = value
        elif "data" in found:
            yield found
            found = {}


def test_a_program_hears_of_a_mark_and_goes_on_where_it_was(served: Api) -> None:
    person = added(served.people)
    served.outbox.publish("r", "", "0", [MARK])
    with _serving(served) as address:
        with _reading(served, address, **{"last-event-id": "0-0"}) as events:
            first = next(events)
        assert first["event"] == "attendance.mark"
        told = json.loads(first["data"])
        assert told["data"]["person"] is None  # nobody registered has this subject
        with _reading(served, address, **{"last-event-id": first["id"]}) as events:
            late = Notice("e2", NoticeKind.LATE, MORNING, person.subject, "door", "e2")
            served.outbox.publish("r", "0", "1", [late])
            second = next(events)
        assert json.loads(second["data"])["data"]["person"]["name"] == person.name


def test_a_revoked_token_ends_the_line_and_is_refused(served: Api) -> None:
    with _serving(served) as address:
        with _reading(served, address) as events:
            (token,) = served.gate.access.tokens.all()
            served.gate.access.tokens.revoke(token.id)
            assert list(events) == []  # it ends by itself
        assert httpx.get(address, headers={"authorization": "Bearer x.y"}).status_code == 401


@pytest.mark.parametrize(
    ("scope", "headers", "status"),
    [
        (Scope.PEOPLE_READ, {}, 403),
        (Scope.METRICS_READ, {}, 403),
        (Scope.ATTENDANCE_READ, {"last-event-id": "; DROP"}, 400),
    ],
)
def test_who_may_not_read_marks_hears_nothing(
    served: Api, scope: Scope, headers: dict[str, str], status: int
) -> None:
    program = served.program(frozenset({scope}))
    assert program.get("/api/v1/events", headers=headers).status_code == status


def test_a_token_has_a_bounded_number_of_streams(
    served: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face_rec.web.api.events._MOST", 0)
    assert served.program().get("/api/v1/events").status_code == 429
