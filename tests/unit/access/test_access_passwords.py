"""Which passwords are allowed, and what is kept of them."""

import pytest
from argon2 import extract_parameters

from face_rec.access.accounts.account import Account
from face_rec.access.accounts.passwords import LONGEST, SHORTEST, Passwords
from face_rec.access.rights import Role
from face_rec.domain.errors import PasswordRefused
from tests.gate_app import CHEAP, PASSWORD

PASSWORDS = Passwords(["Attendance"], CHEAP)


def account(password: str | None) -> Account:
    return Account(id="ada", role=Role.ADMIN, password=password)


@pytest.mark.parametrize(
    "password",
    ["", "short", "x" * (SHORTEST - 1), "passwordpassword", "aaaaaaaaaaaaaaaaaa",
     "123456789012345", "qwertyuiopasdfgh", "iloveyouiloveyou", "ada@example.org1",
     "attendanceattendance", "a" * (LONGEST + 1)],
)  # fmt: skip
def test_short_common_and_guessable_passwords_are_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        PASSWORDS.check(password, "ada@example.org")


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "correct horse battery staple", "пароль из разных слов", "🙂🎈 zwölf Boxkämpfer"],
)  # fmt: skip
def test_long_ones_of_any_characters_are_taken_without_rules_of_composition(password: str) -> None:
    PASSWORDS.check(password, "ada")


def test_the_same_password_typed_on_another_keyboard_fits() -> None:
    stored = account(PASSWORDS.hash("zwo\u0308lf Boxka\u0308mpfer jagen"))
    assert PASSWORDS.verify(stored, "zw\u00f6lf Boxk\u00e4mpfer jagen")


def test_a_longer_password_than_the_stored_one_does_not_fit() -> None:
    longest = (PASSWORD * LONGEST)[:LONGEST]
    stored = account(PASSWORDS.hash(longest))
    assert PASSWORDS.verify(stored, longest)
    assert not PASSWORDS.verify(stored, longest + "x")
    assert not PASSWORDS.verify(stored, longest * 2)


def test_a_hash_is_argon2id_and_never_the_same_twice() -> None:
    first, second = Passwords().hash(PASSWORD), PASSWORDS.hash(PASSWORD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert PASSWORD not in first


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_what_is_no_hash_fits_no_password(stored: str | None) -> None:
    assert not PASSWORDS.verify(account(stored), PASSWORD)
    assert not PASSWORDS.verify(account(stored), "")


def test_nobody_has_no_password() -> None:
    assert not PASSWORDS.verify(None, PASSWORD)


def test_what_stands_for_nobody_is_hashed_once_and_takes_as_long_as_what_it_stands_for() -> None:
    """Every command opens the accounts, and would wait for two hashes that it never asks for."""
    assert Passwords()._nobody is Passwords()._nobody
    for passwords in (Passwords(), Passwords.of_pins(), PASSWORDS):
        used = extract_parameters(passwords.hash(PASSWORD))
        nobody = extract_parameters(passwords._nobody)
        assert (nobody.time_cost, nobody.memory_cost, nobody.parallelism) == (
            used.time_cost,
            used.memory_cost,
            used.parallelism,
        )


def test_a_hash_of_old_parameters_is_renewed_at_sign_in() -> None:
    old = account(PASSWORDS.hash(PASSWORD))
    renewed = Passwords().renewed(old, PASSWORD)
    assert renewed.password != old.password
    assert Passwords().verify(renewed, PASSWORD)
    assert PASSWORDS.renewed(old, PASSWORD) is old


def test_an_account_s_repr_shows_no_hash() -> None:
    assert "argon2" not in repr(account(PASSWORDS.hash(PASSWORD)))
