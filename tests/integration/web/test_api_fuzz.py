"""Whatever is sent to the API or to the way in: an answer in words, never a 500."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from face_rec.stores.redis.client import Client
from face_rec.web.api.query import after_cursor, beginning_of, cursor_of, end_of, limit_of
from face_rec.web.base.problem import CODES
from tests.fakes.system import FakeSystem
from tests.gate_app import ORIGIN
from tests.integration.web.test_access_api import Api

_odd = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
numbers = st.one_of(
    st.integers().map(str), texts, st.from_regex(r"0{0,30}[0-9]{0,30}", fullmatch=True)
)
dates = st.one_of(
    texts,
    st.datetimes(timezones=st.timezones()).map(datetime.isoformat),
    st.from_regex(r"[0-9]{1,9}-[0-9]{2}-[0-9]{2}(T[0-9:.]{0,20}([zZ]|[+-][0-9:]{0,5}))?",
                  fullmatch=True),
)  # fmt: skip
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=30)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@pytest.fixture
def served(redis_client: Client) -> Iterator[Api]:
    with FakeSystem().running() as fake:
        yield Api(redis_client, fake)


@pytest.fixture
def program(served: Api) -> TestClient:
    """Tells a 500 as a 500, as a server does."""
    raising = served.program()
    quiet = TestClient(served.gate.app, "http://localhost", raise_server_exceptions=False)
    quiet.headers["authorization"] = raising.headers["authorization"]
    return quiet


def _said(answer: Any) -> int:  # noqa: ANN401
    """The status of an answer as RFC 9457 has it."""
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        said = answer.json()
        assert said["status"] == answer.status_code
        assert said["error"]["message"] == said["detail"] != ""
        assert said["title"]
    assert answer.status_code < 500, answer.text
    return int(answer.status_code)


# --- queries --------------------------------------------------------------------------------


@_odd
@given(limit=numbers, cursor=texts)
@example(limit="000000001999999999", cursor="")
@example(limit="1" * 5000, cursor="")
@example(limit="٣", cursor="")
@example(limit="1", cursor="A" * 3000)
@example(limit="1", cursor="=")
@example(limit="1", cursor="_w")
@example(limit="1", cursor="\ud7ff")
def test_no_page_of_people_breaks(program: TestClient, limit: str, cursor: str) -> None:
    _said(program.get("/api/v1/people", params={"limit": limit, "cursor": cursor}))


@_odd
@given(start=dates, end=dates, person=texts)
@example(start="0001-01-01T00:00:00+23:59", end="0001-01-01T00:00:00Z", person="")
@example(start="9999-12-31T23:59:59-23:59", end="9999-12-31", person="\x00")
@example(start="2025-02-30", end="2025-13-01", person="x" * 10_000)
@example(start="0000-00-00", end="99999-01-01", person="")
@example(start="2025-W11-1T00:00Z", end="20250310T000000Z", person="")
@example(start="2025-03-10T24:00:00Z", end="2025-03-10T08:00:61Z", person="")
@example(start="2025-03-10T08:00:00+24:00", end="2025-03-10T08:00:00+99:99", person="")
def test_no_page_of_attendance_breaks(
    program: TestClient, start: str, end: str, person: str
) -> None:
    asked = {"from": start, "to": end, "person": person}
    _said(program.get("/api/v1/attendance", params=asked))
    _said(program.get("/api/v1/attendance", params={"to": end}))
    _said(program.get("/api/v1/attendance", params={"from": start}))


@pytest.mark.parametrize("limit", ["000000001999999999", "0500", "5" * 5000, "+5", "5.0", "-1"])
def test_a_limit_is_read_whole(program: TestClient, limit: str) -> None:
    for path in ("people", "attendance"):
        assert _said(program.get(f"/api/v1/{path}", params={"limit": limit})) == 400


# --- bodies ---------------------------------------------------------------------------------

_DEEP = b"[" * 8000


@_odd
@given(body=st.one_of(st.binary(max_size=200), values.map(lambda v: json.dumps(v).encode())))
@example(body=_DEEP)
@example(body=b'{"name":' * 2000)
@example(body=b'{"a":' + _DEEP)
@example(body=b"[" * 200_000)
@example(body=b'{"active": 1' + b"0" * 10_000 + b"}")
@example(body=b'{"name": "\\ud800"}')
@example(body=b'{"name": "\\u0000"}')
@example(body=b'{"id": NaN}')
@example(body=b"\xff\xfe{}")
@example(body=b"")
def test_no_body_of_a_change_breaks(program: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    _said(program.patch("/api/v1/people/E1", content=body, headers=headers))


def test_json_within_json_within_json_is_refused_in_words(program: TestClient) -> None:
    assert _said(program.patch("/api/v1/people/E1", content=_DEEP)) == 400
    assert _said(program.patch("/api/v1/people/E1", content=b"[" * 200_000)) == 413


_BOUND = b"--x\r\n"


@_odd
@given(body=st.binary(max_size=300), kind=texts)
@example(body=_BOUND, kind="multipart/form-data")
@example(body=_BOUND, kind="multipart/form-data; boundary=")
@example(body=_BOUND, kind="multipart/form-data; boundary=x; charset=nothing")
@example(
    body=_BOUND + b"Content-Disposition: form-data\r\n\r\na",
    kind="multipart/form-data; boundary=x",
)
@example(
    body=_BOUND
    + b'Content-Disposition: form-data; name="photos"; filename="\xff"\r\n\r\na\r\n--x--',
    kind="multipart/form-data; boundary=x",
)
@example(
    body=_BOUND + b'Content-Disposition: form-data; name="id"\r\n\r\n\xff\xfe\x00\r\n--x--\r\n',
    kind="multipart/form-data; boundary=x; charset=utf-16",
)
@example(body=b"a=%ff", kind="application/x-www-form-urlencoded")
def test_no_form_breaks(program: TestClient, body: bytes, kind: str) -> None:
    headers = {"content-type": kind.encode("latin-1", "ignore").decode("latin-1").strip() or "x"}
    try:
        headers["content-type"].encode("ascii")
    except UnicodeEncodeError:
        headers["content-type"] = "multipart/form-data; boundary=x"
    if any(ord(letter) < 32 for letter in headers["content-type"]):
        return  # no server hands that on
    for path in ("/api/v1/people", "/api/v1/people/E1/photos"):
        assert _said(program.post(path, content=body, headers=headers)) >= 400


# --- the way in -----------------------------------------------------------------------------

_WAYS = ("/login", "/setup/x", "/kiosk/link/x", "/logout", "/account")


@_odd
@given(given_=texts, cookie=st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
@example(given_="//[", cookie="")
@example(given_="http://[::1", cookie='"\\400"')
def test_nothing_in_an_address_or_a_cookie_breaks_the_way_in(
    program: TestClient, given_: str, cookie: str
) -> None:
    headers = {"cookie": f"fr_session={cookie}; fr_kiosk={cookie}; fr_form={cookie}"}
    for path in (*_WAYS, "/session", "/", "/overview"):
        asked = {"next": given_, "note": given_, "kiosk": given_}
        assert program.get(path, params=asked, headers=headers).status_code < 500


@_odd
@given(body=st.binary(max_size=200), token=texts)
@example(body=b"form_token=%ff&name=%00", token="")
def test_nothing_in_a_form_breaks_the_way_in(program: TestClient, body: bytes, token: str) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                 "multipart/form-data", "text/plain"):  # fmt: skip
        for path in _WAYS:
            headers = {**ORIGIN, "content-type": kind, "cookie": "fr_form=a"}
            assert program.post(path, content=body, headers=headers).status_code < 500
    fields = {"form_token": token, "name": token, "password": token, "again": token}
    assert program.post("/login", data=fields, headers=ORIGIN).status_code < 500


# --- what is right --------------------------------------------------------------------------


def test_what_was_given_as_next_comes_back() -> None:
    query = {"cursor": cursor_of("2025-03-10T08:00:00.000000|ä")}
    assert after_cursor(query) == "2025-03-10T08:00:00.000000|ä"
    assert limit_of({"limit": "500"}) == 500


def test_a_plain_date_is_the_site_s_day_from_its_beginning_to_its_end() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    query = {"from": "2025-03-30", "to": "2025-03-30"}  # the clocks went forward
    start, end = beginning_of(query, berlin), end_of(query, berlin)
    assert start == datetime(2025, 3, 29, 23, tzinfo=UTC)
    assert end == datetime(2025, 3, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("2025-03-10T08:00:00Z", 8), ("2025-03-10t08:00:00z", 8), ("2025-03-10T10:00:00+02:00", 8),
     ("2025-03-10T10:00:00 02:00", 8), ("2025-03-10T08:00:00.0Z", 8), ("2025-03-10T08:00Z", 8)],
)  # fmt: skip
def test_times_are_read_as_rfc_3339_writes_them(text: str, wanted: int) -> None:
    assert beginning_of({"from": text}, UTC) == datetime(2025, 3, 10, wanted, tzinfo=UTC)


def test_a_day_of_marks_is_asked_for_by_its_date(served: Api, program: TestClient) -> None:
    today = served.fake.clock.now().date()
    for days, status in ((0, 200), (30, 200), (31, 400)):
        asked = {"from": f"{today - timedelta(days=days)}", "to": f"{today}"}
        answer = program.get("/api/v1/attendance", params=asked)
        assert _said(answer) == status, answer.text


def test_every_code_by_status_is_in_the_description(program: TestClient) -> None:
    document = program.get("/api/v1/openapi.json").json()
    listed = document["components"]["schemas"]["Error"]["properties"]["error"]["properties"]
    assert set(CODES) <= set(listed["code"]["enum"])


def test_what_fails_on_our_side_is_said_in_json_too(
    served: Api, program: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.fake.people, "everybody", lambda: 1 / 0)
    answer = program.get("/api/v1/people")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "ZeroDivision" not in answer.text
