"""Attacks on the second factor, with the real gate, pages, library and Redis."""

import threading

import pytest
from starlette.websockets import WebSocketDisconnect

from face_rec.access.control.access_control import Access
from face_rec.access.control.cookie_names import HALF, SESSION
from face_rec.access.factors.second_factor import BY_BROWSER, BY_CODE
from face_rec.assembly.storage.access import AccessOptions, open_access
from face_rec.domain.errors import FactorRefused
from face_rec.stores.redis.client import Client
from face_rec.stores.sealing.keyring import derived
from face_rec.stores.sealing.sealer import DataSealer
from tests.factor_pages import code_of, secret_in, token_in, with_app
from tests.fakes.clock import FakeClock
from tests.gate_app import CHEAP, ORIGIN, GateApp, access_on, submit
from tests.integration.access.second_steps import (
    INSIDE,
    SOCKET,
    codes_on,
    half_signed_in,
    inside,
)


def test_an_app_is_asked_for_at_the_next_sign_in_and_lets_its_owner_in(gate: GateApp) -> None:
    secret, answer = with_app(gate, gate.signed_in("ada"))
    assert len(codes_on(answer.text)) == 10
    gate.clock.advance(31)
    browser = half_signed_in(gate)
    assert "authenticator app" in browser.get("/login/factor").text
    form = {"do": "code", "code": code_of(secret, gate), "next": "/records?a=1"}
    answer = submit(browser, "/login/factor", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/records?a=1")
    assert inside(browser)


def test_half_a_session_opens_nothing_and_no_socket(gate: GateApp) -> None:
    with_app(gate, gate.signed_in("ada"))
    browser = half_signed_in(gate)
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
    first, second = half_signed_in(gate), half_signed_in(gate)
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
        half_signed_in(gate), "/login/factor", {"do": "code", "code": code_of(secret, gate, steps)}
    )
    assert (answer.status_code == 303) is opens


def test_guessing_codes_ends_and_is_noted_but_a_recovery_code_still_opens(gate: GateApp) -> None:
    secret, answer = with_app(gate, gate.signed_in("ada"))
    kept = codes_on(answer.text)
    gate.clock.advance(60)
    for _ in range(BY_CODE.tries + 1):
        submit(half_signed_in(gate), "/login/factor", {"do": "code", "code": "000000"})
    right = {"do": "code", "code": code_of(secret, gate)}
    assert submit(half_signed_in(gate), "/login/factor", right).status_code == 401
    said = [entry.action for entry in gate.access.audit.newest(50)]
    assert said.count("factor.failed") == BY_CODE.tries
    assert "factor.locked" in said
    opened = submit(half_signed_in(gate), "/login/factor", {"do": "recovery", "code": kept[0]})
    assert opened.status_code == 303


def test_one_half_session_cannot_try_for_ever(gate: GateApp) -> None:
    _, answer = with_app(gate, gate.signed_in("ada"))
    kept, browser = codes_on(answer.text), half_signed_in(gate)
    for _ in range(BY_BROWSER.tries):
        submit(browser, "/login/factor", {"do": "recovery", "code": "wrong"})
    assert submit(browser, "/login/factor", {"do": "recovery", "code": kept[0]}).status_code == 401


def test_a_recovery_code_opens_once_however_it_is_typed(gate: GateApp) -> None:
    _, answer = with_app(gate, gate.signed_in("ada"))
    code = codes_on(answer.text)[3]
    typed = code.replace("-", " ").upper()
    form = {"do": "recovery", "code": typed}
    assert submit(half_signed_in(gate), "/login/factor", form).status_code == 303
    form = {"do": "recovery", "code": code}
    assert submit(half_signed_in(gate), "/login/factor", form).status_code == 401
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
        assert not any(code.encode() in held for code in codes_on(answer.text))
    book = gate.access.factors
    stolen = book.of("ada").totp
    assert stolen
    book._store.change("eve", lambda f: type(f)(id="eve", totp=stolen, version=f.version))
    clock.advance(60)
    with pytest.raises(Exception, match="cannot be read"):  # sealed for ada, not for eve
        book.show_code("b", "eve", code_of(secret, gate))


def _dump(client: Client) -> bytes:
    return b"".join(key + (client.dump(key) or b"") for key in client.scan_iter())
