"""How this app talks to the OpenID Connect provider, by Authlib's Starlette client: loaded only
where single sign-on is set (docs/design.md, "What is loaded late").

Authlib does the protocol: discovery, state, nonce, PKCE, the exchange of the code, and the check
of the ID token's signature, issuer, audience and time. Here stands what it leaves open: the
provider must be the one that was set, and sign with a public key.
"""

import functools
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from httpx import create_ssl_context
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import Response

from face_rec.domain.errors import LogoutRefused

with warnings.catch_warnings(record=True):  # Authlib announces that it will leave httpx
    from authlib.integrations.starlette_client import OAuth

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


_KEYS_EVERY: Final = 60.0  # seconds between two fetches that a stranger can bring about
_SIGNED: Final = "id_token_signing_alg_values_supported"

# Reading whom to trust takes a twentieth of a second, on the event loop, and would be done
# anew for each of the four requests of a sign-in.
_authorities = functools.cache(create_ssl_context)


class OidcClient:
    """On the event loop only. Everything raises AuthlibBaseError, JoseError, HTTPError,
    ValueError, KeyError or TypeError where the provider's answer is of no use."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._fetched_at = -_KEYS_EVERY
        oauth: Any = OAuth()
        oauth.register(
            "provider",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "verify": _authorities(),
            },
        )
        self._client = oauth.create_client("provider")

    async def redirect(self, request: Request, back: str, **asked: Any) -> Response:  # noqa: ANN401
        """Send the browser to the provider, which sends it ``back``."""
        await self._metadata()
        answer: Response = await self._client.authorize_redirect(request, back, **asked)
        return answer

    async def token(self, request: Request) -> Mapping[str, Any]:
        """What the provider says of the browser that comes back: ``userinfo`` are the claims
        of the ID token, ``id_token`` is that itself."""
        await self._metadata()
        token: Mapping[str, Any] = await self._client.authorize_access_token(request)
        return token

    async def sign_out_at(self, id_token: str, back: str) -> str | None:
        """Where the browser signs out at the provider (OpenID Connect RP-Initiated Logout 1.0),
        to be sent ``back``; None: the provider has no such place."""
        place = (await self._metadata()).get("end_session_endpoint")
        if not isinstance(place, str) or not place.startswith(("https://", "http://")):
            return None
        told = {"client_id": self._client_id, "post_logout_redirect_uri": back}
        told |= {"id_token_hint": id_token} if id_token else {}
        return f"{place}{'&' if '?' in place else '?'}{urlencode(told)}"

    async def logout_token(self, text: str, now: float) -> LogoutToken:
        """The provider's word that somebody is signed out. Raises LogoutRefused as well."""
        try:
            return self._read(text, await self._keys(), now)
        except InvalidKeyIdError:
            return self._read(text, await self._keys(fresh=True), now)

    def _read(self, text: str, keys: KeySet, now: float) -> LogoutToken:
        return read(text, keys, self._issuer, self._client_id, now)

    async def _keys(self, *, fresh: bool = False) -> KeySet:
        await self._metadata()
        due = time.monotonic() - self._fetched_at >= _KEYS_EVERY
        if fresh and due:
            self._fetched_at = time.monotonic()
        return KeySet.import_key_set(await self._client.fetch_jwk_set(force=fresh and due))

    async def _metadata(self) -> dict[str, Any]:
        """Raises ValueError unless the provider calls itself what it is called in the settings
        (OpenID Connect Discovery, 4.3)."""
        metadata: dict[str, Any] = await self._client.load_server_metadata()
        if metadata.get("issuer") != self._issuer:
            raise ValueError(
                f"OIDC_ISSUER is {self._issuer!r}, but the provider calls itself "
                f"{metadata.get('issuer')!r}; both must be the same, to the last slash"
            )
        offered = metadata.get(_SIGNED) or ["RS256"]
        metadata[_SIGNED] = [one for one in offered if one in ALGORITHMS]
        if not metadata[_SIGNED]:
            raise ValueError("the provider signs its tokens with no public key")
        return metadata
