"""Attacks on the gate, with the real middleware, routes and Redis."""

import re
from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from httpx import Response as Answer
from starlette.datastructures import URL
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.accounts.account import Account
from face_rec.access.control.access_control import KIOSK, SESSION
from face_rec.access.rights import Role, Scope
from face_rec.access.secrets import digest
from face_rec.domain.errors import AccountRefused, StoreUnavailable
from face_rec.domain.groups import ALL_GROUPS, only
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from face_rec.web.base.headers import FORMS
from face_rec.web.gate import tab_socket
from face_rec.web.server import strict_http
from tests.fakes.clock import FakeClock
from tests.gate_app import ORIGIN, PASSWORD, GateApp, access_on, prove, sign_in, submit

SOCKET = "ws://localhost/_stcore/stream"


@pytest.fixture
def gate(redis_client: Client) -> GateApp:
    clock = FakeClock()
    return GateApp(access_on(redis_client, clock), clock)


@pytest.fixture
def admin(gate: GateApp) -> TestClient:
    gate.add("ada")
    return gate.signed_in("ada")


def _inside(browser: TestClient, path: str = "/system") -> bool:
    return bool(browser.get(path).text.startswith("inside"))


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
    assert not _connects(browser, ORIGIN)


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


# --- the session ----------------------------------------


def test_the_session_s_name_changes_at_sign_in(gate: GateApp) -> None:
    gate.add("ada")
    browser = gate.browser()
    browser.cookies.set(SESSION, "chosen-by-the-attacker")
    sign_in(browser, "ada")
    ours = [c for c in browser.cookies.jar if c.name == SESSION and c.value]
    assert ours
    assert all(c.value != "chosen-by-the-attacker" for c in ours if c.domain == "localhost.local")
    thief = gate.browser()
    thief.cookies.set(SESSION, "chosen-by-the-attacker")
    assert not _inside(thief)


def test_signing_in_again_ends_the_session_before(gate: GateApp, admin: TestClient) -> None:
    old = admin.cookies[SESSION]
    sign_in_page = admin.get("/logout")
    assert sign_in_page.status_code == 200
    assert submit(admin, "/logout", {}).status_code == 303
    gate.wait()
    thief = gate.browser()
    thief.cookies.set(SESSION, old)
    assert not _inside(thief)


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s + "A", lambda s: s.swapcase()])
def test_a_tampered_cookie_opens_nothing(
    gate: GateApp, admin: TestClient, change: Callable[[str], str]
) -> None:
    thief = gate.browser()
    thief.cookies.set(SESSION, change(admin.cookies[SESSION]))
    assert not _inside(thief)


def test_the_database_holds_no_cookie_and_no_password(
    admin: TestClient, redis_client: Client
) -> None:
    held = b""
    for key in redis_client.scan_iter():
        held += key + (redis_client.dump(key) or b"")
    assert digest(admin.cookies[SESSION]).encode() in held
    assert admin.cookies[SESSION].encode() not in held
    assert PASSWORD.encode() not in held


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(gate: GateApp) -> None:
    gate.add("ada")
    cookie = sign_in(gate.browser(), "ada").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_under_https_the_cookie_is_secure_and_of_this_host_only(gate: GateApp) -> None:
    gate.add("ada")
    browser = gate.browser()
    browser.base_url = "https://localhost"
    page = browser.get("/login")
    token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
    form = {"form_token": token, "name": "ada", "password": PASSWORD}
    answer = browser.post("/login", data=form, headers={"origin": "https://localhost"})
    assert re.search(
        r"__Host-fr_session=\S+; HttpOnly; Path=/;.*Secure", answer.headers["set-cookie"]
    )
    assert _inside(browser)


def test_a_session_ends_when_it_is_not_used(gate: GateApp, admin: TestClient) -> None:
    assert _inside(admin)
    gate.clock.advance(12 * 3600 + 1)
    assert not _inside(admin)


def test_use_prolongs_a_session_to_its_longest_life_only(
    gate: GateApp, admin: TestClient, redis_client: Client
) -> None:
    key = keys.session("main", digest(admin.cookies[SESSION]))
    redis_client.pexpire(key, 60_000)
    gate.wait()
    assert _inside(admin)
    assert 3_500_000 < redis_client.pttl(key) <= 3_600_000
    gate.clock.advance(11.5 * 3600)
    assert _inside(admin)
    redis_client.pexpire(key, 60_000)
    gate.wait()
    assert _inside(admin)
    assert redis_client.pttl(key) <= 1_800_000


def test_signing_out_everywhere_ends_every_session(gate: GateApp, admin: TestClient) -> None:
    other = gate.signed_in("ada")
    submit(other, "/account", {"do": "everywhere"})
    gate.wait()
    assert not _inside(admin)
    assert not _inside(other)


def test_a_new_password_ends_every_session(gate: GateApp, admin: TestClient) -> None:
    form = {"do": "password", "old": PASSWORD, "new": "yellow cactus under water"}
    assert submit(admin, "/account", form).status_code == 303
    gate.wait()
    assert not _inside(admin)
    assert sign_in(gate.browser(), "ada").status_code == 401
    assert sign_in(gate.browser(), "ada", "yellow cactus under water").status_code == 303


# --- forms ----------------------------------------


def test_a_form_without_its_token_is_refused(gate: GateApp) -> None:
    gate.add("ada")
    browser = gate.browser()
    browser.get("/login")
    for token in ("", "guessed"):
        form = {"form_token": token, "name": "ada", "password": PASSWORD}
        assert browser.post("/login", data=form, headers=ORIGIN).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://localhost:99"},
     {"sec-fetch-site": "cross-site", "origin": "http://localhost"}, {}],
)  # fmt: skip
def test_a_form_from_another_site_is_refused(admin: TestClient, headers: dict[str, str]) -> None:
    page = admin.get("/logout")
    token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
    answer = admin.post("/logout", data={"form_token": token}, headers=headers)
    assert answer.status_code == 403
    assert _inside(admin)


def test_a_body_that_is_too_large_is_refused_however_it_comes(gate: GateApp) -> None:
    gate.add("ada")
    browser = gate.browser()
    browser.get("/login")
    assert browser.post("/login", content=b"x" * 20_000, headers=ORIGIN).status_code == 413

    def pieces() -> Iterator[bytes]:  # no Content-Length
        for _ in range(40):
            yield b"x" * 1000

    headers = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/login", content=pieces(), headers=headers).status_code == 413


# --- who has an account ----------------------------------------


def test_an_unknown_account_gets_the_same_answer_and_the_same_work(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.add("ada")
    hasher = type(gate.access.sign_in._proof._passwords._hasher)
    checked: list[str] = []
    verify = hasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> object:
        checked.append(stored)
        return verify(self, stored, password)

    monkeypatch.setattr(hasher, "verify", counted)
    known = sign_in(gate.browser(), "ada", "a wrong password")
    unknown = sign_in(gate.browser(), "nobody", "a wrong password")
    odd = sign_in(gate.browser(), "n\u00f6b\u00f6dy 🙂\x00", "a wrong password")
    assert len(checked) == 3

    def told(answer: Answer, name: str) -> str:
        return re.sub(r'name="form_token" value="[^"]+"', "", answer.text).replace(name, "")

    assert known.status_code == unknown.status_code == odd.status_code == 401
    assert told(known, "ada") == told(unknown, "nobody")


# --- set-up ----------------------------------------


def test_the_set_up_link_makes_one_admin_and_then_nothing(gate: GateApp) -> None:
    secret, browser = gate.access.sign_in.setup_link(), gate.browser()
    form = {"name": "Ada", "password": PASSWORD, "again": PASSWORD}
    answer = submit(browser, f"/setup/{secret}", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert _inside(browser)
    assert gate.browser().get(f"/setup/{secret}").status_code == 410
    assert gate.browser().get(f"/setup/{gate.access.sign_in.setup_link()}").status_code == 410


def test_a_poor_password_does_not_use_the_link_up(gate: GateApp) -> None:
    path = f"/setup/{gate.access.sign_in.setup_link()}"
    short = {"name": "ada", "password": "short", "again": "short"}
    assert submit(gate.browser(), path, short).status_code == 400
    differ = {"name": "ada", "password": PASSWORD, "again": PASSWORD + "!"}
    assert submit(gate.browser(), path, differ).status_code == 400
    good = {"name": "ada", "password": PASSWORD, "again": PASSWORD}
    assert submit(gate.browser(), path, good).status_code == 303


def test_before_the_set_up_nobody_from_outside_is_answered(gate: GateApp) -> None:
    path = f"/setup/{gate.access.sign_in.setup_link()}"
    for asked in ("/login", path, "/"):
        assert gate.browser("192.0.2.7").get(asked).status_code == 403
    assert gate.browser("192.0.2.7").get("/healthz").status_code == 200
    assert gate.browser().get(path).status_code == 200


# --- rights ----------------------------------------


def test_a_manager_cannot_open_registration_by_its_address(gate: GateApp) -> None:
    gate.add("max", Role.MANAGER)
    browser = gate.signed_in("max")
    assert _inside(browser, "/records")
    assert browser.get("/register").status_code == 403
    upload = browser.put("/_stcore/upload_file/a/b", content=b"x", headers=ORIGIN)
    assert upload.status_code == 403


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(gate: GateApp) -> None:
    gate.add("ada")
    gate.add("eve")
    browser = gate.signed_in("eve")
    assert _inside(browser, "/accounts")
    gate.access.accounts.change("eve", Role.REGISTRAR, ALL_GROUPS, active=True)
    gate.wait()
    assert browser.get("/accounts").status_code == 403
    assert _inside(browser, "/register")
    gate.access.accounts.change("eve", Role.REGISTRAR, ALL_GROUPS, active=False)
    gate.wait()
    assert browser.get("/register").status_code == 401


def test_a_manager_of_some_groups_gets_no_snapshot_by_its_address(gate: GateApp) -> None:
    gate.add("ada")
    gate.add("max", Role.MANAGER, only("Staff"))
    assert gate.signed_in("max").get("/snapshots/a.jpg").status_code == 403
    assert _inside(gate.signed_in("ada"), "/snapshots/a.jpg")


def test_while_the_database_is_away_who_is_in_stays_in_and_nobody_new_comes_in(
    gate: GateApp, admin: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _inside(admin)

    def away(*_: object) -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(gate.access.sign_in, "session_of", away)
    gate.wait()
    assert _inside(admin)
    stranger = gate.browser()
    stranger.cookies.set(SESSION, "x" * 43)
    assert stranger.get("/system").status_code == 503
    gate.clock.advance(601)
    assert admin.get("/system").status_code == 503


# --- kiosks ----------------------------------------


def test_a_kiosk_opens_its_own_page_and_nothing_else(gate: GateApp) -> None:
    gate.add("ada")
    kiosk = gate.kiosk()
    assert _inside(kiosk, "/take_attendance?kiosk=front-door")
    assert _inside(kiosk, "/static/js/a.js")
    for path in ("/", "/take_attendance", "/take_attendance?kiosk=other"):
        assert kiosk.get(path).headers["location"] == "/take_attendance?kiosk=front-door"
    for path in ("/overview", "/register", "/records", "/account", "/snapshots/a.jpg", "/metrics"):
        assert kiosk.get(path).status_code in {303, 401, 403}
        assert not _inside(kiosk, path)
    assert kiosk.post("/frames?kiosk=front-door", content=b"x", headers=ORIGIN).status_code == 200
    assert kiosk.post("/frames?kiosk=other", content=b"x", headers=ORIGIN).status_code == 403


def test_a_kiosk_s_link_works_once(gate: GateApp) -> None:
    gate.add("ada")
    gate.kiosk()
    path = f"/kiosk/link/{gate.access.devices.link('front-door')}"
    assert gate.browser().get(path).status_code == 200
    assert gate.browser().get(path).status_code == 200  # looking uses nothing up
    first, second = gate.browser(), gate.browser()
    second.get(path)
    assert submit(first, path, {}).status_code == 303
    page = second.get(path)
    assert page.status_code == 410
    assert KIOSK not in second.cookies


def test_the_admin_does_not_stay_signed_in_on_the_tablet(gate: GateApp) -> None:
    gate.add("ada")
    tablet = gate.signed_in("ada")
    session = tablet.cookies[SESSION]
    gate.decide(KioskRecord("hall", title="Hall"))
    submit(tablet, f"/kiosk/link/{gate.access.devices.link('hall')}", {})
    gate.wait()
    assert not tablet.cookies.get(SESSION)
    assert not _inside(tablet, "/overview")
    thief = gate.browser()
    thief.cookies.set(SESSION, session)
    assert not _inside(thief)


def test_a_forged_or_replayed_kiosk_token_opens_nothing(gate: GateApp) -> None:
    gate.add("ada")
    kiosk = gate.kiosk()
    token = kiosk.cookies[KIOSK]
    name, _, secret = token.partition(".")
    forged = [f"{name}.{'A' * len(secret)}", f"other.{secret}", secret, f"{name}.", "." + secret,
              "\x7f", "x" * 5000]  # fmt: skip
    for value in forged:
        thief = gate.browser()
        thief.cookies.set(KIOSK, value)
        assert not _inside(thief, "/take_attendance?kiosk=front-door"), value
    gate.access.devices.revoke(name)
    gate.wait()
    assert not _inside(kiosk, "/take_attendance?kiosk=front-door")
    gate.kiosk()  # linked anew: the old token stays worthless
    gate.wait()
    assert not _inside(kiosk, "/take_attendance?kiosk=front-door")


def test_a_kiosk_outside_its_hours_takes_no_pictures(gate: GateApp) -> None:
    gate.add("ada")
    kiosk = gate.kiosk()
    at = gate.clock.now().time()
    gate.decide(KioskRecord("front-door", opens=at.replace(hour=20), closes=at.replace(hour=22)))
    gate.wait()
    admin = gate.signed_in("ada")  # a browser that is this kiosk is closed at the same hour
    for browser in (kiosk, admin):
        answer = browser.post("/frames?kiosk=front-door", content=b"x", headers=ORIGIN)
        assert (answer.status_code, answer.text) == (403, "This kiosk is closed at this hour.")
    assert admin.post("/frames?kiosk=main", content=b"x", headers=ORIGIN).status_code == 200


def test_a_device_whose_kiosk_was_given_up_opens_nothing_and_cannot_be_linked(
    gate: GateApp,
) -> None:
    kiosk, path = gate.kiosk(), f"/kiosk/link/{gate.access.devices.link('front-door')}"
    gate.give_up("front-door")
    assert not _inside(kiosk, "/take_attendance?kiosk=front-door")
    assert prove(kiosk).status_code == 403
    assert gate.browser().get(path).status_code == 410
    with pytest.raises(AccountRefused, match="no kiosk front-door"):
        gate.access.devices.link("front-door")
    gate.decide(KioskRecord("front-door"))  # a new one of the same name
    gate.wait()
    assert not _inside(kiosk, "/take_attendance?kiosk=front-door")
    assert gate.browser().get(path).status_code == 410


def test_asking_for_the_session_is_the_kiosk_s_sign_of_life(gate: GateApp) -> None:
    gate.add("ada")
    kiosk = gate.kiosk()
    assert kiosk.get("/session").status_code == 204
    beat = gate.access.devices.beats()["front-door"]
    assert (beat.address, beat.at) == ("127.0.0.1", gate.clock.now())
    assert gate.browser().get("/session").status_code == 401


# --- the WebSocket ----------------------------------------


def _connects(browser: TestClient, headers: dict[str, str]) -> bool:
    try:
        with browser.websocket_connect(SOCKET, headers=headers) as socket:
            socket.send_text("hello")
            return bool(socket.receive_text() == "hello")
    except WebSocketDisconnect:
        return False


def test_a_socket_opens_for_our_own_page_only(gate: GateApp, admin: TestClient) -> None:
    assert _connects(admin, ORIGIN)
    assert not _connects(admin, {})
    assert not _connects(admin, {"origin": "https://evil.example"})
    assert not _connects(admin, {"origin": "null"})
    assert not _connects(admin, {**ORIGIN, "host": "evil.example"})
    assert not _connects(gate.browser(), ORIGIN)


@pytest.mark.parametrize("end", ["sign out", "disable", "revoke"])
def test_an_open_socket_closes_within_seconds_of_the_session_s_end(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(tab_socket, "EVERY", 0.05)
    gate.add("ada")
    gate.add("eve")
    browser = gate.kiosk() if end == "revoke" else gate.signed_in("eve")
    with browser.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"
        if end == "sign out":
            gate.access.sign_in.sign_out_everywhere("eve")
        elif end == "disable":
            gate.access.accounts.change("eve", Role.ADMIN, ALL_GROUPS, active=False)
        else:
            gate.access.devices.revoke("front-door")
        gate.wait()
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


# --- tokens, odd bytes ----------------------------------------


def test_a_token_is_no_cookie_and_a_cookie_no_token(gate: GateApp, admin: TestClient) -> None:
    _, text = gate.access.tokens.create("Payroll", frozenset(Scope), 30, "ada")
    bearer = {"authorization": f"Bearer {text}"}
    assert gate.browser().get("/metrics", headers=bearer).status_code == 200
    assert gate.browser().get("/overview", headers=bearer).status_code == 401
    assert admin.get("/api/v1/people").status_code == 401
    thief = gate.browser()
    thief.cookies.set(SESSION, text)
    thief.cookies.set(KIOSK, text)
    assert not _inside(thief)


def test_records_with_odd_bytes_open_nothing_and_break_nothing(
    gate: GateApp, admin: TestClient, redis_client: Client
) -> None:
    redis_client.set(keys.session("main", digest("odd")), b"\xff\xfe{not json")
    redis_client.set(keys.session("main", digest("list")), b'["account", 1]')
    redis_client.hset(keys.access("main", "devices"), "odd", b"\x00\xff")
    for name, value in ((SESSION, "odd"), (SESSION, "list"), (KIOSK, "odd.secret")):
        thief = gate.browser()
        thief.cookies.set(name, value)
        assert not _inside(thief)
    assert _inside(admin)


def test_accounts_written_by_two_at_once_lose_no_change(gate: GateApp) -> None:
    gate.add("ada")
    accounts = gate.access.accounts._accounts
    first, second = accounts.get("ada"), accounts.get("ada")
    assert isinstance(first, Account)
    assert isinstance(second, Account)
    accounts.update(first)
    with pytest.raises(Exception, match="in the meantime"):
        accounts.update(second)


def test_html_in_a_name_is_shown_as_text(gate: GateApp) -> None:
    gate.add("ada")
    name = '"><script>alert(1)</script>'
    page = sign_in(gate.browser(), name, "a wrong password").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    gate.decide(KioskRecord("hall", title=name))
    page = gate.browser().get(f"/kiosk/link/{gate.access.devices.link('hall')}").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_what_is_compressed_holds_no_lasting_secret_that_a_foreign_page_could_measure(
    gate: GateApp,
) -> None:
    """BREACH: a foreign page has the browser ask again and again, with guesses in the address.
    The cookie of the form token does not come along then (SameSite=Strict), and without it
    each answer holds a fresh one."""
    gate.add("ada")
    browser = gate.browser()
    cookie = browser.get("/login?next=/guess").headers["set-cookie"]
    assert "fr_form=" in cookie
    assert "SameSite=strict" in cookie
    pages = [gate.browser().get("/login?next=/guess").text for _ in range(2)]
    tokens = {re.findall(r'name="form_token" value="([^"]+)"', page)[0] for page in pages}
    assert len(tokens) == 2


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
