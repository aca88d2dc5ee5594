"""Guessing passwords: it gets slow for who guesses, and for nobody else."""

from contextlib import suppress
from typing import Any, cast

import pytest
from httpx import Response as Answer
from starlette.testclient import TestClient

from face_rec.access.accounts.hashing import Hashing
from face_rec.access.accounts.passwords import Passwords
from face_rec.access.audit.audit import Action
from face_rec.access.limits.pace import ALL_STRANGERS, ANY_ACCOUNT, KNOWN_BROWSER, ONE_NETWORK
from face_rec.access.limits.room import Room
from face_rec.access.signin.visitor import Visitor
from face_rec.domain.errors import StoreUnavailable, TryLater
from face_rec.stores.access.records import RedisAttempts
from face_rec.stores.redis.client import Client
from tests.gate_app import PASSWORD, GateApp, sign_in, submit


def _guess(gate: GateApp, address: str = "203.0.113.9", name: str = "ada") -> Answer:
    return sign_in(gate.browser(address), name, "a wrong password")


def _no_hashing(gate: GateApp, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """From now on every hash is written down here."""
    made: list[str] = []
    fits = Passwords.fits

    def counted(self: Passwords, *args: Any, **named: Any) -> bool:  # noqa: ANN401
        made.append("hash")
        return fits(self, *args, **named)

    monkeypatch.setattr(Passwords, "fits", counted)
    return made


def test_who_guesses_has_to_wait_longer_each_time_and_costs_no_hash_meanwhile(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(ONE_NETWORK.free):
        assert _guess(gate).status_code == 401
    made = _no_hashing(gate, monkeypatch)
    answer = _guess(gate)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 2
    assert "Wait 2 seconds" in answer.text
    assert made == []


def test_each_wait_is_twice_the_one_before(gate: GateApp, redis_client: Client) -> None:
    attempts, waits = gate.access.accounts._attempts, []
    for _ in range(14):
        tried = attempts.at_account("eve", "203.0.113.9")
        waits.append(tried.wait)
        for key in redis_client.scan_iter("attempts:*"):  # the wait is over
            found = cast("dict[bytes, bytes]", redis_client.hgetall(key))
            for name, value in found.items():
                redis_client.hset(key, name, value.partition(b":")[0] + b":0")
    assert waits[:8] == [0, 0, 0, 0, 2, 4, 8, 16]
    assert waits[-1] == ONE_NETWORK.longest


def test_eleven_wrong_tries_of_a_stranger_do_not_keep_the_owner_out(gate: GateApp) -> None:
    owner = gate.signed_in("ada")
    for _ in range(11):
        _guess(gate)
    submit(owner, "/logout", {})
    assert sign_in(owner, "ada").status_code == 303  # the browser is known
    assert sign_in(gate.browser("198.51.100.1"), "ada").status_code == 303  # and so is no other


def test_a_known_browser_stays_welcome_whatever_many_networks_try(gate: GateApp) -> None:
    owner = gate.signed_in("ada", "203.0.113.9")
    for number in range(ALL_STRANGERS.free):
        assert _guess(gate, f"203.0.113.{number}").status_code == 401
    assert sign_in(gate.browser("198.51.100.1"), "ada").status_code == 429
    submit(owner, "/logout", {})
    assert sign_in(owner, "ada").status_code == 303


def test_a_stolen_known_browser_guesses_no_longer_than_others(gate: GateApp) -> None:
    thief = gate.signed_in("ada")
    submit(thief, "/logout", {})
    for _ in range(KNOWN_BROWSER.free + ONE_NETWORK.free):
        assert sign_in(thief, "ada", "a wrong password").status_code == 401
    assert sign_in(thief, "ada", "a wrong password").status_code == 429


def test_many_guesses_at_once_gain_nothing(gate: GateApp) -> None:
    attempts = gate.access.accounts._attempts
    made = 0
    for _ in range(100):  # none of them settled: as if all were under way
        with suppress(TryLater):
            attempts.at_account("ada", "203.0.113.9")
            made += 1
    assert made == ONE_NETWORK.free


def test_the_addresses_of_one_ipv6_network_are_one(gate: GateApp) -> None:
    for number in range(ONE_NETWORK.free):
        assert _guess(gate, f"2001:db8:1:2::{number:x}").status_code == 401
    assert _guess(gate, "2001:db8:1:2:ffff::9").status_code == 429
    assert _guess(gate, "2001:db8:1:3::1").status_code == 401


def test_successes_do_not_use_up_an_address_s_budget(gate: GateApp) -> None:
    attempts = gate.access.accounts._attempts
    for number in range(ANY_ACCOUNT.free - 1):
        attempts.from_network("192.0.2.1")
        gate.access.accounts._attempts.at_account(f"somebody-{number}", "192.0.2.1")
    for _ in range(5):
        assert sign_in(gate.browser("192.0.2.1"), "ada").status_code == 303
    assert _guess(gate, "192.0.2.1").status_code == 401
    assert sign_in(gate.browser("192.0.2.1"), "ada").status_code == 429
    assert sign_in(gate.browser("192.0.2.2"), "ada").status_code == 303


def test_a_wait_tells_nobody_that_an_account_exists(gate: GateApp) -> None:
    for _ in range(ONE_NETWORK.free):
        _guess(gate)
        _guess(gate, name="nobody")
    assert _guess(gate).status_code == _guess(gate, name="nobody").status_code == 429


def test_what_is_refused_meanwhile_does_not_fill_the_audit_log(gate: GateApp) -> None:
    for _ in range(40):
        _guess(gate)
    entries = gate.access.audit.refused(100)
    # The pauses are Redis' own time: on a busy machine one of two seconds passes meanwhile.
    assert ONE_NETWORK.free <= len(entries) <= ONE_NETWORK.free + 5
    assert not [e for e in gate.access.audit.newest(100) if e.action.startswith("sign-in.")]
    assert entries[0].action == Action.SIGN_IN_LOCKED
    assert entries[0].after["next try after"].endswith(" seconds")


def test_an_administrator_unlocks_an_account_and_the_log_says_so(gate: GateApp) -> None:
    for _ in range(ONE_NETWORK.free):
        _guess(gate)
    assert gate.access.accounts.slowed("ada")
    assert sign_in(gate.browser("203.0.113.9"), "ada").status_code == 429
    gate.access.accounts.unlock("ada")
    assert not gate.access.accounts.slowed("ada")
    assert gate.access.audit.newest(1)[0].action == Action.ACCOUNT_UNLOCKED
    assert sign_in(gate.browser("203.0.113.9"), "ada").status_code == 303


def test_when_all_places_are_taken_the_answer_is_429_and_nobody_s_try_is_used_up(
    gate: GateApp,
) -> None:
    proof = gate.access.sign_in._proof
    proof._room = Room(0)
    for _ in range(ONE_NETWORK.free + 5):
        answer = _guess(gate)
        assert answer.status_code == 429
        assert "Too many people are signing in" in answer.text
        assert int(answer.headers["retry-after"]) >= 1
    proof._room = Room(5)
    assert sign_in(gate.browser("203.0.113.9"), "ada").status_code == 303


def test_while_the_database_is_away_the_sign_in_says_so(
    gate: GateApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable("away")

    inside = gate.signed_in("ada")
    with monkeypatch.context() as patched:
        patched.setattr(RedisAttempts, "begin", away)
        for answer in (sign_in(gate.browser(), "ada"), _change(inside, PASSWORD, "x" * 20)):
            assert answer.status_code == 503
            assert "Nothing was changed" in answer.text
            assert answer.headers["retry-after"]
    assert sign_in(gate.browser(), "ada").status_code == 303


def test_a_network_full_of_guesses_keeps_no_known_browser_of_it_out(gate: GateApp) -> None:
    owner = gate.signed_in("ada", "203.0.113.9")
    submit(owner, "/logout", {})
    room = Room(2, reserved=1, a_lane=1)
    gate.access.sign_in._proof._room = room
    with room.place("203.0.113.9"):
        assert sign_in(gate.browser("203.0.113.9"), "ada").status_code == 429
        assert sign_in(owner, "ada").status_code == 303


# --- one's own password ---------------------------------------------------------------------


def _change(browser: TestClient, old: str, new: str) -> Answer:
    return submit(browser, "/account", {"do": "password", "old": old, "new": new})


def test_who_sits_at_somebody_s_open_page_cannot_guess_their_password(gate: GateApp) -> None:
    browser, new = gate.signed_in("ada"), "yellow cactus under water"
    for _ in range(5):
        assert _change(browser, "a wrong password", new).status_code == 400
    answer = _change(browser, PASSWORD, new)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    actions = [entry.action for entry in gate.access.audit.newest(10)]
    assert actions.count(Action.PASSWORD_REFUSED) == 5
    assert Action.PASSWORD_CHANGED not in actions


def test_the_new_password_is_another_one(gate: GateApp) -> None:
    browser = gate.signed_in("ada")
    answer = _change(browser, PASSWORD, PASSWORD)
    assert answer.status_code == 400
    assert "Choose another" in answer.text
    assert _change(browser, PASSWORD, "yellow cactus under water").status_code == 303
    assert gate.access.audit.newest(1)[0].action == Action.PASSWORD_CHANGED


def test_changing_it_costs_no_place_of_those_who_sign_in(gate: GateApp) -> None:
    gate.access.sign_in._proof._room = Room(0)
    gate.access.sign_in._proof._passwords._hashing = Hashing(at_once=1, waiting=-1)
    browser = gate.browser()
    opened = gate.access.sign_in.open(gate.access.accounts._get("ada"), _visitor())
    browser.cookies.set("fr_session", opened.secret)
    assert _change(browser, PASSWORD, "yellow cactus under water").status_code == 303


def _visitor() -> Visitor:
    return Visitor("127.0.0.1")
