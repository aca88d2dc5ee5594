"""The logout token of OpenID Connect Back-Channel Logout 1.0, checked as its section 2.6 says.

Stricter than the standard in two points, as OWASP ASVS 5.0 (10.5.5) asks: the type in the header
has to be there, and only signatures with a public key are taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from face_rec.domain.errors import LogoutRefused

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    "Ed25519",
)  # fmt: skip
"""Signatures with a public key; never none, and never the shared secret."""
EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_TYPE: Final = "logout+jwt"
_LEEWAY: Final = 60  # seconds that two clocks may differ
_LONGEST: Final = 24 * 3600  # seconds of life
_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class LogoutToken:
    """Whose sessions are to end: all of ``subject``, or the one that the provider calls
    ``sid``; at least one of them is given. ``number`` is used once; ``until``: seconds since
    1970 after which the token is worth nothing."""

    issuer: str
    number: str
    until: int
    subject: str | None = None
    sid: str | None = None


def read(token: str, keys: KeySet, issuer: str, client_id: str, now: float) -> LogoutToken:
    """The token, if ``issuer`` has signed it with one of ``keys`` for ``client_id``. ``now``:
    seconds since 1970. Raises LogoutRefused, and JoseError where the signature does not fit.

    Whether it came before is for the caller to see."""
    decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
    kind = str(decoded.header.get("typ", "")).lower().removeprefix("application/")
    _need(kind == _TYPE, "it is not of the type logout+jwt")
    said: Mapping[str, Any] = decoded.claims
    _need(said.get("iss") == issuer, "it is of another issuer")
    _need(client_id in _audience(said), "it is for another client")
    issued, until = _time(said, "iat"), _time(said, "exp")
    _need(issued <= now + _LEEWAY, "its iat is to come")
    _need(now - _LEEWAY < until <= now + _LONGEST, "its exp is past, or too far ahead")
    _need("nonce" not in said, "it has a nonce, as ID tokens have")
    events = said.get("events")
    _need(isinstance(events, dict) and isinstance(events.get(EVENT), dict), "no such event")
    number, subject, sid = (_text(said, name) for name in ("jti", "sub", "sid"))
    _need(bool(number), "it has no jti")
    _need(bool(subject or sid), "it names neither sub nor sid")
    return LogoutToken(issuer, number or "", int(until), subject, sid)


def _audience(said: Mapping[str, Any]) -> list[Any]:
    audience = said.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _time(said: Mapping[str, Any], name: str) -> float:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise LogoutRefused(f"The logout token was refused: it has no {name}.")
    return value


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is None:
        return None
    _need(isinstance(value, str) and 0 < len(value) <= _TEXT, f"its {name} is no text")
    return str(value)


def _need(right: bool, wrong: str) -> None:
    if not right:
        raise LogoutRefused(f"The logout token was refused: {wrong}.")


__all__ = ["ALGORITHMS", "EVENT", "JoseError", "LogoutToken", "read"]
