"""Attacks on the second factor, with the real gate, pages, library and Redis."""

import re
import threading

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from face_rec.access.control.access_control import HALF, SESSION, Access
from face_rec.access.factors.second_factor import BY_BROWSER, BY_CODE
from face_rec.access.rights import Role
from face_rec.access.signin.half_session import HALF_SECONDS
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.domain.errors import FactorRefused
from face_rec.domain.groups import ALL_GROUPS, NO_GROUPS
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.authenticator import Authenticator
from tests.factor_pages import (
    ask,
    code_of,
    secret_in,
    send,
    token_in,
    with_app,
    with_passkey,
)
from tests.fakes.clock import FakeClock
from tests.gate_app import CHEAP, ORIGIN, GateApp, access_on, sign_in, submit

SOCKET = "ws://localhost/_stcore/stream"
ADMINS = frozenset({Role.ADMIN})
INSIDE = (
    "/system", "/", "/account", "/account/factors", "/account/confirm", "/accounts", "/media/x",
    "/_stcore/health", "/session", "/metrics", "/snapshots/x",
)  # fmt: skip


@pytest.fixture
def gate(redis_client: Client) -> GateApp:
    clock = FakeClock()
    gate = GateApp(access_on(redis_client, clock), clock)
    gate.add("ada")
    return gate


@pytest.fixture
def strict(redis_client: Client) -> GateApp:
    """Where administrators need a second factor."""
    clock = FakeClock()
    gate = GateApp(access_on(redis_client, clock, factor_roles=ADMINS), clock)
    gate.add("ada")
    gate.add("max", Role.MANAGER)
    return gate


def _codes(page: str) -> list[str]:
    return re.findall(r"<li><code>([0-9a-z-]{29})</code></li>", page)


def _half(gate: GateApp, name: str = "ada") -> TestClient:
    """A browser that has shown the password and nothing else."""
    browser = gate.browser()
    answer = sign_in(browser, name)
    assert answer.headers["location"].startswith("/login/factor"), answer.headers
    return browser


def _inside(browser: TestClient, path: str = "/system") -> bool:
    return bool(browser.get(path).text.startswith("inside"))


# --- codes of an app ----------------------------------------


def test_an_app_is_asked_for_at_the_next_sign_in_and_lets_its_owner_in(gate: GateApp) -> None:
    secret, answer = with_app(gate, gate.signed_in("ada"))
    assert len(_codes(answer.text)) == 10
    gate.clock.advance(31)
    browser = _half(gate)
    assert "authenticator app" in browser.get("/login/factor").text
    form = {"do": "code", "code": code_of(secret, gate), "next": "/records?a=1"}
    answer = submit(browser, "/login/factor", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/records?a=1")
    assert _inside(browser)


def test_half_a_session_opens_nothing_and_no_socket(gate: GateApp) -> None:
    with_app(gate, gate.signed_in("ada"))
    browser = _half(gate)
    half = browser.cookies[HALF]
    assert SESSION not in browser.cookies
    for name in (HALF, SESSION, f"__Host-{SESSION}", "fr_kiosk"):
        thief = gate.browser()
        thief.cookies.set(name, half)
        for path in INSIDE:
            assert thief.get(path).status_code in {401, 403, 503}, (name, path)
        with pytest.raises(WebSocketDisconnect), thief.websocket_connect(SOCKET, headers=ORIGIN):
            pass


def test_a_code_opens_once_also_in_another_process(gate: GateApp, redis_client: Client) -> None:
    secret, _ = with_app(gate, gate.signed_in("ada"))
    used = code_of(secret, gate)
    first, second = _half(gate), _half(gate)
    assert submit(first, "/login/factor", {"do": "code", "code": used}).status_code == 401
    gate.clock.advance(30)
    fresh = code_of(secret, gate)
    assert submit(first, "/login/factor", {"do": "code", "code": fresh}).status_code == 303
    assert submit(second, "/login/factor", {"do": "code", "code": fresh}).status_code == 401
    other = access_on(redis_client, gate.clock)
    with pytest.raises(FactorRefused):
        other.factors.show_code("elsewhere", "ada", fresh)
    with pytest.raises(FactorRefused):  # nor the code of the step before
        other.factors.show_code("elsewhere", "ada", code_of(secret, gate, -1))


def test_of_many_at_the_same_moment_one_code_lets_one_in(
    gate: GateApp, redis_client: Client
) -> None:
    secret, _ = with_app(gate, gate.signed_in("ada"))
    gate.clock.advance(60)
    code, good = code_of(secret, gate), []
    doors = [access_on(redis_client, gate.clock) for _ in range(8)]
    start = threading.Barrier(len(doors))

    def show(number: int, access: Access) -> None:
        start.wait()
        try:
            access.factors.show_code(f"browser {number}", "ada", code)
        except FactorRefused:
            return
        good.append(number)

    threads = [threading.Thread(target=show, args=one) for one in enumerate(doors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(good) == 1


@pytest.mark.parametrize(
    ("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_of_one_step_before_or_after_counts_and_no_other(
    gate: GateApp, steps: int, opens: bool
) -> None:
    secret, _ = with_app(gate, gate.signed_in("ada"))
    gate.clock.advance(600)
    answer = submit(
        _half(gate), "/login/factor", {"do": "code", "code": code_of(secret, gate, steps)}
    )
    assert (answer.status_code == 303) is opens


def test_guessing_codes_ends_and_is_noted_but_a_recovery_code_still_opens(gate: GateApp) -> None:
    secret, answer = with_app(gate, gate.signed_in("ada"))
    kept = _codes(answer.text)
    gate.clock.advance(60)
    for _ in range(BY_CODE.tries + 1):
        submit(_half(gate), "/login/factor", {"do": "code", "code": "000000"})
    right = {"do": "code", "code": code_of(secret, gate)}
    assert submit(_half(gate), "/login/factor", right).status_code == 401
    said = [entry.action for entry in gate.access.audit.newest(50)]
    assert said.count("factor.failed") == BY_CODE.tries
    assert "factor.locked" in said
    opened = submit(_half(gate), "/login/factor", {"do": "recovery", "code": kept[0]})
    assert opened.status_code == 303


def test_one_half_session_cannot_try_for_ever(gate: GateApp) -> None:
    _, answer = with_app(gate, gate.signed_in("ada"))
    kept, browser = _codes(answer.text), _half(gate)
    for _ in range(BY_BROWSER.tries):
        submit(browser, "/login/factor", {"do": "recovery", "code": "wrong"})
    assert submit(browser, "/login/factor", {"do": "recovery", "code": kept[0]}).status_code == 401


def test_a_recovery_code_opens_once_however_it_is_typed(gate: GateApp) -> None:
    _, answer = with_app(gate, gate.signed_in("ada"))
    code = _codes(answer.text)[3]
    typed = code.replace("-", " ").upper()
    form = {"do": "recovery", "code": typed}
    assert submit(_half(gate), "/login/factor", form).status_code == 303
    form = {"do": "recovery", "code": code}
    assert submit(_half(gate), "/login/factor", form).status_code == 401
    assert len(gate.access.factors.of("ada").recovery) == 9


def test_the_database_holds_no_secret_of_an_app_and_no_recovery_code(
    redis_client: Client,
) -> None:
    clock = FakeClock()
    options = AccessOptions(hasher=CHEAP, sealer=DataSealer(derived(["k" * 40], "data")))
    gate = GateApp(open_access(redis_client, "main", clock, options), clock)
    gate.add("ada")
    gate.add("eve")
    browser = gate.signed_in("ada")
    page = browser.get("/account/factors/add/app").text
    secret = secret_in(page)
    before = _dump(redis_client)
    form = {"form_token": token_in(page), "code": code_of(secret, gate)}
    answer = browser.post("/account/factors/add/app", data=form, headers=ORIGIN)
    for held in (before, _dump(redis_client)):
        assert secret.encode() not in held
        assert not any(code.encode() in held for code in _codes(answer.text))
    book = gate.access.factors
    stolen = book.of("ada").totp
    assert stolen
    book._timesheets.change("eve", lambda f: type(f)(id="eve", totp=stolen, version=f.version))
    clock.advance(60)
    with pytest.raises(Exception, match="cannot be read"):  # sealed for ada, not for eve
        book.show_code("b", "eve", code_of(secret, gate))


def _dump(client: Client) -> bytes:
    return b"".join(key + (client.dump(key) or b"") for key in client.scan_iter())


# --- passkeys ----------------------------------------


def test_a_passkey_alone_signs_in_and_counts_as_both_factors(gate: GateApp) -> None:
    device = Authenticator()
    assert len(_codes(with_passkey(gate.signed_in("ada"), device).text)) == 10
    browser = gate.browser()
    asked = ask(browser, "/login", "/login/passkey")
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
    answer = send(browser, "/login", "/login/passkey", device.get(asked), next="/records")
    assert (answer.status_code, answer.headers["location"]) == (303, "/records")
    assert _inside(browser)
    key = gate.access.factors.of("ada").passkeys[0]
    assert (key.name, key.sign_count, key.used_at) == ("Phone", 1, gate.clock.now())


def test_a_passkey_is_a_second_factor_after_the_password(gate: GateApp) -> None:
    device = Authenticator()
    with_passkey(gate.signed_in("ada"), device)
    browser = _half(gate)
    asked = ask(browser, "/login/factor", "/login/factor/passkey")
    assert len(asked["allowCredentials"]) == 1
    shown = device.get(asked)
    answer = send(browser, "/login/factor", "/login/factor/passkey", shown)
    assert answer.status_code == 303
    assert _inside(browser)


def test_an_assertion_opens_once(gate: GateApp) -> None:
    device = Authenticator()
    with_passkey(gate.signed_in("ada"), device)
    browser = gate.browser()
    shown = device.get(ask(browser, "/login", "/login/passkey"))
    assert send(browser, "/login", "/login/passkey", shown).status_code == 303
    browser.cookies.delete(SESSION)
    assert send(browser, "/login", "/login/passkey", shown).status_code == 401
    ask(browser, "/login", "/login/passkey")  # another challenge is open, not that one
    assert send(browser, "/login", "/login/passkey", shown).status_code == 401


def test_a_challenge_answers_in_the_browser_that_was_asked_only(gate: GateApp) -> None:
    """Or an attacker could have somebody answer for the attacker's browser."""
    device = Authenticator()
    with_passkey(gate.signed_in("ada"), device)
    asked, other = gate.browser(), gate.browser()
    shown = device.get(ask(asked, "/login", "/login/passkey"))
    ask(other, "/login", "/login/passkey")
    assert send(other, "/login", "/login/passkey", shown).status_code == 401
    first, second = _half(gate), _half(gate)
    shown = device.get(ask(first, "/login/factor", "/login/factor/passkey"))
    ask(second, "/login/factor", "/login/factor/passkey")
    assert send(second, "/login/factor", "/login/factor/passkey", shown).status_code == 401
    assert not _inside(second)


def test_a_challenge_of_the_sign_in_proves_nothing_in_a_session_and_the_other_way_round(
    gate: GateApp,
) -> None:
    device = Authenticator()
    browser = gate.signed_in("ada")
    with_passkey(browser, device)
    shown = device.get(ask(browser, "/account/confirm", "/account/confirm/passkey"))
    browser.cookies.delete(SESSION)
    assert send(browser, "/login", "/login/passkey", shown).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [Authenticator(verifies=False), Authenticator(origin="http://evil.example"),
     Authenticator(origin="https://localhost"), Authenticator(origin="http://localhost:81")],
    ids=["no finger or PIN", "another site", "another scheme", "another port"],
)  # fmt: skip
def test_an_answer_from_elsewhere_or_without_verification_is_refused(
    gate: GateApp, wrong: Authenticator
) -> None:
    browser = gate.signed_in("ada")
    assert with_passkey(browser, wrong).status_code == 400
    good = Authenticator(key=wrong.key, id=wrong.id)
    assert with_passkey(browser, good).status_code == 200
    wrong.handle = good.handle
    stranger = gate.browser()
    shown = wrong.get(ask(stranger, "/login", "/login/passkey"))
    assert send(stranger, "/login", "/login/passkey", shown).status_code == 401
    assert not _inside(stranger)


def test_a_copied_authenticator_is_noticed_by_its_counter(gate: GateApp) -> None:
    device = Authenticator()
    with_passkey(gate.signed_in("ada"), device)
    copy = Authenticator(key=device.key, id=device.id, handle=device.handle)
    for _ in range(2):
        browser = gate.browser()
        shown = device.get(ask(browser, "/login", "/login/passkey"))
        assert send(browser, "/login", "/login/passkey", shown).status_code == 303
    thief = gate.browser()
    shown = copy.get(ask(thief, "/login", "/login/passkey"))
    assert send(thief, "/login", "/login/passkey", shown).status_code == 401


def test_a_passkey_of_somebody_else_does_not_answer_for_an_account(gate: GateApp) -> None:
    gate.add("eve")
    mine, theirs = Authenticator(), Authenticator()
    with_passkey(gate.signed_in("ada"), mine)
    with_passkey(gate.signed_in("eve"), theirs)
    browser = _half(gate, "ada")
    asked = ask(browser, "/login/factor", "/login/factor/passkey")
    for handle in (theirs.handle, mine.handle, b""):
        theirs.handle = handle
        asked = ask(browser, "/login/factor", "/login/factor/passkey")
        answer = send(browser, "/login/factor", "/login/factor/passkey", theirs.get(asked))
        assert answer.status_code == 401
    theirs.handle = mine.handle
    stranger = gate.browser()
    shown = theirs.get(ask(stranger, "/login", "/login/passkey"))
    assert send(stranger, "/login", "/login/passkey", shown).status_code == 401


@pytest.mark.parametrize(
    "junk",
    ["", "{}", "[]", "null", "x", '{"id": 1}', '{"id":"a","response":{}}',
     '{"id":"a","rawId":"a","type":"public-key","response":{"userHandle":5}}'],
)  # fmt: skip
def test_junk_instead_of_a_passkey_is_a_refusal_and_no_fault(gate: GateApp, junk: str) -> None:
    browser = gate.browser()
    ask(browser, "/login", "/login/passkey")
    assert send(browser, "/login", "/login/passkey", junk).status_code == 401
    inside = gate.signed_in("ada")
    path = "/account/factors/add/passkey"
    ask(inside, path, path)
    assert send(inside, path, path, junk).status_code == 400


def test_a_removed_passkey_opens_nothing_any_more(gate: GateApp) -> None:
    device, browser = Authenticator(), gate.signed_in("ada")
    with_passkey(browser, device)
    with_passkey(browser, Authenticator(), "Spare")
    key = next(k for k in gate.access.factors.of("ada").passkeys if k.name == "Phone")
    stranger = gate.browser()
    shown = device.get(ask(stranger, "/login", "/login/passkey"))
    form = {"do": "remove-passkey", "passkey": key.id}
    assert submit(browser, "/account/factors", form).status_code == 303
    assert send(stranger, "/login", "/login/passkey", shown).status_code == 401
    assert "Spare" in browser.get("/account/factors").text


@pytest.mark.parametrize("do", ["remove-passkey", "remove-app", "rename"])
def test_a_factor_that_is_not_there_is_not_said_to_be_removed(gate: GateApp, do: str) -> None:
    """The database may have lost it a moment ago, and then it comes back."""
    browser = gate.signed_in("ada")
    with_passkey(browser, Authenticator())
    before = gate.access.factors.of("ada")
    answer = submit(browser, "/account/factors", {"do": do, "passkey": "none", "name": "x"})
    assert answer.status_code != 303
    assert "not here any more" in answer.text
    assert gate.access.factors.of("ada") == before


def test_pages_with_passkeys_run_their_own_script_and_no_inline_one(gate: GateApp) -> None:
    page = gate.browser().get("/login")
    assert "/login/passkey" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert gate.browser().get("/passkeys.js").headers["content-type"].startswith("text/javascript")


# --- a role that needs one ----------------------------------------


def test_who_has_none_is_led_through_setting_one_up_before_anything_opens(
    strict: GateApp,
) -> None:
    browser = _half(strict)
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
    assert len(_codes(answer.text)) == 10
    assert 'href="/records"' in answer.text
    assert _inside(browser)
    assert sign_in(strict.browser(), "max").headers["location"] == "/"


def test_a_passkey_made_on_the_way_in_opens_as_well(strict: GateApp) -> None:
    browser, device = _half(strict), Authenticator()
    path = "/login/enrol/passkey"
    answer = send(browser, path, path, device.create(ask(browser, path, path)), name="Phone")
    assert len(_codes(answer.text)) == 10
    assert _inside(browser)


def test_the_password_alone_does_not_add_a_factor_to_an_account_that_has_one(
    gate: GateApp,
) -> None:
    late = gate.browser()
    gate.access.factors._roles = ADMINS
    sign_in(late, "ada")
    page = late.get("/login/enrol/app").text  # opened while there was none
    owner = _half(gate)
    own = owner.get("/login/enrol/app").text
    form = {"form_token": token_in(own), "code": code_of(secret_in(own), gate)}
    owner.post("/login/enrol/app", data=form, headers=ORIGIN)
    assert _inside(owner)
    form = {"form_token": token_in(page), "code": code_of(secret_in(page), gate)}
    answer = late.post("/login/enrol/app", data=form, headers=ORIGIN)
    assert answer.headers["location"] == "/login/factor"
    assert not _inside(late)
    for path in ("/login/enrol", "/login/enrol/app", "/login/enrol/passkey"):
        assert late.get(path).headers["location"] == "/login/factor"


def test_the_role_s_demand_reaches_a_session_that_is_open(strict: GateApp) -> None:
    browser = strict.signed_in("max")
    assert _inside(browser, "/records")
    with browser.websocket_connect(SOCKET, headers=ORIGIN) as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"
    strict.access.accounts.change("max", Role.ADMIN, NO_GROUPS, active=True)
    strict.wait()
    assert browser.get("/records").status_code == 401
    with pytest.raises(WebSocketDisconnect), browser.websocket_connect(SOCKET, headers=ORIGIN):
        pass
    _half(strict, "max")


def test_the_last_factor_of_a_role_that_needs_one_stays(strict: GateApp) -> None:
    browser = _half(strict)
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
    browser = _half(gate)
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
    assert not _inside(thief)


def test_a_reset_takes_everything_away_and_ends_all_sign_ins(strict: GateApp) -> None:
    browser = _half(strict)
    page = browser.get("/login/enrol/app").text
    secret = secret_in(page)
    form = {"form_token": token_in(page), "code": code_of(secret, strict)}
    kept = _codes(browser.post("/login/enrol/app", data=form, headers=ORIGIN).text)
    strict.access.factors.reset("ada")
    strict.access.sign_in.sign_out_everywhere("ada")
    strict.wait()
    assert not _inside(browser)
    again = _half(strict)
    assert again.get("/login/factor").headers["location"] == "/login/enrol"
    strict.clock.advance(60)
    token = token_in(again.get("/login/enrol/app").text)
    for do, code in (("code", code_of(secret, strict)), ("recovery", kept[0])):
        form = {"form_token": token, "do": do, "code": code}
        assert again.post("/login/factor", data=form, headers=ORIGIN).status_code == 401
    assert not _inside(again)
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
