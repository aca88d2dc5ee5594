"""The rules of second factors that need neither pages nor a database."""

import dataclasses
import re
from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from face_rec.access.factors import app_codes, factors
from face_rec.access.factors.factors import MOST_PASSKEYS, Factors, Passkey
from face_rec.domain.errors import FactorRefused
from face_rec.stores.access.access_codec import decode, encode
from face_rec.web.base.relying import party

RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890", the secret of RFC 6238
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """The last six digits of RFC 6238's own examples, appendix B."""
    moment = datetime.fromtimestamp(seconds, UTC)
    assert app_codes.step_of(RFC, code, moment) == seconds // 30
    assert app_codes.step_of(RFC, f" {code[:3]} {code[3:]} ", moment) == seconds // 30


@pytest.mark.parametrize(
    "typed", ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "-287082", "287082.0", "\x00" * 6]
)
def test_what_is_no_code_is_of_no_step(typed: str) -> None:
    assert app_codes.step_of(RFC, typed, datetime.fromtimestamp(59, UTC)) is None


def test_a_code_is_found_one_step_away_and_no_further() -> None:
    at, step = datetime.fromtimestamp(1111111109, UTC), 1111111109 // 30
    found = [
        app_codes.step_of(RFC, "081804", at + timedelta(seconds=30 * n)) for n in range(-2, 3)
    ]
    assert found == [None, step, step, step, None]


def test_secrets_and_recovery_codes_are_long_and_never_the_same() -> None:
    assert len({app_codes.new_secret() for _ in range(50)}) == 50
    assert re.fullmatch(r"[A-Z2-7]{32}", app_codes.new_secret())
    codes = factors.new_codes()
    assert len(set(codes)) == factors.HOW_MANY
    shape = re.compile(r"([0-9a-hj-km-np-tv-z]{4}-){5}[0-9a-hj-km-np-tv-z]{4}")
    assert all(shape.fullmatch(code) for code in codes)


def test_the_address_in_the_qr_code_is_one_that_apps_know() -> None:
    said = app_codes.address(RFC, "ada@example.org", "Main: site")
    assert said.startswith("otpauth://totp/Main")
    assert f"secret={RFC}" in said


def _passkey(number: int) -> Passkey:
    return Passkey(
        id=f"k{number}", public_key="p", sign_count=number, host="localhost", name="Phone",
        created_at=NOW,
    )  # fmt: skip


def test_what_is_stored_comes_back_as_it_was() -> None:
    full = Factors(
        id="ada", handle="ab", totp="c2VjcmV0", totp_step=7, totp_at=NOW,
        recovery=frozenset({"x", "y"}),
        passkeys=(_passkey(1), dataclasses.replace(_passkey(2), used_at=NOW)), version=3,
    )  # fmt: skip
    for stored in (full, Factors(id="eve")):
        assert decode(Factors, encode(stored)) == stored
    assert "c2VjcmV0" not in repr(full)


def test_an_account_has_so_many_passkeys_and_no_more() -> None:
    factors = Factors(id="ada")
    for number in range(MOST_PASSKEYS):
        factors = factors.with_passkey(_passkey(number))
    with pytest.raises(FactorRefused, match="at most"):
        factors.with_passkey(_passkey(99))
    assert len(factors.with_passkey(_passkey(3)).passkeys) == MOST_PASSKEYS  # a newer state


def test_recovery_codes_alone_are_no_factor() -> None:
    assert not Factors(id="ada", recovery=frozenset({"x"})).enrolled
    assert Factors(id="ada", totp="x").summary() == "authenticator app"
    both = Factors(id="ada", totp="x", passkeys=(_passkey(1), _passkey(2)))
    assert both.summary() == "authenticator app and 2 passkeys"


@pytest.mark.parametrize(
    ("scheme", "host", "origin"),
    [
        ("http", "localhost:8501", "http://localhost:8501"),
        ("http", "app.localhost", "http://app.localhost"),
        ("https", "Clock.Example.org", "https://clock.example.org"),
        ("https", "clock.example.org:443", "https://clock.example.org"),
        ("https", "clock.example.org:8443", "https://clock.example.org:8443"),
        ("http", "clock.example.org", None),
        ("http", "127.0.0.1:8501", None),
        ("https", "192.0.2.7", None),
        ("https", "[2001:db8::1]:8443", None),
        ("https", "[bad", None),
        ("https", "host:port", None),
        ("https", "", None),
    ],
)
def test_passkeys_belong_to_a_name_over_https_or_to_localhost(
    scheme: str, host: str, origin: str | None
) -> None:
    request = Request(
        {"type": "http", "scheme": scheme, "method": "GET", "path": "/", "query_string": b"",
         "headers": [(b"host", host.encode())], "server": ("localhost", 80)}
    )  # fmt: skip
    found = party(request, "Site")
    assert (found.origin if found else None) == origin
    assert found is None or found.host == origin.partition("//")[2].partition(":")[0]  # type: ignore[union-attr]
