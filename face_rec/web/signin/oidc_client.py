"""The OpenID Connect provider as this app talks to it, by Authlib's Starlette client.

Authlib does the protocol: discovery, state, nonce, PKCE, the exchange of the code, and the check
of the ID token's signature, issuer, audience and time. Here stands what it leaves open: the
provider must be the one that was set, and sign with a public key.
"""

import time
import warnings
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import Response

from face_rec.web.signin.logout_token import ALGORITHMS, LogoutToken, read

with warnings.catch_warnings(record=True):  # Authlib announces that it will leave httpx
    from authlib.integrations.starlette_client import OAuth

_KEYS_EVERY: Final = 60.0  # seconds between two fetches that a stranger can bring about
_SIGNED: Final = "id_token_signing_alg_values_supported"


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
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
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
