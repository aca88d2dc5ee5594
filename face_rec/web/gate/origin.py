"""Whether a request comes from our own pages, and not from somebody else's."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

PORTS: Final = {"http": 80, "https": 443}
"""Where a web address names none."""


def same_origin(headers: Headers, *, https: bool = False) -> bool:
    """Whether the page that sent the request came from the host it is sent to.

    ``https``: the request came that way, so its page must have, too: whoever can change what
    goes over plain HTTP could else send from ``http://`` of the same name.

    A browser always names the origin of a POST; a program that is no browser names none, and
    carries nobody's cookies either.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    scheme, sender = origin.partition(":")[0], _host(origin)
    if https and scheme != "https":
        return False
    return sender is not None and sender == _host(f"{scheme}://{headers.get('host', '')}")


def _host(url: str) -> tuple[str, int] | None:
    """Host and port; None for what is no web address, such as the origin ``null``."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None
