"""Roles that need a second factor, resets, and what else is open meanwhile."""

import pytest
from starlette.websockets import WebSocketDisconnect

from face_rec.access.control.cookie_names import HALF, SESSION
from face_rec.access.rights import Role
from face_rec.access.signin.half_session import HALF_SECONDS
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS
from face_rec.stores.redis.client import Client
from tests.authenticator import Authenticator
from tests.factor_pages import ask, code_of, secret_in, send, token_in, with_app, with_passkey
from tests.fakes.clock import FakeClock
from tests.gate_app import ORIGIN, GateApp, access_on, sign_in, submit
from tests.integration.access.second_steps import (
    INSIDE,
    SOCKET,
    codes_on,
    half_signed_in,
    inside,
)

ADMINS = frozenset({Role.ADMIN})


@pytest.fixture
def strict(redis_client: Client) -> GateApp:
    """Where administrators need a second factor."""
    clock = FakeClock()
    gate = GateApp(access_on(redis_client, clock, factor_roles=ADMINS), clock)
    gate.add("ada")
    gate.add("max", Role.MANAGER)
    return gate


def test_who_has_none_is_led_through_setting_one_up_before_anything_opens(
    strict: GateApp,
) -> None:
    browser = half_signed_in(strict)
    assert browser.get("/login/factor").headers["location"] == "/login/enrol"
    for path in INSIDE:
        assert browser.get(path).status_code in {401, 403, 503}, path
    page = browser.get("/login/enrol/app").text
    form = {
        "form_token": token_in(page),
        "code": code_of(secret_in(page), strict),
        "next": "/records",
    }
    answer = browser.post("/login/enrol/app", data=form, headers=ORIGIN)
    assert len(codes_on(answer.text)) == 10
    assert 'href="/records"' in answer.text
    assert inside(browser)
    assert sign_in(strict.browser(), "max").headers["location"] == "/"


def test_a_passkey_made_on_the_way_in_opens_as_well(strict: GateApp) -> None:
    browser, device = half_signed_in(strict), Authenticator()
    path = "/login/enrol/passkey"
    answer = send(browser, path, path, device.create(ask(browser, path, path)), name="Phone")
    assert len(codes_on(answer.text)) == 10
    assert inside(browser)


def test_the_password_alone_does_not_add_a_factor_to_an_account_that_has_one(
    gate: GateApp,
) -> None:
    late = gate.browser()
    gate.access.factors._roles = ADMINS
    sign_in(late, "ada")
    page = late.get("/login/enrol/app").text  # opened while there was none
    owner = half_signed_in(gate)
    own = owner.get("/login/enrol/app").text
    form = {"form_token": token_in(own), "code": code_of(secret_in(own), gate)}
    owner.post("/login/enrol/app", data=form, headers=ORIGIN)
    assert inside(owner)
    form = {"form_token": token_in(page), "code": code_of(secret_in(page), gate)}
    answer = late.post("/login/enrol/app", data=form, headers=ORIGIN)
    assert answer.headers["location"] == "/login/factor"
    assert not inside(late)
    for path in ("/login/enrol", "/login/enrol/app", "/login/enrol/passkey"):
        assert late.get(path).headers["location"] == "/login/factor"


def test_the_role_s_demand_reaches_a_session_that_is_open(strict: GateApp) -> None:
    browser = strict.signed_in("max")
    assert inside(browser, "/records")
    with browser.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"
    strict.access.accounts.change("max", Role.ADMIN, NO_GROUPS, active=True)
    strict.wait()
    assert browser.get("/records").status_code == 401
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect(SOCKET, headers=ORIGIN):
        pass
    half_signed_in(strict, "max")


def test_the_last_factor_of_a_role_that_needs_one_stays(strict: GateApp) -> None:
    browser = half_signed_in(strict)
    page = browser.get("/login/enrol/app").text
    form = {"form_token": token_in(page), "code": code_of(secret_in(page), strict)}
    browser.post("/login/enrol/app", data=form, headers=ORIGIN)
    answer = submit(browser, "/account/factors", {"do": "remove-app"})
    assert answer.status_code == 400
    assert "need a second factor" in answer.text
    with_passkey(browser, Authenticator())
    assert submit(browser, "/account/factors", {"do": "remove-app"}).status_code == 303


def test_removing_the_only_factor_ends_the_recovery_codes_too(gate: GateApp) -> None:
    browser = gate.signed_in("ada")
    with_app(gate, browser)
    assert submit(browser, "/account/factors", {"do": "remove-app"}).status_code == 303
    assert not gate.access.factors.of("ada").recovery
    assert sign_in(gate.browser(), "ada").headers["location"] == "/"


@pytest.mark.parametrize(
    "change", ["switched off", "signed out everywhere", "too late", "finished"]
)
def test_half_a_session_is_over_when_something_changes(gate: GateApp, change: str) -> None:
    secret, _ = with_app(gate, gate.signed_in("ada"))
    gate.add("eve")
    gate.clock.advance(60)
    browser = half_signed_in(gate)
    half = browser.cookies[HALF]
    if change == "switched off":
        gate.access.accounts.change("ada", Role.ADMIN, NO_GROUPS, active=False)
    elif change == "signed out everywhere":
        gate.access.sign_in.sign_out_everywhere("ada")
    elif change == "too late":
        gate.clock.advance(HALF_SECONDS + 1)
    else:
        submit(browser, "/login/factor", {"do": "code", "code": code_of(secret, gate)})
        gate.clock.advance(60)
    thief = gate.browser()
    thief.cookies.set(HALF, half)
    form = {"form_token": "", "do": "code", "code": code_of(secret, gate)}
    page = thief.get("/login")
    form["form_token"] = token_in(page.text)
    answer = thief.post("/login/factor", data=form, headers=ORIGIN)
    assert answer.headers["location"] == "/login"
    assert not inside(thief)


def test_a_reset_takes_everything_away_and_ends_all_sign_ins(strict: GateApp) -> None:
    browser = half_signed_in(strict)
    page = browser.get("/login/enrol/app").text
    secret = secret_in(page)
    form = {"form_token": token_in(page), "code": code_of(secret, strict)}
    kept = codes_on(browser.post("/login/enrol/app", data=form, headers=ORIGIN).text)
    strict.access.factors.reset("ada")
    strict.access.sign_in.sign_out_everywhere("ada")
    strict.wait()
    assert not inside(browser)
    again = half_signed_in(strict)
    assert again.get("/login/factor").headers["location"] == "/login/enrol"
    strict.clock.advance(60)
    token = token_in(again.get("/login/enrol/app").text)
    for do, code in (("code", code_of(secret, strict)), ("recovery", kept[0])):
        form = {"form_token": token, "do": do, "code": code}
        assert again.post("/login/factor", data=form, headers=ORIGIN).status_code == 401
    assert not inside(again)
    said = [(entry.action, entry.target) for entry in strict.access.audit.newest(20)]
    assert ("factor.reset", "ada") in said


@pytest.mark.parametrize(
    "path",
    ["/login/enrol/nothing", "/login/passkeys", "/login/factor/media/x", "/login/enrol/app/x",
     "/login/factor/_stcore/health", "/login/passkey/_stcore/host-config"],
)  # fmt: skip
def test_nothing_else_is_open_beside_the_pages_of_the_second_step(
    gate: GateApp, path: str
) -> None:
    answer = gate.browser().get(path)
    assert answer.status_code == 401
    assert "inside" not in answer.text


def test_a_stranger_s_junk_does_not_fill_the_audit_log(gate: GateApp) -> None:
    browser = gate.browser()
    before = len(gate.access.audit.newest(100))
    for _ in range(5):
        assert send(browser, "/login", "/login/passkey", "junk").status_code == 401
    assert len(gate.access.audit.newest(100)) == before


def test_a_copied_authenticator_is_written_down(gate: GateApp) -> None:
    device = Authenticator()
    with_passkey(gate.signed_in("ada"), device)
    browser = gate.browser()
    shown = device.get(ask(browser, "/login", "/login/passkey"))
    assert send(browser, "/login", "/login/passkey", shown).status_code == 303
    thief, device.counter = gate.browser(), 0
    shown = device.get(ask(thief, "/login", "/login/passkey"))
    assert send(thief, "/login", "/login/passkey", shown).status_code == 401
    newest = gate.access.audit.newest(1)[0]
    assert (newest.action, newest.target) == ("factor.failed", "ada")


def test_two_tabs_show_one_secret_until_it_is_taken(gate: GateApp) -> None:
    browser = gate.signed_in("ada")
    path = "/account/factors/add/app"
    secret = secret_in(browser.get(path).text)
    assert secret_in(browser.get(path).text) == secret
    with_app(gate, browser)
    assert secret_in(browser.get(path).text) != secret


@pytest.mark.parametrize("change", ["switched off", "demoted"])
def test_a_passkey_opens_what_its_account_may_do_now(gate: GateApp, change: str) -> None:
    gate.add("eve")
    device = Authenticator()
    with_passkey(gate.signed_in("eve"), device)
    role = Role.MANAGER if change == "demoted" else Role.ADMIN
    gate.access.accounts.change("eve", role, ALL_GROUPS, active=change == "demoted")
    browser = gate.browser()
    shown = device.get(ask(browser, "/login", "/login/passkey"))
    answer = send(browser, "/login", "/login/passkey", shown)
    assert answer.status_code == (303 if change == "demoted" else 401)
    assert browser.get("/accounts").status_code == (403 if change == "demoted" else 401)


def test_while_only_single_sign_on_opens_the_app_no_passkey_does(
    gate: GateApp, redis_client: Client
) -> None:
    device = Authenticator()
    with_passkey(gate.signed_in("ada"), device)
    closed = GateApp(access_on(redis_client, gate.clock, local=False), gate.clock)
    browser = closed.browser()
    assert "/login/passkey" not in browser.get("/login").text
    form = {"form_token": browser.cookies["fr_form"]}  # by hand: the page has no such form
    asked = browser.post("/login/passkey/options", data=form, headers=ORIGIN).json()
    form["credential"] = device.get(asked)
    answer = browser.post("/login/passkey", data=form, headers=ORIGIN)
    assert answer.status_code == 401
    assert "does not open the app by itself" in answer.text
    assert SESSION not in browser.cookies
