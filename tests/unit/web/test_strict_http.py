"""The layers in front of the routes, with accounts on and off: forms, hosts, bodies, headers."""

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from config import ROOT, Settings, load
from face_rec import assembly
from face_rec.web.server.strict_http import StrictHttp, of_streamlit, routes

OURS = {"origin": "http://localhost"}


async def _page(request: Request) -> Response:
    return PlainTextResponse("inside")


async def _take(request: Request) -> Response:
    return PlainTextResponse(f"took {len(await request.body())}")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("inside")


def _app(settings: Settings) -> Starlette:
    ours = [Route("/healthz", _page), Route("/frames", _take, methods=["POST"])]
    shell = [
        Route("/_stcore/upload_file/a/b", _take, methods=["PUT"]),
        WebSocketRoute("/_stcore/stream", _socket),
        Route("/{path:path}", _page),
    ]
    return Starlette(
        routes=[*ours, *routes(ours), *shell], middleware=assembly.middleware(settings)
    )


def _browser(url: str = "http://localhost", **settings: str) -> TestClient:
    read = load({"ACCOUNTS": "off", **settings}, dotenv=None)
    return TestClient(_app(read), base_url=url, follow_redirects=False)


@pytest.fixture
def browser() -> TestClient:
    return _browser()


# --- without accounts -----------------------------------------------------------------------


def test_without_accounts_a_foreign_name_is_still_refused(browser: TestClient) -> None:
    """A web page whose own name is pointed at 127.0.0.1 would else read and change everything."""
    assert browser.get("/overview", headers={"host": "evil.example"}).status_code == 421
    assert browser.get("/overview", headers={"host": "evil.example:8501"}).status_code == 421
    for host in ("localhost:8501", "127.0.0.1:8501", "[::1]:8501"):
        assert browser.get("/overview", headers={"host": host}).text == "inside"


def test_without_accounts_answers_carry_the_security_headers(browser: TestClient) -> None:
    for path in ("/overview", "/nothing", "/healthz"):
        headers = browser.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors" in headers["content-security-policy"]


def test_without_accounts_bodies_have_the_same_bounds(browser: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(9):
            yield b"x" * 2**20

    assert browser.post("/frames", content=b"x" * (8 * 2**20 + 1), headers=OURS).status_code == 413
    assert browser.post("/frames", content=pieces(), headers=OURS).status_code == 413
    assert browser.post("/frames", content=b"x" * 2**20, headers=OURS).text == "took 1048576"


def test_without_accounts_no_foreign_page_changes_anything(browser: TestClient) -> None:
    foreign = ({"origin": "https://evil.example"}, {"origin": "null"},
               {"origin": "http://localhost", "sec-fetch-site": "cross-site"})  # fmt: skip
    for headers in foreign:
        assert browser.post("/frames", content=b"x", headers=headers).status_code == 403
        with (
            pytest.raises(WebSocketDisconnect),
            browser.websocket_connect("ws://localhost/_stcore/stream", headers=headers) as socket,
        ):
            socket.receive_text()
    with browser.websocket_connect("ws://localhost/_stcore/stream", headers=OURS) as socket:
        assert socket.receive_text() == "inside"


def test_without_accounts_streamlit_s_own_sign_in_and_agent_are_not_there(
    browser: TestClient,
) -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/mcp", "/auth/login", "/oauth2callback"):
        assert browser.get(path).status_code == 404, path


# --- the form of a request ------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["//healthz", "/healthz//", "/./healthz", "/static/../healthz", "/healthz/..", "/a\\b",
     "/healthz/.", "/static/..", "/a\nb", "/a\x00", "healthz", "", "*", "http://localhost/healthz"],
)  # fmt: skip
def test_a_path_in_an_odd_form_is_refused(path: str) -> None:
    assert _status(path, path.encode()) == 400


@pytest.mark.parametrize(
    "raw", [b"/health%7a", b"/%68ealthz", b"/static%2fx", b"/a%5Cb", b"/%2e%2e/x", b"/a%30"]
)
def test_a_path_that_hides_its_letters_is_refused(raw: bytes) -> None:
    assert _status("/healthz", raw) == 400


@pytest.mark.parametrize("raw", [b"/api/v1/people/M%C3%BCller%20%2B%27", b"/healthz", b"/a%25b"])
def test_what_must_be_escaped_may_be(raw: bytes) -> None:
    assert _status("/healthz", raw) == 200


def test_several_hosts_and_a_root_path_are_refused() -> None:
    two = [(b"host", b"localhost"), (b"host", b"evil.example")]
    assert _status("/healthz", b"/healthz", two) == 400
    assert _status("/healthz", b"/healthz", []) == 400
    assert _status("/healthz", b"/healthz", root_path="/healthz") == 400


def test_what_a_proxy_says_of_the_host_is_not_listened_to(browser: TestClient) -> None:
    says = {"host": "evil.example", "x-forwarded-host": "localhost", "forwarded": "host=localhost"}
    assert browser.get("/healthz", headers=says).status_code == 421
    says = {"x-forwarded-host": "evil.example", "x-forwarded-prefix": "/x"}
    assert browser.get("/healthz", headers=says).text == "inside"


def test_a_host_that_is_none_is_not_written_into_the_policy(browser: TestClient) -> None:
    answer = browser.get("/healthz", headers={"host": "a; script-src *"})
    assert answer.status_code == 400
    assert "script-src *" not in answer.headers["content-security-policy"]


def _status(
    path: str,
    raw: bytes,
    headers: list[tuple[bytes, bytes]] | None = None,
    root_path: str = "",
) -> int:
    """The status for a request as a server hands it over, which a client might not send."""
    scope: Scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": raw, "query_string": b"",
        "headers": [(b"host", b"localhost")] if headers is None else headers,
        "root_path": root_path, "scheme": "http", "client": ("127.0.0.1", 1),
        "http_version": "1.1", "state": {}, "asgi": {},
    }  # fmt: skip
    seen: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        seen.append(message)

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("inside")(scope, receive, send)

    app = StrictHttp(inside, hosts=frozenset({"localhost"}), tls=False)
    anyio.run(app, scope, receive, send)
    return int(seen[0]["status"])


# --- what is not there ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/nothing", "/login/x", "/overview/x", "/.env", "/pages/main.py"]
)
def test_an_unknown_path_is_a_404_and_no_page(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.text) == (404, "There is no such page.")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH", "FOO"])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/people"])
def test_an_unknown_operation_is_a_404_in_json(
    browser: TestClient, path: str, method: str
) -> None:
    answer = browser.request(method, path, headers=OURS)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_known_path_names_the_methods_it_has(browser: TestClient) -> None:
    answer = browser.get("/frames")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("path", "theirs"),
    [("/", True), ("/overview", True), ("/overview/", True), ("/records/_stcore/stream", True),
     ("/static/js/a.js", True), ("/media/x", True), ("/overviews", False), ("/overview/x", False),
     ("/staticx", False), ("/api/v1/x", False)],
)  # fmt: skip
def test_what_is_streamlit_s_stays_streamlit_s(path: str, theirs: bool) -> None:
    assert of_streamlit(path) is theirs


# --- HTTPS ----------------------------------------------------------------------------------


def _https(tmp_path: Path) -> TestClient:
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).touch()
    return _browser(
        "https://door.example.org", ALLOWED_HOSTS="door.example.org,localhost",
        TLS_CERT=str(tmp_path / "cert.pem"), TLS_KEY=str(tmp_path / "key.pem"),
    )  # fmt: skip


def test_with_tls_of_its_own_the_app_asks_browsers_to_stay_with_it(tmp_path: Path) -> None:
    browser = _https(tmp_path)
    said = browser.get("/healthz").headers["strict-transport-security"]
    assert said == "max-age=31536000; includeSubDomains"
    assert "strict-transport-security" in browser.get("/nothing").headers


def test_localhost_is_left_to_other_programs_and_without_tls_nothing_is_promised(
    tmp_path: Path, browser: TestClient
) -> None:
    local = _https(tmp_path).get("/healthz", headers={"host": "localhost:8501"})
    assert "strict-transport-security" not in local.headers
    assert "strict-transport-security" not in browser.get("/healthz").headers


# --- what it stands on ----------------------------------------------------------------------


def test_a_starlette_that_reads_paths_out_of_the_host_is_not_taken() -> None:
    """CVE-2026-48710 (mended in 1.0.1) and PYSEC-2026-248 (in 1.3.0)."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert "starlette>=1.3.0,<2" in text.splitlines()
