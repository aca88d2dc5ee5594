"""Which ``Host`` the app answers to: another one is an attack (DNS rebinding) or a mistake."""

import ipaddress
import socket
from collections.abc import Iterable
from contextlib import suppress

from starlette.datastructures import Headers

from face_rec.web.origin import same_origin


def own_names(bind_address: str) -> frozenset[str]:
    """The names and addresses that this machine is reached by, as far as it knows them."""
    names = {"localhost", "127.0.0.1", "::1", socket.gethostname(), socket.getfqdn()}
    if ipaddress.ip_address(bind_address).is_unspecified:
        names |= _addresses()
    else:
        names.add(bind_address)
    return frozenset(name.lower() for name in names)


def host_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Whether the ``Host`` header names one of ``allowed``; ``*.example.org`` names all below
    it. The port does not matter."""
    name = _hostname(host)
    return bool(name) and any(
        name.endswith(one[1:]) if one.startswith("*.") else name == one for one in allowed
    )


def own_pages(headers: Headers) -> bool:
    """Whether a request that changes something surely comes from our own pages.

    Stricter than :func:`same_origin`: something must say so, since the request may carry a
    cookie.
    """
    says = ("origin", "sec-fetch-site")
    return same_origin(headers) and any(headers.get(name) for name in says)


def is_loopback(address: str) -> bool:
    """Whether a client's address is this machine's own."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def _hostname(host: str) -> str:
    """The name without port, lower case; empty for what is no host."""
    name, bracket, _ = host.partition("]")
    if bracket:
        return name.removeprefix("[").lower()
    name, _, port = host.partition(":")
    return name.rstrip(".").lower() if not port or port.isdigit() else ""


def _addresses() -> set[str]:
    found: set[str] = set()
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))  # sends nothing; only chooses an address
                found.add(str(probe.getsockname()[0]))
        except OSError:
            continue
    with suppress(OSError):
        found |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)}
    return found
