"""Attacks on sessions, forms and accounts, with the real middleware, routes and Redis."""

import re
from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from httpx import Response as Answer
from starlette.testclient import TestClient

from face_rec.access.accounts.account import Account
from face_rec.access.control.cookie_names import KIOSK, SESSION
from face_rec.access.rights import Scope
from face_rec.access.secrets import digest
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.redis import access_keys
from face_rec.stores.redis.client import Client
from tests.gate_app import ORIGIN, PASSWORD, GateApp, sign_in, submit


def _inside(browser: TestClient, path: str = "/system") -> bool:
    return bool(browser.get(path).text.startswith("inside"))


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
    key = access_keys.session("main", digest(admin.cookies[SESSION]))
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
    again = browser.get(f"/setup/{secret}", follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, "/"), "whoever used it goes on"
    token = browser.get("/account").text.partition('name="form_token" value="')[2]
    late = browser.post(  # from a second tab
        f"/setup/{secret}", data={"form_token": token.partition('"')[0], **form}, headers=ORIGIN,
        follow_redirects=False,
    )  # fmt: skip
    assert (late.status_code, late.headers["location"]) == (303, "/")


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
    redis_client.set(access_keys.session("main", digest("odd")), b"\xff\xfe{not json")
    redis_client.set(access_keys.session("main", digest("list")), b'["account", 1]')
    redis_client.hset(access_keys.access("main", "devices"), "odd", b"\x00\xff")
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
