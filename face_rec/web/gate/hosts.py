"""Under which names and addresses this app is reached.

It answers to these hosts only: another one is an attack (DNS rebinding) or a mistake; and a link
for a tablet names an address that other devices reach.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers

from face_rec.web.gate.origin import PORTS, same_origin

_HOST: Final = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9_.-]{1,253}))(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)
"""``uri-host [ ":" port ]`` of RFC 9110 section 7.2, of which only what names a machine: no
percent-encoding, no user, no path, no address of a version that does not exist yet (RFC 3986
section 3.2.2)."""


def own_names(bind_address: str) -> frozenset[str]:
    """The names and addresses that this machine is reached by, as far as it knows them."""
    names = {"localhost", "127.0.0.1", "::1", socket.gethostname(), socket.getfqdn()}
    if ipaddress.ip_address(bind_address).is_unspecified:
        names |= lan_addresses()
    else:
        names.add(bind_address)
    return frozenset(name.lower() for name in names)


def host_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Whether the ``Host`` header names one of ``allowed``; ``*.example.org`` names all below
    it. The port does not matter."""
    name = hostname(host)
    return bool(name) and any(
        name.endswith(one[1:]) if one.startswith("*.") else name == _plain(one) for one in allowed
    )


def hostname(host: str) -> str:
    """The name or address in a ``Host`` header, lower case and in one spelling; empty for what
    is no such header."""
    found = _HOST.fullmatch(host)
    if found is None or int(found["port"] or 0) > 65535:
        return ""
    if not found["six"]:
        return found["name"].removesuffix(".").lower()
    try:
        return str(ipaddress.IPv6Address(found["six"]))
    except ValueError:
        return ""


def own_pages(headers: Headers, *, https: bool = False) -> bool:
    """Whether a request that changes something surely comes from our own pages.

    Stricter than :func:`same_origin`: something must say so, since the request may carry a
    cookie.
    """
    says = ("origin", "sec-fetch-site")
    return same_origin(headers, https=https) and any(headers.get(name) for name in says)


def is_loopback(address: str) -> bool:
    """Whether a client's address is this machine's own."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def _plain(name: str) -> str:
    """A name of the list in the spelling that :func:`hostname` gives."""
    try:
        return str(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        return name.lower()


def lan_addresses() -> set[str]:
    """This machine's addresses, as far as they can be found without asking anybody."""
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


@dataclass(frozen=True, slots=True)
class Reach:
    """``public_url``: what the admin says, before all else. ``allowed_hosts``: names the app
    answers to, None: its own. ``https``: whether it speaks TLS itself; ``proxied``: whether
    something in front of it does, on a port of its own."""

    public_url: str | None
    allowed_hosts: tuple[str, ...] | None
    bind_address: str
    port: int
    https: bool
    proxied: bool


def addresses(reach: Reach) -> tuple[str, ...]:
    """Beginnings of addresses (``https://name:port``), the best first; empty where only this
    computer reaches the app."""
    if reach.public_url:
        return (reach.public_url.rstrip("/"),)
    if reach.allowed_hosts:
        named = [h for h in reach.allowed_hosts if not h.startswith("*.") and not _own(h)]
        return tuple(_url(reach, host) for host in named)
    if is_loopback(reach.bind_address):
        return ()
    if ipaddress.ip_address(reach.bind_address).is_unspecified:
        return tuple(_url(reach, host) for host in _useful(lan_addresses()))
    return (_url(reach, reach.bind_address),)


def _own(host: str) -> bool:
    return host == "localhost" or is_loopback(host)


def _useful(found: Iterable[str]) -> list[str]:
    """Addresses another device may use, IPv4 first: they are typed more easily."""
    known = {ipaddress.ip_address(one.partition("%")[0]) for one in found}
    good = [one for one in known if not (one.is_loopback or one.is_link_local)]
    return [str(one) for one in sorted(good, key=lambda one: (one.version, str(one)))]


def _url(reach: Reach, host: str) -> str:
    if reach.proxied:
        return f"https://{host}"
    scheme = "https" if reach.https else "http"
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" + ("" if reach.port == PORTS[scheme] else f":{reach.port}")
