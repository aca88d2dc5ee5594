"""This app as passkeys know it: the name and origin that a request came in under."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from face_rec.access.factors.passkeys import RelyingParty
from face_rec.languages.language import msgid
from face_rec.web.base import cookies

UNDER_A_NAME: Final = msgid(
    "Passkeys work only where this app is opened by its name over HTTPS, or as localhost on the "
    "computer that it runs on."
)


def party(request: Request, site: str) -> RelyingParty | None:
    """None where browsers offer no passkeys: without HTTPS, or under a bare address.

    The ``Host`` header is safe to use: the gate answers to the names of this app only.
    """
    scheme = "https" if cookies.is_https(request) else "http"
    try:
        parts = urlsplit(f"{scheme}://{request.headers.get('host', '')}")
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    local = host == "localhost" or host.endswith(".localhost")
    if not host or _bare(host) or (scheme == "http" and not local):
        return None
    default = {"http": 80, "https": 443}[scheme]
    origin = f"{scheme}://{host}" + (f":{port}" if port and port != default else "")
    return RelyingParty(host, origin, site)


def _bare(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
