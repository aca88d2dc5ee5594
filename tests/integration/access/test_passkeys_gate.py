"""Passkeys at the gate: alone, as a second factor, copied, replayed and removed."""

import pytest

from face_rec.access.control.cookie_names import SESSION
from tests.authenticator import Authenticator
from tests.factor_pages import ask, send, with_passkey
from tests.gate_app import GateApp, submit
from tests.integration.access.second_steps import codes_on, half_signed_in, inside


def test_a_passkey_alone_signs_in_and_counts_as_both_factors(gate: GateApp) -> None:
    device = Authenticator()
    assert len(codes_on(with_passkey(gate.signed_in("ada"), device).text)) == 10
    browser = gate.browser()
    asked = ask(browser, "/login", "/login/passkey")
    assert asked["userVerification"] == "required"
    assert not asked.get("allowCredentials")
    answer = send(browser, "/login", "/login/passkey", device.get(asked), next="/records")
    assert (answer.status_code, answer.headers["location"]) == (303, "/records")
    assert inside(browser)
    key = gate.access.factors.of("ada").passkeys[0]
    assert (key.name, key.sign_count, key.used_at) == ("Phone", 1, gate.clock.now())


def test_a_passkey_is_a_second_factor_after_the_password(gate: GateApp) -> None:
    device = Authenticator()
    with_passkey(gate.signed_in("ada"), device)
    browser = half_signed_in(gate)
    asked = ask(browser, "/login/factor", "/login/factor/passkey")
    assert len(asked["allowCredentials"]) == 1
    shown = device.get(asked)
    answer = send(browser, "/login/factor", "/login/factor/passkey", shown)
    assert answer.status_code == 303
    assert inside(browser)


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
    first, second = half_signed_in(gate), half_signed_in(gate)
    shown = device.get(ask(first, "/login/factor", "/login/factor/passkey"))
    ask(second, "/login/factor", "/login/factor/passkey")
    assert send(second, "/login/factor", "/login/factor/passkey", shown).status_code == 401
    assert not inside(second)


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
    assert not inside(stranger)


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
    browser = half_signed_in(gate, "ada")
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
