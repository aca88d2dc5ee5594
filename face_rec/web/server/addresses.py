"""Under which addresses other devices reach this app: what a link for a tablet may say."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from face_rec.web.gate.hosts import is_loopback, lan_addresses

_USUAL: Final = {"http": 80, "https": 443}


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
    return f"{scheme}://{shown}" + ("" if reach.port == _USUAL[scheme] else f":{reach.port}")
