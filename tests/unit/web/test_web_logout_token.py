"""Logout tokens: what OpenID Connect Back-Channel Logout 1.0, section 2.6, has checked."""

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from face_rec.domain.errors import LogoutRefused
from face_rec.web.signin.provider_client import EVENT, LogoutToken, read

ISSUER, CLIENT, NOW = "https://idp.example", "attendance", 1_800_000_000
KEY = RSAKey.generate_key(2048, {"kid": "one"})
KEYS = KeySet([KEY])
SAID: dict[str, Any] = {
    "iss": ISSUER, "aud": CLIENT, "iat": NOW, "exp": NOW + 120, "jti": "number-1",
    "events": {EVENT: {}}, "sub": "person-1", "sid": "session-1",
}  # fmt: skip
GONE = object()


def _token(header: dict[str, Any] | None = None, **other: Any) -> str:  # noqa: ANN401
    said = {name: value for name, value in {**SAID, **other}.items() if value is not GONE}
    head = {"alg": "RS256", "kid": "one", "typ": "logout+jwt", **(header or {})}
    return jwt.encode({k: v for k, v in head.items() if v is not GONE}, said, KEY)


def _read(token: str, now: float = NOW + 1) -> LogoutToken:
    return read(token, KEYS, ISSUER, CLIENT, now)


def test_a_good_token_says_whose_sessions_end() -> None:
    assert _read(_token()) == LogoutToken(ISSUER, "number-1", NOW + 120, "person-1", "session-1")
    assert _read(_token(sid=GONE)).sid is None
    assert _read(_token(sub=GONE)).subject is None
    assert _read(_token(aud=["another", CLIENT])).subject == "person-1"
    assert _read(_token({"typ": "application/logout+jwt"})).subject == "person-1"


@pytest.mark.parametrize(
    ("other", "wrong"),
    [({"iss": "https://evil.example"}, "issuer"), ({"iss": GONE}, "issuer"),
     ({"aud": "another"}, "client"), ({"aud": ["another"]}, "client"), ({"aud": GONE}, "client"),
     ({"iat": GONE}, "iat"), ({"iat": "now"}, "iat"), ({"iat": True}, "iat"),
     ({"iat": NOW + 3600}, "iat"), ({"exp": GONE}, "exp"), ({"exp": NOW - 600}, "exp"),
     ({"exp": NOW + 10**9}, "exp"), ({"nonce": "n"}, "nonce"), ({"nonce": None}, "nonce"),
     ({"events": GONE}, "event"), ({"events": {}}, "event"), ({"events": [EVENT]}, "event"),
     ({"events": {EVENT: None}}, "event"), ({"events": {"http://other": {}}}, "event"),
     ({"jti": GONE}, "jti"), ({"jti": 7}, "jti"), ({"jti": "x" * 501}, "jti"),
     ({"sub": GONE, "sid": GONE}, "neither"), ({"sub": ["a"]}, "sub"), ({"sid": ""}, "sid")],
)  # fmt: skip
def test_a_token_with_something_wrong_ends_nothing(other: dict[str, Any], wrong: str) -> None:
    with pytest.raises(LogoutRefused, match=wrong):
        _read(_token(**other))


@pytest.mark.parametrize("kind", [GONE, "JWT", "at+jwt"])
def test_a_token_of_another_type_is_none(kind: object) -> None:
    """An ID token with a claim too many must not sign anybody out."""
    with pytest.raises(LogoutRefused, match="logout\\+jwt"):
        _read(_token({"typ": kind}))


def test_a_signature_of_somebody_else_is_none() -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"})
    forged = jwt.encode({"alg": "RS256", "kid": "one", "typ": "logout+jwt"}, SAID, other)
    with pytest.raises(JoseError):
        _read(forged)


def _by_hand(alg: str) -> str:
    """As a forger writes it, who has the provider's public key and no other."""
    head = {"alg": alg, "kid": "one", "typ": "logout+jwt"}
    parts = [urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, SAID)]
    signed = hmac.digest(KEY.as_pem(private=False), b".".join(parts), "sha256")
    parts.append(urlsafe_b64encode(signed).rstrip(b"=") if alg == "HS256" else b"")
    return b".".join(parts).decode()


@pytest.mark.parametrize("alg", ["none", "HS256", "None", "RS256"])
def test_no_signature_and_one_with_the_public_key_as_a_secret_are_none(alg: str) -> None:
    with pytest.raises(JoseError):
        _read(_by_hand(alg))


@pytest.mark.parametrize("text", ["", "a.b.c", "x" * 9000, "..", "\u00e4.b.c"])
def test_what_is_no_token_at_all_is_refused_in_words_we_know(text: str) -> None:
    with pytest.raises((JoseError, ValueError)):
        _read(text)
