"""Attacks on the gate from outside, with the real middleware, routes and Redis."""

import pytest
from starlette.datastructures import URL
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from face_rec.access.rights import Role
from face_rec.web.base.headers import FORMS
from face_rec.web.server import strict_http
from tests.gate_app import ORIGIN, GateApp, connects, sign_in

# --- who is not signed in ----------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/overview", "/register", "/static/js/index.js", "/_stcore/health", "/media/x.jpg",
     "/component/a/index.html", "/snapshots/marks/2026/x.jpg", "/account", "/metrics",
     "/_stcore/agent/openapi.json", "/nothing"],
)  # fmt: skip
def test_a_stranger_gets_nothing_from_any_path(gate: GateApp, path: str) -> None:
    gate.add("ada")
    answer = gate.browser().get(path)
    assert answer.status_code == (503 if path == "/_stcore/health" else 401)
    assert "inside" not in answer.text


def test_a_stranger_s_browser_is_sent_to_the_sign_in_and_back_afterwards(gate: GateApp) -> None:
    gate.add("ada")
    browser = gate.browser()
    answer = browser.get("/records?a=1", headers={"accept": "text/html"})
    assert answer.headers["location"] == "/login?next=/records%3Fa%3D1"
    assert sign_in(browser, "ada", to="/records?a=1").headers["location"] == "/records?a=1"


@pytest.mark.parametrize("path", ["/records", "/", "/my/punch", "/api/v1/people", "/nothing"])
def test_whoever_asks_for_the_head_of_a_page_alone_is_told_what_the_page_would_be(
    gate: GateApp, path: str
) -> None:
    gate.add("ada")
    browser = gate.browser()
    page = browser.get(path, headers={"accept": "text/html"})
    head = browser.head(path, headers={"accept": "text/html"})
    assert head.status_code == page.status_code
    assert head.headers.get("location") == page.headers.get("location")
    assert head.content == b""


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)",
           "/\t/evil.example", "evil", ""],
)  # fmt: skip
def test_the_sign_in_never_sends_anybody_to_another_site(gate: GateApp, to: str) -> None:
    gate.add("ada")
    assert sign_in(gate.browser(), "ada", to=to).headers["location"] == "/"


def test_health_answers_without_details(gate: GateApp) -> None:
    assert gate.browser().get("/healthz").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "[::2]"])
def test_another_host_name_is_refused(admin: TestClient, host: str) -> None:
    assert admin.get("/system", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "host", ["", "localhost:x@e", "localhost/healthz?", "[::1]/healthz?", "[::1]:1/healthz?#"]
)
def test_no_host_opens_a_path_that_was_not_asked_for(gate: GateApp, host: str) -> None:
    """Frameworks that put a URL together from the header once read the path out of it."""
    gate.add("ada")
    browser = gate.browser()
    answer = browser.get("/system", headers={"host": host})
    assert (answer.status_code, "inside" in answer.text) == (400, False)


def test_the_gate_judges_the_router_s_path_whatever_the_host_says(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The layer before it would refuse such a host; the gate must not need that."""
    gate.add("ada")
    monkeypatch.setattr(strict_http, "_wrong", lambda *_: None)
    monkeypatch.setattr(
        HTTPConnection, "url", property(lambda _: URL("http://localhost/healthz?/system"))
    )
    browser = gate.browser()
    assert browser.get("/system").status_code == 401
    assert browser.get("/frames?kiosk=a").status_code == 401
    assert not connects(browser, ORIGIN)


@pytest.mark.parametrize("next_page", ["//[", "/[", "http://[", "\\\\[", "//[::1"])
def test_no_place_to_go_on_to_breaks_the_sign_in(gate: GateApp, next_page: str) -> None:
    gate.add("ada")
    browser = TestClient(gate.app, base_url="http://localhost", raise_server_exceptions=False)
    assert browser.get("/login", params={"next": next_page}).status_code == 200


def test_every_answer_carries_the_security_headers(gate: GateApp, admin: TestClient) -> None:
    for answer in (admin.get("/system"), gate.browser().get("/system"), admin.get("/login")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "camera=(self)" in answer.headers["permissions-policy"]
        assert "frame-ancestors" in answer.headers["content-security-policy"]


# --- what a refusal looks like ----------------------------------------


HTML = {"accept": "text/html"}


def test_a_refused_page_says_who_one_is_and_where_to_go(gate: GateApp) -> None:
    gate.add("max", Role.MANAGER)
    page = gate.signed_in("max").get("/accounts", headers=HTML)
    assert (page.status_code, page.headers["cache-control"]) == (403, "no-store")
    for part in ("You may not open this page", "<b>max</b>", 'href="/"', 'href="/logout"'):
        assert part in page.text
    assert page.headers["content-security-policy"] == FORMS


def test_a_kiosk_s_refusal_leads_back_to_the_kiosk(gate: GateApp) -> None:
    page = gate.kiosk().get("/account", headers=HTML)
    assert page.status_code == 403
    assert 'href="/take_attendance?kiosk=front-door"' in page.text
    assert "/logout" not in page.text


def test_a_page_that_is_not_there_has_a_way_back_for_who_is_signed_in(gate: GateApp) -> None:
    gate.add("max", Role.MANAGER)
    page = gate.signed_in("max").get("/<b>nothing", headers=HTML)
    assert page.status_code == 404
    assert 'href="/"' in page.text
    assert "<b>nothing" not in page.text


def test_a_program_is_refused_in_a_line(gate: GateApp) -> None:
    gate.add("max", Role.MANAGER)
    browser = gate.signed_in("max")
    assert browser.get("/accounts").text.startswith("You are not allowed to open this.")
    assert "<html" not in browser.post("/account/nothing", headers=HTML).text
