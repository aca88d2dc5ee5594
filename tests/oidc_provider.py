"""A small OpenID Connect provider over real HTTP, for tests: code flow, PKCE, RS256."""

import base64
import functools
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "attendance", "client-secret"


@functools.cache
def _key() -> RSAKey:
    """Making one takes a fifth of a second."""
    return RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class OidcProvider:
    """``claims``: what the ID token says of the person; ``spoil``: claims that it lies about;
    ``key``: signs, while ``published`` is what the world may check with."""

    claims: dict[str, Any] = field(default_factory=dict)
    spoil: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=_key)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    issuer: str = ""
    numbers: Iterator[int] = field(default_factory=count)
    fetches: int = 0

    def __post_init__(self) -> None:
        self.published = self.key

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "end_session_endpoint": f"{self.issuer}/logout",
        }

    def logout_token(self, kid: str = "one", **other: Any) -> str:  # noqa: ANN401 - claims
        """Its word that somebody is signed out; ``other`` are claims and their values, None:
        without that claim."""
        now = int(time.time())
        said = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120,
            "jti": f"number-{next(self.numbers)}", "sub": "person-1",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}}, **other,
        }  # fmt: skip
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": kid, "typ": "logout+jwt"}, kept, self.key)

    def authorize(self, query: dict[str, str]) -> str:
        """The person says yes; the address their browser is sent back to."""
        code = f"code-{len(self.asked)}"
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        """Refuses (KeyError, AssertionError) what a real one would."""
        asked = self.asked.pop(form["code"])
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        assert authorization == f"Basic {basic}"
        assert form["redirect_uri"] == asked["redirect_uri"]
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == asked["code_challenge"]
        now = int(time.time())
        said = {
            "iss": self.issuer, "aud": CLIENT, "sub": "person-1", "nonce": asked["nonce"],
            "iat": now, "exp": now + 300, **self.claims, **self.spoil,
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    @contextmanager
    def running(self) -> Iterator["OidcProvider"]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                if path.endswith("openid-configuration"):
                    self._send(provider.metadata())
                elif path == "/jwks":
                    provider.fetches += 1
                    self._send({"keys": [provider.published.as_dict(private=False)]})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                try:
                    self._send(provider.token(form, self.headers.get("Authorization", "")))
                except (KeyError, AssertionError):
                    self._send({"error": "invalid_grant"}, 400)

            def _send(self, said: dict[str, Any], status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            def log_message(self, *_: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
