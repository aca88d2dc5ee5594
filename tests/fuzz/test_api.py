"""Requests that Schemathesis makes of the API's own description, against the API behind its gate:
never a 500, answers as they are described, and nothing half written. And cookies that nobody was
given: they break nothing, and open nothing."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from starlette.testclient import TestClient

from face_rec.stores.redis.client import Client
from tests.fakes.clock import MORNING, FakeClock
from tests.fakes.system import FakeSystem
from tests.fuzz.damage import files
from tests.gate_app import ORIGIN, GateApp, access_on
from tests.integration.web.test_access_api import Api
from tests.samples import a_person, a_template, an_event
from tests.states import CASES

_ANY: Final = settings(
    CASES, max_examples=max(settings().max_examples // 10, 5),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
_UNDESCRIBED: Final = {400, 401, 404, 405, 411, 413, 415, 421, 429, 431}
"""What the gate and HTTP itself may answer before an operation is asked."""
_ENDLESS: Final = "text/event-stream"
"""Answers of this kind end when who asked goes away."""


class Programme:
    """A program with a token, and what it may change."""

    def __init__(self, served: Api) -> None:
        self.served = served
        token = served.program().headers["authorization"]
        self.client = TestClient(
            served.gate.app, "http://localhost", raise_server_exceptions=False
        )
        self.client.headers["authorization"] = token
        for number in range(3):
            people = served.fake.people
            person = people.create(a_person(f"E{number}"), [a_template()], people.revision())
            served.fake.attendance.apply(an_event(f"e{number}", person.subject, 60 * number), 0)
        self.document: dict[str, Any] = self.client.get("/api/v1/openapi.json").json()
        self.root: str = self.document["servers"][0]["url"]
        schema = schemathesis.openapi.from_dict(self.document)
        self.cases: list[Any] = [
            found.ok().as_strategy(mode)
            for found in schema.get_all_operations()
            if isinstance(found, Ok)
            for mode in schemathesis.GenerationMode
        ]

    def state(self) -> object:
        fake = self.served.fake
        return fake.people.revision(), fake.people.everybody(), fake.attendance.day(MORNING.date())

    def send(self, case: Any) -> Any:  # noqa: ANN401
        asked = case.as_transport_kwargs(base_url=f"http://localhost{self.root}")
        keys = ("method", "url", "params", "json", "data", "files", "headers")
        found = {name: asked[name] for name in keys if asked.get(name) is not None}
        self.client.cookies = asked.get("cookies") or {}
        if isinstance(found.get("data"), bytes | str):
            found["content"] = found.pop("data")
        if "files" in found:
            files = found["files"]
            pairs = files.items() if isinstance(files, dict) else files
            found["files"] = [(str(name), _part(part)) for name, part in pairs]
        with self.client.stream(**found) as answer:
            if not answer.headers.get("content-type", "").startswith(_ENDLESS):
                answer.read()
            return answer


def _part(value: Any) -> Any:  # noqa: ANN401
    """As httpx sends it: a wrong type is a file with that text."""
    if isinstance(value, tuple):
        return (value[0], _part(value[1]), *value[2:])
    return value if isinstance(value, bytes | str) else str(value)


@pytest.fixture
def program(redis_client: Client) -> Iterator[Programme]:
    with FakeSystem().running() as fake:
        yield Programme(Api(redis_client, fake))


def _described(case: Any, status: int) -> bool:  # noqa: ANN401
    responses = case.operation.definition.raw["responses"]
    return str(status) in responses or "default" in responses


@_ANY
@given(data=st.data())
def test_no_request_breaks_the_api_or_leaves_half_of_a_change(
    program: Programme, data: st.DataObject
) -> None:
    case = data.draw(data.draw(st.sampled_from(program.cases)))
    before = program.state()
    answer = program.send(case)
    text = answer.text[:500] if answer.is_stream_consumed else ""
    said = f"{case.as_curl_command()}\n{answer.status_code} {text}"
    assert answer.status_code < 500 or answer.status_code == 503, said
    assert answer.status_code in _UNDESCRIBED or _described(case, answer.status_code), said
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", said
        assert answer.json()["detail"], said
        assert program.state() == before, said


_ASKED: Final = (("GET", "/"), ("GET", "/login"), ("POST", "/kiosk/challenge"))


class Door:
    """The gate, before which somebody with an account and a kiosk have signed in."""

    def __init__(self, gate: GateApp) -> None:
        held = [*gate.signed_in(gate.add("ada")).cookies.items(), *gate.kiosk().cookies.items()]
        self.genuine = [value for _, value in held]
        self.cookies = [f"{name}={value}".encode() for name, value in held]
        self.cookies.append(b"; ".join(self.cookies))
        self.browser = TestClient(
            gate.app, "http://localhost", raise_server_exceptions=False, follow_redirects=False
        )

    def answers(self, way: tuple[str, str], cookie: bytes) -> int:
        self.browser.cookies.clear()
        headers = {name.encode(): value.encode() for name, value in ORIGIN.items()}
        answer = self.browser.request(*way, headers={**headers, b"cookie": cookie})
        return int(answer.status_code)


@pytest.fixture
def door(redis_client: Client) -> Door:
    clock = FakeClock()
    return Door(GateApp(access_on(redis_client, clock), clock))


@settings(CASES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_cookie_breaks_the_gate_or_lets_anybody_in(door: Door, data: st.DataObject) -> None:
    cookie, way = data.draw(files(*door.cookies)), data.draw(st.sampled_from(_ASKED))
    status = door.answers(way, cookie)
    assert status < 500, (way, cookie)
    if way[1] == "/" and not any(one.encode() in cookie for one in door.genuine):
        assert status in {400, 401}, (status, cookie)
    assert door.answers(("GET", "/"), door.cookies[-1]) == 200  # its cookies are good
